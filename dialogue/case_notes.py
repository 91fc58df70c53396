"""What a record must have of what a customer tells, whatever the bot makes of the message (H45): times and marks of the goods,
what was tried, the demand, the goods, the customer's own words. Noted message by message; put together when a person comes.
"""

from __future__ import annotations

from collections.abc import Sequence

from dialogue.order_choice import names_item
from dialogue.outcome import Run
from dialogue.reading import Reading, without
from dialogue.state import SAID, SAID_KEPT

#: In `State.told`: an order number and a proof that were told and never verified.
TOLD_NUMBER, TOLD_PROOF = "order_no", "proof"
#: Readings whose words say who is asking, agree, refuse or call a person, and nothing of the matter.
_NOT_THE_MATTER = frozenset({"order", "proof", "digits", "yes", "no", "cancel", "skip", "chat"})


def note(run: Run, readings: Sequence[Reading]) -> None:
    """Learn the facts of one message; nothing is said or begun."""
    heard = [one for one in readings if not one.negated]
    _facts(run, heard)
    _goods(run, heard)
    if tells(run, heard):
        said = [str(one) for one in run.state.told.get(SAID) or []]
        run.state.told[SAID] = [*[one for one in said if one != run.words], run.words][-SAID_KEPT:]


def tells(run: Run, heard: Sequence[Reading]) -> bool:
    """Does the message say anything of the matter, beyond numbers, small talk and the call for a person?"""
    message, words = run.scene.message, run.store.words
    if message.is_button or not message.text.strip():
        return False
    if any(one.kind in {"symptom", "fact"} for one in heard):
        return True
    spans = [one.span for one in heard if one.kind in _NOT_THE_MATTER]
    spans += [one.span for one in heard if one.kind == "watch" and one.name == "human" and one.value]
    left = without(message.text, spans, "\n")
    rest = sum(len(one.strip()) for one in words.pattern("reading.filler").split(left) if one)
    if run.store.categories.of_intent(message.intent).is_issue:
        return rest > 1
    return message.intent not in words.listed("intents.talk") and rest >= words.limits["told_chars"]


def complete(run: Run) -> None:
    """A person comes: the record gets what was told before and stands in no fact yet."""
    state = run.state
    for words in state.told.get(SAID) or []:
        state.describe(str(words))
    if not state.facts.get("order_no"):
        state.learn(order_no=run.given.get("order_no") or state.told.get(TOLD_NUMBER))
    named = str(state.facts.get("item") or "")
    if named and not state.facts.get("order_no") and state.customer is not None:
        having = [
            one for one in run.scene.orders() if any(names_item(named, line.name) for line in one.items)
        ]
        if len(having) == 1:
            state.learn(order_no=having[0].order_no)


def _facts(run: Run, heard: Sequence[Reading]) -> None:
    """When it began, what was tried, model, serial number and batch; the demand (H37), no mere question of a customer who
    talks to the bot, the newest counts."""
    asks = not run.scene.message.listen and run.store.words.hit("reading.question", run.words)
    for one in heard:
        if one.kind != "fact":
            continue
        if one.name == "tried":
            known = [str(told) for told in run.state.facts.get("tried") or []]
            if one.value not in known:
                run.state.learn(tried=[*known, str(one.value)])
        elif one.name == "demand":
            if not asks:
                run.state.learn(demand=one.value)
        elif not run.state.facts.get(one.name):
            run.state.learn(**{one.name: one.value})


def _named_goods(run: Run) -> str | None:
    """What the bot found as goods; the telephone whose number is told (手机尾号1234) is none."""
    message, words = run.scene.message, run.store.words
    for one in message.entities:
        if one.name != "product" or not one.value:
            continue
        its_number = (
            words.pattern("identity.number_of_it").search(message.text[one.end :]) if one.end else None
        )
        if its_number is None or words.pattern("identity.phone_words").search(one.value) is None:
            return one.value
    return None


def _goods(run: Run, heard: Sequence[Reading]) -> None:
    """The goods by the name of the order's line, else by their own, as long as no order is in hand."""
    if run.state.facts.get("order_no"):
        return
    lines = {str(one.more["name"]) for one in heard if one.kind == "item" and one.more.get("name")}
    named = next(iter(lines)) if len(lines) == 1 else _named_goods(run)
    if named:
        run.state.learn(item=named)
