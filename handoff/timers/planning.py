"""Planning: a timer appears, moves or goes with the change of its subject, in the same transaction.

Whoever plans holds the lock of the subject (of its conversation), so two plans for one key never meet.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from handoff.records import Tx
from handoff.records.followup_tables import timers

NO_CLAIM: dict[str, Any] = {"claim": None, "lease_until": None, "attempts": 0, "last_error": None}
"""Columns of a timer that no worker has tried: whoever claimed it before may not fire it any more."""


@dataclass(frozen=True)
class Planned:
    """Something that is to happen at `due_at`. `key` names it for good: it happens once under that key."""

    kind: str
    key: str
    subject: str
    due_at: datetime
    conversation_id: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Timer:
    """A timer as its kind sees it when it fires."""

    key: str
    kind: str
    subject: str
    conversation_id: str | None
    due_at: datetime
    payload: dict[str, Any]
    attempts: int


async def plan_timer(tx: Tx, planned: Planned) -> bool:
    """Plans it, or moves it when it is pending or cancelled; False when it has fired already (nothing changes)."""
    row = (await tx.execute(select(timers).where(timers.c.key == planned.key))).first()
    return await _put(tx, planned, row)


async def reconcile_timers(
    tx: Tx, subject: str, wanted: Iterable[Planned], *, kinds: Collection[str]
) -> None:
    """After this the pending timers of `subject` among `kinds` are exactly `wanted`, but for those fired already."""
    rows = (
        await tx.execute(select(timers).where(timers.c.subject == subject, timers.c.kind.in_(kinds)))
    ).all()
    known = {row.key: row for row in rows}
    by_key = {one.key: one for one in wanted}
    gone = [row.key for row in rows if row.state == "pending" and row.key not in by_key]
    if gone:
        await tx.execute(update(timers).where(timers.c.key.in_(gone)).values(state="cancelled", **NO_CLAIM))
    for key, planned in by_key.items():
        await _put(tx, planned, known.get(key))


async def cancel_timers(tx: Tx, subject: str, *, kinds: Collection[str]) -> None:
    """None of the pending timers of `subject` among `kinds` will fire."""
    await reconcile_timers(tx, subject, (), kinds=kinds)


async def _put(tx: Tx, planned: Planned, row: Any) -> bool:
    columns: dict[str, Any] = {
        "kind": planned.kind,
        "subject": planned.subject,
        "conversation_id": planned.conversation_id,
        "due_at": planned.due_at,
        "payload": planned.payload,
    }
    if row is None:
        fresh = {**columns, **NO_CLAIM, "state": "pending", "created_at": tx.now()}
        await tx.execute(insert(timers).values(key=planned.key, **fresh))
        return True
    if row.state == "fired":
        return False
    if row.state == "pending" and all(getattr(row, name) == value for name, value in columns.items()):
        return True
    changed = {**columns, **NO_CLAIM, "state": "pending"}
    await tx.execute(update(timers).where(timers.c.key == planned.key).values(**changed))
    return True
