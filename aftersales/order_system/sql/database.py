"""One engine, two kinds of transaction: reading and writing, the same on SQLite and PostgreSQL.

SQLite: WAL, synchronous=FULL, foreign keys on, 5 s busy timeout, and every writing transaction is BEGIN IMMEDIATE, so that two
writers queue instead of failing half way. A database that stays busy, full or away is `Unavailable`, never a traceback.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from aftersales.order_system.port import Unavailable
from aftersales.order_system.sql.sqlite_inline import inline_connection, use_wal

BUSY_SECONDS = 5
#: PostgreSQL's undefined_table: SQLite tells a missing table as an OperationalError, PostgreSQL as a mistake of ours.
_NO_TABLE = "42P01"
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def async_url(url: str) -> URL:
    """sqlite:///… and postgresql://… with the async driver; fails with ValueError (Chinese) for another database."""
    try:
        parsed = make_url(url)
    except Exception:
        raise ValueError(
            "ORDERS_DATABASE_URL 写得不对，应该像 sqlite:////数据目录/orders.db 或 postgresql://…"
        ) from None
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError(
            f"ORDERS_DATABASE_URL 只支持 sqlite 和 postgresql（现在是 {parsed.get_backend_name()}）"
        )
    return parsed.set(drivername=driver)


class Database:
    """Connections to the order database. `close()` gives them back."""

    def __init__(self, url: str) -> None:
        target = async_url(url)
        self.is_sqlite = target.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if target.database and target.database != ":memory:":
                Path(target.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine: AsyncEngine = create_async_engine(
                target, connect_args={"timeout": BUSY_SECONDS, "async_creator_fn": inline_connection}
            )
            _prepare_sqlite(self.engine)
            # SQLite lets one write at a time and waits by polling; queueing our own writers in memory is fair and faster.
            self._one_writer: AbstractAsyncContextManager[Any] = asyncio.Lock()
        else:
            self._one_writer = nullcontext()
            self.engine = create_async_engine(
                target, pool_size=5, max_overflow=10, pool_timeout=5, pool_pre_ping=True
            )

    async def close(self) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A reading transaction (one consistent view on SQLite)."""
        with _told():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction: committed at the end, rolled back on any exception."""
        with _told():
            async with self._one_writer, self.engine.connect() as connection:
                writing = await connection.execution_options(anke_writing=True)
                async with writing.begin():
                    yield writing


class _told:
    """Turn database trouble into Unavailable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError) or (
            isinstance(error, DBAPIError) and error.connection_invalidated
        ):
            raise Unavailable("order_system_busy", "订单系统正忙，请稍后再试。") from error
        if isinstance(error, ProgrammingError) and getattr(error.orig, "sqlstate", "") == _NO_TABLE:
            raise Unavailable("order_system_busy", "订单系统正忙，请稍后再试。") from error


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        use_wal(cursor, BUSY_SECONDS)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("anke_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
