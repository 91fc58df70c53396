"""What a store's order numbers look like: one setting (ORDER_NO_PATTERN with ORDER_NO_EXAMPLE) for everything that hears them.

A pattern is a row of parts, or several rows parted by `|`. A part is a digit or a capital letter, `\\d` (any digit) or a
class such as `[A-Z]` or `[A-F0-9]`, and may say how often: `{10}`, `{8,12}`. So `20\\d{10}`, `AH\\d{8,10}` or
`[A-Z]{2}\\d{10}|\\d{14}`. No more is allowed, so that no pattern is slow and the beginnings of a number are known too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

PATTERN, EXAMPLE = r"20\d{10}", "202600001234"
SHORTEST, LONGEST = 6, 32
_PART = re.compile(
    r"(?P<of>\\d|[0-9A-Z]|\[(?:[0-9A-Z](?:-[0-9A-Z])?)+\])(?:\{(?P<least>\d{1,2})(?:,(?P<most>\d{1,2}))?\})?"
)
_EDGE, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"


@dataclass(frozen=True, slots=True)
class _Part:
    of: str
    least: int
    most: int

    @property
    def is_digits(self) -> bool:
        return self.of == r"\d" or not re.search("[A-Z]", self.of)


@dataclass(frozen=True)
class OrderNumber:
    """Compiled forms of a pattern; `example` is shown to customers, so it is nobody's number."""

    pattern: str = PATTERN
    example: str = EXAMPLE

    @cached_property
    def here(self) -> re.Pattern[str]:
        """A whole number, in a text or alone; a blank or dash may stand between its letters and its digits."""
        return re.compile(
            f"{_EDGE}(?:{'|'.join(_spaced(row) for row in _rows(self.pattern))}){_END}", re.IGNORECASE
        )

    @cached_property
    def start(self) -> re.Pattern[str]:
        """The first characters of a number, not the whole one."""
        rows = "|".join(_beginning(row) for row in _rows(self.pattern))
        whole = "|".join(_plain(row) for row in _rows(self.pattern))
        return re.compile(f"^(?!(?:{whole})$)(?:{rows})$", re.IGNORECASE)

    def told(self, text: str) -> str:
        """How the order system writes a number that fits."""
        return re.sub(r"[ -]", "", text).upper()


def read_order_number(env: Mapping[str, str]) -> OrderNumber:
    """As the settings say. ValueError (one line) when they cannot be used."""
    pattern, example = env.get("ORDER_NO_PATTERN") or PATTERN, env.get("ORDER_NO_EXAMPLE") or ""
    check_pattern(pattern)
    if not example and pattern != PATTERN:
        raise ValueError(
            "ORDER_NO_PATTERN needs ORDER_NO_EXAMPLE, a number that fits it and belongs to nobody"
        )
    number = OrderNumber(pattern, example or EXAMPLE)
    if number.told(number.example) != number.example or not number.here.fullmatch(number.example):
        raise ValueError(f"ORDER_NO_EXAMPLE {number.example!r} does not fit ORDER_NO_PATTERN {pattern!r}")
    return number


def check_pattern(pattern: str) -> str:
    """ValueError when it is more than the rows of parts described above, or too short or long to be told from other numbers."""
    for row in _rows(pattern):
        least, most = sum(one.least for one in row), sum(one.most for one in row)
        if not (least >= SHORTEST and most <= LONGEST):
            raise ValueError(
                f"an order number has {SHORTEST} to {LONGEST} characters, this would have {least} to {most}"
            )
    return pattern


def _rows(pattern: str) -> list[list[_Part]]:
    return [_row(one) for one in pattern.split("|")]


def _row(text: str) -> list[_Part]:
    parts, at = [], 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            raise ValueError(
                f"{text[at:]!r}: only digits, capital letters, \\d, classes like [A-Z0-9], {{n}} or {{n,m}}, and | between rows"
            )
        least = int(found["least"] or 1)
        most = int(found["most"] or least)
        if most < least:
            raise ValueError(f"{found.group()}: the second number is the larger one")
        try:
            re.compile(found["of"])
        except re.error:
            raise ValueError(f"{found['of']} is no class") from None
        parts.append(_Part(found["of"], least, most))
        at = found.end()
    return parts


def _plain(row: list[_Part]) -> str:
    return "".join(f"{one.of}{{{one.least},{one.most}}}" for one in row)


def _spaced(row: list[_Part]) -> str:
    """With room where letters end and digits begin."""
    told = ""
    for before, one in zip([None, *row], row, strict=False):
        told += "[ -]?" if before and not before.is_digits and one.is_digits else ""
        told += f"{one.of}{{{one.least},{one.most}}}"
    return told


def _beginning(row: list[_Part]) -> str:
    """At least one character, then as much as there is of the row."""
    told = ""
    for one in reversed(row):
        more = f"{one.of}{{{one.least},{one.most}}}{told}" if told else f"{one.of}{{1,{one.most}}}"
        told = f"(?:{more}|{one.of}{{1,{one.most}}})"
    return told
