"""The order, product, parcel, refunds and requests of a record (H38): from the order system's objects to masked JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aftersales.masking import mask_text
from aftersales.order_system.port import AfterSalesRequest, Order, OrderItem, Parcel, Refund
from handoff.case_record.material import OrderData
from handoff.clock import rfc3339


def order_part(order: Order | None, order_no: str | None) -> dict[str, Any]:
    """`order{…}`: with only the number known, the rest is null."""
    if order is None:
        return {
            "order_no": mask_text(order_no) if order_no else None,
            "state": None,
            "paid_at": None,
            "shipped_at": None,
            "signed_at": None,
            "total": None,
            "payment_method": None,
            "items": [],
        }
    return {
        "order_no": order.order_no,
        "state": order.state,
        "paid_at": when(order.paid_at),
        "shipped_at": when(order.shipped_at),
        "signed_at": when(order.signed_at),
        "total": str(order.total),
        "payment_method": order.payment_method,
        "items": [_item(item) for item in order.items],
    }


def product_part(facts: Mapping[str, Any], order: Order | None) -> dict[str, Any]:
    """`product{…}`: what the customer told counts first, then the order line."""
    line = chosen_item(facts, order)
    return {
        "name": line.name if line else _text(facts.get("item")),
        "model": _text(facts.get("model")) or (line.model if line else None),
        "serial": _text(facts.get("serial")) or (line.serial if line else None),
        "batch": _text(facts.get("batch")) or (line.batch if line else None),
        "purchased_at": when(order.paid_at) if order else None,
    }


def chosen_item(facts: Mapping[str, Any], order: Order | None) -> OrderItem | None:
    """The line the case is about: the one named by the facts, or the only one there is."""
    if order is None:
        return None
    wanted = str(facts.get("item") or "").strip()
    for item in order.items:
        if wanted and (wanted == item.item_id or wanted in item.name or item.name in wanted):
            return item
    return order.items[0] if len(order.items) == 1 else None


def logistics_part(parcel: Parcel | None, now: datetime) -> dict[str, Any]:
    """`logistics{…}`: where the parcel is and for how long nothing has moved (H30)."""
    last = parcel.scans[0] if parcel and parcel.scans else None
    moving = parcel is not None and parcel.state in ("in_transit", "delivering")
    still = round((now - last.at).total_seconds() / 3600) if last and moving else 0
    return {
        "carrier": parcel.carrier if parcel else None,
        "tracking_no": parcel.tracking_no if parcel else None,
        "state": parcel.state if parcel else None,
        "last_scan_at": when(last.at) if last else None,
        "last_scan": f"{last.place} {last.text}".strip() if last else None,
        "still_hours": still if parcel else None,
    }


def refunds_part(data: OrderData) -> list[dict[str, Any]]:
    return [_refund(refund) for refund in data.refunds]


def requests_part(data: OrderData) -> list[dict[str, Any]]:
    return [_request(request) for request in data.requests]


def when(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment is not None else None


def _item(item: OrderItem) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "name": item.name,
        "spec": item.spec or None,
        "sku": item.sku,
        "qty": item.qty,
        "price": str(item.price),
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "refund_no": refund.refund_no,
        "amount": str(refund.amount),
        "method": refund.method,
        "state": refund.state,
        "started_at": when(refund.started_at),
        "expected_at": when(refund.expected_at),
    }


def _request(request: AfterSalesRequest) -> dict[str, Any]:
    return {
        "request_no": request.request_no,
        "kind": request.kind,
        "state": request.state,
        "item": request.item,
        "next": request.next,
        "due": when(request.due),
    }


def _text(value: Any) -> str | None:
    return mask_text(str(value).strip()) or None if value is not None else None
