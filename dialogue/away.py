"""The order system does not answer: a state of the dialogue, not a failure of the turn.

What needs no order is answered from the store's own rules (policies, small talk, a person, a ticket); for the rest one honest
sentence, with a task or a person as the way on. What the customer was doing stays as it was, so that the same step is done
later with the same key (H28); their words go into the record (H45).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aftersales.decisions import DECISIONS
from dialogue import people
from dialogue.message import Circumstances, Message
from dialogue.outcome import Gateway, Item, Run, Say
from dialogue.outside import Outside, Unreachable
from dialogue.scene import Scene, Store
from dialogue.state import State, read_state
from dialogue.turn import Outcome, take_turn

#: Frames that are no step towards an order: what was asked there can be answered without one.
_HARMLESS = frozenset({"offer", "clarify"})
#: What begins the next matter of a message.
_NEXT_MATTER = frozenset({"utter_other_issue", "utter_other_noted"})
#: What a turn may tell the gateway besides facts: it is settled by that, whoever the customer is.
_SETTLED = frozenset({"handoff", "ticket", "close"})
#: Commands that answer by themselves, by what they are written with.
_ANSWERS = ("answer(", "chat(", "human(", "ticket", "start(leave_message")


class Away(Outside):
    """Nothing can be fetched."""

    def get(self, what: str, *arguments: Any) -> Any:
        if what == "products":
            return ()  # whether the words name a product: a flow that needs one is not answered without it
        raise Unreachable(what)


def take_turn_away(message: Message, at: Circumstances, slot: Any, store: Store) -> Outcome:
    """The turn as it can be taken without the order system. Never raises Missing or Unreachable."""
    general = _without_order(message, at, slot, store)
    if general is not None:
        return general
    state = read_state(slot)
    state.begin_episode(at.episode)
    run = Run(Scene(message, at, state, store, Away()), state, facts_before=dict(state.facts))
    if message.text and not message.is_button:
        state.describe(message.text)
    if message.uploads:
        known = [str(one) for one in state.facts.get("evidence") or []]
        state.learn(evidence=[*known, *(one for one in message.uploads if one not in known)])
    run.say("utter_orders_away")
    people.finish_facts(run)
    trace = {"intent": message.intent, "steps": ["the order system does not answer"]}
    return Outcome(tuple(run.out), state.to_json(), trace, True)


def _without_order(message: Message, at: Circumstances, slot: Any, store: Store) -> Outcome | None:
    """The message answered as for somebody whose orders are not known; None where that is no answer."""
    before = read_state(slot)
    stranger = read_state(slot)
    stranger.customer, stranger.order_no, stranger.item_id, stranger.sku = None, None, None, None
    stranger.phones, stranger.frames, stranger.pending = [], [], []
    try:
        found = take_turn(message, replace(at, identity={}), stranger.to_json(), store, Away())
    except Unreachable:
        return None
    settled = any(isinstance(one, Gateway) and one.name in _SETTLED for one in found.items)
    after = read_state(found.state)
    commands = [str(one) for one in found.trace.get("commands") or []]
    told = [one for one in commands if one.startswith(_ANSWERS) and not _needs_catalogue(one, store)]
    items = list(found.items)
    if not settled and len(told) < len(commands):
        items = _told_first(items) if told and told == commands[: len(told)] else []
        after.frames = []
    elif not settled and not all(one.flow in _HARMLESS for one in after.frames):
        items = []
    if not any(isinstance(one, Say) for one in items):
        return None
    return replace(found, items=tuple(items), state=_as_before(before, after, settled).to_json())


def _told_first(items: list[Item]) -> list[Item]:
    """What was answered before the matter that needs the order system; of that one honestly that it has to wait."""
    end = next(
        (at for at, one in enumerate(items) if isinstance(one, Say) and one.response in _NEXT_MATTER), None
    )
    facts = [one for one in items if isinstance(one, Gateway)]
    return [*items[:end], Say("utter_orders_away", {}, (), None), *facts] if end else []


def _needs_catalogue(command: str, store: Store) -> bool:
    """Is the command a flow whose answer stands in the catalogue?"""
    name = command.partition("(")[2].rstrip(")").partition(",")[0].strip()
    flow = store.flows.get(name)
    if flow is None:
        return False
    specs = (DECISIONS.get(step.name) for step in flow.steps if step.kind == "decide")
    return flow.needs.product or any(spec is not None and _from_catalogue(spec.needs) for spec in specs)


def _from_catalogue(needs: frozenset[str]) -> bool:
    """Policies look at the product named only to be more exact; they ask for the order too."""
    return bool(needs & {"product", "promotions"}) or needs == {"products"}


def _as_before(before: State, after: State, settled: bool) -> State:
    """Who the customer is and what was being done are as they were; what was said and learnt now is kept."""
    after.customer, after.phones = before.customer, before.phones
    after.order_no, after.item_id, after.sku = before.order_no, before.item_id, before.sku
    after.pending = before.pending
    if not settled:
        after.frames = [*before.frames, *after.frames]
    return after
