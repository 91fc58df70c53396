"""How a sentence is spelt and sounds, as a row of numbers for a small linear model beside the encoder. Pure.

Watchers and moods are judged by the encoder's meaning and by this; the weights of the two come from sentences that neither
has seen (docs/reports/encoder.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.intent.features import phonetic_features, text_features, tfidf_row
from bot.intent.prepared import Prepared
from bot.intent.syllables import syllables

CHARACTERS, SYLLABLES, LEAST_SENTENCES = 2, 3, 3
"""Longest n-grams as written and as heard; features of fewer sentences are left out."""
Floats = npt.NDArray[np.float32]
Signs = Callable[[str], Sequence[str]]
"""Further features of a text, by name."""


def no_signs(text: str) -> Sequence[str]:
    """None."""
    return ()


@dataclass(frozen=True)
class Spelling:
    """Features of a vocabulary, and linear models over them. `weights`: a row for each model, the constant last."""

    vocabulary: tuple[str, ...]
    readings: Mapping[str, str]
    idf: Floats
    weights: Floats
    signs: Signs = no_signs
    _places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Where each feature stands."""
        object.__setattr__(self, "_places", {one: place for place, one in enumerate(self.vocabulary)})

    def scores(self, sentence: Prepared) -> Floats:
        """Log odds, one for each model."""
        features = _features(sentence, self.readings, self.signs)
        columns, values = tfidf_row(features, self._places, self.idf)
        result: Floats = self.weights[:, columns] @ values + self.weights[:, -1]
        return result

    def kept(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What `of` takes: a part for JSON, a part for numpy."""
        told = {"vocabulary": self.vocabulary, "readings": dict(self.readings)}
        return told, {"idf": self.idf, "weights": self.weights.astype(np.float16)}

    @classmethod
    def of(cls, told: Mapping[str, Any], arrays: Mapping[str, Any], signs: Signs = no_signs) -> Spelling:
        """As `kept` gave it."""
        weights = arrays["weights"].astype(np.float32)
        return cls(tuple(told["vocabulary"]), told["readings"], arrays["idf"], weights, signs)


def spelled(
    sentences: Sequence[Prepared], fit: Callable[[sparse.csr_matrix], Floats], signs: Signs = no_signs
) -> Spelling:
    """The vocabulary of `sentences`, and the weights that `fit` finds on their rows."""
    table = syllables()
    readings = {char: table[char] for one in sentences for char in one.text if char in table}
    found = [_features(one, readings, signs) for one in sentences]
    counts = Counter(feature for features in found for feature in set(features))
    vocabulary = tuple(sorted(one for one, count in counts.items() if count >= LEAST_SENTENCES))
    idf = np.array([math.log((1 + len(found)) / (1 + counts[one])) + 1 for one in vocabulary], np.float32)
    places = {one: place for place, one in enumerate(vocabulary)}
    rows = [tfidf_row(one, places, idf) for one in found]
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    matrix = sparse.csr_matrix(
        (np.concatenate([v for _, v in rows]), np.concatenate([c for c, _ in rows]), starts),
        shape=(len(rows), len(vocabulary)),
    )
    return Spelling(vocabulary, readings, idf, fit(matrix), signs)


def logistic(
    rows: sparse.csr_matrix | Floats, labels: npt.NDArray[np.bool_], trust: Floats, *, strength: float
) -> Floats:
    """Weights and, last, the constant of a logistic regression; of a single outcome: nothing is believed."""
    from sklearn.linear_model import LogisticRegression

    used = np.flatnonzero(trust > 0)
    if len(set(labels[used].tolist())) < 2:
        return np.array([*np.zeros(rows.shape[1]), -9.0], np.float32)
    fitted = LogisticRegression(C=strength, solver="liblinear", max_iter=300)
    fitted.fit(rows[used], labels[used], sample_weight=trust[used])
    return np.array([*fitted.coef_[0], fitted.intercept_[0]], np.float32)


def _features(sentence: Prepared, readings: Mapping[str, str], signs: Signs) -> list[str]:
    heard = phonetic_features(sentence, readings, SYLLABLES)
    return [*text_features(sentence, CHARACTERS), *("s:" + one for one in heard), *signs(sentence.text)]
