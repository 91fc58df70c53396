"""What readers may look at: the message, the memory, the flows, the words of data/dialogue, the outside. Read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from aftersales.categories import Categories
from aftersales.order_number import OrderNumber
from aftersales.order_system.port import Order, Product
from aftersales.policy import Policy
from aftersales.troubleshooting import Troubleshooting
from dialogue.arbiter import Arbiter
from dialogue.flows import Flow, Flows, SlotSpec, Step
from dialogue.knowledge import Knowledge
from dialogue.message import Circumstances, Message
from dialogue.outside import Outside
from dialogue.state import Frame, State
from dialogue.words import Words


@dataclass(frozen=True, slots=True)
class Store:
    """What a process loads once (and again when data changes): rules, names, flows, words."""

    policy: Policy
    categories: Categories
    flows: Flows
    words: Words
    arbiter: Arbiter
    tz: ZoneInfo
    #: response -> the placeholders in its wordings (data/domain)
    responses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    troubleshooting: Troubleshooting = field(default_factory=Troubleshooting)
    knowledge: Knowledge = field(default_factory=Knowledge)
    order_number: OrderNumber = field(default_factory=OrderNumber)


@dataclass(frozen=True, slots=True)
class Scene:
    """One turn as readers and the engine see it."""

    message: Message
    at: Circumstances
    state: State
    store: Store
    outside: Outside

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def top(self) -> Frame | None:
        return self.state.top

    @property
    def top_flow(self) -> Flow | None:
        return self.store.flows.get(self.top.flow) if self.top else None

    @property
    def asked(self) -> Step | None:
        """The collect step whose answer we wait for, or None."""
        flow = self.top_flow
        return flow.step(self.top.step) if flow and self.top and self.top.step else None

    @property
    def asked_slot(self) -> SlotSpec | None:
        """The slot that the open question asks for, or None."""
        step, flow = self.asked, self.top_flow
        return flow.slots.get(step.collect) if step and flow and step.collect else None

    def orders(self) -> Sequence[Order]:
        """The verified customer's orders, newest first; empty while nobody is verified."""
        customer = self.state.customer
        if customer is None:
            return ()
        phones = [str(customer["phone"]), *self.state.phones]
        return [order for phone in phones for order in self.outside.orders_of(phone)]

    def own_order(self, order_no: object) -> Order | None:
        """The verified customer's order with this number."""
        return next((one for one in self.orders() if one.order_no == order_no), None)

    def products(self, words: str, limit: int = 3) -> Sequence[Product]:
        """Catalogue entries that fit these words, best first."""
        return self.outside.products(words, limit) if words else ()
