"""Cleaning of what people typed: texts lose control characters only, names also what turns or hides their neighbours; and
whole numbers in what programs sent."""

import unicodedata

LONGEST_TEXT = 4000


def clean_text(text: str) -> str:
    """Newlines stay (CR LF becomes LF), other control characters, lone surrogates and outer blanks go."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(one for one in text if one == "\n" or unicodedata.category(one) not in {"Cc", "Cs"})
    return kept.strip()


def clean_line(text: str) -> str:
    """The same in one line."""
    return " ".join(clean_text(text).split())


_JOINERS = "\u200c\u200d"
"""Zero-width, but part of the spelling of Persian names and of composed emoji."""


def clean_name(text: str) -> str:
    """A name in one line, without marks that change the direction of what stands beside it, or that nobody sees."""
    kept = "".join(one for one in text if unicodedata.category(one) != "Cf" or one in _JOINERS)
    return clean_line(kept).strip(_JOINERS)


def whole_number(text: str) -> int | None:
    """The number that these ASCII digits say, at most 18 of them; None for anything else. int() itself takes digits of all
    scripts, signs, blanks and underscores, and fails in its own way beyond 4300 of them."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
