"""Cancel, address, invoice: read back and confirmed once, one write (H19, H20, H28); logistics (H30)."""

from datetime import UTC, datetime, timedelta

import pytest

from actions.store import Store
from tests.actions.conftest import Talk


async def test_cancel_is_confirmed_once_and_written_once(talk: Talk, store: Store) -> None:
    said = await talk.say("cancel_order", "202611010001 1234 取消订单")
    assert said.responses == ["utter_cancel_confirm"]
    assert said.effects == []
    first = await talk.press("affirm")
    again = await talk.again()
    assert first.effects[0]["request_no"] == again.effects[0]["request_no"]
    order = await store.orders.order("202611010001")
    assert order is not None
    assert order.state in {"cancelled", "refunded"}


async def test_declining_cancels_nothing(talk: Talk, store: Store) -> None:
    await talk.say("cancel_order", "202611010001 1234 取消订单")
    assert (await talk.press("deny")).effects == []
    order = await store.orders.order("202611010001")
    assert order is not None
    assert order.state == "paid"


@pytest.mark.parametrize(
    ("order", "response"),
    [("202611010002 1234", "utter_intercept_confirm"), ("202611010003 5678", "utter_cancel_signed")],
)
async def test_after_dispatch_the_alternatives(talk: Talk, order: str, response: str) -> None:
    assert (await talk.say("cancel_order", f"{order} 取消订单")).responses == [response]


async def test_dispatched_between_question_and_confirmation_is_refused_honestly(
    talk: Talk, store: Store
) -> None:
    await talk.say("cancel_order", "202611010001 1234 取消订单")
    await store.orders.cancel("someone-else", "202611010001")
    said = await talk.press("affirm")
    assert len(await store.orders.requests_of("202611010001")) == 1
    assert said.effects == [] or said.effects[0]["request_no"].startswith("CC")


async def test_address_goes_through_read_back(talk: Talk, store: Store) -> None:
    said = await talk.say(
        "modify_address", "202611010001 1234 地址改成江苏省南京市玄武区珠江路88号2单元301室"
    )
    assert said.responses == ["utter_address_readback"]
    assert "珠江路88号2单元301室" in said.values["utter_address_readback"]["address"]
    said = await talk.say("affirm", "确认")
    assert said.effects[0]["effect"] == "address_changed"
    order = await store.orders.order("202611010001")
    assert order is not None
    assert "珠江路88号" in order.address


async def test_invoice_of_a_company_asks_for_the_tax_number(talk: Talk) -> None:
    assert (await talk.say("invoice_request", "202611010010 9753 开发票")).responses == [
        "utter_ask_invoice_title"
    ]
    assert (await talk.say("fragment", "上海明月贸易有限公司")).responses == ["utter_ask_tax_no"]
    assert (await talk.say("fragment", "不知道")).responses == ["utter_why_tax_no", "utter_ask_tax_no"]
    said = await talk.say("fragment", "91310115MA1K4ABC1X")
    assert said.responses == ["utter_invoice_readback_company"]
    assert (await talk.press("affirm")).effects[0]["effect"] == "invoice_requested"


async def test_stalled_is_counted_from_the_turns_own_time(talk: Talk) -> None:
    said = await talk.say("track_parcel", "202611010002 1234 到哪了")
    assert said.cards[0]["stalled"] is False
    late = Talk(now=datetime.now(UTC) + timedelta(hours=43))
    said = await late.say("track_parcel", "202611010002 1234 到哪了")
    assert said.cards[0]["stalled"] is True
    assert said.responses == ["utter_logistics_stalled", "utter_urge_offer_delivery"]


async def test_urging_twice_names_the_open_task(talk: Talk) -> None:
    first = await talk.say("urge_delivery", "202611010007 1357 催一下")
    second = await talk.say("urge_delivery", "再催一下")
    assert first.effects[0]["request_no"] == second.effects[0]["request_no"]
    assert second.responses[-1] == "utter_urge_open"


async def test_refund_is_told_from_the_real_state(talk: Talk) -> None:
    said = await talk.say("refund_progress", "202611010008 1357 退款呢")
    assert said.responses == ["utter_refund_processing"]
    overdue = Talk(now=datetime.now(UTC) + timedelta(days=9))
    said = await overdue.say("refund_progress", "202611010008 1357 退款呢")
    assert said.responses == ["utter_refund_overdue"]


async def test_a_cancel_carried_out_by_mistake_is_told_plainly(talk: Talk) -> None:
    await talk.say("cancel_order", "202611010001 1234 取消订单")
    await talk.press("affirm")
    said = await talk.say("cancel_order", "点错了 不取消了")
    assert said.responses == ["utter_cancel_cannot_undo"]
    assert (await talk.say("affirm", "好的")).handed() == "requested"


async def test_not_cancelling_asks_for_no_confirmation(talk: Talk) -> None:
    assert (await talk.say("cancel_order", "202611010001 1234 不取消了")).responses == ["utter_ok_not_done"]


@pytest.mark.parametrize(
    ("intent", "text", "response"),
    [
        ("refund_progress", "退到哪里的", "utter_refund_where"),
        ("fragment", "那多久", "utter_refund_when"),
        ("price_wrong", "金额对吗", "utter_refund_amount"),
    ],
)
async def test_only_the_part_that_was_asked_is_told(
    talk: Talk, intent: str, text: str, response: str
) -> None:
    await talk.say("refund_progress", "202611010008 1357 退款到哪了")
    said = await talk.say(intent, text, confidence=0.75)
    assert said.responses == [response]
    assert talk.facts["category"] == "refund.progress"


async def test_only_the_carrier_is_told_after_the_timeline(talk: Talk) -> None:
    await talk.say("track_parcel", "202611010002 1234 到哪了")
    said = await talk.say("ship_carrier", "什么快递")
    assert said.responses == ["utter_parcel_carrier"]
    assert said.cards == []


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("我想想啊我们公司那个名字特别长我也记不清了", "utter_ask_invoice_title"),
        ("等一下我问问", "utter_take_your_time_kept"),
        ("这个怎么写啊", "utter_ask_invoice_title"),
        ("公司", "utter_ask_invoice_company"),
    ],
)
async def test_a_sentence_is_no_invoice_title(talk: Talk, text: str, response: str) -> None:
    await talk.say("invoice_request", "202611010010 9753 开发票")
    said = await talk.say("nlu_fallback", text, confidence=0.2)
    assert said.responses[-1] == response
    assert not (talk.form or {}).get("title")


async def test_a_wrong_title_is_corrected_inside_the_form(talk: Talk) -> None:
    await talk.say("invoice_request", "202611010010 9753 开发票")
    await talk.say("nlu_fallback", "上海明月贸易有限公司", confidence=0.2)
    said = await talk.say("fragment", "个人的 张三", confidence=0.7)
    assert said.values["utter_invoice_readback"]["title"] == "张三"
    said = await talk.say("invoice_progress", "又错了 抬头是李雷", confidence=0.6)
    assert said.values["utter_invoice_readback"]["title"] == "李雷"
    said = await talk.say("invoice_progress", "又错了", confidence=0.6)
    assert said.responses[-1] == "utter_invoice_title_again"
