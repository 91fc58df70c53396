"""A normalised message, ready for the models: the one place where training and answering agree on what they read."""

from __future__ import annotations

from collections.abc import Sequence

from bot.intent.prepared import Prepared
from bot.text.mask_numbers import mask_numbers
from bot.text.normalise import Normalised
from bot.text.words import Words


def prepared(normal: Normalised, words: Words, cut: Sequence[tuple[str, int]] | None = None) -> Prepared:
    """Text with signs for numbers, cut into words. `cut`: the normal text's words, where they are known already."""
    text = mask_numbers(normal.text)
    found = cut if cut is not None and text == normal.text else words.cut(text)
    return Prepared(text, tuple(word for word, _ in found))
