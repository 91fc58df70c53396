"""Readings of values and of things that are named: answers, corrections, numbers, an order or a line pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dialogue.commands import Command
from dialogue.flows import Flow
from dialogue.meanings.matters import told_with
from dialogue.meanings.turn import Meaning, Turn, start
from dialogue.readers.choices import codes_in
from dialogue.readers.coverage import part_asks
from dialogue.readers.sentence import sentence_of
from dialogue.readers.supposed import only_asked_about
from dialogue.readers.wanted import refused_flow
from dialogue.reading import Reading
from dialogue.state import GOODS_STATE, Frame

#: Kinds of slots whose known value, said again, is insisted on (王建国!!).
_SAID_AGAIN = frozenset({"title", "tax_no", "email", "wished_time", "part"})
#: The slot with the parts that alone are wanted.
_PART = "part"
#: The slot with the reason, and its value where nothing is wrong.
_REASON, _NO_REASON = "reason", "no_reason"
#: The slot that tells how far the goods were used.
_STATE = "condition"
#: The slot with what is wished for in a question (能换新的不): it is the wish from then on.
_WONDERED = "wondered"
#: Kinds of readings that are numbers, and the slot that they fill.
_NUMBERS = {"order": "order_no", "proof": "proof", "digits": "digits"}


def slot_value(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """A value: for the slot asked, another slot of the top frame, one below; a filled one is a correction."""
    scene, slot = turn.scene, one.name
    flow_id = str(one.more.get("flow") or "")
    frame = scene.state.frame(flow_id) if flow_id else turn.owner(slot)
    if frame is None:
        yield from _of_closed(turn, one, flow_id)
        return
    flow = scene.store.flows.get(frame.flow)
    if flow is None or slot not in flow.slots or turn.pointless(flow, slot):
        return
    if flow.slots[slot].is_question and flow.slots[slot].when == "open" and frame is not scene.top:
        return  # 要我自己寄吗, while the order is not known yet: the general answer
    tells = not flow.slots[slot].is_question or slot == _WONDERED
    if tells and only_asked_about(scene, one.span):
        return  # 换XL的话不合适还能退吗: asked about, not told
    asked = frame is scene.top and scene.asked is not None and scene.asked.name == slot
    before = frame.slots.get(slot)
    if one.negated:
        if before == one.value and not _other_value(turn, one):
            yield Meaning("correct", Command("correct", slot, more={"flow": frame.flow}))
        return
    if before is not None and before != one.value and slot == _STATE and _only_looks(turn, one):
        return
    if before is not None and slot == _REASON and not asked and _only_not_wanted(turn, one):
        return
    words = turn.words_of(one)
    if before is not None and before != one.value and not asked:
        more = {"flow": frame.flow, **_kept(one)}
        yield Meaning("correct", Command("correct", "", {slot: one.value}, words, more))
    elif before is None or asked:
        more = {
            "flow": frame.flow,
            **({"begun": True} if one.more.get("complete") is False else {}),
            **({"question": True} if flow.slots[slot].is_question else {}),
            **({"only_asked": True} if asked and flow.slots[slot].when == "asked" else {}),
            **({"others": True} if one.more.get("others") else {}),
            **({"wish": True} if flow.slots[slot].fact == "demand" else {}),
            **_kept(one),
        }
        kind = _kind_of_set(turn, frame, flow.slots[slot].kind, asked)
        yield Meaning(kind, Command("set", "", {slot: one.value}, words, more))
    elif frame is scene.top and flow.slots[slot].kind in _SAID_AGAIN:
        yield Meaning(
            "correct", Command("repeat", "", {slot: one.value}, words)
        )  # it is so: read back once more
    elif frame is scene.top and turn.waits and not turn.confirms and _stands_instead(turn, one):
        remark = Command(
            "set", "", {"description": scene.text}, scene.text
        )  # 不是坏 就是不想要了: so it stands
        yield Meaning("remark", remark, whole=True)
    elif frame is scene.top and turn.confirms and (part := _named_part(turn, flow)):
        yield Meaning("no", Command("set", "", {"ok": "no", **part}, scene.text), whole=True)
    elif frame is scene.top and turn.confirms and _is_just_wished(turn, flow, one):
        yield Meaning("yes", Command("set", "", {"ok": "yes"}, words, {"wishes": [one.span]}))


def _stands_instead(turn: Turn, one: Reading) -> bool:
    """不是坏 就是不想要了, where that is known: another value is denied, nothing new is told."""
    denied = any(
        two.kind == "slot" and two.negated and two.name == one.name and two.value != one.value
        for two in turn.readings
    )
    return denied or turn.scene.store.words.hit("wishes.no_fault", turn.scene.text) is not None


def _named_part(turn: Turn, flow: Flow) -> dict[str, str]:
    """要补的东西, a part of what is read back by its name and nothing else: that one is wrong, as when it is asked which is."""
    scene = turn.scene
    for spec in flow.slots.values():
        if spec.kind == "choice" and spec.when == "asked" and (found := codes_in(scene, spec.words)):
            code, places = next(iter(found.items()))
            if turn.says_just(list(places)):
                return {spec.name: code}
    return {}


def _is_just_wished(turn: Turn, flow: Flow, one: Reading) -> bool:
    """退钱, where just that is read back: what shall be done is told once more."""
    return flow.slots[one.name].fact == "demand" and not turn.asks and turn.says_just([one.span])


def narrowed(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """后天吧, where two of the times shown are that day: the question is asked again with what is left."""
    more = {"flow": str(one.more["flow"]), "left": list(one.value)}
    yield Meaning("set_asked", Command("set", "", {one.name: None}, turn.words_of(one), more))


def _kept(one: Reading) -> dict[str, object]:
    """What is needed besides the value: the known address with the new part in it, and the words that only sound like a
    question about something else (8号之前整得到不)."""
    merged = one.more.get("merged")
    told = {"told": [list(one.span)]} if one.more.get("tells") else {}
    return {**({"merged": merged} if merged else {}), **told}


def _kind_of_set(turn: Turn, frame: Frame, kind: str, asked: bool) -> str:
    if asked:
        return "set_text" if kind == "text" else "set_asked"
    return "set_open" if frame is turn.in_hand() else "set_below"


def _other_value(turn: Turn, one: Reading) -> bool:
    """Is another value told for the same slot (不是尺码，是发错了), or only a part wanted of the same (只补碗 别给我换整套)?"""
    return any(
        other.kind == "slot"
        and not other.negated
        and ((other.name == one.name and other.value != one.value) or other.name == _PART)
        for other in turn.readings
    )


def _is_what_stands(turn: Turn, one: Reading) -> bool:
    """那没发就好, to the offer to urge the dispatch: what the offer is about is named, nothing accepted."""
    if turn.scene.store.words.hit("answers.relief", turn.scene.text):
        return True
    top = turn.scene.top
    data = top.data if top is not None else {}
    return any((data.get(part) or {}).get(one.name) == one.value for part in ("slots", "known"))


def _of_closed(turn: Turn, one: Reading, flow_id: str) -> Iterator[Meaning]:
    """A value of a flow that is not open: a carrier's number, a part of the last answer, an answer to an offered flow."""
    scene, last = turn.scene, turn.scene.state.last or {}
    flow = scene.store.flows.get(flow_id)
    if one.negated or flow is None:
        return
    words = turn.words_of(one)
    if (anew := _judged_anew(turn, one, flow)) is not None:
        yield anew
        return
    short = len(scene.text) <= scene.store.words.limits["short_chars"]
    if one.name == "tracking_no" and scene.state.customer is not None:
        yield Meaning("number", start(scene, "tracking_number", {one.name: one.value}, scene.text, ""))
    elif turn.offered == flow_id and one.more.get("open") and not _is_what_stands(turn, one):
        if turn.needs_no_offer:
            return
        agreed = "no" if flow.ends_at(one.name, one.value) else "yes"
        told = {} if agreed == "no" else {one.name: one.value}  # 收到了 看错了, to the offer to look for it
        yield Meaning("set_asked", Command("set", "", {"ok": agreed, **told}, words))
    elif last.get("flow") == flow_id and flow.is_lookup and short:
        command = start(scene, flow_id, {one.name: one.value}, scene.text, str(last.get("intent") or ""))
        yield Meaning("context", command)


