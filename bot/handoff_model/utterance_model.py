"""First stage: how much an utterance sounds like a handoff, in three views that see more and more of the session.

Linear over words. `own` sees the utterance, `before` also the last one of either side, `session` also everything said
so far, fading. Alone the views reach F1 .52 / .55 / .60 on the development sessions; together they are better than
any of them, because the second stage learns when to trust which (docs/reports/handoff.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

from bot.handoff_model.sessions import ROLES, Session, Utterance

VIEWS = ("own", "before", "session")
STRENGTH = {"own": 2.0, "before": 1.0, "session": 1.0}
"""Inverse regularisation of each view."""
BEFORE_WEIGHT = 0.5
"""Words of the turns before count half: measured best of .3 / .5 / 1 on the development sessions."""
SESSION_WEIGHT = 0.7
FADE = 0.9
"""Words said n turns ago by the same side weigh FADE**n; .6 / .8 / .9 / .95 gave AP .559 / .578 / .587 / .585."""
FORGOTTEN = 0.05
MIN_UTTERANCES_OF_WORD = 2
UNDECIDED = 3.0
"""Log-odds when the training sessions know one answer only."""

Vector = dict[str, float]
Array = np.ndarray[Any, Any]


def pairs(tokens: Sequence[str]) -> Iterator[str]:
    """Words and neighbouring pairs of words."""
    yield from tokens
    for left, right in pairwise(tokens):
        yield f"{left} {right}"


def vector(tokens: Sequence[str], idf: Vector) -> Vector:
    """tf-idf of an utterance's words, of length one; words that training did not know are left out."""
    weights = {w: (1 + math.log(n)) * idf[w] for w, n in Counter(pairs(tokens)).items() if w in idf}
    return _unit(weights)


def _unit(weights: Vector) -> Vector:
    length = math.sqrt(sum(v * v for v in weights.values()))
    return {w: v / length for w, v in weights.items()} if length else {}


@dataclass
class Memory:
    """What was said so far in one session: the last utterance of each side, and all of them, fading."""

    last: dict[str, Vector] = field(default_factory=lambda: {role: {} for role in ROLES})
    faded: dict[str, Vector] = field(default_factory=lambda: {role: {} for role in ROLES})

    def rows(self, now: Utterance, idf: Vector) -> tuple[Vector, Vector, Vector]:
        """What each view sees beyond the view before it; afterwards this utterance is remembered."""
        mine = vector(now.tokens, idf)
        own = {f"role {now.role}": 1.0, **{f"{now.role} {w}": v for w, v in mine.items()}}
        before = {
            f"before {role} {w}": BEFORE_WEIGHT * v for role in ROLES for w, v in self.last[role].items()
        }
        faded = {w: v * FADE for w, v in self.faded[now.role].items() if v * FADE >= FORGOTTEN}
        for word, value in mine.items():
            faded[word] = faded.get(word, 0.0) + value
        self.faded[now.role] = faded
        self.last[now.role] = mine
        session = {
            f"session {role} {w}": SESSION_WEIGHT * v
            for role in ROLES
            for w, v in _unit(self.faded[role]).items()
        }
        return own, before, session


def inverse_document_frequencies(sessions: Iterable[Session]) -> Vector:
    """Inverse document frequency of words and pairs that occur in at least two utterances."""
    documents = [set(pairs(u.tokens)) for session in sessions for u in session]
    seen = Counter(word for document in documents for word in document)
    return {
        w: math.log((1 + len(documents)) / (1 + n)) + 1
        for w, n in seen.items()
        if n >= MIN_UTTERANCES_OF_WORD
    }


@dataclass
class Table:
    """All training utterances as one sparse matrix, and the columns that each view may see."""

    matrix: Any
    names: list[str]
    seen_by: dict[str, Array]

    @classmethod
    def of(cls, sessions: Iterable[Session], idf: Vector) -> Table:
        """Build it once for all folds."""
        column: dict[str, int] = {}
        level: list[int] = []
        indices: list[int] = []
        values: list[float] = []
        ends = [0]
        for session in sessions:
            memory = Memory()
            for utterance in session:
                for depth, row in enumerate(memory.rows(utterance, idf)):
                    for name, value in row.items():
                        at = column.setdefault(name, len(column))
                        if at == len(level):
                            level.append(depth)
                        indices.append(at)
                        values.append(value)
                ends.append(len(indices))
        matrix = sparse.csr_matrix((values, indices, ends), shape=(len(ends) - 1, len(column)))
        depths = np.array(level)
        return cls(matrix, list(column), {v: np.flatnonzero(depths <= i) for i, v in enumerate(VIEWS)})

    def fitted(self, view: str, rows: Array, y: Array) -> tuple[Array, float]:
        """Weights of the view's columns and the bias; classes balanced, since few utterances are handoffs."""
        from sklearn.linear_model import LogisticRegression

        columns = self.seen_by[view]
        if len(set(y[rows].tolist())) < 2:
            always = len(rows) > 0 and bool(y[rows][0])
            return np.zeros(len(columns)), UNDECIDED if always else -UNDECIDED
        model = LogisticRegression(
            C=STRENGTH[view], class_weight="balanced", solver="liblinear", max_iter=200
        )
        model.fit(self.matrix[rows][:, columns], y[rows])
        return model.coef_[0], float(model.intercept_[0])

    def scores(self, rows: Array, y: Array, wanted: Array) -> Array:
        """Log-odds of the `wanted` rows by every view trained on `rows`."""
        found = []
        for view in VIEWS:
            weights, bias = self.fitted(view, rows, y)
            found.append(self.matrix[wanted][:, self.seen_by[view]] @ weights + bias)
        return np.stack(found, axis=1)


class UtteranceModel:
    """The views' logistic regressions as trained: a weight of each view for each name. Served by `scoring.py`."""

    def __init__(self, idf: Vector, weights: dict[str, list[float]], bias: list[float]) -> None:
        self.idf, self.weights, self.bias = idf, weights, bias

    @classmethod
    def fit(cls, table: Table, idf: Vector, y: Array) -> UtteranceModel:
        """Train every view on all rows of the table."""
        everything = np.arange(table.matrix.shape[0])
        weights = np.zeros((len(table.names), len(VIEWS)))
        bias = []
        for at, view in enumerate(VIEWS):
            found, offset = table.fitted(view, everything, y)
            weights[table.seen_by[view], at] = found
            bias.append(offset)
        rounded = np.round(weights, 5).tolist()
        return cls(idf, dict(zip(table.names, rounded, strict=True)), bias)

    def to_dict(self) -> dict[str, Any]:
        return {"idf": self.idf, "weights": self.weights, "bias": self.bias}
