"""Canned replies: one's own, a group's, everybody's; who may use and who may change them."""

import pytest

from tests.handoff.shared_desk import SharedDesk

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def titles(desk: SharedDesk, name: str) -> dict[str, dict]:  # type: ignore[type-arg]
    answer = await desk.people[name].get("canned")
    assert answer.status_code == 200, answer.text
    return {one["title"]: one for one in answer.json()["items"]}


async def test_one_s_own_are_for_oneself(desk: SharedDesk) -> None:
    one, two = desk.people["agent1"], desk.people["agent2"]
    made = await one.post("canned", {"title": "开场白", "text": "您好，我是{坐席}", "scope": "own"})
    assert made.status_code == 201
    at = f"canned/{made.json()['id']}"
    mine = (await titles(desk, "agent1"))["开场白"]
    assert (mine["text"], mine["scope"], mine["mine"], mine["uses"]) == ("您好，我是{坐席}", "own", True, 0)
    assert "开场白" not in await titles(desk, "agent2")
    changed = {"title": "开场白", "text": "您好呀", "scope": "own"}
    assert (await two.post(at, changed)).status_code == 404
    assert (await two.post(f"{at}/delete")).status_code == 404
    assert (await two.post(f"{at}/used")).status_code == 200
    assert (await one.post(f"{at}/used")).status_code == 200
    assert (await one.post(at, changed)).status_code == 200
    mine = (await titles(desk, "agent1"))["开场白"]
    assert (mine["text"], mine["uses"]) == ("您好呀", 1)
    assert (await one.post(f"{at}/delete")).status_code == 200
    assert "开场白" not in await titles(desk, "agent1")
    assert (await one.post(f"{at}/delete")).status_code == 404


async def test_shared_ones_are_the_supervisor_s(desk: SharedDesk) -> None:
    refused = await desk.people["agent1"].post(
        "canned", {"title": "大家的", "text": "您好", "scope": "everybody"}
    )
    assert refused.status_code == 403
    boss = desk.people["boss"]
    for title, scope in (("全店的", "everybody"), ("技术的", "technical")):
        assert (
            await boss.post("canned", {"title": title, "text": "您好", "scope": scope})
        ).status_code == 201
    assert {"全店的", "技术的"} <= set(await titles(desk, "tech1"))
    agents = await titles(desk, "agent1")
    assert "技术的" not in agents
    assert agents["全店的"]["mine"] is False


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"title": "", "text": "x", "scope": "own"},
        {"title": "x", "text": " ", "scope": "own"},
        {"title": "x" * 41, "text": "x", "scope": "own"},
        {"title": "x", "text": "x" * 1001, "scope": "own"},
        {"title": "x", "text": "x", "scope": "nowhere"},
        {"title": "x", "text": "x"},
    ],
)
async def test_malformed_ones_are_refused(desk: SharedDesk, body: object) -> None:
    answer = await desk.people["agent1"].post("canned", body)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].endswith("。")


async def test_who_serves_nobody_has_none(desk: SharedDesk) -> None:
    assert (await desk.people["designer1"].get("canned")).status_code == 403
