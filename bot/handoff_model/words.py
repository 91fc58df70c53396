"""Words of an utterance for the handoff model: jieba's with the store's dictionary, and neighbouring characters.

Characters carry what a few hundred sessions cannot teach word by word ("投诉你们", "我投诉" share 投诉).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from bot.data_root import data_root
from bot.text.normalise import normalised
from bot.text.words import Words, dictionary_lines


@lru_cache(maxsize=1)
def _store_words() -> Words:
    return Words(dictionary_lines(data_root() / "data" / "nlu" / "jieba"))


def split_words(text: str, words: Words | None = None) -> list[str]:
    """Tokens of a text: words, then character pairs marked with "+"; digits are folded to one sign."""
    clean = "".join("0" if c.isdigit() else c for c in normalised(text).text.lower())
    found = [word for word, _ in (words or _store_words()).cut(clean)]
    return found + [f"+{a}{b}" for a, b in pairwise(clean) if not (a + b).isspace()]
