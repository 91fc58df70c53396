"""我没改抬头, 地址还是刚才那个: something that is known stays as it is, or as it was before we changed it (answers.kept)."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.sentence import sentences
from dialogue.reading import Reading
from dialogue.scene import Scene

SOURCE = "kept"


def read(scene: Scene) -> Iterator[Reading]:
    """`kept` with the slot's name; value: it was changed in this conversation and the change is denied."""
    if scene.message.is_button or not scene.text or scene.top is None:
        return
    words = scene.store.words
    for part in sentences(scene.text):
        if not words.hit("answers.kept", part.text) or words.hit("answers.question", part.text):
            continue
        for slot, pattern in words.codes("slots").items():
            if scene.top.slots.get(slot) is None or not pattern.search(part.text):
                continue
            denied = words.hit("answers.not_changed", part.text) is not None
            yield Reading("kept", slot, denied and _changed(scene, slot), 0.95, part.span, source=SOURCE)


def _changed(scene: Scene, slot: str) -> bool:
    """Was it filled with something else before, in the frame that is open?"""
    top = scene.top
    return top is not None and any(
        one["draft"] == top.draft and one["slot"] == slot and one["before"] is not None
        for one in scene.state.undo
    )
