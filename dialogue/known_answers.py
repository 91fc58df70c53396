"""Says what data/knowledge answers to a known question (H34, H35), by the state of the order being talked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aftersales.decisions import DECISIONS
from aftersales.decisions.api import Decision
from aftersales.order_system.port import Order
from aftersales.policy_values import policy_values
from dialogue import identity, people, repairs, told_early, waiting
from dialogue.commands import Command
from dialogue.days import dates_in
from dialogue.inputs import inputs_for
from dialogue.knowledge import HUMAN, KNOWLEDGE, OF_STALLED, STALLED, Entry
from dialogue.number_words import number_of
from dialogue.order_choice import order_meant
from dialogue.outcome import Button, Run
from dialogue.situation import beside, of_talk, situation_of
from dialogue.state import Frame
from dialogue.values import frame_values, order_values

_KEY = "known:"
#: The flow that calls a parcel back.
_CALLS_BACK = "cancel_order"
#: Reasons that a customer names in passing: what is wrong with goods, whoever is to blame.
_FAULTY = ("quality", "damaged", "wrong", "missing", "mismatch")


def without_covered(run: Run, commands: Sequence[Command]) -> list[Command]:
    """The commands but for known questions and look-ups that an earlier one's answer answers as well (有签收照片吗 谁签的)."""
    left: list[Command] = []
    answered: set[str] = set()
    for one in commands:
        entry = (
            run.store.knowledge.entries.get(str(one.slots.get("entry"))) if one.name == KNOWLEDGE else None
        )
        if (one.slots["entry"] if entry is not None else one.name) in answered:
            continue
        answered |= set(entry.covers) if entry is not None else set()
        left.append(one)
    return left


def answer_known(run: Run, command: Command) -> None:
    """The entry's response. Asked a second time something else is said, with a way to a person, the third time a person
    comes (H43)."""
    name = str(command.slots.get("entry"))
    entry = run.store.knowledge.entries.get(name)
    if entry is None:
        return
    waiting.take(run, KNOWLEDGE, command.slots, None, command.words)
    if set(entry.near) & set(run.given.get("in_general") or ()):
        return  # 我还没买 买了以后降价能补不: the rule was just told instead of the answer for an order
    counts = run.store.words.counts
    order = run.scene.own_order(command.more.get("of_order"))
    order = order or order_meant(command.words, run.scene.orders(), None)
    order = order or order_meant(run.words, run.scene.orders(), None)
    if order is not None and not run.state.frames:
        identity.in_hand(run, order)  # what is asked next is about it as well
    order = order or run.scene.own_order(run.state.order_no)
    asked = run.words if command.words in run.words else command.words  # of an earlier message: it waited
    if order is not None and _CALLS_BACK in {*entry.offers(), entry.starts} and _just_called_back(run, order):
        return  # 我说拦啊 你刚问我要不要拦截: done in this turn
    found, told = _found(run, entry, order, asked)
    response = entry.response(found)
    key = (
        f"{_KEY}{name}@{response}#{'|'.join(told.values())}"  # another order, another figure: another answer
    )
    times = repairs.times_asked(run, key)
    if times >= counts.same_question_person:
        people.hand_off(run, "repeat", [run.words])
        return
    values = {**frame_values(run, None, None), **policy_values(run.store.policy)}
    if order is not None:
        values |= order_values(run, order, order.items[0] if len(order.items) == 1 else None)
    values |= told
    if told.get("request_no") in run.made:
        return  # 登记吧 要多久: what was just written has said it
    if times < counts.same_question_offer:
        _say(run, entry.offered(found), response, values)
    else:
        person = [Button(run.store.words.label("agreed", "human"), "/ask_human")]
        again, offer = entry.said_again(found), entry.offered(found)
        if again is not None and offer not in (None, HUMAN):
            _say(run, offer, again, values)  # what can be done is offered again
        elif again is not None:
            run.say(again, values, buttons=person)
        else:  # the same words once more would answer nothing
            run.say("utter_known_again", {**values, "question": entry.name}, buttons=person)
    _settle(run, entry)


def _found(run: Run, entry: Entry, order: Order | None, asked: str) -> tuple[str | None, Mapping[str, str]]:
    """What the answer goes by: the situation of the order, or the outcome of the entry's decision with its values."""
    special = _special(run, entry, order)
    if special is None and STALLED in entry.say and entry.decide is None and order is not None:
        stands = _decided(run, OF_STALLED, order, asked)
        if stands.outcome == STALLED:
            return STALLED, stands.values
    if entry.decide is None or special is not None:
        return special or _situation(run, order), {}
    found = _decided(run, entry.decide, order, asked)
    return found.outcome, found.values


