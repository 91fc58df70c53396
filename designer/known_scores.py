"""What the bot finds for questions that it has not seen, as JSON: `.venv-bot/bin/python -m designer.known_scores < rows.json`.

A row is a sentence; the model is fitted here without the ways of asking and the sentences that the encoder's training kept
apart (designer/encoder/examples.py), so that they can be measured: they come first in the answer, then the rows.
"""

from __future__ import annotations

import json
import sys

from bot.encoder.encoder import Encoder
from bot.questions.asked import LEAST, MOST
from bot.questions.files import read_questions
from bot.questions.model import QuestionModel
from bot.text.normalise import normalised
from bot.text.prepare import prepared
from bot.text.words import Words, dictionary_lines
from designer.encoder.examples import ASKED_PARTS, read_all
from designer.inputs import DATA_ROOT

ORDINARY, MEASURED = 2500, 1700
"""Sentences of data/nlu that the model is told apart from, and others that are measured."""


def main() -> None:
    """`{asked: [[entry, found]], ordinary: [found], rows: [found]}`; found: [[entry, score]]."""
    words, encoder = Words(dictionary_lines(DATA_ROOT / "data" / "nlu" / "jieba")), Encoder()
    seen: dict[str, int] = {}
    kept: list[tuple[str, str, bool]] = []
    for entry, text in read_questions(DATA_ROOT / "data" / "knowledge"):
        number = seen[entry] = seen.get(entry, -1) + 1
        kept.append((entry, text, number % ASKED_PARTS == ASKED_PARTS - 1))
    plain = [one for one in read_all() if one.intent is not None]
    others = [one.text for one in plain if not one.apart]
    apart = [one.text for one in plain if one.apart]
    model = QuestionModel.fit(
        [(entry, prepared(normalised(text), words)) for entry, text, out in kept if not out],
        [prepared(normalised(text), words) for text in others[:: max(1, len(others) // ORDINARY)]],
        encoder,
    )

    def found(text: str) -> list[tuple[str, float]]:
        sentence = prepared(normalised(text), words)
        told = model.known(sentence, encoder.encode(sentence.text), MOST, LEAST)
        return [(one.entry, one.score) for one in told]

    json.dump(
        {
            "asked": [(entry, found(text), text) for entry, text, out in kept if out],
            "ordinary": [(found(one), one) for one in apart[:: max(1, len(apart) // MEASURED)]],
            "rows": [found(one) for one in json.load(sys.stdin)],
        },
        sys.stdout,
        ensure_ascii=False,
    )


if __name__ == "__main__":
    main()
