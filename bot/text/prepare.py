"""A normalised message, ready for the models: the one place where training and answering agree on what they read."""

from __future__ import annotations

from bot.intent.prepared import Prepared
from bot.text.mask_numbers import mask_numbers
from bot.text.normalise import Normalised
from bot.text.words import Words


def prepared(normal: Normalised, words: Words) -> Prepared:
    """Text with signs for numbers, cut into words."""
    text = mask_numbers(normal.text)
    return Prepared(text, tuple(word for word, _ in words.cut(text)))
