"""邮箱写错了 改成…, after an invoice was asked for; 星期五下午来取, after a return: what the request holds is to be changed, no
address and no new request (H21, H25).

Readings `start` of the flow invoice_change, where this conversation asked for the invoice or the order in hand has one that is
not issued yet, and of request_note, where this conversation submitted something that a time can be wished for. The new values
are read by their own readers. Words: data/dialogue/corrections.yml.
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.coverage import part_asks
from dialogue.readers.digits import EMAIL
from dialogue.readers.sentence import sentence_of, sentences
from dialogue.reading import Reading
from dialogue.scene import Scene
from dialogue.state import RECORDS

SOURCE = "corrections"
#: The flow, and the forms that take what is wrong themselves while they are open.
CHANGE, _FORMS = "invoice_change", frozenset({"invoice", "invoice_reissue", "invoice_change"})
#: The flow that writes a wish beside a request, and those whose requests can have one.
NOTE, _TIMED = "request_note", frozenset({"return", "lost_parcel", "home_visit", "request_note"})
_SURE, _INTENT = 0.97, "invoice_request"


def read(scene: Scene) -> Iterator[Reading]:
    """One reading over all the words that say what is wrong, and what is right instead."""
    if scene.message.is_button or not scene.text:
        return
    if not corrects_invoice(scene):
        yield from _wishes_time(scene)
        return
    hits = scene.store.words.find(f"corrections.{CHANGE}", scene.text)
    mails = [found.start() for found in EMAIL.finditer(scene.text)]
    span = min([hits[0].start, *mails]), len(scene.text)  # the new values stand beside the words
    more = {"named": [span], "intent": _INTENT, "of_order": _order_no(scene)}
    yield Reading("start", CHANGE, {}, _SURE, span, False, SOURCE, more)


def _wishes_time(scene: Scene) -> Iterator[Reading]:
    """星期五下午来取嘛, with no form open: for what was submitted last."""
    record = next((one for one in reversed(scene.state.told.get(RECORDS) or ())), None)
    waits = any(one.flow != "offer" for one in scene.state.frames)
    if record is None or waits or record["flow"] not in _TIMED or record.get("taken_back"):
        return
    for hit in scene.store.words.find(f"corrections.{NOTE}", scene.text):
        if not part_asks(sentence_of(scene.text, hit.span), scene.store.words):
            more = {"named": [hit.span], "intent": "", "of_order": record["order_no"]}
            yield Reading("start", NOTE, {}, _SURE, (hit.start, len(scene.text)), False, SOURCE, more)
            return


def corrects_invoice(scene: Scene) -> bool:
    """Do the words correct an invoice that was asked for and is not issued yet?"""
    if any(one.flow in _FORMS for one in scene.state.frames) or _order_no(scene) is None:
        return False
    words = scene.store.words
    if words.hit(f"corrections.{CHANGE}", scene.text) is None:
        return False
    asks_done = words.codes("questions.done")["yes"]  # 邮箱改对没有
    return not any(asks_done.search(part.text) for part in sentences(scene.text))


def _order_no(scene: Scene) -> str | None:
    """The order whose invoice is under way: of the last one that was asked for here, else the one in hand."""
    for one in reversed(scene.state.told.get(RECORDS) or ()):
        if one["flow"] in _FORMS and not one.get("taken_back"):
            return str(one["order_no"])
    own = scene.own_order(scene.state.order_no) if scene.state.customer is not None else None
    return own.order_no if own is not None and own.invoice.state == "requested" else None
