"""The store's figures day by day (H50): `make figures FILE=… DAYS=…`, and the console's page (handoff/oversight). What is true now is
in handoff/figures.py, on /metrics, and on the supervisor's wall.

A day is a day of the store's time zone and is read by itself, over indexes by time, so that no range of days is one long read.
"""

import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, case, func, literal, select

from handoff.day_counts import QUEUE, Counts, Day
from handoff.export_command import lines_to, run_export
from handoff.records import Reader, Records
from handoff.records.case_tables import case_conversations
from handoff.records.followup_tables import sla_breaches
from handoff.records.tables import Utc, agents, audits, conversations, handoffs, items, ratings
from handoff.settings import Settings

DAYS = 30
Span = tuple[datetime, datetime]
WHOSE: ColumnElement[Any] = func.coalesce(conversations.c.owner, conversations.c.last_owner)
"""Who serves or last served a conversation."""
CATEGORY: ColumnElement[Any] = func.coalesce(
    conversations.c.category, conversations.c.facts["category"].as_string()
)
"""What a conversation is about; that of one without people is what the bot took it for."""


HELD_BY: ColumnElement[Any] = func.coalesce(
    sla_breaches.c.owner,
    case((sla_breaches.c.deadline.in_(("first_response", "plan", "plan_told", "resolve")), QUEUE)),
)
"""Who had the customer when a deadline was missed; the queue when nobody had them."""


def span_of(day: date, tz: ZoneInfo) -> Span:
    """The instants at which a day of the store begins and the next one does."""
    begins, ends = (datetime.combine(one, time(), tz) for one in (day, day + timedelta(days=1)))
    return begins, ends


async def day_counts(reader: Reader, day: date, tz: ZoneInfo) -> Day:
    """What came on this day."""
    span, counted = span_of(day, tz), Day()
    counted.count(await reader.execute(opened_rows(span)), Counts.opened)
    asked = (await reader.execute(asked_rows(span, reader.now()))).all()
    counted.count(asked, Counts.asked)
    counted.count(asked, Counts.answer, whose="answerer")
    counted.count(await reader.execute(rated_rows(span)), Counts.rated)
    counted.count(await reader.execute(missed_rows(span)), Counts.missed)
    counted.count(await reader.execute(taken_back_rows(span)), Counts.silent)
    return counted


async def daily_figures(reader: Reader, days: int, tz: ZoneInfo) -> list[dict[str, Any]]:
    """One entry a day that anything happened on, oldest first, the last one today: totals, and the figures by category, group and
    agent (by name)."""
    today = reader.now().astimezone(tz).date()
    names = {row.id: row.name for row in await reader.execute(select(agents.c.id, agents.c.name))}
    found = []
    for back in reversed(range(days)):
        day = today - timedelta(days=back)
        counted = await day_counts(reader, day, tz)
        if counted.parts["group"]:
            found.append({"day": f"{day:%Y-%m-%d}", **counted.all.told(), **_by(counted, names)})
    return found


def _by(counted: Day, names: dict[str, str]) -> dict[str, Any]:
    parts = {
        dimension: {
            names.get(key, key): counts.told() for key, counts in sorted(counted.parts[dimension].items())
        }
        for dimension in counted.parts
    }
    return {f"by_{dimension}": told for dimension, told in parts.items()}


