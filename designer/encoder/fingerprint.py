"""Which sentences the encoder was made from: `make train` says when too many are younger than it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.encoder.encoder import SEEN
from designer.encoder.examples import read_all

YOUNG = 0.02
"""Share of sentences that may be younger than the encoder before `make train` says so."""


def sentence_prints(texts: Iterable[str]) -> npt.NDArray[np.uint32]:
    """A number for each sentence as the encoder reads it, sorted; kept beside the encoder."""
    return np.unique(np.array([zlib.crc32(text.encode()) for text in texts], np.uint32))


def young_share(folder: Path) -> float:
    """Share of today's labelled sentences that the encoder in the folder has not seen, 0 to 1."""
    seen = np.load(folder / SEEN, allow_pickle=False)
    now = sentence_prints(example.text for example in read_all())
    return float(1 - np.isin(now, seen).mean())
