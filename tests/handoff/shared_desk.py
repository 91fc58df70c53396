"""One running service with demo accounts for all tests of a module, on each kind of database.

A folder's conftest imports the fixture; a module that uses it has
`pytestmark = pytest.mark.asyncio(loop_scope="module")`. Every test opens conversations of its own.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.helpers.agent_client import AgentClient, running_desk
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import HandoffService
from tests.helpers.scripted_bot import ScriptedBot
from tests.helpers.valkey import ValkeyServer

NAMES = ("agent1", "agent2", "tech1", "boss", "designer1", "admin")


@dataclass
class SharedDesk:
    """The service, its scripted bot, and everybody logged in."""

    service: HandoffService
    bot: ScriptedBot
    http: httpx.AsyncClient
    people: dict[str, AgentClient]

    async def waiting(self, *said: str, **opened: Any) -> Customer:
        """A customer who said this and then asked for a person (group online)."""
        customer = await Customer.open(self.http, **opened)
        for text in said:
            await customer.answer_to(await customer.say(text))
        answer = await customer.call("human")
        assert answer.json() == {"state": "waiting"}, answer.text
        return customer


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgres"])
async def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SharedDesk]:
    url = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else None
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(ScriptedBot())
        folder = tmp_path_factory.mktemp("desk")
        valkey = ValkeyServer(folder / "valkey")
        await valkey.start()
        stack.push_async_callback(valkey.kill)
        service = await stack.enter_async_context(
            running_desk(folder, bot, database_url=url, workers=2, REDIS_URL=valkey.url)
        )
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=service.url, timeout=30))
        people = {
            name: await stack.enter_async_context(AgentClient.logged_in(service.url, name)) for name in NAMES
        }
        yield SharedDesk(service, bot, http, people)
