"""Numbers that customers write in figures or in characters: 3, 三, 俩, 十二. Pure."""

from __future__ import annotations

_DIGITS = {one: place for place, one in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3}
_TEN = "十"


def number_of(text: str) -> int:
    """The number that digits or Chinese numerals up to 99 say; 0 for what is none."""
    if text.isascii() and text.isdigit():
        return int(text)
    tens, has_ten, ones = text.rpartition(_TEN)
    if not has_ten:
        return _DIGITS.get(text, 0)
    return 10 * _DIGITS.get(tens, 1 if not tens else 0) + _DIGITS.get(ones, 0)
