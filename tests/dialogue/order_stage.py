"""Plays commands against the flows of data/flows with one order in hand: no models, no order system, no readers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from actions.store import load_dialogue
from aftersales.order_system.port import AfterSalesRequest, Order, Parcel, Refund, Refused
from dialogue.commands import Command, read_commands
from dialogue.engine import run_commands
from dialogue.message import Circumstances, Message
from dialogue.outcome import Card, Effect, Gateway, Run, Say
from dialogue.outside import Outside
from dialogue.responses import load_placeholders
from dialogue.scene import Scene, Store
from dialogue.state import State, read_state
from tests.aftersales.conftest import ROOT, START


@cache
def the_dialogue() -> Store:
    """Rules, flows and words of data/, loaded once."""
    return load_dialogue()


@cache
def placeholders() -> dict[str, frozenset[str]]:
    """Response -> the placeholders in its wordings."""
    return load_placeholders(ROOT / "data" / "domain")


@dataclass
class OneOrder(Outside):
    """An order system with a single order. `answer`: what the next write gives."""

    order_: Order | None = None
    parcel_: Parcel | None = None
    refunds_: Sequence[Refund] = ()
    requests_: Sequence[AfterSalesRequest] = ()
    answer: AfterSalesRequest | Refused | None = None
    writes: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def get(self, what: str, *arguments: Any) -> Any:
        if what.startswith("write:"):
            self.writes.append((what.removeprefix("write:"), str(arguments[0]), dict(arguments[1])))
            return self.answer
        return {
            "order": self.order_,
            "orders_of": [self.order_],
            "parcel": self.parcel_,
            "refunds": self.refunds_,
            "requests": self.requests_,
            "visit_slots": [],
            "products": [],
            "promotions": [],
        }.get(what)


class Stage:
    """A verified customer who talks about the order. `listens`: he waits for a person; `has_ticket`: he left a message for people."""

    listens = has_ticket = False

    def __init__(self, outside: OneOrder) -> None:
        assert outside.order_ is not None
        self.outside = outside
        customer = {"phone": outside.order_.phone, "name": outside.order_.name, "method": "token"}
        self.state = State(customer=customer, order_no=outside.order_.order_no)
        self.turns = 0

    def play(self, commands: str, intent: str = "") -> list[str]:
        """Take one turn; what came of it: responses by name, card:…, effect:…, handoff:… in order."""
        self.turns += 1
        at = Circumstances(f"turn{self.turns}", "conversation", START, has_ticket=self.has_ticket)
        message = Message(commands, intent=intent, listen=self.listens)
        scene = Scene(message, at, self.state, the_dialogue(), self.outside)
        run = Run(scene, self.state, facts_before=dict(self.state.facts))
        run_commands(
            run,
            [
                Command(one.kind, one.name, one.slots, commands, {"intent": intent})
                for one in read_commands(commands)
            ],
        )
        self.said = [one for one in run.out if isinstance(one, Say)]
        for one in self.said:
            assert placeholders()[one.response] <= set(one.values), f"{one.response} is not filled"
        self.state = read_state(self.state.to_json())
        return [told for told in map(_told, run.out) if told]


def _told(one: Any) -> str:
    if isinstance(one, Say):
        return one.response
    if isinstance(one, Card):
        return f"card:{one.kind}"
    if isinstance(one, Effect):
        return f"effect:{one.name}"
    if isinstance(one, Gateway) and one.name == "handoff":
        return f"handoff:{one.fields['reason']}"
    return ""
