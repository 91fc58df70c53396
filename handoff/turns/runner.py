"""Runs bot turns of this worker: attempts with backoff, heartbeats, and the takeover of turns whose worker died."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update

from handoff.clock import rfc3339, system_clock
from handoff.errors import ApiError
from handoff.records import Outcome, Records
from handoff.records.tables import turns
from handoff.settings import Settings
from handoff.telemetry.logs import turn_in_progress
from handoff.telemetry.metrics import TURN_ERRORS, TURN_SECONDS, TURNS
from handoff.turns.bot_client import BotClient, BotError
from handoff.turns.commit import abandon, commit_answer, commit_unavailable, keep_late_effects
from handoff.turns.running_turn import RunningTurn, load_running_turn, turn_request

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 2.0
MOST_ERRORS = 5
"""Attempts that may end in an exception of our own: with the pauses between them three seconds."""
MOST_GRACES = 5
"""Up to this attempt a turn gets time beyond its patience: one that kills its workers is not tried for ever."""
RELEASED = datetime(1970, 1, 1, tzinfo=UTC)
"""Heartbeat of a turn that its worker has let go."""
TAKE_AT_ONCE = 50
"""Turns that are taken over at once at most: the next round, a second later, may be another worker's."""

log = logging.getLogger("handoff.turns")


