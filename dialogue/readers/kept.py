"""我没改抬头, 地址还是刚才那个, 颜色别动, 尺码还是M: something that is known stays as it is, or as it was before we changed it
(answers.kept, quantity.still)."""

from __future__ import annotations

from collections.abc import Iterator

from aftersales.variants import fits_size, same_colour
from dialogue.readers.choices import codes_in
from dialogue.readers.sentence import Sentence, sentences
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "kept"
#: Slots whose value the order's line has where the form does not change it.
_OF_LINE = ("colour", "size")


def read(scene: Scene) -> Iterator[Reading]:
    """`kept` with the slot's name; value: it was changed in this conversation and the change is denied."""
    if scene.message.is_button or not scene.text or scene.top is None:
        return
    words = scene.store.words
    for part in sentences(scene.text):
        found = [*_named(scene, part)]
        for slot in found:
            denied = words.hit("answers.not_changed", part.text) is not None
            yield Reading("kept", slot, denied and _changed(scene, slot), 0.95, part.span, source=SOURCE)
        if not found and stays(scene, part):
            yield Reading("kept", "", False, 0.95, part.span, source=SOURCE)


def _named(scene: Scene, part: Sentence) -> Iterator[str]:
    """The filled slots that the small sentence names and leaves as they are."""
    words, top = scene.store.words, scene.top
    if top is None or not words.hit("answers.kept", part.text) or words.hit("answers.question", part.text):
        return
    for slot, pattern in words.codes("slots").items():
        if top.slots.get(slot) is not None and pattern.search(part.text):
            yield slot


def stays(scene: Scene, part: Sentence) -> bool:
    """Does it say, of what is read back, that a part which is not changed stays, or that one is what it is anyway?"""
    words, slot, flow = scene.store.words, scene.asked_slot, scene.top_flow
    if slot is None or slot.kind != "confirm" or flow is None or part.asks:
        return False
    own = [one for one in _OF_LINE if one in flow.slots]
    named = [one for one in own if (code := words.codes("slots").get(one)) and code.search(part.text)]
    if named and words.hit("answers.kept", part.text) and not words.hit("answers.question", part.text):
        return True
    return bool(own) and any(
        words.hit("quantity.still", scene.text[part.start : span[0]]) is not None
        for slot_name, value, span in _values(scene)
        if slot_name in own and part.start <= span[0] < part.end and _is_so(scene, slot_name, value)
    )


def _values(scene: Scene) -> Iterator[tuple[str, str, Span]]:
    """The colours and sizes that the message names: slot, value, where."""
    for code, places in codes_in(scene, "colour_name").items():
        yield from (("colour", code, place) for place in places)
    for hit in scene.store.words.find("quantity.size", scene.text):
        yield "size", hit.text, hit.span


def _is_so(scene: Scene, slot: str, value: str) -> bool:
    """Is it what the form changes to, or what the order's line has where the form leaves that as it is?"""
    top = scene.top
    order = scene.own_order(top.order_no) if top is not None else None
    if top is None or order is None:
        return False
    same = same_colour if slot == "colour" else fits_size
    if top.slots.get(slot) is not None:
        return same(value, str(top.slots[slot]))
    lines = [one.spec for one in order.items if top.item_id in (None, one.item_id)]
    return any(same(value, word) for spec in lines for word in spec.split())


def _changed(scene: Scene, slot: str) -> bool:
    """Was it filled with something else before, in the frame that is open?"""
    top = scene.top
    return top is not None and any(
        one["draft"] == top.draft and one["slot"] == slot and one["before"] is not None
        for one in scene.state.undo
    )
