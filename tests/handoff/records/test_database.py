"""The database around the log: its history equals its tables, and trouble is told as trouble, never as success."""

import asyncio
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from handoff.errors import ApiError
from handoff.records import Records, create_conversation, engine, get_conversation, update_conversation
from handoff.records.customers import conversations_by
from handoff.records.engine import async_url
from handoff.records.migrate import alembic_config, migrate
from handoff.records.tables import metadata
from tests.helpers.processes import ROOT


async def test_the_history_makes_exactly_the_tables_of_the_code(database_url: str, tmp_path: Path) -> None:
    env = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(tmp_path)}
    command = (sys.executable, "-m", "handoff.records.migrate")
    both = [await asyncio.create_subprocess_exec(*command, env=env, cwd=ROOT) for _ in range(2)]
    assert [await one.wait() for one in both] == [0, 0]
    await migrate(database_url)

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"version_table": "handoff_version"})
        return list(compare_metadata(context, metadata))

    opened = create_async_engine(async_url(database_url))
    async with opened.connect() as connection:
        assert await connection.run_sync(differences) == []
    await opened.dispose()


async def test_what_was_stored_before_a_migration_is_there_after_it(database_url: str) -> None:
    """0002 renames a column: back and forth, its values stay."""
    await migrate(database_url)
    opened = Records(database_url)
    async with opened.write() as tx:
        conversation_id = await create_conversation(tx)
        await update_conversation(tx, conversation_id, turn_watermark=7)
    await opened.close()
    engine_ = create_async_engine(async_url(database_url))
    async with engine_.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(alembic_config(sync), "0001"))
        before = await connection.execute(text("SELECT turned_seq FROM conversations"))
        assert before.scalar_one() == 7
    await engine_.dispose()
    await migrate(database_url)
    opened = Records(database_url)
    async with opened.read() as reader:
        assert (await get_conversation(reader, conversation_id)).turn_watermark == 7
    await opened.close()


async def test_customers_who_were_there_before_0501_are_recognised(database_url: str) -> None:
    """Back and forth: the keys are made again from what is stored, and only from what is sure."""
    await migrate(database_url)
    opened = Records(database_url)
    async with opened.write() as tx:
        sure = {"phone": "+86 139-0011-2244", "email": "A@b.cn", "verified": True}
        known = await create_conversation(tx, identity={"sub": "u9"}, customer=sure)
        await create_conversation(tx, customer={"phone": "13900112244"})
    await opened.close()
    engine_ = create_async_engine(async_url(database_url))
    async with engine_.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(alembic_config(sync), "0401"))
    await engine_.dispose()
    await migrate(database_url)
    opened = Records(database_url)
    async with opened.read() as reader:
        for key in ("sub:u9", "phone:13900112244", "email:a@b.cn"):
            assert await conversations_by(reader, (key,)) == [known]
    await opened.close()


@pytest.fixture
async def sqlite_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1)
    await migrate(f"sqlite:///{tmp_path / 'anke.db'}")
    opened = Records(f"sqlite:///{tmp_path / 'anke.db'}")
    yield opened
    await opened.close()


async def test_a_locked_database_is_503_with_retry_after_and_writes_nothing(
    sqlite_records: Records, tmp_path: Path
) -> None:
    blocker = sqlite3.connect(tmp_path / "anke.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(ApiError) as refused:
            async with sqlite_records.write() as tx:
                await create_conversation(tx)
    finally:
        blocker.execute("ROLLBACK")
    assert (refused.value.status, refused.value.code) == (503, "busy")
    assert refused.value.retry_after
    async with sqlite_records.write() as tx:
        assert await create_conversation(tx)
    assert blocker.execute("SELECT count(*) FROM conversations").fetchone() == (1,)
    blocker.close()


async def test_a_full_disk_is_503_with_a_clear_sentence(sqlite_records: Records, tmp_path: Path) -> None:
    async with sqlite_records.write() as tx:
        pages = (await tx.connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ApiError) as refused:
        async with sqlite_records.write() as tx:
            for _ in range(50):
                await create_conversation(tx, page={"url": "x" * 4000})
    assert (refused.value.status, refused.value.code) == (503, "storage_full")
    assert "存储空间不足" in refused.value.message


async def test_sqlite_is_durable_and_keeps_foreign_keys(sqlite_records: Records) -> None:
    async with sqlite_records.write() as tx:
        pragmas = {
            name: (await tx.connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 1000}


def test_other_databases_are_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match="DATABASE_URL must be sqlite"):
        async_url("mysql://root@localhost/anke")


async def test_a_cut_off_worker_keeps_no_lock_for_long(records: Records) -> None:
    """Nobody tells the database that a machine is gone; a transaction in which nothing happens is ended by it."""
    if records.is_sqlite:
        return  # a file lock dies with its process
    with pytest.raises(ApiError) as refused:
        async with records.read() as reader:
            setting = await reader.execute(text("SHOW idle_in_transaction_session_timeout"))
            assert setting.scalar_one() == "10s"
            await reader.execute(text("SET LOCAL idle_in_transaction_session_timeout = '100ms'"))
            await asyncio.sleep(0.5)
            await reader.execute(text("SELECT 1"))
    assert (refused.value.status, refused.value.code) == (503, "busy"), "when it is back it tries again"
    await records.check()
