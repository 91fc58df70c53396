"""Timers with a clock that tests move and step, and an effect that is written where a test can count it."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select

from handoff.records import Records, Tx, new_id
from handoff.records.followup_tables import timers
from handoff.records.tables import audits
from handoff.timers import Again, Planned, Timer, TimerKind, TimerRunner, cancel_timers, plan_timer

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class FailsOnPurpose(Exception):
    pass


class TimerWorld:
    """Several workers on one database. `now` is the time of all of them."""

    def __init__(self, records: Records, workers: int = 3) -> None:
        self.now = self.latest = START
        self.records = records
        records.clock = lambda: self.now
        self.failing: set[str] = set()
        self.early: list[str] = []
        kinds = {"note": TimerKind(self._fire), "looking": TimerKind(self._fire, self._look)}
        self.workers = [TimerRunner(records, kinds) for _ in range(workers)]
        self.held: dict[int, tuple[Timer, str]] = {}

    def let_pass(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.latest = max(self.latest, self.now)

    async def clean(self) -> None:
        async with self.records.write() as tx:
            await tx.execute(delete(timers))
            await tx.execute(delete(audits))

    async def plan(self, key: str, seconds: float, kind: str = "note", **payload: Any) -> bool:
        due_at = self.now + timedelta(seconds=seconds)
        async with self.records.write() as tx:
            return await plan_timer(tx, Planned(kind, key, key, due_at, payload=payload))

    async def cancel(self, key: str) -> None:
        async with self.records.write() as tx:
            await cancel_timers(tx, key, kinds=["note", "looking"])

    async def claim(self, worker: int, key: str) -> bool:
        """The worker takes the timer and does not go on yet."""
        token = new_id("w")
        timer = await self.workers[worker].claim(key, token)
        if timer is not None:
            self.held[worker] = (timer, token)
        return timer is not None

    async def complete(self, worker: int) -> bool:
        """The worker goes on with what it had taken."""
        held = self.held.pop(worker, None)
        try:
            return held is not None and await self.workers[worker].complete(*held)
        except FailsOnPurpose:
            return False

    def crash(self, worker: int) -> None:
        """Killed: what it had taken is never gone on with."""
        self.held.pop(worker, None)

    async def round(self, worker: int = 0) -> int:
        return await self.workers[worker].fire_due()

    async def effects(self, key: str) -> int:
        async with self.records.read() as reader:
            query = select(func.count()).where(audits.c.action == key)
            return int((await reader.execute(query)).scalar_one())

    async def state(self, key: str) -> str | None:
        async with self.records.read() as reader:
            found = await reader.execute(select(timers.c.state).where(timers.c.key == key))
            return found.scalar_one_or_none()

    async def _look(self, timer: Timer) -> str:
        return f"seen {timer.key}"

    async def _fire(self, tx: Tx, timer: Timer, seen: Any) -> Again | None:
        await write_effect(tx, timer.key)
        if self.latest < timer.due_at:  # a clock that stepped back after the claim may show less
            self.early.append(timer.key)
        if timer.key in self.failing:
            self.failing.discard(timer.key)
            raise FailsOnPurpose
        rounds = timer.payload.get("rounds", 0)
        if rounds:
            return Again(tx.now() + timedelta(minutes=1), {"rounds": rounds - 1})
        return None


async def write_effect(tx: Tx, key: str) -> None:
    await tx.execute(insert(audits).values(id=new_id("d"), at=tx.now(), action=key, detail={}))


async def _die(url: str, key: str, where: str) -> None:
    """A worker that is killed with -9 while it fires `key`: after claim | inside | after."""
    records = Records(url, worker="dying")

    async def fire(tx: Tx, timer: Timer, _seen: Any) -> None:
        await write_effect(tx, timer.key)
        if where == "inside":
            os.kill(os.getpid(), signal.SIGKILL)

    runner = TimerRunner(records, {"note": TimerKind(fire)})
    timer = await runner.claim(key, "dying")
    assert timer is not None
    if where != "claimed":
        await runner.complete(timer, "dying")
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(_die(*sys.argv[1:4]))
