"""The signed intake over HTTP, exactly as the outside contract has it (H4)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio

from tests.handoff.channels.signed import OTHER, SECRETS, bring, header
from tests.helpers.agent_client import AgentClient, running_desk
from tests.helpers.contracts import assert_contract
from tests.helpers.handoff_service import HandoffService
from tests.helpers.scripted_bot import ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="module")
MAIL = {"external_id": "m-1", "from": "wang@example.com", "text": "冰箱不制冷", "at": "2026-11-22T06:00:00Z"}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgres"])
async def intake(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[HandoffService]:
    url = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else None
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(ScriptedBot())
        folder = tmp_path_factory.mktemp("intake")
        yield await stack.enter_async_context(
            running_desk(folder, bot, database_url=url, workers=2, CHANNEL_SECRETS=SECRETS)
        )


@pytest_asyncio.fixture(loop_scope="module")
async def http(intake: HandoffService) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=intake.url, timeout=30) as client:
        yield client


async def test_a_signed_message_is_a_case_that_agents_see(
    intake: HandoffService, http: httpx.AsyncClient
) -> None:
    answers = [await bring(http, MAIL) for _ in range(3)]
    assert [one.status_code for one in answers] == [202] * 3
    assert_contract("case", answers[0].json(), "taken")
    assert len({one.json()["case_no"] for one in answers}) == 1
    async with AgentClient.logged_in(intake.url, "agent1") as agent:
        told = (await agent.get(f"cases/{answers[0].json()['case_no']}")).json()
    assert_contract("case", told)
    assert (told["channel"], told["group"], told["contacts"]) == ("mail", "ticket", 1)
    assert told["customer"]["contact"] == "w***@example.com"
    (opened,) = told["timeline"]
    assert (opened["who"], opened["body"]["text"]) == ("channel:mail", "冰箱不制冷")


async def test_many_at_once_are_one_case(http: httpx.AsyncClient) -> None:
    same = {**MAIL, "external_id": "m-many", "from": "many@example.com"}
    answers = await asyncio.gather(*(bring(http, same) for _ in range(8)))
    assert {one.status_code for one in answers} == {202}
    assert len({one.json()["case_no"] for one in answers}) == 1
    different = [{**same, "external_id": f"m-many-{n}", "text": f"第 {n} 封"} for n in range(8)]
    joined = await asyncio.gather(*(bring(http, one) for one in different))
    assert {one.json()["case_no"] for one in joined} == {answers[0].json()["case_no"]}


async def test_who_is_not_the_channel_s_program_is_refused(http: httpx.AsyncClient) -> None:
    message = {**MAIL, "external_id": "m-refused"}
    assert (await bring(http, message, channel="sms")).status_code == 404
    assert (await bring(http, message, secret=OTHER)).status_code == 401
    assert (await bring(http, message, at=int(time.time()) - 301)).status_code == 401
    assert (await bring(http, message, at=int(time.time()) + 301)).status_code == 401
    plain = await http.post("/api/v1/channels/mail/messages", json=message)
    assert (plain.status_code, plain.json()["error"]["code"]) == (401, "unauthorized")
    late = await bring(http, message, at=int(time.time()) - 290)
    assert late.status_code == 202, "nothing of what was refused was kept"
    assert (await bring(http, {**message, "text": "别的"})).status_code == 409


async def test_what_is_signed_but_no_message_is_told(http: httpx.AsyncClient) -> None:
    assert (await bring(http, {**MAIL, "text": ""})).status_code == 422
    assert (await bring(http, {**MAIL, "text": "x" * 4001})).status_code == 413
    body = b"{not json"
    headers = {"X-Anke-Signature": header(body)}
    broken = await http.post("/api/v1/channels/mail/messages", content=body, headers=headers)
    assert (broken.status_code, broken.json()["error"]["code"]) == (422, "invalid")


async def test_what_was_acknowledged_survives_kill_9(intake: HandoffService, http: httpx.AsyncClient) -> None:
    message = {**MAIL, "external_id": "m-kill", "from": "kill@example.com"}
    case_no = (await bring(http, message)).json()["case_no"]
    while intake.processes:
        await intake.kill_worker()
    for _ in range(2):
        await intake.start_worker()
    await intake.wait_until_alive()
    async with httpx.AsyncClient(base_url=intake.url, timeout=30) as fresh:
        assert (await bring(fresh, message)).json()["case_no"] == case_no
        on = await bring(fresh, {**message, "external_id": "m-kill-2", "text": "还在吗"})
        assert on.json()["case_no"] == case_no
