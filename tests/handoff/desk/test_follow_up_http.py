"""Follow-ups, plans, privacy and the outbox through the running service, two workers on each kind of database."""

from typing import Any

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.customer import Customer
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")

IDENTIFIED = {"command": "identified", "method": "order_phone", "phone": "13900005678", "name": "李小红"}
PROOF = "订单 202611010003 尾号 5678"


async def told(customer: Customer, words: str) -> str:
    """The first sentence with these words, as soon as it is there."""

    def said(items: list[dict[str, Any]]) -> list[str]:
        return [one["body"]["text"] for one in items if words in one["body"].get("text", "")]

    return said(await customer.wait_for(said))[0]


async def test_a_verified_customer_gets_the_export_that_was_asked_for(desk: SharedDesk) -> None:
    customer = await Customer.open(desk.http)
    refused = await customer.call("privacy", {"kind": "export"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_verified")
    assert (await customer.call("privacy", {"kind": "everything"})).status_code == 422
    desk.bot.when(PROOF, say("核实好了", commands=[IDENTIFIED]))
    await customer.answer_to(await customer.say(PROOF))
    asked = await customer.call("privacy", {"kind": "export"})
    assert asked.status_code == 202, asked.text
    number = asked.json()["request_no"]
    address = (await told(customer, number)).rpartition("：")[2]
    document = await desk.http.get(address)
    assert document.status_code == 200, document.text
    assert document.json()["request_no"] == number
    assert PROOF in document.text
    assert number in document.headers["content-disposition"]
    assert (await desk.http.get(address[:-1] + "x")).status_code == 404
    assert (await desk.http.get(f"/api/v1/privacy/{number}")).status_code == 404


async def test_a_plan_is_told_by_its_owner_only(desk: SharedDesk) -> None:
    """H40."""
    customer = await desk.waiting()
    one, two = desk.people["agent1"], desk.people["agent2"]
    epoch = await one.claim(customer.id)
    body = {"epoch": epoch, "text": "今天为您补发，明天送到。", "tell": True}
    assert (await two.post(f"conversations/{customer.id}/plan", body)).status_code == 409
    assert (await one.post(f"conversations/{customer.id}/plan", {**body, "text": ""})).status_code == 422
    answer = await one.post(f"conversations/{customer.id}/plan", body)
    assert answer.status_code == 201, answer.text
    assert await told(customer, "今天为您补发")
    made = await one.post(f"conversations/{customer.id}/plan", {**body, "tell": False})
    assert made.json() == {"seq": None}
    notes = (await one.get(f"conversations/{customer.id}/log")).json()["annotations"]
    assert [note["body"]["told"] for note in notes if note["kind"] == "plan"] == [True, False]


async def test_the_outbox_is_the_administrators(desk: SharedDesk) -> None:
    admin, agent = desk.people["admin"], desk.people["agent1"]
    assert (await agent.get("notifications")).status_code == 403
    none = {"items": [], "destinations": [], "total": 0}
    assert (await admin.get("notifications", state="dead")).json() == none
    assert (await admin.get("notifications", state="lost")).status_code == 422
    assert (await admin.post("notifications/e_none/replay", {})).status_code == 404
