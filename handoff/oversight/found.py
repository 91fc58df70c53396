"""The conversations behind a figure (H50): each number of the wall and of the history leads to these. THE table is FIGURES; who counts
something new adds its way back here, and a test holds both to the same number."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, select, true

from handoff.conversation import State
from handoff.daily_figures import (
    CATEGORY,
    HELD_BY,
    TAKEN_FROM,
    WHOSE,
    Span,
    answerer,
    came_again,
    had_people,
    rated_by,
    rated_record,
    span_of,
    within,
)
from handoff.day_counts import NONE, answered_in_time, solved_in_time
from handoff.desk.views import listed_items
from handoff.errors import invalid
from handoff.oversight.wall import LOW_SCORE
from handoff.queue.silence import silences
from handoff.records import Reader
from handoff.records.followup_tables import sla_breaches
from handoff.records.tables import audits, conversations, handoffs, ratings

MOST = 200
LONGEST_DAYS = 92
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Asked:
    """`value`: a reason of handoffs, a deadline that was missed, or a score, where the figure has such parts."""

    span: Span
    group: str | None = None
    agent: str | None = None
    category: str | None = None
    value: str | None = None


_SCORES = ("1", "2", "3", "4", "5")
Wanted = Callable[[Asked], ColumnElement[bool]]


def _is(column: ColumnElement[Any], wanted: str | None) -> ColumnElement[bool] | None:
    if wanted is None:
        return None
    return func.coalesce(column, NONE) == wanted


def _all(*conditions: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    return [one for one in conditions if one is not None]


def _now(state: State) -> Wanted:
    def wanted(asked: Asked) -> ColumnElement[bool]:
        found = select(conversations.c.id).where(
            conversations.c.state == state.value,
            *_all(
                _is(conversations.c.skill_group, asked.group),
                _is(conversations.c.owner, asked.agent),
                _is(CATEGORY, asked.category),
            ),
        )
        return conversations.c.id.in_(found)

    return wanted


def _opened(*more: ColumnElement[bool]) -> Wanted:
    def wanted(asked: Asked) -> ColumnElement[bool]:
        found = select(conversations.c.id).where(
            within(conversations.c.created_at, asked.span),
            conversations.c.last_seq > 0,
            *more,
            *_all(
                _is(conversations.c.skill_group, asked.group),
                _is(WHOSE, asked.agent),
                _is(CATEGORY, asked.category),
            ),
        )
        return conversations.c.id.in_(found)

    return wanted


_LATEST = conversations.c.handoff_id == handoffs.c.handoff_id


def _handoffs(asked: Asked, *more: ColumnElement[bool], whose: ColumnElement[Any] | None = None) -> Any:
    """`whose`: to whom they belong, unless to whoever serves or last served them."""
    agent = _is(case((_LATEST, WHOSE)) if whose is None else whose, asked.agent)
    return (
        select(handoffs.c.conversation_id)
        .join(conversations, conversations.c.id == handoffs.c.conversation_id)
        .where(
            within(handoffs.c.created_at, asked.span),
            *more,
            *_all(
                None if asked.value is None else handoffs.c.reason == asked.value,
                _is(handoffs.c.record["group"].as_string(), asked.group),
                agent,
                _is(handoffs.c.record["category"].as_string(), asked.category),
            ),
        )
    )


def _handed(*more: ColumnElement[bool]) -> Wanted:
    return lambda asked: conversations.c.id.in_(_handoffs(asked, *more))


def _missed(asked: Asked) -> ColumnElement[bool]:
    found = select(sla_breaches.c.conversation_id).where(
        within(sla_breaches.c.at, asked.span),
        *_all(
            None if asked.value is None else sla_breaches.c.deadline == asked.value,
            _is(sla_breaches.c.skill_group, asked.group),
            _is(HELD_BY, asked.agent),
        ),
    )
    return conversations.c.id.in_(found) & _also(_is(CATEGORY, asked.category))


def _taken_back(asked: Asked) -> ColumnElement[bool]:
    found = select(audits.c.conversation_id).where(
        within(audits.c.at, asked.span),
        audits.c.action == "taken_back",
        *_all(_is(TAKEN_FROM, asked.agent)),
    )
    return conversations.c.id.in_(found) & _also(
        and_(*_all(_is(conversations.c.skill_group, asked.group), _is(CATEGORY, asked.category)), true())
    )


def _also(condition: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return conversations.c.id.is_not(None) if condition is None else condition


def _rated(low: bool) -> Wanted:
    def wanted(asked: Asked) -> ColumnElement[bool]:
        found = (
            select(ratings.c.conversation_id)
            .join(conversations, conversations.c.id == ratings.c.conversation_id)
            .where(
                within(ratings.c.at, asked.span),
                *_all(
                    ratings.c.score <= LOW_SCORE if low else None,
                    ratings.c.score == int(asked.value) if asked.value in _SCORES else None,
                    _is(rated_record("group"), asked.group),
                    _is(rated_by(), asked.agent),
                    _is(rated_record("category"), asked.category),
                ),
            )
        )
        return conversations.c.id.in_(found)

    return wanted


FIGURES: dict[str, Wanted] = {
    # now
    "waiting": _now(State.WAITING),
    "tickets": _now(State.TICKET),
    "serving": _now(State.HUMAN),
    # of days
    "conversations": _opened(),
    "without_person": _opened(~had_people()),
    "again": _opened(came_again()),
    "handoffs": _handed(),
    "abandoned": _handed(handoffs.c.left_at.is_not(None)),
    "breaches": _missed,
    "taken_back": _taken_back,
    "ratings": _rated(low=False),
    "low_ratings": _rated(low=True),
}
"""What is counted → which conversations it counts. `unanswered` is besides: who waits for their agent's words now."""


