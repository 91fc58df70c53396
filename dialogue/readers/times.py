"""明天下午, 周六上午吧, 12月2号上午, to a question whose choices are stretches of time (data/dialogue/times.yml).

One that fits is the answer (`slot`); several, or none, narrow the question (`narrow`, value: the choices that are left).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dialogue import days
from dialogue.readers.sentence import Sentence, sentences
from dialogue.readers.wanted import Wanted, wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "times"
_SURE = 0.97
_NOON, _LATEST_MORNING = 12, 8


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
    return days.named_in(scene.store.words, _today(scene), text)


def dates_in(scene: Scene, text: str) -> list[date]:
    """The days that are named, soonest first."""
    return days.dates_in(scene.store.words, _today(scene), text)


def _today(scene: Scene) -> date:
    return scene.at.now.astimezone(scene.store.tz).date()


def hours_in(scene: Scene, text: str) -> tuple[int, int] | None:
    """From which hour to which; a clock time is that hour, of the part of the day that is named."""
    words = scene.store.words
    named = [code for code, pattern in words.codes("times.part").items() if pattern.search(text)]
    parts = [(int(begins), int(ends)) for begins, ends in (code.split("-") for code in named)]
    clock = re.search(words.pattern("times.clock").pattern, text)
    if clock is not None:
        hour = days.number(words, clock["hour"])
        afternoon = any(begins >= _NOON for begins, _ in parts) or (not parts and hour < _LATEST_MORNING)
        hour += _NOON if afternoon and hour < _NOON else 0
        return hour, hour + 1
    return (min(one[0] for one in parts), max(one[1] for one in parts)) if parts else None
