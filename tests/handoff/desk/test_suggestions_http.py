"""Suggested replies: what the store knows, canned replies, answers of solved cases; for who has the customer, and nothing is sent."""

from typing import Any

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.customer import Customer
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def suggested(desk: SharedDesk, name: str, customer: Customer) -> list[dict[str, Any]]:
    answer = await desk.people[name].get(f"conversations/{customer.id}/suggestions")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def in_hand(desk: SharedDesk) -> tuple[Customer, int]:
    """A customer whom agent1 has greeted."""
    customer = await desk.waiting("你好，有个事")
    epoch = await desk.people["agent1"].claim(customer.id)
    await desk.people["agent1"].say(customer.id, epoch, "您好，请讲")
    return customer, epoch


async def test_canned_replies_by_likeness_and_nothing_of_a_case_of_today(desk: SharedDesk) -> None:
    one = desk.people["agent1"]
    made = await one.post(
        "canned", {"title": "锅底烧黑", "text": "锅底烧黑用白醋煮十分钟再刷。", "scope": "own"}
    )
    assert made.status_code == 201, made.text
    desk.bot.when("锅底烧黑了怎么洗掉", say())
    desk.bot.when("不粘锅烧黑了咋洗", say())
    customer, epoch = await in_hand(desk)
    await customer.say("锅底烧黑了怎么洗掉")
    await one.say(customer.id, epoch, "先泡小苏打水半小时，再用软布擦，千万不要用钢丝球。")
    await customer.say("那锅把松了呢")
    await one.say(customer.id, epoch, "锅把松了找 13900112233 的师傅紧一下螺丝")
    await one.end(customer.id, "close", epoch)
    second, _ = await in_hand(desk)
    await second.say("不粘锅烧黑了咋洗")
    found = await suggested(desk, "agent1", second)
    assert [item["source"] for item in found] == ["canned"], found
    assert found[0]["title"] == "锅底烧黑"


async def test_what_the_store_knows_comes_first_and_nothing_is_said_or_kept(desk: SharedDesk) -> None:
    customer, _ = await in_hand(desk)
    desk.bot.when("净水器滤芯多久换一次", say("滤芯一般半年换一次，水质硬的地方三个月。"))
    before = await desk.people["agent1"].log(customer.id)
    assert await suggested(desk, "agent1", customer) == [], "the store said something last"
    await customer.say("净水器滤芯多久换一次")
    (known,) = await suggested(desk, "agent1", customer)
    assert known == {"source": "known", "text": "滤芯一般半年换一次，水质硬的地方三个月。"}
    assert not desk.bot.turns_with("净水器滤芯多久换一次")
    heard = [turn["input"]["text"] for turn in desk.bot.listened]
    assert heard[-1] == "净水器滤芯多久换一次", "the bot is asked as while somebody waits: it may only tell"
    after = await desk.people["agent1"].log(customer.id)
    assert (after["last_seq"], after["epoch"]) == (before["last_seq"] + 1, before["epoch"])


async def test_only_who_has_the_customer_is_suggested_anything(desk: SharedDesk) -> None:
    customer, epoch = await in_hand(desk)
    desk.bot.when("多久能到", say("一般两到三天到。"))
    await customer.say("多久能到")
    assert await suggested(desk, "agent2", customer) == []
    assert await suggested(desk, "boss", customer) == []
    assert len(await suggested(desk, "agent1", customer)) == 1
    await desk.people["agent1"].post(f"conversations/{customer.id}/requeue", {"epoch": epoch})
    assert await suggested(desk, "agent1", customer) == []
    assert (await desk.people["designer1"].get(f"conversations/{customer.id}/suggestions")).status_code == 403


async def test_a_bot_that_is_away_costs_the_first_chip_only(desk: SharedDesk) -> None:
    customer, _ = await in_hand(desk)
    for _ in range(3):  # whatever the bot cannot answer: no reply, no command
        desk.bot.when("锅底又黑了", lambda _turn: {})
    await customer.say("锅底又黑了")
    assert [one["source"] for one in await suggested(desk, "agent1", customer)][:1] != ["known"]
