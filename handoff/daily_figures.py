"""The store's figures day by day (H50): `make figures FILE=… DAYS=…`. What is true now is in handoff/figures.py, on /metrics.

A day is a day of the store's time zone. A conversation belongs to the day it was opened, a handoff to the day a person was
asked for, a rating or a missed deadline to the day it came. Shares are null where there is nothing to divide by.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from handoff.export_command import lines_to, run_export
from handoff.records import Reader, Records
from handoff.records.case_tables import case_conversations
from handoff.records.followup_tables import sla_breaches
from handoff.records.tables import agents, conversations, handoffs, ratings
from handoff.settings import Settings

DAYS = 30
ANSWERED_WITHIN = timedelta(hours=1)
SOLVED_WITHIN = timedelta(hours=24)
SOLVED = "solved"


async def daily_figures(reader: Reader, days: int, tz: ZoneInfo) -> list[dict[str, Any]]:
    """One entry a day that anything happened on, oldest first, the last one today: totals, and the handoffs' figures by
    category, group and agent."""
    today = reader.now().astimezone(tz).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    opened, asked = await _opened(reader, since), await _asked(reader, since)
    rated, missed = await _rated(reader, since), await _missed(reader, since)
    parts = {"opened": opened, "asked": asked, "rated": rated, "missed": missed}
    by_day: dict[str, dict[str, list[Any]]] = defaultdict(lambda: {name: [] for name in parts})
    for name, rows in parts.items():
        for row in rows:
            by_day[f"{row.at.astimezone(tz):%Y-%m-%d}"][name].append(row)
    names = {row.id: row.name for row in await reader.execute(select(agents.c.id, agents.c.name))}
    return [_day(day, found, names) for day, found in sorted(by_day.items())]


async def _opened(reader: Reader, since: datetime) -> list[Any]:
    """Conversations, each with whether a person was ever asked for and whether its case had been there before."""
    people = select(handoffs.c.handoff_id).where(handoffs.c.conversation_id == conversations.c.id).exists()
    mine, earlier = case_conversations.alias("mine"), case_conversations.alias("earlier")
    again = (
        select(mine.c.case_no)
        .join(earlier, earlier.c.case_no == mine.c.case_no)
        .where(
            mine.c.conversation_id == conversations.c.id,
            earlier.c.conversation_id != mine.c.conversation_id,
            earlier.c.linked_at < mine.c.linked_at,
        )
        .exists()
    )
    wanted = select(conversations.c.created_at.label("at"), people.label("people"), again.label("again"))
    return list(
        await reader.execute(wanted.where(conversations.c.created_at >= since, conversations.c.last_seq > 0))
    )


async def _asked(reader: Reader, since: datetime) -> list[Any]:
    """Handoffs; the first answer is known of a conversation's latest one only."""
    latest = conversations.c.handoff_id == handoffs.c.handoff_id
    wanted = select(
        handoffs.c.created_at.label("at"),
        handoffs.c.reason,
        handoffs.c.resolution,
        handoffs.c.ended_at,
        handoffs.c.record["category"].as_string().label("category"),
        handoffs.c.record["group"].as_string().label("group"),
        latest.label("latest"),
        conversations.c.first_response_at,
        func.coalesce(conversations.c.owner, conversations.c.last_owner).label("agent"),
    ).join(conversations, conversations.c.id == handoffs.c.conversation_id)
    return list(await reader.execute(wanted.where(handoffs.c.created_at >= since)))


async def _rated(reader: Reader, since: datetime) -> list[Any]:
    return list(await reader.execute(select(ratings.c.at, ratings.c.score).where(ratings.c.at >= since)))


async def _missed(reader: Reader, since: datetime) -> list[Any]:
    wanted = select(sla_breaches.c.at, sla_breaches.c.deadline)
    return list(await reader.execute(wanted.where(sla_breaches.c.at >= since)))


def _day(day: str, found: dict[str, list[Any]], names: dict[str, str]) -> dict[str, Any]:
    opened, asked = found["opened"], found["asked"]
    return {
        "day": day,
        "conversations": len(opened),
        "without_person_share": _share(not row.people for row in opened),
        "repeat_contacts": sum(bool(row.again) for row in opened),
        "satisfaction": round(fmean(row.score for row in found["rated"]), 2) if found["rated"] else None,
        "ratings": len(found["rated"]),
        "breaches": dict(Counter(row.deadline for row in found["missed"])),
        **_handoffs(asked),
        "by_category": _by(asked, lambda row: row.category),
        "by_group": _by(asked, lambda row: row.group),
        "by_agent": _by(asked, lambda row: names.get(row.agent) if row.latest else None),
    }


def _by(rows: list[Any], key: Callable[[Any], str | None]) -> dict[str, dict[str, Any]]:
    parted: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        parted[key(row) or "none"].append(row)
    return {name: _handoffs(some) for name, some in sorted(parted.items())}


def _handoffs(rows: list[Any]) -> dict[str, Any]:
    answers = [row.first_response_at - row.at for row in rows if row.latest and row.first_response_at]
    ended = [row.ended_at - row.at for row in rows if row.ended_at]
    return {
        "handoffs": len(rows),
        "reasons": dict(Counter(row.reason for row in rows)),
        "first_response_seconds": _middle(answers),
        "resolution_seconds": _middle(ended),
        "answered_within_1h_share": _share(_answered(row) for row in rows if row.latest),
        "solved_within_24h_share": _share(_solved(row) for row in rows),
    }


def _answered(row: Any) -> bool:
    return row.first_response_at is not None and row.first_response_at - row.at <= ANSWERED_WITHIN


def _solved(row: Any) -> bool:
    return row.resolution == SOLVED and row.ended_at is not None and row.ended_at - row.at <= SOLVED_WITHIN


def _share(told: Iterable[bool]) -> float | None:
    marks = list(told)
    return round(sum(marks) / len(marks), 4) if marks else None


def _middle(spans: list[timedelta]) -> float | None:
    return round(median(one.total_seconds() for one in spans), 1) if spans else None


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
