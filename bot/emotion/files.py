"""The graded sentences of data/emotion. Pure but for the reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.emotion.lexicon import MOODS

HEATS = dict(zip(MOODS, (0.05, 0.4, 0.85), strict=True))
"""Where the three words of train.tsv stand on the scale of graded.tsv."""
LEAST, MOST = 0.03, 0.97
"""Nobody is quite sure of a mood."""
BLOCK, PARTS = 20, 12
"""Neighbouring sentences (writers vary one idea in a row), of which one block of so many is kept apart: neither the encoder nor
the spelling learns from it, so that the two can be weighed on it."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A sentence and its heat, 0 calm to 1 furious. `apart`: kept out of training."""

    text: str
    heat: float
    apart: bool


def read_graded(folder: Path) -> Iterator[Graded]:
    """Every sentence of train.tsv (sentence, mood) and graded.tsv (heat, sentence), in a fixed order.

    Lines that are not so, and comments, are the data check's business and left out here.
    """
    for number, (text, mood) in enumerate(read_sentences(folder / "train.tsv")):
        yield Graded(text, HEATS[mood], _apart(number, 3))
    for number, (heat, text) in enumerate(_rows(folder / "graded.tsv")):
        yield Graded(text, min(MOST, max(LEAST, float(heat))), _apart(number, 5))


def read_sentences(file: Path) -> list[tuple[str, str]]:
    """(sentence, mood) of a file whose lines are so, unknown moods left out."""
    return [(text, mood) for text, mood in _rows(file) if mood in MOODS]


def _rows(file: Path) -> Iterator[tuple[str, str]]:
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        first, tab, second = line.partition("\t")
        if tab and not line.startswith("#") and first.strip() and second.strip():
            yield first.strip(), second.strip()


def _apart(number: int, shift: int) -> bool:
    return number // BLOCK % PARTS == shift
