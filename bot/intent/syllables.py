"""Character -> syllable, by pypinyin; needed only while training, the model keeps the table."""

from __future__ import annotations

from functools import lru_cache

FIRST, LAST = 0x4E00, 0x9FFF
"""The common Chinese characters of Unicode."""


@lru_cache(maxsize=1)
def syllables() -> dict[str, str]:
    """The commonest reading of every Chinese character, without its tone: 块 and 快 are both `kuai`.

    One reading a character is enough: the same one is used for training and for answering.
    """
    from pypinyin import lazy_pinyin

    characters = [chr(code) for code in range(FIRST, LAST + 1)]
    readings = {c: lazy_pinyin(c, errors="ignore") for c in characters}
    return {c: found[0] for c, found in readings.items() if found}
