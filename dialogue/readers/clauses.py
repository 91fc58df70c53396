"""Parts of a message that stand for themselves: between marks and blanks, and before words that begin something else."""

from __future__ import annotations

from collections.abc import Iterable

from dialogue.readers.coverage import score
from dialogue.reading import Span
from dialogue.words import Words

#: An answer that is a clause beside others counts nearly like one that is the whole message.
_BESIDE = 0.93


def clauses(text: str, words: Words) -> list[Span]:
    """The clauses with the marks that end them, from left to right, covering the whole text."""
    cuts = sorted({one.end() for one in words.pattern("reading.clause").finditer(text)} | {0, len(text)})
    return [(start, end) for start, end in zip(cuts, cuts[1:], strict=False) if end > start]


def clause_of(text: str, span: Span, words: Words) -> Span:
    """The clause in which these words begin."""
    return next((one for one in clauses(text, words) if one[0] <= span[0] < one[1]), (0, len(text)))


def score_in_clause(text: str, spans: Iterable[Span], words: Words) -> float:
    """How surely words mean a value: by their share of the message or, nearly as sure, of their clause."""
    places = list(spans)
    best = score(text, places, words)
    for start, end in clauses(text, words):
        inside = [(max(a, start) - start, min(b, end) - start) for a, b in places if a < end and start < b]
        if inside and (start, end) != (0, len(text)):
            best = max(best, _BESIDE * score(text[start:end], inside, words))
    return best
