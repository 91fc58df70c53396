"""What the exported encoder tells of sentences that it has not seen: accuracy, areas under curves, thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.encoder.encoder import Encoded, Encoder
from bot.encoder.reading import WATCHERS
from bot.intent.categories import category_of
from designer.encoder.examples import Example

SURE = 0.5
"""From this chance on a known question counts as asked (data/dialogue/limits.yml, known_least)."""
CALM, ANGRY = 0.15, 0.6
"""Graded labels above the first are displeased, from the second on angry."""


def held_out_figures(encoder: Encoder, apart: Sequence[Example]) -> dict[str, Any]:
    """By head, on examples kept apart."""
    told = [encoder.encode(e.text) for e in apart]
    return {
        "intent": _intents(encoder, apart, told),
        "mood": _moods(apart, told),
        "question": question_figures(encoder, apart, told),
        "watch": {name: _watcher(name, apart, told) for name in WATCHERS},
    }


def _intents(encoder: Encoder, apart: Sequence[Example], told: Sequence[Encoded]) -> dict[str, Any]:
    rows = [
        (e.intent, encoder.intents[int(t.intents.argmax())])
        for e, t in zip(apart, told, strict=True)
        if e.intent
    ]
    right = np.mean([one == two for one, two in rows])
    category = np.mean([category_of(str(one)) == category_of(two) for one, two in rows])
    return {"sentences": len(rows), "intent": round(float(right), 4), "category": round(float(category), 4)}


def question_figures(encoder: Encoder, apart: Sequence[Example], told: Sequence[Encoded]) -> dict[str, Any]:
    """Known questions that are found first, and at half a chance; ordinary sentences that are taken for one at that."""
    rows = [(e.question, t.questions) for e, t in zip(apart, told, strict=True) if e.question is not None]
    asked = [(encoder.questions.index(one), found) for one, found in rows if one]
    ordinary = np.array([found.max() for one, found in rows if not one])
    if not asked:
        return {"sentences": 0}
    first = [int(found.argmax()) == one for one, found in asked]
    sure = [int(found.argmax()) == one and found.max() >= SURE for one, found in asked]
    wrong = [int(found.argmax()) != one and found.max() >= SURE for one, found in asked]
    return {
        "sentences": len(asked),
        "first": round(float(np.mean(first)), 4),
        "sure": round(float(np.mean(sure)), 4),
        "sure_but_wrong": round(float(np.mean(wrong)), 4),
        "ordinary_sentences": len(ordinary),
        "ordinary_taken": round(float((ordinary >= SURE).mean()), 4),
    }


def _moods(apart: Sequence[Example], told: Sequence[Encoded]) -> dict[str, Any]:
    rows = [
        (e.mood, t.mood) for e, t in zip(apart, told, strict=True) if e.mood is not None and e.trust == 1.0
    ]
    true, said = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    return {
        "sentences": len(rows),
        "auc_calm": area(said, true > CALM),
        "auc_angry": area(said, true >= ANGRY),
        "mean_error": round(float(np.abs(true - said).mean()), 3),
    }


def _watcher(name: str, apart: Sequence[Example], told: Sequence[Encoded]) -> dict[str, Any]:
    rows = [
        (e.watched[name], t.watched[name])
        for e, t in zip(apart, told, strict=True)
        if name in e.watched and name not in e.hardly and e.trust == 1.0
    ]
    true, said = np.array([r[0] for r in rows]) > 0.5, np.array([r[1] for r in rows])
    hit = int((true & (said > 0)).sum())
    return {
        "sentences": len(rows),
        "auc": area(said, true),
        "precision": round(hit / max(1, int((said > 0).sum())), 3),
        "recall": round(hit / max(1, int(true.sum())), 3),
    }


def area(scores: Any, true: Any) -> float:
    """Area under the ROC curve: the chance that a true one scores above a false one (ties half)."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    yes, no = int(true.sum()), int((~true).sum())
    if not yes or not no:
        return float("nan")
    return round(float((ranks[true].sum() - yes * (yes + 1) / 2) / (yes * no)), 4)
