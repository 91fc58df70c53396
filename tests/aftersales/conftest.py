"""The demo policy, a fixed clock, and the order system by its three ways in: SQLite, PostgreSQL, HTTP."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from aftersales.categories import Categories, load_categories
from aftersales.order_system import OrderSystem
from aftersales.order_system.http.adapter import HttpOrderSystem
from aftersales.order_system.reference.server import ReferenceServer
from aftersales.order_system.reference.serving import serving
from aftersales.order_system.sql.adapter import SqlOrderSystem
from aftersales.order_system.sql.database import Database
from aftersales.order_system.sql.demo.seed import do_seed
from aftersales.order_system.sql.migrate import do_migrate
from aftersales.order_system.sql.tables import metadata
from aftersales.policy import Policy, load_policy
from tests.helpers.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
TZ = ZoneInfo("Asia/Shanghai")
#: Sunday 22 November 2026, 14:00 in the store.
START = datetime(2026, 11, 22, 6, 0, tzinfo=timezone.utc)


#: What callers of the reference server must bring.
TOKEN = "a-shared-secret"


class Clock:
    """Time that moves only when a test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **length: float) -> None:
        self.now += timedelta(**length)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(ROOT / "data" / "policy")


@pytest.fixture(scope="session")
def categories() -> Categories:
    return load_categories(ROOT / "data" / "categories.yml")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Path:
    """A SQLite file with the demo store, to be copied."""
    file = tmp_path_factory.mktemp("seeded") / "orders.db"
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, _prepare(f"sqlite:///{file}", policy)).result()
    return file


@pytest.fixture(scope="session")
def seeded_postgres(postgres: PostgresServer, policy: Policy) -> str:
    """One database with the demo store, its first rows kept in the schema `seed`."""
    target = postgres.new_database()

    async def prepare() -> None:
        await _prepare(target, policy)
        await _run(
            target,
            "CREATE SCHEMA seed",
            *(f"CREATE TABLE seed.{one.name} AS TABLE public.{one.name}" for one in metadata.sorted_tables),
        )

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, prepare()).result()
    return target


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: Any, tmp_path: Path, policy: Policy) -> str:
    """An order database with the demo store, first started at START."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("seeded"), tmp_path / "orders.db")
        return f"sqlite:///{file}"
    target: str = request.getfixturevalue("seeded_postgres")
    await _run(
        target,
        *(f"DELETE FROM public.{one.name}" for one in reversed(metadata.sorted_tables)),
        *(f"INSERT INTO public.{one.name} TABLE seed.{one.name}" for one in metadata.sorted_tables),
    )
    return target


async def _run(target: str, *statements: str) -> None:
    connection = await asyncpg.connect(target)
    try:
        async with connection.transaction():
            for one in statements:
                await connection.execute(one)
    finally:
        await connection.close()


async def _prepare(target: str, policy: Policy) -> None:
    await do_migrate(target)
    database = Database(target)
    try:
        assert await do_seed(database, policy, TZ, START) == 19
    finally:
        await database.close()


#: The demo policy's 100 would only make the tests slow.
ADDRESS_LIMIT = 12


@pytest.fixture(params=["direct", "http"])
async def system(request: Any, url: str, policy: Policy, clock: Clock) -> AsyncIterator[OrderSystem]:
    """The same demo store by each adapter."""
    verification = policy.limits.verification.model_copy(update={"wrong_per_address_and_hour": ADDRESS_LIMIT})
    limits = policy.limits.model_copy(update={"verification": verification})
    direct = SqlOrderSystem(url, policy.model_copy(update={"limits": limits}), TZ, now=clock)
    if request.param == "direct":
        yield direct
    else:
        async with serving(ReferenceServer(direct, TOKEN).handle) as base:
            over_http = HttpOrderSystem(base, token=TOKEN, deadline=10)
            yield over_http
            await over_http.close()
    await direct.close()
