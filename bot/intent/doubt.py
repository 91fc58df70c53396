"""Is an answer of the intent model good enough to act on? Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

SERVICE = "service."


def doubt(
    ranking: Sequence[tuple[str, float]],
    category_of: Callable[[str], str],
    threshold: float,
    ambiguity: float,
    ambiguity_below: float,
) -> str | None:
    """None: act. `unsure`: not understood. `ambiguous`: the first two are close and it matters which.

    It matters only between two different issues: small talk is never asked about, and neither are two intents of one
    category, which are answered alike. The confidence compared with `threshold` is the category's: two intents that
    share it support each other.
    """
    if not ranking:
        return "unsure"
    (first, p1) = ranking[0]
    together = sum(p for name, p in ranking if category_of(name) == category_of(first))
    if together < threshold:
        return "unsure"
    if len(ranking) < 2 or p1 >= ambiguity_below:
        return None
    second, p2 = ranking[1]
    issue = not category_of(first).startswith(SERVICE) and not category_of(second).startswith(SERVICE)
    if issue and category_of(first) != category_of(second) and p1 - p2 < ambiguity:
        return "ambiguous"
    return None
