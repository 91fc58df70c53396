"""The matters that wait for their turn (H36): noted as they were understood when they were said, called by their kind, and gone
once they were answered in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dialogue.commands import Command
from dialogue.knowledge import KNOWLEDGE
from dialogue.order_choice import names_item
from dialogue.outcome import Run

#: Other matters of a customer that are remembered, at most.
_MOST = 4
#: Catalogue entries that words may be about, at most.
_MOST_GOODS = 3


def matter(run: Run, command: Command, behind: str = "") -> dict[str, Any]:
    """What waits, with the goods and the order of this moment. `behind`: the draft of the matter that it waits for."""
    order_no, words = command.more.get("of_order"), command.words
    goods = _goods(run, words, order_no)
    in_hand = run.scene.own_order(run.state.order_no)
    other = goods and in_hand is not None and not any(one.name in goods for one in in_hand.items)
    return {
        "intent": str(command.more.get("intent") or ""),
        "flow": command.name,
        "text": words,
        "slots": dict(command.slots),
        "order_no": order_no,
        "in_hand": in_hand.order_no if in_hand is not None and not other else None,
        "goods": goods,
        "behind": behind,
    }


def put_person_off(run: Run, command: Command) -> None:
    """A person is wanted beside the answer to a form that goes on: after that."""
    wanted = {"human": command.name, "flow": "", "text": command.words}
    set_pending(run, [*run.state.pending, wanted])
    run.say("utter_person_after", first=True)


def set_pending(run: Run, pending: Sequence[Mapping[str, Any]]) -> None:
    """Remember the matters that wait, and tell the record of them in the customer's words."""
    run.state.pending = [dict(one) for one in pending][:_MOST]
    words = [str(one.get("text") or one.get("flow")) for one in run.state.pending]
    if words or run.state.facts.get("other_issues"):
        run.state.learn(other_issues=words)


def name_of(run: Run, one: Mapping[str, Any]) -> str:
    """What it is called to the customer: its kind, with the goods where they are others than those in hand; empty where it has
    no name."""
    flow, entry = run.store.flows.get(str(one.get("flow"))), None
    if one.get("flow") == KNOWLEDGE:
        entry = run.store.knowledge.entries.get(str((one.get("slots") or {}).get("entry")))
    intent = str(one.get("intent") or "")
    label = run.store.words.label("intent", intent)
    kind = entry.name if entry is not None else label if label != intent else flow.name if flow else ""
    goods = [str(name) for name in one.get("goods") or ()]
    order = run.scene.own_order(run.state.order_no)
    at_hand = [item.name for item in order.items] if order is not None else [run.state.facts.get("item")]
    if kind and len(goods) == 1 and goods[0] not in at_hand:
        return f"{goods[0]}{kind}"
    return kind


def take(
    run: Run, flow_id: str, slots: Mapping[str, Any], order_no: str | None, words: str
) -> dict[str, Any]:
    """It is begun or answered now: what waits and is the same is gone. The values told with a form are returned."""
    flow = run.store.flows.get(flow_id)
    form = flow is not None and not flow.is_lookup
    goods = _goods(run, words, order_no or run.state.order_no if form else order_no)
    told: dict[str, Any] = {}
    left = []
    for one in run.state.pending:
        if not _is_same(run, one, flow_id, slots, order_no, goods):
            left.append(one)
        elif form:
            told |= dict(one.get("slots") or {})
    set_pending(run, left)
    return told


def _is_same(
    run: Run,
    one: Mapping[str, Any],
    flow_id: str,
    slots: Mapping[str, Any],
    order_no: str | None,
    goods: Sequence[str],
) -> bool:
    if one.get("flow") != flow_id:
        return False
    if order_no is not None and one.get("order_no") not in (None, order_no):
        return False
    its = one.get("goods") or ()
    flow = run.store.flows.get(flow_id)
    if flow is not None and not flow.is_lookup:
        return not its or not goods or bool(set(its) & set(goods))
    if flow_id == KNOWLEDGE:
        return _is_covered(run, str((one.get("slots") or {}).get("entry")), str(slots.get("entry")))
    told, now = ({k: v for k, v in two.items() if v is not None} for two in (one.get("slots") or {}, slots))
    return told == now and (not its or not goods or bool(set(its) & set(goods)))


def _is_covered(run: Run, waiting: str, told: str) -> bool:
    entry = run.store.knowledge.entries.get(told)
    return waiting == told or (entry is not None and waiting in entry.covers)


def _goods(run: Run, words: str, order_no: Any) -> list[str]:
    """The goods that the words name: of the customer's orders, before any is known of the catalogue; else those of the order
    that was told."""
    lines = [item.name for order in run.scene.orders() for item in order.items]
    if not lines and words:
        lines = [one.name for one in run.scene.products(words, limit=_MOST_GOODS)]
    named = list(dict.fromkeys(one for one in lines if names_item(words, one)))
    own = run.scene.own_order(order_no)
    if own is None:
        return named
    of_order = [item.name for item in own.items]
    return [one for one in named if one in of_order] or of_order
