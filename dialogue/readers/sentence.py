"""A message in the small sentences that customers part by punctuation, a blank or a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dialogue.reading import Span

_BETWEEN = re.compile(r"[，,。.．！!？?；;、：:~～…\s—]+")
_QUESTION = re.compile(r"[?？]")
#: A dot or colon between digits or Latin letters parts nothing (2.5, 12:30, a@b.cn).
_INSIDE = re.compile(r"(?<=[0-9A-Za-z])[.:](?=[0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch without punctuation; `asks`: a question mark follows it."""

    start: int
    end: int
    text: str
    asks: bool = False

    @property
    def span(self) -> Span:
        return self.start, self.end


@lru_cache(maxsize=1024)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The small sentences of the text, in order; their places are places of the text."""
    kept = _INSIDE.sub("_", text)
    found: list[Sentence] = []
    at = 0
    for gap in [*_BETWEEN.finditer(kept), None]:
        start, end = at, gap.start() if gap else len(text)
        if end > start:
            asks = gap is not None and _QUESTION.search(gap.group()) is not None
            found.append(Sentence(start, end, text[start:end], asks))
        at = gap.end() if gap else at
    return tuple(found)


def sentence_of(text: str, span: Span) -> Sentence:
    """The small sentence in which a stretch begins; the whole text when it begins between two."""
    for one in sentences(text):
        if one.start <= span[0] < one.end:
            return one
    return Sentence(0, len(text), text)
