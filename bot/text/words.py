"""Words of a sentence: jieba with this model's own dictionary.

Why an own `jieba.Tokenizer`: jieba's module-level functions share one dictionary in the process; a model that is swapped
or rolled back must bring its words and take them away. Pure but for jieba.
"""

from __future__ import annotations

import logging
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

logger = logging.getLogger(__name__)
WORD_WEIGHT = 20000
"""Frequency given to a store word without one: above almost every chain of single characters in jieba's list."""


def dictionary_lines(folder: Path) -> list[str]:
    """The store's words: every line of every *.txt of the folder, comments and blank lines left out."""
    lines: list[str] = []
    for file in sorted(folder.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            word = line.split("#", 1)[0].strip()
            if word:
                lines.append(word)
    return lines


def _hash(word: str) -> int:
    """Python hashes the bytes that it keeps, which 桃 and Ch have in common: the length tells them apart."""
    return hash((len(word), word))


class Frequencies:
    """How often each of jieba's half a million words and beginnings of words occurs, as its `FREQ` says: 6 MB instead of 66. A word is
    known by its 64-bit hash: one in 10^13 strangers would be taken for one. What is set later is kept as it is."""

    def __init__(self, known: Mapping[str, int]) -> None:
        hashes = np.fromiter(map(_hash, known), np.int64, len(known))
        order = np.argsort(hashes)
        self._hashes = array("q", hashes[order].tobytes())
        self._counts = array("i", np.fromiter(known.values(), np.int32, len(known))[order].tobytes())
        self._own: dict[str, int] = {}

    def get(self, word: str, default: int | None = None) -> int | None:
        """The word's count, 0 for a mere beginning; the default for what is neither."""
        if word in self._own:
            return self._own[word]
        sought = _hash(word)
        at = bisect_left(self._hashes, sought)
        if at < len(self._hashes) and self._hashes[at] == sought:
            return self._counts[at]
        return default

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def __getitem__(self, word: str) -> int:
        count = self.get(word)
        if count is None:
            raise KeyError(word)
        return count

    def __setitem__(self, word: str, count: int) -> None:
        self._own[word] = count


class Words:
    """Cuts normalised text into words; ready at once (the ~0.7 s of loading happen here, not at the first message)."""

    def __init__(self, store_words: Iterable[str]) -> None:
        import jieba

        jieba.setLogLevel(logging.WARNING)
        self.store_words = list(store_words)
        self._jieba: Any = jieba.Tokenizer()
        self._jieba.initialize()
        self._jieba.FREQ = Frequencies(self._jieba.FREQ)
        for line in self.store_words:
            parts = line.split()
            frequency = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else WORD_WEIGHT
            self._jieba.add_word(parts[0].lower(), frequency)

    def cut(self, text: str) -> list[tuple[str, int]]:
        """Words with their place in the text; blanks left out."""
        return [(word, start) for word, start, _ in self._jieba.tokenize(text) if word.strip()]


@lru_cache(maxsize=2)
def words_for(store_words: tuple[str, ...]) -> Words:
    """One cutter for all parts of a model that bring the same list: each costs 0.7 s."""
    return Words(store_words)
