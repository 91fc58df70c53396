"""The interface between flows and the domain: what a decision gets, what it answers, how it is registered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aftersales.order_system.port import (
    AfterSalesRequest,
    Order,
    OrderItem,
    Parcel,
    Product,
    Promotion,
    Refund,
    VisitSlot,
)
from aftersales.policy import Policy
from aftersales.troubleshooting import Troubleshooting

#: What a decision may ask for (`needs`); anything not asked for is None or empty in `Inputs`.
NEEDS = frozenset(
    {
        *("order", "item", "orders", "parcel", "refunds", "requests", "visit_slots", "catalogue"),
        *("product", "products", "all_products", "promotions", "together"),
    }
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The case in hand. `slots`: the frame's values; `facts`: what is known of the case (docs/architecture.md);
    `words`: the customer's words that opened the flow; `message`: what was said in this turn; `intent`: the intent that started it; `labels`: Chinese names of
    codes (data/dialogue/labels.yml). `catalogue`: the catalogue's entry of the item in hand; `products`: catalogue entries that fit `words`, best first; `all_products`: the whole catalogue; `together`: those that are priced in one sum (那两个一起买). `symptoms`: what is wrong
    with the goods by the customer's words, codes of data/dialogue/choices.yml; `topics`: what of the goods the words ask for, codes of
    questions.spec_topic; `faults`: what is wrong, in the customer's own words, oldest first; `amounts`: sums of money in the words; `said`: the customer's
    messages of this conversation, oldest first, this one last; `told_before`: did the look-up tell of the same goods before?
    `written`: the flows that wrote something for the order in hand in this conversation, and did not take it back"""

    policy: Policy
    now: datetime
    tz: ZoneInfo
    slots: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    message: str = ""
    intent: str = ""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    order: Order | None = None
    item: OrderItem | None = None
    orders: Sequence[Order] = ()
    parcel: Parcel | None = None
    refunds: Sequence[Refund] = ()
    requests: Sequence[AfterSalesRequest] = ()
    visit_slots: Sequence[VisitSlot] = ()
    catalogue: Product | None = None
    product: Product | None = None
    products: Sequence[Product] = ()
    all_products: Sequence[Product] = ()
    together: Sequence[Product] = ()
    promotions: Sequence[Promotion] = ()
    verified: bool = False
    troubleshooting: Troubleshooting = field(default_factory=Troubleshooting)
    symptoms: Sequence[str] = ()
    topics: Sequence[str] = ()
    faults: Sequence[str] = ()
    amounts: Sequence[str] = ()
    said: Sequence[str] = ()
    told_before: bool = False
    written: Collection[str] = ()

    def name(self, group: str, code: str | None) -> str:
        """The Chinese name of a code; an unknown code reads as itself."""
        return self.labels.get(group, {}).get(code or "", code or "")


@dataclass(frozen=True, slots=True)
class Decision:
    """`outcome` is one of the declared outcomes; `values` fill the placeholders of the responses said after it;
    `facts` are learnt for the case; `slots` are put into the frame (None clears one)."""

    outcome: str
    values: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DecisionSpec:
    name: str
    run: Callable[[Inputs], Decision]
    needs: frozenset[str]
    outcomes: tuple[str, ...]
    values: tuple[str, ...]
    slots: tuple[str, ...]  # slots it may set


@dataclass(frozen=True, slots=True)
class ChoiceSource:
    """Options of a question: code -> Chinese label, in the order shown; `codes` for checks, empty when open."""

    name: str
    run: Callable[[Inputs], Mapping[str, str]]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class WriteSpec:
    """A write to the order system. `draft`: the arguments (None: this cannot be written now); `done`: after success, the
    values of the responses, facts and effect summary. `method` is the port's method that actions/ calls. `unchanged`:
    outcomes of `done` after which nothing new was written, so no effect is recorded."""

    name: str
    method: str
    effect: str
    needs: frozenset[str]
    draft: Callable[[Inputs], Mapping[str, Any]]
    done: Callable[[Inputs, AfterSalesRequest], Decision]
    summary: Callable[[Inputs, AfterSalesRequest], str]
    outcomes: tuple[str, ...]
    values: tuple[str, ...]
    unchanged: tuple[str, ...] = ()


DECISIONS: dict[str, DecisionSpec] = {}
CHOICES: dict[str, ChoiceSource] = {}
WRITES: dict[str, WriteSpec] = {}


def decision(
    name: str,
    *,
    outcomes: Sequence[str],
    needs: Sequence[str] = (),
    values: Sequence[str] = (),
    slots: Sequence[str] = (),
) -> Callable[[Callable[[Inputs], Decision]], Callable[[Inputs], Decision]]:
    """Register a decision under `name`, with the outcomes and values it can give."""
    _check(name, needs, DECISIONS)

    def register(run: Callable[[Inputs], Decision]) -> Callable[[Inputs], Decision]:
        DECISIONS[name] = DecisionSpec(
            name, run, frozenset(needs), tuple(outcomes), tuple(values), tuple(slots)
        )
        return run

    return register


def choices(
    name: str, *, needs: Sequence[str] = ()
) -> Callable[[Callable[[Inputs], Mapping[str, str]]], Callable[[Inputs], Mapping[str, str]]]:
    """Register a source of options under `name`."""
    _check(name, needs, CHOICES)

    def register(run: Callable[[Inputs], Mapping[str, str]]) -> Callable[[Inputs], Mapping[str, str]]:
        CHOICES[name] = ChoiceSource(name, run, frozenset(needs))
        return run

    return register


def write(spec: WriteSpec) -> WriteSpec:
    """Register a write."""
    _check(spec.name, tuple(spec.needs), WRITES)
    WRITES[spec.name] = spec
    return spec


def _check(name: str, needs: Sequence[str], known: Mapping[str, object]) -> None:
    if name in known:
        raise ValueError(f"{name} is registered twice")
    if unknown := set(needs) - NEEDS:
        raise ValueError(f"{name} needs what nobody fetches: {sorted(unknown)}")
