"""Text to pieces: the unigram tokenizer of the encoder (Kudo, 2018), over the pieces that it keeps. Pure.

The likeliest cut of the text into known pieces, found by dynamic programming; what no piece covers is `unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MARK = "▁"
"""Stands for a blank, and before the first character."""
LONGEST = 12
"""Characters of a piece; longer ones of the public vocabulary are not kept."""
_NEVER = -1e30
_UNKNOWN_COST = 10.0


class Tokens:
    """`pieces[i]`: text and log probability of piece i; the first four are begin, padding, end, unknown."""

    BEGIN, PADDING, END, UNKNOWN = range(4)

    def __init__(self, pieces: Sequence[tuple[str, float]], folds: Mapping[str, str]) -> None:
        self.pieces = list(pieces)
        self._folds = str.maketrans(dict(folds))
        first = self.UNKNOWN + 1
        self._known = {text: (i, score) for i, (text, score) in enumerate(self.pieces[first:], first)}
        self._unknown_score = min(score for _, score in self.pieces[first:]) - _UNKNOWN_COST

    def ids(self, text: str, most: int) -> list[int]:
        """Piece numbers with begin and end around them, at most `most` in all."""
        text = MARK + MARK.join(text.translate(self._folds).split())
        length = len(text)
        best = [0.0] + [_NEVER] * length
        came: list[tuple[int, int]] = [(0, 0)] * (length + 1)
        known = self._known
        for start in range(length):
            here = best[start]
            for end in range(start + 1, min(length, start + LONGEST) + 1):
                found = known.get(text[start:end])
                if found is not None and here + found[1] > best[end]:
                    best[end] = here + found[1]
                    came[end] = (start, found[0])
            if here + self._unknown_score > best[start + 1]:
                best[start + 1] = here + self._unknown_score
                came[start + 1] = (start, self.UNKNOWN)
        cut: list[int] = []
        at = length
        while at:
            at, piece = came[at]
            cut.append(piece)
        return [self.BEGIN, *cut[::-1][: most - 2], self.END]
