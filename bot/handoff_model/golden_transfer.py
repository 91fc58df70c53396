"""Golden transfer within tolerance (GT-T, Liu et al., AAAI 2021): how near the predicted handoffs are to the true ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def golden_transfer(
    truth: Sequence[int], predicted: Sequence[int], tolerance: int, lam: float = 0.0
) -> float:
    """GT-T of one session, from the positions' 0/1 lists. Both empty 1, exactly one empty 0.

    Else the mean over predicted p of the best exp(-(p-q)² / (2 T²) · 1/(1 - λ·sign(p-q))) over true q.
    """
    true_at = [i for i, v in enumerate(truth) if v]
    said_at = [i for i, v in enumerate(predicted) if v]
    if not true_at and not said_at:
        return 1.0
    if not true_at or not said_at:
        return 0.0
    return sum(max(_nearness(p, q, tolerance, lam) for q in true_at) for p in said_at) / len(said_at)


def _nearness(p: int, q: int, tolerance: int, lam: float) -> float:
    sign = (p > q) - (p < q)
    return math.exp(-((p - q) ** 2) / (2 * tolerance**2) / (1 - lam * sign))


def mean_golden_transfer(
    sessions: Iterable[tuple[Sequence[int], Sequence[int]]], tolerance: int, lam: float = 0.0
) -> float:
    """GT-T averaged over sessions of (truth, predicted)."""
    scores = [golden_transfer(truth, predicted, tolerance, lam) for truth, predicted in sessions]
    return sum(scores) / len(scores) if scores else 0.0
