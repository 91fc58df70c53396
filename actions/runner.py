"""Takes a turn: fetches what the pure dialogue asks for, and takes the turn again until nothing is missing.

Reads are plain calls of the order system's port. A write happens once: its key is the frame's draft (H28), and a turn that
is taken again finds the answer already there.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from actions.store import Store
from aftersales.decisions import WRITES
from aftersales.order_system.port import InvoiceDraft, OrderSystem, Refused, ReturnDraft
from dialogue.message import Circumstances, Message
from dialogue.outside import Missing, Need, Outside
from dialogue.turn import Outcome, take_turn

log = logging.getLogger("anke.actions")
#: More things than this are never needed in one turn; a dialogue that asks on and on is broken.
MOST_NEEDS = 60


class TurnBroken(RuntimeError):
    """The dialogue asks for more and more; the turn fails as a whole and is retried or handed over."""


async def run_turn(message: Message, at: Circumstances, slot: Any, store: Store) -> Outcome:
    """The outcome of one turn. Raises whatever the order system raises but its refusals."""
    outside = Outside()
    for _ in range(MOST_NEEDS):
        try:
            return take_turn(message, at, slot, store.dialogue, outside)
        except Missing as missing:
            outside.known[missing.need] = await fetch(missing.need, at, store.orders)
    raise TurnBroken(f"more than {MOST_NEEDS} needs")


async def fetch(need: Need, at: Circumstances, orders: OrderSystem) -> Any:
    """One answer from outside."""
    if need.what.startswith("write:"):
        return await _write(need, orders)
    if need.what == "verify":
        order_no, proof = need.arguments
        return await orders.verify(
            order_no, proof, conversation=at.conversation_id, address=at.address, key=at.turn_id
        )
    return await _READS[need.what](orders, *need.arguments)


_READS: Mapping[str, Callable[..., Awaitable[Any]]] = {
    "order": lambda orders, order_no: orders.order(order_no),
    "orders_of": lambda orders, phone: orders.orders_of(phone),
    "parcel": lambda orders, order_no: orders.parcel(order_no),
    "refunds": lambda orders, order_no: orders.refund_progress(order_no),
    "requests": lambda orders, order_no: orders.requests_of(order_no),
    "products": lambda orders, words, limit: orders.products(words, limit=limit),
    "product": lambda orders, sku: orders.product(sku),
    "promotions": lambda orders: orders.promotions(),
}


async def _write(need: Need, orders: OrderSystem) -> Any:
    """The request made, or the refusal (an answer, no failure)."""
    spec = WRITES[need.what.removeprefix("write:")]
    key, pairs = need.arguments
    draft: dict[str, Any] = dict(pairs)
    method = cast(Callable[..., Awaitable[Any]], getattr(orders, spec.method))
    try:
        if spec.method == "request_return":
            return await method(key, ReturnDraft(**draft))
        if spec.method == "request_invoice":
            return await method(key, InvoiceDraft(**draft))
        return await method(key, **draft)
    except Refused as refusal:
        return refusal
