"""The live wall (H50): who waits in which group, who is at the desk with how much, and how today has gone so far.

It is read once a second and worker at most, whoever looks and however many: what is true now over the queue's own index, today's counts
(every few seconds) over indexes by time. tests/handoff/oversight/test_wall.py asks the databases how they would read.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from handoff.auth.roles import GROUPS
from handoff.clock import rfc3339
from handoff.conversation import State
from handoff.daily_figures import Span, had_people, span_of, within
from handoff.queue.joins import customers
from handoff.queue.people import STATUSES, Person, loads, people_now, staff_of
from handoff.queue.pushing import burdens
from handoff.queue.silence import silences
from handoff.records import Reader, Records
from handoff.records.followup_tables import sla_breaches
from handoff.records.tables import conversations, handoffs, ratings
from handoff.store_rules import StoreRules

NOW_SECONDS = 1.0
TODAY_SECONDS = 4.0
LOW_SCORE = 2
_OPEN = (State.WAITING.value, State.TICKET.value, State.HUMAN.value)


class Wall:
    """A worker's wall. `seconds` is a clock that only goes on (of the event loop)."""

    def __init__(self, records: Records, rules: StoreRules, seconds: Callable[[], float]) -> None:
        self._records, self._rules, self._seconds = records, rules, seconds
        self._lock = asyncio.Lock()
        self._now: tuple[float, dict[str, Any]] | None = None
        self._today: tuple[float, dict[str, Any]] | None = None

    async def read(self) -> dict[str, Any]:
        """As it was a second ago at most; today's counts a few seconds."""
        async with self._lock:
            asked = self._seconds()
            if self._now is None or asked - self._now[0] >= NOW_SECONDS:
                async with self._records.read() as reader:
                    if self._today is None or asked - self._today[0] >= TODAY_SECONDS:
                        self._today = asked, await today(reader, self._rules)
                    told = await now(reader, self._rules)
                self._now = asked, {**told, "today": self._today[1]}
            return self._now[1]


def queue_rows() -> Any:
    return (
        select(
            conversations.c.state,
            conversations.c.skill_group,
            customers().label("number"),
            func.min(conversations.c.waiting_since).label("since"),
        )
        .where(conversations.c.state.in_(_OPEN))
        .group_by(conversations.c.state, conversations.c.skill_group)
    )


def line_rows() -> Any:
    """The same in all: who is one in two groups is one here."""
    return (
        select(conversations.c.state, customers().label("number"))
        .where(conversations.c.state.in_(_OPEN))
        .group_by(conversations.c.state)
    )


async def now(reader: Reader, rules: StoreRules) -> dict[str, Any]:
    """`{"groups","people","waiting","tickets","serving","unanswered","open"}`."""
    groups: dict[str, dict[str, Any]] = {
        group: {"group": group, "waiting": 0, "tickets": 0, "serving": 0, "longest_since": None}
        for group in GROUPS
    }
    names = {State.WAITING.value: "waiting", State.TICKET.value: "tickets", State.HUMAN.value: "serving"}
    for row in await reader.execute(queue_rows()):
        line = groups.get(row.skill_group or "")
        if line is None:  # a group of an older release
            line = groups.setdefault("online", {})
        line[names[row.state]] += row.number
        if row.state == State.WAITING.value and row.since:
            line["longest_since"] = min(filter(None, (line["longest_since"], row.since)))
    whole = {row.state: row.number for row in await reader.execute(line_rows())}
    people = await people_now(reader)
    silent = await silences(reader)
    carried, chats = await burdens(reader, rules), await loads(reader, held=True)
    usual = rules.policy.routing.push.capacity
    for line in groups.values():
        line["at_desk"] = len(staff_of(people.values(), line["group"]))
        line["longest_since"] = rfc3339(line["longest_since"]) if line["longest_since"] else None
    return {
        "at": rfc3339(reader.now()),
        "open": rules.is_open(reader.now()),
        "groups": list(groups.values()),
        **{name: whole.get(state, 0) for state, name in names.items()},
        "unanswered": len(silent),
        "people": sorted(
            (
                {
                    **_person(one),
                    "chats": chats.get(one.id, 0),
                    "carries": carried.get(one.id, 0),
                    "capacity": usual if one.capacity is None else one.capacity,
                    "silent_since": _earliest(sil.since for sil in silent if sil.owner == one.id),
                }
                for one in people.values()
            ),
            key=lambda told: (STATUSES.index(told["status"]), -told["chats"], told["name"]),
        ),
    }


def _person(one: Person) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "role": one.role,
        "groups": list(one.groups),
        "status": one.status,
    }


def _earliest(moments: Any) -> str | None:
    first: datetime | None = min(moments, default=None)
    return rfc3339(first) if first else None


def opened_today(span: Span) -> Any:
    alone = case((had_people(), 0), else_=1)
    return select(func.count().label("number"), func.sum(alone).label("alone")).where(
        within(conversations.c.created_at, span), conversations.c.last_seq > 0
    )


def asked_today(span: Span) -> Any:
    return (
        select(
            handoffs.c.reason,
            func.count().label("number"),
            func.count(handoffs.c.left_at).label("abandoned"),
        )
        .where(within(handoffs.c.created_at, span))
        .group_by(handoffs.c.reason)
    )


def missed_today(span: Span) -> Any:
    return (
        select(sla_breaches.c.deadline, func.count().label("number"))
        .where(within(sla_breaches.c.at, span))
        .group_by(sla_breaches.c.deadline)
    )


def rated_today(span: Span) -> Any:
    return (
        select(ratings.c.score, func.count().label("number"))
        .where(within(ratings.c.at, span))
        .group_by(ratings.c.score)
    )


async def today(reader: Reader, rules: StoreRules) -> dict[str, Any]:
    """Counts since midnight at the store; shares are null while there is nothing to divide by."""
    day = reader.now().astimezone(rules.tz).date()
    span = span_of(day, rules.tz)
    opened = (await reader.execute(opened_today(span))).one()
    asked = (await reader.execute(asked_today(span))).all()
    missed = (await reader.execute(missed_today(span))).all()
    scores = {row.score: row.number for row in await reader.execute(rated_today(span))}
    rated = sum(scores.values())
    points = sum(score * number for score, number in scores.items())
    return {
        "day": f"{day:%Y-%m-%d}",
        "conversations": opened.number,
        "without_person": int(opened.alone or 0),
        "without_person_share": round(opened.alone / opened.number, 4) if opened.number else None,
        "handoffs": sum(row.number for row in asked),
        "reasons": {row.reason: row.number for row in sorted(asked, key=lambda row: -row.number)},
        "abandoned": sum(row.abandoned for row in asked),
        "breaches": {row.deadline: row.number for row in missed},
        "ratings": rated,
        "satisfaction": round(points / rated, 2) if rated else None,
        "low_ratings": sum(number for score, number in scores.items() if score <= LOW_SCORE),
    }
