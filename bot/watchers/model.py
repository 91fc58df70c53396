"""How likely each watcher is: the encoder's heads and spelling, weighed together. Pure but for its files.

The heads know meaning and were each taught on the sentences of one file of data/watchers; the linear model knows characters
and syllables, and that a sentence of one watcher is none of another. Weights of the two: by logistic regression on sentences
that neither has seen (docs/reports/encoder.md).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.encoder.encoder import Encoded, Encoder
from bot.encoder.reading import WATCHERS
from bot.intent.prepared import Prepared
from bot.intent.spelling import Floats, Spelling, logistic, spelled
from bot.watchers.files import Watched

FILE, ARRAYS = "watchers.json", "watchers.npz"
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


class WatcherModel:
    """`watch(sentence, encoded)`: probability of each watcher."""

    def __init__(self, spelling: Spelling, mix: Floats, encoder_print: str) -> None:
        """Made by `fit` or `load`. `mix`: a row for each watcher: weight of the head, of spelling, constant."""
        self._spelling, self._mix, self.print = spelling, mix, encoder_print

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
        spelt = np.array([spelling.scores(one) for one in sentences])
        heads = _heads([one.text for one in sentences], encoder)
        for row, watcher in enumerate(WATCHERS):
            labels, trust = _with_ordinary(
                [told for _, told in apart], [told for _, told in weighed], watcher, 1.0
            )
            evidence = np.stack([heads[:, row], spelt[:, row]], 1)
            model._mix[row] = logistic(evidence, labels, trust, strength=MIX_STRENGTH)
        return model

    def watch(self, sentence: Prepared, encoded: Encoded) -> dict[str, float]:
        """By watcher, 0 to 1."""
        spelt = self._spelling.scores(sentence)
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

    def save(self, folder: Path) -> None:
        """What `load` needs."""
        told, arrays = self._spelling.kept()
        written = json.dumps({**told, "print": self.print}, ensure_ascii=False)
        (folder / FILE).write_text(written, encoding="utf-8")
        np.savez_compressed(folder / ARRAYS, mix=self._mix, **arrays)

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> WatcherModel | None:
        """As saved; None without the encoder that it was fitted for."""
        if encoder is None or not (folder / FILE).exists():
            return None
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if told["print"] != encoder.print:
            return None
        with np.load(folder / ARRAYS, allow_pickle=False) as kept:
            return cls(Spelling.of(told, kept), kept["mix"], told["print"])


def _spelled(
    watched: Sequence[tuple[Prepared, Watched]], ordinary: Sequence[tuple[Prepared, Mapping[str, float]]]
) -> Spelling:
    sentences = [*(one for one, _ in watched), *(one for one, _ in ordinary)]

    def weights(watcher: str, matrix: sparse.csr_matrix) -> Floats:
        labels, trust = _with_ordinary(
            [told for _, told in watched], [told for _, told in ordinary], watcher, ORDINARY
        )
        return logistic(matrix, labels, trust, strength=STRENGTH)

    def all_weights(matrix: sparse.csr_matrix) -> Floats:
        with ThreadPoolExecutor(WORKERS) as pool:
            return np.array(list(pool.map(lambda one: weights(one, matrix), WATCHERS)), np.float32)

    return spelled(sentences, all_weights)


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
