"""Write the demo store into an order database. Rows that exist are left alone, so it may run on every start."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.order_system.sql import tables
from aftersales.order_system.sql.database import Database
from aftersales.order_system.sql.demo.moments import moment
from aftersales.policy.model import Policy

_HERE = Path(__file__).parent
Row = tuple[Table, dict[str, Any]]
When = Callable[[str], datetime]


class ForeignOrdersError(Exception):
    """The database holds a store's own orders; the message is one Chinese line."""


async def do_seed(database: Database, policy: Policy, tz: ZoneInfo, now: datetime) -> int:
    """Insert what is missing; returns how many orders were new.

    ForeignOrdersError, and nothing written, in a database of a real store."""
    catalogue = _read("catalogue.yml")
    products = {one["sku"]: one for one in catalogue["products"]}
    rows: list[Row] = [(tables.products, _product(policy, one)) for one in catalogue["products"]]
    rows += [(tables.promotions, _promotion(one)) for one in catalogue["promotions"]]
    async with database.write() as connection:
        insert: Any = sqlite.insert if database.is_sqlite else postgresql.insert
        await _refuse_a_stores_own(connection)
        known = set((await connection.execute(select(tables.orders.c.order_no))).scalars())
        new = [one for one in _read("orders.yml")["orders"] if one["order_no"] not in known]
        for order in new:
            rows += _order(policy, products, order, lambda text: moment(text, now, tz))
        for table, values in rows:
            await connection.execute(insert(table).values(**values).on_conflict_do_nothing())
    return len(new)


async def do_reset(database: Database, policy: Policy, tz: ZoneInfo, now: datetime) -> int:
    """Bring the demo orders and catalogue back as on the first day, which is today again; returns how many orders.

    What was done to them goes: requests with their keys and notes, refunds, wrong attempts, booked visits. ForeignOrdersError,
    and nothing changed, in a database of a real store."""
    async with database.write() as connection:
        await _refuse_a_stores_own(connection)
    await do_remove(database)
    return await do_seed(database, policy, tz, now)


def told_orders() -> dict[str, str]:
    """The demo store's order numbers with the phone of each."""
    return {one["order_no"]: one["phone"] for one in _read("orders.yml")["orders"]}


async def demo_orders(database: Database) -> list[str]:
    """Numbers of the demo store's orders that are in the database: same number, same phone."""
    told, orders = told_orders(), tables.orders
    async with database.write() as connection:
        rows = await connection.execute(
            select(orders.c.order_no, orders.c.phone).where(orders.c.order_no.in_(told))
        )
        return sorted(row.order_no for row in rows if row.phone == told[row.order_no])


async def do_remove(database: Database) -> int:
    """Take the demo orders, what was done to them, the demo catalogue and its promotions out; how many orders there were.

    A store's own orders stay, one with a demo order's number too, and beside them its booked visits and whatever products
    its orders name."""
    there = await demo_orders(database)
    catalogue = _read("catalogue.yml")
    skus = {one["sku"] for one in catalogue["products"]}
    promotions = [one["promotion_id"] for one in catalogue["promotions"]]
    requests, keys, items = tables.requests, tables.request_keys, tables.order_items
    async with database.write() as connection:
        found = await connection.execute(select(requests.c.request_no).where(requests.c.order_no.in_(there)))
        made = list(found.scalars())
        counters = tables.verify_counters
        for gone in (
            delete(keys).where(keys.c.request_no.in_(made)),
            delete(requests).where(requests.c.request_no.in_(made)),
            delete(counters).where(counters.c.scope == "order", counters.c.subject.in_(there)),
            delete(tables.orders).where(tables.orders.c.order_no.in_(there)),
            delete(tables.promotions).where(tables.promotions.c.promotion_id.in_(promotions)),
        ):
            await connection.execute(gone)
        needed = set((await connection.execute(select(items.c.sku).where(items.c.sku.in_(skus)))).scalars())
        await connection.execute(delete(tables.products).where(tables.products.c.sku.in_(skus - needed)))
        if not (await connection.execute(select(tables.orders.c.order_no).limit(1))).first():
            await connection.execute(delete(tables.visit_slots))
    return len(there)


async def _refuse_a_stores_own(connection: AsyncConnection) -> None:
    """ForeignOrdersError where there are orders and none of the demo's: that is a real store. Orders that somebody added to
    a demo are welcome."""
    told, orders = told_orders(), tables.orders
    rows = (await connection.execute(select(orders.c.order_no, orders.c.phone))).all()
    if rows and not any(told.get(row.order_no) == row.phone for row in rows):
        first = min(row.order_no for row in rows)
        raise ForeignOrdersError(
            f"这个订单库里是店铺自己的订单（{first} 等 {len(rows)} 笔），不能写入演示数据：请设置 ANKE_MODE=production"
        )


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
    return loaded


