"""Cleaning of typed text: control characters but newline are removed, nothing else is changed."""

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
