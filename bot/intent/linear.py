"""The intent model: linear classifiers over characters and words, with honest probabilities.

Two views of the same sentence, averaged: one classifier tells the ~60 intents apart, one the 26 categories. The second is
right more often about the category (the borders inside a category do not distract it), the first about which intent it is;
together they beat either. Margins become probabilities by one temperature a view, fitted on sentences that the fold's model had not
seen. Training takes seconds; answering is one sparse row times a matrix.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from bot.intent.categories import category_of
from bot.intent.features import features, row
from bot.intent.glue import glued
from bot.intent.prepared import Prepared

logger = logging.getLogger(__name__)
FOLDS = 3
BLOCK = 20
"""Neighbouring sentences of an intent that share a fold: writers vary one idea in a row, and a fold that has seen the
other half of such a row is surer than it will be of a stranger."""
FILE = "intent.joblib"


class LinearIntentModel:
    """Fit once, then `probabilities`. `labels[i]` names column i.

    `glue`: share of sentences that get a copy with a greeting or card glued on. `lean`: by category, how much more (or
    less) often than the others customers write it; others count 1.
    """

    def __init__(
        self,
        c: float = 1.0,
        characters: int = 2,
        min_sentences: int = 2,
        glue: float = 1.0,
        lean: Mapping[str, float] | None = None,
    ) -> None:
        self.options: dict[str, Any] = {
            "c": c,
            "characters": characters,
            "min_sentences": min_sentences,
            "glue": glue,
            "lean": dict(lean or {}),
        }
        self.labels: list[str] = []
        self.temperatures = [1.0, 1.0]
        self._vocabulary: dict[str, int] = {}
        self._idf: np.ndarray = np.zeros(0, dtype=np.float32)
        self._weights: np.ndarray = np.zeros((0, 0), dtype=np.float32)
        self._bias: np.ndarray = np.zeros(0, dtype=np.float32)
        self._label_order()

    def _label_order(self) -> None:
        """What follows from the labels: their categories, and how much more often each category is written."""
        categories = [category_of(label) for label in self.labels]
        self._categories = sorted(set(categories))
        self._group = np.array([self._categories.index(c) for c in categories], dtype=np.int64)
        lean = self.options["lean"]
        self._lean = np.array([float(lean.get(c, 1.0)) for c in self._categories])

    def fit(self, sentences: Sequence[Prepared], labels: Sequence[str]) -> None:
        """Train on the sentences; at least two labels."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.labels = sorted(set(labels))
        if len(self.labels) < 2:
            raise ValueError("至少要有两个意图的训练句")
        self._label_order()
        index = {label: i for i, label in enumerate(self.labels)}
        y = np.array([index[label] for label in labels])
        copies, sources = glued(
            sentences, labels, [self._categories[g] for g in self._group[y]], self.options["glue"]
        )
        vectoriser = TfidfVectorizer(
            analyzer=lambda s: features(s, self.options["characters"]),
            sublinear_tf=True,
            min_df=self.options["min_sentences"],
            dtype=np.float32,
        )
        # Copies count towards min_sentences: rare features of issues stay in, which measured better than without.
        x = vectoriser.fit_transform([*sentences, *copies])
        self._vocabulary = {feature: int(column) for feature, column in vectoriser.vocabulary_.items()}
        self._idf = vectoriser.idf_.astype(np.float32)
        views = [y, self._group[y]] if len(self._categories) > 1 else [y]
        self.temperatures = [self._fitted_temperature(x[: len(y)], y, view) for view in views]
        again = np.array(sources, dtype=np.int64)
        fitted = [self._machine(x, np.concatenate([view, view[again]])) for view in views]
        self._weights = np.ascontiguousarray(np.hstack([w for w, _ in fitted]), dtype=np.float32)
        self._bias = np.concatenate([b for _, b in fitted]).astype(np.float32)

    def _machine(self, x: Any, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weights and biases of one support vector machine per class, one column a class even when there are two."""
        from sklearn.svm import LinearSVC

        svc = LinearSVC(C=self.options["c"], class_weight="balanced").fit(x, y)
        if len(svc.intercept_) == 1:
            return np.vstack([-svc.coef_, svc.coef_]).T, np.array([-svc.intercept_[0], svc.intercept_[0]])
        return svc.coef_.T, svc.intercept_

    def _fitted_temperature(self, x: Any, intents: np.ndarray, y: np.ndarray) -> float:
        """The softmax temperature under which unseen sentences get the likelihood they deserve."""
        from scipy.optimize import minimize_scalar

        fold = _folds(intents)
        if any(len(np.unique(y[fold != f])) < len(np.unique(y)) for f in range(FOLDS)):
            return 0.3
        margins = np.zeros((len(y), int(y.max()) + 1), dtype=np.float32)
        for f in range(FOLDS):
            weights, bias = self._machine(x[fold != f], y[fold != f])
            margins[fold == f] = x[fold == f] @ weights + bias

        def unlikelihood(log_t: float) -> float:
            return float(-np.log(_softmax(margins / np.exp(log_t))[np.arange(len(y)), y] + 1e-12).mean())

        best = minimize_scalar(unlikelihood, bounds=(np.log(0.02), np.log(5.0)), method="bounded")
        temperature = float(np.exp(best.x))
        held_out = float((margins.argmax(axis=1) == y).mean())
        logger.info(
            "%d classes: held-out accuracy %.3f, temperature %.3f", margins.shape[1], held_out, temperature
        )
        return temperature

    def probabilities(self, sentence: Prepared) -> np.ndarray:
        """A probability for each of `labels`, adding up to 1."""
        columns, values = row(features(sentence, self.options["characters"]), self._vocabulary, self._idf)
        margins = values @ self._weights[columns] + self._bias
        count = len(self.labels)
        intents: np.ndarray = _softmax(margins[None, :count] / self.temperatures[0])[0]
        if len(self._categories) < 2:
            return intents
        summed = np.bincount(self._group, weights=intents, minlength=len(self._categories))
        seen = _softmax(margins[None, count:] / self.temperatures[1])[0]
        categories = (summed + seen) / 2 * self._lean
        categories /= categories.sum()
        result: np.ndarray = intents * (categories / summed)[self._group]
        return result

    def save(self, folder: Path) -> None:
        """Write everything `load` needs into the folder: plain numbers and names, tied to no library's classes."""
        joblib.dump(
            {
                "options": self.options,
                "labels": self.labels,
                "temperatures": self.temperatures,
                "vocabulary": self._vocabulary,
                "idf": self._idf,
                "weights": self._weights,
                "bias": self._bias,
            },
            folder / FILE,
            compress=0,
        )

    @classmethod
    def load(cls, folder: Path) -> LinearIntentModel:
        """The model as saved."""
        kept = joblib.load(folder / FILE)
        model = cls(**kept["options"])
        model.labels, model.temperatures = kept["labels"], kept["temperatures"]
        model._vocabulary, model._idf = kept["vocabulary"], kept["idf"]
        model._weights, model._bias = kept["weights"], kept["bias"]
        model._label_order()
        return model


def _folds(intents: np.ndarray) -> np.ndarray:
    """A fold for each sentence: blocks of neighbours of the same intent, in turn."""
    place = np.zeros(len(intents), dtype=np.int64)
    for label in np.unique(intents):
        here = intents == label
        place[here] = np.arange(int(here.sum()))
    result: np.ndarray = place // min(BLOCK, max(1, int(np.bincount(intents).min()) // FOLDS)) % FOLDS
    return result


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return result
