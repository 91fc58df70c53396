"""An order situation out of its name ("stalled:运动鞋"), for labelled turns and `designer.try`: real objects, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any

import yaml

from aftersales.catalogue import rank_products
from aftersales.order_system.port import (
    AfterSalesRequest,
    Order,
    OrderItem,
    OrderState,
    Parcel,
    Product,
    Refund,
    RefundState,
    Scan,
    VerifyResult,
)
from designer.inputs import ROOT
from dialogue.outside import Outside

NOW = datetime(2026, 11, 29, 6, 0, tzinfo=timezone.utc)
PHONE = "13800001234"
ORDER_NO, OTHER_NO = "202611010001", "202611010099"
#: Names of situations and the state the order system has for them.
STATES: dict[str, OrderState] = {
    "unpaid": "unpaid",
    "paid": "paid",
    "shipped": "shipped",
    "stalled": "shipped",
    "signed": "signed",
    "signed_late": "signed",
    "returning": "signed",
    "refunding": "refunded",
    "refunded": "refunded",
    "cancelled": "cancelled",
    "closed": "cancelled",
}
#: The situation of a customer who has many orders, none in hand.
SEVERAL = "several"
#: Begins the number of a further order that a labelled turn speaks of; the product's name follows.
OWNED = "order of "
_OTHER_ITEM = "保温杯"
_CATALOGUE = ROOT / "aftersales/order_system/sql/demo/catalogue.yml"


@dataclass(frozen=True, slots=True)
class Owned:
    """What the customer bought besides: products of further orders, and the lines of the order in hand when it has several."""

    orders: Sequence[str] = ()
    lines: Sequence[str] = ()


@cache
def demo_products() -> tuple[Product, ...]:
    """The demo store's catalogue."""
    told: list[dict[str, Any]] = yaml.safe_load(_CATALOGUE.read_text(encoding="utf-8"))["products"]
    return tuple(Product(**_fields(one), dispatch_hours=48) for one in told)


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    """A product's entry with the types of the port."""
    lists = {"colours", "sizes", "aliases"}
    fields = {name: tuple(value) if name in lists else value for name, value in told.items()}
    return fields | {"price": Decimal(str(told["price"]))}


def line(name: str) -> OrderItem:
    """A line of an order, of the kind that the demo store's goods of this name have."""
    sold = (one for one in demo_products() if name in one.name or name in one.aliases)
    kind = next((one.kind for one in sold), "small_appliance")
    return OrderItem(name, name, f"sku-{name}", 1, Decimal("399.00"), kind, warranty_days=365)


def order_in(situation: str, item: str, lines: Sequence[str] = ()) -> Order:
    """The order that is being talked about."""
    state = STATES[situation]
    signed = NOW - timedelta(days=60 if situation == "signed_late" else 3)
    return Order(
        order_no=ORDER_NO,
        state=state,
        phone=PHONE,
        name="王小明",
        address="江苏省南京市鼓楼区安和路1号",
        total=Decimal("399.00"),
        payment_method="wechat",
        items=tuple(line(one) for one in lines or (item,)),
        created_at=NOW - timedelta(days=80),
        paid_at=None if situation in {"unpaid", "closed"} else signed - timedelta(days=4),
        ship_by=NOW + timedelta(hours=20) if state == "paid" else None,
        shipped_at=signed - timedelta(days=2) if state in {"shipped", "signed", "refunded"} else None,
        signed_at=signed if state in {"signed", "refunded"} else None,
        signed_by="本人" if state in {"signed", "refunded"} else None,
    )


def other_order() -> Order:
    """Another order of the same customer, so that "the other one" exists."""
    item = OrderItem(_OTHER_ITEM, _OTHER_ITEM, "sku-other", 1, Decimal("59.00"), "home")
    return Order(
        OTHER_NO,
        "shipped",
        PHONE,
        "王小明",
        "江苏省南京市鼓楼区安和路1号",
        Decimal("59.00"),
        "wechat",
        (item,),
        NOW - timedelta(days=3),
        paid_at=NOW - timedelta(days=3),
        shipped_at=NOW - timedelta(days=2),
    )


