"""Connections and transactions on SQLite and PostgreSQL, and what happens when the database is busy or full.

SQLite: one writing connection per process (its pool queue is first come, first served), every writing transaction
starts with BEGIN IMMEDIATE so that it never fails half way with a lock upgrade; readers use snapshots of their own.
PostgreSQL: ordinary pool, row locks by SELECT … FOR UPDATE.
"""

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from aftersales.order_system.sql.sqlite_inline import inline_connection, use_wal
from handoff.clock import Clock, system_clock
from handoff.errors import ApiError, busy, storage_full

BUSY_SECONDS = 5
"""How long a write may wait for the database before the caller is told 503."""

QUEUE_SECONDS = 10
"""How long it may wait for a connection of this process before that: a burst that is merely worked off is no failure."""

ANSWER_SECONDS = 30
"""How long a statement may take: a database that is cut off never answers, and TCP alone waits for a quarter of an hour."""

log = logging.getLogger("handoff.records")


@dataclass
class Outcome:
    """What a committed transaction changed, handed to the listeners of Records.on_commit."""

    conversations: set[str] = field(default_factory=set)
    queue: bool = False
    turns: list[str] = field(default_factory=list)


class Reader:
    """A consistent read of the database (one snapshot on SQLite)."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock

    async def execute(self, statement: Any, parameters: Any = None) -> CursorResult[Any]:
        result: CursorResult[Any] = await self.connection.execute(statement, parameters)
        return result

    def now(self) -> datetime:
        return self.clock()

    @property
    def is_sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"


class Tx(Reader):
    """A writing transaction. The functions of handoff.records fill `outcome`; its hints go out after the commit."""

    def __init__(self, connection: AsyncConnection, clock: Clock, worker: str) -> None:
        super().__init__(connection, clock)
        self.worker = worker
        self.outcome = Outcome()

    def touch(self, conversation_id: str) -> None:
        """Everybody who watches this conversation is woken after the commit."""
        self.outcome.conversations.add(conversation_id)

    def touch_queue(self) -> None:
        """Consoles look at the queue again after the commit."""
        self.outcome.queue = True

    def start_turn(self, turn_id: str) -> None:
        """This worker runs the turn after the commit."""
        self.outcome.turns.append(turn_id)


def async_url(url: str) -> str:
    """The URL with the asynchronous driver that we ship, whatever spelling an operator wrote."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return parsed.set(drivername="sqlite+aiosqlite").render_as_string(hide_password=False)
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
    raise ValueError(f"DATABASE_URL must be sqlite:///… or postgresql://…, not {backend}")


class Records:
    """The database of one process. Close it with `await close()`."""

    def __init__(self, url: str, clock: Clock = system_clock, worker: str = "worker") -> None:
        self.clock = clock
        self.worker = worker
        self.url = async_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        self.on_commit: list[Callable[[Outcome], None]] = []
        self.before_commit: list[Callable[[Tx], Awaitable[None]]] = []
        if self.is_sqlite:
            self._writer = sqlite_engine(self.url, "BEGIN IMMEDIATE", size=1)
            self._readers = sqlite_engine(self.url, "BEGIN", size=4)
            self._write_lock = WriteLock(make_url(self.url).database)
        else:
            self._writer = create_async_engine(
                self.url,
                pool_size=10,
                max_overflow=0,  # more would be opened and closed again in every burst, each with cold statements
                pool_timeout=QUEUE_SECONDS,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={
                    "timeout": BUSY_SECONDS,
                    "command_timeout": ANSWER_SECONDS,
                    "server_settings": {
                        "lock_timeout": f"{BUSY_SECONDS}s",
                        # a machine that is cut off in a transaction must not keep its locks: nobody tells the database
                        "idle_in_transaction_session_timeout": f"{2 * BUSY_SECONDS}s",
                    },
                },
            )
            self._readers = self._writer
            self._write_lock = WriteLock(None)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """A read; ApiError 503 when the database cannot be reached in time."""
        async with _as_api_errors(), self._readers.begin() as connection:
            yield Reader(connection, self.clock)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """A writing transaction; ApiError 503 when it could not commit (then nothing was written).

        What follows from what it touched (`before_commit`: planned timers) is written in the same transaction.
        """
        async with _as_api_errors(), self._writer.connect() as connection, self._write_lock.held():
            tx = Tx(connection, self.clock, self.worker)
            async with connection.begin():
                yield tx
                for last_step in self.before_commit:
                    await last_step(tx)
        for listener in self.on_commit:
            listener(tx.outcome)

    async def check(self) -> None:
        """One trivial read; raises when the database does not answer."""
        async with self.read() as reader:
            await reader.execute(text("SELECT 1 FROM conversations LIMIT 1"))

    async def close(self) -> None:
        await self._writer.dispose()
        if self._readers is not self._writer:
            await self._readers.dispose()
        self._write_lock.close()


