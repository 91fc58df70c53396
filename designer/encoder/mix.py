"""How much the encoder counts beside the linear model, and how sure the mix may be: chosen on sentences kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.encoder.encoder import Encoder
from bot.encoder.reading import encoder_text
from bot.intent.categories import category_of
from bot.intent.linear import LinearIntentModel
from bot.intent.mixed import FLOOR
from bot.intent.prepared import Prepared
from bot.text.normalise import normalised
from bot.text.prepare import prepared
from bot.text.words import Words, dictionary_lines
from designer.contestants import shipped_options
from designer.encoder.examples import Example
from designer.inputs import ROOT
from designer.nlu_files import read_examples, read_tsv

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
TEMPERATURES = tuple(0.5 + 0.1 * i for i in range(40))
NEAR = 0.001
"""Among weights that are right equally often up to this share, the smallest is taken."""
DEVELOPMENT = ROOT / "tests" / "nlu" / "development.tsv"
"""Turns that resemble the training sentences: held-out blocks alone would make the linear model look worse than it is."""


class Beliefs:
    """Sentences that neither model has seen: `texts` as the encoder reads them, the linear model's probabilities by
    category, the true categories (columns of `categories`). The first `apart` are held-out blocks, the rest turns."""

    texts: list[str]
    linear: Any
    true: Any
    categories: list[str]
    apart: int


def linear_beliefs(examples: Sequence[Example]) -> Beliefs:
    """Train a linear model without the sentences kept apart and ask it about them and about the development turns."""
    words = Words(dictionary_lines(ROOT / "data" / "nlu" / "jieba"))
    sentences: list[Prepared] = []
    intents, apart = [], []
    labelled = [e for e in examples if e.intent]
    for one, example in zip(read_examples(), labelled, strict=True):
        sentences.append(prepared(normalised(one.text), words))
        intents.append(one.intent)
        apart.append(example.apart)
    model = LinearIntentModel(**shipped_options())
    inside = [i for i, out in enumerate(apart) if not out]
    model.fit([sentences[i] for i in inside], [intents[i] for i in inside])
    told = Beliefs()
    told.categories = sorted({category_of(intent) for intent in intents})
    outside = [i for i, out in enumerate(apart) if out]
    turns = [columns for _, columns in read_tsv(DEVELOPMENT)]
    asked = [*(sentences[i] for i in outside), *(prepared(normalised(c[0]), words) for c in turns)]
    true = [*(category_of(intents[i]) for i in outside), *(c[1].strip() for c in turns)]
    told.texts = [encoder_text(one.text) for one in asked]
    found = [model.probabilities(one) for one in asked]
    told.linear = by_category(found, model.labels, told.categories)
    told.true = np.array([told.categories.index(one) for one in true])
    told.apart = len(outside)
    return told


def by_category(rows: Any, labels: Sequence[str], categories: Sequence[str]) -> Any:
    """Probabilities of intents added up by category."""
    rows = np.asarray(rows)
    out = np.zeros((len(rows), len(categories)))
    for column, label in enumerate(labels):
        out[:, categories.index(category_of(label))] += rows[:, column]
    return out


def chosen_mix(told: Beliefs, encoder: Any) -> dict[str, Any]:
    """Weight, temperature, and the figures of every weight tried. `encoder`: its probabilities by category."""
    held_out = slice(0, told.apart)
    turns = slice(told.apart, None)

    def scores(weight: float) -> Any:
        return np.log(told.linear + FLOOR) + weight * np.log(encoder + FLOOR)

    def right(found: Any, part: slice) -> float:
        return float((found[part].argmax(1) == told.true[part]).mean())

    tried = {w: (right(scores(w), held_out), right(scores(w), turns)) for w in WEIGHTS}
    best = max(map(sum, tried.values()))
    weight = min(w for w, pair in tried.items() if sum(pair) >= best - 2 * NEAR)

    def unlikelihood(temperature: float) -> float:
        scaled = scores(weight) / temperature
        scaled = scaled - scaled.max(1, keepdims=True)
        log_odds = np.log(np.exp(scaled).sum(1)) - scaled[np.arange(len(told.true)), told.true]
        return float(log_odds[held_out].mean() + log_odds[turns].mean())

    temperature = min(TEMPERATURES, key=unlikelihood)
    return {
        "weight": weight,
        "temperature": round(temperature, 2),
        "sentences": {"held_out": told.apart, "development": len(told.true) - told.apart},
        "linear": [round(right(told.linear, part), 4) for part in (held_out, turns)],
        "encoder": [round(right(encoder, part), 4) for part in (held_out, turns)],
        "tried": {str(w): [round(one, 4) for one in pair] for w, pair in tried.items()},
    }


def question_temperature(encoder: Encoder, examples: Sequence[Example]) -> float:
    """The temperature at which the head of the known questions is as sure as it is right, on sentences kept apart. `encoder`
    with the temperature 1. Known questions and ordinary sentences count the same, many as the latter are."""
    told = [e for e in examples if e.apart and e.question is not None]
    chances = [encoder.encode(e.text).questions for e in told]
    whole = np.log(np.maximum([[*c, max(0.0, 1 - float(c.sum()))] for c in chances], 1e-9))
    places = {entry: place for place, entry in enumerate(encoder.questions)} | {"": len(encoder.questions)}
    true = np.array([places[str(e.question)] for e in told])
    asked = true < len(encoder.questions)

    def unlikelihood(temperature: float) -> float:
        scaled = whole / temperature
        scaled = scaled - scaled.max(1, keepdims=True)
        log_odds = np.log(np.exp(scaled).sum(1)) - scaled[np.arange(len(true)), true]
        return float(log_odds[asked].mean() + log_odds[~asked].mean())

    if not asked.any() or asked.all():
        return 1.0
    best: float = min(TEMPERATURES, key=unlikelihood)
    return round(best, 2)
