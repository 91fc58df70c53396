"""What `anke doctor` finds in databases, order systems and Redis, and what it advises."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from handoff.records.migrate import migrate
from launcher.doctor_systems import database_findings, order_system_findings, redis_findings, uploads_findings
from launcher.findings import Finding
from launcher.preflight import free_port
from launcher.settings import resolve
from tests.helpers.object_store import object_store


@asynccontextmanager
async def answering(status: str, headers: str = "", wait: float = 0) -> AsyncIterator[str]:
    """An order system that answers everything with one status; its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(wait)
        writer.write(f"HTTP/1.1 {status}\r\n{headers}Content-Length: 2\r\n\r\n{{}}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return resolve({"DATA_DIR": str(tmp_path)}, tmp_path / "none.env")


def one(found: list[Finding]) -> tuple[str, str]:
    assert len(found) == 1, found
    assert "\n" not in found[0].what + found[0].advice
    return found[0].weight, f"{found[0].what} {found[0].advice}"


async def test_databases_new_empty_old_newer_and_damaged(tmp_path: Path, settings: dict[str, str]) -> None:
    path = tmp_path / "anke.db"

    async def seen() -> tuple[str, str]:
        return one(await database_findings("DATABASE_URL", f"sqlite:///{path}", settings))

    assert (await seen())[0] == "odd", "it does not exist yet"
    sqlite3.connect(path).close()
    path.touch()
    weight, said = await seen()
    assert (weight, "still empty" in said) == ("odd", True)
    await migrate(f"sqlite:///{path}")
    weight, said = await seen()
    assert (weight, "up to date" in said) == ("fine", True)
    for version, expected, hint in (("0001", "odd", "older"), ("9999", "bad", "newer")):
        with sqlite3.connect(path) as db:
            db.execute("DELETE FROM handoff_version")
            db.execute("INSERT INTO handoff_version VALUES (?)", (version,))
        weight, said = await seen()
        assert (weight, hint in said) == (expected, True), said
    path.write_bytes(b"no database at all, " * 500)
    weight, said = await seen()
    assert (weight, "make restore" in said) == ("bad", True)


async def test_a_database_that_is_away_is_one_line_without_its_password(settings: dict[str, str]) -> None:
    url = f"postgresql://anke:word-of-honour@127.0.0.1:{free_port()}/anke"
    weight, said = one(await database_findings("DATABASE_URL", url, settings))
    assert weight == "bad"
    assert "word-of-honour" not in said
    assert "does the database run" in said


@pytest.mark.parametrize(
    ("status", "token", "weight", "hint"),
    [
        ("200 OK", "right-token", "fine", "answers in"),
        ("401 Unauthorized", "wrong-token", "bad", "ORDER_SYSTEM_TOKEN is wrong"),
        ("403 Forbidden", "", "bad", "ORDER_SYSTEM_TOKEN is empty"),
        ("404 Not Found", "right-token", "bad", "/v1/ready"),
        ("500 Oops", "right-token", "bad", "in trouble"),
    ],
)
async def test_an_order_system_that_is_up(
    settings: dict[str, str], status: str, token: str, weight: str, hint: str
) -> None:
    async with answering(status) as url:
        told = settings | {"ORDER_SYSTEM_URL": url, "ORDER_SYSTEM_TOKEN": token}
        seen, said = one(await order_system_findings(told))
    assert (seen, hint in said) == (weight, True), said
    assert not token or token not in said


async def test_an_order_system_that_is_away_or_lives_in_another_time(settings: dict[str, str]) -> None:
    away = settings | {"ORDER_SYSTEM_URL": f"http://127.0.0.1:{free_port()}"}
    assert "cannot be reached" in one(await order_system_findings(away))[1]
    past = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 3600))
    async with answering("200 OK", f"Date: {past}\r\n") as url:
        found = await order_system_findings(settings | {"ORDER_SYSTEM_URL": url})
    assert [each.weight for each in found] == ["fine", "odd"]
    assert "NTP" in found[1].advice


async def test_a_redis_that_is_away() -> None:
    weight, said = one(await redis_findings(f"redis://:word@127.0.0.1:{free_port()}/0"))
    assert (weight, "word" in said.replace("password", "")) == ("bad", False)


async def test_a_bucket_is_asked_and_files_of_before_are_told(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    assert await uploads_findings(settings) == []
    with object_store(tmp_path / "s3") as store:
        told = settings | store.settings()
        assert one(await uploads_findings(told))[0] == "fine"
        weight, said = one(await uploads_findings(told | {"S3_SECRET_KEY": "x", "S3_KEY_ID": "nobody"}))
        assert (weight, "is refused" in said, "S3_KEY_ID" in said) == ("bad", True, True)
        (tmp_path / "uploads/ab").mkdir(parents=True)
        (tmp_path / "uploads/ab/x.jpg").touch()
        before, bucket = await uploads_findings(told)
        assert (before.weight, bucket.weight) == ("odd", "fine")
