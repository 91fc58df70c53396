"""Known questions by words of their own: certain wherever they stand, half of them only in company."""

from __future__ import annotations

from dataclasses import replace

from dialogue.knowledge import Entry, Knowledge
from dialogue.message import AskedEntry
from dialogue.readers.known import read
from dialogue.scene import Scene
from tests.dialogue.readers import test_known
from tests.dialogue.readers.test_known import entry

KNOWN = Knowledge(
    {
        **test_known.KNOWN.entries,
        "today": Entry.model_validate(
            {
                "name": "问",
                "near": ("cancel_order",),
                "words": ("今天.{0,3}到账",),
                "half": ("^要收费吗$",),
                "say": "utter_x",
            }
        ),
        "only_there": entry(only=("cancel_order",), words=("几时",)),
    }
)


def on(text: str, *asked: AskedEntry, flows: tuple[str, ...] = ()) -> Scene:
    made = test_known.scene(*asked, flows=flows, text=text)
    return replace(made, store=replace(made.store, knowledge=KNOWN))


def names(scene: Scene) -> list[str]:
    return [one.name for one in read(scene)]


def test_its_words_are_certain_and_nothing_else_is_heard_there() -> None:
    assert names(on("退钱吧 今天能到账不", AskedEntry("anywhere", 0.95))) == ["today"]


def test_it_rests_on_its_small_sentence() -> None:
    (found,) = read(on("退钱吧 今天能到账不"))
    assert found.span == (4, 10)
    assert found.more["sure"] == 1.0


def test_half_a_question_needs_company() -> None:
    assert names(on("要收费吗")) == []
    assert names(on("要收费吗", flows=("cancel_order",))) == ["today"]


def test_words_of_half_questions_as_well() -> None:
    assert names(on("几时")) == []
    assert names(on("几时", flows=("cancel_order",))) == ["only_there"]
