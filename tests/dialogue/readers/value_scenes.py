"""Scenes for the readers of values: the real words of data/dialogue, a few small flows, orders of invented customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from aftersales.categories import load_categories
from aftersales.order_system.port import Order, OrderItem, Product
from aftersales.policy import load_policy
from dialogue.arbiter import Arbiter
from dialogue.flows import Flow, Flows, Needs, SlotSpec, Step
from dialogue.message import Circumstances, Message
from dialogue.outside import Need, Outside
from dialogue.reading import Reading
from dialogue.scene import Scene, Store
from dialogue.state import Frame, State
from dialogue.words import read_words

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=timezone.utc)
PHONE = "13800001234"


def _flow(
    flow_id: str,
    start: Mapping[str, Mapping[str, Any]],
    slots: Mapping[str, str | tuple[str, str, str | None]],
    *,
    item: bool = False,
    product: bool = False,
    choices: Mapping[str, Mapping[str, str]] | None = None,
) -> Flow:
    specs = {}
    for name, told in slots.items():
        kind, words, when = (told, name, None) if isinstance(told, str) else told
        specs[name] = SlotSpec(name, kind, 1, words, when=when, choices=(choices or {}).get(name, {}))
    steps = tuple(Step(name, "collect", name, 1) for name in specs)
    return Flow(
        flow_id, flow_id, "test.yml", 1, start, Needs(item=item, product=product), slots=specs, steps=steps
    )


FLOWS = Flows(
    {
        one.id: one
        for one in (
            _flow("identify", {}, {"order_no": "order_no", "proof": "proof"}),
            _flow("which_order", {}, {"order_no": "order_no"}),
            _flow("which_item", {}, {"item": "item"}),
            _flow("which_product", {}, {"product": "product"}),
            _flow(
                "return",
                {"return_request": {}, "exchange_request": {"solution": "exchange"}},
                {
                    **{"item": "item", "reason": "choice", "condition": "choice", "evidence": "evidence"},
                    **{"solution": "choice", "quantity": "quantity", "colour": "colour", "size": "size"},
                    "ok": "confirm",
                },
                item=True,
            ),
            _flow(
                "change_address",
                {"modify_address": {}},
                {"address": "address", "receiver": "receiver", "phone": "phone", "ok": "confirm"},
            ),
            _flow(
                "invoice",
                {"invoice_request": {}},
                {
                    "title": "title",
                    "title_kind": "choice",
                    "tax_no": "tax_no",
                    "email": "email",
                    "ok": "confirm",
                },
            ),
            _flow("logistics", {"track_parcel": {}}, {"part": ("choice", "parcel_part", "follow_up")}),
            _flow(
                "lost_parcel",
                {"parcel_lost": {}},
                {"asked": "choice"},
                choices={"asked": {"all": "都问过了，没有", "later": "我先问问", "found": "找到了"}},
            ),
            _flow(
                "complaint", {"complain_attitude": {}}, {"what": "text", "demand": "choice", "more": "text"}
            ),
            _flow("tracking_number", {}, {"tracking_no": "tracking_no"}),
            _flow(
                "product_spec", {"presale_spec": {}}, {"product": "product", "colour": "colour"}, product=True
            ),
            _flow(
                "cancel_order", {"cancel_order": {}}, {"undo": ("choice", "undo", "start"), "ok": "confirm"}
            ),
        )
    }
)


@cache
def store() -> Store:
    words, _ = read_words(ROOT / "data" / "dialogue")
    return Store(
        policy=load_policy(ROOT / "data" / "policy"),
        categories=load_categories(ROOT / "data" / "categories.yml"),
        flows=FLOWS,
        words=words,
        arbiter=Arbiter({}, {}, {}),
        tz=ZoneInfo("Asia/Shanghai"),
    )


def item(item_id: str, name: str, price: int = 100, **more: Any) -> OrderItem:
    return OrderItem(item_id, name, f"SKU-{item_id}", 1, Decimal(price), "home", **more)


def order(
    order_no: str, *items: OrderItem, state: str = "signed", days: int = 5, name: str = "王小明"
) -> Order:
    total = sum((one.price for one in items), Decimal(0))
    return Order(
        order_no, cast(Any, state), PHONE, name, "江苏省南京市玄武区安宁路18号", total, "wechat", items,
        NOW - timedelta(days=days),
    )  # fmt: skip


def product(sku: str, name: str, *aliases: str) -> Product:
    return Product(sku, name, "home", Decimal(100), 5, 48, "棉", 90, aliases=aliases)


def scene(
    text: str,
    asked: str | None = None,
    *,
    intent: str = "nlu_fallback",
    orders: tuple[Order, ...] | None = None,
    products: tuple[Product, ...] = (),
    uploads: tuple[str, ...] = (),
    shown: Mapping[str, Mapping[str, str]] | None = None,
    below: tuple[str, ...] = (),
    kind: str = "text",
    slots: Mapping[str, Any] | None = None,
    **state: Any,
) -> Scene:
    """`asked`: "return.reason": that flow is open and waits for that slot; "return" alone waits for nothing. `below`: flows
    that are open beneath it. `orders`: of the customer, who is verified then."""
    frames = [Frame(one, f"{one}:1") for one in below]
    if asked:
        flow, _, slot = asked.partition(".")
        frames.append(
            Frame(
                flow,
                f"{flow}:1",
                step=slot or None,
                slots=dict(slots or {}),
                data={"names": dict(shown or {})},
            )
        )
    customer = {"phone": PHONE, "name": "王小明", "method": "order_phone"} if orders is not None else None
    known: dict[Need, Any] = {Need("orders_of", (PHONE,)): orders or ()}
    known |= {Need("order", (one.order_no,)): one for one in orders or ()}
    known[Need("products", (text, 3))] = products
    for order in orders or ():
        for item in order.items:
            known[Need("products", (item.name, 1))] = ()
    return Scene(
        Message(text, kind=kind, intent=intent, uploads=uploads),
        Circumstances("t1", "c1", NOW),
        State(customer=customer, frames=frames, **state),
        store(),
        Outside(known),
    )


def said(
    reader: Callable[[Scene], Iterator[Reading]], at: Scene, *, kind: str = "slot", negated: bool = False
) -> dict[str, Any]:
    """name -> value of the surest reading of that kind (lists of alternatives: the first best)."""
    best: dict[str, Reading] = {}
    for one in reader(at):
        known = best.get(one.name)
        if one.kind == kind and one.negated is negated and (known is None or one.score > known.score):
            best[one.name] = one
    return {name: one.value for name, one in best.items()}


def scores(reader: Callable[[Scene], Iterator[Reading]], at: Scene, name: str, kind: str = "slot") -> float:
    """The score of the surest reading of that name that is not negated; 0 when there is none."""
    return max(
        (one.score for one in reader(at) if one.kind == kind and one.name == name and not one.negated),
        default=0.0,
    )
