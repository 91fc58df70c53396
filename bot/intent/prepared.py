"""A sentence as intent and emotion models read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prepared:
    """Normalised text and its words. Everything a model behind the classifier may look at."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """One of several utterances of a turn: as typed (normalised) and as models read it."""

    text: str
    sentence: Prepared
