"""Several issues in one turn: the other ones are noticed and kept for after the main one. Pure.

A turn may carry up to five messages and people put two matters into one ("到哪了 还有发票怎么开"). The whole text decides
the main issue; each part that on its own is surely about another issue is reported beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.intent.ranking import Ranking

_PART = re.compile(r"[^\n。！？!?；;]+")
_LINKS = re.compile(
    r"\s{2,}|[,，](?=\s*(?:还有|另外|再|顺便|对了))|\s(?=(?:还有|另外|顺便|对了))|(?<=[^\s])(?=(?:另外|顺便问|对了)[^\s])"
)
SHORTEST = 4
"""Characters a part needs to be an issue of its own."""
SURE = 0.6
MOST = 2
WEIGHTS = ("service", "presale", "insale", "aftersale", "complaint")
"""Stages from the lightest to the weightiest."""


def parts(text: str) -> list[str]:
    """The separate utterances of a normalised text; empty when there is only one."""
    found = [piece.strip() for part in _PART.findall(text) for piece in _LINKS.split(part)]
    found = [piece for piece in found if len(piece) >= SHORTEST]
    return found if len(found) > 1 else []


def weightiest(
    ranking: Ranking,
    judged: Sequence[tuple[str, Ranking]],
    category_of: Callable[[str], str],
    stage_of: Callable[[str], str],
) -> Ranking:
    """The ranking, with the weightier matter first where a part surely carries one (labelling guide, rule 2).

    "我想退货 还有发票没开" is about the return: a complaint outweighs a return, a return a question, a question small talk.
    """
    best = ranking
    for _, part in judged:
        category = category_of(part[0][0])
        if part[0][1] >= SURE and _weight(category, stage_of) > _weight(category_of(best[0][0]), stage_of):
            best = [part[0], *(r for r in ranking if category_of(r[0]) != category)]
    return best


def _weight(category: str, stage_of: Callable[[str], str]) -> int:
    return WEIGHTS.index(stage_of(category))


def also(
    main: str, judged: Sequence[tuple[str, Ranking]], category_of: Callable[[str], str]
) -> list[dict[str, str]]:
    """Other issues, `[{"intent","text"}]`: each of another category than the main intent and than each other."""
    seen = {category_of(main)}
    found: list[dict[str, str]] = []
    for text, ranking in judged:
        intent, sure = ranking[0]
        category = category_of(intent)
        if sure >= SURE and category not in seen and not category.startswith("service."):
            seen.add(category)
            found.append({"intent": intent, "text": text})
    return found[:MOST]
