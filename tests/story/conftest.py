"""Whole installations for the story tests: embedded defaults, and PostgreSQL with a Valkey of its own."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.helpers.installation import Installation, running_installation
from tests.helpers.postgres import PostgresServer
from tests.helpers.valkey import ValkeyServer

PASSWORD = "one-password-for-the-story"
LIMITS = {"LIMIT_MESSAGES_PER_MINUTE": "100000", "LIMIT_CONVERSATIONS_PER_MINUTE": "100000"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture(params=["embedded", "postgres"], scope="module", loop_scope="module")
async def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """`make run` with nothing set, and with DATABASE_URL, ORDERS_DATABASE_URL and REDIS_URL set."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    env = {"DEMO_PASSWORD": PASSWORD, **LIMITS}
    valkey: ValkeyServer | None = None
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        valkey = ValkeyServer(folder / "valkey")
        await valkey.start()
        env |= {
            "DATABASE_URL": server.new_database(),
            "ORDERS_DATABASE_URL": server.new_database(),
            "REDIS_URL": valkey.url,
        }
    async with running_installation(folder / "data", {**os.environ, **env}) as running:
        yield running
    if valkey:
        await valkey.kill()
