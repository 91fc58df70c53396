"""Requeue, transfer, hold, presence and alerts over HTTP and the socket: the contract's addresses, and how they refuse."""

import asyncio

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.contracts import assert_contract

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def me(desk: SharedDesk, name: str) -> dict:  # type: ignore[type-arg]
    return dict((await desk.people[name].get("queue")).json())


async def test_a_conversation_goes_back_and_a_colleague_takes_it(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one, two = desk.people["agent1"], desk.people["agent2"]
    epoch = await one.claim(customer.id)
    path = f"conversations/{customer.id}/requeue"
    assert (await one.post(path, {"epoch": epoch, "note": "要下班了"})).json() == {"state": "waiting"}
    stale = await one.post(path, {"epoch": epoch})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale")
    assert (await customer.log())["state"] == "waiting"
    await two.claim(customer.id)
    told = [
        one["body"]["text"] for one in (await two.log(customer.id))["annotations"] if one["kind"] == "routing"
    ]
    assert told == ["小林退回了队列：要下班了"]


async def test_an_offer_is_declined_offered_again_and_accepted(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one, two = desk.people["agent1"], desk.people["agent2"]
    epoch = await one.claim(customer.id)
    at = f"conversations/{customer.id}"
    people = (await one.get("colleagues")).json()["people"]
    assert {"agent2's id": two.agent["id"]}.items() <= {
        "agent2's id": next(one["id"] for one in people if one["id"] == two.agent["id"])
    }.items()
    to = {"epoch": epoch, "agent": two.agent["id"], "note": "客户要退差价"}
    async with two.socket(desk.service) as socket:
        assert (await one.post(f"{at}/transfer", to)).status_code == 200
        frame = await socket.next(
            lambda frame: frame["type"] == "queue" and customer.id in str(frame.get("offers"))
        )
        assert_contract("agent-frames", frame)
        assert (await two.get(f"{at}/log")).status_code == 200, "one may look before answering"
        assert (await two.post(f"{at}/offer", {"answer": "decline", "note": "手上满了"})).status_code == 200
        assert customer.id in str((await me(desk, "agent1"))["alerts"])
        assert (await one.post(f"{at}/transfer", to)).status_code == 200
        answer = await two.post(f"{at}/offer", {"answer": "accept"})
    assert answer.status_code == 200
    assert answer.json()["epoch"] > epoch
    assert (await one.try_to_say(customer.id, epoch, "还有我")).status_code == 409
    await two.say(customer.id, answer.json()["epoch"], "您好，我来接着办")
    assert (await two.post(f"{at}/offer", {"answer": "accept"})).json()["error"]["code"] == "stale"
    assert (await desk.people["boss"].post(f"{at}/offer", {"answer": "accept"})).status_code == 404


async def test_two_answers_at_once_have_one_outcome(desk: SharedDesk) -> None:
    one, two = desk.people["agent1"], desk.people["agent2"]
    for _ in range(5):
        customer = await desk.waiting()
        epoch = await one.claim(customer.id)
        at = f"conversations/{customer.id}"
        assert (
            await one.post(f"{at}/transfer", {"epoch": epoch, "agent": two.agent["id"], "note": "给你"})
        ).status_code == 200
        taken, back = await asyncio.gather(
            two.post(f"{at}/offer", {"answer": "accept"}),
            one.post(f"{at}/requeue", {"epoch": epoch, "note": "算了"}),
        )
        assert sorted((taken.status_code, back.status_code)) == [200, 409]
        state = (await customer.log())["state"]
        assert state == ("human" if taken.status_code == 200 else "waiting")


async def test_to_a_group_and_to_nobody(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one = desk.people["agent1"]
    epoch = await one.claim(customer.id)
    at = f"conversations/{customer.id}/transfer"
    for body in (
        {"epoch": epoch, "note": "给谁呢"},
        {"epoch": epoch, "note": "两个", "group": "technical", "agent": one.agent["id"]},
        {"epoch": epoch, "note": "没有的组", "group": "nowhere"},
        {"epoch": epoch, "note": "自己的组", "group": "online"},
        {"epoch": epoch, "note": "自己", "agent": one.agent["id"]},
        {"epoch": epoch, "group": "technical"},
        {"epoch": epoch, "note": "x" * 501, "group": "technical"},
    ):
        answer = await one.post(at, body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"]["message"].endswith("。")
    assert (await one.post(at, {"epoch": epoch, "note": "装不上", "group": "technical"})).json() == {
        "state": "waiting"
    }
    assert customer.id in {each["conversation_id"] for each in await desk.people["tech1"].queue()}


async def test_a_held_conversation_is_set_aside_and_taken_up_again(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one, two = desk.people["agent1"], desk.people["agent2"]
    epoch = await one.claim(customer.id)
    at = f"conversations/{customer.id}"
    for until in ("明天", 5, "2020-01-01T00:00:00Z", "2026-11-30T10:00:00", "2099-01-01T00:00:00Z"):
        refused = await one.post(f"{at}/hold", {"epoch": epoch, "until": until})
        assert refused.status_code == 422, (until, refused.text)
    assert (await two.post(f"{at}/hold", {"epoch": epoch})).status_code == 409
    held = await one.post(f"{at}/hold", {"epoch": epoch, "note": "等仓库", "tell": False})
    assert held.status_code == 200
    (mine,) = [each for each in (await me(desk, "agent1"))["mine"] if each["conversation_id"] == customer.id]
    assert (mine["held_until"], mine["held_note"]) == (held.json()["until"], "等仓库")
    assert (await one.post(f"{at}/resume", {"epoch": epoch})).status_code == 200
    (mine,) = [each for each in (await me(desk, "agent1"))["mine"] if each["conversation_id"] == customer.id]
    assert "held_until" not in mine


async def test_presence_is_set_by_hand_and_stops_claims(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    tech = desk.people["tech1"]
    boss = desk.people["boss"]
    for body in ({}, [], {"status": "sleeping"}, {"status": "offline", "give_up": 1}):
        assert (await tech.post("presence", body)).status_code == 422  # type: ignore[arg-type]
    epoch = await boss.claim(customer.id)
    asked = await boss.post("presence", {"status": "offline"})
    assert (asked.status_code, asked.json()["error"]["code"]) == (409, "has_chats")
    assert (await boss.post("presence", {"status": "away"})).json() == {"status": "away", "returned": 0}
    assert (await me(desk, "boss"))["status"] == "away"
    other = await desk.waiting("在吗")
    assert (await boss.post(f"conversations/{other.id}/claim")).status_code == 409
    assert (await boss.post("presence", {"status": "online"})).status_code == 200
    assert (await boss.end(customer.id, "close", epoch)).status_code == 200
    assert (await desk.people["designer1"].post("presence", {"status": "online"})).status_code == 403


async def test_alerts_are_seen_by_whom_they_are_for(desk: SharedDesk) -> None:
    one = desk.people["agent1"]
    for ids in ("n_1", [5], ["ü\x00"], ["n"] * 201, None):
        assert (await one.post("alerts/seen", {"ids": ids})).status_code == 422
    assert (await one.post("alerts/seen", {"ids": ["n_unknown"]})).status_code == 200
