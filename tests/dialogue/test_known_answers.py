"""Answers of data/knowledge: by the state of the order, with the policy's numbers, beside an open form, three times the same."""

from __future__ import annotations

import pytest

from dialogue.knowledge import Knowledge
from tests.dialogue.order_stage import Stage, placeholders, the_dialogue
from tests.dialogue.test_return_flows import signed, stage


def known() -> Knowledge:
    return the_dialogue().knowledge


@pytest.mark.parametrize("entry", sorted(known().entries))
def test_every_entry_has_an_answer_that_can_be_filled(entry: str) -> None:
    """In every situation: with this order in hand, and with nobody known."""
    for on in (stage(signed()), unknown()):
        said = on.play(f"answer(knowledge, entry={entry})")
        assert said
        assert said[0] in set(known().entries[entry].say.values())


def unknown() -> Stage:
    on = stage(signed())
    on.state.customer, on.state.order_no = None, None
    return on


def by_state() -> str:
    """An entry that answers a signed order otherwise than no order."""
    return next(
        name
        for name, one in known().entries.items()
        if "signed" in one.say and one.say["signed"] != one.say["otherwise"] and one.offer is None
    )


def plain() -> str:
    return next(
        name
        for name, one in known().entries.items()
        if one.offer is None and not one.only and len(one.say) == 1
    )


def test_the_state_of_the_order_in_hand_decides() -> None:
    name = by_state()
    entry = known().entries[name]
    assert stage(signed()).play(f"answer(knowledge, entry={name})") == [entry.say["signed"]]
    assert unknown().play(f"answer(knowledge, entry={name})") == [entry.say["otherwise"]]


def test_a_question_in_passing_leaves_the_form_where_it_was() -> None:
    on = stage()
    on.play("start(return, reason=quality, condition=used)", "quality_fault")
    before = on.state.frames[-1].slots
    name = plain()
    said = on.play(f"answer(knowledge, entry={name})")
    assert said[0] == known().entries[name].say["otherwise"]
    assert said[-1] == "utter_ask_evidence"
    assert on.state.frames[-1].slots == before


def test_asked_again_a_person_is_near_and_the_third_time_there() -> None:
    on, name = stage(), plain()
    answer = known().entries[name].say["otherwise"]
    assert on.play(f"answer(knowledge, entry={name})") == [answer]
    assert on.play(f"answer(knowledge, entry={name})") == ["utter_known_again"]
    assert [one.payload for one in on.said[0].buttons] == ["/ask_human"]
    assert on.play(f"answer(knowledge, entry={name})")[-1] == "handoff:repeat"


def test_which_of_two_is_asked_and_the_answer_is_the_chosen_ones() -> None:
    on = stage()
    first, second = sorted(known().entries)[:2]
    assert on.play(f"clarify({first}, {second})") == ["utter_which_question"]
    assert [one.title for one in on.said[0].buttons][:2] == [
        known().entries[first].name,
        known().entries[second].name,
    ]
    assert on.play(f"set(chosen={second})")[0] == known().entries[second].response("signed")


def test_an_offered_person_comes_with_a_yes() -> None:
    on = stage()
    name = next(one for one, entry in known().entries.items() if entry.offer == "human")
    on.play(f"answer(knowledge, entry={name})")
    assert [one.payload for one in on.said[-1].buttons] == ["/affirm", "/deny"]
    assert on.said[-1].expects == "confirm"
    assert on.play("set(ok=yes)")[-1] == "handoff:requested"


def test_a_rule_that_answers_a_look_up_ends_the_question_for_the_order() -> None:
    on = unknown()
    assert on.play("answer(price_protection)", "price_protect") == ["utter_ask_order_no"]
    name = next(one for one, entry in known().entries.items() if "price_protection" in entry.near)
    said = on.play(f"answer(knowledge, entry={name})")
    assert "utter_ask_order_no" not in said
    assert on.state.frames == []


def test_every_placeholder_of_the_policy_has_words() -> None:
    from aftersales.policy_values import POLICY_VALUES, policy_values

    values = policy_values(the_dialogue().policy)
    assert set(values) == POLICY_VALUES
    assert all(values.values())
    used = {one for name, held in placeholders().items() if name.startswith("utter_know_") for one in held}
    assert used & POLICY_VALUES
