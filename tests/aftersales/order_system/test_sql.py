"""What only the SQL adapter has: migration, seed, settings, and a database in trouble."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, update

from aftersales.order_system import open_order_system
from aftersales.order_system.port import ReturnDraft, Unavailable
from aftersales.order_system.sql import tables
from aftersales.order_system.sql.adapter import SqlOrderSystem
from aftersales.order_system.sql.database import Database
from aftersales.order_system.sql.demo.moments import moment
from aftersales.order_system.sql.demo.seed import (
    ForeignOrdersError,
    demo_orders,
    do_remove,
    do_reset,
    do_seed,
)
from aftersales.order_system.sql.migrate import do_migrate
from aftersales.policy import Policy
from tests.aftersales.conftest import START, TZ, Clock


async def test_migrating_and_seeding_again_changes_nothing(url: str, policy: Policy, clock: Clock) -> None:
    system = SqlOrderSystem(url, policy, TZ, now=clock)
    await system.cancel("k", "202611010001")
    before = [await system.order(f"2026110100{at:02}") for at in range(1, 11)]
    await do_migrate(url)
    database = Database(url)
    clock.pass_by(days=5)
    assert await do_seed(database, policy, TZ, clock()) == 0
    await database.close()
    assert [await system.order(f"2026110100{at:02}") for at in range(1, 11)] == before
    await system.close()


async def test_a_reset_brings_the_demo_orders_back_and_leaves_the_others(
    url: str, policy: Policy, clock: Clock
) -> None:
    system = SqlOrderSystem(url, policy, TZ, now=clock)
    numbers = [f"2026110100{at:02}" for at in range(1, 20)]
    before = [await system.order(one) for one in numbers]
    await system.cancel("k", "202611010001")
    await system.request_return("k2", ReturnDraft("202611010003", "1", "quality"))
    ticket = await system.leave_ticket("k3", order_no=None, category="service.other", description="别的事")
    database = Database(url)
    for _ in range(2):
        assert await do_reset(database, policy, TZ, START) == 19
    await database.close()
    assert [await system.order(one) for one in numbers] == before
    assert await system.requests_of("202611010003") == []
    assert (await system.cancel("k", "202611010001")).repeated is False, "its key is free again"
    assert await system.request(ticket.request_no) == ticket
    await system.close()


async def test_a_stores_own_orders_are_never_touched_and_never_mixed_with_the_demo(
    url: str, policy: Policy, clock: Clock
) -> None:
    database = Database(url)
    own, bought = ("202611010001", "SO20260001"), tables.order_items
    async with database.write() as connection:
        await connection.execute(
            update(tables.orders).where(tables.orders.c.order_no == own[0]).values(phone="13912340000")
        )
        row = (
            await connection.execute(select(tables.orders).where(tables.orders.c.order_no == "202611010003"))
        ).one()
        await connection.execute(insert(tables.orders).values({**row._mapping, "order_no": own[1]}))
        await connection.execute(insert(tables.visit_slots).values(slot_id="monday", taken=1))
    assert len(await demo_orders(database)) == 18
    assert await do_remove(database) == 18
    assert await do_remove(database) == 0
    for refused in (do_seed, do_reset):
        with pytest.raises(ForeignOrdersError, match="202611010001 等 2 笔"):
            await refused(database, policy, TZ, START)
    async with database.read() as connection:
        left = (await connection.execute(select(tables.orders.c.order_no))).scalars().all()
        needed = set((await connection.execute(select(bought.c.sku))).scalars())
        products = set((await connection.execute(select(tables.products.c.sku))).scalars())
        visits = (await connection.execute(select(tables.visit_slots.c.slot_id))).scalars().all()
    await database.close()
    assert sorted(left) == sorted(own)
    assert products == needed
    assert visits == ["monday"]


async def _columns(url: str) -> dict[str, set[str]]:
    """The tables of a database with the names of their columns, without Alembic's own."""
    database = Database(url)
    async with database.read() as connection:
        made = await connection.run_sync(
            lambda sync: {
                name: {one["name"] for one in inspect(sync).get_columns(name)}
                for name in inspect(sync).get_table_names()
            }
        )
    await database.close()
    made.pop("orders_schema")
    return made


def _columns_of_the_code() -> dict[str, set[str]]:
    return {table.name: set(table.columns.keys()) for table in tables.metadata.sorted_tables}


async def test_the_migrations_make_the_tables(url: str) -> None:
    assert await _columns(url) == _columns_of_the_code()


async def test_migrating_at_the_same_time_is_safe(tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path / 'new' / 'orders.db'}"
    await asyncio.gather(*(do_migrate(target) for _ in range(3)))
    await do_migrate(target)
    assert await _columns(target) == _columns_of_the_code()


async def test_a_missing_schema_is_not_ready(tmp_path: Path) -> None:
    system = open_order_system({"DATA_DIR": str(tmp_path)})
    with pytest.raises(Unavailable):
        await system.ready()
    await system.close()


async def test_a_locked_database_is_unavailable_and_nothing_is_written(
    tmp_path: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aftersales.order_system.sql.database.BUSY_SECONDS", 0.2)
    target = f"sqlite:///{tmp_path / 'orders.db'}"
    await do_migrate(target)
    database = Database(target)
    await do_seed(database, policy, TZ, START)
    await database.close()
    system = SqlOrderSystem(target, policy, TZ)
    other = sqlite3.connect(tmp_path / "orders.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    draft = ReturnDraft("202611010003", "1", "quality")
    with pytest.raises(Unavailable) as error:
        await system.request_return("k", draft)
    assert "稍后" in error.value.message
    assert await system.order("202611010003") is not None
    other.execute("ROLLBACK")
    other.close()
    assert not (await system.request_return("k", draft)).repeated
    await system.close()


async def test_it_is_durable_by_its_settings(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'orders.db'}")
    async with database.read() as connection:
        told = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    await database.close()
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


@pytest.mark.parametrize("text", ["昨天", "3天前 25:00", "", "3 days ago"])
def test_a_strange_moment_in_the_demo_data_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        moment(text, START, TZ)