def _only_not_wanted(turn: Turn, one: Reading) -> bool:
    """感觉吸力不行 不想要, where something is wrong with the goods: what is wished for it, no other reason."""
    faulty = any(two.kind == "fault" and not two.negated for two in turn.readings)
    return one.value == _NO_REASON and faulty


def _only_looks(turn: Turn, one: Reading) -> bool:
    """跟新的一样, of what was tried once: how the goods look; that they were tried stays so."""
    return any(
        start <= one.span[0] and one.span[1] <= end
        for two in turn.readings
        if two.kind == "slot" and two.name in GOODS_STATE - {_STATE} and not two.negated
        for start, end in two.more.get("spans") or (two.span,)
    )


def _judged_anew(turn: Turn, one: Reading, flow: Flow) -> Meaning | None:
    """哪来的痕迹 就试了一次 擦干净了跟新的一样, to a refusal: what is told of the goods otherwise than it was judged by."""
    scene = turn.scene
    top = scene.top if refused_flow(scene) is flow else None
    if (
        top is None
        or one.name not in GOODS_STATE
        or part_asks(sentence_of(scene.text, one.span), scene.store.words)
    ):
        return None
    known = {name: value for name, value in (top.data.get("known") or {}).items() if name in flow.slots}
    told = {
        name: value
        for name, value in told_with(turn, replace(one, name=flow.id)).items()
        if name in GOODS_STATE
    }
    if all(known.get(name) == value for name, value in told.items()):
        return None
    kept = {name: value for name, value in known.items() if flow.slots[name].keeps} | told
    command = start(scene, flow.id, kept, scene.text, top.intent)
    return Meaning("context", replace(command, more={**command.more, "order_no": top.order_no}))


