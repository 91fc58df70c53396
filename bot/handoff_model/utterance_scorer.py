"""The first stage as it serves: the log-odds that `local.py` trains, on arrays instead of named words.

Why: a turn scores the dozen utterances that the gateway sends along; building a name for every word of every view cost
1.1 ms of a turn's 6 ms, and the named weights 10 MB. What an utterance's words add wherever they stand is remembered by the
words alone (the same history comes back next turn); only the fading sum of what was said is worked out anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from bot.handoff_model.sessions import ROLES, Utterance
from bot.handoff_model.utterance_model import (
    BEFORE_WEIGHT,
    FADE,
    FORGOTTEN,
    SESSION_WEIGHT,
    VIEWS,
    UtteranceModel,
    Vector,
    vector,
)

Array = np.ndarray[Any, Any]
KEPT = 4096
"""Different utterances remembered (about 1 kB each)."""


@dataclass(frozen=True)
class _ScoredText:
    """What an utterance's words are worth: places in the vocabulary, tf-idf, and a row of views' sums for each role."""

    at: Array
    tfidf: Array
    own: Array
    before: Array


class UtteranceScorer:
    """Scores sessions; keeps nothing of a session, only of single utterances' words."""

    def __init__(self, idf: Vector, own: Array, before: Array, session: Array) -> None:
        """Tables of the vocabulary's weights, role by word by view; `own` has the biases behind the last word."""
        self._idf = idf
        self._place = {word: at for at, word in enumerate(idf)}
        self._own, self._before, self._session = own, before, session
        self._said = lru_cache(maxsize=KEPT)(self._of_words)

    @classmethod
    def of(cls, local: UtteranceModel) -> UtteranceScorer:
        """The arrays of a trained model."""
        nothing = [0.0] * len(VIEWS)

        def table(prefix: str, names: Sequence[str]) -> Array:
            found = [
                [local.weights.get(f"{prefix}{role} {word}", nothing) for word in names] for role in ROLES
            ]
            return np.array(found).reshape(len(ROLES), len(names), len(VIEWS))

        roles = np.array([[local.weights.get(f"role {role}", nothing)] for role in ROLES])
        own = np.concatenate([table("", [*local.idf]), roles + np.array(local.bias)], axis=1)
        before = BEFORE_WEIGHT * table("before ", [*local.idf])
        return cls(local.idf, own, before, SESSION_WEIGHT * table("session ", [*local.idf]))

    def scores(self, session: Sequence[Utterance]) -> list[list[float]]:
        """For each utterance each view's log-odds that a person should take over, from it and what was said before it."""
        if not session:
            return []
        said = [self._said(utterance.tokens) for utterance in session]
        places, where = np.unique(np.concatenate([one.at for one in said]), return_inverse=True)
        worth = self._session[:, places]
        sums = np.zeros(worth.shape[:2])
        last, faded = [np.zeros((len(ROLES), len(VIEWS))) for _ in range(2)]
        found: list[list[float]] = []
        begin = 0
        for utterance, one in zip(session, said, strict=True):
            role = ROLES.index(utterance.role)
            mine = sums[role]
            mine *= FADE
            mine[mine < FORGOTTEN] = 0.0
            mine[where[begin : begin + len(one.at)]] += one.tfidf
            begin += len(one.at)
            length = math.sqrt(mine @ mine)
            faded[role] = (mine @ worth[role]) / length if length else 0.0
            found.append((one.own[role] + last[0] + last[1] + faded[0] + faded[1]).tolist())
            last[role] = one.before[role]
        return found

    def _of_words(self, tokens: Sequence[str]) -> _ScoredText:
        found = vector(tokens, self._idf)
        at = np.array([self._place[word] for word in found], dtype=np.int64)
        tfidf = np.array(list(found.values()))
        own = np.stack([tfidf @ table[at] + table[-1] for table in self._own])
        return _ScoredText(at, tfidf, own, np.stack([tfidf @ table[at] for table in self._before]))
