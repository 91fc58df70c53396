"""Second stage's view: what the utterances so far add up to. Only the past is used, so it can run live."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bot.handoff_model.sessions import Session, Utterance
from bot.handoff_model.utterance_model import VIEWS

NOTHING_YET = -3.0  # the log-odds of "no such utterance so far": clearly no handoff
FADE = 0.6  # of the running mean: the last three or four turns dominate

TRACK_NAMES = (
    "now", "customer_fading", "shop_fading", "customer_max", "customer_mean", "customer_last", "customer_second",
    "customer_third", "shop_last", "shop_second", "shop_max", "shop_mean", "customer_top3", "customer_last5",
    "alarming_turns", "alarming_share",
)  # fmt: skip
TURN_NAMES = (
    "is_customer", "position", "customer_turns", "shop_turns", "length", "repetition", "run", "new_words", "emotion",
    "emotion_max", "confidence", "confidence_mean", "form_failures", "silence",
)  # fmt: skip
NAMES = (*(f"{view}_{name}" for view in VIEWS for name in TRACK_NAMES), *TURN_NAMES)


@dataclass
class ScoreTrack:
    """One view's scores over a session."""

    customer: list[float] = field(default_factory=list)
    shop: list[float] = field(default_factory=list)
    customer_fading: float = 0.0
    shop_fading: float = 0.0

    def note(self, is_customer: bool, score: float) -> None:
        """The next utterance's score."""
        if is_customer:
            self.customer.append(score)
            self.customer_fading = FADE * self.customer_fading + (1 - FADE) * score
        else:
            self.shop.append(score)
            self.shop_fading = FADE * self.shop_fading + (1 - FADE) * score

    def features(self, score: float) -> list[float]:
        """The features TRACK_NAMES at the utterance that was noted last, with its score."""
        alarming = sum(value > 0 for value in self.customer)
        return [
            score,
            self.customer_fading,
            self.shop_fading,
            max(self.customer, default=NOTHING_YET),
            mean(self.customer),
            nth_last(self.customer, 1),
            nth_last(self.customer, 2),
            nth_last(self.customer, 3),
            nth_last(self.shop, 1),
            nth_last(self.shop, 2),
            max(self.shop, default=NOTHING_YET),
            mean(self.shop),
            mean(sorted(self.customer)[-3:]),
            mean(self.customer[-5:]),
            float(alarming),
            alarming / max(1, len(self.customer)),
        ]


@dataclass
class SessionFeatures:
    """Running sums of one session. `add` takes the next utterance with its views' scores and returns the features.

    `note` does without the features, which are asked of a session's last utterance only: half a millisecond a turn less.
    """

    tracks: list[ScoreTrack] = field(default_factory=lambda: [ScoreTrack() for _ in VIEWS])
    said: list[frozenset[str]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    position: int = 0
    run: int = 0
    last_role: str = ""
    emotion_max: float = math.nan
    confidences: list[float] = field(default_factory=list)
    form_failures: int = 0

    def add(self, utterance: Utterance, scores: Sequence[float]) -> list[float]:
        """Features of this utterance, in the order of NAMES."""
        mine = utterance.role == "customer"
        words = frozenset(utterance.tokens)
        repetition = self.repetition(words) if mine else 0.0
        new_words = len(words - self.words) / max(1, len(words))
        position = self.position
        self.note(utterance, scores)
        row = [
            value for track, score in zip(self.tracks, scores, strict=True) for value in track.features(score)
        ]
        row += [
            float(mine),
            float(position),
            float(len(self.tracks[0].customer)),
            float(len(self.tracks[0].shop)),
            float(len(utterance.tokens)),
            repetition,
            float(self.run),
            new_words,
            utterance.emotion,
            self.emotion_max,
            utterance.confidence,
            mean(self.confidences) if self.confidences else math.nan,
            float(self.form_failures) if not math.isnan(utterance.form_failed) else math.nan,
            utterance.silence_s,
        ]
        return row

    def note(self, utterance: Utterance, scores: Sequence[float]) -> None:
        """Count this utterance in."""
        mine = utterance.role == "customer"
        for track, score in zip(self.tracks, scores, strict=True):
            track.note(mine, score)
        words = frozenset(utterance.tokens)
        if mine:
            self.said.append(words)
        self.run = self.run + 1 if utterance.role == self.last_role else 1
        self.last_role = utterance.role
        self._add_signals(utterance)
        self.words |= words
        self.position += 1

    def repetition(self, words: frozenset[str]) -> float:
        """0 to 1: how much of it the same customer has said in one earlier utterance."""
        return max((len(words & old) / len(words | old) for old in self.said if old | words), default=0.0)

    def _add_signals(self, utterance: Utterance) -> None:
        if not math.isnan(utterance.emotion):
            self.emotion_max = float(np.nanmax([self.emotion_max, utterance.emotion]))
        if not math.isnan(utterance.confidence):
            self.confidences.append(utterance.confidence)
        if utterance.form_failed > 0:
            self.form_failures += 1


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else NOTHING_YET


def nth_last(values: Sequence[float], n: int) -> float:
    return values[-n] if len(values) >= n else NOTHING_YET


def feature_rows(sessions: Iterable[Session], scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Features of every utterance of every session, given their local scores (a row each) in the same order."""
    rows: list[list[float]] = []
    known = scores.tolist()
    for session in sessions:
        context = SessionFeatures()
        rows += [context.add(utterance, known[len(rows) + i]) for i, utterance in enumerate(session)]
    return np.array(rows)
