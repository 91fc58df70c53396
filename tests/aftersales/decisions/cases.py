"""Orders, parcels, refunds and requests to judge, and the promise that every decision keeps: it answers as it declared."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import yaml

from aftersales.decisions import DECISIONS, WRITES, Decision, Inputs, load_decisions
from aftersales.order_system.port import AfterSalesRequest, Order, OrderItem, Parcel, Refund, Scan
from aftersales.policy import Policy, load_policy
from aftersales.policy.names import policy_names
from tests.aftersales.conftest import ROOT, START, TZ

load_decisions()
POLICY: Policy = load_policy(ROOT / "data" / "policy")
LABELS: dict[str, dict[str, str]] = {
    **policy_names(POLICY),
    **yaml.safe_load((ROOT / "data" / "dialogue" / "labels.yml").read_text(encoding="utf-8")),
}
SHOES = OrderItem("1", "运动鞋", "YDX-42", 1, Decimal("399.00"), "shoes", spec="白绿色 42码")
SHIRT = OrderItem("2", "定制T恤", "DZT", 2, Decimal("59.00"), "custom")


def order(state: str = "paid", *, items: Sequence[OrderItem] = (SHOES,), **more: Any) -> Order:
    """An order as a store would have it in that state, two days after payment."""
    paid = None if state == "unpaid" else START - timedelta(days=2)
    fields: dict[str, Any] = {
        "paid_at": paid,
        "ship_by": START + timedelta(hours=6) if state == "paid" else None,
        "shipped_at": START - timedelta(days=1) if state in {"shipped", "signed"} else None,
        "signed_at": START - timedelta(hours=3) if state == "signed" else None,
        "signed_by": "门卫" if state == "signed" else None,
    }
    return Order(
        order_no="202611010007",
        state=state,  # type: ignore[arg-type]
        phone="13600001357",
        name="陈思雨",
        address="四川省成都市武侯区桂溪路51号",
        total=Decimal("399.00"),
        payment_method="alipay",
        items=tuple(items),
        created_at=START - timedelta(days=3),
        **(fields | more),
    )


def parcel(state: str = "in_transit", *, hours_ago: float | None = 5, eta: datetime | None = None) -> Parcel:
    """A parcel whose last scan is that long ago (None: never scanned)."""
    at = None if hours_ago is None else START - timedelta(hours=hours_ago)
    scans = (Scan(at, "湖北武汉", "快件已到达【武汉分拨中心】"),) if at else ()
    return Parcel("202611010007", "韵达速递", "426110100070015", state, scans, eta)  # type: ignore[arg-type]


def refund(state: str = "processing", *, due_in_days: float = 2, **more: Any) -> Refund:
    fields: dict[str, Any] = {
        "started_at": START - timedelta(days=1),
        "expected_at": START + timedelta(days=due_in_days),
        "arrived_at": START if state == "arrived" else None,
        "item_id": None,
    }
    return Refund(
        refund_no="R1",
        order_no="202611010007",
        request_no=None,
        amount=Decimal("19.90"),
        method="alipay",
        state=state,  # type: ignore[arg-type]
        **(fields | more),
    )


def request(
    kind: str, state: str = "submitted", *, due_in_hours: float | None = 20, **more: Any
) -> AfterSalesRequest:
    due = None if due_in_hours is None else START + timedelta(hours=due_in_hours)
    fields: dict[str, Any] = {
        "request_no": f"{kind[:2].upper()}261122000001",
        "item_id": None,
        "item": None,
        "created_at": START - timedelta(hours=4),
        "next": "已收到，正在处理。",
        "due": due,
    }
    return AfterSalesRequest(
        kind=kind,  # type: ignore[arg-type]
        state=state,  # type: ignore[arg-type]
        order_no="202611010007",
        **(fields | more),
    )


def case(of: Order | None = None, **more: Any) -> Inputs:
    """Inputs around an order, at START."""
    policy = more.pop("policy", POLICY)
    return Inputs(
        policy=policy, now=more.pop("now", START), tz=TZ, labels=LABELS, order=of or order(), **more
    )


def decide(name: str, inputs: Inputs) -> Decision:
    """Run a decision and check that it answers as it declared: outcome, every value a text, no other slot."""
    spec = DECISIONS[name]
    found = spec.run(inputs)
    assert found.outcome in spec.outcomes
    assert set(found.values) == set(spec.values)
    assert all(isinstance(value, str) for value in found.values.values())
    assert set(found.slots) <= set(spec.slots)
    assert None not in found.facts.values()
    return found


def written(name: str, inputs: Inputs, made: AfterSalesRequest) -> Decision:
    """What a write says afterwards, checked like a decision; its summary is one line without placeholders."""
    spec = WRITES[name]
    found = spec.done(inputs, made)
    assert found.outcome in spec.outcomes
    assert set(found.values) == set(spec.values)
    assert all(isinstance(value, str) for value in found.values.values())
    summary = spec.summary(inputs, made)
    assert summary
    assert "{" not in summary
    assert "None" not in summary
    return found
