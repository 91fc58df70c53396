"""The days that words name (明天, 下周六, 12号, 双12): data/dialogue/times.yml."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dialogue.words import Words

_WEEK, _TEN, _HALF_A_YEAR = 7, 10, 6


def named_in(words: Words, today: date, text: str) -> set[tuple[int, int]]:
    """The days that are named, as (month, day)."""
    found: list[date] = []
    for ahead, pattern in words.codes("times.day").items():
        if pattern.search(text):
            found.append(today + timedelta(days=int(ahead)))
    for weekday, pattern in words.codes("times.weekday").items():
        if pattern.search(text):
            found.append(_weekday(today, int(weekday), later=words.hit("times.next_week", text) is not None))
    named = {(one.month, one.day) for one in found}
    for festival, pattern in words.codes("times.festival").items():
        if pattern.search(text):
            in_month, on_day = festival.split("-")
            named.add((int(in_month), int(on_day)))
    for hit in re.finditer(words.pattern("times.date").pattern, text):
        told = hit.groupdict()
        day = number(words, told["date"] or "")
        month = number(words, told["month"] or "")
        if day:
            named.add((month or (today.month if day >= today.day else today.month % 12 + 1), day))
    return named


def dates_in(words: Words, today: date, text: str) -> list[date]:
    """The days that are named, soonest first: of this year, or of the next where the year ends in between."""
    found = (_dated(today, *one) for one in named_in(words, today, text))
    return sorted(one for one in found if one is not None)


def number(words: Words, told: str) -> int:
    """12, 十二, 二十: as a number; 0 for nothing."""
    if told.isdigit():
        return int(told)
    numerals, value = words.codes("times.numeral"), 0
    for char in told:
        digit = next((int(code) for code, pattern in numerals.items() if pattern.fullmatch(char)), 0)
        value = max(value, 1) * digit if digit == _TEN else value + digit
    return value


def _dated(today: date, month: int, day: int) -> date | None:
    try:
        found = date(today.year, month, day)
        return (
            found
            if found >= today or today.month - month < _HALF_A_YEAR
            else date(today.year + 1, month, day)
        )
    except ValueError:
        return None


def _weekday(today: date, weekday: int, *, later: bool) -> date:
    """周六: the next one; 下周六: the one of next week."""
    if later:
        return today - timedelta(days=today.weekday()) + timedelta(days=_WEEK + weekday)
    return today + timedelta(days=(weekday - today.weekday()) % _WEEK)