def _yuan(value: float | int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _product(policy: Policy, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "no_reason_return": True,
        "dispatch_hours": policy.store.dispatch.promise_hours,
        **told,
        "price": _yuan(told["price"]),
        "variants": told.get("variants", []),
    }


def _promotion(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "threshold": _yuan(told["threshold"]), "off": _yuan(told["off"])}


def _order(policy: Policy, products: dict[str, Any], told: dict[str, Any], when: When) -> Iterator[Row]:
    number, items = told["order_no"], told.get("items") or [told["item"]]
    coupon = told.get("coupon")
    off = _yuan(coupon["off"]) if coupon else Decimal("0.00")
    goods = sum((_yuan(products[one["sku"]]["price"]) * one.get("qty", 1) for one in items), Decimal(0))
    paid = when(told["paid"]) if "paid" in told else None
    times = {key: when(told[key]) if key in told else None for key in ("shipped", "signed")}
    ship_by = paid + timedelta(hours=policy.store.dispatch.promise_hours) if paid else None
    yield (
        tables.orders,
        {
            "order_no": number,
            "state": told["state"],
            "phone": told["phone"],
            "email": told.get("email"),
            "name": told["name"],
            "address": told["address"],
            "total": goods - off,
            "freight": Decimal("0.00"),
            "payment_method": told["payment"],
            "freight_insurance": told.get("freight_insurance", False),
            "created_at": paid - timedelta(minutes=2) if paid else when(told["created"]),
            "paid_at": paid,
            "ship_by": ship_by if told["state"] == "paid" else None,
            "shipped_at": times["shipped"],
            "signed_at": times["signed"],
            "signed_by": told.get("signed_by"),
            "invoice": _invoice(told.get("invoice"), when),
            "promotions": [_coupon(coupon)] if coupon else [],
        },
    )
    for at, item in enumerate(items, start=1):
        yield (
            tables.order_items,
            _line(number, str(at), item, products[item["sku"]], off if at == 1 else Decimal(0)),
        )
    if "parcel" in told:
        yield from _parcel(policy, told, times["signed"], when)
    if "returned" in told:
        yield from _returned(told, products[items[0]["sku"]]["name"], goods - off, when)


def _line(
    number: str, item_id: str, item: dict[str, Any], product: dict[str, Any], off: Decimal
) -> dict[str, Any]:
    qty = item.get("qty", 1)
    return {
        "order_no": number,
        "item_id": item_id,
        "name": product["name"],
        "sku": item["sku"],
        "qty": qty,
        "price": (_yuan(product["price"]) * qty - off) / qty,
        "kind": product["kind"],
        "spec": item["spec"],
        "warranty_days": product["warranty_days"],
        **{key: item.get(key) for key in ("model", "serial", "batch", "opened")},
    }


def _invoice(told: dict[str, Any] | None, when: When) -> dict[str, Any]:
    if told is None:
        return {"state": "none"}
    names = {key: told.get(key) for key in ("title", "tax_no", "email")}
    return {"state": "issued", **names, "issued_at": when(told["issued"]).isoformat()}


def _coupon(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "promotion_id": told["promotion_id"],
        "name": told.get("name", "新人券"),
        "text": told.get("text", "已使用新人券。"),
        "off": str(told["off"]),
    }


def _parcel(policy: Policy, told: dict[str, Any], signed: datetime | None, when: When) -> Iterator[Row]:
    parcel = told["parcel"]
    carrier = policy.store.carrier(parcel["carrier"])
    yield (
        tables.parcels,
        {
            "tracking_no": parcel["tracking_no"],
            "order_no": told["order_no"],
            "carrier": parcel["carrier"],
            "carrier_phone": carrier.phone if carrier else None,
            "state": "signed" if signed else parcel.get("state", "in_transit"),
            "eta": when(parcel["eta"]) if "eta" in parcel else None,
            "sent_at": when(told["shipped"]),
        },
    )
    for at, place, text in parcel["scans"]:
        yield (
            tables.scans,
            {"tracking_no": parcel["tracking_no"], "at": when(at), "place": place, "text": text},
        )


def _returned(told: dict[str, Any], item: str, amount: Decimal, when: When) -> Iterator[Row]:
    """A return that was received, its refund under way."""
    back, number = told["returned"], told["order_no"]
    created, due = when(back["created"]), when(back["refund_due"])
    request_no = f"RT{number}"
    yield (
        tables.requests,
        {
            "request_no": request_no,
            "kind": "return",
            "state": "refunding",
            "order_no": number,
            "item_id": "1",
            "item": item,
            "reason": back["reason"],
            "solution": "return",
            "condition": back["condition"],
            "freight_payer": "buyer",
            "review": False,
            "tracking_no": back["tracking_no"],
            "detail": {"description": "不太习惯入耳式，想退。"},
            "created_at": created,
            "due": due,
        },
    )
    yield (
        tables.refunds,
        {
            "refund_no": f"R{request_no}",
            "order_no": number,
            "item_id": "1",
            "request_no": request_no,
            "amount": amount,
            "method": told["payment"],
            "state": "processing",
            "started_at": when(back["refund_started"]),
            "expected_at": due,
        },
    )
