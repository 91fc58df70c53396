"""Whose clock says what: a turn is lost when its heartbeat stands still, whatever any clock shows; machines that share a
PostgreSQL agree about the time."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from handoff.clock import system_clock
from handoff.records import NewItem, Records, append_items, create_conversation
from handoff.records import database_time as module
from handoff.records.database_time import DatabaseTime
from handoff.records.tables import turns
from handoff.settings import Settings
from handoff.turns.begin import begin_next_turn
from handoff.turns.bot_client import BotClient
from handoff.turns.runner import RELEASED, TurnRunner

LOST = 0.4


async def begun(records: Records) -> str:
    """A turn of a worker that is about to die."""
    async with records.write() as tx:
        conversation_id = await create_conversation(tx)
        await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": "在吗"})])
        turn_id = await begin_next_turn(tx, conversation_id)
    assert turn_id is not None
    return turn_id


class Watcher:
    """Another worker, whose machine's clock is so far away; it runs no turn that it took."""

    def __init__(self, url: str, tmp_path: Path, hours: float) -> None:
        self.records = Records(url, lambda: system_clock() + timedelta(hours=hours), "watcher")
        settings = Settings(tmp_path, url, "secret", heartbeat_lost=LOST)
        self.runner = TurnRunner(settings, self.records, BotClient((), ""), lambda: "")
        self.runner._stopping = True

    async def look(self, turn_id: str) -> str:
        """Whose the turn is after a round of its."""
        await self.runner.take_over()
        async with self.records.read() as reader:
            query = select(turns.c.worker).where(turns.c.turn_id == turn_id)
            return str((await reader.execute(query)).scalar_one())


@pytest.mark.parametrize("hours", [-1, 0, 1, 30 / 3600])
async def test_a_living_turn_is_nobody_elses_and_a_dead_one_is_taken_whatever_the_clocks_show(
    records: Records, database_url: str, tmp_path: Path, hours: float
) -> None:
    watcher = Watcher(database_url, tmp_path, hours)
    turn_id = await begun(records)
    for _ in range(6):
        async with records.write() as tx:
            alive = update(turns).where(turns.c.turn_id == turn_id).values(heartbeat_at=tx.now())
            await tx.execute(alive)
        assert await watcher.look(turn_id) == "test"
        await asyncio.sleep(LOST / 3)
    async with asyncio.timeout(LOST * 10):
        while await watcher.look(turn_id) == "test":
            await asyncio.sleep(0.05)
    await watcher.records.close()


async def test_a_released_turn_is_taken_at_once(records: Records, database_url: str, tmp_path: Path) -> None:
    watcher = Watcher(database_url, tmp_path, 0)
    turn_id = await begun(records)
    async with records.write() as tx:
        released = update(turns).where(turns.c.turn_id == turn_id).values(heartbeat_at=RELEASED)
        await tx.execute(released)
    assert await watcher.look(turn_id) == "watcher"
    await watcher.records.close()


async def test_the_time_is_the_databases_where_several_machines_may_use_it(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine is an hour ahead; then its clock is set back by a day."""
    monkeypatch.setattr(module, "system_clock", lambda: system_clock() + timedelta(hours=1))
    told = DatabaseTime()
    await told.ask(records)
    off = abs((told() - system_clock()).total_seconds())
    assert off > 3000 if records.is_sqlite else off < 2
    if not records.is_sqlite:
        before = told()
        monkeypatch.setattr(module, "system_clock", lambda: system_clock() - timedelta(days=1))
        assert timedelta() <= told() - before < timedelta(seconds=5)
