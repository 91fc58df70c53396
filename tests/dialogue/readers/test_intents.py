"""What the customer came for: the model's intents, refused ones, names of matters, mere mentions."""

import pytest

from dialogue.readers import intents
from tests.dialogue.readers.meaning_scenes import best, flows_of, frame, negated_names, scene


@pytest.mark.parametrize(
    ("text", "intent", "flow"),
    [
        ("我要退货", "return_request", "return"),
        ("我想换货", "exchange_request", "return(solution=exchange)"),
        ("少了两个碗", "missing_item", "return(reason=missing)"),
        ("杯子碎了", "parcel_damaged", "return(reason=damaged)"),
        ("帮我取消订单", "cancel_order", "cancel_order"),
        ("改下地址", "modify_address", "change_address"),
        ("开发票", "invoice_request", "invoice"),
        ("怎么还没发货", "urge_dispatch", "urge(what=dispatch)"),
        ("显示签收了我没收到", "parcel_lost", "lost_parcel"),
        ("保修多久", "warranty_policy", "warranty"),
        ("退款到哪了", "refund_progress", "refund_progress(about=refund)"),
        ("买贵了能退差价吗", "price_protect", "price_protection"),
    ],
)
def test_the_model_is_heard(text: str, intent: str, flow: str) -> None:
    assert flows_of(intents.read, scene(text, intent, 0.9))[flow] >= 0.89


@pytest.mark.parametrize(
    ("text", "intent", "refused", "wanted"),
    [
        ("我没说要取消订单啊", "cancel_order", "start:cancel_order", None),
        ("不是要退货，是要维修", "return_request", "start:return", "return(solution=repair)"),
        ("不是要退货是要维修", "return_request", "start:return", "return(solution=repair)"),
        ("不用退款，给我补发就行", "refund_request", "start:return", "return(solution=exchange)"),
        ("不换了 退款吧", "exchange_request", "start:return", "return"),
        ("不改地址 改颜色", "modify_address", "start:change_address", "change_item"),
        ("没说要开发票，问的是价保", "invoice_request", "start:invoice", "price_protection"),
        ("先别取消订单", "cancel_order", "start:cancel_order", None),
        ("不想换货 我要退货", "exchange_request", "start:return", "return"),
        ("开发票就不用了", "invoice_request", "start:invoice", None),
        ("不要发票了 取消订单吧", "cancel_order", None, "cancel_order"),
        ("维修就不用了 直接退款", "repair_request", "start:return", "return"),
        ("没要退货啊 我问能不能开发票", "return_request", "start:return", "invoice"),
        ("又不是要换货", "exchange_request", "start:return", None),
        ("不催发货 帮我改地址", "urge_dispatch", "start:urge", "change_address"),
    ],
)
def test_refused_matters(text: str, intent: str, refused: str | None, wanted: str | None) -> None:
    at = scene(text, intent, 0.85)
    if refused:
        assert refused in negated_names(intents.read, at)
    if wanted:
        assert flows_of(intents.read, at)[wanted] >= 0.8
    elif refused:
        assert refused.removeprefix("start:") not in flows_of(intents.read, at)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("能不能退货", "return_request"),
        ("不是说好可以退货吗", "return_request"),
        ("怎么还没退款", "refund_request"),
        ("还没取消订单吗", "cancel_order"),
        ("没问题就退货吧", "return_request"),
        ("要不要开发票都行，开发票吧", "invoice_request"),
        ("为什么不给退款", "refund_request"),
        ("特别想换货", "exchange_request"),
        ("不是质量问题，就是想退货", "return_request"),
        ("要不取消订单吧", "cancel_order"),
    ],
)
def test_what_looks_refused_and_is_not(text: str, intent: str) -> None:
    at = scene(text, intent, 0.8)
    assert not negated_names(intents.read, at)
    assert max(flows_of(intents.read, at).values()) >= 0.79


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("取消按钮在哪，我不小心点了退款", "refund_request"),
        ("要是退货的话运费谁出", "return_request"),
        ("如果换货要几天", "exchange_request"),
        ("我朋友说她上次退款很快", "refund_request"),
        ("听说你们取消订单要扣钱", "cancel_order"),
        ("万一不合适能退货不", "return_request"),
        ("刚才手滑提交了退款", "refund_request"),
        ("上次换货换过一次", "exchange_request"),
        ("同事买的退货了", "return_request"),
        ("退款的入口在哪", "refund_request"),
    ],
)
def test_mere_mentions_count_less(text: str, intent: str) -> None:
    """What would be done; what is asked of such a case (运费谁出) is asked all the same."""
    at = scene(text, intent, 0.9)
    found = flows_of(intents.read, at)
    done = [score for name, score in found.items() if at.store.flows.by_id[name.partition("(")[0]].is_write]
    assert done
    assert max(done) <= 0.5


def test_other_stretches_have_their_places() -> None:
    at = scene(
        "手机到哪了 还有发票怎么开",
        "track_parcel",
        also=[("发票怎么开", "invoice_request")],
        own="手机到哪了",
    )
    places = {one.name: at.text[one.span[0] : one.span[1]] for one in intents.read(at)}
    assert places["logistics"] == "手机到哪了"
    assert places["invoice"] == "发票怎么开"


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("到哪了 顺便改下地址", "change_address"),
        ("保修多久，还有开发票", "invoice"),
        ("谢谢 对了 取消订单", "cancel_order"),
    ],
)
def test_names_of_matters_without_the_model(text: str, flow: str) -> None:
    assert flows_of(intents.read, scene(text, "track_parcel"))[flow] >= 0.7


@pytest.mark.parametrize("intent", ["affirm", "deny", "fragment", "give_order_no", "nlu_fallback", "greet"])
def test_passive_intents_start_nothing_by_themselves(intent: str) -> None:
    assert not {one for one in best(intents.read, scene("嗯那个", intent)) if one != "start:found_order"} - {
        "start"
    }


def test_candidates_are_readings_of_their_own() -> None:
    at = scene(
        "那个钱",
        "nlu_fallback",
        candidates=(("refund_progress", 0.41), ("order_payment", 0.3), ("greet", 0.2)),
    )
    assert flows_of(intents.read, at) == {"refund_progress(about=refund)": 0.41, "payment": 0.3}


def test_a_button_is_certain() -> None:
    at = scene("取消订单", "cancel_order", kind="button", frames=[frame("return", "reason")])
    assert flows_of(intents.read, at) == {"cancel_order": 1.0}