def number(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """An order number, a proof, a piece of a number; an order pointed at without its number."""
    if one.kind == "order" and one.more.get("by"):
        yield from _pointed(turn, one)
    elif one.negated:
        return
    elif one.kind == "order" and _is_own(turn, str(one.value)) and _instead(turn, str(one.value)):
        yield _focus(turn, str(one.value), turn.words_of(one))  # 错了 是202611010015, where 14 is read back
    elif one.kind == "order" and (others := _beside(turn, one)):
        if (
            others[0] is one
        ):  # 手机是…0002 羽绒服…0001 尾号都是1234: they are verified together, each is answered
            more = {"beside": [str(other.value) for other in others[1:]]}
            yield Meaning("number", Command("set", "", {"order_no": one.value}, turn.words_of(one), more))
    else:
        yield Meaning("number", Command("set", "", {_NUMBERS[one.kind]: one.value}, turn.words_of(one)))


def _beside(turn: Turn, one: Reading) -> list[Reading]:
    """Every order number of a message that tells several before it is known who asks, as they stand; empty for only one."""
    told = [
        other
        for other in turn.readings
        if other.kind == "order"
        and not other.more.get("by")
        and not other.negated
        and other.score >= one.score
    ]
    found = {str(other.value): other for other in sorted(told, key=lambda other: -other.span[0])}
    several = len(found) > 1 and turn.scene.state.customer is None
    return sorted(found.values(), key=lambda other: other.span) if several else []


def _pointed(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """An order pointed at: an answer to "which one", else what is being talked about."""
    if one.negated and not (one.more.get("kept") and turn.asks_done):
        return
    words = turn.words_of(one)
    if turn.top is not None and turn.top.flow == "which_order":
        yield Meaning("set_asked", Command("set", "", {"order_no": one.value}, words))
    elif one.more.get("by") == "rest" and (turn.asks or _refuses(turn)):
        return  # 14我要的 还是15, 不要取消 14我要的: nothing is to be done with the other one
    elif one.more.get("by") != "state" and one.value != turn.scene.state.order_no:
        yield _focus(turn, str(one.value), words)


def _refuses(turn: Turn) -> bool:
    """Is what is read back refused (不要取消), not only for that order?"""
    frame = turn.in_hand()
    said = any(one.kind == "no" and not one.negated for one in turn.readings)
    return (
        frame is not None
        and turn.confirms
        and (
            said
            or any(one.kind == "start" and one.negated and one.name == frame.flow for one in turn.readings)
        )
    )


def _focus(turn: Turn, order_no: str, words: str) -> Meaning:
    """That order is talked about. 错了 是15不是14, where 14 is read back: the form that waits is for that one instead."""
    flow = _instead(turn, order_no)
    return Meaning(
        "focus", Command("focus", "", {"order": order_no}, words, {"instead": flow} if flow else {})
    )


def _instead(turn: Turn, order_no: str) -> str:
    """The flow that reads back another order, where the message says that that one is wrong; else empty."""
    frame = turn.in_hand()
    told = turn.confirms or turn.objects or (frame is not None and frame.draft in turn.disowned)
    told = told and (frame is None or frame.draft not in turn.closed)
    waits = frame is not None and turn.waits and told and frame.order_no not in (None, order_no)
    return frame.flow if frame is not None and waits and _not_that_one(turn, str(frame.order_no)) else ""


def _is_own(turn: Turn, order_no: str) -> bool:
    """Is it an order of the verified customer's?"""
    return any(one.order_no == order_no for one in turn.scene.orders())


def _not_that_one(turn: Turn, order_no: str) -> bool:
    """Does the message say that the order which is read back is the wrong one?"""
    left_out = any(one.kind == "order" and one.negated and one.value == order_no for one in turn.readings)
    no = any(one.kind == "no" and not one.negated for one in turn.readings)
    return left_out or no or turn.corrects or turn.objects or bool(turn.disowned)


def item(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """A line of an order that is named: the answer to "which one", else what is being talked about."""
    if one.negated:
        return
    top, words = turn.top, turn.words_of(one)
    order_no = str(one.more.get("order_no") or "")
    if top is not None and top.flow == "which_order" and one.more.get("among"):
        yield Meaning("set_asked", Command("set", "", {"among": list(one.more["among"])}, words))
        return
    if top is not None and top.flow == "which_order" and order_no:
        yield Meaning("set_asked", Command("set", "", {"order_no": order_no}, words))
    elif top is not None and top.flow == "which_item":
        more = {"others": True} if one.more.get("others") else {}
        yield Meaning("set_asked", Command("set", "", {"item": one.value}, words, more))
    elif order_no and (line := one.more.get("line")):  # 床单起球了: no other line of the order is one
        yield Meaning("focus", Command("focus", "", {"order": order_no, "item": line}, words))
    elif order_no and order_no != turn.scene.state.order_no:
        yield _focus(turn, order_no, words)


def product(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """A product of the catalogue, where "which one" is asked."""
    if not one.negated and turn.top is not None and turn.top.flow == "which_product":
        yield Meaning("set_asked", Command("set", "", {"product": one.value}, turn.words_of(one)))


def remark(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """What only describes the goods while a form asks something else about them: kept with the case."""
    if turn.waits:
        yield Meaning("remark", Command("set", "", {one.name: one.value}, turn.words_of(one)), whole=True)
