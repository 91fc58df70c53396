"""While a customer waits for a person the bot only listens: order, who it is, what happened, what is wanted (H45, H47).

Nothing is said, asked or begun. What was understood is told to the gateway as facts; a wish to leave a note rather than
to wait, as a ticket.
"""

from __future__ import annotations

from collections.abc import Sequence

from dialogue import identity, people
from dialogue.matters import learn_issue
from dialogue.outcome import Gateway, Run
from dialogue.reading import Reading

#: Categories that say nothing of the matter yet.
_NO_MATTER = frozenset({"", "service.human", "service.other", "service.social"})
_SURE = 0.5


def listen(run: Run, readings: Sequence[Reading]) -> None:
    """Learn what the message tells; `run.out` gets commands to the gateway only."""
    heard = [one for one in readings if not one.negated]
    _numbers(run, heard)
    _goods(run, heard)
    _matter(run)
    if any(one.kind == "watch" and one.name == "safety" and one.score >= _SURE for one in heard):
        run.state.learn(safety=True, usable=False)
    people.learn_demand(run)
    if any(one.kind == "watch" and one.name == "ticket" for one in heard):
        run.out.append(Gateway("ticket", {"facts": {}}))
    run.out = [one for one in run.out if isinstance(one, Gateway)]
    run.out.append(Gateway("case", {"facts": {}}))  # a turn must tell something


def _numbers(run: Run, heard: Sequence[Reading]) -> None:
    """An order number is noted, and verified as soon as a proof is there; wrong attempts count as ever (H8)."""
    told = [str(one.value) for one in heard if one.kind == "order" and one.more.get("by") != "state"]
    proofs = [str(one.value) for one in heard if one.kind == "proof"]
    own = {one.order_no: one for one in run.scene.orders()}
    order_no = told[-1] if told else str(run.state.told.get(identity.TOLD_NUMBER) or "")
    if order_no in own:
        identity.in_hand(run, own[order_no])
        return
    if order_no and proofs:
        identity.verify_quietly(run, order_no, proofs[-1])
    elif told:
        run.state.told[identity.TOLD_NUMBER] = order_no
        if not run.state.facts.get("order_no"):
            run.state.learn(order_no=order_no)


def _goods(run: Run, heard: Sequence[Reading]) -> None:
    """Which of the customer's goods it is about; without an order the goods by their own name."""
    for one in heard:
        if one.kind == "item" and one.more.get("order_no"):
            order = next((o for o in run.scene.orders() if o.order_no == one.more["order_no"]), None)
            if order is not None:
                identity.in_hand(run, order)
            return
    product = run.scene.message.entity("product")
    if product and not run.state.facts.get("item"):
        run.state.learn(item=product)


def _matter(run: Run) -> None:
    """The customer's words, and what they are about where that was not known."""
    message, words = run.scene.message, run.words
    category = run.store.categories.of_intent(message.intent)
    known = str(run.state.facts.get("category") or "")
    sure = message.confidence >= run.store.words.limits["watch_by_model"]
    if category.is_issue and sure and known in _NO_MATTER:
        learn_issue(run, message.intent, words)
    elif category.is_issue or len(words) >= run.store.words.limits["short_chars"]:
        run.state.describe(words)
