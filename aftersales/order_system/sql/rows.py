"""Rows to the port's dataclasses."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.order_system.port import (
    CLOSED_REQUEST_STATES,
    AfterSalesRequest,
    Invoice,
    Order,
    OrderItem,
    Parcel,
    Product,
    Promotion,
    Refund,
    RequestKind,
    Scan,
    Variant,
    VisitSlot,
)
from aftersales.order_system.sql import tables
from aftersales.policy.requests import Requests

#: An item has one open request of these kinds at a time.
ITEM_KINDS: tuple[RequestKind, ...] = ("return", "exchange", "repair", "refund_only", "resend")


async def orders(connection: AsyncConnection, query: Select[Any]) -> list[Order]:
    """Orders of a query over `tables.orders`, in its order, with their items."""
    rows = (await connection.execute(query)).all()
    if not rows:
        return []
    lines: dict[str, list[OrderItem]] = {row.order_no: [] for row in rows}
    items = tables.order_items
    found = await connection.execute(
        select(items).where(items.c.order_no.in_(lines)).order_by(items.c.order_no, items.c.item_id)
    )
    for line in found.all():
        fields = dict(line._mapping)
        lines[fields.pop("order_no")].append(OrderItem(**fields))
    return [_order(row, lines[row.order_no]) for row in rows]


def _order(row: Row[Any], items: Sequence[OrderItem]) -> Order:
    fields = dict(row._mapping)
    fields["invoice"] = _invoice(fields["invoice"])
    fields["promotions"] = tuple(_promotion_used(one) for one in fields["promotions"])
    return Order(items=tuple(items), **fields)


def _invoice(stored: dict[str, Any]) -> Invoice:
    return Invoice(
        **{
            **stored,
            "issued_at": _moment(stored.get("issued_at")),
            "due_at": _moment(stored.get("due_at")),
        }
    )


def _promotion_used(stored: dict[str, Any]) -> Promotion:
    money = {
        key: Decimal(str(stored.get(key, "0"))).quantize(Decimal("0.01")) for key in ("threshold", "off")
    }
    return Promotion(**{**stored, **money, "ends_at": _moment(stored.get("ends_at"))})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


async def parcel(connection: AsyncConnection, query: Select[Any]) -> Parcel | None:
    """The first parcel of a query over `tables.parcels`, with its scans."""
    row = (await connection.execute(query.limit(1))).first()
    if row is None:
        return None
    scans = tables.scans
    found = await connection.execute(
        select(scans).where(scans.c.tracking_no == row.tracking_no).order_by(scans.c.at.desc())
    )
    return Parcel(
        order_no=row.order_no,
        carrier=row.carrier,
        carrier_phone=row.carrier_phone,
        tracking_no=row.tracking_no,
        state=row.state,
        eta=row.eta,
        scans=tuple(Scan(one.at, one.place, one.text) for one in found.all()),
    )


async def refunds(connection: AsyncConnection, order_no: str) -> list[Refund]:
    table = tables.refunds
    found = await connection.execute(
        select(table).where(table.c.order_no == order_no).order_by(table.c.started_at.desc())
    )
    return [Refund(**row._mapping) for row in found.all()]


def request(row: Row[Any], wording: Requests, *, repeated: bool = False) -> AfterSalesRequest:
    told = row.detail
    visit = told.get("visit")
    return AfterSalesRequest(
        request_no=row.request_no,
        kind=row.kind,
        state=row.state,
        order_no=row.order_no,
        item_id=row.item_id,
        item=row.item,
        created_at=row.created_at,
        next=wording.step(row.kind, row.state).text if not visit else wording.visit_next,
        due=row.due,
        reason=row.reason,
        solution=row.solution,
        review=row.review,
        tracking_no=row.tracking_no,
        quantity=told.get("quantity"),
        colour=told.get("colour"),
        size=told.get("size"),
        amount=Decimal(told["amount"]).quantize(Decimal("0.01")) if told.get("amount") else None,
        visit=_visit(visit) if visit else None,
        replaces=told.get("replaces"),
        repeated=repeated,
    )


def _visit(stored: dict[str, Any]) -> VisitSlot:
    begins, ends = (datetime.fromisoformat(stored[name]) for name in ("begins", "ends"))
    return VisitSlot(stored["slot_id"], begins, ends)


def open_requests(order_no: str, item_id: str | None, kinds: Sequence[RequestKind]) -> Select[Any]:
    """Requests that are not over, newest first."""
    table = tables.requests
    query = (
        select(table)
        .where(table.c.order_no == order_no, table.c.kind.in_(kinds))
        .where(table.c.state.not_in(CLOSED_REQUEST_STATES))
        .order_by(table.c.created_at.desc(), table.c.request_no.desc())
    )
    return query if item_id is None else query.where(table.c.item_id == item_id)


def product(row: Row[Any]) -> Product:
    fields = dict(row._mapping)
    fields["variants"] = tuple(_variant(one) for one in fields["variants"])
    return Product(**{**fields, **{key: tuple(fields[key]) for key in ("colours", "sizes", "aliases")}})


def _variant(stored: dict[str, Any]) -> Variant:
    price = stored.get("price")
    money = Decimal(str(price)).quantize(Decimal("0.01")) if price is not None else None
    return Variant(stored.get("colour"), stored.get("size"), stored["stock"], money)
