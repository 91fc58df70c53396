"""The fallback rule: is an answer of the intent model good enough to act on? Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

SERVICE = "service."


def fallback_kind(
    ranking: Sequence[tuple[str, float]],
    category_of: Callable[[str], str],
    threshold: float,
    ambiguity: float,
    ambiguity_below: float,
) -> str | None:
    """None: act. `unsure`: not understood. `ambiguous`: the first two categories are close and both are issues.

    `ranking` is by category (bot/intent/ranking.py). Small talk is never asked about: between an issue and a greeting
    the issue's own confidence decides.
    """
    if not ranking or ranking[0][1] < threshold:
        return "unsure"
    if len(ranking) < 2:
        return None
    (first, p1), (second, p2) = ranking[0], ranking[1]
    issues = not category_of(first).startswith(SERVICE) and not category_of(second).startswith(SERVICE)
    if issues and p1 < ambiguity_below and p1 - p2 < ambiguity:
        return "ambiguous"
    return None
