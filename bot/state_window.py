"""What travels with a turn: a bounded window of events, as plain dictionaries.

Why a window: Rasa walks a conversation's whole history several times a message (38 ms at turn 0, 973 ms at turn 1000).
We keep the last `WINDOW` customer turns and fold everything before them into one head: the slots, and the
`action_listen` that every turn starts from. The cut is always just before a customer's message, which is the only
place where Rasa itself is idle, so policies see a normal conversation start. Pure: no Rasa in here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.dialogue_slot import SLOT, is_half_filled, with_dialogue

FORMAT = 1
WINDOW = 5
"""Customer turns kept in full: the choice of wording (bot/nlg.py) looks back 6 sentences, a turn says one to three. Every
turn more costs 0.15 ms of each later turn; 5 keep a state near 8 kB."""

Event = dict[str, Any]

UNKEPT_SLOT = "session_started_metadata"
"""Rasa keeps the first request's whole context (address, identity, history) in this slot; nobody reads it."""


def slimmed(event: Event) -> Event:
    """An event without what only its own turn needs (the request's context, rankings, model ids, empty fields)."""
    slim = {k: v for k, v in event.items() if v is not None and k != "metadata"}
    kind = event.get("event")
    if kind == "user":
        parse = event.get("parse_data") or {}
        slim["parse_data"] = {k: parse[k] for k in ("intent", "entities", "text") if k in parse}
        slim["metadata"] = {}
    elif kind == "bot":
        slim["data"] = {k: v for k, v in (event.get("data") or {}).items() if v}
        slim["metadata"] = {k: v for k, v in (event.get("metadata") or {}).items() if k == "utter_action"}
    elif kind == "slot":
        slim["value"] = event.get("value")
    return slim


def windowed(
    events: Sequence[Event],
    initial_slots: Mapping[str, Any],
    window: int = WINDOW,
    quiet_slots: frozenset[str] = frozenset(),
) -> list[Event]:
    """The events of the last `window` customer turns, headed by what happened before, folded. Order is kept.

    `quiet_slots` influence no policy, so only their last value is kept: a slot that an action rewrites every turn would
    otherwise be most of the state.
    """
    kept = _without_overwritten(events, quiet_slots)
    customer = [i for i, event in enumerate(kept) if event.get("event") == "user"]
    if len(customer) <= window:
        return [slimmed(event) for event in kept]
    cut = _turn_start(kept, customer[-window])
    return _folded(kept[:cut], initial_slots) + [slimmed(event) for event in kept[cut:]]


def _without_overwritten(events: Sequence[Event], quiet_slots: frozenset[str]) -> list[Event]:
    """Without values of quiet slots that a later event replaces, and without what is never kept."""
    last: set[str] = set()
    kept: list[Event] = []
    for event in reversed(events):
        if event.get("event") == "slot":
            name = str(event.get("name"))
            if name == UNKEPT_SLOT or name in last:
                continue
            if name in quiet_slots:
                last.add(name)
        kept.append(event)
    return kept[::-1]


def _turn_start(events: Sequence[Event], user_index: int) -> int:
    """Where the turn of this customer message begins: right behind the `action_listen` that waited for it."""
    for i in range(user_index - 1, -1, -1):
        event = events[i]
        if event.get("event") == "action" and event.get("name") == "action_listen":
            return i + 1
        if event.get("event") == "user":
            return i + 1
    return user_index


def _folded(events: Sequence[Event], initial_slots: Mapping[str, Any]) -> list[Event]:
    slots: dict[str, Any] = {}
    at = events[-1].get("timestamp") if events else None
    for event in events:
        kind = event.get("event")
        if kind == "slot":
            slots[str(event["name"])] = event.get("value")
        elif kind in {"reset_slots", "restart"}:
            slots = dict.fromkeys(slots)
    head: list[Event] = [
        {"event": "slot", "timestamp": at, "name": name, "value": value}
        for name, value in slots.items()
        if value != initial_slots.get(name)
    ]
    head.append({"event": "action", "timestamp": at, "name": "action_listen"})
    return head


def is_readable(state: Mapping[str, Any], known_slots: set[str], known_actions: set[str]) -> bool:
    """Can this model go on from this state? Another model may, as long as every name in it still means the same."""
    if state.get("format") != FORMAT or not isinstance(state.get("events"), list):
        return False
    for event in state["events"]:
        if not isinstance(event, dict):
            return False
        kind, name = event.get("event"), event.get("name")
        if kind == "slot" and name not in known_slots:
            return False
        if kind == "action" and name is not None and name not in known_actions:
            return False
        if kind == "active_loop":  # a form of Rasa's own, which no model has any more
            return False
    return True


def kept_slots(state: Mapping[str, Any], known_slots: set[str]) -> dict[str, Any]:
    """The slots of an unreadable state that the domain still knows; an older dialogue's as bot/dialogue_slot.py says."""
    slots = state.get("slots")
    if not isinstance(slots, dict):
        return {}
    return {
        name: value
        for name, value in with_dialogue(slots).items()
        if name in known_slots and name != UNKEPT_SLOT and value is not None
    }


def loses_dialogue(state: Mapping[str, Any], known_slots: set[str]) -> bool:
    """Does keeping only the known slots end something half filled, which the customer must be told?"""
    slots = state.get("slots")
    if not isinstance(slots, dict):
        return bool(state.get("events"))
    return SLOT not in known_slots and is_half_filled(slots.get(SLOT))
