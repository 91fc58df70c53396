"""The intent model: linear classifiers over writing and sound, with honest probabilities.

Three views of the same sentence, averaged by category. Two read it as written: one classifier tells the ~60 intents apart,
one the 26 categories. The second is right more often about the category (the borders inside a category do not distract
it), the first about which intent it is; together they beat either. The third hears it, syllable by syllable, and tells
the categories apart: homophone typos cost it nothing. Margins become probabilities by one temperature a view, fitted on
sentences held out. Training takes seconds; answering is sparse rows times matrices.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from bot.intent.augmentation import augmented
from bot.intent.categories import category_of
from bot.intent.features import phonetic_features, text_features, tfidf_row
from bot.intent.prepared import Prepared
from bot.intent.syllables import syllables

logger = logging.getLogger(__name__)
FOLDS = 3
"""One of so many parts of the sentences is held out for the temperatures: thousands of sentences for one number."""
BLOCK = 20
"""Neighbouring sentences of an intent that are held out together: writers vary one idea in a row, and a model that has
seen the other half of such a row is surer than it will be of a stranger."""
FILE = "intent.joblib"
WORKERS = 2
"""Fits at the same time; scikit-learn lets go of Python's lock while it works."""
_BETWEEN = "\0"
_Svm = tuple[np.ndarray, np.ndarray]


class LinearIntentModel:
    """Fit once, then `probabilities`. `labels[i]` names column i.

    `augmentation`: share of sentences that get a copy with a greeting or card added. `phonetic_ngrams`: longest chain of
    syllables of the third view, 0 for none. `class_prior`: by category, how much more (or less) often than the others
    customers write it; others count 1.
    """

    def __init__(
        self,
        c: float = 1.0,
        characters: int = 2,
        phonetic_ngrams: int = 3,
        min_sentences: int = 2,
        augmentation: float = 1.0,
        class_prior: Mapping[str, float] | None = None,
    ) -> None:
        self.options: dict[str, Any] = {
            "c": c,
            "characters": characters,
            "phonetic_ngrams": phonetic_ngrams,
            "min_sentences": min_sentences,
            "augmentation": augmentation,
            "class_prior": dict(class_prior or {}),
        }
        self.labels: list[str] = []
        self._textual = _View()
        self._phonetic = _View()
        self._syllables: dict[str, str] = {}
        self._label_order()

    def _label_order(self) -> None:
        """What follows from the labels: their categories, and how much more often each category is written."""
        categories = [category_of(label) for label in self.labels]
        self._categories = sorted(set(categories))
        self._group = np.array([self._categories.index(c) for c in categories], dtype=np.int64)
        prior = self.options["class_prior"]
        self._prior = np.array([float(prior.get(c, 1.0)) for c in self._categories])

    def fit(self, sentences: Sequence[Prepared], labels: Sequence[str]) -> None:
        """Train on the sentences; at least two labels."""
        self.labels = sorted(set(labels))
        if len(self.labels) < 2:
            raise ValueError("至少要有两个意图的训练句")
        self._label_order()
        index = {label: i for i, label in enumerate(self.labels)}
        y = np.array([index[label] for label in labels])
        copies, sources = augmented(
            sentences, labels, [self._categories[g] for g in self._group[y]], self.options["augmentation"]
        )
        y = np.concatenate([y, y[np.array(sources, dtype=np.int64)]])
        everything, many = [*sentences, *copies], len(self._categories) > 1
        groups = self._group[y]
        own, c, least = len(sentences), self.options["c"], self.options["min_sentences"]
        self._textual.fit(everything, self._text_features, [y, groups] if many else [y], own, c, least)
        self._syllables = syllables() if self.options["phonetic_ngrams"] and many else {}
        self._phonetic.fit(
            everything, self._phonetic_features, [groups] if self._syllables else [], own, c, least
        )

    def _text_features(self, sentence: Prepared) -> list[str]:
        return text_features(sentence, self.options["characters"])

    def _phonetic_features(self, sentence: Prepared) -> list[str]:
        return phonetic_features(sentence, self._syllables, self.options["phonetic_ngrams"])

    def probabilities(self, sentence: Prepared) -> np.ndarray:
        """A probability for each of `labels`, adding up to 1."""
        intents, *views = self._textual.probabilities(self._text_features(sentence))
        if not views:
            return intents
        if self._syllables:
            views += self._phonetic.probabilities(self._phonetic_features(sentence))
        summed = np.bincount(self._group, weights=intents, minlength=len(self._categories))
        categories = (summed + sum(views)) * self._prior
        categories /= categories.sum()
        result: np.ndarray = intents * (categories / summed)[self._group]
        return result

    def variant(self, phonetic: bool, class_prior: bool) -> LinearIntentModel:
        """The same trained model answering without the view by sound, or without the class prior: for comparisons."""
        other = LinearIntentModel(
            **{**self.options, "class_prior": self.options["class_prior"] if class_prior else {}}
        )
        other.labels, other._syllables = self.labels, self._syllables if phonetic else {}
        other._textual, other._phonetic = self._textual, self._phonetic
        other._label_order()
        return other

    def save(self, folder: Path) -> None:
        """Write everything `load` needs into the folder: plain numbers and names, tied to no library's classes."""
        kept = {
            "options": self.options,
            "labels": self.labels,
            "syllables": self._syllables,
            "textual": self._textual.kept(),
            "phonetic": self._phonetic.kept(),
        }
        joblib.dump(kept, folder / FILE, compress=0)

    @classmethod
    def load(cls, folder: Path) -> LinearIntentModel:
        """The model as saved. Weights stay in the file until a sentence needs their rows: 20 to 30 MB less memory."""
        kept = joblib.load(folder / FILE, mmap_mode="r")
        model = cls(**kept["options"])
        model.labels, model._syllables = kept["labels"], kept["syllables"]
        model._textual.take(kept["textual"])
        model._phonetic.take(kept["phonetic"])
        model._label_order()
        return model


