"""The words that name a matter outright (退货, 开发票), wanted or refused: data/dialogue/acts.yml, by intent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dialogue.readers.negation import negated
from dialogue.reading import Span
from dialogue.words import Words


@dataclass(frozen=True, slots=True)
class Act:
    """Words of a matter; `refused`: the customer says that it is not wanted."""

    intent: str
    span: Span
    refused: bool


@lru_cache(maxsize=1024)
def acts(text: str, words: Words) -> Sequence[Act]:
    """Every matter that the text names, from left to right. Where one name holds another (取消订单, 取消) the longer counts."""
    found: list[Act] = []
    for intent, pattern in words.codes("acts").items():
        for one in pattern.finditer(text):
            if one.end() > one.start():
                found.append(Act(intent, one.span(), _refused(text, one.span(), words)))
    kept = [one for one in found if not any(_holds(other.span, one.span) for other in found)]
    return tuple(sorted(kept, key=lambda one: one.span))


def _refused(text: str, span: Span, words: Words) -> bool:
    """Not wanted, unless the customer waits for it (怎么还没退款)."""
    if not negated(text, span, words):
        return False
    return not any(
        one.end <= span[0] <= one.end + 2 for one in words.find("negation.awaited", text[: span[1]])
    )


def _holds(longer: Span, shorter: Span) -> bool:
    inside = longer[0] <= shorter[0] and shorter[1] <= longer[1]
    return inside and longer[1] - longer[0] > shorter[1] - shorter[0]
