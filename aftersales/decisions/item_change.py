"""Another colour, size or number of pieces before dispatch, with the price difference; and the remark (H20)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, choices, decision, write
from aftersales.decisions.exchange import exchange_colours, exchange_sizes, in_stock, size_meant
from aftersales.decisions.in_hand import goods, open_request, order_of, sentence
from aftersales.decisions.return_case import the_item
from aftersales.formatting import yuan
from aftersales.order_system.port import AfterSalesRequest, Product
from aftersales.policy_values import policy_values
from aftersales.variants import bought, colour_named, dearer_by, variant_of

_VALUES = ("changes", "wanted", "options", "difference", "request_no", "next")
_TOLD = ("colour", "size", "quantity")


@decision("change_rule", outcomes=("told",), values=("no_reason_days", "return_fee"))
def change_rule(inputs: Inputs) -> Decision:
    """The rule of another colour, size or model, before dispatch and afterwards, for who has not bought yet (H20, H21)."""
    named = policy_values(inputs.policy)
    return Decision("told", {name: named[name] for name in ("no_reason_days", "return_fee")})


@decision(
    "change_target",
    outcomes=(
        *("chosen", "dearer", "cheaper", "no_stock", "same", "waiting", "unclear"),
        *("ask_colour", "ask_size", "nothing_else"),
    ),
    needs=("order", "item", "requests", "catalogue"),
    values=_VALUES,
    slots=("colour", "size", "request_no"),
)
def change_target(inputs: Inputs) -> Decision:
    """What the line would become, whether that is in stock and what it costs. `waiting`: an earlier change waits for its
    difference to be paid; `ask_colour`, `ask_size`: it was not told what to, {options} are in stock; `nothing_else`: none
    is; `unclear`: it is another product, or comes in one colour and size only."""
    product, item = inputs.catalogue, the_item(inputs)
    told = {name: inputs.slots[name] for name in _TOLD if inputs.slots.get(name) is not None}
    made = open_request(inputs, "change")
    if made is not None and made.state == "submitted":
        values = {**_none(), "request_no": made.request_no, "next": made.next}
        return Decision("waiting", values, slots={"request_no": made.request_no})
    if product is not None and not told:
        return _which(inputs, product)
    if product is None or not str(told.get("quantity", 1)).isdigit():
        return Decision("unclear", _none())
    before, count = bought(product, item.spec), int(told.get("quantity", item.qty))
    colour = colour_named(product, str(told["colour"])) if "colour" in told else before[0]
    size = size_meant(inputs, product, str(told["size"]), before[1]) if "size" in told else before[1]
    wanted = variant_of(product, colour, size)
    named = " ".join(str(told[name]) for name in ("colour", "size") if name in told) or f"{item.name} {count}"
    gone = ("colour" in told and colour is None) or ("size" in told and size is None)
    other = (colour, size) != before
    if gone or count < 1 or wanted.stock < (count if other else count - item.qty):
        values = {**_none(), "wanted": named, "options": in_stock(product, before)}
        return Decision("no_stock", values, slots={"colour": None, "size": None})
    if not other and count == item.qty:
        return Decision("same", _none())
    price = item.price + (dearer_by(product, before, wanted) if other else Decimal(0))
    more = price * count - item.price * item.qty
    new: dict[str, str | None] = {"colour": colour, "size": size, "quantity": str(count)}
    had = {"colour": before[0], "size": before[1], "quantity": str(item.qty)}
    changes = "，".join(  # what was told and stays as it is, is no change (雾蓝 L码不变)
        sentence(inputs, "change_detail", name, value=str(new[name]))
        for name in _TOLD
        if name in told and new[name] != had[name]
    )
    values = {**_none(), "changes": changes, "wanted": named, "difference": yuan(abs(more)) if more else ""}
    slots: dict[str, Any] = {name: new[name] for name in ("colour", "size") if name in told}
    return Decision("dearer" if more > 0 else "cheaper" if more < 0 else "chosen", values, slots=slots)


@choices("change_colours", needs=("order", "item", "catalogue"))
def change_colours(inputs: Inputs) -> Mapping[str, str]:
    """Other colours of the bought size that are in stock."""
    return _others(inputs, exchange_colours(inputs))


@choices("change_sizes", needs=("order", "item", "catalogue"))
def change_sizes(inputs: Inputs) -> Mapping[str, str]:
    """Other sizes of the bought colour that are in stock."""
    return _others(inputs, exchange_sizes(inputs))


@decision(
    "change_offers",
    outcomes=("some", "none"),
    needs=("order", "item", "catalogue"),
    values=("options",),
    slots=("offers",),
)
def change_offers(inputs: Inputs) -> Decision:
    """还有哪些色, while a change is open: answered once, with what is in stock."""
    product, done = inputs.catalogue, {"offers": None}
    options = in_stock(product, bought(product, the_item(inputs).spec)) if product is not None else ""
    return Decision("some" if options else "none", {"options": options}, slots=done)


def _others(inputs: Inputs, had: Mapping[str, str]) -> Mapping[str, str]:
    product = inputs.catalogue
    own = bought(product, the_item(inputs).spec) if product is not None and inputs.order is not None else ()
    return {code: name for code, name in had.items() if code not in own}


def _which(inputs: Inputs, product: Product) -> Decision:
    """Nothing was told yet: what the customer spoke of (slot `what`) is asked for, with what else is in stock."""
    if (len(product.colours) <= 1 and len(product.sizes) <= 1) or inputs.slots.get("what") == "other":
        return Decision("unclear", _none())
    values = {**_none(), "options": in_stock(product, bought(product, the_item(inputs).spec))}
    if not values["options"]:
        return Decision("nothing_else", values)
    by_size = inputs.slots.get("what") == "size" or not change_colours(inputs)
    return Decision("ask_size" if by_size and change_sizes(inputs) else "ask_colour", values)


def _none() -> dict[str, str]:
    return dict.fromkeys(_VALUES, "")


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    count = inputs.slots.get("quantity")
    return {
        "order_no": order_of(inputs).order_no,
        "item_id": the_item(inputs).item_id,
        "quantity": int(str(count)) if count is not None else None,
        "colour": inputs.slots.get("colour"),
        "size": inputs.slots.get("size"),
    }


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    values = {"request_no": made.request_no, "next": made.next, "changes": _changes(inputs)}
    return Decision("done", values)


def _changes(inputs: Inputs) -> str:
    """What is different now, as it was read back."""
    return "，".join(
        sentence(inputs, "change_detail", name, value=str(inputs.slots[name]))
        for name in _TOLD
        if inputs.slots.get(name) is not None
    )


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    item = made.item or goods(order_of(inputs))
    return sentence(inputs, "effect", "item_changed", item=item, changes=_changes(inputs))


def _note(inputs: Inputs) -> Mapping[str, Any]:
    return {"order_no": order_of(inputs).order_no, "note": str(inputs.slots["note"])}


write(
    WriteSpec(
        name="change_item",
        method="change_item",
        effect="order_changed",
        needs=frozenset({"order", "item"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "refused"),
        values=("request_no", "next", "changes"),
    )
)
write(
    WriteSpec(
        name="change_note",
        method="change_note",
        effect="order_changed",
        needs=frozenset({"order"}),
        draft=_note,
        done=_done,
        summary=lambda inputs, made: sentence(
            inputs, "effect", "note_changed", note=str(inputs.slots["note"])
        ),
        outcomes=("done", "refused"),
        values=("request_no", "next"),
    )
)