class TurnRunner:
    """The turns in flight in this worker. `start` is called after the commit that began a turn."""

    def __init__(
        self, settings: Settings, records: Records, bots: BotClient, unavailable: Callable[[], str]
    ) -> None:
        self._settings = settings
        self._records = records
        self._bots = bots
        self._unavailable = unavailable
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        self._watched: dict[tuple[Any, ...], float] = {}
        """(turn, attempt, heartbeat) of others, and since when it has been seen so."""

    def after_commit(self, outcome: Outcome) -> None:
        """Listener of Records.on_commit."""
        for turn_id in outcome.turns:
            self.start(turn_id)

    def start(self, turn_id: str) -> None:
        """Runs the turn in the background, unless it already runs here."""
        if self._stopping or turn_id in self._running:
            return
        task = asyncio.create_task(self._run(turn_id))
        self._running[turn_id] = task
        task.add_done_callback(lambda _done: self._running.pop(turn_id, None))

    @property
    def take_over_every(self) -> float:
        """Seconds between two looks for lost turns."""
        return min(1.0, self._settings.heartbeat_lost / 3)

    async def close(self) -> None:
        """Stops and releases its turns: another worker may take them at once instead of waiting for lost heartbeats."""
        self._stopping = True
        mine = list(self._running)
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if mine:
            async with self._records.write() as tx:
                await tx.execute(
                    update(turns)
                    .where(
                        turns.c.turn_id.in_(mine), turns.c.worker == tx.worker, turns.c.status == "running"
                    )
                    .values(heartbeat_at=RELEASED)
                )

    async def _run(self, turn_id: str) -> None:
        turn_in_progress.set(turn_id)
        try:
            async with self._records.read() as reader:
                running = await load_running_turn(reader, turn_id)
                if running is None or running.worker != self._records.worker:
                    return
                request = None
                with suppress(Exception):  # the attempts ask for it again, and count what is wrong with it
                    request = await turn_request(reader, running)
            await self._finish(running, request)
        except ApiError as error:
            # the database is in trouble: without heartbeats the turn is taken over as soon as it is back
            log.warning("the turn is left to be taken over: %s", error)
        except Exception:
            log.exception("the turn failed and is left to be taken over")

    async def _finish(self, running: RunningTurn, request: dict[str, Any] | None) -> None:
        """Attempts until one is committed or the turn is lost; then, whatever went wrong, a person (architecture 8)."""
        last = await self._attempts(running, request)
        if last is None:
            return
        try:
            said_so = await self._persist(
                partial(commit_unavailable, self._records, last, self._unavailable())
            )
        except Exception as error:
            if _is_busy(error):
                raise
            self._note_error(last, error)
            await abandon(self._records, last)
            self._count("abandoned", last)
            return
        self._count("unavailable" if said_so else "dropped", last)

    async def _attempts(self, running: RunningTurn, request: dict[str, Any] | None) -> RunningTurn | None:
        """Asks until an answer is committed or the turn is lost (None), or there is no more patience: the last attempt.

        Patience is 20 s after the ack for a bot that does not answer, MOST_ERRORS for an exception of our own, which
        seldom heals by waiting. An ApiError 503 (the database) is raised.
        """
        settings, clock = self._settings, self._records.clock
        give_up = running.acked_at + timedelta(seconds=settings.turn_patience)
        if running.attempt <= MOST_GRACES:
            # a turn that waited behind another, or was taken over late, still gets one full attempt
            give_up = max(give_up, clock() + timedelta(seconds=settings.turn_deadline))
        pause, errors = FIRST_PAUSE, 0
        end = (
            time.monotonic() + (give_up - clock()).total_seconds()
        )  # a clock that is set costs nobody a turn
        while (left := end - time.monotonic()) > 0:
            try:
                if request is None:
                    async with self._records.read() as reader:
                        request = await turn_request(reader, running)
                answer = await self._ask(running, request, min(settings.turn_deadline, left))
                committed = await self._persist(partial(commit_answer, self._records, running, answer))
                self._count("committed" if committed else "dropped", running)
                return None
            except BotError as trouble:
                log.warning("attempt %d got no answer: %s", running.attempt, trouble)
            except Exception as error:
                if _is_busy(error):
                    raise
                self._note_error(running, error)
                errors += 1
            TURNS.labels("failed_attempt").inc()
            if errors >= MOST_ERRORS:
                break
            await asyncio.sleep(min(pause, max(0.0, (give_up - clock()).total_seconds())))
            pause = min(pause * 2, LONGEST_PAUSE)
            if clock() >= give_up:
                break
            next_attempt = await self._next_attempt(running)
            if next_attempt is None:
                return None
            running = next_attempt
        return running

    async def _ask(self, running: RunningTurn, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """One attempt at the bot."""
        told = {
            **request,
            "attempt": running.attempt,
            "deadline": rfc3339(
                system_clock() + timedelta(seconds=seconds)
            ),  # the bot looks at this machine's clock
        }
        late = partial(keep_late_effects, self._records, running)
        return await self._bots.ask(told, seconds=seconds, late=late)

    def _note_error(self, running: RunningTurn, error: Exception) -> None:
        TURN_ERRORS.labels(type(error).__name__).inc()
        log.error(
            "attempt %d at the turn failed: %s",
            running.attempt,
            type(error).__name__,
            exc_info=error,
            extra={"conversation_id": running.conversation_id},
        )

    async def _persist(self, commit: Callable[[], Coroutine[Any, Any, bool]]) -> bool:
        """The answer is in hand: a busy database is asked again a few times before the work is thrown away."""
        for _ in range(3):
            try:
                return await commit()
            except ApiError as error:
                if error.status != 503:
                    raise
                log.warning("the commit of a turn has to be repeated: %s", error)
                await asyncio.sleep(0.3)
        return await commit()

    def _count(self, outcome: str, running: RunningTurn) -> None:
        seconds = (self._records.clock() - running.acked_at).total_seconds()
        TURNS.labels(outcome).inc()
        TURN_SECONDS.observe(max(0.0, seconds))
        log.info(
            "turn %s after %.3f s",
            outcome,
            seconds,
            extra={"turn_id": running.turn_id, "conversation_id": running.conversation_id},
        )

    async def _next_attempt(self, running: RunningTurn) -> RunningTurn | None:
        """The same batch with attempt + 1; None when the turn was dropped or taken over meanwhile."""
        async with self._records.write() as tx:
            changed = await tx.execute(
                update(turns)
                .where(
                    turns.c.turn_id == running.turn_id,
                    turns.c.status == "running",
                    turns.c.attempt == running.attempt,
                    turns.c.worker == tx.worker,
                )
                .values(attempt=running.attempt + 1, heartbeat_at=tx.now())
            )
        return replace(running, attempt=running.attempt + 1) if changed.rowcount else None

    async def heartbeat(self) -> None:
        """Tells every worker that the turns in flight here are alive."""
        mine = list(self._running)
        if mine:
            async with self._records.write() as tx:
                await tx.execute(
                    update(turns)
                    .where(
                        turns.c.turn_id.in_(mine), turns.c.worker == tx.worker, turns.c.status == "running"
                    )
                    .values(heartbeat_at=tx.now())
                )

    async def take_over(self) -> None:
        """Turns whose heartbeat has stood still for 6 s get attempt + 1 and this worker; the old attempt's commit is refused.

        Still for so long as this worker has watched, by its own monotonic clock: what another machine's clock says, or one
        that was set, makes nobody lose a living turn or keep a dead one. A released turn is taken at once.
        """
        running = select(turns.c.turn_id, turns.c.attempt, turns.c.heartbeat_at).where(
            turns.c.status == "running"
        )
        async with self._records.read() as reader:
            foreign = [row for row in await reader.execute(running) if row.turn_id not in self._running]
        now = time.monotonic()
        self._watched = {row: self._watched.get(row, now) for row in map(tuple, foreign)}
        lost = [
            row
            for row, since in self._watched.items()
            if row[2] == RELEASED or now - since > self._settings.heartbeat_lost
        ]
        for turn_id, attempt, heartbeat_at in lost[:TAKE_AT_ONCE]:
            async with self._records.write() as tx:
                taken = await tx.execute(
                    update(turns)
                    .where(
                        turns.c.turn_id == turn_id,
                        turns.c.attempt == attempt,
                        turns.c.status == "running",
                        turns.c.heartbeat_at == heartbeat_at,
                    )
                    .values(attempt=attempt + 1, worker=tx.worker, heartbeat_at=tx.now())
                )
                if taken.rowcount:
                    tx.start_turn(turn_id)
                    TURNS.labels("taken_over").inc()
                    log.warning("took over a turn whose worker is gone", extra={"turn_id": turn_id})


def _is_busy(error: Exception) -> bool:
    """The database does not take anything now: not a matter of this turn."""
    return isinstance(error, ApiError) and error.status == 503
