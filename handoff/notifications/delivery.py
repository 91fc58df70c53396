"""Delivering: each event to each destination, at least once, with pauses that grow; what never arrives is a dead letter.

A destination that fails is left alone by this worker until its pause is over, so a dead receiver costs one request a
pause, however many events wait for it. Nothing here runs inside a turn or a transaction of one.
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from handoff.edge.text import whole_number
from handoff.notifications.destinations import Destination
from handoff.notifications.signature import HEADER, signature
from handoff.records import Records, new_id
from handoff.records.followup_tables import deliveries, notifications

SHARE_OUT = 100
A_ROUND = 10
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=30)
MOST_ATTEMPTS = 12
GIVE_UP_AFTER = timedelta(hours=24)
KEPT = timedelta(days=30)
"""Delivered and dead events are kept so long, then forgotten."""
LONGEST_LEASE = LEASE + LONGEST_PAUSE

log = logging.getLogger("handoff.notifications")


@dataclass(frozen=True)
class _Letter:
    event_id: str
    attempts: int
    created_at: datetime
    body: dict[str, Any]


class Deliverer:
    """The outbox's way out; every worker has one, and they may all run at once."""

    def __init__(
        self,
        records: Records,
        destinations: Sequence[Destination],
        secret: str,
        *,
        seconds: float,
        jitter: Callable[[], float] = lambda: random.uniform(0.75, 1.25),
    ) -> None:
        self._records = records
        self._destinations = tuple(destinations)
        self._secret = secret
        self._jitter = jitter
        self._seconds = seconds
        self._http = httpx.AsyncClient(timeout=seconds, trust_env=False, follow_redirects=False)
        self._paused: dict[str, tuple[datetime, datetime]] = {}
        """By destination: since when it is left alone, and until when."""

    async def close(self) -> None:
        await self._http.aclose()

    async def deliver_due(self) -> int:
        """One round: new events are shared out, then each destination gets what is due; how many arrived."""
        await self._share_out()
        await self._ask_again()
        asked = [one for one in self._destinations if self._may_ask(one)]
        return sum(await asyncio.gather(*(self._deliver_to(one) for one in asked)))

    async def forget_old(self) -> None:
        """Events that ended long ago leave the outbox."""
        async with self._records.write() as tx:
            before = tx.now() - KEPT
            old = select(notifications.c.event_id).where(notifications.c.at < before)
            still = select(deliveries.c.event_id).where(deliveries.c.state == "pending")
            gone = old.where(notifications.c.event_id.not_in(still))
            await tx.execute(delete(deliveries).where(deliveries.c.event_id.in_(gone)))
            await tx.execute(
                delete(notifications).where(
                    notifications.c.at < before, notifications.c.event_id.not_in(still)
                )
            )

    def _may_ask(self, destination: Destination) -> bool:
        now, (_, until) = self._records.clock(), self._paused.get(destination.name, (None, None))
        return until is None or until <= now or until > now + LONGEST_PAUSE * 2  # a clock that stepped back

    async def _ask_again(self) -> None:
        """A person says that it is mended: what they had sent again ends the pause that began before."""
        if not self._paused:
            return
        mended = (
            select(deliveries.c.destination, func.max(deliveries.c.replayed_at).label("at"))
            .where(
                deliveries.c.destination.in_(list(self._paused)),
                deliveries.c.state == "pending",
                deliveries.c.replayed_at.is_not(None),
            )
            .group_by(deliveries.c.destination)
        )
        async with self._records.read() as reader:
            rows = (await reader.execute(mended)).all()
        for row in rows:
            if row.at > self._paused[row.destination][0]:
                del self._paused[row.destination]

    async def _share_out(self) -> None:
        """A row for each destination that wants it; without destinations an event is only marked and later forgotten."""
        async with self._records.read() as reader:
            fresh = (
                select(notifications.c.event_id)
                .where(notifications.c.shared_out_at.is_(None))
                .order_by(notifications.c.at)
                .limit(SHARE_OUT)
            )
            waiting = [str(row.event_id) for row in await reader.execute(fresh)]
        if not waiting:
            return
        async with self._records.write() as tx:
            mine = (
                update(notifications)
                .where(notifications.c.event_id.in_(waiting), notifications.c.shared_out_at.is_(None))
                .values(shared_out_at=tx.now())
                .returning(notifications.c.event_id, notifications.c.event)
            )
            rows = [
                {
                    "event_id": row.event_id,
                    "destination": one.name,
                    "state": "pending",
                    "attempts": 0,
                    "created_at": tx.now(),
                    "next_at": tx.now(),
                }
                for row in (await tx.execute(mine)).all()
                for one in self._destinations
                if one.wants(row.event)
            ]
            if rows:
                await tx.execute(insert(deliveries), rows)

    async def _deliver_to(self, destination: Destination) -> int:
        token = new_id("w")
        arrived = 0
        for letter in await self._claim(destination, token):
            failure, wait = await self._send(destination, letter)
            await self._note(destination, letter, token, failure, wait)
            if failure is not None:
                await self._let_go(destination, token)
                break
            arrived += 1
        return arrived

    async def _claim(self, destination: Destination, token: str) -> list[_Letter]:
        async with self._records.read() as reader:
            due = (
                select(deliveries.c.event_id)
                .where(*_claimable(destination, reader.now()))
                .order_by(deliveries.c.next_at, deliveries.c.event_id)
                .limit(A_ROUND)
            )
            wanted = [str(row.event_id) for row in await reader.execute(due)]
        if not wanted:
            return []
        async with self._records.write() as tx:
            taken = (
                update(deliveries)
                .where(deliveries.c.event_id.in_(wanted), *_claimable(destination, tx.now()))
                .values(claim=token, lease_until=tx.now() + LEASE)
                .returning(deliveries.c.event_id)
            )
            ids = [row.event_id for row in (await tx.execute(taken)).all()]
            query = (
                select(
                    deliveries.c.event_id,
                    deliveries.c.attempts,
                    deliveries.c.created_at,
                    notifications.c.body,
                )
                .join(notifications, notifications.c.event_id == deliveries.c.event_id)
                .where(deliveries.c.event_id.in_(ids), deliveries.c.destination == destination.name)
                .order_by(notifications.c.at, notifications.c.event_id)
            )
            rows = (await tx.execute(query)).all()
        return [_Letter(row.event_id, row.attempts, row.created_at, row.body) for row in rows]

    async def _send(self, destination: Destination, letter: _Letter) -> tuple[str | None, timedelta | None]:
        """None when the receiver took it, else why not, and how long it asks us to wait."""
        body = json.dumps(letter.body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Anke-Event": letter.body["event"],
            "X-Anke-Event-Id": letter.event_id,
            HEADER: signature(self._secret, body, int(time.time())),
        }
        try:
            # in all: a receiver that drips its answer is no faster than one that is silent; the body is not read
            async with (
                asyncio.timeout(self._seconds),
                self._http.stream("POST", destination.url, content=body, headers=headers) as answer,
            ):
                status, retry_after = answer.status_code, answer.headers.get("retry-after", "")
        except TimeoutError:
            return "no answer in time", None
        except httpx.HTTPError as error:
            return type(error).__name__, None
        if 200 <= status < 300:
            return None, None
        seconds = whole_number(retry_after)
        return f"HTTP {status}", None if seconds is None else timedelta(seconds=min(seconds, 1800))

    async def _note(
        self,
        destination: Destination,
        letter: _Letter,
        token: str,
        failure: str | None,
        wait: timedelta | None,
    ) -> None:
        now = self._records.clock()
        attempts = letter.attempts + 1
        values: dict[str, Any] = {"attempts": attempts, "claim": None, "lease_until": None}
        if failure is None:
            self._paused.pop(destination.name, None)
            values |= {"state": "delivered", "ended_at": now, "last_error": None}
        else:
            doubled = FIRST_PAUSE * 2 ** min(letter.attempts, 12)
            pause = max(min(doubled, LONGEST_PAUSE) * self._jitter(), wait or timedelta(0))
            self._paused[destination.name] = now, now + pause
            dead = (
                attempts >= MOST_ATTEMPTS or now - letter.created_at >= GIVE_UP_AFTER or failure == "HTTP 410"
            )
            values |= {"last_error": failure, "next_at": now + pause}
            if dead:
                values |= {"state": "dead", "ended_at": now}
                log.error("a notification for %s is a dead letter: %s", destination.name, failure)
            else:
                log.warning(
                    "%s did not take a notification (attempt %d): %s", destination.name, attempts, failure
                )
        async with self._records.write() as tx:
            await tx.execute(
                update(deliveries)
                .where(
                    deliveries.c.event_id == letter.event_id,
                    deliveries.c.destination == destination.name,
                    deliveries.c.claim == token,
                )
                .values(**values)
            )

    async def _let_go(self, destination: Destination, token: str) -> None:
        """What was claimed and not tried waits for the destination's pause, not for the lease."""
        async with self._records.write() as tx:
            await tx.execute(
                update(deliveries)
                .where(deliveries.c.destination == destination.name, deliveries.c.claim == token)
                .values(claim=None, lease_until=None)
            )


def _claimable(destination: Destination, now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(
        deliveries.c.lease_until.is_(None),
        deliveries.c.lease_until <= now,
        deliveries.c.lease_until > now + LONGEST_LEASE,
    )
    return (
        deliveries.c.destination == destination.name,
        deliveries.c.state == "pending",
        deliveries.c.next_at <= now,
        free,
    )
