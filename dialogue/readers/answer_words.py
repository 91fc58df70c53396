"""Is a text nothing but certain words and the light words around them (answers.lead, answers.tail)?

The text is taken word by word, the longest first and without going back, so the time grows with its length only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from dialogue.reading import Span
from dialogue.words import Words

_UNIT = "unit"
#: Marks that are no words; emoji that answer are words of answers.yml.
_MARK = r"[^\w👌👍✅🆗❌🙅👎]"


def only(text: str, units: Sequence[str], words: Words) -> bool:
    """At least one of `units` (regular expressions), and nothing else but light words and marks."""
    return _parts(text, tuple(units), words) == {_UNIT}


def is_passive(text: str, words: Words) -> bool:
    """Nothing but light words, thanks, "wait" and marks: no matter and no answer."""
    return _parts(text, (), words, words.lists["answers.later"].words) is not None


def share(text: str, span: Span, words: Words) -> float:
    """How surely the words at `span` are the answer: the more of the message they are; whole when only light words are left."""
    limits = words.limits
    if is_passive(f"{text[: span[0]]} {text[span[1] :]}", words):
        return limits["whole_answer"]
    part = (span[1] - span[0]) / max(1, len(text))
    return limits["other_matter"] + (limits["whole_answer"] - limits["other_matter"]) * part


def _parts(
    text: str, units: tuple[str, ...], words: Words, more_light: tuple[str, ...] = ()
) -> set[str] | None:
    """The kinds of words that make up the text; None when something else is in it."""
    lead, tail = words.lists["answers.lead"].words, words.lists["answers.tail"].words
    word = _word(units, (*lead, *tail, *more_light))
    found: set[str] = set()
    at = 0
    while at < len(text):
        match = word.match(text, at)
        if match is None or match.end() == at:
            return None
        if match.lastgroup:
            found.add(match.lastgroup)
        at = match.end()
    return found


@lru_cache(maxsize=256)
def _word(units: tuple[str, ...], light: tuple[str, ...]) -> re.Pattern[str]:
    """One word at a place, long ones first, `unit` before light ones."""
    longest = "|".join(sorted(units, key=len, reverse=True)) or "(?!)"
    others = "|".join(sorted(light, key=len, reverse=True))
    return re.compile(f"(?P<{_UNIT}>(?:{longest}))|(?:{others}|{_MARK})", re.IGNORECASE)
