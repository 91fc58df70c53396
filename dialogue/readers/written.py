"""电话也改成李敏的了吗, 改好没, 14没取消吧: a question about what was written in this conversation, no wish to write again
(questions.written, questions.done)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from dialogue.flows import Flow
from dialogue.readers.choices import codes_in
from dialogue.readers.coverage import part_asks
from dialogue.readers.sentence import Sentence, sentences
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import RECORDS, STOPPED, WRITTEN

SOURCE = "written"
_SURE = 0.95
#: The group of verbs of every flow (questions.done), and the one of verbs that any write may be asked with (弄好没).
_ANY = "any"
_COLOUR, _SIZE = "colour", "size"
#: Watchers whose words ask what the order says of colour, size and address.
_OF_ORDER = ("order_details", "delivery_address")


def read(scene: Scene) -> Iterator[Reading]:
    """`written`; more.records: the writes that the words may ask about, newest first; more.slots: what of them is asked for."""
    records = [*reversed(scene.state.told.get(RECORDS) or ())]
    if scene.message.is_button or not scene.text:
        return
    for part in sentences(scene.text):
        if any(scene.store.words.hit(f"watchers.{one}", part.text) for one in _OF_ORDER):
            continue  # 地址没变吧, 颜色没动吧: what the order says now
        fitting = [one for one in records if not _waits(scene, one) and _asks_of(scene, part, one)]
        valued = _valued(scene, part)
        if valued:  # 改成M了没有, after the size and the address were changed: what has a size
            fitting = [one for one in fitting if set(_slots_of(scene, one)) & set(valued)]
        if fitting:
            flow = scene.store.flows.get(str(fitting[0]["flow"]))
            named = _named(scene, part, str(fitting[0]["flow"]))
            more = {
                "records": fitting,
                "slots": named,
                "all": not (named or valued) and _asks_any(scene, part),
                "flow": flow.id if flow else "",
            }
            yield Reading("written", WRITTEN, None, _SURE, part.span, source=SOURCE, more=more)
            return
        stopped = scene.state.told.get(STOPPED)
        if stopped and not scene.state.frames and _asks_done(scene, part, str(stopped["flow"])):
            told = {"records": [], "flow": str(stopped["flow"]), "stopped": True}
            yield Reading("written", WRITTEN, None, _SURE, part.span, source=SOURCE, more=told)
            return
        if _asks_of_open(scene, part):
            yield Reading(
                "written",
                WRITTEN,
                None,
                _SURE,
                part.span,
                source=SOURCE,
                more={"records": [], "flow": _open_form(scene, part)},
            )
            return


def _valued(scene: Scene, part: Sentence) -> list[str]:
    """The slots whose values the small sentence tells (M, 黑色)."""
    found = [_SIZE] if scene.store.words.hit("quantity.size", part.text) is not None else []
    found += [_COLOUR] if any(part.start <= a < part.end for a, _ in _colours(scene)) else []
    return found


def _slots_of(scene: Scene, record: Mapping[str, Any]) -> Collection[str]:
    flow = scene.store.flows.get(str(record["flow"]))
    return flow.slots if flow is not None else ()


def _asks_any(scene: Scene, part: Sentence) -> bool:
    """弄好没, 都改好了吗: of no write in particular."""
    codes = scene.store.words.codes("questions.written")
    verb = scene.store.words.codes("questions.done_verb")[_ANY]
    return bool(codes["all"].search(part.text) or verb.search(part.text))


def _asks_of_open(scene: Scene, part: Sentence) -> bool:
    """改好没, while the change is still read back, or waits beneath something else: not before the yes."""
    return _open_form(scene, part) is not None


def _open_form(scene: Scene, part: Sentence) -> str | None:
    """The open form that was not written yet and is asked about: the one that is read back, or any of them by its own words."""
    top, asked = scene.top_flow, scene.asked_slot
    read_back = asked is not None and asked.kind == "confirm" and top is not None and top.is_write
    if (
        top is not None
        and read_back
        and _asks_done(scene, part, top.id)
        and not _of_another(scene, part, top)
    ):
        return top.id
    below = [one.flow for one in reversed(scene.state.frames)]
    forms = [flow for name in below if (flow := scene.store.flows.get(name)) is not None and flow.is_write]
    asked_of = (one for one in forms if not _of_another(scene, part, one))
    return next((one.id for one in asked_of if _asks_done(scene, part, one.id, own=True)), None)


def _of_another(scene: Scene, part: Sentence, flow: Flow) -> bool:
    """颜色改成雾蓝没有, while an address is read back: what is named is no part of that form."""
    named = [name for name, one in scene.store.words.codes("slots").items() if one.search(part.text)]
    named += [_COLOUR] if any(part.start <= a < part.end for a, _ in _colours(scene)) else []
    return bool(named) and not any(name in flow.slots for name in named)


def _colours(scene: Scene) -> list[Span]:
    return [span for places in codes_in(scene, "colour_name").values() for span in places]


def _waits(scene: Scene, record: Mapping[str, Any]) -> bool:
    """Is the same being read back right now? Then nothing is done yet."""
    return any((one.flow, one.order_no) == (record["flow"], record["order_no"]) for one in scene.state.frames)


def _asks_of(scene: Scene, part: Sentence, record: Mapping[str, Any]) -> bool:
    words, flow = scene.store.words, scene.store.flows.get(str(record["flow"]))
    codes = words.codes("questions.written")
    if flow is None:
        return False
    in_hand = record["order_no"] == scene.state.order_no
    if in_hand and codes["all"].search(part.text):
        return True
    of_slot = (part_asks(part, words) and codes["slot"].search(part.text)) or codes["so"].search(part.text)
    if in_hand and of_slot and _named(scene, part, flow.id):
        return True
    return _asks_done(scene, part, flow.id)


def _asks_done(scene: Scene, part: Sentence, flow_id: str, *, own: bool = False) -> bool:
    """Is it asked whether what this flow does is done? `own`: in words of this flow's own."""
    words, named = scene.store.words, (flow_id,) if own else (_ANY, flow_id)
    verbs = [one for name, one in words.codes("questions.done_verb").items() if name in named]
    asked = words.codes("questions.done")["yes"].search(part.text)
    return asked is not None and any(one.search(part.text) for one in verbs)


def asks_whether_done(scene: Scene, flow_id: str) -> bool:
    """取消了没: is it asked whether what this flow does is done, in whatever part of the message?"""
    wish = scene.store.words.codes("questions.done")["wish"]
    return any(_asks_done(scene, one, flow_id) and not wish.search(one.text) for one in sentences(scene.text))


def _named(scene: Scene, part: Sentence, flow_id: str) -> list[str]:
    """The values of the write that the small sentence names."""
    flow = scene.store.flows.get(flow_id)
    return [
        name
        for name, pattern in scene.store.words.codes("slots").items()
        if flow is not None and name in flow.slots and pattern.search(part.text)
    ]
