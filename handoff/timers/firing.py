"""Firing: a due timer is claimed by one worker, looks outside if it must, and takes effect in one transaction.

Clocks may step. A claim is a token that only one worker holds, so a lease that a step forward ends too early costs a
second look, never a second effect; a lease that a step back would make last an hour is recognised by reaching further
ahead than any lease does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from aftersales.order_system.port import OrderSystemError
from handoff.errors import ApiError
from handoff.records import Records, Tx, lock_conversation, new_id
from handoff.records.followup_tables import timers
from handoff.timers.planning import NO_CLAIM, Timer

LEASE = timedelta(seconds=20)
"""How long a claim holds: a worker that died with it delays the timer by no more than this."""
LONGEST_LEASE = timedelta(seconds=300)
"""The longest pause after failures; a lease that ends later than this from now was set by a clock that ran ahead."""
LOOK_SECONDS = 5.0
"""How long a timer may look outside (the order system); without an answer it tries again later."""
KEPT = timedelta(days=90)
A_ROUND = 50
LOOKS_A_ROUND = 8
"""Timers that look outside are taken a few at a time: a slow order system must not delay the others."""

log = logging.getLogger("handoff.timers")


@dataclass(frozen=True)
class Again:
    """What `fire` returns for a timer that is to fire again, under the same key."""

    due_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


Fire = Callable[[Tx, Timer, Any], Awaitable[Again | None]]
Look = Callable[[Timer], Awaitable[Any]]


@dataclass(frozen=True)
class TimerKind:
    """What a kind of timer does. `fire` writes, in the transaction that marks the timer fired; its conversation is locked.

    `look` comes before, outside any transaction, and may ask the order system; its answer is handed to `fire`.
    """

    fire: Fire
    look: Look | None = None


class TimerRunner:
    """Fires due timers; every worker has one, and they may all run at once."""

    def __init__(self, records: Records, kinds: Mapping[str, TimerKind]) -> None:
        self._records = records
        self._kinds = kinds
        self._quick = [name for name, kind in kinds.items() if kind.look is None]
        self._looking = [name for name, kind in kinds.items() if kind.look is not None]

    async def fire_due(self) -> int:
        """One round: what is due now takes effect, oldest first; how many timers fired here."""
        fired = 0
        for key in await self._due(self._quick, A_ROUND):
            fired += await self.fire_one(key)
        looking = await self._due(self._looking, LOOKS_A_ROUND)
        return fired + sum(await asyncio.gather(*(self.fire_one(key) for key in looking)))

    async def forget_old(self) -> None:
        """Timers that fired or were cancelled long ago leave the table; a key is not planned again by then."""
        async with self._records.write() as tx:
            over = timers.c.state != "pending"
            since = func.coalesce(timers.c.fired_at, timers.c.due_at)
            await tx.execute(delete(timers).where(over, since < tx.now() - KEPT))

    async def fire_one(self, key: str) -> bool:
        """Claims the timer and lets it take effect; False when it is not due, another worker has it, or it failed."""
        token = new_id("w")
        timer = await self.claim(key, token)
        if timer is None:
            return False
        try:
            return await self.complete(timer, token)
        except (ApiError, OrderSystemError) as error:  # busy; an order system that does not answer
            await self._put_off(timer, token, error.code)
        except TimeoutError:
            await self._put_off(timer, token, "no answer in time")
        except Exception as error:
            log.exception("timer %s failed", timer.kind)
            await self._put_off(timer, token, type(error).__name__)
        return False

    async def claim(self, key: str, token: str) -> Timer | None:
        """The timer, if this token is now the only one that may fire it."""
        async with self._records.write() as tx:
            now = tx.now()
            taken = (
                update(timers)
                .where(timers.c.key == key, *_claimable(now))
                .values(claim=token, lease_until=now + LEASE, attempts=timers.c.attempts + 1)
                .returning(timers)
            )
            row = (await tx.execute(taken)).first()
        if row is None or row.kind not in self._kinds:
            return None
        return Timer(
            row.key, row.kind, row.subject, row.conversation_id, row.due_at, row.payload, row.attempts
        )

    async def complete(self, timer: Timer, token: str) -> bool:
        """Looks, then marks the timer fired and lets it take effect, both or neither; False when the claim was lost."""
        kind = self._kinds[timer.kind]
        seen = None
        if kind.look is not None:
            async with asyncio.timeout(LOOK_SECONDS):
                seen = await kind.look(timer)
        async with self._records.write() as tx:
            if timer.conversation_id is not None and not await _lock(tx, timer):
                return False
            mine = (
                update(timers)
                .where(timers.c.key == timer.key, timers.c.state == "pending", timers.c.claim == token)
                .values(state="fired", fired_at=tx.now(), claim=None, lease_until=None)
            )
            if (await tx.execute(mine)).rowcount != 1:
                return False
            again = await kind.fire(tx, timer, seen)
            if again is not None:
                await tx.execute(
                    update(timers)
                    .where(timers.c.key == timer.key)
                    .values(state="pending", due_at=again.due_at, payload=again.payload, **NO_CLAIM)
                )
        return True

    async def _due(self, kinds: list[str], limit: int) -> list[str]:
        if not kinds:
            return []
        async with self._records.read() as reader:
            query = (
                select(timers.c.key)
                .where(timers.c.kind.in_(kinds), *_claimable(reader.now()))
                .order_by(timers.c.due_at, timers.c.key)
                .limit(limit)
            )
            return [str(row.key) for row in await reader.execute(query)]

    async def _put_off(self, timer: Timer, token: str, why: str) -> None:
        """After a failure: pending as before, and tried again after a pause that grows to LONGEST_LEASE."""
        log.warning("timer %s put off after attempt %d: %s", timer.kind, timer.attempts, why)
        pause = min(timedelta(seconds=2) * 2 ** min(timer.attempts, 10), LONGEST_LEASE)
        async with self._records.write() as tx:
            await tx.execute(
                update(timers)
                .where(timers.c.key == timer.key, timers.c.state == "pending", timers.c.claim == token)
                .values(claim=None, lease_until=tx.now() + pause, last_error=why[:200])
            )


def _claimable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(
        timers.c.lease_until.is_(None),
        timers.c.lease_until <= now,
        timers.c.lease_until > now + LONGEST_LEASE,
    )
    return timers.c.state == "pending", timers.c.due_at <= now, free


async def _lock(tx: Tx, timer: Timer) -> bool:
    """The conversation first, as every writer does; False (and the timer is gone) when it was deleted meanwhile."""
    try:
        await lock_conversation(tx, str(timer.conversation_id))
    except ApiError:
        await tx.execute(delete(timers).where(timers.c.key == timer.key))
        return False
    return True
