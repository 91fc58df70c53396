"""Which pieces of the public vocabulary the encoder keeps: what Chinese shop talk needs, a sixteenth of 250 000."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.encoder.tokens import LONGEST, MARK, Tokens

FIRST = 4
"""Begin, padding, end and unknown stand first in both vocabularies."""
CHINESE, LATIN = 4500, 2500
"""Likeliest pieces of common Chinese characters, and of small letters, kept beside those that our sentences use."""
LATIN_LONGEST = 7


def kept_pieces(
    pieces: Sequence[tuple[str, float]], folds: Mapping[str, str], texts: Iterable[str]
) -> list[int]:
    """Numbers of the public pieces to keep, in their order: those that the texts use, single common characters and
    signs, and the likeliest others that are made of them."""
    usable = [piece if len(piece[0]) <= LONGEST else ("\0", -99.0) for piece in pieces]
    public = Tokens(usable, folds)
    used = {number for text in texts for number in public.ids(text, 200)}
    chinese, latin = [], []
    for number in range(FIRST, len(pieces)):
        text = pieces[number][0].removeprefix(MARK)
        if not text or len(pieces[number][0]) > LONGEST:
            continue
        if len(text) == 1 and (is_common(text) or text.isascii()):
            used.add(number)
        elif all(map(is_common, text)):
            chinese.append(number)
        elif len(text) <= LATIN_LONGEST and text.isascii() and text.isalpha() and text.islower():
            latin.append(number)
    for found, most in ((chinese, CHINESE), (latin, LATIN)):
        used.update(sorted(found, key=lambda number: -pieces[number][1])[:most])
    return sorted({*range(FIRST), *used})


def is_common(character: str) -> bool:
    """A character of GB 2312: 6763 Chinese ones, signs, and the Greek, Cyrillic and Japanese letters of that standard."""
    if character.isascii():
        return False
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