def within(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    return (column >= span[0]) & (column < span[1])


def came_again() -> ColumnElement[bool]:
    """The conversation's case had been there before it."""
    mine, earlier = case_conversations.alias("mine"), case_conversations.alias("earlier")
    return (
        select(mine.c.case_no)
        .join(earlier, earlier.c.case_no == mine.c.case_no)
        .where(
            mine.c.conversation_id == conversations.c.id,
            earlier.c.conversation_id != mine.c.conversation_id,
            earlier.c.linked_at < mine.c.linked_at,
        )
        .exists()
    )


def had_people() -> ColumnElement[bool]:
    """A person was asked for in the conversation."""
    return select(handoffs.c.handoff_id).where(handoffs.c.conversation_id == conversations.c.id).exists()


def opened_rows(span: Span) -> Any:
    return select(
        had_people().label("people"),
        came_again().label("again"),
        conversations.c.skill_group.label("group"),
        WHOSE.label("agent"),
        CATEGORY.label("category"),
    ).where(within(conversations.c.created_at, span), conversations.c.last_seq > 0)


def answerer() -> ColumnElement[Any]:
    """Who wrote the first answer of a handoff that stands; while there is none, who has the conversation."""
    wrote = (
        select(items.c.sender_id)
        .where(
            items.c.conversation_id == handoffs.c.conversation_id,
            items.c.sender == "agent",
            items.c.recalled_at.is_(None),
            items.c.at >= handoffs.c.created_at,
        )
        .order_by(items.c.seq)
        .limit(1)
        .correlate(handoffs)
        .scalar_subquery()
    )
    latest = conversations.c.handoff_id == handoffs.c.handoff_id
    return case((latest, func.coalesce(wrote, WHOSE)))


def asked_rows(span: Span, now: datetime) -> Any:
    latest = conversations.c.handoff_id == handoffs.c.handoff_id
    return (
        select(
            handoffs.c.created_at.label("at"),
            handoffs.c.reason,
            handoffs.c.resolution,
            handoffs.c.ended_at,
            handoffs.c.left_at,
            latest.label("latest"),
            conversations.c.first_response_at,
            handoffs.c.record["group"].as_string().label("group"),
            case((latest, WHOSE)).label("agent"),
            answerer().label("answerer"),
            literal(now, Utc).label("now"),
            handoffs.c.record["category"].as_string().label("category"),
        )
        .join(conversations, conversations.c.id == handoffs.c.conversation_id)
        .where(within(handoffs.c.created_at, span))
    )


def rated_rows(span: Span) -> Any:
    return (
        select(
            ratings.c.score,
            rated_record("group").label("group"),
            rated_by().label("agent"),
            rated_record("category").label("category"),
        )
        .join(conversations, conversations.c.id == ratings.c.conversation_id)
        .where(within(ratings.c.at, span))
    )


def rated_record(key: str) -> ScalarSelect[Any]:
    """What the last record of the rated episode says."""
    return (
        select(handoffs.c.record[key].as_string())
        .where(
            handoffs.c.conversation_id == ratings.c.conversation_id, handoffs.c.episode == ratings.c.episode
        )
        .order_by(handoffs.c.created_at.desc())
        .limit(1)
        .correlate(ratings)
        .scalar_subquery()
    )


def rated_by() -> ColumnElement[Any]:
    """Who served the rated episode, as long as the customer has not come again."""
    return case((ratings.c.episode == conversations.c.episode, WHOSE))


def missed_rows(span: Span) -> Any:
    return (
        select(
            sla_breaches.c.deadline,
            sla_breaches.c.skill_group.label("group"),
            HELD_BY.label("agent"),
            CATEGORY.label("category"),
        )
        .outerjoin(conversations, conversations.c.id == sla_breaches.c.conversation_id)
        .where(within(sla_breaches.c.at, span))
    )


TAKEN_FROM: ColumnElement[Any] = audits.c.detail["account"].as_string()
"""From whom a customer was taken back."""


def taken_back_rows(span: Span) -> Any:
    return (
        select(
            conversations.c.skill_group.label("group"),
            TAKEN_FROM.label("agent"),
            CATEGORY.label("category"),
        )
        .outerjoin(conversations, conversations.c.id == audits.c.conversation_id)
        .where(within(audits.c.at, span), audits.c.action == "taken_back")
    )


async def _export(records: Records, file: Path, days: int, settings: Settings) -> str:
    async with records.read() as reader:
        found = await daily_figures(reader, days, ZoneInfo(settings.store_tz))
    with lines_to(file) as write:
        for day in found:
            write(day)
    return f"写出 {len(found)} 天的数字到 {file}。"


if __name__ == "__main__":
    usage = f"make figures FILE=统计.jsonl [DAYS={DAYS}]"
    sys.exit(run_export(_export, fails="统计不了", usage=usage, worker="figures", days=DAYS))
