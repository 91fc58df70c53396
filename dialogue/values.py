"""What fills the placeholders of every response: the order in hand, its money and dates, the frame's slots by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aftersales.formatting import day, moment, yuan
from aftersales.order_system.port import Order, OrderItem
from dialogue.flows import Flow
from dialogue.order_choice import twins
from dialogue.outcome import PLAIN, Run
from dialogue.state import Frame

#: Digits of an order's number that name it among several.
_TAIL = 4
#: Placeholders that the order in hand fills.
OF_ORDER = frozenset(
    {
        *(
            "item",
            "order_no",
            "state",
            "signed",
            "signed_by",
            "shipped",
            "ship_by",
            "total",
            "payment",
            "method",
        ),
        *("min_days", "max_days", "count"),
    }
)
#: Placeholders that the engine always fills (docs/dialogue.md); those of the order once there is one.
ALWAYS = OF_ORDER | {"product", "trouble", "words", "flow", "store", "order_no_example"}


#: Kinds of slots whose value is an id, not words for a customer.
_IDS = frozenset({"item", "product"})


def tail(run: Run, order: Order) -> str:
    """The end of the order's number, as customers name it."""
    return run.store.words.label("identity", "tail").format(tail=order.order_no[-_TAIL:])


def _which(run: Run, order: Order) -> str:
    """（尾号 0014）, where the customer has another order with the same goods."""
    return f"（{tail(run, order)}）" if twins(order, run.scene.orders()) else ""


def order_values(run: Run, order: Order, item: OrderItem | None = None) -> dict[str, str]:
    """The order as a shop assistant names it."""
    store = run.store
    goods = item.name if item else "、".join(one.name for one in order.items)
    tz, way = store.tz, store.policy.store.refunds[order.payment_method]
    return {
        "item": goods + _which(run, order),
        PLAIN: goods,
        "order_no": order.order_no,
        "state": store.words.label("order_state", order.state),
        "signed": day(order.signed_at, tz) if order.signed_at else "",
        "signed_by": order.signed_by or "",
        "shipped": day(order.shipped_at, tz) if order.shipped_at else "",
        "ship_by": moment(order.ship_by, tz) if order.ship_by else "",
        "total": yuan(order.total),
        "payment": way.name,
        "method": way.name,
        "min_days": str(way.min_days),
        "max_days": str(way.max_days),
        "count": str(len(order.items)),
    }


def frame_values(run: Run, frame: Frame | None, flow: Flow | None) -> dict[str, str]:
    """Everything a response of this frame may name; what a decision said last wins."""
    state = run.state
    told: dict[str, str] = {
        "words": (frame.words if frame and frame.words else run.words)[:40],
        "flow": flow.name if flow else "",
        "trouble": trouble(run),
        "product": "",
        "store": run.store.policy.store.name,
    }
    order_no = (frame.order_no if frame else None) or state.order_no
    if order_no and state.customer:
        order = run.scene.outside.order(order_no)
        if order is not None:
            told |= order_values(run, order, order.item(frame.item_id) if frame and frame.item_id else None)
    if state.sku:
        product = run.scene.outside.product(state.sku)
        told["product"] = product.name if product else ""
    if frame is not None and flow is not None:
        told |= slot_values(run, frame, flow)
    return told | run.values


def slot_values(run: Run, frame: Frame, flow: Flow) -> dict[str, str]:
    """The frame's slots: choices by their Chinese names, everything else as it is."""
    told: dict[str, str] = {}
    for name, spec in flow.slots.items():
        value = frame.slots.get(name)
        if spec.kind in _IDS:
            continue
        if value is None or isinstance(value, (list, tuple, dict)):
            told[name] = ""
        elif spec.kind == "choice":
            told[name] = choice_name(run, flow, name, str(value), frame.data.get("names"))
        else:
            told[name] = str(value)
    return told


def choice_name(run: Run, flow: Flow, slot: str, code: str, shown: Mapping[str, Any] | None = None) -> str:
    """How a code is named to the customer: as the question showed it, else by labels.yml, else by its own name."""
    spec = flow.slots[slot]
    if shown and slot in shown and code in shown[slot]:
        return str(shown[slot][code])
    return spec.choices.get(code) or run.store.words.label(spec.words, code)


def trouble(run: Run, category: str | None = None) -> str:
    """What went wrong as half a sentence (labels.yml), for an apology that names it (H36)."""
    names = run.store.words.labels["trouble"]
    return str(names.get(category or str(run.state.facts.get("category") or ""), names["otherwise"]))
