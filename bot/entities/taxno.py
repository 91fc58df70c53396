"""The unified social credit code (GB 32100-2015), which companies give as tax number: 18 characters with a checksum."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def check_character(first17: str) -> str:
    """The 18th character that belongs to the first 17. ValueError for characters that a code never has."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def is_valid(code: str) -> bool:
    """18 characters of the code's alphabet whose last one is right. Upper case only: normalise before."""
    if len(code) != 18 or any(c not in ALPHABET for c in code):
        return False
    return code[17] == check_character(code[:17])
