"""The linear model's belief and the encoder's as one: a log-linear mix by category (docs/reports/intent.md).

The linear model knows spelling, the encoder meaning; they err on different sentences. The weight of the encoder and the
temperature of the mix are chosen by `make encoder` on sentences that neither had seen. Intents that are younger than the
encoder get a head of their own, fitted by `make train` on the encoder's vectors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.encoder.encoder import Encoded, Encoder
from bot.encoder.shared import note_unfit
from bot.encoder.young import young_head
from bot.intent.categories import category_of
from bot.intent.prepared import Prepared

FILE = "encoder.json"
FLOOR = 1e-4
"""A probability below this is not believed to be less: one model alone cannot rule a category out."""
_LEAST = 1e-9


class EncoderMix:
    """`mixed(linear, encoded)`: probabilities for `labels`. Inside a category spelling tells the intents apart, so the encoder counts half. `print`: the encoder that this was fitted for."""

    def __init__(
        self, labels: Sequence[str], encoder: Encoder, young: dict[str, tuple[list[float], float]]
    ) -> None:
        self.print = encoder.print
        self.young = young
        mix = encoder.manifest["mix"]
        self._weight, self._temperature = float(mix["weight"]), float(mix["temperature"])
        categories = [category_of(label) for label in labels]
        names = sorted(set(categories))
        self._group = np.array([names.index(c) for c in categories])
        self._count = len(names)
        column = {intent: i for i, intent in enumerate(encoder.intents)}
        self._known = np.array([column.get(label, -1) for label in labels])
        self._young = [labels.index(label) for label in young]
        if young:
            self._young_weights = np.array([weights for weights, _ in young.values()], np.float32)
            self._young_bias = np.array([bias for _, bias in young.values()], np.float32)

    @classmethod
    def fit(
        cls, sentences: Sequence[Prepared], intents: Sequence[str], labels: Sequence[str], encoder: Encoder
    ) -> EncoderMix:
        """Heads for the labels that the encoder does not know."""
        young = {}
        for label in labels:
            if label not in encoder.intents:
                told = list(zip(sentences, intents, strict=True))
                own = [sentence.text for sentence, intent in told if intent == label]
                others = [sentence.text for sentence, intent in told if intent != label]
                young[label] = young_head(own, others, encoder.vectors)
        return cls(labels, encoder, young)

    def mixed(self, linear: np.ndarray, encoded: Encoded) -> np.ndarray:
        """Both beliefs as one, adding up to 1."""
        own = np.where(self._known >= 0, encoded.intents[self._known], 0.0).astype(np.float64)
        own /= max(float(own.sum()), FLOOR)
        if self._young:
            odds = 1 / (1 + np.exp(-(self._young_weights @ encoded.vector + self._young_bias)))
            own *= float(np.prod(1 - odds))
            own[self._young] = odds
            own /= own.sum()
        lines = np.bincount(self._group, weights=linear, minlength=self._count)
        means = np.bincount(self._group, weights=own, minlength=self._count)
        scores = (np.log(lines + FLOOR) + self._weight * np.log(means + FLOOR)) / self._temperature
        categories = np.exp(scores - scores.max())
        categories /= categories.sum()
        inside = (linear + _LEAST) * np.sqrt(own + _LEAST)
        inside /= np.bincount(self._group, weights=inside, minlength=self._count)[self._group]
        result: np.ndarray = inside * categories[self._group]
        return result

    def save(self, folder: Path) -> None:
        """What `load` needs, beside the model's other files."""
        (folder / FILE).write_text(json.dumps({"print": self.print, "young": self.young}), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, labels: Sequence[str], encoder: Encoder | None) -> EncoderMix | None:
        """None when there is no encoder, or when it is another one than the model was trained with."""
        if encoder is None:
            return None
        file = folder / FILE
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        fits = kept.get("print") == encoder.print
        note_unfit(None if fits else "模型不是用现在的句子编码器训练的：意图只用线性模型，请 make train")
        if not fits:
            return None
        return cls(labels, encoder, {k: (w, b) for k, (w, b) in kept["young"].items()})
