"""Heat of one message on one scale: the encoder's graded reading and a linear model over spelling, weighed together.

The encoder knows what is meant, also in calm words; spelling knows the tone (marks, swear words, dialect), and what is added to
data/emotion at once. Weights of the two: on sentences that neither has seen. No Rasa; scikit-learn only to train.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.emotion.files import LEAST, Graded
from bot.emotion.lexicon import Lexicon
from bot.encoder.encoder import Encoded, Encoder
from bot.intent.prepared import Prepared
from bot.intent.spelling import Floats, Spelling, logistic, spelled

FILE, ARRAYS = "emotion.json", "emotion.npz"
STRENGTH, MIX_STRENGTH = 30.0, 100.0
"""Inverse regularisation."""
BACKGROUND_WEIGHT = 0.05
"""Of an everyday sentence, which nobody read for its mood, against a graded one: docs/reports/emotion.md."""
WEIGHED, WEIGHED_TRUST = 8, 0.5
"""One everyday sentence of so many is not learned from, but weighs the two views, at this trust: most messages are calm."""
SHORT = 4
"""Fewer letters say too little for spelling to find anger in ("个人" as an answer): without the encoder only a known word makes it."""
HARMLESS = 0.25
"""The most heat of such a text."""
DISPLEASED, ANGRY = 0.3, 0.55
"""From these points of the scale on a customer is called displeased, angry: docs/reports/emotion.md."""
MOST = 12.0
_HEAD_ALONE = np.array([1.0, 0.0, 0.0], np.float32)


class EmotionModel:
    """`classify` answers even when there was nothing to train on: then by the lexicon alone."""

    def __init__(self, lexicon: Lexicon, spelling: Spelling | None = None, mix: Floats = _HEAD_ALONE) -> None:
        """Made by `fit` or `load`. `mix`: weight of the encoder's log odds, of spelling's, constant."""
        self.lexicon = lexicon
        self._spelling = spelling
        self._mix = mix

    @classmethod
    def fit(
        cls,
        lexicon: Lexicon,
        graded: Sequence[tuple[Prepared, Graded]],
        everyday: Sequence[Prepared] = (),
        encoder: Encoder | None = None,
    ) -> EmotionModel:
        """Spelling from what is not kept apart, with everyday sentences as calm ones; its weight beside the encoder from the others."""
        inside = [(one, told.heat) for one, told in graded if not told.apart]
        apart = [(one, told.heat) for one, told in graded if told.apart]
        if not inside:
            return cls(lexicon)
        weighed = [one for place, one in enumerate(everyday) if place % WEIGHED == 0]
        calm = [one for place, one in enumerate(everyday) if place % WEIGHED]
        heats, trust = _told(inside, calm, BACKGROUND_WEIGHT)
        spelling = spelled(
            [*(one for one, _ in inside), *calm],
            lambda rows: np.array([_graded(rows, heats, trust, STRENGTH)]),
            lexicon.signs,
        )
        if encoder is None or not apart:
            return cls(lexicon, spelling)
        asked = [*(one for one, _ in apart), *weighed]
        evidence = np.array(
            [[_log_odds(encoder.encode(one.text or " ").mood), spelling.scores(one)[0]] for one in asked],
            np.float32,
        )
        return cls(lexicon, spelling, _graded(evidence, *_told(apart, weighed, WEIGHED_TRUST), MIX_STRENGTH))

    def classify(self, sentence: Prepared, encoded: Encoded | None = None) -> tuple[str, float]:
        """Mood, and heat on one scale from 0 (calm) to 1 (furious)."""
        if not any(_says_something(c) for c in sentence.text):
            return self.lexicon.classify(sentence.text)  # "？" says nothing that a model could have learned
        spelt = 0.0 if self._spelling is None else float(self._spelling.scores(sentence)[0])
        if encoded is not None:
            head, spelling, constant = (float(one) for one in self._mix)
            return _named(_heat(head * _log_odds(encoded.mood) + spelling * spelt + constant))
        short = sum(c.isalnum() for c in sentence.text) < SHORT
        if self._spelling is None or (short and self.lexicon.counts(sentence.text).get("angry")):
            return self.lexicon.classify(sentence.text)
        return _named(min(HARMLESS, _heat(spelt)) if short else _heat(spelt))

    def save(self, folder: Path) -> None:
        """Write everything `load` needs into the folder."""
        told, arrays = self._spelling.kept() if self._spelling else ({}, {})
        written = json.dumps({**told, "lists": self.lexicon.lists}, ensure_ascii=False)
        (folder / FILE).write_text(written, encoding="utf-8")
        np.savez_compressed(folder / ARRAYS, mix=self._mix, **arrays)

    @classmethod
    def load(cls, folder: Path) -> EmotionModel:
        """The model as saved."""
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        lexicon = Lexicon(told["lists"])
        with np.load(folder / ARRAYS, allow_pickle=False) as kept:
            spelling = Spelling.of(told, kept, lexicon.signs) if "idf" in kept else None
            return cls(lexicon, spelling, kept["mix"])


def _told(
    graded: Sequence[tuple[Prepared, float]], calm: Sequence[Prepared], trusted: float
) -> tuple[Floats, Floats]:
    """Heats and trust of graded sentences, everyday ones behind them."""
    return (
        np.array([*(heat for _, heat in graded), *(LEAST for _ in calm)], np.float32),
        np.array([*(1.0 for _ in graded), *(trusted for _ in calm)], np.float32),
    )


def _named(heat: float) -> tuple[str, float]:
    return ("angry" if heat >= ANGRY else "displeased" if heat >= DISPLEASED else "calm"), heat


def _heat(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-MOST, min(MOST, odds))))


def _log_odds(heat: float) -> float:
    kept = min(1 - 1e-5, max(1e-5, heat))
    return math.log(kept / (1 - kept))


def _graded(rows: Floats, heats: Floats, trust: Floats, strength: float) -> Floats:
    """A logistic regression whose labels are heats: each row once as furious and once as calm, as much as its heat says."""
    from scipy import sparse

    both = sparse.vstack([rows, rows]).tocsr() if sparse.issparse(rows) else np.vstack([rows, rows])
    labels = np.repeat([True, False], len(heats))
    return logistic(both, labels, np.concatenate([heats * trust, (1 - heats) * trust]), strength=strength)


def _says_something(character: str) -> bool:
    """A letter, a digit, or a picture such as 😡; marks alone say nothing."""
    return character.isalnum() or unicodedata.category(character) == "So"