class _View:
    """One kind of features, and the classifiers on them: a block of columns each, with its temperature."""

    def __init__(self) -> None:
        self.vocabulary: dict[str, int] = {}
        self.idf: np.ndarray = np.zeros(0, dtype=np.float32)
        self.weights: np.ndarray = np.zeros((0, 0), dtype=np.float32)
        self.bias: np.ndarray = np.zeros(0, dtype=np.float32)
        self.ends: list[int] = []
        self.temperatures: list[float] = []

    def kept(self) -> dict[str, Any]:
        """For a file. The features are one text, in the order of their columns: hundreds of thousands of strings take joblib half a
        second to read."""
        in_order = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        return {**vars(self), "vocabulary": _BETWEEN.join(in_order)}

    def take(self, kept: Mapping[str, Any]) -> None:
        """What `kept` gave. The arrays become plain ones over the file: numpy's own class for one is slow."""
        vars(self).update(kept)
        if isinstance(
            self.vocabulary, str
        ):  # a model trained before December 2026 has the columns themselves
            features = self.vocabulary.split(_BETWEEN) if self.vocabulary else []
            self.vocabulary = {feature: column for column, feature in enumerate(features)}
        self.idf, self.weights = np.asarray(self.idf), np.asarray(self.weights)

    def fit(
        self,
        sentences: Sequence[Prepared],
        features: Callable[[Prepared], list[str]],
        targets: Sequence[np.ndarray],
        own: int,
        c: float,
        least: int,
    ) -> None:
        """A classifier for each of `targets`; the first `own` sentences are written ones, the rest copies of them."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        if not targets:
            return
        # Copies count towards `least`: rare features of issues stay in, which measured better than without.
        vectoriser = TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=least, dtype=np.float32)
        x = vectoriser.fit_transform(sentences)
        self.vocabulary = {feature: int(column) for feature, column in vectoriser.vocabulary_.items()}
        self.idf = vectoriser.idf_.astype(np.float32)
        out = _held_out(targets[0][:own])
        with ThreadPoolExecutor(WORKERS) as pool:
            # a matrix is not safe to share
            whole = [pool.submit(_linear_svm, x.copy(), y, c) for y in targets]
            trials = [_held_out_svm(pool, x[:own], out, y[:own], c) for y in targets]
            machines = [job.result() for job in whole]
            self.temperatures = [
                _fitted_temperature(x[:own][out], y[:own][out], t)
                for y, t in zip(targets, trials, strict=True)
            ]
        self.weights = np.ascontiguousarray(np.hstack([w for w, _ in machines]), dtype=np.float32)
        self.bias = np.concatenate([b for _, b in machines]).astype(np.float32)
        self.ends = list(np.cumsum([len(b) for _, b in machines])[:-1])

    def probabilities(self, found: Sequence[str]) -> list[np.ndarray]:
        """What each classifier believes of a sentence with these features: a probability for each of its classes."""
        columns, values = tfidf_row(found, self.vocabulary, self.idf)
        margins = np.split(values @ self.weights[columns] + self.bias, self.ends)
        return [_softmax(m[None] / t)[0] for m, t in zip(margins, self.temperatures, strict=True)]


def _linear_svm(x: Any, y: np.ndarray, c: float) -> _Svm:
    """Weights and biases of one support vector machine per class, one column a class even when there are two."""
    from sklearn.svm import LinearSVC

    svc = LinearSVC(C=c, class_weight="balanced").fit(x, y)
    if len(svc.intercept_) == 1:
        return np.vstack([-svc.coef_, svc.coef_]).T, np.array([-svc.intercept_[0], svc.intercept_[0]])
    return svc.coef_.T, svc.intercept_


def _held_out_svm(
    pool: ThreadPoolExecutor, x: Any, out: np.ndarray, y: np.ndarray, c: float
) -> Future[_Svm] | None:
    """A machine that has not seen the held-out part; none when a class would be missing."""
    if not out.any() or len(np.unique(y[~out])) < len(np.unique(y)):
        return None
    return pool.submit(_linear_svm, x[~out], y[~out], c)


def _fitted_temperature(x: Any, y: np.ndarray, trial: Future[_Svm] | None) -> float:
    """The softmax temperature under which the held-out sentences get the likelihood they deserve."""
    from scipy.optimize import minimize_scalar

    if trial is None:
        return 0.3
    weights, bias = trial.result()
    margins = x @ weights + bias

    def unlikelihood(log_t: float) -> float:
        return float(-np.log(_softmax(margins / np.exp(log_t))[np.arange(len(y)), y] + 1e-12).mean())

    best = minimize_scalar(unlikelihood, bounds=(np.log(0.02), np.log(5.0)), method="bounded")
    temperature = float(np.exp(best.x))
    right = float((margins.argmax(axis=1) == y).mean())
    logger.info("%d classes: held-out accuracy %.3f, temperature %.3f", margins.shape[1], right, temperature)
    return temperature


def _held_out(intents: np.ndarray) -> np.ndarray:
    """Which sentences are held out: of each label, every third block of neighbours."""
    place = np.zeros(len(intents), dtype=np.int64)
    for label in np.unique(intents):
        here = intents == label
        place[here] = np.arange(int(here.sum()))
    block = min(BLOCK, max(1, int(np.bincount(intents).min()) // FOLDS))
    result: np.ndarray = place // block % FOLDS == 0
    return result


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return result
