"""Which known question of data/knowledge a sentence asks. Pure.

The encoder has a head for them (`make encoder`); entries that are younger than the encoder get a head of their own, fitted
by `make train` on its vectors. Spelling is a second view: the nearest ways of asking by TF-IDF over characters and syllables;
the head's log chance and the nearness are added up with weights that `python -m designer.known_questions` fits and measures
on ways of asking that neither has seen. Without the encoder only spelling is left, told apart from ordinary sentences of
data/nlu; that finds what is written nearly so, and little else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.encoder.encoder import Encoded, Encoder
from bot.encoder.young import young_head
from bot.intent.features import phonetic_features, text_features, tfidf_row
from bot.intent.prepared import Prepared
from bot.intent.syllables import syllables

logger = logging.getLogger(__name__)
FILE, ARRAYS = "questions.json", "questions.npz"
CHARACTERS, SYLLABLES = 3, 2
"""Longest n-grams, as written and as heard."""
STRENGTH = 3.0
MOST_YOUNG = 30
"""Entries that get a head of their own; each costs a second of training. More than that: make encoder."""
BATCH = 64
MOST_WEIGHED = 1500
"""Rows that the weights are fitted on: more cost seconds of training and change nothing."""
NEAREST = 3
"""Ways of asking of an entry whose nearness is averaged: one alone may be near by chance."""
HEAD, SPELLED, NOTHING = 0.75, 12.5, 0.3
"""Of the log chance of the encoder's head, of the nearness in spelling, and for none of them: designer.known_questions."""
LEAST_CHANCE = 1e-6
_TIED = 1e-4
Floats = npt.NDArray[np.float32]
Head = tuple[list[float], float]


@dataclass(frozen=True)
class Known:
    """An entry and how likely the message asks it, 0 to 1."""

    entry: str
    score: float


@dataclass(frozen=True)
class Spelling:
    """Every way of asking, and ordinary sentences, as rows of TF-IDF. `entries`: of each row, empty for the ordinary ones;
    `weights`: what the evidence says (`_evidence`), the constant last."""

    entries: tuple[str, ...]
    vocabulary: tuple[str, ...]
    readings: dict[str, str]
    idf: Floats
    rows: sparse.csr_matrix
    weights: Floats


