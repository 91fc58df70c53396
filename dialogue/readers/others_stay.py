"""杯子不退的, 只退台灯, 不是全退, while a form is filled: what is said of other goods of the order gives nothing up.

Readings `slot` (the form's question that says what it is about, aside: only) with more.others: what these words refuse is not the
form. Words: data/dialogue/disowns.yml (others_stay, only_these, not_all).
"""

from __future__ import annotations

from collections.abc import Iterator

from aftersales.order_system.port import OrderItem
from dialogue.readers.mentions import name_in
from dialogue.readers.sentence import Sentence, sentences
from dialogue.reading import Reading
from dialogue.scene import Scene
from dialogue.state import Frame

SOURCE = "others_stay"
_SURE = 0.95
#: The slot of a form that answers what is asked beside it, and its value that names the goods it is about.
_SLOT, _ONLY = "aside", "only"
#: The question for one of several lines of an order.
_WHICH_ITEM = "which_item"


def read(scene: Scene) -> Iterator[Reading]:
    """One reading for each small sentence that says which goods stay as they are, or that only these are meant."""
    frame = scene.top
    if frame is not None and frame.flow == _WHICH_ITEM and not scene.message.is_button:
        yield from _the_rest(scene, frame)
        return
    flow = scene.store.flows.get(frame.flow) if frame is not None else None
    spec = flow.slots.get(_SLOT) if flow is not None else None
    if frame is None or flow is None or spec is None or scene.message.is_button:
        return
    if _ONLY not in scene.store.words.codes(spec.words):
        return
    order = scene.outside.order(frame.order_no) if frame.order_no else None
    own = order.item(str(frame.item_id or "")) if order is not None else None
    if order is None or own is None:
        return
    others = [one for one in order.items if one is not own]
    for part in sentences(scene.text):
        if not _asks(scene, part) and _leaves(scene, part, own, others):
            more = {"flow": flow.id, "open": True, "question": True, "others": True}
            yield Reading("slot", _SLOT, _ONLY, _SURE, part.span, source=SOURCE, more=more)


def _the_rest(scene: Scene, frame: Frame) -> Iterator[Reading]:
    """杯子不退 四件套也不退, to "which of the three?": the only one that is left."""
    order = scene.outside.order(frame.order_no) if frame.order_no else None
    parts = [one for one in sentences(scene.text) if scene.store.words.hit("disowns.others_stay", one.text)]
    if order is None or not parts or any(_asks(scene, one) for one in parts):
        return
    stay = [item for item in order.items if any(_named(scene, one.text, item) for one in parts)]
    left = [item for item in order.items if item not in stay]
    if stay and len(left) == 1:
        more = {"order_no": order.order_no, "name": left[0].name, "others": True}
        span = (parts[0].start, parts[-1].end)
        yield Reading("item", "item", left[0].item_id, _SURE, span, source=SOURCE, more=more)


def _leaves(scene: Scene, part: Sentence, own: OrderItem, others: list[OrderItem]) -> bool:
    words = scene.store.words
    if words.hit("disowns.not_all", part.text):
        return bool(others)  # of one line with several pieces it says how many
    if words.hit("disowns.only_these", part.text):
        return _named(scene, part.text, own)
    if not words.hit("disowns.others_stay", part.text):
        return False
    return any(_named(scene, part.text, one) for one in others) and not _named(scene, part.text, own)


def _named(scene: Scene, text: str, item: OrderItem) -> bool:
    """Does the sentence name these goods, by a name of the order or of the catalogue?"""
    if name_in(text, item.name) is not None:
        return True
    found = [one for one in scene.products(item.name, 1) if item.sku == one.sku or item.name == one.name]
    return any(alias in text for one in found for alias in one.aliases)


def _asks(scene: Scene, part: Sentence) -> bool:
    return part.asks or scene.store.words.hit("answers.question", part.text) is not None
