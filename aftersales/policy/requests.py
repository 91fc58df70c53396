"""data/policy/requests.yml: what happens next with a request and by when, and how a refusal is told (H24-H28)."""

from typing import Annotated

from aftersales.order_system.port import RequestKind, RequestState
from aftersales.policy.section import AsTuple, PositiveInt, Section, Text


class Next(Section):
    """`hours`: the step takes at most that long; null: no deadline of its own (a refund has its arrival date)."""

    text: Text
    hours: PositiveInt | None


class Refusals(Section):
    """One sentence for each code of `Refused`."""

    not_found: Text
    already_dispatched: Text
    not_dispatched: Text
    not_paid: Text
    already_cancelled: Text
    not_signed: Text
    invoice_issued: Text
    already_over: Text
    already_signed: Text
    not_changeable: Text
    already_delivering: Text
    nothing_to_change: Text
    no_stock: Text
    invoice_not_issued: Text
    request_in_progress: Text
    slot_taken: Text
    over_limit: Text
    key_conflict: Text


class Requests(Section):
    """`open_until`: the states in which a customer may still take a request back or change it."""

    open_until: Annotated[tuple[RequestState, ...], AsTuple]
    visit_next: Text
    names: dict[RequestKind, Text]
    states: dict[RequestState, Text]
    next: dict[RequestKind, dict[RequestState, Next]]
    otherwise: dict[RequestState, Next]
    refusals: Refusals

    def step(self, kind: RequestKind, state: RequestState) -> Next:
        """What a request of that kind in that state waits for."""
        return self.next.get(kind, {}).get(state) or self.otherwise[state]
