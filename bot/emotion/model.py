"""Mood of one message: a linear model over characters and the lexicon's signs. No Rasa; scikit-learn only to train."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np

from bot.emotion.lexicon import MOODS, Lexicon
from bot.encoder.encoder import Encoded
from bot.intent.features import tfidf_row
from bot.intent.prepared import Prepared

FILE = "emotion.joblib"
STRENGTH = 10.0
"""Inverse regularisation; 3 to 20 differ by less than .002 AUC in cross-validation."""
BACKGROUND_WEIGHT = 0.05
"""Of a background sentence against a labelled one: docs/reports/emotion.md."""
TOO_ANGRY = 0.9
SHORT = 4
"""Fewer letters say too little for the model to find anger in ("个人" as an answer): then only a known word makes it."""
HARMLESS = 0.25
"""The most heat of such a text."""
DISPLEASED, ANGRY = 0.3, 0.55
"""From these points of the graded scale on a customer is called displeased, angry: docs/reports/emotion.md."""
Background = tuple[Prepared, bool]
"""A sentence without a label, and whether it is known to be calm."""


class EmotionModel:
    """`classify` answers even when there was nothing to train on: then by the lexicon alone."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._vocabulary: dict[str, int] = {}  # empty: nothing was trained
        self._idf: np.ndarray = np.zeros(0, dtype=np.float32)
        self._weights: np.ndarray = np.zeros((0, len(MOODS)), dtype=np.float32)
        self._bias: np.ndarray = np.zeros(len(MOODS), dtype=np.float32)

    def _features(self, sentence: Prepared) -> list[str]:
        text = f"^{sentence.text.replace(' ', '')}$"
        grams = [text[i : i + n] for n in (1, 2, 3) for i in range(len(text) - n + 1)]
        return grams + [f"w:{w}" for w in sentence.words] + self.lexicon.signs(sentence.text)

    def fit(
        self, sentences: Sequence[Prepared], moods: Sequence[str], background: Sequence[Background] = ()
    ) -> None:
        """Train on labelled sentences (all three moods must occur), then again with the background beside them.

        A few hundred labelled sentences do not know most words of the trade, so "你们" or a number alone would be felt
        as anger. Background sentences count little each: calm ones as calm, the others as calm or displeased,
        whichever the first model believes; one that it believes to be angry is left out.
        """
        missing = set(MOODS) - set(moods)
        if missing:
            raise ValueError(f"情绪训练句里缺少：{'、'.join(sorted(missing))}")
        y = np.array([MOODS.index(m) for m in moods])
        self._train(list(sentences), y, np.ones(len(y)))
        harmless = [(s, calm) for s, calm in background if not self.lexicon.counts(s.text).get("angry")]
        if not harmless:
            return
        chances = np.array([self._probabilities(s) for s, _ in harmless])
        believed = np.where([calm for _, calm in harmless], 0, chances[:, :2].argmax(axis=1))
        used = [i for i in range(len(harmless)) if chances[i, 2] < TOO_ANGRY]
        self._train(
            [*sentences, *(harmless[i][0] for i in used)],
            np.concatenate([y, believed[used]]),
            np.concatenate([np.ones(len(y)), np.full(len(used), BACKGROUND_WEIGHT)]),
        )

    def _train(self, sentences: list[Prepared], y: np.ndarray, weight: np.ndarray) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        vectoriser = TfidfVectorizer(analyzer=self._features, sublinear_tf=True, min_df=2, dtype=np.float32)
        x = vectoriser.fit_transform(sentences)
        self._vocabulary = {feature: int(column) for feature, column in vectoriser.vocabulary_.items()}
        self._idf = vectoriser.idf_.astype(np.float32)
        labelled = weight.sum()
        for mood in range(len(MOODS)):  # each mood weighs the same, however many sentences it has
            weight[y == mood] *= labelled / len(MOODS) / weight[y == mood].sum()
        model = LogisticRegression(C=STRENGTH, max_iter=200).fit(x, y, sample_weight=weight)
        self._weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        self._bias = model.intercept_.astype(np.float32)

    def _probabilities(self, sentence: Prepared) -> np.ndarray:
        columns, values = tfidf_row(self._features(sentence), self._vocabulary, self._idf)
        scores = values @ self._weights[columns] + self._bias
        chances = np.exp(scores - scores.max())
        return np.asarray(chances / chances.sum())

    def classify(self, sentence: Prepared, encoded: Encoded | None = None) -> tuple[str, float]:
        """Mood, and heat on one scale from 0 (calm) to 1 (furious).

        With the encoder the heat is its graded reading; without it, the linear model's probability of anger.
        """
        if encoded is not None and any(_says_something(c) for c in sentence.text):
            heat = encoded.mood
            return ("angry" if heat >= ANGRY else "displeased" if heat >= DISPLEASED else "calm"), heat
        letters = sum(c.isalnum() for c in sentence.text)
        if not self._vocabulary or not letters:
            return self.lexicon.classify(sentence.text)  # "？" says nothing that a model could have learned
        chances = self._probabilities(sentence)
        if letters < SHORT and not self.lexicon.counts(sentence.text).get("angry"):
            return MOODS[int(chances[:2].argmax())], min(HARMLESS, float(chances[2]))
        return MOODS[int(chances.argmax())], float(chances[MOODS.index("angry")])

    def save(self, folder: Path) -> None:
        """Write everything `load` needs into the folder."""
        kept = {"vocabulary": self._vocabulary, "idf": self._idf} if self._vocabulary else None
        joblib.dump(
            {"lists": self.lexicon.lists, "kept": kept, "weights": self._weights, "bias": self._bias},
            folder / FILE,
        )

    @classmethod
    def load(cls, folder: Path) -> EmotionModel:
        """The model as saved."""
        read = joblib.load(folder / FILE)
        model = cls(Lexicon(read["lists"]))
        if read["kept"] is not None:
            model._vocabulary, model._idf = read["kept"]["vocabulary"], read["kept"]["idf"].astype(np.float32)
        model._weights, model._bias = read["weights"], read["bias"]
        return model


def _says_something(character: str) -> bool:
    """A letter, a digit, or a picture such as 😡; marks alone say nothing."""
    return character.isalnum() or unicodedata.category(character) == "So"


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
