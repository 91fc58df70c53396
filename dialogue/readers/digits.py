"""Numbers as people type and dictate them: full-width, 二零二六, 幺三八, O for 0, blanks and dashes between groups.

The view has a character for every character of the text, so places found in it are places in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_SPOKEN = str.maketrans("零〇空一二三四五六七八九幺两", "00012345678912")
_SPOKEN_RUN = re.compile(r"[零〇空一二三四五六七八九幺两](?:[ -]?[零〇空一二三四五六七八九幺两]){3,}")
_TYPED_RUN = re.compile(r"(?<![A-Za-z0-9])[0-9OoIl]{5,}(?![A-Za-z0-9])")
_LOOK_ALIKE = str.maketrans("OoIl", "0011")
_GROUPS = re.compile(r"(?<![A-Za-z0-9.])\d+(?:[ \n-]\d+)*(?![A-Za-z0-9])")
_GROUP = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Group:
    """Digits without a gap, and where they stand."""

    digits: str
    start: int
    end: int


def view(text: str) -> str:
    """The text with every number in plain digits, e-mail addresses blanked out; same length, same places."""
    folded = "".join(_folded(one) for one in text)
    folded = EMAIL.sub(lambda found: " " * len(found.group()), folded)
    folded = _SPOKEN_RUN.sub(lambda found: found.group().translate(_SPOKEN), folded)
    return _TYPED_RUN.sub(
        lambda found: (
            found.group().translate(_LOOK_ALIKE) if _mostly_digits(found.group()) else found.group()
        ),
        folded,
    )


def sequences(viewed: str) -> Iterator[list[Group]]:
    """Groups of digits with no more than one blank or dash between them, from left to right."""
    for found in _GROUPS.finditer(viewed):
        yield [
            Group(one.group(), found.start() + one.start(), found.start() + one.end())
            for one in _GROUP.finditer(found.group())
        ]


def joined(groups: list[Group]) -> Group:
    """Several groups as one number."""
    return Group("".join(one.digits for one in groups), groups[0].start, groups[-1].end)


def is_spoken(text: str, group: Group) -> bool:
    """Was it written in Chinese numerals?"""
    return not any(one.isdigit() and one.isascii() for one in _plain(text[group.start : group.end]))


def _plain(text: str) -> str:
    return "".join(_folded(one) for one in text)


def _folded(one: str) -> str:
    folded = unicodedata.normalize("NFKC", one)
    return folded if len(folded) == 1 else one


def _mostly_digits(token: str) -> bool:
    return 2 * sum(one.isdigit() for one in token) > len(token)