def _decided(run: Run, decide: str, order: Order | None, asked: str) -> Decision:
    """What a decision says of the order, by what the words `asked` name."""
    spec = DECISIONS[decide]
    frame = Frame(KNOWLEDGE, "", words=asked, order_no=order.order_no if order else None)
    frame.slots |= _told(run, order, asked)
    found = spec.run(inputs_for(run, frame, spec.needs))
    run.note(f"{KNOWLEDGE} {decide} → {found.outcome}")
    return found


def _told(run: Run, order: Order | None, asked: str) -> Mapping[str, Any]:
    """What the words name that a decision may go by: sums, pieces, days, a reason; the reason, the solution, the part and the state of the goods
    of a form that is open for the order count where the words tell none, the state that was told before too."""
    words = run.store.words
    sums = words.find("quantity.money", asked)
    counts = [one for one in words.find("quantity.amount", asked) if one not in sums]  # 100块
    pieces = [number_of(hit.text) for hit in counts]
    today = run.scene.at.now.astimezone(run.store.tz).date()
    slots: dict[str, Any] = {
        "amounts": [hit.text for hit in sums],
        "pieces": max([1, *(int(one) for one in pieces if one)]),
        "days": [one.isoformat() for one in dates_in(words, today, _when_wanted(run, asked))],
        "bought": words.hit("questions.bought_before.yes", asked) is not None,
        "new": words.hit("questions.bought_never.yes", asked) is not None,
    }
    open_form = next(
        (one for one in reversed(run.state.frames) if order and one.order_no == order.order_no), None
    )
    for name in ("reason", "solution", "part", "condition"):
        if open_form is not None and open_form.slots.get(name):
            slots[name] = open_form.slots[name]
    if order is not None and "condition" not in slots:  # 用过两次, by which the form that is over was judged
        slots["condition"] = told_early.told_of(run, "condition", order.order_no)
    reasons = words.codes("choices.reason").items()
    named = [code for code, pattern in reasons if code in _FAULTY and pattern.search(asked)]
    return slots | ({"reason": named[0]} if named and "reason" not in slots else {})


def _when_wanted(run: Run, text: str) -> str:
    """The words without those that tell when it is bought or sent (今天拍的话 12号能到不)."""
    for hit in run.store.words.find("questions.day_of_buying.yes", text):
        text = text.replace(hit.text, "\n")
    return text


def _special(run: Run, entry: Entry, order: Order | None) -> str | None:
    """The situation of the conversation, or of a parcel that is looked for, where the entry has words for it."""
    found = (of_talk(run.scene), beside(run.scene, order) if order is not None else None)
    return next((one for one in found if one in entry.say), None)


def _just_called_back(run: Run, order: Order) -> bool:
    return any(one.kind == "intercept" and one.order_no == order.order_no for one in run.made.values())


def _situation(run: Run, order: Order | None) -> str | None:
    return situation_of(run.scene, order) if order is not None else None


def _settle(run: Run, entry: Entry) -> None:
    """还没买 就问下规则: a look-up that waited for the order number only to tell this rule is answered with it."""
    frames = run.state.frames
    if len(frames) < 2 or frames[-1].flow != identity.IDENTIFY:
        return
    below = run.store.flows.get(frames[-2].flow)
    if below is not None and below.is_lookup and below.id in entry.near:
        run.state.frames = frames[:-2]


def _say(run: Run, offer: str | None, response: str, values: dict[str, str]) -> None:
    """The response, with its offer where there is one and nothing else is being asked."""
    form = any(one.flow != "offer" for one in run.state.frames)  # it asks its own question again
    if offer is None or run.asked or form:
        run.say(response, values)
        if offer is not None:
            passed = Frame("offer", "", order_no=run.state.order_no, words=run.words)
            passed.data = {"human": "requested"} if offer == HUMAN else {"start": offer}
            people.remember_offer(run, passed, passing=True)
        return
    label, person = run.store.words.label, offer == HUMAN
    buttons = [
        Button(label("agreed", "person" if person else "do"), "/affirm"),
        Button(label("agreed", "not_now"), "/deny"),
    ]
    human, start = ("requested", "") if person else ("", offer)
    people.offer(run, response, values, human=human, start=start, buttons=buttons)
