"""Do the words say that it is *not* that? "不是要退货，是要维修": no return. Words: data/dialogue/negation.yml.

Only the clause counts. A negation before the words reaches over a few light words (要, 给我, 现在); "退货就不用了" negates
from behind; "能不能退货", "不是说好退货吗" and the second half of 没说不要 negate nothing.
"""

from __future__ import annotations

import re

from dialogue.readers.sentence import sentence_of
from dialogue.reading import Span
from dialogue.words import Words

#: What parts the two halves of a question of yes or no.
_NOT = frozenset("不没")


def negated(text: str, span: Span, words: Words) -> bool:
    """Is the stretch `span` of the text negated in its clause?"""
    clause = sentence_of(text, span)
    start, end = span[0] - clause.start, min(span[1] - clause.start, len(clause.text))
    told = clause.text
    harmless = [(one.start, one.end) for one in words.find("negation.never", told)]
    if _negated_before(told, start, harmless, words):
        return True
    if _wishes_money(told[:start], told[end:], words):
        return False
    return _negated_after(told[end:], words)


def asked_either_way(text: str, span: Span) -> bool:
    """稳不稳, 响不响: words that begin inside a question of yes or no tell nothing."""
    start = span[0]
    return 0 < start < len(text) - 1 and text[start] in _NOT and text[start - 1] == text[start + 1]


def _wishes_money(before: str, rest: str, words: Words) -> bool:
    """能不能直接退款不要了: the goods are not wanted, the money is."""
    wished = any(hit.end == len(before) for hit in words.find("negation.wished", before))
    return wished and words.pattern("negation.gives_up_goods").match(rest) is not None


def _negated_before(told: str, start: int, harmless: list[Span], words: Words) -> bool:
    """Counts the negations that reach the words, from the nearest to the left: two of them make a yes."""
    count, at, nearest = 0, start, ""
    while (found := _reaching(told, at, harmless, words)) is not None:
        word = told[found[0] : found[1]]
        if word != nearest:  # 不要不要 is one negation
            count += 1
        at, nearest = found[0], word
    return count % 2 == 1


def _reaching(told: str, at: int, harmless: list[Span], words: Words) -> Span | None:
    """The negation nearest to the left of `at` that only light words part from it, the longest one that ends there."""
    gap_limit = int(words.limits["negation_gap"])
    light = _only_light(words)
    before = words.pattern("negation.before")
    for end in range(at, max(0, at - gap_limit) - 1, -1):
        if light.fullmatch(told, end, at) is None:
            continue
        for start in range(max(0, end - 4), end):
            if before.fullmatch(told, start, end) and not _inside(start, end, harmless):
                return start, end
    return None


def _negated_after(rest: str, words: Words) -> bool:
    return words.pattern("negation.after").match(rest) is not None if rest else False


def _only_light(words: Words) -> re.Pattern[str]:
    return re.compile(f"(?:{words.pattern('negation.light').pattern})*")  # re keeps compiled patterns


def _inside(start: int, end: int, spans: list[Span]) -> bool:
    return any(one[0] < end and start < one[1] for one in spans)
