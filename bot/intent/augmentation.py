"""Data augmentation: training copies of a sentence with a greeting, an order card or a thank-you added. Pure.

Real customers paste order cards and say "亲在吗" in the same breath; sentences written down as examples rarely carry any
of it. Without these copies an added greeting cost 5 points of accuracy and an added ending 6 on the test turns, with them 2
(docs/reports/intent.md). Copies are made of intents that raise an issue only: "你好 谢谢" must stay small talk.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from bot.intent.prepared import Prepared
from bot.text.placeholders import EMOTE, GOODS, LINK, NUMBER, ORDER, PICTURE

OPENING_INTENTS, ENDING_INTENTS = ("greet", "affirm", "deny", "ask_human"), ("thanks", "greet")
LONGEST = 6
"""Characters of a greeting or a thank-you that is added; longer ones are messages of their own."""
CARDS = (ORDER, EMOTE, LINK, PICTURE, GOODS, NUMBER)
ENDING_PARTICLES = "啊呢哦哈吧嘛呀急亲"
NOT_AUGMENTED = ("service.social", "service.other")
BLANK = 0.4
"""Share of copies with a blank between the parts."""
BOTH = 0.15
"""Share of copies with something on either side."""


def augmented(
    sentences: Sequence[Prepared], intents: Sequence[str], categories: Sequence[str], share: float
) -> tuple[list[Prepared], list[int]]:
    """Copies of about `share` (0 to 1) of the sentences, and the position of the sentence each is a copy of.

    The same input gives the same copies.
    """
    cards = [Prepared(sign, (sign,)) for sign in CARDS]
    particles = [Prepared(sign, (sign,)) for sign in ENDING_PARTICLES]
    openings = [*_short(sentences, intents, OPENING_INTENTS), *cards * 10]
    endings = [*_short(sentences, intents, ENDING_INTENTS), *cards * 8, *particles * 4]
    random = Random(7)
    copies: list[Prepared] = []
    sources: list[int] = []
    for i, sentence in enumerate(sentences):
        if categories[i] in NOT_AUGMENTED or random.random() >= share:
            continue
        side = random.random()
        blank = " " if random.random() < BLANK else ""
        copy = sentence
        if side < 0.5 + BOTH / 2:
            copy = _joined(random.choice(openings), blank, copy)
        if side >= 0.5 - BOTH / 2:
            copy = _joined(copy, blank, random.choice(endings))
        copies.append(copy)
        sources.append(i)
    return copies, sources


def _short(sentences: Sequence[Prepared], intents: Sequence[str], wanted: tuple[str, ...]) -> list[Prepared]:
    return [s for s, i in zip(sentences, intents, strict=True) if i in wanted and 0 < len(s.text) <= LONGEST]


def _joined(first: Prepared, blank: str, second: Prepared) -> Prepared:
    return Prepared(first.text + blank + second.text, first.words + second.words)
