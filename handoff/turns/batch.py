"""Which of the customer's messages make the next turn, and what the bot is told they are.

The first message starts a turn at once; texts that arrived meanwhile are joined: consecutive texts only, at most 5
and 1000 characters. A button, a picture or a video is a turn of its own.
"""

from collections.abc import Sequence
from typing import Any

from handoff.records import Item

BATCH_TEXTS = 5
BATCH_CHARACTERS = 1000
LONGEST_LABEL = 24
"""No button of ours has a longer label, in characters."""
_AROUND_LABEL = ' 。.!！~“”"'


def next_batch(pending: Sequence[Item]) -> list[Item]:
    """The leading messages of `pending` (in order) that one turn takes; never empty unless `pending` is."""
    batch: list[Item] = []
    characters = 0
    for item in pending:
        if item.kind != "text":
            return batch or [item]
        characters += len(item.body["text"]) + bool(batch)
        if batch and (len(batch) == BATCH_TEXTS or characters > BATCH_CHARACTERS):
            return batch
        batch.append(item)
    return batch


def turn_input(batch: Sequence[Item], live_buttons: dict[str, dict[str, str]]) -> dict[str, Any]:
    """`input` of the turn request. A button outside `live_buttons` (the latest reply set) counts as its label typed; the label of
    one of them, typed, counts as pressing it."""
    first = batch[0]
    if first.kind == "button":
        button = live_buttons.get(first.body["button_id"])
        if button is not None:
            return {"kind": "button", "label": button["label"], "payload": button["payload"]}
        return {"kind": "text", "text": first.body["label"]}
    if first.kind in {"image", "video"}:
        told = {"kind": first.kind, "upload_id": first.body["upload_id"]}
        if first.body.get("text"):
            told["text"] = first.body["text"]
        return told
    if len(batch) == 1:
        typed = first.body["text"].strip(_AROUND_LABEL)
        for button in live_buttons.values():
            if button["label"] == typed:
                return {"kind": "button", "label": button["label"], "payload": button["payload"]}
    return {"kind": "text", "text": "\n".join(item.body["text"] for item in batch)}


def may_be_label(item: Item) -> bool:
    """Could it be a button's label, pressed or typed?"""
    return item.kind == "button" or (item.kind == "text" and len(item.body["text"]) <= LONGEST_LABEL)
