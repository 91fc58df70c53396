"""What the encoder reads of a message, and the names of what it tells. Pure."""

from __future__ import annotations

from bot.text.mask_numbers import mask_numbers
from bot.text.normalise import normalised
from bot.text.placeholders import PLACEHOLDER_NAMES

LONGEST_TEXT = 120
"""Characters read; longer messages are cut in the middle: people name the matter first or last."""
WATCHERS = ("safety", "threat", "human", "complaint", "repeat", "privacy", "others")
"""What is watched for in every message (H12, H36, H43, H53); data/watchers teaches it."""
_SIGNS = {ord(sign): name for sign, name in PLACEHOLDER_NAMES.items()}


def encoder_text(text: str) -> str:
    """A message of a customer as the encoder reads it."""
    return masked_text(mask_numbers(normalised(text).text))


def masked_text(text: str) -> str:
    """The same for a text that is normalised and masked already (`Prepared.text`): its signs by their names."""
    named = text.translate(_SIGNS)
    if len(named) <= LONGEST_TEXT:
        return named
    half = LONGEST_TEXT // 2
    return named[:half] + named[-half:]
