"""明天下午, 周六上午吧, 12月2号上午, to a question whose choices are stretches of time (data/dialogue/times.yml).

One that fits is the answer (`slot`); several, or none, narrow the question (`narrow`, value: the choices that are left).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dialogue.readers.sentence import Sentence, sentences
from dialogue.readers.wanted import Wanted, wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "times"
_SURE = 0.97
_WEEK, _NOON, _LATEST_MORNING = 7, 12, 8


@dataclass(frozen=True, slots=True)
class _Slot:
    """A choice: its code, its day, from which hour to which."""

    code: str
    day: tuple[int, int]
    begins: int
    ends: int


def read(scene: Scene) -> Iterator[Reading]:
    """The choice that the words of time mean, or the choices that they leave."""
    if scene.message.is_button or not scene.text:
        return
    for one in wanted(scene, "choice"):
        slots = _shown(scene, one) if one.asked else []
        if slots:
            yield from _chosen(scene, one, slots)


def _shown(scene: Scene, one: Wanted) -> list[_Slot]:
    label = re.compile(scene.store.words.pattern("times.label").pattern)
    found = ((code, label.search(text)) for code, text in (one.shown or {}).items())
    return [
        _Slot(code, (int(hit["month"]), int(hit["date"])), int(hit["begins"]), int(hit["ends"]))
        for code, hit in found
        if hit is not None
    ]


def _chosen(scene: Scene, one: Wanted, slots: list[_Slot]) -> Iterator[Reading]:
    left, spans, wished = list(slots), list[Span](), False
    for part in joined(scene):
        fits = _fitting(scene, part, left)
        if fits is None:
            continue
        refused = scene.store.words.hit("times.refused", part.text) is not None
        wished = wished or not refused
        left = [slot for slot in left if (slot in fits) is not refused]
        spans.append(part.span)
    if not spans:
        soonest = next(iter(scene.store.words.find("times.soonest", scene.text)), None)
        if soonest is not None:  # 越早越好: the first that is shown
            yield one.reading(slots[0].code, _SURE, soonest.span, source=SOURCE, by="time")
        return
    span = spans[0][0], spans[-1][1]
    if len(left) == 1:
        yield one.reading(left[0].code, _SURE, span, source=SOURCE, by="time")
    elif wished or len(left) < len(slots):
        codes = [slot.code for slot in left]
        yield Reading("narrow", one.name, codes, _SURE, span, False, SOURCE, {"flow": one.flow})


def joined(scene: Scene) -> list[Sentence]:
    """The small sentences; one that only says a part of the day belongs to the day before it (12月2号 上午)."""
    found: list[Sentence] = []
    for part in sentences(scene.text):
        before = found[-1] if found else None
        hit = scene.store.words.hit
        says = hours_in(scene, part.text) is not None or hit("times.refused", part.text)
        more = before is not None and days_in(scene, before.text) and not days_in(scene, part.text) and says
        if before is not None and more and not hit("times.refused", before.text):
            found[-1] = Sentence(before.start, part.end, scene.text[before.start : part.end], part.asks)
        else:
            found.append(part)
    return found


def _fitting(scene: Scene, part: Sentence, slots: list[_Slot]) -> list[_Slot] | None:
    """The choices that fit what the small sentence says of time; None when it says nothing."""
    days, hours = days_in(scene, part.text), hours_in(scene, part.text)
    if not days and hours is None:
        return None
    fits = [one for one in slots if not days or one.day in days]
    return [one for one in fits if hours is None or (one.begins < hours[1] and hours[0] < one.ends)]


def days_in(scene: Scene, text: str) -> set[tuple[int, int]]:
    """The days that are named, as (month, day)."""
    words = scene.store.words
    today = scene.at.now.astimezone(scene.store.tz).date()
    found: list[date] = []
    for ahead, pattern in words.codes("times.day").items():
        if pattern.search(text):
            found.append(today + timedelta(days=int(ahead)))
    for number, pattern in words.codes("times.weekday").items():
        if pattern.search(text):
            found.append(_weekday(today, int(number), later=words.hit("times.next_week", text) is not None))
    named = {(one.month, one.day) for one in found}
    for festival, pattern in words.codes("times.festival").items():
        if pattern.search(text):
            in_month, on_day = festival.split("-")
            named.add((int(in_month), int(on_day)))
    for hit in re.finditer(words.pattern("times.date").pattern, text):
        told = hit.groupdict()
        day = _number(words.codes("times.numeral"), told["date"] or "")
        month = _number(words.codes("times.numeral"), told["month"] or "")
        if day:
            named.add((month or (today.month if day >= today.day else today.month % 12 + 1), day))
    return named


def dates_in(scene: Scene, text: str) -> list[date]:
    """The days that are named, soonest first: in this year, or the next where the year ends in between."""
    today = scene.at.now.astimezone(scene.store.tz).date()
    return sorted(one for one in (_dated(today, *found) for found in days_in(scene, text)) if one > date.min)


def _dated(today: date, month: int, day: int) -> date:
    try:
        found = date(today.year, month, day)
        return found if found >= today or today.month - month < 6 else date(today.year + 1, month, day)
    except ValueError:
        return date.min


def _weekday(today: date, number: int, *, later: bool) -> date:
    """周六: the next one; 下周六: the one of next week."""
    if later:
        return today - timedelta(days=today.weekday()) + timedelta(days=_WEEK + number)
    return today + timedelta(days=(number - today.weekday()) % _WEEK)


def hours_in(scene: Scene, text: str) -> tuple[int, int] | None:
    """From which hour to which; a clock time is that hour, of the part of the day that is named."""
    words = scene.store.words
    named = [code for code, pattern in words.codes("times.part").items() if pattern.search(text)]
    parts = [(int(begins), int(ends)) for begins, ends in (code.split("-") for code in named)]
    clock = re.search(words.pattern("times.clock").pattern, text)
    if clock is not None:
        hour = _number(words.codes("times.numeral"), clock["hour"])
        afternoon = any(begins >= _NOON for begins, _ in parts) or (not parts and hour < _LATEST_MORNING)
        hour += _NOON if afternoon and hour < _NOON else 0
        return hour, hour + 1
    return (min(one[0] for one in parts), max(one[1] for one in parts)) if parts else None


def _number(numerals: Mapping[str, re.Pattern[str]], told: str) -> int:
    """12, 十二, 二十: as a number; 0 for nothing."""
    if told.isdigit():
        return int(told)
    value = 0
    for char in told:
        digit = next((int(code) for code, pattern in numerals.items() if pattern.fullmatch(char)), 0)
        value = max(value, 1) * digit if digit == 10 else value + digit
    return value
