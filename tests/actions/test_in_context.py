"""The same words about an order before and after dispatch (data/dialogue/context.yml)."""

import pytest

from tests.actions.conftest import Talk

PAID, ON_THE_WAY, SIGNED = "202611010001 1234", "202611010002 1234", "202611010003 5678"


@pytest.mark.parametrize("words", ["什么时候发货", "多久发货", "几天能发"])
async def test_dispatch_of_a_paid_order_is_about_that_order(talk: Talk, words: str) -> None:
    await talk.say("order_query", f"{PAID} 查订单")
    said = await talk.say("ship_time", words)
    assert said.responses == ["utter_not_dispatched_offer"]
    assert "羽绒服" in said.values["utter_not_dispatched_offer"]["item"]


@pytest.mark.parametrize("intent", ["ship_time", "urge_dispatch"])
@pytest.mark.parametrize("order", [ON_THE_WAY, SIGNED])
async def test_dispatch_after_dispatch_shows_the_parcel(talk: Talk, intent: str, order: str) -> None:
    await talk.say("order_query", f"{order} 查订单")
    said = await talk.say(intent, "发货了吗")
    assert [card["card"] for card in said.cards] == ["logistics"]


async def test_without_an_order_the_stores_promise_is_told(talk: Talk) -> None:
    assert (await talk.say("ship_time", "什么时候发货")).responses == ["utter_ship_time"]


async def test_a_long_question_before_buying_stays_one(talk: Talk) -> None:
    await talk.say("order_query", f"{PAID} 查订单")
    said = await talk.say("ship_time", "我想再买一个扫地机器人 现在下单多久能发出来")
    assert said.responses == ["utter_ship_time"]


async def test_how_to_return_before_dispatch_is_to_cancel(talk: Talk) -> None:
    await talk.say("order_query", f"{PAID} 查订单")
    said = await talk.say("return_howto", "怎么退")
    assert "取消" in str(said.values["utter_policy_return_own"]["reasons"])


async def test_freight_of_a_signed_order_is_that_of_the_return(talk: Talk) -> None:
    await talk.say("order_query", f"{SIGNED} 查订单")
    assert (await talk.say("ship_fee", "运费谁出")).responses == ["utter_policy_freight"]


async def test_another_product_named_is_not_the_order_in_hand(talk: Talk) -> None:
    await talk.say("order_query", f"{ON_THE_WAY} 查订单")
    said = await talk.say("urge_dispatch", "羽绒服什么时候发")
    assert said.responses == ["utter_not_dispatched_offer"]
