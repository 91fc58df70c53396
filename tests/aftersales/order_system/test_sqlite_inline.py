"""Connections that do in the event loop what cannot wait: nothing else waits while one of them waits for another process."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from aftersales.order_system.sql.database import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'some.db'}")
    async with opened.write() as connection:
        await connection.execute(text("CREATE TABLE notes (body TEXT NOT NULL)"))
    yield opened
    await opened.close()


async def bodies(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(text("SELECT body FROM notes ORDER BY rowid"))).scalars())


async def add(database: Database, body: str | None) -> None:
    async with database.write() as connection:
        await connection.execute(text("INSERT INTO notes VALUES (:body)"), {"body": body})


async def test_what_was_written_is_read_and_what_failed_is_not(database: Database) -> None:
    await add(database, "kept")
    with pytest.raises(Exception, match="NOT NULL"):
        await add(database, None)
    await asyncio.gather(*(add(database, f"{n}") for n in range(20)))
    assert sorted(await bodies(database)) == sorted(["kept", *map(str, range(20))])


async def test_a_writer_that_waits_for_another_process_holds_up_nobody(
    database: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "some.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        waiting = asyncio.create_task(add(database, "late"))
        for _ in range(20):
            assert await bodies(database) == []
            await asyncio.sleep(0.005)
        assert not waiting.done()
    finally:
        other.execute("COMMIT")
        other.close()
    await waiting
    assert await bodies(database) == ["late"]


async def test_a_cancelled_wait_leaves_the_connection_in_order(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "some.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(add(database, "never"))
    await asyncio.sleep(0.05)
    waiting.cancel()
    other.execute("COMMIT")
    other.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await add(database, "next")
    assert await bodies(database) == ["next"]
