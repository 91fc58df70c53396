"""While a customer waits for a person the bot listens: what is told is in the record by the claim; only what the bot knows for
sure is answered (H45, H47)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.customer import Customer
from tests.helpers.scripted_bot import Fail, say

pytestmark = pytest.mark.asyncio(loop_scope="module")
HEARD = "已经写进给同事的记录"


def told(**facts: Any) -> Any:
    """What the bot makes of a sentence of a waiting customer that asks nothing it knows."""
    return say(commands=[{"command": "case", "facts": facts}])


async def listened(desk: SharedDesk, text: str, times: int = 1) -> None:
    async with asyncio.timeout(15):
        while sum(turn["input"].get("text") == text for turn in desk.bot.listened) < times:
            await asyncio.sleep(0.05)


async def notices(customer: Customer) -> list[str]:
    items = (await customer.log())["items"]
    return [one["body"]["text"] for one in items if one["sender"] == "system" and one["kind"] == "text"]


async def test_what_is_told_while_waiting_is_in_the_record_and_acknowledged_once(desk: SharedDesk) -> None:
    desk.bot.when("冰箱不制冷 上周买的", told(description="冰箱不制冷 上周买的", category="product.quality"))
    desk.bot.when("我要退款", told(demand="退款"))
    customer = await desk.waiting()
    for text in ("冰箱不制冷 上周买的", "我要退款"):
        await customer.say(text)
        await listened(desk, text)
    async with asyncio.timeout(15):
        while (record := await desk.people["boss"].record(customer.id))["demand"] != "退款":
            await asyncio.sleep(0.1)
    assert record["description"] == "冰箱不制冷 上周买的"
    assert record["category"] == "product.quality"
    items = (await customer.log())["items"]
    waited = [one for one in items if one["kind"] == "event"][-1]["seq"]
    assert [one for one in items if one["sender"] == "bot" and one["seq"] > waited] == []
    assert sum(HEARD in one for one in await notices(customer)) == 1
    assert (await customer.log())["state"] == "waiting"


async def test_what_the_bot_knows_is_answered_and_the_place_is_kept(desk: SharedDesk) -> None:
    answer = say("签收后 7 天内可以退。", commands=[{"command": "case", "facts": {"demand": "退货"}}])
    desk.bot.when("几天内能退", answer)
    customer = await desk.waiting()
    await customer.say("几天内能退")
    log = await customer.log()
    async with asyncio.timeout(15):
        while not any("7 天内" in str(one["body"]) for one in log["items"]):
            await asyncio.sleep(0.05)
            log = await customer.log()
    assert log["state"] == "waiting"
    assert not any(HEARD in one for one in await notices(customer))
    assert await desk.people["agent1"].claim(customer.id)


async def test_what_tells_nothing_is_not_acknowledged(desk: SharedDesk) -> None:
    desk.bot.when("嗯嗯", say(commands=[{"command": "case", "facts": {}}]))
    customer = await desk.waiting()
    await customer.say("嗯嗯")
    await listened(desk, "嗯嗯")
    await customer.say("真的啊")
    await listened(desk, "真的啊")
    assert not any(HEARD in one for one in await notices(customer))


async def test_a_note_may_be_left_in_own_words(desk: SharedDesk) -> None:
    desk.bot.when("不想等了 我留个话吧", say(commands=[{"command": "ticket", "facts": {}}]))
    customer = await desk.waiting()
    await customer.say("不想等了 我留个话吧")
    async with asyncio.timeout(15):
        while (await customer.log())["state"] != "ticket":
            await asyncio.sleep(0.1)
    assert any("登记留言" in one for one in await notices(customer))


async def test_a_bot_that_is_down_changes_nothing_for_who_waits(desk: SharedDesk) -> None:
    def broken(_turn: dict[str, Any]) -> Any:
        raise Fail()

    desk.bot.when("门牌写错了 是302", broken)
    customer = await desk.waiting()
    before = await notices(customer)
    await customer.say("门牌写错了 是302")
    await listened(desk, "门牌写错了 是302", 2)
    assert await notices(customer) == before
    assert await desk.people["agent1"].claim(customer.id)


async def test_who_claims_meanwhile_is_not_disturbed(desk: SharedDesk) -> None:
    desk.bot.when("订单是这个", told(order_no="202611010003"))
    released = desk.bot.hold("订单是这个")
    customer = await desk.waiting()
    await customer.say("订单是这个")
    await listened(desk, "订单是这个")
    await desk.people["agent1"].claim(customer.id)
    before = (await customer.log())["last_seq"]
    released.set()
    await asyncio.sleep(0.5)
    assert (await customer.log())["last_seq"] == before


async def test_who_tells_a_person_which_order_it_is_need_not_say_it_again(desk: SharedDesk) -> None:
    words = "订单号202611010004，尾号1234"
    known = {"command": "identified", "method": "order_phone", "phone": "13500001234", "name": "李雷"}
    case = {"command": "case", "facts": {"order_no": "202611010004"}}
    desk.bot.when(
        words, say("您的订单找到了。", commands=[known, case, {"command": "leave_queue", "rest": ""}])
    )
    customer = await desk.waiting()
    agent = desk.people["agent1"]
    assert await agent.claim(customer.id)
    said = await notices(customer)
    await customer.say("你好在吗")
    await customer.say(words)
    await listened(desk, words)
    async with asyncio.timeout(15):
        while not (record := await agent.record(customer.id))["customer"]["verified"]:
            await asyncio.sleep(0.1)
    assert record["order"]["order_no"] == "202611010004"
    assert "你好在吗" not in [turn["input"].get("text") for turn in desk.bot.listened]
    log = await customer.log()
    assert log["state"] == "human"
    assert await notices(customer) == said
    assert [one for one in log["items"] if one["sender"] == "bot"] == []


@pytest.mark.parametrize("when", ["before", "waiting", "human", "ticket"])
async def test_a_number_to_be_called_at_is_the_records_contact(desk: SharedDesk, when: str) -> None:
    words = "能不能给我打个电话 13800135678"
    desk.bot.when(words, say("好的。"))
    agent = desk.people["agent1"]
    customer = await (desk.waiting(words) if when == "before" else desk.waiting())
    if when == "human":
        assert await agent.claim(customer.id)
    if when == "ticket":
        assert await customer.say("留言")
    if when != "before":
        await customer.say(words)
    async with asyncio.timeout(15):
        while (record := await agent.record(customer.id))["customer"]["contact"] is None:
            await asyncio.sleep(0.1)
    assert record["customer"]["contact"] == "138****5678"
    assert not record["customer"]["verified"]
    assert "customer.contact" not in record["missing"]
    path, asked = f"conversations/{customer.id}/reveal", {"field": "contact", "reason": "回电"}
    assert (await agent.post(path, asked)).json() == {"value": "13800135678"}
    number = record["case_no"]
    async with asyncio.timeout(15):
        while (case := (await agent.get(f"cases/{number}")).json())["customer"]["contact"] is None:
            await asyncio.sleep(0.1)
    assert case["customer"]["contact"] == "138****5678"
    assert (await agent.post(f"cases/{number}/reveal", asked)).json() == {"value": "13800135678"}
