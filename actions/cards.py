"""What the widget's cards carry (docs/protocol.md, Cards): only what the verified customer may see, never contact data."""

from datetime import datetime
from typing import Any

from aftersales.order_system.port import AfterSalesRequest, Order, Parcel
from dialogue.outcome import Card
from dialogue.scene import Store


def build(card: Card, store: Store) -> dict[str, Any]:
    """The content of a card that the dialogue wants shown."""
    if card.kind == "order":
        return order_card(card.about, store)
    if card.kind == "logistics":
        return logistics_card(card.about, card.stalled, store)
    return request_card(card.about, store)


def _time(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


def order_card(order: Order, store: Store) -> dict[str, Any]:
    """State, payment and content of an order (H29)."""
    name = store.words.label
    return {
        "card": "order",
        "order_no": order.order_no,
        "state": order.state,
        "state_name": name("order_state", order.state),
        "created_at": _time(order.created_at),
        "paid_at": _time(order.paid_at),
        "ship_by": _time(order.ship_by),
        "shipped_at": _time(order.shipped_at),
        "signed_at": _time(order.signed_at),
        "signed_by": order.signed_by,
        "total": f"{order.total:.2f}",
        "payment_method": order.payment_method,
        "payment_name": name("payment", order.payment_method),
        "items": [
            {
                "item_id": one.item_id,
                "name": one.name,
                "spec": one.spec,
                "qty": one.qty,
                "price": f"{one.price:.2f}",
            }
            for one in order.items
        ],
    }


def logistics_card(parcel: Parcel, stalled: bool, store: Store) -> dict[str, Any]:
    """Carrier, number and timeline, newest first (H30)."""
    return {
        "card": "logistics",
        "order_no": parcel.order_no,
        "carrier": parcel.carrier,
        "tracking_no": parcel.tracking_no,
        "state": parcel.state,
        "state_name": store.words.label("parcel_state", parcel.state),
        "stalled": stalled,
        "last_scan_at": _time(parcel.last_scan_at),
        "eta": _time(parcel.eta),
        "scans": [{"at": _time(one.at), "place": one.place, "text": one.text} for one in parcel.scans],
    }


def request_card(request: AfterSalesRequest, store: Store) -> dict[str, Any]:
    """A request with its number and what happens next (H23)."""
    name = store.words.label
    return {
        "card": "request",
        "request_no": request.request_no,
        "kind": request.kind,
        "kind_name": name("request_kind", request.kind),
        "state": request.state,
        "state_name": name("request_state", request.state),
        "order_no": request.order_no,
        "item": request.item,
        "next": request.next,
        "due": _time(request.due),
    }
