"""东西找到了 不用查了, 催单撤了吧, 还是寄原来的地址: what was submitted is taken back (H23).

Readings `start` of the flow withdraw (what: the kind of request), or of the change of the address with what it was before.
What is named outright is meant whether or not this conversation wrote it; 找到了, 不用催了 and a bare 撤了 only where such a
request is under way (data/dialogue/takes_back.yml).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aftersales.order_system.port import CLOSED_REQUEST_STATES
from dialogue.readers.negation import negated
from dialogue.readers.sentence import Sentence, sentences
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import RECORDS

SOURCE = "takes_back"
WITHDRAW, _ADDRESS, _CHANGE_ADDRESS = "withdraw", "address", "change_address"
_SURE = 0.95


def read(scene: Scene) -> Iterator[Reading]:
    """One reading: the first kind of request that the message takes back."""
    if scene.message.is_button or not scene.text:
        return
    for part in sentences(scene.text):
        if scene.store.words.hit("takes_back.only_asks", part.text):
            continue
        one = next(_named(scene, part), None) or next(_needless(scene, part), None) or _plain(scene, part)
        if one is not None:
            yield one
            return


def _named(scene: Scene, part: Sentence) -> Iterator[Reading]:
    """撤销丢件核查: said outright."""
    for kind, span in _found(scene, "named", part):
        record = _record(scene, kind)
        if (kind != _ADDRESS or record is not None) and not _open_form(scene, kind):
            yield from _reading(scene, kind, span, record)


def _needless(scene: Scene, part: Sentence) -> Iterator[Reading]:
    """找到了, 不用催了, where that is under way for the order in hand."""
    for kind, span in _found(scene, "needless", part):
        record = _record(scene, kind)
        if _open_form(scene, kind):
            continue
        if record is not None:
            yield from _reading(scene, kind, span, record)
        elif record is None and kind != _ADDRESS and _under_way(scene, kind):
            yield from _reading(scene, kind, span, None)


def _plain(scene: Scene, part: Sentence) -> Reading | None:
    """撤了吧, with no form open: what was submitted last."""
    records = _records(scene)
    waits = scene.top is not None and scene.top.flow != "offer"
    hits = scene.store.words.find("takes_back.plain", part.text)
    if not hits or not records or waits:
        return None
    return next(_reading(scene, str(records[0].get("kind")), part.span, records[0]), None)


def _found(scene: Scene, group: str, part: Sentence) -> Iterator[tuple[str, Span]]:
    words = scene.store.words
    for kind, pattern in words.codes(f"takes_back.{group}").items():
        hit = pattern.search(part.text)
        if hit is not None and hit.end() > hit.start():
            span = part.start + hit.start(), part.start + hit.end()
            if group == "needless" or not negated(scene.text, span, words):
                yield kind, span


def _reading(scene: Scene, kind: str, span: Span, record: Mapping[str, Any] | None) -> Iterator[Reading]:
    more: dict[str, Any] = {"named": [span], "intent": ""}
    if record is not None:
        more["of_order"] = record["order_no"]
    if kind == _ADDRESS:
        before = (record or {}).get("before") or {}
        if before.get("address"):
            yield Reading("start", _CHANGE_ADDRESS, dict(before), _SURE, span, False, SOURCE, more)
        return
    yield Reading("start", WITHDRAW, {"what": kind}, _SURE, span, False, SOURCE, more)


def _records(scene: Scene) -> list[Mapping[str, Any]]:
    """What this conversation wrote and did not take back, newest first."""
    return [one for one in reversed(scene.state.told.get(RECORDS) or ()) if not one.get("taken_back")]


def _record(scene: Scene, kind: str) -> Mapping[str, Any] | None:
    return next((one for one in _records(scene) if one.get("kind") == kind), None)


def _open_form(scene: Scene, kind: str) -> bool:
    """Is the form open that submits such a request?"""
    pattern = scene.store.words.codes("takes_back.written_by").get(kind)
    return pattern is not None and any(pattern.fullmatch(one.flow) for one in scene.state.frames)


def _under_way(scene: Scene, kind: str) -> bool:
    """Is such a request open for the order in hand, whoever wrote it? While its form is open nothing was submitted yet."""
    order_no = scene.state.order_no
    if scene.state.customer is None or order_no is None or scene.state.frames:
        return False
    made = scene.outside.requests(order_no)
    return any(one.kind == kind and one.state not in CLOSED_REQUEST_STATES for one in made)
