"""A sentence as intent and emotion models read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prepared:
    """Normalised text and its words. Everything a model behind the classifier may look at."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Segment:
    """A stretch of a turn that could be a matter of its own: its place in the normalised text, and as models read it."""

    start: int
    end: int
    sentence: Prepared
