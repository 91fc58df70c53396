"""data/policy/hours.yml: opening hours, public holidays and the working weekends that pay for them (H46, H48).

All in store time (STORE_TZ): the file has local dates and clock times only.
"""

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, StrictBool

from aftersales.policy.section import AsTuple, Section, Text

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
    week: dict[Weekday, Spans]
    holiday_hours: Spans
    holidays: Annotated[tuple[Holiday, ...], AsTuple]
    emergency_contact: Text

    def holiday(self, day: datetime.date) -> Holiday | None:
        """The public holiday `day` belongs to, or None."""
        return next((one for one in self.holidays if one.first <= day <= one.last), None)

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
        if any(day in one.workdays for one in self.holidays):
            return self.week.get("fri", ())
        return self.week.get(WEEKDAYS[day.weekday()], ())


def _days(numbers: list[int]) -> str:
    names = ["周" + "一二三四五六日"[one] for one in numbers]
    return (
        "每天" if len(names) == len(WEEKDAYS) else names[0] if len(names) == 1 else f"{names[0]}至{names[-1]}"
    )


def _clock(spans: tuple[tuple[int, int], ...]) -> str:
    told = (f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans)
    return "、".join(told) or "休息"
