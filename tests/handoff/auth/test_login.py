"""Logging in and out, and what protects a session (H49)."""

import asyncio

import httpx
import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.agent_client import PASSWORD, AgentClient

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def login(
    http: httpx.AsyncClient, username: object, password: object, **headers: str
) -> httpx.Response:
    return await http.post(
        "/api/v1/agent/login", json={"username": username, "password": password}, headers=headers
    )


async def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: SharedDesk) -> None:
    async with httpx.AsyncClient(base_url=desk.service.url) as http:
        answer = await login(http, "tech1", PASSWORD)
        told = answer.headers["set-cookie"].lower()
        assert "httponly" in told
        assert "samesite=strict" in told
        assert "secure" not in told
        assert answer.json()["agent"]["groups"] == ["technical", "product"]
        behind_tls = await login(http, "tech1", PASSWORD, **{"X-Forwarded-Proto": "https"})
        assert "secure" in behind_tls.headers["set-cookie"].lower()


async def test_wrong_pairs_get_one_and_the_same_sentence(desk: SharedDesk) -> None:
    async with httpx.AsyncClient(base_url=desk.service.url) as http:
        wrong = await login(http, "designer1", "wrong")
        unknown = await login(http, "nobody", "wrong")
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.json() == unknown.json()
        for username, password in (("", ""), (1, 2), ("boss", None), ("x" * 100, "y"), ("boss", "y" * 300)):
            assert (await login(http, username, password)).status_code == 422
        assert (await http.post("/api/v1/agent/login", content=b"[]")).status_code == 422


async def test_guessing_locks_the_account_for_that_address_even_for_the_right_password(
    desk: SharedDesk,
) -> None:
    async with httpx.AsyncClient(base_url=desk.service.url) as http:
        for _ in range(5):
            assert (await login(http, "admin", "guess")).status_code == 401
        locked = await login(http, "admin", PASSWORD)
        assert locked.status_code == 429
        assert int(locked.headers["retry-after"]) > 0
        assert (await login(http, "boss", PASSWORD)).status_code == 200, "others may log in"
    assert (await desk.people["admin"].get("me")).status_code == 200, "who is in stays in"


async def test_every_write_needs_the_csrf_token(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    agent = desk.people["agent1"]
    path = f"/api/v1/agent/conversations/{customer.id}/claim"
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": desk.people["boss"].csrf}):
        answer = await agent.http.post(path, json={}, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert (await customer.log())["state"] == "waiting"


async def test_pages_of_other_sites_are_refused_even_with_cookie_and_token(desk: SharedDesk) -> None:
    agent = desk.people["agent1"]
    evil = await agent.http.get("/api/v1/agent/queue", headers={"Origin": "https://evil.example"})
    assert evil.status_code == 403
    own = await agent.http.get("/api/v1/agent/queue", headers={"Origin": desk.service.url})
    assert own.status_code == 200
    assert "access-control-allow-origin" not in own.headers


async def test_logging_out_ends_this_session_only(desk: SharedDesk) -> None:
    async with AgentClient.logged_in(desk.service.url, "agent2") as here:
        cookie = here.http.cookies.get("anke_desk")
        told = (await here.get("me")).json()
        assert (told["csrf"], told["owner_gone_seconds"]) == (here.csrf, 60)
        assert (await here.post("logout")).status_code == 200
        again = await here.http.get("/api/v1/agent/me", headers={"Cookie": f"anke_desk={cookie}"})
        assert again.status_code == 401
    assert (await desk.people["agent2"].get("me")).status_code == 200


async def test_nobody_gets_in_without_a_session(desk: SharedDesk) -> None:
    for path in ("queue", "me", "conversations", "conversations/c_1/log", "conversations/c_1/record"):
        answer = await desk.http.get(f"/api/v1/agent/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")
    customer = await desk.waiting()
    answer = await desk.http.get(f"/api/v1/agent/conversations/{customer.id}/log", headers=customer.headers)
    assert answer.status_code == 401, "a customer's token is no agent's session"


async def test_many_logins_at_once_do_not_stop_the_chat(desk: SharedDesk) -> None:
    async def chat() -> None:
        customer = await desk.waiting()
        assert (await customer.log())["state"] == "waiting"

    async with httpx.AsyncClient(base_url=desk.service.url, timeout=60) as http:
        logins = [login(http, f"stranger{number}", "guess") for number in range(20)]
        answers, _ = await asyncio.gather(asyncio.gather(*logins), chat())
    assert {answer.status_code for answer in answers} == {401}


async def change(agent: AgentClient, old: object, new: object) -> httpx.Response:
    return await agent.post("me/password", {"old": old, "password": new})


async def test_a_person_changes_their_own_password(desk: SharedDesk) -> None:
    url, fresh = desk.service.url, "一个很长的新密码 2026"
    async with AgentClient.logged_in(url, "agent2") as here, AgentClient.logged_in(url, "agent2") as there:
        assert (await change(here, PASSWORD, fresh)).status_code == 200
        assert (await here.get("me")).status_code == 200, "who changed it stays in"
        assert (await there.get("me")).status_code == 401, "everybody else is signed out"
        async with httpx.AsyncClient(base_url=url) as http:
            assert (await login(http, "agent2", PASSWORD)).status_code == 401
            assert (await login(http, "agent2", fresh)).status_code == 200
        audit = await desk.people["admin"].get("audit", action="password_changed")
        (line,) = audit.json()["items"]
        assert line["account"] == here.agent["id"]
        assert (await change(here, fresh, PASSWORD)).status_code == 200, "and back"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("", "一个很长的新密码 2026", "现在的密码"),
        (None, "一个很长的新密码 2026", "现在的密码"),
        (PASSWORD, "短", "10 个字符"),
        (PASSWORD, "a" * 12, "太简单"),
        (PASSWORD, PASSWORD, "和现在的一样"),
        (PASSWORD, 7, "10 个字符"),
    ],
)
async def test_a_password_that_will_not_do_is_refused_in_one_sentence(
    desk: SharedDesk, old: object, new: object, says: str
) -> None:
    refused = await change(desk.people["boss"], old, new)
    assert refused.status_code == 422
    assert says in refused.json()["error"]["message"]


async def test_guessing_the_old_password_at_an_open_console_is_locked_too(desk: SharedDesk) -> None:
    one = desk.people["designer1"]
    for _ in range(4):  # a wrong login before counts as well
        last = await change(one, "guessed", "一个很长的新密码 2026")
        assert last.status_code == 403
        assert last.json()["error"]["code"] == "wrong_password"
    await change(one, "guessed", "一个很长的新密码 2026")
    assert (await change(one, PASSWORD, "一个很长的新密码 2026")).status_code == 429
    assert (await one.get("me")).status_code == 200
