"""The customer's own orders, to be picked from instead of typing a number: of the phone that the store signed, or that was verified.
Nothing is told to anybody else, and nothing but number, goods and state: what is typed proves nothing (H6)."""

from typing import Any

from aftersales.order_system.port import Order, OrderSystemError
from handoff.errors import busy
from handoff.records import Conversation, get_conversation
from handoff.service import Service

MOST = 20


async def own_orders(service: Service, conversation_id: str) -> list[dict[str, Any]]:
    """At most 20, newest first; empty while nobody knows who it is. 503 `busy` when the order system does not answer."""
    async with service.records.read() as reader:
        phone = _phone(await get_conversation(reader, conversation_id))
    if phone is None:
        return []
    try:
        found = await service.orders.orders_of(phone, limit=MOST)
    except OrderSystemError as error:
        raise busy() from error
    states = service.rules.names()["order_state"]
    return [
        {
            "order_no": order.order_no,
            "title": _title(order),
            "state": states.get(str(order.state), str(order.state)),
        }
        for order in found
    ]


def _phone(conversation: Conversation) -> str | None:
    signed = (conversation.identity or {}).get("phone")
    verified = conversation.customer.get("phone") if conversation.customer.get("verified") else None
    return verified or signed or None


def _title(order: Order) -> str:
    if not order.items:
        return "订单"
    first, more = order.items[0], len(order.items) - 1
    return f"{first.name} {first.spec}".strip() + (f" 等 {more + 1} 种" if more else "")