class QuestionModel:
    """`known(sentence, encoded)`: the entries that a sentence may ask, likeliest first."""

    def __init__(self, spelling: Spelling, encoder: Encoder | None, young: dict[str, Head]) -> None:
        """Made by `fit` or `load`. `young`: heads of entries that the encoder does not know."""
        self._spelling, self._young = spelling, young
        self._names = sorted({one for one in spelling.entries if one})
        self._words = {one: place for place, one in enumerate(spelling.vocabulary)}
        index = {one: place for place, one in enumerate(self._names)}
        self._group = np.array([index.get(one, len(self._names)) for one in spelling.entries])
        self._members = _members(self._group, len(self._names))
        self._columns = spelling.rows.tocsc()
        self._print = encoder.print if encoder else None
        kept = set(self._names)
        told = encoder.questions if encoder else []
        self._known = [(place, one) for place, one in enumerate(told) if one in kept]

    # -- training --------------------------------------------------------------------------------------------------------
    @classmethod
    def fit(
        cls, questions: Sequence[tuple[str, Prepared]], ordinary: Sequence[Prepared], encoder: Encoder | None
    ) -> QuestionModel:
        """From (entry, a way of asking it) and sentences that ask none of them."""
        spelling = _spelled(questions, ordinary)
        young: dict[str, Head] = {}
        new = sorted({entry for entry, _ in questions} - set(encoder.questions if encoder else ()))
        if len(new) > MOST_YOUNG:
            logger.warning(
                "%d 个顺口问题比句子编码器新，只按字面认其中 %d 个：请 make encoder",
                len(new),
                len(new) - MOST_YOUNG,
            )
        for entry in new[:MOST_YOUNG]:
            own = [one.text for name, one in questions if name == entry]
            others = [
                *(one.text for name, one in questions if name != entry),
                *(one.text for one in ordinary),
            ]
            if encoder is not None and others:
                young[entry] = young_head(own, others, encoder.asking)
        return cls(spelling, encoder, young)

    # -- answering -------------------------------------------------------------------------------------------------------
    def known(
        self, sentence: Prepared, encoded: Encoded | None, most: int = 6, least: float = 0.1
    ) -> list[Known]:
        """At most `most` entries of at least `least`."""
        if not self._names or not sentence.text:
            return []
        near = self._nearness(sentence)
        told = {} if encoded is None else self._by_meaning(encoded)
        if len(told) == len(self._names):
            found = self._weighed(told, near)
        else:
            found = self._by_spelling(near) | told
        listed = sorted(found.items(), key=lambda one: -one[1])[:most]
        return [Known(entry, round(score, 4)) for entry, score in listed if score >= least]

    def _by_meaning(self, encoded: Encoded) -> dict[str, float]:
        """The head's chances of the entries that there still are; a young entry takes its chance from all others."""
        found = {one: float(encoded.questions[place]) for place, one in self._known}
        for entry, (weights, bias) in self._young.items():
            odds = float(np.dot(np.asarray(weights, np.float32), encoded.asking)) + bias
            chance = float(1 / (1 + np.exp(-odds)))
            found = {one: score * (1 - chance) for one, score in found.items()}
            found[entry] = chance
        return found

    def _weighed(self, chances: Mapping[str, float], near: Floats) -> dict[str, float]:
        """Both views together: chances again, that nothing is asked among them."""
        heard = np.array([*(chances[one] for one in self._names), 1 - sum(chances.values())])
        scores = HEAD * np.log(np.maximum(heard, LEAST_CHANCE)) + SPELLED * self._nearest(near)
        scores[-1] += NOTHING
        found = np.exp(scores - scores.max())
        return dict(zip(self._names, map(float, found / found.sum()), strict=False))

    def _nearest(self, near: Floats) -> Floats:
        """Of each entry, the ordinary sentences last: the mean nearness of its nearest ways of asking."""
        ordinary = near[self._group == len(self._names)]
        padded = np.append(near, np.float32(0))[self._members]
        told = np.partition(padded, -NEAREST, axis=1)[:, -NEAREST:].mean(1)
        others = np.sort(ordinary)[-NEAREST:].sum() / NEAREST
        return np.append(told, others).astype(np.float32)

    def _nearness(self, sentence: Prepared) -> Floats:
        """Of each row, in spelling. Only the rows that share a feature are looked at."""
        spelling = self._spelling
        columns, values = tfidf_row(_features(sentence, spelling.readings), self._words, spelling.idf)
        starts, held = self._columns.indptr, self._columns.data
        parts = [slice(starts[one], starts[one + 1]) for one in columns]
        if not parts:
            return np.zeros(spelling.rows.shape[0], np.float32)
        rows = np.concatenate([self._columns.indices[one] for one in parts])
        weights = np.concatenate([held[one] * value for one, value in zip(parts, values, strict=True)])
        return np.bincount(rows, weights, minlength=spelling.rows.shape[0]).astype(np.float32)

    def _by_spelling(self, near: Floats) -> dict[str, float]:
        spelling = self._spelling
        evidence = _evidence(near, self._group, len(self._names))
        odds = evidence @ spelling.weights[:-1] + spelling.weights[-1]
        return dict(zip(self._names, map(float, 1 / (1 + np.exp(-odds))), strict=True))

    # -- files -----------------------------------------------------------------------------------------------------------
    def save(self, folder: Path) -> None:
        """What `load` needs."""
        spelling = self._spelling
        told = {
            "entries": spelling.entries,
            "vocabulary": spelling.vocabulary,
            "readings": spelling.readings,
            "young": self._young,
            "print": self._print,
        }
        (folder / FILE).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        rows = spelling.rows
        np.savez_compressed(
            folder / ARRAYS,
            idf=spelling.idf,
            weights=spelling.weights,
            data=rows.data.astype(np.float16),
            indices=rows.indices,
            indptr=rows.indptr,
        )

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> QuestionModel:
        """As saved; heads that were fitted for another encoder are left out."""
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        with np.load(folder / ARRAYS, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        rows = sparse.csr_matrix(
            (arrays["data"].astype(np.float32), arrays["indices"], arrays["indptr"]),
            shape=(len(told["entries"]), len(told["vocabulary"])),
        )
        spelling = Spelling(
            tuple(told["entries"]),
            tuple(told["vocabulary"]),
            told["readings"],
            arrays["idf"],
            rows,
            arrays["weights"],
        )
        fits = encoder is not None and encoder.print == told["print"]
        young = {entry: (list(w), float(b)) for entry, (w, b) in told["young"].items()} if fits else {}
        return cls(spelling, encoder, young)


def _members(group: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """A row for each of `count` groups: the places of its members, filled up with a place behind the last."""
    places = [np.flatnonzero(group == one) for one in range(count)]
    widest = max([NEAREST, *map(len, places)])
    table = np.full((count, widest), len(group), np.int64)
    for row, found in enumerate(places):
        table[row, : len(found)] = found
    return table


# -- spelling ------------------------------------------------------------------------------------------------------------
def _spelled(questions: Sequence[tuple[str, Prepared]], ordinary: Sequence[Prepared]) -> Spelling:
    sentences = [*(one for _, one in questions), *ordinary]
    entries = (*(entry for entry, _ in questions), *("" for _ in ordinary))
    table = syllables() if sentences else {}
    readings = {char: table[char] for one in sentences for char in one.text if char in table}
    found = [_features(one, readings) for one in sentences]
    counts: dict[str, int] = {}
    for features in found:
        for one in set(features):
            counts[one] = counts.get(one, 0) + 1
    vocabulary = tuple(sorted(counts))
    idf = np.array([np.log((1 + len(found)) / (1 + counts[one])) + 1 for one in vocabulary], np.float32)
    places = {one: place for place, one in enumerate(vocabulary)}
    rows = _matrix([tfidf_row(one, places, idf) for one in found], len(vocabulary))
    return Spelling(entries, vocabulary, readings, idf, rows, _weights(entries, rows))


def _weights(entries: Sequence[str], rows: sparse.csr_matrix) -> Floats:
    """What each nearness says, by an even spread of rows, each compared with all the others."""
    names = sorted({one for one in entries if one})
    index = {one: place for place, one in enumerate(names)}
    group = np.array([index.get(one, len(names)) for one in entries])
    told: list[Floats] = []
    right: list[bool] = []
    sample = np.arange(0, len(entries), max(1, len(entries) // MOST_WEIGHED)) if names else np.arange(0)
    for start in range(0, len(sample), BATCH):
        places = sample[start : start + BATCH]
        near = np.asarray((rows[places] @ rows.T).todense(), np.float32)
        for row, place in enumerate(places):
            near[row, place] = -1.0
            evidence = _evidence(near[row], group, len(names))
            best, own = int(evidence[:, 0].argmax()), int(group[place])
            tied = own < len(names) and evidence[own, 0] >= evidence[best, 0] - _TIED
            told.append(evidence[own if tied else best])
            right.append(bool(tied))
    return _logistic(np.array(told), np.array(right)) if told else np.zeros(4, np.float32)


def _evidence(near: Floats, group: npt.NDArray[np.int64], count: int) -> Floats:
    """A row for each entry: its nearness, how much nearer than the nearest ordinary sentence, than the best other entry
    (half questions that entries share are left out there)."""
    best = np.full(count + 1, -1.0, np.float32)
    np.maximum.at(best, group, near)
    own = best[:count]
    order = np.sort(np.unique(own))[::-1]
    second = order[1] if len(order) > 1 else np.float32(-1.0)
    others = np.where(own >= order[0] - _TIED, second, order[0])
    return np.stack([own, own - best[count], own - others], 1).astype(np.float32)


def _features(sentence: Prepared, readings: dict[str, str]) -> list[str]:
    return [
        *text_features(sentence, CHARACTERS),
        *("s:" + one for one in phonetic_features(sentence, readings, SYLLABLES)),
    ]


def _matrix(rows: Sequence[tuple[np.ndarray, np.ndarray]], width: int) -> sparse.csr_matrix:
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([one for one, _ in rows]) if rows else np.zeros(0, np.int64)
    values = np.concatenate([one for _, one in rows]) if rows else np.zeros(0, np.float32)
    return sparse.csr_matrix((values.astype(np.float32), columns, starts), shape=(len(rows), width))


def _logistic(rows: Floats, right: npt.NDArray[np.bool_]) -> Floats:
    """Weights and, last, the constant of a logistic regression; of a single outcome: nothing is believed."""
    from sklearn.linear_model import LogisticRegression

    if len(set(right.tolist())) < 2:
        return np.array([*np.zeros(rows.shape[1]), -9.0], np.float32)
    fitted = LogisticRegression(C=STRENGTH, max_iter=500).fit(rows, right)
    return np.array([*fitted.coef_[0], fitted.intercept_[0]], np.float32)
