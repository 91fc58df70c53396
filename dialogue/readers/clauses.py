"""Parts of a message that stand for themselves: between marks and blanks, and before words that begin something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dialogue.reading import Span

_END = re.compile(r"[，,。；;！!？?、\s]+|(?=顺便|另外|还有|对了|但是|不过|而且)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the text and where it begins, with the marks that end it."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def clauses(text: str) -> Iterator[Clause]:
    """The clauses from left to right; together they are the text."""
    start = 0
    for found in _END.finditer(text):
        if found.end() > start:
            yield Clause(start, text[start : found.end()])
            start = found.end()
    if start < len(text):
        yield Clause(start, text[start:])


def clause_of(text: str, span: Span) -> Clause:
    """The clause in which the words at `span` begin."""
    return next((one for one in clauses(text) if one.start <= span[0] < one.end), Clause(0, text))
