"""data/policy/routing.yml: how conversations come to people, and come back when people do not answer (H43-H46)."""

from typing import Annotated, Literal

from aftersales.policy.desk import GroupCode
from aftersales.policy.section import AsTuple, PositiveInt, Section, Text, WholeNumber


class Unanswered(Section):
    """Seconds of silence after which the agent is warned, and the conversation goes back to the queue."""

    first_warn: PositiveInt
    first_return: PositiveInt
    later_warn: PositiveInt
    later_return: PositiveInt


class Transfer(Section):
    answer: PositiveInt


class Hold(Section):
    usual_minutes: PositiveInt
    longest_hours: PositiveInt


class Weights(Section):
    """What one customer counts for, by how they came."""

    chat: PositiveInt
    ticket: PositiveInt


class Push(Section):
    """Whether the system offers customers to people, how long an offer stands and how much one person carries."""

    mode: Literal["pull", "push"]
    answer: PositiveInt
    again: PositiveInt
    capacity: PositiveInt
    weights: Weights


class Order(Section):
    """Minutes of head start in the queue, by what a customer brings; what a ticket stands behind."""

    safety: WholeNumber
    publicity: WholeNumber
    level_3: WholeNumber
    level_2: WholeNumber
    ticket: WholeNumber


class RoutingSays(Section):
    """Sentences to the customer; `{…}` are filled by the service."""

    taken_back: Text
    returned: Text
    to_group: Text
    to_person: Text
    held: Text


class RoutingNotes(Section):
    """Remarks to agents and supervisors."""

    warn: Text
    warn_supervisor: Text
    taken_back: Text
    taken_back_supervisor: Text
    returned: Text
    offered: Text
    pushed: Text
    accepted: Text
    declined: Text
    expired: Text
    to_group: Text
    held: Text
    hold_over: Text
    hold_spoken: Text
    nobody: Text
    taken_over: Text
    whisper: Text
    mention: Text
    joined: Text
    parted: Text


class Routing(Section):
    order: Order
    push: Push
    unanswered: Unanswered
    transfer: Transfer
    hold: Hold
    recall: WholeNumber
    join: bool
    suggest: bool
    last_agent: WholeNumber
    relax: PositiveInt
    fallback: dict[GroupCode, Annotated[tuple[GroupCode, ...], AsTuple]]
    says: RoutingSays
    notes: RoutingNotes

    def chain(self, group: str | None) -> tuple[str, ...]:
        """The groups that serve `group`'s customers when it cannot, first one first."""
        return self.fallback.get(group, ())  # type: ignore[call-overload, no-any-return]


#: The placeholders each sentence may use.
ROUTING_SAYS: dict[str, frozenset[str]] = {
    "to_group": frozenset({"group"}),
    "to_person": frozenset({"agent"}),
    "held": frozenset({"due"}),
}
ROUTING_NOTES: dict[str, frozenset[str]] = {
    "warn": frozenset({"since", "until"}),
    "warn_supervisor": frozenset({"agent", "since", "until"}),
    "taken_back": frozenset({"waited"}),
    "taken_back_supervisor": frozenset({"agent", "waited"}),
    "returned": frozenset({"agent", "why"}),
    "pushed": frozenset({"group", "level"}),
    "taken_over": frozenset({"agent", "why"}),
    "whisper": frozenset({"agent", "text"}),
    "mention": frozenset({"agent", "text"}),
    "joined": frozenset({"why"}),
    "parted": frozenset({"agent"}),
    "offered": frozenset({"agent", "note"}),
    "accepted": frozenset({"agent"}),
    "declined": frozenset({"agent", "why"}),
    "expired": frozenset({"agent"}),
    "to_group": frozenset({"agent", "group", "note"}),
    "held": frozenset({"agent", "due", "note"}),
    "nobody": frozenset({"group"}),
}
