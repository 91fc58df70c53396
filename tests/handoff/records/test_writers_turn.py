"""Processes take turns at writing one SQLite file; the lock file is advice, never a reason to fail."""

import asyncio
import fcntl
import os
from pathlib import Path

import pytest

from handoff.records.engine import WritersTurn


async def test_two_writers_never_hold_the_turn_together_and_both_get_it(tmp_path: Path) -> None:
    first, second = (WritersTurn(str(tmp_path / "anke.db")) for _ in range(2))
    inside, most, done = 0, 0, {"first": 0, "second": 0}

    async def write(name: str, turn: WritersTurn) -> None:
        nonlocal inside, most
        for _ in range(20):
            async with turn.taken():
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.001)
                inside -= 1
                done[name] += 1
            await asyncio.sleep(0)

    await asyncio.gather(write("first", first), write("second", second))
    assert most == 1
    assert done == {"first": 20, "second": 20}
    first.close()
    second.close()


async def test_a_process_that_holds_the_turn_forever_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WritersTurn, "WAIT_SECONDS", 0.05)
    turn = WritersTurn(str(tmp_path / "anke.db"))
    paused = os.open(tmp_path / "anke.db-turn", os.O_RDWR)
    fcntl.flock(paused, fcntl.LOCK_EX)
    async with turn.taken():
        written = True
    assert written
    os.close(paused)
    turn.close()


async def test_other_databases_take_no_turns(tmp_path: Path) -> None:
    turn = WritersTurn(None)
    async with turn.taken():
        assert not list(tmp_path.iterdir())
    turn.close()
