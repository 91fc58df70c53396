"""Mood of one message: a linear model over characters and the lexicon's signs. Needs scikit-learn, no Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from bot.emotion.lexicon import MOODS, Lexicon
from bot.intent.prepared import Prepared

FILE = "emotion.joblib"


class EmotionModel:
    """`feel` answers even when there was nothing to train on: then by the lexicon alone."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._vectoriser: Any = None
        self._weights: np.ndarray = np.zeros((0, len(MOODS)), dtype=np.float32)
        self._bias: np.ndarray = np.zeros(len(MOODS), dtype=np.float32)

    def _features(self, sentence: Prepared) -> list[str]:
        text = f"^{sentence.text.replace(' ', '')}$"
        grams = [text[i : i + n] for n in (1, 2, 3, 4) for i in range(len(text) - n + 1)]
        return grams + [f"w:{w}" for w in sentence.words] + self.lexicon.signs(sentence.text)

    def fit(self, sentences: Sequence[Prepared], moods: Sequence[str]) -> None:
        """Train on labelled sentences; all three moods must occur."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        missing = set(MOODS) - set(moods)
        if missing:
            raise ValueError(f"情绪训练句里缺少：{'、'.join(sorted(missing))}")
        self._vectoriser = TfidfVectorizer(
            analyzer=self._features, sublinear_tf=True, min_df=2, dtype=np.float32
        )
        x = self._vectoriser.fit_transform(sentences)
        y = np.array([MOODS.index(m) for m in moods])
        model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=300).fit(x, y)
        self._weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        self._bias = model.intercept_.astype(np.float32)

    def feel(self, sentence: Prepared) -> tuple[str, float]:
        """Mood, and heat from 0 to 1: the probability that the customer is angry."""
        if self._vectoriser is None or not any(c.isalnum() for c in sentence.text):
            return self.lexicon.verdict(sentence.text)  # "？" says nothing that a model could have learned
        row = self._vectoriser.transform([sentence])
        scores = row.data @ self._weights[row.indices] + self._bias
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        return MOODS[int(chances.argmax())], float(chances[MOODS.index("angry")])

    def save(self, folder: Path) -> None:
        """Write everything `load` needs into the folder."""
        vectoriser = self._vectoriser
        kept = None
        if vectoriser is not None:
            kept = {"vocabulary": vectoriser.vocabulary_, "idf": vectoriser.idf_}
        joblib.dump(
            {"lists": self.lexicon.lists, "kept": kept, "weights": self._weights, "bias": self._bias},
            folder / FILE,
        )

    @classmethod
    def load(cls, folder: Path) -> EmotionModel:
        """The model as saved."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        read = joblib.load(folder / FILE)
        model = cls(Lexicon(read["lists"]))
        if read["kept"] is not None:
            model._vectoriser = TfidfVectorizer(
                analyzer=model._features,
                sublinear_tf=True,
                vocabulary=read["kept"]["vocabulary"],
                dtype=np.float32,
            )
            model._vectoriser.idf_ = read["kept"]["idf"]
        model._weights, model._bias = read["weights"], read["bias"]
        return model


def read_sentences(file: Path) -> list[tuple[str, str]]:
    """(text, mood) lines of a TSV; comment lines and unknown moods are the data check's business and left out here."""
    if not file.exists():
        return []
    rows: list[tuple[str, str]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        text, tab, mood = line.rpartition("\t")
        if tab and not line.startswith("#") and mood.strip() in MOODS and text.strip():
            rows.append((text.strip(), mood.strip()))
    return rows
