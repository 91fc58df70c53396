"""The intent model: a linear classifier over characters and words, with honest probabilities.

Characters and their pairs carry typos, dialect and half words; jieba's words and word pairs add what characters blur.
(Measured on 23 000 sentences, 4-fold: characters 1-2 with words .775, 1-4 with words .766, characters 1-3 alone .768.)
One LinearSVC
per intent trains in seconds on a laptop; its margins become probabilities by one temperature, fitted on sentences that
the fold's model had not seen. Answering is one sparse row times a matrix: under a millisecond.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from bot.intent.prepared import Prepared

logger = logging.getLogger(__name__)
FOLDS = 3
FILE = "intent.joblib"


def _characters(sentence: Prepared, longest: int) -> list[str]:
    """Character n-grams with the sentence's edges marked: "退款" alone is not "退款" inside a story."""
    text = f"^{sentence.text.replace(' ', '')}$"
    return [text[i : i + n] for n in range(1, longest + 1) for i in range(len(text) - n + 1)]


def _words(sentence: Prepared) -> list[str]:
    words = sentence.words
    return [f"w:{w}" for w in words] + [f"p:{a}|{b}" for a, b in itertools.pairwise(words)]


class _Features:
    """All features of a sentence, with repetitions; the vectoriser counts them."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def __call__(self, sentence: Prepared) -> list[str]:
        return _characters(sentence, self.characters) + _words(sentence)


class LinearIntentModel:
    """Fit once, then `probabilities`. `labels[i]` names column i."""

    def __init__(self, c: float = 0.6, characters: int = 2, min_sentences: int = 2) -> None:
        self.c = c
        self.characters = characters
        self.min_sentences = min_sentences
        self.labels: list[str] = []
        self.temperature = 1.0
        self._vectoriser: Any = None
        self._weights: np.ndarray = np.zeros((0, 0), dtype=np.float32)
        self._bias: np.ndarray = np.zeros(0, dtype=np.float32)

    def fit(self, sentences: Sequence[Prepared], labels: Sequence[str]) -> None:
        """Train on the sentences; at least two labels."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        self.labels = sorted(set(labels))
        if len(self.labels) < 2:
            raise ValueError("至少要有两个意图的训练句")
        index = {label: i for i, label in enumerate(self.labels)}
        y = np.array([index[label] for label in labels])
        self._vectoriser = TfidfVectorizer(
            analyzer=_Features(self.characters),
            sublinear_tf=True,
            min_df=self.min_sentences,
            dtype=np.float32,
        )
        x = self._vectoriser.fit_transform(sentences)
        self.temperature = self._fitted_temperature(x, y)
        svc = LinearSVC(C=self.c, class_weight="balanced").fit(x, y)
        self._keep(svc)

    def _keep(self, svc: Any) -> None:
        coefficients = svc.coef_ if svc.coef_.shape[0] > 1 else np.vstack([-svc.coef_, svc.coef_])
        bias = (
            svc.intercept_ if len(svc.intercept_) > 1 else np.array([-svc.intercept_[0], svc.intercept_[0]])
        )
        self._weights = np.ascontiguousarray(coefficients.T, dtype=np.float32)
        self._bias = bias.astype(np.float32)

    def _fitted_temperature(self, x: Any, y: np.ndarray) -> float:
        """The softmax temperature under which unseen sentences get the likelihood they deserve."""
        from scipy.optimize import minimize_scalar
        from sklearn.model_selection import StratifiedKFold
        from sklearn.svm import LinearSVC

        if np.bincount(y).min() < FOLDS:
            return 0.3
        margins = np.zeros((x.shape[0], len(self.labels)), dtype=np.float32)
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(x, y):
            svc = LinearSVC(C=self.c, class_weight="balanced").fit(x[train], y[train])
            decided = svc.decision_function(x[test])
            margins[test] = decided if decided.ndim > 1 else np.column_stack([-decided, decided])

        def unlikelihood(log_t: float) -> float:
            return float(-np.log(_softmax(margins / np.exp(log_t))[np.arange(len(y)), y] + 1e-12).mean())

        best = minimize_scalar(unlikelihood, bounds=(np.log(0.02), np.log(5.0)), method="bounded")
        logger.info(
            "held-out accuracy %.3f, temperature %.3f",
            float((margins.argmax(axis=1) == y).mean()),
            float(np.exp(best.x)),
        )
        return float(np.exp(best.x))

    def probabilities(self, sentence: Prepared) -> np.ndarray:
        """A probability for each of `labels`, adding up to 1."""
        row = self._vectoriser.transform([sentence])
        margins = row.data @ self._weights[row.indices] + self._bias
        result: np.ndarray = _softmax(margins[None, :] / self.temperature)[0]
        return result

    def save(self, folder: Path) -> None:
        """Write everything `load` needs into the folder."""
        joblib.dump(
            {
                "labels": self.labels,
                "temperature": self.temperature,
                "vocabulary": self._vectoriser.vocabulary_,
                "idf": self._vectoriser.idf_,
                "weights": self._weights,
                "bias": self._bias,
                "c": self.c,
                "characters": self.characters,
                "min_sentences": self.min_sentences,
            },
            folder / FILE,
            compress=0,
        )

    @classmethod
    def load(cls, folder: Path) -> LinearIntentModel:
        """The model as saved."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        kept = joblib.load(folder / FILE)
        model = cls(kept["c"], kept["characters"], kept["min_sentences"])
        model.labels, model.temperature = kept["labels"], kept["temperature"]
        # Only vocabulary and weights are kept: pickled vectorisers carry their stop words and tie us to module paths.
        model._vectoriser = TfidfVectorizer(
            analyzer=_Features(model.characters),
            sublinear_tf=True,
            vocabulary=kept["vocabulary"],
            dtype=np.float32,
        )
        model._vectoriser.idf_ = kept["idf"]
        model._weights, model._bias = kept["weights"], kept["bias"]
        return model


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return result
