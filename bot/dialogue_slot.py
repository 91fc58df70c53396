"""What the bot process knows of the dialogue's state, which is the action server's: one JSON value in one slot.

    {"version": 1, "frames": [{"flow": "return", "fails": 1, …}, …], …}      the last frame is the open one

Before that the dialogue was remembered in many slots; a conversation of that time goes on with its slots handed over as
version 0, which the package `dialogue` reads. Pure: no Rasa in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ACTION = "action_dialogue"
SLOT = "dialogue"
SLOTS_BEFORE = frozenset(
    {
        *(
            "customer",
            "order_no",
            "product",
            "question",
            "form",
            "facts",
            "asked",
            "misses",
            "pending_issues",
        ),
        *("last_resolution", "talk_of", "soothed", "episode", "usage_told"),
    }
)
"""Slots of models up to November 2026."""


def failed_answers(dialogue: Any) -> int:
    """How often in a row the open question was answered with something that does not fit; 0 for no question."""
    frames = dialogue.get("frames") if isinstance(dialogue, Mapping) else None
    top = frames[-1] if isinstance(frames, list) and frames else None
    fails = top.get("fails") if isinstance(top, Mapping) else None
    return fails if isinstance(fails, int) else 0


def misses(dialogue: Any) -> int:
    """How many messages in a row the dialogue could make nothing of."""
    count = dialogue.get("misses") if isinstance(dialogue, Mapping) else None
    return count if isinstance(count, int) else 0


def taken(before: Any, after: Any) -> dict[str, bool]:
    """What became of a message, for `understanding`: did the dialogue make nothing of it (`misunderstood`, told always), or
    was it no answer to the open question (`form_failed`, told where it is so)?"""
    told = {"misunderstood": misses(after) > misses(before)}
    return told | ({"form_failed": True} if failed_answers(after) > failed_answers(before) else {})


def is_half_filled(dialogue: Any) -> bool:
    """Is any flow open in this state?"""
    return bool(dialogue.get("frames")) if isinstance(dialogue, Mapping) else False


def with_dialogue(slots: Mapping[str, Any]) -> dict[str, Any]:
    """The slots of a state, those of before put together as `dialogue` version 0 when there is no newer one."""
    kept = {name: value for name, value in slots.items() if name not in SLOTS_BEFORE}
    before = {name: value for name, value in slots.items() if name in SLOTS_BEFORE and value is not None}
    if before and kept.get(SLOT) is None:
        kept[SLOT] = {"version": 0, "slots": before}
    return kept
