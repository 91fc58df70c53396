"""The whole handoff model: fit on labelled sessions, score a session so far, save and load as JSON."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.handoff_model.session_features import SessionFeatures, feature_rows
from bot.handoff_model.sessions import Session, Utterance, labels
from bot.handoff_model.trees import Array, Trees
from bot.handoff_model.utterance_model import VIEWS, Table, UtteranceModel, inverse_document_frequencies
from bot.handoff_model.utterance_scorer import UtteranceScorer

FORMAT = 2
FOLDS = 5
SEED = 1
BAGS = 2
"""Second stages, each on another split into folds: +.004 F1 with few sessions, nothing with many."""
MANY_SESSIONS = 1000


def folds(count: int, parts: int = FOLDS, seed: int = SEED) -> Iterator[tuple[list[int], list[int]]]:
    """(train, test) indices of sessions; utterances of one session never fall on both sides."""
    order = np.random.default_rng(seed).permutation(count)
    for part in range(min(parts, count)):
        test = sorted(order[part :: min(parts, count)].tolist())
        held = set(test)
        yield [i for i in range(count) if i not in held], test


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _out_of_fold(table: Table, y: Array, of_session: Array, seed: int) -> Array:
    """First-stage scores of every utterance by views that never saw its session."""
    scores = np.zeros((len(y), len(VIEWS)))
    for train, test in folds(int(of_session.max()) + 1, seed=seed):
        held = np.isin(of_session, test)
        scores[held] = table.scores(np.flatnonzero(np.isin(of_session, train)), y, np.flatnonzero(held))
    return scores


def _held_out(rows: list[Array], y: Array, of_session: Array) -> Array:
    """Second-stage probabilities of every utterance by trees that never saw its session."""
    found = np.zeros(len(y))
    for train, test in folds(int(of_session.max()) + 1, seed=SEED + 6):
        known, held = np.isin(of_session, train), np.flatnonzero(np.isin(of_session, test))
        trees = [Trees.fit(one[known], y[known]) for one in rows]
        for at in held:
            found[at] = _share(
                sum(t.log_odds(one[at]) for t, one in zip(trees, rows, strict=True)) / len(trees)
            )
    return found


def best_threshold(y: Array, score: Array) -> float:
    """The score from which calling "transfer" gives the best F1; 0.5 when nothing is positive."""
    if not y.any():
        return 0.5
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(y[order])
    f1 = 2 * hits / (np.arange(1, len(y) + 1) + y.sum())
    best = int(f1.argmax())
    nearest = score[order][best + 1] if best + 1 < len(y) else score[order][best] - 0.1
    return float((score[order][best] + nearest) / 2)


class HandoffModel:
    """`score_last` is the probability of a handoff after some utterances; `threshold` is where F1 was best out of fold."""

    def __init__(
        self,
        scorer: UtteranceScorer,
        trees: list[Trees],
        threshold: float,
        local: UtteranceModel | None = None,
    ) -> None:
        """`local` is needed to save the model; one that was loaded does without (10 MB)."""
        self.scorer, self.trees, self.threshold, self._local = scorer, trees, threshold, local

    @classmethod
    def fit(cls, sessions: Sequence[Session]) -> HandoffModel:
        """Train both stages. The second sees first-stage scores out of fold, so they are as wrong as they will be in
        life; the threshold comes from second-stage scores out of fold, so it is not flattered by the training.
        """
        sessions = list(sessions)
        y = np.array(labels(sessions))
        of_session = np.repeat(np.arange(len(sessions)), [len(s) for s in sessions])
        idf = inverse_document_frequencies(sessions)
        table = Table.of(sessions, idf)
        local = UtteranceModel.fit(table, idf, y)
        if len(sessions) < 2 or len(set(y.tolist())) < 2:
            return cls(UtteranceScorer.of(local), [], 0.5, local)
        bags = BAGS if len(sessions) < MANY_SESSIONS else 1
        rows = [feature_rows(sessions, _out_of_fold(table, y, of_session, SEED + bag)) for bag in range(bags)]
        threshold = 0.5
        if len(sessions) >= 2 * FOLDS:
            threshold = best_threshold(y, _held_out(rows, y, of_session))
        return cls(UtteranceScorer.of(local), [Trees.fit(one, y) for one in rows], threshold, local)

    def scores_of(self, session: Sequence[Utterance]) -> Iterator[float]:
        """Probability of a handoff at each utterance, using only what came before it."""
        context = SessionFeatures()
        for utterance, scores in zip(session, self.scorer.scores(session), strict=True):
            yield self._probability(context.add(utterance, scores))

    def score_last(self, session: Sequence[Utterance]) -> float:
        """Probability at the last utterance: about 0.3 ms for a dozen of them."""
        *before, last = zip(session, self.scorer.scores(session), strict=True)
        context = SessionFeatures()
        for utterance, scores in before:
            context.note(utterance, scores)
        return self._probability(context.add(*last))

    def score(self, sessions: Sequence[Session]) -> Array:
        """Probabilities of every utterance of every session."""
        return np.array([p for session in sessions for p in self.scores_of(session)])

    def _probability(self, row: list[float]) -> float:
        if not self.trees:
            return _share(row[0])
        values = np.array(row)
        return _share(sum(tree.log_odds(values) for tree in self.trees) / len(self.trees))

    def save(self, path: Path) -> None:
        """As gzipped JSON: numbers and words, nothing that can run. Only a model that was just trained can be saved."""
        if self._local is None:
            raise ValueError("a loaded model has no named weights left to save")
        data: dict[str, Any] = {
            "format": FORMAT,
            "threshold": self.threshold,
            "local": self._local.to_dict(),
            "trees": [tree.to_dict() for tree in self.trees],
        }
        with gzip.open(path, "wt", encoding="utf-8") as out:
            json.dump(data, out, ensure_ascii=False)

    @classmethod
    def load(cls, path: Path) -> HandoffModel:
        """Raises ValueError when the file is of another format."""
        with gzip.open(path, "rt", encoding="utf-8") as source:
            data = json.load(source)
        if data.get("format") != FORMAT:
            raise ValueError(f"{path} is not a handoff model of format {FORMAT}")
        trees = [Trees.from_dict(tree) for tree in data["trees"]]
        return cls(UtteranceScorer.of(UtteranceModel(**data["local"])), trees, float(data["threshold"]))
