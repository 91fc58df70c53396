"""data/policy/hours.yml: opening hours, public holidays and the working weekends that pay for them (H46, H48).

All in store time (STORE_TZ): the file has local dates and clock times only.
"""

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, StrictBool

from aftersales.policy.section import AsTuple, Section, Text
from aftersales.public_holidays import holiday_name, is_working_weekend, known_until

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def _span(value: Any) -> Any:
    """'09:00-21:00' to minutes of the day (540, 1260); the end may be 24:00."""
    if not isinstance(value, str) or value.count("-") != 1:
        raise ValueError("span")
    start, end = (one.strip() for one in value.split("-"))
    if not (_CLOCK.fullmatch(start) and _CLOCK.fullmatch(end)):
        raise ValueError("span")
    first, last = (int(one[:2]) * 60 + int(one[3:]) for one in (start, end))
    if first >= last:
        raise ValueError("span")
    return first, last


Span = Annotated[tuple[int, int], BeforeValidator(_span)]
Spans = Annotated[tuple[Span, ...], AsTuple]


def _date(value: Any) -> Any:
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("date") from None


Date = Annotated[datetime.date, BeforeValidator(_date)]


class Holiday(Section):
    """A public holiday from `first` to `last`, with the weekend days worked instead (调休)."""

    name: Text
    first: Date
    last: Date
    workdays: Annotated[tuple[Date, ...], AsTuple] = ()


class Hours(Section):
    always_open: StrictBool
    calendar: Literal["china", "none"]
    week: dict[Weekday, Spans]
    holiday_hours: Spans
    holidays: Annotated[tuple[Holiday, ...], AsTuple]
    emergency_contact: Text

    def holiday(self, day: datetime.date) -> str | None:
        """The name of the holiday `day` belongs to, or None. What the store wrote itself goes before the calendar."""
        own = next((one.name for one in self.holidays if one.first <= day <= one.last), None)
        if own is not None or self.calendar == "none" or self._worked(day):
            return own
        return holiday_name(day)

    def told(self) -> str:
        """The week as a customer is told it: 全天, or 周一至周五 09:00-22:00，周六至周日 10:00-18:00."""
        if self.always_open:
            return "全天"
        groups: list[tuple[list[int], tuple[tuple[int, int], ...]]] = []
        for number, name in enumerate(WEEKDAYS):
            spans = self.week.get(name, ())
            if groups and groups[-1][1] == spans:
                groups[-1][0].append(number)
            else:
                groups.append(([number], spans))
        return "，".join(f"{_days(days)} {_clock(spans)}" for days, spans in groups)

    def spans(self, day: datetime.date) -> tuple[tuple[int, int], ...]:
        """Opening spans of a local date in minutes since midnight, in order; empty when closed all day.

        A holiday has the holiday's hours; a working weekend day (调休) has Friday's.
        """
        if self.always_open:
            return ((0, 24 * 60),)
        if self.holiday(day):
            return self.holiday_hours
        if self._worked(day) or (self.calendar == "china" and is_working_weekend(day)):
            return self.week.get("fri", ())
        return self.week.get(WEEKDAYS[day.weekday()], ())

    def unknown_year(self, today: datetime.date) -> int | None:
        """The year within two months whose working weekends nobody has announced to this installation; None when all is
        known, written by the store itself, or opening hours are not in force."""
        year = (today + datetime.timedelta(days=60)).year
        written = any(one.first.year == year and one.workdays for one in self.holidays)
        if self.always_open or self.calendar == "none" or year <= known_until() or written:
            return None
        return year

    def _worked(self, day: datetime.date) -> bool:
        return any(day in one.workdays for one in self.holidays)


def _days(numbers: list[int]) -> str:
    names = ["周" + "一二三四五六日"[one] for one in numbers]
    return (
        "每天" if len(names) == len(WEEKDAYS) else names[0] if len(names) == 1 else f"{names[0]}至{names[-1]}"
    )


def _clock(spans: tuple[tuple[int, int], ...]) -> str:
    told = (f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans)
    return "、".join(told) or "休息"
