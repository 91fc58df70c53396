"""Fixtures of the handoff tests: both databases, a scripted bot, a running service."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from handoff.records import Records
from handoff.records.migrate import migrate
from handoff.store_rules import load_store_rules, use_store_rules
from tests.helpers.handoff_service import HandoffService, running_service
from tests.helpers.ledger import Ledger
from tests.helpers.openapi import check_response
from tests.helpers.postgres import PostgresServer
from tests.helpers.processes import ROOT
from tests.helpers.scripted_bot import ScriptedBot


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True, scope="session")
def store_rules() -> None:
    """Those of the demo store, for the tests that run the service's functions in this process."""
    use_store_rules(load_store_rules(ROOT, "Asia/Shanghai"))


@pytest.fixture(autouse=True, scope="session")
def answers_as_described() -> Iterator[None]:
    """Whatever a test of this folder asks a running service: the answer is one that the OpenAPI document has, and so is the request
    if the service took it."""
    plain = httpx.AsyncClient.send

    async def send(self: httpx.AsyncClient, request: httpx.Request, **kept: Any) -> httpx.Response:
        response = await plain(self, request, **kept)
        if not kept.get("stream") and request.url.path.startswith("/api/v1/"):
            await check_response(response)
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.AsyncClient, "send", send)
        yield


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'anke.db'}"
    url: str = request.getfixturevalue("postgres").new_database()
    return url


@pytest.fixture
async def records(database_url: str) -> AsyncIterator[Records]:
    """A migrated database of each kind, opened as a worker opens it."""
    await migrate(database_url)
    opened = Records(database_url, worker="test")
    yield opened
    await opened.close()


@pytest.fixture
async def bot() -> AsyncIterator[ScriptedBot]:
    async with ScriptedBot() as scripted:
        yield scripted


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
async def service(tmp_path: Path, database_url: str, bot: ScriptedBot) -> AsyncIterator[HandoffService]:
    """Two workers on each kind of database."""
    env = {"DATABASE_URL": database_url}
    async with running_service(tmp_path / "data", [bot.url], workers=2, env=env) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_bot() -> AsyncIterator[ScriptedBot]:
    async with ScriptedBot() as scripted:
        yield scripted


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def plain_service(
    tmp_path_factory: pytest.TempPathFactory, shared_bot: ScriptedBot
) -> AsyncIterator[HandoffService]:
    """One worker on SQLite, shared by all tests that break nothing (they run in the session's loop)."""
    async with running_service(tmp_path_factory.mktemp("plain"), [shared_bot.url]) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def plain_bot(shared_bot: ScriptedBot) -> AsyncIterator[ScriptedBot]:
    """The bot of `plain_service`, its script empty."""
    await shared_bot.reset()
    yield shared_bot
    await shared_bot.reset()


@pytest_asyncio.fixture(loop_scope="session")
async def plain_http(
    plain_service: HandoffService, plain_bot: ScriptedBot
) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(plain_service) as client:
        yield client


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=["sqlite", "postgres"])
async def steady_service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared_bot: ScriptedBot
) -> AsyncIterator[HandoffService]:
    """Two workers on each kind of database, shared by tests that kill nothing."""
    folder = tmp_path_factory.mktemp("steady")
    env = {}
    if request.param == "postgres":
        env["DATABASE_URL"] = request.getfixturevalue("postgres").new_database()
    async with running_service(folder / "data", [shared_bot.url], workers=2, env=env) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def steady_http(
    steady_service: HandoffService, plain_bot: ScriptedBot
) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(steady_service) as client:
        yield client


def client_of(running: HandoffService) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=300, max_keepalive_connections=300)
    return httpx.AsyncClient(base_url=running.url, limits=limits, timeout=30)


@pytest.fixture
async def http(service: HandoffService) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(service) as client:
        yield client
