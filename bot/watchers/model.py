"""How likely each watcher is: the encoder's heads and spelling, weighed together. Pure but for its files.

The heads know meaning and were each taught on the sentences of one file of data/watchers; the linear model knows characters
and syllables, and that a sentence of one watcher is none of another. Weights of the two: by logistic regression on sentences
that neither has seen (docs/reports/encoder.md).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.encoder.encoder import Encoded, Encoder
from bot.encoder.reading import WATCHERS
from bot.intent.features import phonetic_features, text_features, tfidf_row
from bot.intent.prepared import Prepared
from bot.intent.syllables import syllables
from bot.watchers.files import Watched

FILE, ARRAYS = "watchers.json", "watchers.npz"
CHARACTERS, SYLLABLES, LEAST_SENTENCES = 2, 3, 3
STRENGTH, MIX_STRENGTH = 30.0, 100.0
HARDLY, ORDINARY = 1.0, 0.25
"""How much a sentence of another watcher, and one of data/nlu that nobody read for watchers, counts as a no."""
WEIGHED = 4
"""One ordinary sentence of so many is not learned from, but weighs the two: most messages are ordinary."""
BATCH = 32
WORKERS = 2
"""Fits at the same time; scikit-learn lets go of Python's lock while it works."""
MOST = 12.0
IN_PIECE = "safety_in_piece"
"""The danger of the most dangerous piece of a message."""
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class _Spelling:
    """`weights`: a row for each watcher, the constant last."""

    vocabulary: tuple[str, ...]
    readings: Mapping[str, str]
    idf: Floats
    weights: Floats


class WatcherModel:
    """`watch(sentence, encoded)`: probability of each watcher."""

    def __init__(self, spelling: _Spelling, mix: Floats, encoder_print: str) -> None:
        """Made by `fit` or `load`. `mix`: a row for each watcher: weight of the head, of spelling, constant."""
        self._spelling, self._mix, self.print = spelling, mix, encoder_print
        self._places = {one: place for place, one in enumerate(spelling.vocabulary)}

    @classmethod
    def fit(
        cls,
        watched: Sequence[tuple[Prepared, Watched]],
        ordinary: Sequence[tuple[Prepared, Mapping[str, float]]],
        encoder: Encoder,
    ) -> WatcherModel:
        """Spelling from what is not kept apart and from most ordinary sentences, weights from the others."""
        inside = [(one, told) for one, told in watched if not told.apart]
        apart = [(one, told) for one, told in watched if told.apart]
        spelling = _spelled(inside, [one for i, one in enumerate(ordinary) if i % WEIGHED])
        weighed = ordinary[::WEIGHED]
        model = cls(spelling, np.zeros((len(WATCHERS), 3), np.float32), encoder.print)
        sentences = [*(one for one, _ in apart), *(one for one, _ in weighed)]
        spelt = np.array([model._spelt(one) for one in sentences])
        heads = _heads([one.text for one in sentences], encoder)
        for row, watcher in enumerate(WATCHERS):
            labels, trust = _with_ordinary(
                [told for _, told in apart], [told for _, told in weighed], watcher, 1.0
            )
            evidence = np.stack([heads[:, row], spelt[:, row]], 1)
            model._mix[row] = _logistic(evidence, labels, trust, strength=MIX_STRENGTH)
        return model

    def watch(self, sentence: Prepared, encoded: Encoded) -> dict[str, float]:
        """By watcher, 0 to 1."""
        spelt = self._spelt(sentence)
        found = {}
        for row, watcher in enumerate(WATCHERS):
            head, spelling, constant = self._mix[row]
            odds = float(head * encoded.watched[watcher] + spelling * spelt[row] + constant)
            found[watcher] = round(1 / (1 + math.exp(-max(-MOST, min(MOST, odds)))), 4)
        return found

    def watch_with_pieces(
        self, sentence: Prepared, encoded: Encoded, pieces: Sequence[tuple[Prepared, Encoded]]
    ) -> dict[str, float]:
        """The same, and `IN_PIECE`: beside ordinary matters the whole of a message does not sound like a danger (盖子补一个 那只碗也换了
        我划到手了)."""
        found = self.watch(sentence, encoded)
        heard = [self.watch(piece, one)["safety"] for piece, one in pieces] if len(pieces) > 1 else []
        return {**found, IN_PIECE: max([found["safety"], *heard])}

    def _spelt(self, sentence: Prepared) -> Floats:
        spelling = self._spelling
        columns, values = tfidf_row(_features(sentence, spelling.readings), self._places, spelling.idf)
        result: Floats = spelling.weights[:, columns] @ values + spelling.weights[:, -1]
        return result

    def save(self, folder: Path) -> None:
        """What `load` needs."""
        spelling = self._spelling
        told = {"vocabulary": spelling.vocabulary, "readings": dict(spelling.readings), "print": self.print}
        (folder / FILE).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(
            folder / ARRAYS, idf=spelling.idf, weights=spelling.weights.astype(np.float16), mix=self._mix
        )

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> WatcherModel | None:
        """As saved; None without the encoder that it was fitted for."""
        if encoder is None or not (folder / FILE).exists():
            return None
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if told["print"] != encoder.print:
            return None
        with np.load(folder / ARRAYS, allow_pickle=False) as kept:
            spelling = _Spelling(
                tuple(told["vocabulary"]), told["readings"], kept["idf"], kept["weights"].astype(np.float32)
            )
            return cls(spelling, kept["mix"], told["print"])


