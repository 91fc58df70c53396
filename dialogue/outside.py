"""What a turn needs from outside, asked for as data.

The dialogue is a pure function of message, state and `Outside`. Reading something that is not there yet raises
`Missing(need)`; the runner fetches it, puts the answer in, and takes the same turn again from the start. Taking a turn is
cheap and has no side effects, so this is safe; a write is a need like any other and carries an idempotency key (H28).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from aftersales.order_system.port import (
    AfterSalesRequest,
    Order,
    Parcel,
    Product,
    Promotion,
    Refund,
    Refused,
    VerifyResult,
    VisitSlot,
)


@dataclass(frozen=True, slots=True)
class Need:
    """`what`: a read (order, orders_of, parcel, refunds, requests, visit_slots, products, product, promotions), `verify`, or a write
    (`write:NAME`). `arguments` are hashable; a write's are its key and its draft as (name, value) pairs."""

    what: str
    arguments: tuple[Any, ...] = ()


class Missing(Exception):
    """The turn cannot go on before this is fetched."""

    def __init__(self, need: Need) -> None:
        super().__init__(need.what)
        self.need = need


class Unreachable(Exception):
    """The order system did not answer this need in time (the runner's judgement)."""


T = TypeVar("T")


@dataclass
class Outside:
    """Everything fetched so far in this turn."""

    known: dict[Need, Any] = field(default_factory=dict)
    #: What pure functions worked out from the message and the state at the turn's start: the same when it is taken again.
    worked_out: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, message: object, work_out: Callable[[], T]) -> T:
        """What was worked out of this message under that name, worked out the first time."""
        of, found = self.worked_out.get(name, (None, None))
        if of is not message:
            found = work_out()
            self.worked_out[name] = (message, found)
        return cast(T, found)

    def get(self, what: str, *arguments: Any) -> Any:
        need = Need(what, arguments)
        if need not in self.known:
            raise Missing(need)
        found = self.known[need]
        if isinstance(found, Unreachable):
            raise found
        return found

    def order(self, order_no: str) -> Order | None:
        for need, listed in self.known.items():
            if need.what == "orders_of" and not isinstance(listed, Unreachable):
                own = next((one for one in listed if one.order_no == order_no), None)
                if own is not None:
                    return cast(Order, own)
        found: Order | None = self.get("order", order_no)
        return found

    def orders_of(self, phone: str) -> Sequence[Order]:
        found: Sequence[Order] = self.get("orders_of", phone)
        return found

    def parcel(self, order_no: str) -> Parcel | None:
        found: Parcel | None = self.get("parcel", order_no)
        return found

    def refunds(self, order_no: str) -> Sequence[Refund]:
        found: Sequence[Refund] = self.get("refunds", order_no)
        return found

    def requests(self, order_no: str) -> Sequence[AfterSalesRequest]:
        found: Sequence[AfterSalesRequest] = self.get("requests", order_no)
        return found

    def visit_slots(self, order_no: str, item_id: str) -> Sequence[VisitSlot]:
        found: Sequence[VisitSlot] = self.get("visit_slots", order_no, item_id)
        return found

    def products(self, words: str, limit: int = 3) -> Sequence[Product]:
        found: Sequence[Product] = self.get("products", words, limit)
        return found

    def product(self, sku: str) -> Product | None:
        found: Product | None = self.get("product", sku)
        return found

    def promotions(self) -> Sequence[Promotion]:
        found: Sequence[Promotion] = self.get("promotions")
        return found

    def verify(self, order_no: str, proof: str) -> VerifyResult:
        found: VerifyResult = self.get("verify", order_no, proof)
        return found

    def write(self, name: str, key: str, draft: dict[str, Any]) -> AfterSalesRequest | Refused:
        """The request that the write made (or had made), or the order system's refusal."""
        found: AfterSalesRequest | Refused = self.get(
            f"write:{name}", key, tuple(sorted((k, _hashable(v)) for k, v in draft.items() if v is not None))
        )
        return found


def _hashable(value: Any) -> Any:
    return tuple(_hashable(one) for one in value) if isinstance(value, (list, tuple)) else value
