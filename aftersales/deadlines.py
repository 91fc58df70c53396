"""When a person must answer, tell a plan and have it solved (H12, H46), and whether the shop is open (H48).

Pure: instants in and out are aware UTC datetimes; opening hours are local to the store's time zone.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from itertools import accumulate, takewhile
from typing import Literal
from zoneinfo import ZoneInfo

from aftersales.policy.desk import Level
from aftersales.policy.hours import Hours
from aftersales.policy.model import Policy

Channel = Literal["chat", "ticket", "phone", "email"]
#: How far ahead an opening is looked for; a store closed longer than that has no opening.
_LOOK_AHEAD_DAYS = 60
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Deadlines:
    """UTC instants. `paused_until`: timers stand still until then (the shop is closed), else None."""

    first_response: datetime
    plan: datetime
    resolve: datetime
    paused_until: datetime | None = None


def is_open(hours: Hours, now: datetime, tz: ZoneInfo) -> bool:
    """Is the desk open at `now`?"""
    local = now.astimezone(tz)
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in hours.spans(local.date()))


def next_opening(hours: Hours, now: datetime, tz: ZoneInfo) -> datetime | None:
    """`now` when open, else the next opening (UTC); None when there is none within two months."""
    return next((max(start, now) for start, end in _spans(hours, now, tz) if end > now), None)


def deadlines(
    policy: Policy,
    *,
    level: Level,
    opened_at: datetime,
    tz: ZoneInfo,
    channel: Channel = "chat",
    waited_for_customer: timedelta = timedelta(0),
    share: float = 1.0,
) -> Deadlines:
    """Deadlines of a case opened (handed to people) at `opened_at`.

    Chat: the policy's chat answer time, or the level's if that is shorter; tickets and mail have their own. Levels named in
    `pause_out_of_hours` only count open minutes; the others run on, with the out-of-hours answer time while closed.
    `waited_for_customer` moves plan and resolve for levels named in `pause_waiting_for_customer`. `share`: when that part of
    each time is used up, 0.8 for a warning after four fifths.
    """
    rules = policy.service.deadlines
    base = rules.levels[level]
    answer = (
        rules.chat_first_response_minutes
        if channel in ("chat", "phone")
        else rules.ticket_first_response_minutes
    )
    open_now = is_open(policy.hours, opened_at, tz)
    pausing = level in rules.pause_out_of_hours
    if channel in ("chat", "phone") and not open_now and not pausing:
        answer = max(answer, rules.out_of_hours_first_response_minutes)
    answer = min(answer, base.first_response_minutes)
    lengths = [
        timedelta(minutes=answer),
        timedelta(minutes=base.plan_minutes),
        timedelta(hours=base.resolve_hours),
    ]
    if level in rules.pause_waiting_for_customer:
        lengths[1] += waited_for_customer
        lengths[2] += waited_for_customer
    lengths = [one * share for one in lengths]
    if not pausing:
        first, plan, resolve = (opened_at + one for one in lengths)
        return Deadlines(first, plan, resolve)
    first, plan, resolve = (add_open_time(policy.hours, opened_at, one, tz) for one in lengths)
    return Deadlines(first, plan, resolve, None if open_now else next_opening(policy.hours, opened_at, tz))


def add_open_time(hours: Hours, start: datetime, length: timedelta, tz: ZoneInfo) -> datetime:
    """The instant `length` of open time after `start`. A store without openings counts plain time."""
    left, end = length, start
    for opens, closes in _spans(hours, start, tz):
        begin = max(opens, start)
        if closes <= begin:
            continue
        if begin + left <= closes:
            return begin + left
        left -= closes - begin
        end = closes
    return end + left


def open_time(hours: Hours, start: datetime, end: datetime, tz: ZoneInfo) -> timedelta:
    """How much of the time from `start` to `end` the desk is open; nothing when `end` is not after `start`."""
    whole = timedelta(0)
    for opens, closes in _spans(hours, start, tz):
        if opens >= end:
            break
        whole += max(min(closes, end) - max(opens, start), timedelta(0))
    return whole


class OpenTime:
    """The open time before an instant, counted from a fixed one: the difference of two is the open time between them. Cheap for many
    instants of the week before `now`; others are counted as `open_time` does."""

    def __init__(self, hours: Hours, tz: ZoneInfo, now: datetime) -> None:
        self._hours, self._tz = hours, tz
        self._from, self._until = now - timedelta(days=_WEEK), now
        near = takewhile(lambda span: span[0] < now, _spans(hours, self._from, tz))
        spans = [(max(opens, self._from), closes) for opens, closes in near if closes > self._from]
        self._opens = [opens for opens, _ in spans]
        self._lengths = [closes - opens for opens, closes in spans]
        self._before = list(accumulate(self._lengths, initial=timedelta(0)))

    def before(self, instant: datetime) -> timedelta:
        """Negative for an instant before all that is counted."""
        if instant < self._from:
            return -open_time(self._hours, instant, self._from, self._tz)
        if instant > self._until:
            return self.before(self._until) + open_time(self._hours, self._until, instant, self._tz)
        at = bisect_right(self._opens, instant) - 1
        return (
            self._before[at] + min(instant - self._opens[at], self._lengths[at]) if at >= 0 else timedelta(0)
        )


def spans_of(
    daily: Iterable[tuple[int, int]], start: datetime, tz: ZoneInfo
) -> Iterable[tuple[datetime, datetime]]:
    """The same spans of every day (minutes since midnight) as UTC instants, from the local day of `start` on."""
    first, daily = start.astimezone(tz).date(), tuple(daily)
    for offset in range(_LOOK_AHEAD_DAYS + 1):
        day = first + timedelta(days=offset)
        for opens, closes in daily:
            yield _instant(day, opens, tz), _instant(day, closes, tz)


def _spans(hours: Hours, start: datetime, tz: ZoneInfo) -> Iterable[tuple[datetime, datetime]]:
    """Opening spans as UTC instants, in order, from the local day before `start` on."""
    first = start.astimezone(tz).date()
    for offset in range(_LOOK_AHEAD_DAYS + 1):
        day = first + timedelta(days=offset)
        for opens, closes in hours.spans(day):
            yield _instant(day, opens, tz), _instant(day, closes, tz)


def _instant(day: date, minute: int, tz: ZoneInfo) -> datetime:
    if minute == 24 * 60:
        day, minute = day + timedelta(days=1), 0
    return datetime.combine(day, time(minute // 60, minute % 60), tz).astimezone(timezone.utc)