def _spelled(
    watched: Sequence[tuple[Prepared, Watched]], ordinary: Sequence[tuple[Prepared, Mapping[str, float]]]
) -> _Spelling:
    sentences = [*(one for one, _ in watched), *(one for one, _ in ordinary)]
    table = syllables()
    readings = {char: table[char] for one in sentences for char in one.text if char in table}
    found = [_features(one, readings) for one in sentences]
    counts = Counter(feature for features in found for feature in set(features))
    vocabulary = tuple(sorted(one for one, count in counts.items() if count >= LEAST_SENTENCES))
    idf = np.array([math.log((1 + len(found)) / (1 + counts[one])) + 1 for one in vocabulary], np.float32)
    places = {one: place for place, one in enumerate(vocabulary)}
    rows = [tfidf_row(one, places, idf) for one in found]
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    matrix = sparse.csr_matrix(
        (np.concatenate([v for _, v in rows]), np.concatenate([c for c, _ in rows]), starts),
        shape=(len(rows), len(vocabulary)),
    )

    def weights(watcher: str) -> Floats:
        labels, trust = _with_ordinary(
            [told for _, told in watched], [told for _, told in ordinary], watcher, ORDINARY
        )
        return _logistic(matrix, labels, trust, strength=STRENGTH)

    with ThreadPoolExecutor(WORKERS) as pool:
        return _Spelling(vocabulary, readings, idf, np.array(list(pool.map(weights, WATCHERS)), np.float32))


def _with_ordinary(
    told: Sequence[Watched], ordinary: Sequence[Mapping[str, float]], watcher: str, trusted: float
) -> tuple[npt.NDArray[np.bool_], Floats]:
    """The same, with ordinary sentences behind them that count `trusted`."""
    labels, trust = _labels(told, watcher)
    return (
        np.array([*labels, *(one.get(watcher, 0.0) > 0 for one in ordinary)]),
        np.array([*trust, *(trusted * (watcher in one) for one in ordinary)], np.float32),
    )


def _labels(told: Sequence[Watched], watcher: str) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Is it this watcher, and how much that counts."""
    labels = np.array([one.told.get(watcher, 0.0) > 0 for one in told])
    trust = [1.0 if watcher in one.told else HARDLY if watcher in one.hardly else 0.0 for one in told]
    return labels, np.array(trust, np.float32)


def _logistic(
    rows: sparse.csr_matrix | Floats, labels: npt.NDArray[np.bool_], trust: Floats, *, strength: float
) -> Floats:
    """Weights and, last, the constant; of a single outcome: nothing is believed."""
    from sklearn.linear_model import LogisticRegression

    used = np.flatnonzero(trust > 0)
    if len(set(labels[used].tolist())) < 2:
        return np.array([*np.zeros(rows.shape[1]), -9.0], np.float32)
    fitted = LogisticRegression(C=strength, solver="liblinear", max_iter=300)
    fitted.fit(rows[used], labels[used], sample_weight=trust[used])
    return np.array([*fitted.coef_[0], fitted.intercept_[0]], np.float32)


def _heads(texts: Sequence[str], encoder: Encoder) -> Floats:
    """The encoder's log odds of each watcher, texts of like length together."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    out = np.zeros((len(texts), len(WATCHERS)), np.float32)
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    with ThreadPoolExecutor(WORKERS) as pool:  # a run of the graph lets go of Python's lock
        for places, told in zip(
            batches,
            pool.map(lambda rows: encoder.watching([texts[i] or " " for i in rows]), batches),
            strict=True,
        ):
            out[places] = told
    return out


def _features(sentence: Prepared, readings: Mapping[str, str]) -> list[str]:
    heard = phonetic_features(sentence, readings, SYLLABLES)
    return [*text_features(sentence, CHARACTERS), *("s:" + one for one in heard)]
