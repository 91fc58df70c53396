"""A known question that is surely asked is not also the matter, or the wish for a person, that is heard in the same words."""

from __future__ import annotations

import pytest

from dialogue.candidates import Candidate
from dialogue.commands import Command
from dialogue.knowledge import KNOWLEDGE
from dialogue.precedence import outranked
from dialogue.reading import Span
from tests.dialogue.order_stage import the_dialogue


def candidate(
    kind: str,
    command: Command,
    span: Span = (0, 10),
    *,
    source: str = "intents",
    named: tuple[Span, ...] = (),
    **features: float,
) -> Candidate:
    whole = span == (0, 10)
    return Candidate(kind, command, span, {"model": 1.0, **features}, 0.9, source, whole, named)


def question(span: Span = (0, 10), *, sure: float = 0.8, asks: float = 1.0) -> Candidate:
    command = Command("answer", KNOWLEDGE, {"entry": "repair_data"})
    return candidate("known", command, span, source="known", sure=sure, question=asks)


LOOK_UP = candidate("answer", Command("answer", "coupons"))
BEGIN = candidate("start", Command("start", "return"))
PERSON = candidate("watch", Command("human", "privacy"))
THREAT_HEARD = candidate("watch", Command("human", "threat"))
THREAT_SAID = candidate("watch", Command("human", "threat"), model=0.0)
DANGER = candidate("watch", Command("human", "safety"))
OF_SITUATION = candidate("context", Command("start", "change_item"), source="context")
NAMED_ELSEWHERE = candidate("start", Command("start", "return"), named=((8, 10),))


@pytest.mark.parametrize(
    ("asked", "other", "gives_way"),
    [
        (question(), LOOK_UP, True),
        (question(), BEGIN, True),
        (question(), PERSON, True),
        (question(), THREAT_HEARD, True),
        (question(), THREAT_SAID, False),
        (question(), DANGER, False),
        (question(), OF_SITUATION, False),
        (question(sure=0.4), LOOK_UP, False),
        (question(asks=0.0, sure=0.6), LOOK_UP, False),
        (question(asks=0.0), LOOK_UP, True),
        (question(asks=0.0), BEGIN, False),
        (question((0, 5)), LOOK_UP, True),
        (question((0, 5)), BEGIN, False),
        (question((0, 5)), PERSON, False),
        (question((0, 5)), NAMED_ELSEWHERE, False),
    ],
)
def test_what_gives_way_to_a_question(asked: Candidate, other: Candidate, gives_way: bool) -> None:
    assert bool(outranked(other, [asked, other], the_dialogue().arbiter)) == gives_way
