"""The normalised text as the learned models see it: long numbers are signs, not digits. Pure.

A pasted order number says nothing about the issue beside it, but its digits would be most of the sentence's characters.
The same signs stand for the placeholders of de-identified logs, so both teach the same thing.
"""

from __future__ import annotations

import re

from bot.text.placeholders import NUMBER, ORDER, PHONE

HOTLINES = "12315|12345|12300|12305|12318|12331|12358|12365"
"""Numbers of public offices that customers threaten with: words, not digits to be hidden."""
_NUMBERS = re.compile(
    r"(?P<phone>(?<!\d)1[3-9]\d{9}(?!\d))|(?P<order>[a-z]{0,4}\d{9,})|"
    rf"(?<!\d)(?!(?:{HOTLINES})(?!\d))(?P<number>\d{{4,8}})|(?P<email>[\w.+-]+@[\w.-]+)"
)


def mask_numbers(text: str) -> str:
    """Phones, order and tracking numbers, and other numbers of four digits and more as one sign each."""

    def sign(match: re.Match[str]) -> str:
        if match.lastgroup in ("phone", "email"):
            return PHONE
        return ORDER if match.lastgroup == "order" else NUMBER

    return _NUMBERS.sub(sign, text)
