"""What a short sentence means by the order in hand and by the last answer (data/dialogue/context.yml)."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.actions.conftest import Said, Talk

PAID, ON_THE_WAY, SIGNED = "202611010001 1234", "202611010002 1234", "202611010003 5678"
REFUNDING = "202611010008 1357"
Change = Callable[..., None]


@pytest.fixture
def change(store: object, tmp_path: Path) -> Change:
    """Put rows of the demo store into a state that no demo order has."""

    def do(table: str, order_no: str, **values: str | None) -> None:
        with closing(sqlite3.connect(tmp_path / "orders.db")) as database, database:
            sets = ", ".join(f"{name} = ?" for name in values)
            database.execute(f"UPDATE {table} SET {sets} WHERE order_no = ?", (*values.values(), order_no))

    return do


async def order_in(situation: str, talk: Talk, change: Change) -> None:
    """Talk about an order that stands like this."""
    given = {"paid": PAID, "shipped": ON_THE_WAY, "refunding": REFUNDING, "refunded": REFUNDING}
    order = given.get(situation, SIGNED if situation in {"signed", "returning"} else PAID)
    if situation == "unpaid":
        change("orders", order[:12], state="unpaid", paid_at=None, ship_by=None)
    elif situation == "cancelled":
        change("orders", order[:12], state="cancelled")
    elif situation == "closed":
        change("orders", order[:12], state="cancelled", paid_at=None)
    elif situation == "refunded":
        change("refunds", order[:12], state="arrived", arrived_at="2026-11-20 03:00:00.000000")
        change("requests", order[:12], state="done")
    elif situation == "returning":
        await talk.say("return_request", f"{order} 我要退货 不喜欢了 没拆封")
        said = await talk.press("affirm", "确认提交")
        assert "utter_return_submitted" in said.responses
    await talk.say("greet", "你好")
    await talk.say("order_query", f"{order} 查订单")


def shows(said: Said) -> list[str]:
    return [str(card["card"]) for card in said.cards]


OVER, CLOSED = "utter_context_over", "utter_context_closed"
CELLS = [
    ("deny", "不要了", "paid", "utter_cancel_confirm"),
    ("deny", "不要了", "shipped", "utter_intercept_confirm"),
    ("cancel_order", "不要了", "signed", "utter_ask_condition"),
    ("return_request", "不想要了", "returning", "utter_request_stands_due"),
    ("cancel_order", "不要了", "refunding", "utter_refund_processing"),
    ("deny", "不要了", "closed", CLOSED),
    ("return_policy", "可以退吗", "unpaid", "utter_policy_return_own"),
    ("return_policy", "可以退吗", "paid", "utter_policy_return_own"),
    ("return_policy", "可以退吗", "shipped", "utter_policy_return_own"),
    ("return_policy", "可以退吗", "signed", "utter_policy_return_own"),
    ("return_policy", "可以退吗", "returning", "utter_request_stands_due"),
    ("return_policy", "可以退吗", "refunding", "utter_refund_processing"),
    ("return_policy", "可以退吗", "refunded", "utter_refund_arrived"),
    ("return_policy", "可以退吗", "cancelled", OVER),
    ("return_policy", "可以退吗", "closed", CLOSED),
    ("refund_request", "我要退款", "refunding", "utter_refund_processing"),
    ("modify_address", "能改地址吗", "paid", "utter_ask_address"),
    ("modify_address", "能改地址吗", "shipped", "utter_change_too_late"),
    ("modify_address", "能改地址吗", "signed", "utter_context_address_signed"),
    ("modify_address", "能改地址吗", "returning", "utter_context_address_returning"),
    ("modify_address", "能改地址吗", "refunded", OVER),
    ("exchange_request", "可以换个颜色吗", "paid", "utter_ask_change_colour"),
    ("exchange_request", "可以换个颜色吗", "shipped", "utter_context_exchange_shipped"),
    ("modify_item", "可以换个颜色吗", "signed", "utter_ask_condition"),
    ("modify_item", "可以换个颜色吗", "returning", "utter_request_change_confirm"),
    ("exchange_request", "可以换个颜色吗", "cancelled", OVER),
    ("urge_delivery", "怎么还没到", "unpaid", "utter_order_unpaid"),
    ("urge_delivery", "怎么还没到", "paid", "utter_urge_offer_dispatch"),
    ("urge_delivery", "怎么还没到", "signed", "utter_lost_signed"),
    ("urge_delivery", "怎么还没到", "returning", "utter_request_stands_due"),
    ("urge_delivery", "怎么还没到", "refunding", "utter_refund_processing"),
    ("track_parcel", "到哪了", "unpaid", "utter_order_unpaid"),
    ("track_parcel", "到哪了", "paid", "utter_not_dispatched"),
    ("track_parcel", "到哪了", "shipped", "utter_logistics_moving_eta"),
    ("track_parcel", "到哪了", "signed", "utter_logistics_signed"),
    ("track_parcel", "到哪了", "refunding", "utter_refund_processing"),
    ("track_parcel", "到哪了", "cancelled", "utter_order_cancelled"),
    ("track_eta", "什么时候到", "paid", "utter_not_dispatched"),
    ("track_eta", "什么时候到", "signed", "utter_logistics_signed"),
    ("track_eta", "什么时候到", "refunded", "utter_refund_arrived"),
    ("refund_progress", "多久到账", "paid", "utter_context_refund_time_paid"),
    ("refund_progress", "多久到账", "signed", "utter_context_refund_time"),
    ("refund_progress", "多久到账", "refunding", "utter_refund_processing"),
    ("refund_progress", "多久到账", "closed", CLOSED),
    ("invoice_request", "发票", "unpaid", "utter_context_invoice_unpaid"),
    ("invoice_progress", "发票", "refunding", "utter_context_invoice_over"),
    ("invoice_progress", "发票", "signed", "utter_invoice_state_none"),
    ("ship_time", "什么时候发货", "unpaid", "utter_order_unpaid"),
    ("ship_time", "什么时候发货", "shipped", "utter_logistics_moving_eta"),
    ("ship_time", "什么时候发货", "closed", CLOSED),
]


@pytest.mark.parametrize(("intent", "words", "situation", "response"), CELLS)
async def test_a_cell_of_the_table(
    talk: Talk, change: Change, intent: str, words: str, situation: str, response: str
) -> None:
    await order_in(situation, talk, change)
    said = await talk.say(intent, words)
    assert response in said.responses, said.responses
    assert said.handed() is None
    assert said.effects == [], "a question writes nothing"


async def test_what_is_under_way_is_shown_with_its_own_name(talk: Talk, change: Change) -> None:
    await order_in("refunding", talk, change)
    said = await talk.say("modify_address", "能改地址吗")
    assert said.values[OVER]["state"] == "正在退款"
    assert shows(said) == ["request"]


async def test_a_parcel_named_is_the_parcel_even_while_money_goes_back(talk: Talk, change: Change) -> None:
    await order_in("refunding", talk, change)
    assert shows(await talk.say("track_parcel", "快递到哪了")) == ["logistics"]


async def test_asked_to_hurry_the_task_is_left_at_once(talk: Talk) -> None:
    await talk.say("order_query", f"{PAID} 查订单")
    said = await talk.say("urge_delivery", "帮我催一下")
    assert [one["effect"] for one in said.effects] == ["urged"]


@pytest.mark.parametrize("words", ["什么时候发货", "多久发货", "几天能发"])
async def test_dispatch_of_a_paid_order_is_about_that_order(talk: Talk, words: str) -> None:
    await talk.say("order_query", f"{PAID} 查订单")
    said = await talk.say("ship_time", words)
    assert said.responses == ["utter_not_dispatched", "utter_urge_offer_dispatch"]
    assert "羽绒服" in said.values["utter_not_dispatched"]["item"]


async def test_without_an_order_the_stores_promise_is_told(talk: Talk) -> None:
    assert (await talk.say("ship_time", "什么时候发货")).responses == ["utter_ship_time"]


async def test_a_long_question_before_buying_stays_one(talk: Talk) -> None:
    await talk.say("order_query", f"{PAID} 查订单")
    said = await talk.say("ship_time", "我想再买一个扫地机器人 现在下单多久能发出来")
    assert said.responses == ["utter_ship_time"]


async def test_another_product_named_is_not_the_order_in_hand(talk: Talk) -> None:
    await talk.say("order_query", f"{ON_THE_WAY} 查订单")
    said = await talk.say("urge_dispatch", "羽绒服什么时候发")
    assert said.responses == ["utter_not_dispatched", "utter_urge_offer_dispatch"]


# -- after the last answer -------------------------------------------------------------------------------------------
async def test_freight_after_a_word_about_returns_is_that_of_the_return(talk: Talk) -> None:
    await talk.say("return_policy", "能退吗")
    assert (await talk.say("ship_fee", "那运费呢")).responses == ["utter_policy_freight"]
    await talk.say("ship_carrier", "发什么快递")
    assert (await talk.say("ship_fee", "那运费呢")).responses == ["utter_ship_fee"], "before buying now"


async def test_how_many_days_after_the_timeline_is_the_arrival(talk: Talk) -> None:
    await talk.say("track_parcel", f"{ON_THE_WAY} 到哪了")
    said = await talk.say("fragment", "那要多久", candidates=[])
    assert said.responses == ["utter_parcel_when"]


async def test_another_place_after_shipping(talk: Talk) -> None:
    await talk.say("ship_time", "多久发货")
    assert (await talk.say("fragment", "那到新疆呢")).responses == ["utter_ship_area"]


@pytest.mark.parametrize("words", ["另外一单呢", "那个单子呢", "那手机呢"])
async def test_the_last_question_for_another_order(talk: Talk, words: str) -> None:
    await talk.say("track_parcel", f"{PAID} 到哪了")
    said = await talk.say("fragment", words)
    assert shows(said) == ["logistics"]
    assert "utter_asked_before" not in said.responses
    assert talk.state["order_no"] == ON_THE_WAY[:12]


async def test_smalltalk_in_between_does_not_lose_the_thread(talk: Talk) -> None:
    await talk.say("track_parcel", f"{PAID} 到哪了")
    await talk.say("thanks", "谢谢")
    assert shows(await talk.say("fragment", "另外一单呢")) == ["logistics"]


async def test_without_anything_before_half_a_sentence_stays_one(talk: Talk) -> None:
    assert (await talk.say("fragment", "另外一单呢")).responses == ["utter_fragment"]
