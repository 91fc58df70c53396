"""The whole handoff model: fit on labelled sessions, score a session so far, save and load as JSON."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.handoff_model.context import Context, context_rows
from bot.handoff_model.local import LocalModel
from bot.handoff_model.sessions import Session, Utterance, labels
from bot.handoff_model.trees import Array, Trees

FORMAT = 1
FOLDS = 5
SEED = 1


def folds(count: int, parts: int = FOLDS, seed: int = SEED) -> Iterator[tuple[list[int], list[int]]]:
    """(train, test) indices of sessions; utterances of one session never fall on both sides."""
    order = np.random.default_rng(seed).permutation(count)
    for part in range(min(parts, count)):
        test = sorted(order[part :: min(parts, count)].tolist())
        held = set(test)
        yield [i for i in range(count) if i not in held], test


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
    """`probability` of a handoff at the latest of some utterances; `threshold` is where F1 was best out of fold."""

    def __init__(self, local: LocalModel, trees: Trees | None, threshold: float) -> None:
        self.local, self.trees, self.threshold = local, trees, threshold

    @classmethod
    def fit(cls, sessions: Sequence[Session], with_threshold: bool = True) -> HandoffModel:
        """Train both stages. The threshold comes from scores out of fold, so it is not flattered by the training."""
        sessions = list(sessions)
        y = np.array(labels(sessions))
        threshold = 0.5
        if with_threshold and len(sessions) >= 2 * FOLDS:
            out = np.zeros(len(y))
            of_session = np.repeat(np.arange(len(sessions)), [len(s) for s in sessions])
            for train, test in folds(len(sessions), seed=SEED + 6):
                model = cls.fit([sessions[i] for i in train], with_threshold=False)
                out[np.isin(of_session, test)] = model.score([sessions[i] for i in test])
            threshold = best_threshold(y, out)
        return cls(LocalModel.fit(sessions), cls._fit_trees(sessions, y), threshold)

    @staticmethod
    def _fit_trees(sessions: list[Session], y: Array) -> Trees | None:
        if len(sessions) < 2 or len(set(y.tolist())) < 2:
            return None
        scores = np.zeros(len(y))
        of_session = np.repeat(np.arange(len(sessions)), [len(s) for s in sessions])
        for train, test in folds(len(sessions)):
            local = LocalModel.fit([sessions[i] for i in train])
            scores[np.isin(of_session, test)] = local.score([sessions[i] for i in test])
        return Trees.fit(context_rows(sessions, scores), y)

    def scores_of(self, session: Sequence[Utterance]) -> Iterator[float]:
        """Probability of a handoff at each utterance, using only what came before it."""
        context = Context()
        last: dict[str, tuple[str, ...]] = {"customer": (), "shop": ()}
        for utterance in session:
            local = self.local.score_one(utterance, last["customer"], last["shop"])
            last[utterance.role] = utterance.tokens
            row = np.array(context.add(utterance, local))
            yield self.trees.probability(row) if self.trees else float(1 / (1 + np.exp(-local)))

    def score(self, sessions: Sequence[Session]) -> Array:
        return np.array([p for session in sessions for p in self.scores_of(session)])

    def save(self, path: Path) -> None:
        """As gzipped JSON: numbers and words, nothing that can run."""
        data: dict[str, Any] = {
            "format": FORMAT,
            "threshold": self.threshold,
            "local": self.local.to_dict(),
            "trees": self.trees.to_dict() if self.trees else None,
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
        trees = Trees.from_dict(data["trees"]) if data["trees"] else None
        return cls(LocalModel(**data["local"]), trees, float(data["threshold"]))
