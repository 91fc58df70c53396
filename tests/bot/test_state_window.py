"""The state that travels: bounded, foldable, readable only where it still means the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot import state_window as window

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


def loop(name: str | None) -> Event:
    return {"event": "active_loop", "name": name}


def folded(events: list[Event]) -> tuple[dict[str, Any], str | None]:
    """Slots and open form that a reader of the events would see."""
    slots: dict[str, Any] = {}
    for event in events:
        if event["event"] == "slot":
            slots[event["name"]] = event["value"]
        elif event["event"] == "reset_slots":
            slots = dict.fromkeys(slots)
    return {k: v for k, v in slots.items() if v is not None}, window.open_form(events)


EVENTS = st.lists(
    st.one_of(
        st.builds(slot, st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 3))),
        st.builds(loop, st.sampled_from([None, "f", "g"])),
        st.just({"event": "reset_slots"}),
    ),
    max_size=3,
)


@given(st.lists(EVENTS, max_size=20), st.integers(1, 5))
def test_windowing_keeps_slots_and_form_and_the_last_turns(turns: list[list[Event]], size: int) -> None:
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


def test_a_form_is_only_readable_with_the_same_definition() -> None:
    forms = {"f": {"required_slots": ["a"]}}
    state = {"format": 1, "events": [loop("f")], "form_print": window.form_print(forms["f"])}
    assert window.is_readable(state, {"a"}, {"action_listen"}, forms)
    assert not window.is_readable(state, {"a"}, {"action_listen"}, {"f": {"required_slots": ["b"]}})
    assert not window.is_readable(state, {"a"}, {"action_listen"}, {})


def test_unknown_names_make_a_state_unreadable_but_slots_are_kept() -> None:
    state = {"format": 1, "events": [slot("gone", 1)], "slots": {"a": 1, "gone": 1, "requested_slot": "a"}}
    assert not window.is_readable(state, {"a"}, set(), {})
    assert window.kept_slots(state, {"a", "requested_slot"}) == {"a": 1}
    assert not window.loses_form(state, {"a"})
    assert window.loses_form({"events": [loop("f")]}, {"a"})
    assert window.loses_form({"slots": {"form": {"step": 2}}}, {"a"})
