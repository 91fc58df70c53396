"""A running service for clients that block: the service's bot answers from a loop of its own thread."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handoff.openapi.callers import CHANNEL, CHANNEL_SECRET
from tests.helpers.agent_client import running_desk
from tests.helpers.handoff_service import HandoffService
from tests.helpers.scripted_bot import ScriptedBot


@pytest.fixture(scope="session")
def described_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HandoffService]:
    """One worker on SQLite with demo accounts, orders and one signed channel."""
    data_dir: Path = tmp_path_factory.mktemp("described") / "data"
    started, over = threading.Event(), threading.Event()
    found: list[HandoffService | BaseException] = []

    async def run() -> None:
        try:
            secrets = f"{CHANNEL}={CHANNEL_SECRET}"
            async with (
                ScriptedBot() as bot,
                running_desk(data_dir, bot, CHANNEL_SECRETS=secrets) as service,
            ):
                found.append(service)
                started.set()
                await asyncio.to_thread(over.wait)
        except BaseException as error:
            found.append(error)
            started.set()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    started.wait(120)
    if not isinstance(found[0], HandoffService):
        raise found[0]
    yield found[0]
    over.set()
    thread.join(30)
