"""First stage: how much one utterance, after the ones before it, sounds like a handoff. Linear over words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

from bot.handoff_model.sessions import Session, Utterance

BEFORE_WEIGHT = (
    0.5  # words of the turns before count half: measured best of .3/.5/1 on the development sessions
)
MIN_SESSIONS_OF_WORD = 2


def pairs(tokens: Sequence[str]) -> Iterator[str]:
    """Words and neighbouring pairs of words."""
    yield from tokens
    for left, right in pairwise(tokens):
        yield f"{left} {right}"


def features(
    now: Utterance, before_customer: Sequence[str], before_shop: Sequence[str], idf: dict[str, float]
) -> dict[str, float]:
    """Named weights of one utterance: own words by role (length-normalised tf-idf), words before at half weight."""
    row: dict[str, float] = {f"role {now.role}": 1.0}
    parts = (
        (now.role, pairs(now.tokens), 1.0),
        ("before customer", iter(before_customer), BEFORE_WEIGHT),
        ("before shop", iter(before_shop), BEFORE_WEIGHT),
    )
    for name, words, weight in parts:
        counted = Counter(words)
        weights = {w: (1 + math.log(n)) * idf[w] for w, n in counted.items() if w in idf}
        length = math.sqrt(sum(v * v for v in weights.values()))
        for word, value in weights.items():
            row[f"{name} {word}"] = weight * value / length
    return row


def walk(sessions: Iterable[Session]) -> Iterator[tuple[Utterance, Sequence[str], Sequence[str]]]:
    """Each utterance with the customer's and the shop's last words before it."""
    for session in sessions:
        last: dict[str, Sequence[str]] = {"customer": (), "shop": ()}
        for utterance in session:
            yield utterance, last["customer"], last["shop"]
            last[utterance.role] = utterance.tokens


class LocalModel:
    """Logistic regression whose serving is a dictionary look-up per word: about 20 µs an utterance, no scikit-learn."""

    def __init__(self, idf: dict[str, float], weights: dict[str, float], bias: float) -> None:
        self.idf, self.weights, self.bias = idf, weights, bias

    @classmethod
    def fit(cls, sessions: Sequence[Session], c: float = 1.0) -> LocalModel:
        """Train on labelled sessions; classes are weighted to balance, since few utterances are handoffs."""
        from sklearn.linear_model import LogisticRegression

        documents = [set(pairs(u.tokens)) for session in sessions for u in session]
        seen = Counter(word for document in documents for word in document)
        idf = {
            w: math.log((1 + len(documents)) / (1 + n)) + 1
            for w, n in seen.items()
            if n >= MIN_SESSIONS_OF_WORD
        }
        rows = [features(u, customer, shop, idf) for u, customer, shop in walk(sessions)]
        names: dict[str, int] = {}
        indices: list[int] = []
        values: list[float] = []
        ends = [0]
        for row in rows:
            for name, value in row.items():
                indices.append(names.setdefault(name, len(names)))
                values.append(value)
            ends.append(len(indices))
        matrix = sparse.csr_matrix((values, indices, ends), shape=(len(rows), len(names)))
        y = [int(u.transfer) for session in sessions for u in session]
        if len(set(y)) < 2:
            return cls(idf, {}, -3.0 if not y or not y[0] else 3.0)
        model = LogisticRegression(C=c, class_weight="balanced", solver="liblinear", max_iter=400)
        model.fit(matrix, y)
        weights = dict(zip(names, model.coef_[0].tolist(), strict=True))
        return cls(idf, weights, float(model.intercept_[0]))

    def score_one(self, now: Utterance, customer: Sequence[str], shop: Sequence[str]) -> float:
        """Log-odds that a person should take over at this utterance."""
        row = features(now, customer, shop, self.idf)
        return self.bias + sum(self.weights.get(name, 0.0) * value for name, value in row.items())

    def score(self, sessions: Iterable[Session]) -> np.ndarray[Any, Any]:
        """Log-odds of every utterance, in order."""
        return np.array([self.score_one(*step) for step in walk(sessions)])

    def to_dict(self) -> dict[str, Any]:
        return {"idf": self.idf, "weights": self.weights, "bias": self.bias}
