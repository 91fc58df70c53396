"""A customer who is known picks an order from a list; nobody else is told of it."""

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.customer import Customer
from tests.helpers.identity import identity
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHONE = "13900005678"


async def orders(desk: SharedDesk, customer: Customer, token: str | None = None) -> list[dict[str, str]]:
    answer = await desk.http.get(
        f"/api/v1/conversations/{customer.id}/orders",
        headers={"Authorization": f"Bearer {token or customer.token}"},
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, str]] = answer.json()["items"]
    return items


async def test_whom_the_store_signed_in(desk: SharedDesk) -> None:
    customer = await Customer.open(desk.http, identity=identity(sub="u-orders", phone=PHONE))
    found = await orders(desk, customer)
    robot = next(one for one in found if one["order_no"] == "202611010003")
    assert robot["title"].startswith("扫地机器人")
    assert robot["state"]
    assert PHONE not in str(found)


async def test_a_guest_has_none_until_verified(desk: SharedDesk) -> None:
    guest = await Customer.open(desk.http)
    assert await orders(desk, guest) == []
    told = say("好的", commands=[{"command": "case", "facts": {"order_no": "202611010003"}}])
    desk.bot.when("订单 202611010003", told)
    await guest.answer_to(await guest.say("订单 202611010003"))
    assert await orders(desk, guest) == [], "a number that was typed proves nothing"
    known = {"command": "identified", "method": "order_phone", "name": "李雷", "phone": PHONE}
    desk.bot.when("尾号 5678", say("核实好了", commands=[known]))
    await guest.answer_to(await guest.say("尾号 5678"))
    assert "202611010003" in {one["order_no"] for one in await orders(desk, guest)}


async def test_another_s_token_opens_nothing(desk: SharedDesk) -> None:
    mine = await Customer.open(desk.http, identity=identity(sub="u-orders-2", phone=PHONE))
    stranger = await Customer.open(desk.http)
    answer = await desk.http.get(
        f"/api/v1/conversations/{mine.id}/orders", headers={"Authorization": f"Bearer {stranger.token}"}
    )
    assert answer.status_code == 404
