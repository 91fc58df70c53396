"""Accounts at the console: made, changed, disabled, reset; what each does to the person's open console (H49)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.agent_client import AgentClient

pytestmark = pytest.mark.asyncio(loop_scope="module")
PASSWORD = "a-password-of-their-own"


async def created(desk: SharedDesk, **more: Any) -> dict[str, Any]:
    body = {"username": f"n{uuid4().hex[:10]}", "name": "新人", "role": "agent", "groups": ["online"], **more}
    answer = await desk.people["admin"].post("accounts", body)
    assert answer.status_code == 201, answer.text
    return {**body, **answer.json()}


async def choose(desk: SharedDesk, link: str) -> httpx.Response:
    code = link.partition("#invitation=")[2]
    return await desk.http.post("/api/v1/agent/password", json={"code": code, "password": PASSWORD})


@asynccontextmanager
async def newcomer(desk: SharedDesk, **more: Any) -> AsyncIterator[tuple[dict[str, Any], AgentClient]]:
    made = await created(desk, **more)
    assert (await choose(desk, made["link"])).status_code == 200
    async with AgentClient.logged_in(desk.service.url, made["username"], PASSWORD) as person:
        yield made, person


async def listed(desk: SharedDesk, account_id: str) -> dict[str, Any]:
    items = (await desk.people["admin"].get("accounts")).json()["items"]
    return next(one for one in items if one["id"] == account_id)


async def test_a_newcomer_chooses_a_password_on_a_link_told_once(desk: SharedDesk) -> None:
    made = await created(desk, skills=["order.status"], capacity=4)
    told = await listed(desk, made["id"])
    assert (told["role"], told["groups"], told["skills"], told["capacity"]) == (
        "agent",
        ["online"],
        ["order.status"],
        4,
    )
    assert told["password"] == "link"
    assert "link" not in {key for key in told if key == "link"}
    assert (await choose(desk, made["link"])).json() == {"username": made["username"]}
    assert (await choose(desk, made["link"])).status_code == 404, "a link is good once"
    assert (await listed(desk, made["id"]))["password"] == "set"


async def test_a_disabled_account_s_console_closes_within_five_seconds_and_its_customer_waits_again(
    desk: SharedDesk,
) -> None:
    async with newcomer(desk) as (made, person):
        customer = await desk.waiting("在吗")
        await person.claim(customer.id)
        async with person.socket(desk.service) as socket:
            await socket.next("queue")
            answer = await desk.people["admin"].post(f"accounts/{made['id']}/disable")
            assert answer.status_code == 200, answer.text
            async with asyncio.timeout(5):
                assert (await socket.ended()).frames[-1]["code"] == "unauthorized"
        assert (await person.get("me")).status_code == 401
        async with asyncio.timeout(10):
            while customer.id not in {one["conversation_id"] for one in await desk.people["boss"].queue()}:
                await asyncio.sleep(0.2)
    assert (await listed(desk, made["id"]))["active"] is False


async def test_a_reset_ends_sessions_and_opens_a_disabled_account(desk: SharedDesk) -> None:
    async with newcomer(desk) as (made, person):
        answer = await desk.people["admin"].post(f"accounts/{made['id']}/reset")
        assert answer.json()["hours"] == 24
        assert (await person.get("me")).status_code == 401
        await desk.people["admin"].post(f"accounts/{made['id']}/disable")
        assert (await choose(desk, answer.json()["link"])).status_code == 404, "disabling voids links"
        again = await desk.people["admin"].post(f"accounts/{made['id']}/reset")
        assert (await choose(desk, again.json()["link"])).status_code == 200


async def test_groups_count_at_once_and_another_role_signs_in_anew(desk: SharedDesk) -> None:
    async with newcomer(desk) as (made, person):
        body = {"name": "新人甲", "role": "agent", "groups": ["online", "product"], "capacity": 0}
        assert (await desk.people["admin"].post(f"accounts/{made['id']}", body)).status_code == 200
        assert (await person.get("me")).json()["agent"]["groups"] == ["online", "product"]
        assert (await listed(desk, made["id"]))["capacity"] == 0
        customer = await desk.waiting("在吗")
        await person.claim(customer.id)
        answer = await desk.people["admin"].post(
            f"accounts/{made['id']}", {"name": "新人甲", "role": "designer"}
        )
        assert answer.status_code == 200, answer.text
        assert (await person.get("me")).status_code == 401
        told = await listed(desk, made["id"])
        assert (told["role"], told["groups"], told["capacity"]) == ("designer", [], None)
        async with AgentClient.logged_in(desk.service.url, made["username"], PASSWORD) as designer:
            assert (await designer.get("queue")).status_code == 403
            async with asyncio.timeout(10):
                while customer.id not in {
                    one["conversation_id"] for one in await desk.people["boss"].queue()
                }:
                    await asyncio.sleep(0.2)


async def test_nobody_locks_themselves_out(desk: SharedDesk) -> None:
    admin = desk.people["admin"]
    mine = f"accounts/{admin.agent['id']}"
    for what, body in ((f"{mine}/disable", {}), (f"{mine}/reset", {}), (mine, {"name": "我", "role": "qa"})):
        answer = await admin.post(what, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "own")
    assert (await admin.post(mine, {"name": "管理员", "role": "admin"})).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "大写"},
        {"username": "x"},
        {"name": " "},
        {"role": "boss"},
        {"groups": ["nowhere"]},
        {"groups": []},
        {"skills": ["nothing"]},
        {"capacity": -1},
        {"capacity": True},
        {"capacity": 101},
    ],
    ids=str,
)
async def test_what_does_not_fit_is_told_in_one_sentence(desk: SharedDesk, wrong: dict[str, Any]) -> None:
    body = {"username": f"n{uuid4().hex[:8]}", "name": "新人", "role": "agent", "groups": ["online"], **wrong}
    answer = await desk.people["admin"].post("accounts", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_a_name_is_taken_once_and_strangers_are_told_nothing(desk: SharedDesk) -> None:
    made = await created(desk)
    answer = await desk.people["admin"].post(
        "accounts", {key: made[key] for key in ("username", "name", "role", "groups")}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    for path in ("accounts/nobody/disable", "accounts/nobody/reset"):
        assert (await desk.people["admin"].post(path)).status_code == 404


async def test_every_act_is_in_the_audit_with_who_did_it(desk: SharedDesk) -> None:
    admin = desk.people["admin"]
    made = await created(desk)
    await admin.post(f"accounts/{made['id']}/disable")
    page = (await admin.get("audit", who=admin.agent["id"])).json()
    mine = [one for one in page["items"] if one["account"] == made["id"]]
    assert [one["action"] for one in mine] == ["account_disabled", "account_added"]
    assert {one["who_name"] for one in mine} == {"管理员"}
    assert mine[0]["account_name"] == "新人"
    only = (await admin.get("audit", action="account_disabled")).json()["items"]
    assert {one["action"] for one in only} == {"account_disabled"}
    assert (await admin.get("audit", after="gestern")).status_code == 422
    table = await admin.get("audit.csv")
    assert made["id"] not in table.text.splitlines()[0]
    assert "account_disabled" in table.text


async def test_a_page_of_the_audit_follows_the_one_before(desk: SharedDesk) -> None:
    admin = desk.people["admin"]
    for _ in range(110):
        await desk.people["agent1"].post("presence", {"status": "online"})
    seen, after = [], ""
    for _ in range(20):
        page = (await admin.get("audit", **({"after": after} if after else {}))).json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
        if not after:
            break
    assert len(seen) == len(set(seen)) > 100
