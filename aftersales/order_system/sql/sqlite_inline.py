"""SQLite connections that run a step inline, in the event loop, unless SQLite may have to wait: only then in their thread.

Why: aiosqlite hands every step of every statement (cursor, execute, fetch, close) to a thread and waits for it to come back.
The dozen statements of a turn were fifty such hand-overs and a third of a worker's CPU (docs/reports/speed.md). A step that
cannot wait takes 5 to 50 µs and is done at once: all of a reading transaction (a snapshot of the WAL waits for nobody), and of
a writing one what lies between BEGIN IMMEDIATE, which waits for other writers, and COMMIT, which waits for the disk.
"""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import aiosqlite

_FETCHES = frozenset({"fetchone", "fetchmany", "fetchall"})
_FETCHED_AT_ONCE = 64


class InlineConnection(aiosqlite.Connection):
    """An aiosqlite connection for one task at a time, in transactions begun by BEGIN (reading) or BEGIN IMMEDIATE."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, _FETCHED_AT_ONCE)
        self._thread.daemon = True
        self._writes = False
        # told by one thread each: what was handed over, and what the thread has done (a cancelled wait goes on there)
        self._handed_over = 0
        self._done = 0

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Every step of connection and cursors comes through here."""
        if not self._running or self._connection is None:
            raise ValueError("Connection closed")
        if self._handed_over == self._done and not self._may_wait(self._connection, fn, args):
            return fn(*args, **kwargs)
        self._handed_over += 1
        return await super()._execute(self._in_thread, fn, *args, **kwargs)  # type: ignore[no-untyped-call]

    def _in_thread(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            self._done += 1

    def _may_wait(
        self, connection: sqlite3.Connection, fn: Callable[..., Any], args: tuple[Any, ...]
    ) -> bool:
        """Whether this step may wait for another process or for the disk."""
        name = fn.__name__
        if isinstance(getattr(fn, "__self__", None), sqlite3.Cursor):
            if name in _FETCHES or name == "close":
                return False
            if name in {"execute", "executemany"}:
                return self._statement_may_wait(connection, str(args[0]).lstrip()[:15].upper())
            return True
        if name in {"commit", "rollback"}:
            return self._writes and connection.in_transaction
        return name != "cursor"

    def _statement_may_wait(self, connection: sqlite3.Connection, begins: str) -> bool:
        if connection.in_transaction:
            return not (self._writes or begins.startswith("SELECT"))
        self._writes = begins.startswith("BEGIN ")
        return begins != "BEGIN"


def inline_connection(database: str, **options: Any) -> InlineConnection:
    """For `create_async_engine(…, connect_args={"async_creator_fn": inline_connection})`."""
    options["check_same_thread"] = False  # two threads use it, never at the same time
    return InlineConnection(lambda: sqlite3.connect(database, **options))


def use_wal(cursor: Any, patience: float) -> None:
    """The write-ahead log, kept in the file. Of two processes that open a new file at once SQLite tells one "locked" without
    waiting (its busy handler could deadlock there), so it is asked again, for `patience` seconds."""
    give_up = time.monotonic() + patience
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return
