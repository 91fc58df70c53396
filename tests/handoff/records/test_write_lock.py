"""Processes that write one SQLite file exclude each other by a lock file; it is advisory, never a reason to fail."""

import asyncio
import fcntl
import os
from pathlib import Path

import pytest

from handoff.records.engine import WriteLock


async def test_two_writers_never_hold_the_lock_together_and_both_get_it(tmp_path: Path) -> None:
    first, second = (WriteLock(str(tmp_path / "anke.db")) for _ in range(2))
    inside, most, done = 0, 0, {"first": 0, "second": 0}

    async def write(name: str, lock: WriteLock) -> None:
        nonlocal inside, most
        for _ in range(20):
            async with lock.held():
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


async def test_a_process_that_holds_the_lock_forever_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WriteLock, "WAIT_SECONDS", 0.05)
    lock = WriteLock(str(tmp_path / "anke.db"))
    paused = os.open(tmp_path / "anke.db-write-lock", os.O_RDWR)
    fcntl.flock(paused, fcntl.LOCK_EX)
    async with lock.held():
        written = True
    assert written
    os.close(paused)
    lock.close()


async def test_other_databases_have_no_lock_file(tmp_path: Path) -> None:
    lock = WriteLock(None)
    async with lock.held():
        assert not list(tmp_path.iterdir())
    lock.close()
