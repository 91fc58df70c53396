"""One form of a sentence for all models, with the way back to what was really typed.

Full-width and traditional characters, stretched ones ("急急急急急"), pasted order cards, links and the placeholders of
de-identified logs all mean the same thing in many shapes. The models read the normalised text; entities are found in it
and reported by their place in the ORIGINAL, so every normalised character remembers where it came from.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.text.placeholders import placeholders
from bot.text.simplified import simplified

LONGEST = 1000
"""Characters that the models look at. A turn carries at most 1000; more of a pasted page never changes its topic."""

STRETCH = 3
"""A character repeated more often than this is cut to this many: "好好好" is a word, "好好好好好好" only its echo."""

_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f\u200e\u200f")


@dataclass(frozen=True)
class Normalised:
    """`text` for the models; `starts[i]`, `ends[i]`: the span in `original` that character i stands for."""

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of the normalised characters start..end (end exclusive, at least one character)."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no such span: {start}..{end} of {len(self.text)}")
        return self.starts[start], self.ends[end - 1]

    def words(self, start: int, end: int) -> str:
        """What was really typed for the normalised characters start..end."""
        begin, stop = self.span(start, end)
        return self.original[begin:stop]


def normalised(original: str) -> Normalised:
    """The normal form. Never fails, whatever is typed; an empty text stays empty."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    folded = simplified(original[:LONGEST])
    for i, char in enumerate(folded):
        for piece in _folded(char):
            run = len(chars) >= STRETCH and all(c == piece for c in chars[-STRETCH:])
            if run and not piece.isnumeric() and piece not in "幺两":
                ends[-1] = i + 1
                continue
            if piece == " " and chars and chars[-1] == " ":
                ends[-1] = i + 1
                continue
            chars.append(piece)
            starts.append(i)
            ends.append(i + 1)
    return _without_boilerplate(original, "".join(chars), starts, ends)


def _folded(char: str) -> str:
    """One original character in its plain form: half-width, lower case, any blank a space, invisible ones gone."""
    if char in _INVISIBLE:
        return ""
    if char == "\n":
        return "\n"
    if char.isspace() or unicodedata.category(char) == "Cc":
        return " "
    code = ord(char)
    if 0x21 <= code <= 0x7E:
        return char.lower()
    if code >= 0x2000:
        plain = unicodedata.normalize("NFKC", char)
        if len(plain) == 1 or plain.isascii():
            return plain.lower()
    return char


def _without_boilerplate(original: str, text: str, starts: list[int], ends: list[int]) -> Normalised:
    """Each boilerplate stretch becomes its one-character sign, which stands for the whole stretch."""
    pieces: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    at = 0
    for begin, end, sign in placeholders(text):
        pieces.append(text[at:begin] + sign)
        new_starts += starts[at:begin] + [starts[begin]] * len(sign)
        new_ends += ends[at:begin] + [ends[end - 1]] * len(sign)
        at = end
    pieces.append(text[at:])
    new_starts += starts[at:]
    new_ends += ends[at:]
    joined = "".join(pieces)
    left = len(joined) - len(joined.lstrip())
    right = len(joined.rstrip())
    right = max(right, left)
    return Normalised(
        original, joined[left:right], tuple(new_starts[left:right]), tuple(new_ends[left:right])
    )


_PUNCTUATION = re.compile(r"[\s\W_]+")


def bare(text: str) -> str:
    """Only letters, digits and characters of the normal form: what two sentences are compared by."""
    return _PUNCTUATION.sub("", normalised(text).text)
