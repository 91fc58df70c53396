"""Words of a sentence: jieba with this model's own dictionary.

Why an own `jieba.Tokenizer`: jieba's module-level functions share one dictionary in the process; a model that is swapped
or rolled back must bring its words and take them away. Pure but for jieba.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

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


class Words:
    """Cuts normalised text into words; ready at once (the ~0.7 s of loading happen here, not at the first message)."""

    def __init__(self, store_words: Iterable[str]) -> None:
        import jieba

        jieba.setLogLevel(logging.WARNING)
        self.store_words = list(store_words)
        self._jieba: Any = jieba.Tokenizer()
        self._jieba.initialize()
        for line in self.store_words:
            parts = line.split()
            frequency = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else WORD_WEIGHT
            self._jieba.add_word(parts[0].lower(), frequency)

    def cut(self, text: str) -> list[tuple[str, int]]:
        """Words with their place in the text; blanks left out."""
        return [(word, start) for word, start, _ in self._jieba.tokenize(text) if word.strip()]


@lru_cache(maxsize=2)
def words_for(store_words: tuple[str, ...]) -> Words:
    """One cutter for all parts of a model that bring the same list: each costs 60 MB and 0.7 s."""
    return Words(store_words)
