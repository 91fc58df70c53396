"""A waiting customer leaves the queue in own words: the bot answers the rest at once; in danger it is asked first."""

from __future__ import annotations

import asyncio

import pytest

from tests.handoff.desk.test_heard import notices
from tests.handoff.shared_desk import SharedDesk
from tests.helpers.customer import Customer
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def is_in(customer: Customer, state: str) -> None:
    async with asyncio.timeout(15):
        while (await customer.log())["state"] != state:
            await asyncio.sleep(0.05)


async def test_the_rest_is_answered_by_the_bot(desk: SharedDesk) -> None:
    leave = [{"command": "leave_queue", "rest": "我就问包邮不"}]
    desk.bot.when("不排队了 我就问包邮不", say("不该说", commands=leave))
    desk.bot.when("我就问包邮不", say("满 99 元包邮。"))
    customer = await desk.waiting()
    await customer.say("不排队了 我就问包邮不")
    await is_in(customer, "bot")
    await desk.bot.asked("我就问包邮不")
    async with asyncio.timeout(15):
        while not any("包邮。" in str(one["body"]) for one in (await customer.log())["items"]):
            await asyncio.sleep(0.05)
    items = (await customer.log())["items"]
    said = [one["sender"] for one in items if one["kind"] == "text"]
    assert said[-3:] == ["customer", "system", "bot"]
    assert not any("不该说" in str(one["body"]) for one in items)


async def test_nothing_else_said_is_nothing_answered(desk: SharedDesk) -> None:
    desk.bot.when("别转了", say("不该说", commands=[{"command": "leave_queue", "rest": ""}]))
    customer = await desk.waiting()
    await customer.say("别转了")
    await is_in(customer, "bot")
    assert "先不转人工" in (await notices(customer))[-1]


async def test_in_danger_it_is_asked_first(desk: SharedDesk) -> None:
    desk.bot.when("我没受伤", say("不该说", commands=[{"command": "leave_queue", "ask": True}]))
    customer = await desk.waiting()
    await customer.say("我没受伤")
    async with asyncio.timeout(15):
        while "确定不等了吗" not in (await notices(customer))[-1]:
            await asyncio.sleep(0.05)
    assert (await customer.log())["state"] == "waiting"