class WriteLock:
    """A lock file beside a SQLite file: processes that write it exclude each other, asking again every millisecond.

    SQLite's own waiting sleeps up to 100 ms between two tries: with two workers and eight busy customers the slowest
    twentieth of turns took 0.5 s of waiting for a lock that is held for 5 ms. Advisory only: BEGIN IMMEDIATE is what
    protects the data, so a writer that does not get the lock in time (a paused process holds it) goes on to ask SQLite.
    """

    WAIT_SECONDS = 1.0
    ASK_EVERY = 0.001

    def __init__(self, database: str | None) -> None:
        usable = database and database != ":memory:"
        self._file = os.open(f"{database}-write-lock", os.O_RDWR | os.O_CREAT, 0o600) if usable else None

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Holds the lock; after WAIT_SECONDS goes on without it."""
        if self._file is None:
            yield
            return
        deadline = asyncio.get_running_loop().time() + self.WAIT_SECONDS
        locked = _try_lock(self._file)
        while not locked and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(self.ASK_EVERY)
            locked = _try_lock(self._file)
        try:
            yield
        finally:
            if locked:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held by another process, or a file system without locks
        return False
    return True


def sqlite_engine(url: str, begin: str, *, size: int) -> AsyncEngine:
    """An engine whose transactions start with the statement `begin`, durable and with foreign keys."""
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        hide_parameters=True,
        pool_size=size,
        max_overflow=0,
        pool_timeout=QUEUE_SECONDS,
        # autocommit in the driver: it must not add BEGINs of its own, ours is explicit below
        connect_args={
            "isolation_level": None,
            "timeout": BUSY_SECONDS,
            "async_creator_fn": inline_connection,
        },
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        use_wal(cursor, BUSY_SECONDS)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


@asynccontextmanager
async def _as_api_errors() -> AsyncIterator[None]:
    """Busy and full become one clear sentence; every other database error stays what it is (a bug: 500)."""
    try:
        yield
    except (PoolTimeout, TimeoutError) as error:
        log.warning("the database did not take a transaction in time: %s", type(error).__name__)
        raise busy() from error
    except (DBAPIError, OSError) as error:
        known = _known_error(error)
        if known is None:
            raise
        log.warning("the database refused a transaction: %s", str(getattr(error, "orig", error))[:200])
        raise known from error
    except asyncio.CancelledError:
        raise


def _known_error(error: Exception) -> ApiError | None:
    """The ApiError for a driver's error that an operator can mend: locked, deadlock, unreachable, disk full; else None."""
    origin = getattr(error, "orig", None) or error
    state = getattr(origin, "sqlstate", None) or getattr(getattr(origin, "__cause__", None), "sqlstate", None)
    words = str(origin).lower()
    if "disk is full" in words or "disk i/o error" in words or state == "53100":
        return storage_full()
    if "database is locked" in words or "database table is locked" in words:
        return busy()
    if state in {"40P01", "40001", "55P03", "53300", "57P01", "57P03", "08006", "08001", "08003", "25P03"}:
        return busy()
    if isinstance(error, OSError) or getattr(error, "connection_invalidated", False):
        return busy()
    return None
