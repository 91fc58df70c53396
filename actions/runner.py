"""Takes a turn: fetches what the pure dialogue asks for, and takes the turn again until nothing is missing. An order system
that does not answer in time is told to the customer (dialogue/away.py), never a failed turn.

Reads are plain calls of the order system's port. A write happens once: its key is the frame's draft (H28), and a turn that
is taken again finds the answer already there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from actions.store import Store
from aftersales.decisions import WRITES
from aftersales.order_system.port import (
    InvoiceDraft,
    OrderSystem,
    Refused,
    RequestChange,
    ReturnDraft,
    Unavailable,
)
from dialogue.away import take_turn_away
from dialogue.message import Circumstances, Message
from dialogue.outside import Missing, Need, Outside
from dialogue.turn import Outcome, take_turn

log = logging.getLogger("anke.actions")
#: More things than this are never needed in one turn; a dialogue that asks on and on is broken.
MOST_NEEDS = 60


class TurnBroken(RuntimeError):
    """The dialogue asks for more and more; the turn fails as a whole and is retried or handed over."""


async def run_turn(message: Message, at: Circumstances, slot: Any, store: Store) -> Outcome:
    """The outcome of one turn. All that is fetched for it takes at most `store.patience` seconds together."""
    outside, loop = Outside(), asyncio.get_running_loop()
    until = loop.time() + store.patience
    for _ in range(MOST_NEEDS):
        try:
            return take_turn(message, at, slot, store.dialogue, outside)
        except Missing as missing:
            need = missing.need
        try:
            async with asyncio.timeout_at(until):
                outside.known[need] = await fetch(need, at, store.orders)
        except (TimeoutError, Unavailable) as away:
            code = away.code if isinstance(away, Unavailable) else "order_system_timeout"
            log.warning("order system away", extra={"fields": {"need": need.what, "code": code}})
            return take_turn_away(message, at, slot, store.dialogue)
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
    "visit_slots": lambda orders, order_no, item_id: orders.visit_slots(order_no, item_id),
    "products": lambda orders, words, limit: orders.products(words, limit=limit),
    "product": lambda orders, sku: orders.product(sku),
    "promotions": lambda orders: orders.promotions(),
}


#: Writes of the port that take one object, and what stands before it.
_DRAFTS: Mapping[str, Callable[..., Any]] = {
    "request_return": ReturnDraft,
    "request_invoice": InvoiceDraft,
    "reissue_invoice": InvoiceDraft,
    "change_request": RequestChange,
}
_BEFORE_DRAFT: Mapping[str, tuple[str, ...]] = {"change_request": ("request_no",)}


async def _write(need: Need, orders: OrderSystem) -> Any:
    """The request made, or the refusal (an answer, no failure)."""
    spec = WRITES[need.what.removeprefix("write:")]
    key, pairs = need.arguments
    draft: dict[str, Any] = dict(pairs)
    method = cast(Callable[..., Awaitable[Any]], getattr(orders, spec.method))
    try:
        form = _DRAFTS.get(spec.method)
        if form is None:
            return await method(key, **draft)
        named = [draft.pop(name) for name in _BEFORE_DRAFT.get(spec.method, ())]
        return await method(key, *named, form(**draft))
    except Refused as refusal:
        return refusal
