"""The routes of docs/order-system-api.md as one table: the reference server serves it, contracts/order-system.openapi.json
is written from it, the page and the adapter are tested against it."""

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Route:
    """`name`: of the port's method; `received`, `answered`: names in contracts/order-system.schema.json; `listed`: the answer
    is a list of them; `write`: it needs an Idempotency-Key; `query`: parameters it understands."""

    name: str
    method: Literal["GET", "POST"]
    path: str
    about: str
    received: str | None = None
    answered: str | None = None
    listed: bool = False
    write: bool = False
    query: tuple[str, ...] = ()

    @property
    def pattern(self) -> re.Pattern[str]:
        """Fits the path of a request; its groups are the numbers in it."""
        return re.compile(re.sub(r"\{\w+\}", "([^/]+)", self.path))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the numbers in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))


def _read(
    name: str, path: str, about: str, answered: str, *, listed: bool = False, query: tuple[str, ...] = ()
) -> Route:
    return Route(name, "GET", path, about, answered=answered, listed=listed, query=query)


def _write(name: str, path: str, about: str, received: str) -> Route:
    return Route(name, "POST", path, about, received, "request", write=True)


_ORDER, _REQUEST = "/v1/orders/{order_no}", "/v1/requests/{request_no}"

ROUTES: tuple[Route, ...] = (
    Route("ready", "GET", "/v1/ready", "Reads work."),
    Route("verify", "POST", "/v1/verify", "Who is asking.", "verify", "verify-result"),
    Route(
        "orders_of",
        "POST",
        "/v1/orders/search",
        "Orders of a phone, newest first.",
        "orders",
        "order",
        listed=True,
    ),
    _read("order", _ORDER, "One order.", "order"),
    _read("parcel", f"{_ORDER}/parcel", "Its (latest) parcel.", "parcel"),
    _read("parcel_by_tracking_no", "/v1/parcels/{tracking_no}", "One parcel.", "parcel"),
    _read("refund_progress", f"{_ORDER}/refunds", "Its refunds, newest first.", "refund", listed=True),
    _read("requests_of", f"{_ORDER}/requests", "Its requests, newest first.", "request", listed=True),
    _read(
        "open_request",
        f"{_ORDER}/open-request",
        "The newest request that is not over.",
        "request",
        query=("item_id", "kind"),
    ),
    _read(
        "visit_slots",
        f"{_ORDER}/visit-slots",
        "When a technician can come, soonest first.",
        "visit-slot",
        listed=True,
        query=("item_id",),
    ),
    _read("request", _REQUEST, "One request.", "request"),
    _read(
        "products",
        "/v1/products",
        "Products that fit, best first.",
        "product",
        listed=True,
        query=("search", "limit"),
    ),
    _read("product", "/v1/products/{sku}", "One product.", "product"),
    _read("promotions", "/v1/promotions", "Promotions that are running.", "promotion", listed=True),
    _write("urge", f"{_ORDER}/urge", "Hurry dispatch or delivery.", "urge"),
    _write("cancel", f"{_ORDER}/cancel", "Cancel before dispatch.", "cancel"),
    _write("change_address", f"{_ORDER}/address", "New address before dispatch.", "address"),
    _write(
        "change_item",
        f"{_ORDER}/items/{{item_id}}",
        "Another colour, size or quantity before dispatch.",
        "item",
    ),
    _write("change_note", f"{_ORDER}/note", "New remark before dispatch.", "order-note"),
    _write("intercept", f"{_ORDER}/intercept", "Call a dispatched parcel back.", "intercept"),
    _write("claim", f"{_ORDER}/claim", "Look for a lost parcel.", "claim"),
    _write("compensate", f"{_ORDER}/compensation", "Grant a coupon or pay back a part.", "compensation"),
    _write("request_invoice", "/v1/invoices", "Issue the invoice.", "invoice"),
    _write("reissue_invoice", "/v1/invoices/reissue", "Cancel the invoice and issue it again.", "reissue"),
    _write("request_return", "/v1/returns", "Return, exchange, repair, refund or resend.", "return"),
    _write("leave_ticket", "/v1/tickets", "A ticket for people.", "ticket"),
    _write("attach_note", f"{_REQUEST}/notes", "A note, a tracking number or evidence.", "note"),
    _write("withdraw", f"{_REQUEST}/withdraw", "The customer takes it back.", "withdraw"),
    _write(
        "change_request",
        f"{_REQUEST}/change",
        "Another solution, quantity, colour or size; another title, tax number or e-mail.",
        "change",
    ),
    _write("book_visit", f"{_REQUEST}/visit", "Appoint a technician's visit.", "visit"),
)
