"""The situation of a labelled turn as the dialogue sees it: open frames, the order in hand, the question that is asked."""

from __future__ import annotations

from collections.abc import Iterator

from designer.imagined import NOW, ORDER_NO, PHONE, SEVERAL, STATES, Imagined, Owned
from designer.labelled_turns import Row
from dialogue.message import Circumstances, Message
from dialogue.readers.digits import view
from dialogue.scene import Scene, Store
from dialogue.state import Frame, State

#: What the bot may ask before it knows who writes.
_IDENTIFIES = frozenset({"order_no", "proof"})
#: The first part of an order number, where the customer goes on with the next.
_BEGUN = "2026"


def scene_of(row: Row, message: Message, store: Store) -> Scene:
    """The scene of a row: a customer is verified when a situation is given or one of their orders is asked for."""
    situation, _, item = row.situation.partition(":")
    state = State(episode=1)
    if situation in STATES:
        _verified(state)
        state.order_no = ORDER_NO
        state.facts = {"order_no": ORDER_NO, "item": item}
    elif "which_order" in row.frames or "which_item" in row.frames:
        situation = SEVERAL
        _verified(state)
    else:
        situation = ""
    state.frames = list(_frames(row, store, bool(situation)))
    if row.asked == "order_no" and row.frames.endswith("identify") and _is_later_piece(row.sentence):
        state.digits = _BEGUN
    if row.last != "-":
        flow = store.flows.get(row.last)
        intent = next(iter(flow.start), "") if flow else ""
        state.last = {"flow": row.last, "intent": intent, "order_no": state.order_no}
    at = Circumstances("t_label", "c_label", NOW)
    owned = Owned(
        orders=tuple(
            str(one.slots["item"]) for one in row.wanted if one.kind == "focus" and "item" in one.slots
        ),
        lines=_lines(row, item) if row.asked == "item" else (),
    )
    return Scene(message, at, state, store, Imagined(situation, item, owned))


def _verified(state: State) -> None:
    state.customer = {"phone": PHONE, "name": "王小明", "method": "order_phone"}


def _lines(row: Row, item: str) -> tuple[str, ...]:
    """Two lines of the order, where the bot asks which one is meant."""
    both = ("玻璃餐具套装", "显示器")
    return both if item in both else (item, *(one for one in both if one != item))[:2]


def _is_later_piece(sentence: str) -> bool:
    """Is it a part of an order number, but not its first?"""
    digits = "".join(one for one in view(sentence) if one.isdigit())
    return len(digits) == 4 and not digits.startswith(_BEGUN[:2])


def _frames(row: Row, store: Store, known: bool) -> Iterator[Frame]:
    written = [] if row.frames == "-" else row.frames.split(">")
    for place, one in enumerate(written):
        name, _, inside = one.partition("{")
        pairs = [part.strip() for part in inside.rstrip("}").split(",") if part.strip()]
        frame = Frame(name, f"draft{place}", order_no=ORDER_NO if known else None)
        if name == "offer":
            yield _offer(frame, pairs[0] if pairs else "human", row.last)
            continue
        if name == "clarify":
            frame.data = {"names": {"chosen": {part: part for part in pairs}}}
            frame.step = "chosen"
        else:
            frame.slots = dict(part.partition("=")[::2] for part in pairs)
            flow = store.flows.get(name)
            frame.intent = next(iter(flow.start), "") if flow else ""
        is_top = place == len(written) - 1
        if is_top and row.asked == "ok" and not _asks_to_confirm(name, store):
            yield _offer(frame, name, name)  # 需要我催一下吗 is an offer now
            continue
        if is_top and row.asked != "-" and frame.step is None:
            _wait(frame, row.asked, store)
        yield frame
    top = written[-1].partition("{")[0] if written else ""
    if row.asked in _IDENTIFIES and top not in {"identify", "which_order"}:
        slots = {"order_no": ORDER_NO} if row.asked == "proof" else {}
        yield Frame("identify", "draftid", step=row.asked, slots=slots)
    if row.asked in {"product", "item"} and top not in {"which_product", "which_item", "return"}:
        yield Frame(f"which_{row.asked}", "draftwhich", step=row.asked)


def _asks_to_confirm(name: str, store: Store) -> bool:
    flow = store.flows.get(name)
    return flow is not None and any(one.kind == "confirm" for one in flow.slots.values())


def _offer(frame: Frame, offered: str, origin: str) -> Frame:
    data = {"human": "requested"} if offered == "human" else {"start": offered}
    return Frame("offer", frame.draft, step="ok", order_no=frame.order_no, data={**data, "from": origin})


def _wait(frame: Frame, asked: str, store: Store) -> None:
    flow = store.flows.get(frame.flow)
    step = next((one for one in flow.steps if one.collect == asked), None) if flow else None
    if step is not None:
        frame.step = step.id
    elif asked in _IDENTIFIES:
        frame.step = asked
