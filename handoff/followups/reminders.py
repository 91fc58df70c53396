"""Reminders: what a person promised a customer to come back to, at a time of their choice.

A reminder is of a case. It is for the case's owner; for who promised while nobody owns the case, or its owner works here no more;
for the supervisors when that person left too. It is open until somebody presses that it is done, or the case is archived.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, func, insert, select, update

from handoff.cases.rows import note_entry
from handoff.cases.states import CaseState
from handoff.clock import rfc3339
from handoff.errors import invalid
from handoff.queue.alerts import alert, end_alerts, supervisors
from handoff.records import Tx, new_id
from handoff.records.case_tables import cases
from handoff.records.followup_tables import reminders
from handoff.records.tables import agents
from handoff.store_rules import StoreRules
from handoff.timers import Planned, Timer, cancel_timers, plan_timer

REMINDER = "reminder"
ALERT = "follow_up"
FURTHEST = timedelta(days=90)
UNSAID = "联系客户"
"""What is to be done when nobody wrote it down."""

_owner = agents.alias("case_owner")
_promised = agents.alias("promised_by")
for_whom: ColumnElement[Any] = func.coalesce(
    case((_owner.c.active, _owner.c.id)), case((_promised.c.active, _promised.c.id))
)
"""Of a row of `with_people`: agents.id; None: the supervisors."""
is_open: ColumnElement[bool] = reminders.c.done_at.is_(None) & (cases.c.state != CaseState.ARCHIVED.value)


@dataclass(frozen=True)
class Promise:
    """What is to be done by when."""

    words: str
    due_at: datetime


def with_people() -> FromClause:
    """Reminders with their cases and with those they may be for."""
    return (
        reminders.join(cases, cases.c.case_no == reminders.c.case_no)
        .outerjoin(_owner, _owner.c.id == cases.c.owner)
        .outerjoin(_promised, _promised.c.id == reminders.c.agent_id)
    )


async def plan_reminder(tx: Tx, case_no: str, conversation_id: str, agent_id: str, promise: Promise) -> None:
    """It will be told once, at that time; ApiError 422 for a time that has passed or is too far. The conversation is locked."""
    if not tx.now() < promise.due_at <= tx.now() + FURTHEST:
        raise invalid(f"跟进的时间要在现在之后、{FURTHEST.days} 天以内。")
    made = new_id("r")
    await tx.execute(
        insert(reminders).values(
            id=made,
            case_no=case_no,
            conversation_id=conversation_id,
            agent_id=agent_id,
            words=promise.words,
            due_at=promise.due_at,
            created_at=tx.now(),
        )
    )
    key = f"{REMINDER}:{made}"
    await plan_timer(tx, Planned(REMINDER, key, made, promise.due_at, conversation_id))
    tx.touch_queue()


async def fire_reminder(tx: Tx, timer: Timer, rules: StoreRules) -> None:
    """Whose it is now gets an alert; nothing for one that is done, or whose case is archived."""
    wanted = select(reminders.c.words, reminders.c.case_no, for_whom.label("agent_id"))
    found = wanted.select_from(with_people()).where(reminders.c.id == timer.subject, is_open)
    row = (await tx.execute(found)).first()
    if row is None:
        return
    people = [row.agent_id] if row.agent_id else await supervisors(tx)
    text = rules.policy.followups.notes.reminder.format(words=row.words)
    await alert(tx, people, ALERT, text, timer.conversation_id, row.case_no)


async def end_reminder(tx: Tx, row: Any, agent_id: str) -> bool:
    """`row` of reminders is done: its timer and its alert end, the case's timeline tells who did it. False: it was done before."""
    ended = (
        update(reminders)
        .where(reminders.c.id == row.id, reminders.c.done_at.is_(None))
        .values(done_at=tx.now(), done_by=agent_id)
    )
    if (await tx.execute(ended)).rowcount != 1:
        return False
    await cancel_timers(tx, row.id, kinds=(REMINDER,))
    await end_alerts(tx, row.conversation_id, (ALERT,))
    body = {"text": row.words, "due_at": rfc3339(row.due_at)}
    await note_entry(tx, row.case_no, "followed_up", who=agent_id, body=body)
    tx.touch_queue()
    return True
