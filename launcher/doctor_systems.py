"""The part of `anke doctor` that asks others: databases, order system, Redis, bucket, and whether their clocks agree with ours."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from alembic.config import Config
from alembic.script import ScriptDirectory
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from handoff.uploads.backends import BackendDown
from handoff.uploads.bucket_settings import bucket_settings
from launcher.findings import Finding, bad, fine, odd
from launcher.settings import ROOT

ANSWER_S = 5.0
SKEW_S = 5.0
FIRST_GOOD_YEAR = 2025
#: Where a database's migrations are, and the table in which it keeps how far it has come.
HISTORIES = {
    "DATABASE_URL": ("handoff/records/migrations", "handoff_version"),
    "ORDERS_DATABASE_URL": ("aftersales/order_system/sql/migrations", "orders_schema"),
}


async def findings(settings: dict[str, str]) -> list[Finding]:
    """One round of questions; none takes longer than ANSWER_S."""
    data_dir = Path(settings["DATA_DIR"])
    found: list[Finding] = []
    found += await database_findings(
        "DATABASE_URL", settings["DATABASE_URL"] or f"sqlite:///{data_dir / 'anke.db'}", settings
    )
    if settings["ORDER_SYSTEM_URL"]:
        found += await order_system_findings(settings)
    else:
        url = settings["ORDERS_DATABASE_URL"] or f"sqlite:///{data_dir / 'orders.db'}"
        found += await database_findings("ORDERS_DATABASE_URL", url, settings)
    if settings["REDIS_URL"]:
        found += await redis_findings(settings["REDIS_URL"])
    found += await uploads_findings(settings)
    year = datetime.now(timezone.utc).year
    if year < FIRST_GOOD_YEAR:
        found.append(bad(f"this machine believes it is {year}.", "set its clock (timedatectl set-ntp true)."))
    return found


def _async(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{'sqlite+aiosqlite' if scheme.startswith('sqlite') else 'postgresql+asyncpg'}://{rest}"


async def database_findings(name: str, url: str, settings: dict[str, str]) -> list[Finding]:
    if url.startswith("sqlite"):
        path = url.partition(":///")[2]
        if not os.path.exists(path):  # noqa: ASYNC240 (a local file; nothing else runs here)
            return [odd(f"{name}: {path} does not exist yet.", "the first start makes it.")]
    shown = f"{name} ({_without_password(url)})"
    engine = create_async_engine(_async(url))
    try:
        async with asyncio.timeout(ANSWER_S), engine.connect() as connection:
            return [
                *await _shape(name, shown, connection),
                *await _clock(shown, connection),
                *await _contents(name, connection, settings),
            ]
    except Exception as error:  # drivers raise each their own
        return [bad(f"{shown} cannot be used: {told(error)}.", advice(name, error))]
    finally:
        await engine.dispose()


async def _shape(name: str, shown: str, connection: AsyncConnection) -> list[Finding]:
    """Whether the tables are those of this code."""
    folder, table = HISTORIES[name]
    config = Config()
    config.set_main_option("script_location", str(ROOT / folder))
    script = ScriptDirectory.from_config(config)
    if not await connection.run_sync(lambda here: inspect(here).has_table(table)):
        return [odd(f"{shown} answers and is still empty.", "the first start makes the tables.")]
    there = set((await connection.execute(text(f"SELECT version_num FROM {table}"))).scalars())  # noqa: S608
    known = {one.revision for one in script.walk_revisions()}
    if there - known:
        return [
            bad(
                f"{shown} was written by newer code.",
                "update the code (`anke upgrade`); older code must not use it.",
            )
        ]
    if there != set(script.get_heads()):
        return [odd(f"{shown} is of an older version.", "the next start brings it up to date.")]
    return [fine(f"{shown} answers and is up to date.")]


async def _clock(shown: str, connection: AsyncConnection) -> list[Finding]:
    if connection.dialect.name == "sqlite":
        return []
    theirs = (await connection.execute(text("SELECT now()"))).scalar_one()
    return skew(shown, (theirs - datetime.now(timezone.utc)).total_seconds())


async def _contents(name: str, connection: AsyncConnection, settings: dict[str, str]) -> list[Finding]:
    """In production: no demo orders, and somebody who administers."""
    if settings["ANKE_MODE"] != "production":
        return []
    try:
        if name == "DATABASE_URL":
            usable = (
                "SELECT count(*) FROM agents WHERE role = 'admin' AND active AND password_hash NOT LIKE '!%'"
            )
            if not (await connection.execute(text(usable))).scalar_one():
                way = "restart the service and open the one-time link that it prints, or `anke users password admin`."
                return [odd("nobody administers yet.", way)]
            return []
        from aftersales.order_system.sql.demo.seed import told_orders

        rows = await connection.execute(text("SELECT order_no, phone FROM orders"))
        left = [row for row in rows if told_orders().get(row.order_no) == row.phone]
    except Exception:
        await connection.rollback()
        return []
    if left:
        return [
            bad(f"{len(left)} demo orders are in the store's orders.", "`anke demo remove` takes them out.")
        ]
    return []


async def order_system_findings(settings: dict[str, str]) -> list[Finding]:
    """Down, wrong address and wrong token are three different things to mend."""
    url = settings["ORDER_SYSTEM_URL"].rstrip("/")
    token = settings["ORDER_SYSTEM_TOKEN"]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    began = time.monotonic()
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_S) as client:
            answer = await client.get(f"{url}/v1/ready", headers=headers)
    except httpx.TimeoutException:
        return [
            bad(
                f"the order system {url} does not answer within {ANSWER_S:.0f} s.",
                "is it running, and is a firewall between?",
            )
        ]
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return [
            bad(
                f"the order system {url} cannot be reached: {told(error)}.",
                "check ORDER_SYSTEM_URL and that it runs.",
            )
        ]
    seconds = time.monotonic() - began
    if answer.status_code in (401, 403):
        missing = (
            "ORDER_SYSTEM_TOKEN is wrong" if token else "it wants a token and ORDER_SYSTEM_TOKEN is empty"
        )
        return [
            bad(
                f"the order system {url} is up, but {missing} (HTTP {answer.status_code}).",
                "set the right ORDER_SYSTEM_TOKEN and restart.",
            )
        ]
    if answer.status_code == 404:
        return [
            bad(
                f"{url} answers, but has no /v1/ready.",
                "ORDER_SYSTEM_URL is the part before /v1 (docs/order-system-api.md).",
            )
        ]
    if answer.status_code != 200:
        return [
            bad(
                f"the order system {url} is up and in trouble (HTTP {answer.status_code}).",
                "see its own log.",
            )
        ]
    found = [fine(f"the order system {url} answers in {seconds * 1000:.0f} ms.")]
    if seconds > float(settings["ORDER_SYSTEM_TIMEOUT"]) / 2:
        found.append(
            odd(
                "that is more than half of ORDER_SYSTEM_TIMEOUT.",
                "customers will hear that it does not answer; make it faster.",
            )
        )
    try:
        theirs = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return found
    return found + skew("the order system", (theirs - datetime.now(timezone.utc)).total_seconds())


async def redis_findings(url: str) -> list[Finding]:
    client = Redis.from_url(url, socket_connect_timeout=ANSWER_S, socket_timeout=ANSWER_S)
    shown = f"REDIS_URL ({_without_password(url)})"
    try:
        await client.ping()
    except AuthenticationError:
        return [bad(f"{shown} is up and refuses the password.", "write redis://:password@host:6379/0.")]
    except (RedisError, OSError, TimeoutError) as error:
        return [
            bad(
                f"{shown} does not answer: {told(error)}.",
                "customers are still served, more slowly; start it or correct REDIS_URL.",
            )
        ]
    finally:
        await client.aclose()
    return [fine(f"{shown} answers.")]


async def uploads_findings(settings: dict[str, str]) -> list[Finding]:
    """Wrong keys, a bucket that is not there and a store that does not answer are three things to mend."""
    bucket = bucket_settings(settings)
    here = Path(settings["DATA_DIR"]) / "uploads"
    if settings["UPLOADS"] and any(here.glob("[0-9a-f][0-9a-f]/*")):
        yet = "the service takes them there while it runs; on other machines they are missing until then."
        found = [odd(f"files still lie in {here}, and UPLOADS={settings['UPLOADS']}.", yet)]
    else:
        found = []
    if bucket is None:
        return found
    from handoff.uploads.bucket import Bucket

    try:
        await Bucket(bucket).check()
    except BackendDown as error:
        return [
            *found,
            bad(
                f"{error}.",
                "check UPLOADS, S3_ENDPOINT, S3_REGION, S3_KEY_ID, S3_SECRET_KEY; no picture can be sent or seen until then.",
            ),
        ]
    return [*found, fine(f"pictures and videos: {settings['UPLOADS']} answers.")]


def skew(who: str, seconds: float) -> list[Finding]:
    if abs(seconds) < SKEW_S:
        return []
    way = "let all machines use NTP (timedatectl set-ntp true); tokens and deadlines depend on it."
    return [odd(f"the clock of {who} differs from this machine's by {seconds:+.0f} s.", way)]


def told(error: Exception) -> str:
    """An error of a driver as part of one line, without addresses of objects or further lines."""
    cause = getattr(error, "orig", None) or error
    lines = [one for one in str(cause).splitlines() if one.strip()]
    return (lines[0] if lines else type(cause).__name__).strip().rstrip(".")[:200]


def advice(name: str, error: Exception) -> str:
    """What mends the usual failures of a database."""
    cause = getattr(error, "orig", None) or error
    words = f"{type(cause).__name__} {cause}".lower()
    for sign, way in _advised(name):
        if sign in words:
            return way
    if isinstance(cause, TimeoutError | socket.gaierror | OSError):
        return f"is the host of {name} right, does the database run, does it listen for this machine?"
    return f"check {name}."


def _advised(name: str) -> Iterator[tuple[str, str]]:
    yield "password", f"the user or password in {name} is wrong."
    yield "invalidauthorization", f"the user in {name} may not log in (pg_hba.conf)."
    yield "invalidcatalogname", f"create the database that {name} names (createdb)."
    yield "does not exist", f"create the database that {name} names (createdb)."
    yield "insufficientprivilege", "grant its user the right to create tables there."
    yield "malformed", "the file is damaged: restore it from a backup (`make restore FILE=…`)."
    yield "not a database", "the file is damaged: restore it from a backup (`make restore FILE=…`)."
    yield "unable to open", "its folder or file may not be read by this user."
    yield "readonly", "the file may not be written by this user."


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
