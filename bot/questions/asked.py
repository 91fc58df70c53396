"""Which known questions a message asks: as a whole, and in each of its pieces. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.encoder.encoder import Encoded
from bot.intent.prepared import Prepared
from bot.questions.model import QuestionModel
from bot.text.normalise import Normalised

MOST = 14
"""Entries told of the whole message, and of each piece."""
LEAST = 0.01
"""Less likely ones are not told."""
MOST_PIECES = 4
"""Pieces of a long message that are looked at, those at its end: people ask last."""


def asked(
    model: QuestionModel,
    normal: Normalised,
    sentence: Prepared,
    encoded: Encoded | None,
    pieces: Sequence[tuple[int, int, Prepared]],
    encoded_pieces: Sequence[Encoded | None],
) -> list[dict[str, Any]]:
    """[{entry, score}] for the whole message and [{entry, score, text}] for its pieces: `text`, the customer's own words."""
    found: list[dict[str, Any]] = [
        {"entry": one.entry, "score": one.score} for one in model.known(sentence, encoded, MOST, LEAST)
    ]
    told = list(zip(pieces, encoded_pieces, strict=True))[-MOST_PIECES:]
    for (start, end, piece), read in told:
        for one in model.known(piece, read, MOST, LEAST):
            found.append({"entry": one.entry, "score": one.score, "text": normal.words(start, end)})
    return found
