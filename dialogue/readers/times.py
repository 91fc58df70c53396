"""后天早上吧, 12月2号上午: one of the times that were shown as choices, in words of one's own. Words: moments.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dialogue.readers.digits import view
from dialogue.readers.sentence import sentences
from dialogue.readers.wanted import wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "times"
_SURE = 0.97
#: A time as the choices show it (12月2日 09:00-12:00).
_SHOWN = re.compile(r"(?P<month>\d{1,2})月(?P<day>\d{1,2})日 (?P<hour>\d{1,2}):\d{2}")
#: A date that is told: with its month, or only the day.
_DATE = re.compile(
    r"(?<!\d)(?:(?P<month>\d{1,2})[月./-])?(?P<day>\d{1,2})(?:[日号]|(?<=[月./-]\d)|(?<=[月./-]\d\d))(?!\d)"
)
_NUMERALS = re.compile(r"[一二三四五六七八九十]{1,3}(?=[月日号])")
_NOON, _EVENING = 12, 18
_WEEK = 7


@dataclass(frozen=True, slots=True)
class _Time:
    code: str
    month: int
    day: int
    hour: int


def read(scene: Scene) -> Iterator[Reading]:
    """The only choice that fits the day, the part of the day, or 越早越好; nothing where several do."""
    if scene.message.is_button or not scene.text:
        return
    for one in wanted(scene, "choice"):
        shown = [_shown(code, label) for code, label in (one.shown or {}).items()] if one.asked else []
        times = [time for time in shown if time is not None]
        found = _chosen(scene, times) if times else None
        if found is not None:
            yield one.reading(found[0].code, _SURE, found[1], source=SOURCE)


def _shown(code: str, label: str) -> _Time | None:
    at = _SHOWN.search(label)
    return _Time(code, int(at["month"]), int(at["day"]), int(at["hour"])) if at else None


def _chosen(scene: Scene, times: list[_Time]) -> tuple[_Time, Span] | None:
    words = scene.store.words
    left, spans = times, list[Span]()
    for part in sentences(scene.text):
        if words.hit("moments.busy", part.text):  # 明天不行
            continue
        told = [one for one in left if _fits(scene, one, part.text)]
        if _names_time(scene, part.text):
            left = told
            spans.append(part.span)
    if spans and len(left) == 1:
        return left[0], (spans[0][0], spans[-1][1])
    soonest = next(iter(words.find("moments.soonest", scene.text)), None)
    if soonest is not None and not spans:
        return times[0], soonest.span
    return None


def _names_time(scene: Scene, text: str) -> bool:
    return bool(_days(scene, text)) or bool(_parts(scene, text))


def _fits(scene: Scene, one: _Time, text: str) -> bool:
    days, parts = _days(scene, text), _parts(scene, text)
    part = "morning" if one.hour < _NOON else "afternoon" if one.hour < _EVENING else "evening"
    return (not days or (one.month, one.day) in days) and (not parts or part in parts)


def _parts(scene: Scene, text: str) -> set[str]:
    return {code for code, pattern in scene.store.words.codes("moments.part").items() if pattern.search(text)}


def _days(scene: Scene, text: str) -> set[tuple[int, int]]:
    """The days that are named: 12月2号, 2号, 后天, 周三."""
    words, today = scene.store.words, scene.at.now.astimezone(scene.store.tz).date()
    found: set[tuple[int, int]] = set()
    for at in _DATE.finditer(_NUMERALS.sub(lambda one: str(_number(one.group())), view(text))):
        day = int(at["day"])
        found.add((int(at["month"]), day) if at["month"] else _next(today, day))
    for code, pattern in words.codes("moments.ahead").items():
        if pattern.search(text):
            found.add(_month_day(today + timedelta(days=int(code))))
    for code, pattern in words.codes("moments.weekday").items():
        if pattern.search(text):
            found.add(_month_day(today + timedelta(days=(int(code) - today.isoweekday()) % _WEEK)))
    return found


def _number(numerals: str) -> int:
    """十二, 二十三, 三."""
    tens, ten, ones = numerals.rpartition("十")
    units = "零一二三四五六七八九"
    if not ten:
        return units.index(numerals[-1])
    return 10 * (units.index(tens) if tens in units and tens else 1) + (units.index(ones) if ones else 0)


def _next(today: date, day: int) -> tuple[int, int]:
    """The next such day of a month."""
    ahead = (today + timedelta(days=more) for more in range(31))
    return next((_month_day(one) for one in ahead if one.day == day), (0, day))


def _month_day(one: date) -> tuple[int, int]:
    return one.month, one.day
