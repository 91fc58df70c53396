"""Reminders at the desk: those that are this person's to do, those of a case, and the press that one is done."""

from typing import Any

from sqlalchemy import ColumnElement, select

from aftersales.masking import mask_name, mask_text
from handoff.auth.roles import Agent
from handoff.clock import rfc3339
from handoff.desk.case_access import readable_case
from handoff.errors import not_found
from handoff.followups.reminders import end_reminder, for_whom, is_open, with_people
from handoff.records import Reader, Records, lock_conversation
from handoff.records.audit import note_audit
from handoff.records.case_tables import cases
from handoff.records.followup_tables import reminders

MOST_SHOWN = 200
_NONE = "没有这个跟进提醒。"


async def my_reminders(reader: Reader, agent: Agent) -> list[dict[str, Any]]:
    """What this person is to come back to, the longest overdue first; supervisors also see what is nobody's."""
    mine: ColumnElement[bool] = for_whom == agent.id
    if agent.may("oversee"):
        mine |= for_whom.is_(None)
    columns = [cases.c[name] for name in ("customer", "order_no", "item", "category", "level")]
    statement = (
        select(reminders, *columns)
        .select_from(with_people())
        .where(is_open, mine)
        .order_by(reminders.c.due_at, reminders.c.id)
        .limit(MOST_SHOWN)
    )
    return [
        {
            "id": row.id,
            "case_no": row.case_no,
            "conversation_id": row.conversation_id,
            "words": mask_text(row.words),
            "due_at": rfc3339(row.due_at),
            "customer": mask_name(row.customer.get("name")) or None,
            "order_no": row.order_no,
            "item": mask_text(row.item) if row.item else None,
            "category": row.category,
            "level": row.level,
        }
        for row in await reader.execute(statement)
    ]


async def reminders_of_case(reader: Reader, case_no: str, names: dict[str, str]) -> list[dict[str, Any]]:
    """Open ones first, then those that were done; each with whose it is."""
    statement = (
        select(reminders, for_whom.label("whose"))
        .select_from(with_people())
        .where(reminders.c.case_no == case_no)
        .order_by(reminders.c.done_at.is_not(None), reminders.c.due_at, reminders.c.id)
        .limit(MOST_SHOWN)
    )
    return [
        {
            "id": row.id,
            "words": mask_text(row.words),
            "due_at": rfc3339(row.due_at),
            "for_name": names.get(row.whose or ""),
            "done_at": rfc3339(row.done_at) if row.done_at else None,
            "done_by_name": names.get(row.done_by or ""),
        }
        for row in await reader.execute(statement)
    ]


async def do_end_reminder(records: Records, agent: Agent, reminder_id: str) -> None:
    """Done, by whoever may work on its case; the same again changes nothing. ApiError 404 otherwise."""
    async with records.write() as tx:
        row = (await tx.execute(select(reminders).where(reminders.c.id == reminder_id))).first()
        if row is None:
            raise not_found(_NONE)
        await readable_case(tx, agent, row.case_no)
        await lock_conversation(tx, row.conversation_id)
        if await end_reminder(tx, row, agent.id):
            await note_audit(
                tx,
                agent.id,
                "followed_up",
                row.conversation_id,
                case_no=row.case_no,
                until=rfc3339(row.due_at),
            )
