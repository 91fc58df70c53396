"""Sentences that are the same but for a particle or a product name: found fast, by character pairs. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

ALIKE = 0.8
"""Share of common character pairs (Jaccard) from which two sentences of one intent count as one."""


def pairs_of(text: str) -> frozenset[str]:
    """The character pairs of a bare text; a single character is its own pair."""
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset([text])


def near_duplicates(texts: Sequence[str], alike: float = ALIKE) -> Iterator[tuple[int, int]]:
    """Positions (earlier, later) of sentences that are alike. Each later one is reported once.

    Only sentences that share one of their rarest pairs are compared: two sets that are .8 alike must.
    """
    grams = [pairs_of(text) for text in texts]
    rarity = Counter(pair for gram in grams for pair in gram)
    index: dict[str, list[int]] = {}
    for later, gram in enumerate(grams):
        rarest = sorted(gram, key=lambda pair: (rarity[pair], pair))
        prefix = rarest[: len(gram) - math.ceil(alike * len(gram)) + 1]
        for earlier in sorted({i for pair in prefix for i in index.get(pair, ())}):
            other = grams[earlier]
            if len(gram & other) >= alike * len(gram | other):
                yield earlier, later
                break
        for pair in prefix:
            index.setdefault(pair, []).append(later)
