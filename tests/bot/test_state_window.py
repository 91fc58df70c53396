"""The state that travels: bounded, foldable, readable only where it still means the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import state_window as window
from bot.dialogue_slot import failed_answers, taken, with_dialogue

Event = dict[str, Any]


def turn(number: int, *between: Event) -> list[Event]:
    return [
        {
            "event": "user",
            "timestamp": number,
            "text": f"m{number}",
            "parse_data": {"intent": {"name": "x"}, "intent_ranking": [1]},
            "metadata": {"anke": 1},
        },
        *between,
        {"event": "bot", "timestamp": number, "text": f"b{number}", "data": {"buttons": None}},
        {"event": "action", "timestamp": number, "name": "action_listen"},
    ]


def slot(name: str, value: Any) -> Event:
    return {"event": "slot", "name": name, "value": value}


def folded(events: list[Event]) -> dict[str, Any]:
    """The slots that a reader of the events would see."""
    slots: dict[str, Any] = {}
    for event in events:
        if event["event"] == "slot":
            slots[event["name"]] = event["value"]
        elif event["event"] == "reset_slots":
            slots = dict.fromkeys(slots)
    return {k: v for k, v in slots.items() if v is not None}


EVENTS = st.lists(
    st.one_of(
        st.builds(slot, st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 3))),
        st.just({"event": "reset_slots"}),
    ),
    max_size=3,
)


@given(st.lists(EVENTS, max_size=20), st.integers(1, 5))
def test_windowing_keeps_slots_and_the_last_turns(turns: list[list[Event]], size: int) -> None:
    events = [event for number, between in enumerate(turns) for event in turn(number, *between)]
    cut = window.windowed(events, {}, size)
    assert folded(cut) == folded(events)
    texts = [e["text"] for e in cut if e["event"] == "user"]
    assert texts == [f"m{n}" for n in range(len(turns))][-size:]
    assert window.windowed(cut, {}, size) == cut


@given(st.lists(EVENTS, max_size=20), st.integers(1, 5))
def test_only_the_last_value_of_a_quiet_slot_is_kept(turns: list[list[Event]], size: int) -> None:
    events = [event for number, between in enumerate(turns) for event in turn(number, *between)]
    cut = window.windowed(events, {}, size, frozenset("ab"))
    assert folded(cut) == folded(events)
    assert sum(e["event"] == "slot" and e["name"] == "a" for e in cut) <= 1


def test_the_window_starts_where_the_bot_was_listening() -> None:
    events = [event for number in range(10) for event in turn(number)]
    cut = window.windowed(events, {}, 3)
    assert cut[0] == {"event": "action", "timestamp": 6, "name": "action_listen"}
    assert cut[1]["text"] == "m7"


def test_what_only_its_turn_needed_is_not_kept() -> None:
    kept = window.windowed(turn(1, slot(window.UNKEPT_SLOT, {"address": "203.0.113.5"})), {})
    assert kept[0]["metadata"] == {}
    assert kept[0]["parse_data"] == {"intent": {"name": "x"}}
    assert window.UNKEPT_SLOT not in str(kept)


def test_a_state_with_a_form_of_rasas_own_cannot_be_read() -> None:
    state = {"format": 1, "events": [{"event": "active_loop", "name": "f"}]}
    assert not window.is_readable(state, {"a"}, {"action_listen"})


def test_unknown_names_make_a_state_unreadable_but_slots_are_kept() -> None:
    state = {"format": 1, "events": [slot("gone", 1)], "slots": {"a": 1, "gone": 1, "b": None}}
    assert not window.is_readable(state, {"a"}, set())
    assert window.kept_slots(state, {"a", "b"}) == {"a": 1}
    assert not window.loses_dialogue(state, {"a"})


@pytest.mark.parametrize(
    ("state", "lost"),
    [
        ({"slots": {"dialogue": {"frames": [{"flow": "return"}]}}}, True),
        ({"slots": {"dialogue": {"version": 1, "order_no": "1"}}}, False),
        ({"events": [{"event": "user"}]}, True),
        ({}, False),
    ],
)
def test_only_a_half_filled_dialogue_is_lost(state: dict[str, Any], lost: bool) -> None:
    """By a model that does not know the slot, or by a state that has no slots."""
    assert window.loses_dialogue(state, {"a"}) is lost


def test_a_newer_dialogue_is_not_replaced_by_older_slots() -> None:
    slots = {"dialogue": {"version": 1}, "order_no": "1", "moods": [0.2]}
    assert with_dialogue(slots) == {"dialogue": {"version": 1}, "moods": [0.2]}
    assert with_dialogue({"moods": []}) == {"moods": []}
    assert with_dialogue({"order_no": "1"}) == {"dialogue": {"version": 0, "slots": {"order_no": "1"}}}


@pytest.mark.parametrize(
    ("dialogue", "fails"),
    [
        (None, 0),
        ({}, 0),
        ({"frames": []}, 0),
        ({"frames": [{"flow": "return"}]}, 0),
        ({"frames": [{"fails": 1}, {"fails": 2}]}, 2),
        ({"version": 0, "slots": {"question": {"fails": 2}}}, 0),
        ("?", 0),
    ],
)
def test_failed_answers_are_those_of_the_open_frame(dialogue: Any, fails: int) -> None:
    assert failed_answers(dialogue) == fails


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, {}, {"misunderstood": False}),
        ({}, {"misses": 1}, {"misunderstood": True}),
        ({"misses": 1}, {"misses": 2}, {"misunderstood": True}),
        ({"misses": 1}, {}, {"misunderstood": False}),
        ({"frames": [{"flow": "return"}]}, {"frames": [{"flow": "return"}]}, {"misunderstood": False}),
        (
            {"frames": [{"flow": "return"}]},
            {"frames": [{"flow": "return", "fails": 1}]},
            {"misunderstood": False, "form_failed": True},
        ),
        ("unreadable", {"misses": "many"}, {"misunderstood": False}),
    ],
)
def test_an_answer_that_only_its_question_understands_is_no_misunderstanding(
    before: Any, after: Any, told: dict[str, bool]
) -> None:
    assert taken(before, after) == told