def several_orders() -> list[Order]:
    """A customer with many orders, newest last number first, for the question "which one?"."""
    names = (
        "羽绒服",
        "手机",
        "扫地机器人",
        "电饭煲",
        "冰箱",
        "定制T恤",
        "运动鞋",
        "蓝牙耳机",
        "玻璃餐具套装",
        "显示器",
    )
    return [
        replace(order_in("signed", name), order_no=f"2026110100{place:02}")
        for place, name in enumerate(names, 1)
    ]


def _short(order: Order, known: set[str]) -> bool:
    """Is its product another name of one of these (耳机 for 蓝牙耳机)?"""
    return any(order.items[0].name in one for one in known)


class Imagined(Outside):
    """Everything that can be asked of the situation; what nobody imagined is empty."""

    def __init__(self, situation: str, item: str, owned: Owned = Owned()) -> None:
        super().__init__()
        further = owned.orders
        self._owned = [replace(order_in("signed", one), order_no=f"{OWNED}{one}") for one in further]
        self._situation = situation
        self._order = order_in(situation, item, owned.lines) if situation in STATES else None
        self._catalogue = demo_products()

    def get(self, what: str, *arguments: Any) -> Any:
        """An answer without asking anybody. Raises Missing for a write: nothing is ever written here."""
        if what.startswith("write:"):
            return super().get(what, *arguments)
        return getattr(self, f"tell_{what}")(*arguments)

    def _orders(self) -> list[Order]:
        if self._situation == SEVERAL:
            listed = several_orders()
            known = {one.items[0].name for one in listed}
            return [
                *listed,
                *(one for one in self._owned if one.items[0].name not in known and not _short(one, known)),
            ]
        return [self._order, *(self._owned or [other_order()])] if self._order else []

    def tell_order(self, order_no: str) -> Order | None:
        return next((one for one in self._orders() if one.order_no == order_no), None)

    def tell_orders_of(self, phone: str) -> list[Order]:
        return self._orders() if phone == PHONE else []

    def tell_parcel(self, order_no: str) -> Parcel | None:
        order = self.tell_order(order_no)
        if order is None or order.state not in {"shipped", "signed", "refunded"}:
            return None
        last = NOW - timedelta(hours=80 if self._situation == "stalled" else 6)
        return Parcel(
            order_no,
            "顺丰速运",
            "SF1234567890123",
            "signed" if order.state == "signed" else "in_transit",
            (Scan(last, "南京", "已到达南京分拨中心"),),
        )

    def tell_refunds(self, order_no: str) -> list[Refund]:
        states: dict[str, RefundState] = {"refunding": "processing", "refunded": "arrived"}
        state = states.get(self._situation)
        if state is None or order_no != ORDER_NO:
            return []
        started = NOW - timedelta(days=1)
        return [
            Refund(
                "RF1",
                order_no,
                None,
                None,
                Decimal("399.00"),
                "wechat",
                state,
                started,
                NOW + timedelta(days=2),
                NOW if state == "arrived" else None,
            )
        ]

    def tell_requests(self, order_no: str) -> list[AfterSalesRequest]:
        if self._situation != "returning" or order_no != ORDER_NO or self._order is None:
            return []
        item = self._order.items[0]
        return [
            AfterSalesRequest(
                "RT202611290001",
                "return",
                "approved",
                order_no,
                item.item_id,
                item.name,
                NOW,
                "等快递上门取件",
                None,
            )
        ]

    def tell_products(self, words: str, limit: int) -> list[Product]:
        return rank_products(self._catalogue, words, limit=limit)

    def tell_product(self, sku: str) -> Product | None:
        return next((one for one in self._catalogue if one.sku == sku), None)

    def tell_promotions(self) -> list[Any]:
        return []

    def tell_verify(self, order_no: str, proof: str) -> VerifyResult:
        known = self.tell_order(order_no)
        if known is not None and PHONE.endswith(proof):
            return VerifyResult("ok", "order_phone", PHONE, "王小明")
        return VerifyResult("wrong")
