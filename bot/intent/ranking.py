"""From a probability per intent to a ranking of issues. Pure.

Why by category: two intents of one category are answered alike and split one belief between them; adding them up first
is what makes the category right more often, and a question "A or B?" is only worth asking between categories.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Ranking = list[tuple[str, float]]


def ranked(
    labels: Sequence[str], probabilities: Sequence[float], category_of: Callable[[str], str]
) -> Ranking:
    """(likeliest intent of a category, probability of the category), the likeliest category first."""
    together: dict[str, float] = {}
    best: dict[str, tuple[float, str]] = {}
    for label, p in zip(labels, probabilities, strict=True):
        category = category_of(label)
        together[category] = together.get(category, 0.0) + float(p)
        if category not in best or p > best[category][0]:
            best[category] = (float(p), label)
    order = sorted(together, key=lambda c: (-together[c], c))
    return [(best[c][1], min(1.0, together[c])) for c in order]
