"""Quality control through the service: drawn, scored, found, answered by a designer who sees no customer (H51, H52)."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.agent_client import AgentClient

pytestmark = pytest.mark.asyncio(loop_scope="module")
TODAY = f"{datetime.now(UTC).astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"
FULL = {"understanding": 20, "policy": 25, "solution": 25, "manner": 20, "record": 10}


async def served(desk: SharedDesk, *said: str) -> str:
    customer = await desk.waiting(*said)
    agent = desk.people["agent1"]
    epoch = await agent.claim(customer.id)
    await agent.say(customer.id, epoch, "您好，已经帮您催了。")
    assert (await agent.end(customer.id, "close", epoch)).status_code == 200
    return customer.id


async def drawn(desk: SharedDesk, person: AgentClient, **more: Any) -> list[dict[str, Any]]:
    body = {"from": TODAY, "count": 50, **more}
    answer = await person.post("quality/samples", body)
    assert answer.status_code == 201, answer.text
    return list((await person.get("quality/picks", state="open")).json()["items"])


async def test_drawn_once_scored_by_the_policy_s_criteria(desk: SharedDesk) -> None:
    boss = desk.people["boss"]
    mine = await served(desk, "杯子裂了")
    waiting = await desk.waiting("还在等")
    picks = await drawn(desk, boss, agent=desk.people["agent1"].agent["id"])
    ids = {one["conversation_id"] for one in picks}
    assert mine in ids
    assert waiting.id not in ids, "what somebody is busy with is not looked at yet"
    assert {one["agent_name"] for one in picks} == {"小林"}
    again = await boss.post(
        "quality/samples", {"from": TODAY, "count": 5, "agent": desk.people["agent1"].agent["id"]}
    )
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
    pick = next(one for one in picks if one["conversation_id"] == mine)
    path = f"quality/picks/{pick['id']}"
    assert (await boss.post(f"{path}/score", {"points": {**FULL, "manner": 21}})).status_code == 422
    assert (await boss.post(f"{path}/score", {"points": {"manner": 1}})).status_code == 422
    scored = await boss.post(f"{path}/score", {"points": {**FULL, "policy": 5}, "words": "没说运费"})
    assert scored.json() == {"total": 80}
    told = (await boss.get(path)).json()
    assert (told["total"], told["points"]["policy"], told["words"], told["scored_by_name"]) == (
        80,
        5,
        "没说运费",
        "王主管",
    )
    listed = (await boss.get("quality/picks", state="scored")).json()
    assert pick["id"] in {one["id"] for one in listed["items"]}
    assert [one["code"] for one in listed["criteria"]] == list(FULL)


async def test_a_finding_reaches_the_designers_masked_and_comes_back_answered(desk: SharedDesk) -> None:
    boss, designer = desk.people["boss"], desk.people["designer1"]
    mine = await served(desk, "我电话 13812345678，帮我改地址")
    pick = next(one for one in await drawn(desk, boss) if one["conversation_id"] == mine)
    path = f"quality/picks/{pick['id']}/findings"
    assert (
        await boss.post(path, {"kind": "training", "text": "没听懂改地址", "seq": 999})
    ).status_code == 404
    assert (await boss.post(path, {"kind": "idea", "text": "x"})).status_code == 422
    made = await boss.post(path, {"kind": "training", "text": "=没听懂改地址", "seq": 1})
    assert made.status_code == 201, made.text
    listed = (await designer.get("findings", state="open")).json()
    found = next(one for one in listed["items"] if one["id"] == made.json()["id"])
    assert found["said"] == "我电话 138****5678，帮我改地址"
    assert "conversation_id" not in found
    assert "conversation_id" in (await boss.get("findings")).json()["items"][0]
    assert "'=没听懂改地址" in (await designer.get("findings/table.csv")).text
    end = f"findings/{found['id']}"
    assert (await designer.post(end, {"state": "declined"})).status_code == 422, "why not?"
    assert (await boss.post(end, {"state": "done"})).status_code == 403
    assert (await designer.post(end, {"state": "declined", "answer": "已有这句"})).status_code == 200
    told = (await boss.get(f"quality/picks/{pick['id']}")).json()["findings"][0]
    assert (told["state"], told["answer"], told["ended_by_name"]) == ("declined", "已有这句", "小何")


async def test_what_the_bot_served_alone_is_drawn_too(desk: SharedDesk) -> None:
    from tests.helpers.customer import Customer

    customer = await Customer.open(desk.http)
    await customer.answer_to(await customer.say("你好"))
    picks = await drawn(desk, desk.people["boss"], agent="bot")
    assert customer.id in {one["conversation_id"] for one in picks}
    assert next(one for one in picks if one["conversation_id"] == customer.id)["agent"] is None


@pytest.mark.parametrize(
    "wrong", [{"count": 0}, {"count": 51}, {"group": "x"}, {"category": "x"}, {"agent": 3}], ids=str
)
async def test_a_draw_that_does_not_fit_is_told(desk: SharedDesk, wrong: dict[str, Any]) -> None:
    answer = await desk.people["boss"].post("quality/samples", {"from": TODAY, "count": 5, **wrong})
    assert answer.status_code == 422


async def test_designers_see_what_was_not_understood(desk: SharedDesk) -> None:
    designer = desk.people["designer1"]
    told = await designer.get("misses", days=7)
    assert told.status_code == 200, told.text
    assert set(told.json()) == {"items", "total", "days"}
    assert (await designer.get("misses", days=0)).status_code == 422
    assert (
        (await designer.get("misses/lines.jsonl")).headers["content-type"].startswith("application/x-ndjson")
    )
