"""An agent registers for a customer what they want done with their own data (H53), and finds what became of it."""

from __future__ import annotations

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")
ASKED = "请删除我的个人信息"


async def test_an_agent_registers_a_deletion_and_takes_it_back(desk: SharedDesk) -> None:
    known = {"command": "identified", "method": "order_phone", "phone": "13900007788", "name": "李小红"}
    facts = {"category": "service.other", "demand": "删除个人信息", "order_no": "202611010001"}
    called = {"command": "handoff", "reason": "privacy", "evidence": [ASKED], "facts": facts}
    desk.bot.when(ASKED, say("为您转接同事。", commands=[known, called]))
    customer = await desk.waiting(ASKED)
    agent, path = desk.people["agent1"], f"conversations/{customer.id}/privacy"
    record = await agent.record(customer.id)
    assert (record["category"], record["demand"], record["level"]) == (
        "service.other",
        "删除个人信息",
        "I",
    )
    assert any("登记删除" in one for one in record["suggested_steps"])
    assert not any("支付状态" in one for one in record["suggested_steps"])

    first = await agent.post(path, {"kind": "delete"})
    assert (first.status_code, first.json()["state"]) == (202, "open")
    assert (await agent.post(path, {"kind": "delete"})).json()["request_no"] == first.json()["request_no"]
    (told,) = (await agent.get(path)).json()["items"]
    assert told["request_no"] == first.json()["request_no"]
    notes = [one["body"]["text"] for one in (await agent.log(customer.id))["annotations"]]
    assert sum(first.json()["request_no"] in one for one in notes) == 1
    lines = (await desk.people["admin"].get("audit", action="privacy_requested")).json()["items"]
    assert lines[0]["who_name"] == "小林"

    assert (await agent.post(path, {"kind": "withdraw"})).json()["state"] == "withdrawn"
    assert (await agent.post(path, {"kind": "withdraw"})).status_code == 409


async def test_of_who_is_not_verified_nothing_is_registered(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    refused = await desk.people["agent1"].post(f"conversations/{customer.id}/privacy", {"kind": "export"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_verified")
