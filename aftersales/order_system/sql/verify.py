"""Identification with its limits (H6, H8): wrong attempts are counted by conversation, order and address, then locked.

The counters are rows locked for the whole check, so parallel guesses queue and none slips through.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from sqlalchemy import Row, delete, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.order_system.port import VerifyResult
from aftersales.order_system.proof import fits, plain, read_proof
from aftersales.order_system.sql import tables
from aftersales.order_system.sql.database import Database
from aftersales.policy.desk import Verification

_HOUR = timedelta(hours=1)
_FORGET_AFTER = timedelta(days=1)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class _Counter:
    scope: str
    subject: str
    limit: int
    window: timedelta | None  # None: counts until locked


async def do_verify(
    database: Database,
    limits: Verification,
    now: Callable[[], datetime],
    order_no: str,
    proof: str,
    conversation: str,
    address: str | None,
    key: str | None = None,
) -> VerifyResult:
    """Check and count in one transaction. What the conversation's counter counted last is not counted again."""
    number = plain(order_no)[:_LONGEST]
    attempt = _digest(key, number, proof) if key else None
    counters = [
        _Counter("conversation", conversation[:_LONGEST], limits.wrong_per_conversation, None),
        _Counter("order", number, limits.wrong_per_order_and_hour, _HOUR),
    ]
    if address and not _is_loopback(address):
        counters.append(_Counter("address", address[:_LONGEST], limits.wrong_per_address_and_hour, _HOUR))
    async with database.write() as connection:
        rows = await _lock(connection, database, counters, now())
        at = now()  # after waiting for the locks
        mine = rows["conversation"]
        if attempt and mine.last_attempt == attempt:
            over = max(filter(None, (row.locked_until for row in rows.values())), default=None)
            rest = 0 if over else limits.wrong_per_conversation - mine.wrong
            return VerifyResult("wrong", locked_until=over, attempts_left=rest)
        locked = [row.locked_until for row in rows.values() if row.locked_until and row.locked_until > at]
        if locked:
            return VerifyResult("locked", locked_until=max(locked))
        orders = tables.orders
        order = (await connection.execute(select(orders).where(orders.c.order_no == number))).first()
        read = read_proof(proof)
        if order is not None and read is not None and fits(read, order.phone, order.email):
            return VerifyResult("ok", method=read.method, phone=order.phone, name=order.name)
        left, until = limits.wrong_per_conversation, None
        for counter in counters:
            wrong, lock = _count(rows[counter.scope], counter, at, timedelta(minutes=limits.lock_minutes))
            await _store(connection, counter, wrong, lock, at, rows[counter.scope], attempt)
            until = max(filter(None, (until, lock)), default=None)
            if counter.scope == "conversation":
                left = 0 if lock else counter.limit - wrong
        await _forget(connection, at)
        return VerifyResult("wrong", locked_until=until, attempts_left=0 if until else left)


def _digest(key: str, number: str, proof: str) -> str:
    """Names one attempt without keeping what was typed."""
    return hashlib.sha256("\0".join((key, number, proof)).encode("utf-8", "replace")).hexdigest()


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


async def _lock(
    connection: AsyncConnection, database: Database, counters: list[_Counter], now: datetime
) -> dict[str, Row[Any]]:
    """Make sure the rows exist and hold them; always in the same order, so that two checks never wait for each other."""
    table = tables.verify_counters
    insert: Any = sqlite.insert if database.is_sqlite else postgresql.insert
    rows: dict[str, Row[Any]] = {}
    for counter in counters:
        await connection.execute(
            insert(table)
            .values(scope=counter.scope, subject=counter.subject, wrong=0, since=now, touched_at=now)
            .on_conflict_do_nothing()
        )
        held = select(table).where(table.c.scope == counter.scope, table.c.subject == counter.subject)
        rows[counter.scope] = (await connection.execute(held.with_for_update())).one()
    return rows


def _count(
    row: Row[Any], counter: _Counter, now: datetime, lock_for: timedelta
) -> tuple[int, datetime | None]:
    """(wrong attempts, lock) after one more wrong attempt. A lock starts counting from zero again."""
    over = counter.window is not None and now - row.since >= counter.window
    was_locked = row.locked_until is not None
    wrong = (0 if over or was_locked else row.wrong) + 1
    return wrong, (now + lock_for if wrong >= counter.limit else None)


async def _store(
    connection: AsyncConnection,
    counter: _Counter,
    wrong: int,
    lock: datetime | None,
    now: datetime,
    row: Row[Any],
    attempt: str | None,
) -> None:
    table = tables.verify_counters
    await connection.execute(
        update(table)
        .where(table.c.scope == counter.scope, table.c.subject == counter.subject)
        .values(
            wrong=wrong,
            locked_until=lock,
            touched_at=now,
            since=now if wrong == 1 else row.since,
            last_attempt=attempt,
        )
    )


async def _forget(connection: AsyncConnection, now: datetime) -> None:
    """Drop a few counters nobody touched for a day, so that guessing cannot fill the table."""
    table = tables.verify_counters
    old = (
        select(table.c.scope, table.c.subject)
        .where(table.c.touched_at < now - _FORGET_AFTER)
        .where(or_(table.c.locked_until.is_(None), table.c.locked_until < now))
        .limit(50)
        .with_for_update(skip_locked=True)
    )
    keys = [tuple(one) for one in (await connection.execute(old)).all()]
    if keys:
        await connection.execute(delete(table).where(tuple_(table.c.scope, table.c.subject).in_(keys)))
