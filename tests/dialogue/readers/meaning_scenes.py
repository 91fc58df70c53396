"""Scenes for the readers of meanings: the product's own words and flows, orders of invented customers, no services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from aftersales.categories import load_categories
from aftersales.order_system.port import AfterSalesRequest, Order, OrderItem, Refund
from aftersales.policy import load_policy
from dialogue.arbiter import load_arbiter
from dialogue.flows import read_flows
from dialogue.message import Circumstances, Message, Stretch
from dialogue.outside import Need, Outside
from dialogue.reading import Reading
from dialogue.scene import Scene, Store
from dialogue.state import Frame, State
from dialogue.words import read_words

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=timezone.utc)
PHONE = "13800001234"
Reader = Callable[[Scene], Iterator[Reading]]


@cache
def store() -> Store:
    flows, _ = read_flows(ROOT / "data" / "flows")
    words, _ = read_words(ROOT / "data" / "dialogue")
    categories = load_categories(ROOT / "data" / "categories.yml")
    policy = load_policy(ROOT / "data" / "policy")
    arbiter = load_arbiter(ROOT / "data" / "dialogue" / "arbiter.yml")
    return Store(policy, categories, flows, words, arbiter, ZoneInfo("Asia/Shanghai"))


def order(order_no: str, name: str, state: str = "signed", **more: Any) -> Order:
    item = OrderItem(f"{order_no}-1", name, f"SKU-{name}", 1, Decimal(100), "home")
    paid = None if state == "unpaid" or more.pop("never_paid", False) else NOW - timedelta(days=6)
    return Order(
        order_no,
        cast(Any, state),
        PHONE,
        "王小明",
        "江苏省南京市玄武区安宁路18号",
        Decimal(100),
        "wechat",
        (item,),
        NOW - timedelta(days=7),
        paid_at=paid,
        **more,
    )


def frame(flow: str, asked: str | None = None, data: Mapping[str, Any] | None = None, **slots: Any) -> Frame:
    """An open frame that waits for the slot `asked`."""
    found = store().flows.get(flow)
    step = next((one.id for one in found.steps if one.collect == asked), None) if found and asked else None
    assert not asked or step, f"{flow} asks for no {asked}"
    return Frame(flow, f"{flow}:1", step=step, slots=dict(slots), data=dict(data or {}))


def scene(
    text: str,
    intent: str = "nlu_fallback",
    confidence: float = 0.9,
    *,
    frames: Iterable[Frame] = (),
    also: Iterable[tuple[str, str]] = (),
    orders: Iterable[Order] = (),
    requests: Iterable[AfterSalesRequest] = (),
    refunds: Iterable[Refund] = (),
    state: Mapping[str, Any] | None = None,
    **message: Any,
) -> Scene:
    """One turn. `also`: (words, intent) of other stretches; with `orders` the customer is verified."""
    known_orders = tuple(orders)
    known: dict[Need, Any] = {Need("orders_of", (PHONE,)): known_orders}
    for one in known_orders:
        known[Need("requests", (one.order_no,))] = [r for r in requests if r.order_no == one.order_no]
        known[Need("refunds", (one.order_no,))] = [r for r in refunds if r.order_no == one.order_no]
    customer = {"phone": PHONE, "name": "王小明", "method": "token"} if known_orders else None
    in_hand = known_orders[0].order_no if len(known_orders) == 1 else None
    told = {"customer": customer, "order_no": in_hand, "frames": list(frames), **(state or {})}
    stretches = tuple(Stretch(words, other) for words, other in also)
    return Scene(
        Message(text, intent=intent, confidence=confidence, also=stretches, **message),
        Circumstances("t1", "c1", NOW),
        State(**told),
        store(),
        Outside(known),
    )


def best(read: Reader, at: Scene) -> dict[str, float]:
    """kind:name (kind alone where the name is of no matter) -> score of the surest reading that is not negated."""
    found: dict[str, float] = {}
    for one in read(at):
        if not one.negated:
            for name in (one.kind, f"{one.kind}:{one.name}"):
                found[name] = max(found.get(name, 0.0), one.score)
    return found


def negated_names(read: Reader, at: Scene) -> set[str]:
    """kind:name of the negated readings."""
    return {f"{one.kind}:{one.name}" for one in read(at) if one.negated}


def flows_of(read: Reader, at: Scene) -> dict[str, float]:
    """ "flow" or "flow(slot=value)" -> score, of the readings `start` that are not negated."""
    found: dict[str, float] = {}
    for one in read(at):
        if one.kind == "start" and not one.negated:
            slots = ", ".join(f"{k}={v}" for k, v in sorted(dict(one.more["slots"]).items()))
            name = f"{one.name}({slots})" if slots else one.name
            found[name] = max(found.get(name, 0.0), one.score)
    return found
