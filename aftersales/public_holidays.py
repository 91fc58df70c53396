"""Chinese public holidays with the days off around them and the weekends worked instead (调休), from the library `holidays`.

The library knows the State Council's arrangement of the years that were announced when it was released. For other years
it computes the statutory days and knows no working weekends: nothing fails, and `known_until` says where that begins.
docs/decisions/0010-public-holidays.md compares it with chinesecalendar, which refuses such years.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache

import holidays

_ONE_DAY = timedelta(days=1)
_DAY_OFF = "休息日"
"""What the library calls a day off that a working weekend pays for."""
_LONGEST = 15
"""No run of days off is longer: the bound of the search, not a rule."""


@cache
def _china() -> holidays.HolidayBase:
    return holidays.country_holidays("CN", language="zh_CN")


@lru_cache(maxsize=4096)
def holiday_name(day: date) -> str | None:
    """The name of the holiday that `day` is part of: a listed day, or a weekend that joins one; None on other days."""
    if _china().is_working_day(day):
        return None
    run = [*_days_off(day, -_ONE_DAY), day, *_days_off(day, _ONE_DAY)]
    names = Counter(
        name.partition("（")[0]
        for one in run
        for name in (_china().get(one, "") or "").split("; ")
        if name and not name.startswith(_DAY_OFF)
    )
    return names.most_common(1)[0][0] if names else None


def is_working_weekend(day: date) -> bool:
    """A Saturday or Sunday that is worked for a holiday (调休)."""
    return day.weekday() >= 5 and _china().is_working_day(day)


@cache
def known_until() -> int:
    """The last year whose announced arrangement the library has."""
    announced: dict[int, object] = getattr(_china(), "special_public_holidays", None) or {0: ()}
    return max(announced)


def _days_off(day: date, step: timedelta) -> Iterator[date]:
    for _ in range(_LONGEST):
        day += step
        if _china().is_working_day(day):
            return
        yield day
