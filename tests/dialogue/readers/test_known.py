"""Known questions in company: half questions mean what was just talked about, one entry near and another far."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogue.knowledge import Entry, Knowledge
from dialogue.message import AskedEntry, Circumstances, Message
from dialogue.outside import Outside
from dialogue.readers.known import read
from dialogue.scene import Scene
from dialogue.state import Frame, State
from tests.aftersales.conftest import START
from tests.dialogue.order_stage import the_dialogue

ASKS = tuple("一二三四五")


def entry(**given: object) -> Entry:
    return Entry.model_validate({"name": "问", "asks": ASKS, "say": "utter_x", **given})


KNOWN = Knowledge(
    {
        "urge_when": entry(only=("urge",)),
        "claim_when": entry(only=("lost_parcel",)),
        "coupon_back": entry(near=("cancel_order",)),
        "gift_back": entry(near=("return",)),
        "anywhere": entry(),
    }
)


def scene(
    *asked: AskedEntry, flows: tuple[str, ...] = (), last: str = "", text: str = "大概要多久有结果"
) -> Scene:
    state = State(frames=[Frame(one, "draft") for one in flows], last={"flow": last} if last else None)
    at = Circumstances("turn", "conversation", START)
    store = replace(the_dialogue(), knowledge=KNOWN)
    return Scene(Message(text, questions=asked), at, state, store, Outside())


def found(on: Scene) -> list[tuple[str, float]]:
    return [(one.name, round(one.score, 2)) for one in read(on)]


def test_half_a_question_means_what_was_just_talked_about() -> None:
    both = (AskedEntry("urge_when", 0.45), AskedEntry("claim_when", 0.5))
    assert [name for name, _ in found(scene(*both, last="urge"))] == ["urge_when"]
    assert [name for name, _ in found(scene(*both, flows=("lost_parcel",)))] == ["claim_when"]
    assert found(scene(*both)) == []
    assert found(scene(*both, last="invoice")) == []


def test_what_cannot_be_meant_leaves_its_chance_to_the_rest() -> None:
    alone = scene(AskedEntry("anywhere", 0.4))
    beside = scene(AskedEntry("anywhere", 0.4), AskedEntry("claim_when", 0.5))
    assert found(alone) == []
    assert found(beside) == [("anywhere", 0.8)]


@pytest.mark.parametrize(("last", "heard"), [("cancel_order", "coupon_back"), ("return", "gift_back")])
def test_of_two_alike_the_nearer_one(last: str, heard: str) -> None:
    both = (AskedEntry("coupon_back", 0.4), AskedEntry("gift_back", 0.4))
    assert [name for name, _ in found(scene(*both, last=last))] == [heard]


def test_between_two_it_is_asked_which_but_only_once() -> None:
    both = (AskedEntry("anywhere", 0.3), AskedEntry("gift_back", 0.25))
    heard = list(read(scene(*both)))
    assert [(one.kind, one.value) for one in heard] == [("either", ("anywhere", "gift_back"))]
    again = scene(*both)
    again.state.told["either"] = [["anywhere", "gift_back"]]
    assert list(read(again)) == []


def test_an_answer_that_covers_the_other_is_given_at_once() -> None:
    entries = {**KNOWN.entries, "anywhere": entry(covers=("gift_back",))}
    on = scene(AskedEntry("anywhere", 0.3), AskedEntry("gift_back", 0.25))
    on = replace(on, store=replace(on.store, knowledge=Knowledge(entries)))
    assert found(on) == [("anywhere", 0.55)]


def test_each_piece_of_a_message_may_ask() -> None:
    text = "催了多久有结果 另外券还退吗"
    told = found(
        scene(
            AskedEntry("urge_when", 0.9, "催了多久有结果"),
            AskedEntry("coupon_back", 0.9, "另外券还退吗"),
            last="urge",
            text=text,
        )
    )
    assert [name for name, _ in told] == ["urge_when", "coupon_back"]


def test_an_entry_of_an_older_model_is_passed_over() -> None:
    assert found(scene(AskedEntry("gone", 0.99))) == []


def test_what_is_said_then_chooses_among_the_offered() -> None:
    on = scene(AskedEntry("gift_back", 0.2), AskedEntry("coupon_back", 0.3))
    on.state.frames.append(
        Frame(
            "clarify", "d", step="chosen", data={"names": {"chosen": {"anywhere": "问", "gift_back": "问"}}}
        )
    )
    assert found(on) == [("gift_back", 1.0)]


def test_a_third_that_is_as_near_is_offered_too() -> None:
    three = (AskedEntry("anywhere", 0.25), AskedEntry("gift_back", 0.2), AskedEntry("coupon_back", 0.18))
    assert [one.value for one in read(scene(*three))] == [("anywhere", "gift_back", "coupon_back")]


def test_a_half_question_goes_on_with_what_was_just_answered() -> None:
    on = scene(AskedEntry("anywhere", 0.4))
    assert found(on) == []
    on.state.asked = ["known:anywhere@utter_x#"]
    assert found(on) == [("anywhere", 0.64)]