def _late(row: Any, now: datetime) -> bool:
    return bool(row.latest) and answered_in_time(row.created_at, row.first_response_at, now) is False


def _unsolved(row: Any, now: datetime) -> bool:
    return solved_in_time(row.created_at, row.ended_at, row.resolution, now) is False


JUDGED: dict[str, Callable[[Any, datetime], bool]] = {"late_answers": _late, "unsolved": _unsolved}
"""Figures of spans of time, which the two databases reckon differently: the days' handoffs are read and judged here."""


ALL_FIGURES = (*FIGURES, *JUDGED, "unanswered")


def check_days(first: Any, last: Any, today: date) -> tuple[date, date]:
    """Two dates of the store; one day when only the first is told, today when neither is. ApiError 422."""
    start = today if first is None else _day(first)
    end = start if last is None else _day(last)
    if start > end:
        raise invalid("开始日期在结束日期后面。")
    if (end - start).days >= LONGEST_DAYS:
        raise invalid(f"一次最多看 {LONGEST_DAYS} 天。")
    return start, end


def _day(told: Any) -> date:
    try:
        if isinstance(told, str) and _DAY.fullmatch(told):
            return date.fromisoformat(told)
    except ValueError:
        pass
    raise invalid("日期要写成 2026-11-30 这样。")


def span_of_days(first: date, last: date, tz: ZoneInfo) -> Span:
    return span_of(first, tz)[0], span_of(last, tz)[1]


async def found_behind(reader: Reader, figure: str, asked: Asked) -> dict[str, Any]:
    """`{"items","total"}`: at most MOST of them, newest first, as lists show them; ApiError 422 for a figure that is none."""
    if figure == "unanswered":
        ids = [one.conversation_id for one in await silences(reader) if asked.agent in (None, one.owner)]
        wanted: ColumnElement[bool] = conversations.c.id.in_(ids)
    elif figure in JUDGED:
        now, whose = reader.now(), answerer() if figure == "late_answers" else None
        columns = [handoffs.c[one] for one in ("created_at", "resolution", "ended_at")]
        rows = await reader.execute(
            _handoffs(asked, whose=whose).add_columns(
                *columns, _LATEST.label("latest"), conversations.c.first_response_at
            )
        )
        wanted = conversations.c.id.in_({row.conversation_id for row in rows if JUDGED[figure](row, now)})
    elif figure in FIGURES:
        wanted = FIGURES[figure](asked)
    else:
        raise invalid("没有这个数字。")
    total = (await reader.execute(select(func.count()).select_from(conversations).where(wanted))).scalar_one()
    return {"items": await listed_items(reader, wanted, MOST), "total": int(total)}
