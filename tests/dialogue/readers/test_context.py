"""The same short words after another answer and with another order in hand (data/dialogue/context.yml)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from aftersales.order_system.port import AfterSalesRequest, Refund
from dialogue.readers import context
from dialogue.reading import Reading
from dialogue.situation import situation_of
from tests.dialogue.readers.meaning_scenes import NOW, order, scene

NO = "202611010001"


def request(kind: str = "return", state: str = "submitted") -> AfterSalesRequest:
    return AfterSalesRequest(
        request_no="RT202611010001",
        kind=cast(Any, kind),
        state=cast(Any, state),
        order_no=NO,
        item_id=None,
        item="羽绒服",
        created_at=NOW - timedelta(days=1),
        next="",
        due=None,
    )


def refund(state: str = "processing") -> Refund:
    began, ends = NOW - timedelta(days=1), NOW + timedelta(days=2)
    return Refund("RF1", NO, None, None, Decimal(100), "wechat", cast(Any, state), began, ends)


def meant(text: str, intent: str, state: str = "signed", **more: Any) -> list[Reading]:
    return list(context.read(scene(text, intent, orders=[order(NO, "羽绒服", state)], **more)))


@pytest.mark.parametrize(
    ("text", "intent", "state", "flow", "slots"),
    [
        ("什么时候发货", "ship_time", "paid", "urge", {"what": "dispatch"}),
        ("什么时候发货", "ship_time", "shipped", "logistics", {}),
        ("怎么还没到", "urge_delivery", "paid", "urge", {"what": "dispatch"}),
        ("怎么还没到", "urge_delivery", "signed", "lost_parcel", {}),
        ("怎么还没到", "urge_delivery", "unpaid", "order_status", {}),
        ("不要了", "nlu_fallback", "paid", "cancel_order", {}),
        ("不要了", "deny", "signed", "return", {}),
        ("我不要了", "stop_form", "shipped", "cancel_order", {}),
        ("可以换个颜色吗", "exchange_request", "paid", "change_item", {}),
        ("可以换个颜色吗", "modify_item", "signed", "return", {"solution": "exchange"}),
        ("几天能到", "ship_area", "shipped", "logistics", {}),
        ("运费谁出", "ship_fee", "signed", "return_policy", {}),
    ],
)
def test_cells_that_mean_another_matter(
    text: str, intent: str, state: str, flow: str, slots: dict[str, str]
) -> None:
    found = [one for one in meant(text, intent, state) if one.kind == "start"]
    assert [(one.name, {**slots, **one.more["slots"]}) for one in found] == [
        (flow, dict(found[0].more["slots"]))
    ]
    assert slots.items() <= dict(found[0].more["slots"]).items()
    assert found[0].score >= 0.85
    assert found[0].more["order_no"] == NO


@pytest.mark.parametrize(
    ("text", "intent", "state", "response"),
    [
        ("能改地址吗", "modify_address", "signed", "utter_context_address_signed"),
        ("多久到账", "refund_progress", "signed", "utter_context_refund_time"),
        ("多久到账", "refund_progress", "paid", "utter_context_refund_time_paid"),
        ("发票", "invoice_request", "unpaid", "utter_context_invoice_unpaid"),
        ("可以换个颜色吗", "exchange_request", "shipped", "utter_context_exchange_shipped"),
    ],
)
def test_cells_that_answer_at_once(text: str, intent: str, state: str, response: str) -> None:
    (one,) = meant(text, intent, state)
    assert (one.kind, one.more["response"]) == ("answer", response)
    assert one.name
    assert one.source == "context"


@pytest.mark.parametrize(
    ("text", "requests", "refunds", "found"),
    [
        ("可以退吗", [request()], [], "refund_progress"),
        ("能改地址吗", [request()], [], "utter_context_address_returning"),
        ("能改地址吗", [], [refund()], "utter_context_over"),
        ("什么时候发货", [], [refund()], "refund_progress"),
        ("我不退了", [request()], [], "withdraw"),
    ],
)
def test_what_is_under_way_with_the_order_counts(
    text: str, requests: list[AfterSalesRequest], refunds: list[Refund], found: str
) -> None:
    intents = {"可以退吗": "return_policy", "能改地址吗": "modify_address", "什么时候发货": "ship_time"}
    (one,) = meant(text, intents.get(text, "stop_form"), requests=requests, refunds=refunds)
    assert found in {one.name, one.more.get("response")}


@pytest.mark.parametrize(
    ("last", "text", "flow"),
    [
        ("return_policy", "那运费呢", "return_policy"),
        ("return_request", "运费谁出钱", "return_policy"),
        ("cancel_order", "多久到账", "refund_progress"),
        ("track_parcel", "那大概几天", "logistics"),
        ("invoice_request", "多久能开好", "invoice_progress"),
        ("ship_time", "那到新疆呢", "shipping"),
    ],
)
def test_half_sentences_after_an_answer(last: str, text: str, flow: str) -> None:
    at = scene(text, "fragment", state={"last": {"intent": last, "flow": "", "order_no": None}})
    assert [one.name for one in context.read(at)] == [flow]


@pytest.mark.parametrize(
    ("text", "order_no"),
    [
        ("那手机呢", "202611010002"),
        ("另外一单呢", "202611010002"),
        ("那个手机呢", "202611010002"),
        ("我的手机那单呢", "202611010002"),
    ],
)
def test_the_last_question_for_another_order(text: str, order_no: str) -> None:
    mine = [order(NO, "羽绒服", "paid"), order(order_no, "手机", "shipped")]
    told = {"last": {"intent": "track_parcel", "flow": "logistics", "order_no": NO}, "order_no": NO}
    found = [
        one for one in context.read(scene(text, "fragment", orders=mine, state=told)) if one.more.get("again")
    ]
    assert [(one.name, one.more["order_no"]) for one in found] == [("logistics", order_no)]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我昨天下的那个羽绒服订单什么时候能发货呀", "ship_time"),
        ("202611010001什么时候发货", "ship_time"),
        ("我要退货", "return_request"),
        ("谢谢", "thanks"),
        ("保修多久", "warranty_policy"),
        ("不要了这件换一件", "exchange_request_x"),
    ],
)
def test_a_sentence_with_its_own_matter_stays_itself(text: str, intent: str) -> None:
    assert not [one for one in meant(text, intent) if one.more.get("response")]
    assert not [one for one in meant(text, intent) if one.name not in {"return", "urge"}]


def test_nobody_verified_nothing_of_an_order() -> None:
    assert not list(context.read(scene("什么时候发货", "ship_time")))


def test_several_orders_and_none_in_hand() -> None:
    mine = [order(NO, "羽绒服", "paid"), order("202611010002", "手机", "shipped")]
    assert not list(context.read(scene("什么时候发货", "ship_time", orders=mine)))
    named = list(context.read(scene("手机什么时候发货", "ship_time", orders=mine)))
    assert [one.more["order_no"] for one in named] == ["202611010002"]


@pytest.mark.parametrize(
    ("state", "requests", "refunds", "found", "named"),
    [
        ("paid", [], [], "paid", "paid"),
        ("signed", [request()], [], "returning", "returning"),
        ("signed", [request(state="refunding")], [], "refunding", "refunding"),
        ("signed", [request(state="done")], [], "signed", "signed"),
        ("signed", [request("urge")], [], "signed", "signed"),
        ("signed", [], [refund()], "refunding", "refunding"),
        ("signed", [], [refund("arrived")], "refunded", "refunded"),
        ("cancelled", [], [refund()], "refunding", "cancelled_refunding"),
        ("cancelled", [], [refund("arrived")], "refunded", "cancelled_refunded"),
        ("cancelled", [], [], "cancelled", "cancelled"),
    ],
)
def test_the_situation_of_an_order(
    state: str, requests: list[AfterSalesRequest], refunds: list[Refund], found: str, named: str
) -> None:
    mine = order(NO, "羽绒服", state)
    at = scene("", orders=[mine], requests=requests, refunds=refunds)
    assert situation_of(at, mine) == found
    assert situation_of(at, mine, named=True) == named


def test_an_order_closed_without_payment() -> None:
    mine = order(NO, "羽绒服", "cancelled", never_paid=True)
    assert situation_of(scene("", orders=[mine]), mine) == "closed"
