"""A supervisor takes a customer over and whispers; who sees what (H47, H49)."""

import asyncio

import pytest

from tests.handoff.shared_desk import SharedDesk

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_customer_is_taken_over_and_the_colleague_is_told(desk: SharedDesk) -> None:
    boss, agent = desk.people["boss"], desk.people["agent1"]
    customer = await desk.waiting("要投诉")
    waits = await boss.post(f"conversations/{customer.id}/take-over")
    assert (waits.status_code, waits.json()["error"]["code"]) == (409, "stale"), "who waits is claimed"
    epoch = await agent.claim(customer.id)
    assert (await agent.post(f"conversations/{customer.id}/take-over")).status_code == 403
    done = await boss.post(f"conversations/{customer.id}/take-over", {"note": "大客户"})
    assert done.status_code == 200, done.text
    assert done.json()["epoch"] > epoch
    assert (await boss.post(f"conversations/{customer.id}/take-over")).json() == done.json(), (
        "again: nothing new"
    )
    assert (await agent.try_to_say(customer.id, epoch, "晚了")).json()["error"]["code"] == "stale"
    await boss.say(customer.id, done.json()["epoch"], "您好，我是主管")
    alerts = (await agent.get("queue")).json()["alerts"]
    told = next(
        one for one in alerts if one["kind"] == "taken_over" and one["conversation_id"] == customer.id
    )
    assert told["text"] == "王主管接手了这位客户：大客户"
    said = str([one["body"] for one in (await agent.log(customer.id))["items"]])
    assert "王主管已接手" in said
    assert "大客户" not in said


async def test_only_one_of_two_takes_over_at_once(desk: SharedDesk) -> None:
    boss, agent = desk.people["boss"], desk.people["agent1"]
    customer = await desk.waiting("在吗")
    epoch = await agent.claim(customer.id)
    taken, closed = await asyncio.gather(
        boss.post(f"conversations/{customer.id}/take-over"), agent.end(customer.id, "close", epoch)
    )
    assert sorted((taken.status_code, closed.status_code)) == [200, 409]


async def test_a_whisper_is_heard_by_one_person_and_supervisors_only(desk: SharedDesk) -> None:
    boss, agent, other = (desk.people[name] for name in ("boss", "agent1", "agent2"))
    customer = await desk.waiting("能便宜点吗")
    assert (await boss.post(f"conversations/{customer.id}/whisper", {"text": "x"})).status_code == 409
    await agent.claim(customer.id)
    path = f"conversations/{customer.id}/whisper"
    assert (await boss.post(path, {"text": " "})).status_code == 422
    assert (await other.post(path, {"text": "x"})).status_code == 403
    made = await boss.post(path, {"text": "可以给 20 元券"})
    assert made.status_code == 201, made.text

    async def heard(person: str) -> list[str]:
        notes = (await desk.people[person].log(customer.id))["annotations"]
        return [one["body"]["text"] for one in notes if one["kind"] == "whisper"]

    assert await heard("agent1") == await heard("boss") == ["可以给 20 元券"]
    assert await heard("agent2") == []
    assert "20 元券" not in str(await agent.record(customer.id))
    assert "20 元券" not in str((await customer.log())["items"])
    alerts = (await agent.get("queue")).json()["alerts"]
    assert "王主管悄悄话：可以给 20 元券" in {one["text"] for one in alerts}


async def offered(desk: SharedDesk, customer: str, epoch: int, to: str) -> int:
    body = {"epoch": epoch, "note": "这位您熟", "agent": desk.people[to].agent["id"]}
    answer = await desk.people["boss"].post(f"conversations/{customer}/transfer", body)
    return answer.status_code


async def test_a_supervisor_offers_who_waits_and_who_is_held_to_a_named_agent(desk: SharedDesk) -> None:
    agent, other = desk.people["agent1"], desk.people["agent2"]
    customer = await desk.waiting("在排队")
    epoch = (await desk.people["boss"].log(customer.id))["epoch"]
    body = {"epoch": epoch, "note": "x", "agent": other.agent["id"]}
    assert (await agent.post(f"conversations/{customer.id}/transfer", body)).status_code == 409, "not theirs"
    assert await offered(desk, customer.id, epoch, "agent1") == 200
    assert (await agent.log(customer.id))["state"] == "waiting", "nobody is given a customer unasked"
    taken = await agent.post(f"conversations/{customer.id}/offer", {"answer": "accept"})
    assert (taken.status_code, taken.json()["state"]) == (200, "human")
    epoch = taken.json()["epoch"]
    assert await offered(desk, customer.id, epoch, "agent1") == 422, "they have them already"
    assert await offered(desk, customer.id, epoch - 1, "agent2") == 409
    assert await offered(desk, customer.id, epoch, "agent2") == 200
    assert (await agent.log(customer.id))["owner"] == agent.agent["id"]
    assert (await other.post(f"conversations/{customer.id}/offer", {"answer": "accept"})).status_code == 200
    alerts = (await agent.get("queue")).json()["alerts"]
    told = [
        one["text"] for one in alerts if one["kind"] == "taken_over" and one["conversation_id"] == customer.id
    ]
    assert any("这位您熟" in one for one in told)
