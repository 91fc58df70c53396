"""Commands as parts that can be compared: written labels and decided commands that do the same are the same parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any

from designer.imagined import OTHER_NO, OWNED, several_orders
from designer.labelled_turns import NOT_LABELLED, Row
from dialogue.commands import Command
from dialogue.scene import Store

#: kind, flow or slot, slot of a start, value.
Part = tuple[str, str, str, str]

#: Values of a start that change what is done; others that the words also tell may be missing from a label.
DECIDING = frozenset({"reason", "kind", "what", "about"})
#: Flows whose words the labels call unclear: they tell that it cannot be done.
_CANNOT = frozenset({"others_data", "masked_data"})
_STEPS = "return_howto"
#: A value that is meant when none is told (refund_progress asks for the money, complaint is about the service).
_DEFAULT = {("refund_progress", "about"): "refund", ("complaint", "kind"): "service"}
#: Kinds of slots whose value is the customer's words.
_FREE_KINDS = frozenset({"text", "address", "title", "receiver", "wished_time"})
_FREE = "text"
#: Kinds that are told without their name.
_NAMELESS = frozenset({"unclear", "chat", "clarify", "resume", "undo", "repeat"})
_DESCRIPTION = "description"
_CHANGES = frozenset({"set", "correct"})


def command_parts(commands: Iterable[Command], store: Store, row: Row) -> set[Part]:
    """The parts of these commands in the situation of the row. Small talk beside a matter is left out."""
    parts = {part for one in commands for part in _parts(one, store, row)}
    if row.asked == "what" and any(one[2] == "what" for one in parts):
        parts = {one for one in parts if one[2] != "kind"}  # the kind of complaint is told by its description
    matters = {one for one in parts if one[0] not in {"chat", "unclear", "focus"}}
    if any(one[0] in _CHANGES and one[2] != _DESCRIPTION for one in matters):
        parts -= {one for one in parts if one[2] == _DESCRIPTION}  # the words of an answer describe as well
    corrected = {slot for kind, _, slot, _ in matters if kind == "set"}
    parts = {one for one in parts if not (one[0] == "correct" and not one[2] and one[1] in corrected)}
    return {one for one in parts if one[0] != "chat"} if matters else parts


def right_parts(wanted: Set[Part], got: Set[Part]) -> bool:
    """Is what was decided what was wanted? A start may tell more than the label, except what changes what is done."""
    more = {one for one in got - wanted if one[0] == "start" and one[2] and one[2] not in DECIDING}
    return wanted == got - more


def _parts(one: Command, store: Store, row: Row) -> Iterator[Part]:
    kind, name = one.kind, one.name
    top, _, inside = row.frames.split(">")[-1].partition("{")
    offered = inside.rstrip("}") if top == "offer" else top if row.asked == "ok" else ""
    if kind in {"start", "answer"}:
        if "howto" in one.slots:  # a step of the return under way: the labels ask for it in two ways
            name = next((two.name for two in row.wanted if two.name == _STEPS), name)
            yield from (
                ("start", name, "", ""),
                *((("start", name, "about", "return"),) if name != _STEPS else ()),
            )
        elif name in _CANNOT:
            yield "unclear", "", "", ""
        elif one.slots.get("undo"):
            yield "undo", "", "", ""
        elif name == offered and name:
            yield "set", "", "ok", "yes"
            for slot, value in one.slots.items():
                yield from _value("set", "", slot, value, store, row)
        else:
            yield "start", name, "", ""
            for slot, value in one.slots.items():
                if _DEFAULT.get((name, slot)) != value:
                    yield from _value("start", name, slot, value, store, row)
    elif kind == "cancel":
        yield "cancel", name or top, "", ""
    elif not one.slots:
        yield kind, "" if kind in _NAMELESS else name, "", ""
    if kind == "correct" and offered and top != "offer" and store.flows.by_id[top].step("ok") is None:
        kind = "set"  # 不是催派送，是催发货: the offer is accepted with another value
        yield "set", "", "ok", "yes"
    for slot, value in one.slots.items() if kind not in {"start", "answer"} else ():
        if slot == "ok" and value == "no" and kind in _CHANGES and row.asked == "ok":
            yield "cancel", top, "", ""
        else:
            yield from _value(kind, "", slot, value, store, row)


def _value(kind: str, name: str, slot: str, value: Any, store: Store, row: Row) -> Iterator[Part]:
    if slot in NOT_LABELLED:
        return
    shown = "other" if value == OTHER_NO else str(value)
    slot = "order_no" if slot == "digits" else slot
    if kind == "focus" and slot == "order" and shown.startswith(OWNED):
        slot, shown = "item", shown.removeprefix(OWNED)
    if slot == "order_no" and kind in _CHANGES:
        if "which_order" in row.frames:
            kind, slot, shown = "focus", "item", _item_of(shown)
        elif row.situation != "-" and "identify" not in row.frames:
            kind, slot = "focus", "order"
        elif len(shown) < 12:
            kind, shown = "set", shown[-4:]
        else:
            kind = "set"
    if slot == "proof" and kind == "correct":
        kind = "set"
    yield kind, name, slot, _plain(slot, shown, store, (name, *reversed(_open_flows(row))))


def _item_of(order_no: str) -> str:
    """The product of one of the many orders, by its number or the end of it; the number itself when there is none."""
    shown = order_no.removeprefix(OWNED)
    return next((one.items[0].name for one in several_orders() if one.order_no.endswith(shown)), shown)


def _open_flows(row: Row) -> list[str]:
    return [one.partition("{")[0] for one in row.frames.split(">")]


def _plain(slot: str, value: str, store: Store, told: Sequence[str]) -> str:
    """Free text is compared as that it was told; a product by any of its names. The slot is that of the first flow of `told`
    that has one of this name, else of any flow."""
    flows = [flow for name in told if (flow := store.flows.get(name)) is not None]
    spec = next((one.slots[slot] for one in (*flows, *store.flows.by_id.values()) if slot in one.slots), None)
    if (spec is not None and spec.kind in _FREE_KINDS) or slot == _DESCRIPTION:
        return _FREE
    plain = "".join(value.split()).casefold()
    if slot == "proof" and len(plain) == 11 and plain.isdigit():
        return plain[-4:]
    if slot == "item":
        names = [one.items[0].name for one in several_orders()]
        return next((one for one in names if plain in one or one in plain), plain)
    return plain
