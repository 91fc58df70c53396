"""电话也改成李敏的了吗, 改好了吗: a question about what was written last, no wish to write again (questions.written)."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.coverage import part_asks
from dialogue.readers.sentence import sentences
from dialogue.reading import Reading
from dialogue.scene import Scene
from dialogue.state import WRITTEN

SOURCE = "written"
_SURE = 0.95


def read(scene: Scene) -> Iterator[Reading]:
    """`written`; more.flow: whose write it was, more.slots: what of it is asked for."""
    written = scene.state.told.get(WRITTEN) or {}
    flow = scene.store.flows.get(str(written.get("flow") or ""))
    if scene.message.is_button or not scene.text or flow is None or not _nothing_open(scene):
        return
    if written.get("order_no") != scene.state.order_no:
        return
    codes, words = scene.store.words.codes("questions.written"), scene.store.words
    for part in sentences(scene.text):
        named = [
            name
            for name, pattern in words.codes("slots").items()
            if name in flow.slots and pattern.search(part.text)
        ]
        asks = part_asks(part, words) and codes["slot"].search(part.text)
        of_slot = named and (asks or codes["so"].search(part.text))
        if of_slot or codes["all"].search(part.text):
            more = {"flow": flow.id, "slots": named}
            yield Reading("written", WRITTEN, None, _SURE, part.span, source=SOURCE, more=more)
            return


def _nothing_open(scene: Scene) -> bool:
    """Nothing, or only an offer that may be passed over."""
    return scene.state.top is None or scene.state.top.flow == "offer"
