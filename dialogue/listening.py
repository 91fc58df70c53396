"""While a customer waits for a person the bot listens: order, who it is, what happened, what is wanted (H45, H47).

What is asked and known for sure (a known question, a look-up of an order that is known) is answered; nothing is asked or
begun, and what was open stays as it was. What was understood is told to the gateway as facts; a wish to leave a note rather than
to wait, as a ticket; a wish not to wait any more as `leave_queue`, with what else was said (data/dialogue/queue.yml). Who
was brought to a person for danger is asked first whether he is sure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy

from dialogue import case_notes, identity, people
from dialogue.commands import Command
from dialogue.matters import learn_issue
from dialogue.outcome import Card, Effect, Gateway, Run, Say
from dialogue.reading import Reading
from dialogue.state import LEFT_QUEUE, WRITTEN

#: Categories that say nothing of the matter yet.
_NO_MATTER = frozenset({"", "service.human", "service.other", "service.social"})
_SURE = 0.5
#: What is watched for and brings a person: one is on the way already.
_CALLS = frozenset({"human", "complaint", "repeat", "anger"})
#: Talk that gets one short word, and in State.told: that word was the last said.
_NODS, _NODDED = frozenset({"thanks", "affirm", "bye", "praise"}), "nodded"
#: In State.told while it was asked whether the customer is sure not to wait: what is answered then.
_ASKED = "leave_asked"


#: Does commands; what they say is in the run's outcome.
Doing = Callable[[Run, Sequence[Command]], None]


def listen(
    run: Run, readings: Sequence[Reading], decided: Sequence[tuple[Command, float]], do: Doing
) -> None:
    """Learn what the message tells; `run.out` gets commands to the gateway, and the answer where one is known for sure. `decided`:
    what the bot would do, and how likely each is; `do`: does what is only asked."""
    heard = [one for one in readings if not one.negated]
    _numbers(run, heard)
    _goods(run, heard)
    _matter(run, heard)
    if any(one.kind == "watch" and one.name == "safety" and one.score >= _SURE for one in heard):
        run.state.learn(safety=True, usable=False)
    if any(one.kind == "watch" and one.name == "privacy" and one.score >= _SURE for one in heard):
        people.file_own_data(run)
    if any(one.kind == "watch" and one.name == "ticket" for one in heard):
        run.out.append(Gateway("ticket", {"facts": {}}))
    else:
        _leaving(run, heard)
    leaves = any(isinstance(one, Gateway) and one.name in {"ticket", "leave_queue"} for one in run.out)
    run.out = [one for one in run.out if isinstance(one, Gateway)]
    if not leaves:
        run.out += _answer(run, decided, do)
    run.out.append(Gateway("case", {"facts": {}}))  # a turn must tell something


def without_calls(readings: Sequence[Reading]) -> list[Reading]:
    """The readings but for those that would bring the person who is waited for."""
    return [
        one for one in readings if one.kind != "watch" or not (one.name in _CALLS or one.more.get("verdict"))
    ]


def _answer(run: Run, decided: Sequence[tuple[Command, float]], do: Doing) -> list[Say | Card]:
    """What the message asks and can be told without a question of ours: words and cards, nothing that begins or is written.
    Empty where only a part of it could be told, or a person is needed for it."""
    least = run.store.arbiter.limits["sure_while_waiting"]
    wait = run.store.words.hit("queue.about_wait", run.words) is not None
    asked = [one for one, likely in decided if likely >= least and _asks(one, wait=wait)]
    beside = {"focus", "set", "chat", "start"}  # numbers, goods and the wish were heard already
    if not asked or any(one not in asked and one.kind not in beside for one, _ in decided):
        return _nod(run, [one for one, _ in decided])
    state, heard = run.state, run.out
    state.told.pop(_NODDED, None)
    frames, pending, asked_before = deepcopy(state.frames), list(state.pending), list(state.asked)
    run.out = []
    do(run, asked)
    told, broken = run.out, run.ended or any(isinstance(one, Effect | Gateway) for one in run.out)
    run.out, run.ended, run.handed, run.asked = heard, False, False, False
    state.frames, state.pending = frames, pending
    if broken:
        state.asked = asked_before
        return []
    return [
        one
        for one in told
        if isinstance(one, Card) or (isinstance(one, Say) and not one.buttons and one.expects is None)
    ]


def _asks(one: Command, *, wait: bool) -> bool:
    """A question that has an answer: a known one, a look-up, one that the open form answers itself, whether it is done. `wait`: it
    is asked how long the wait for a person takes, which the place in the queue tells."""
    of_form = (one.kind == "set" and bool(one.more.get("question"))) or one.name == WRITTEN
    return one.kind == "answer" or (of_form and not wait)


def _nod(run: Run, decided: Sequence[Command]) -> list[Say | Card]:
    """好好 谢谢姑娘, 行吧那我等人联系: one short word, not twice in a row."""
    message, words = run.scene.message, run.store.words
    if any(one.kind not in {"chat", "unclear", "focus"} for one in decided):
        run.state.told.pop(_NODDED, None)
        return []
    sure = message.confidence >= words.limits["watch_by_model"]
    if message.intent not in _NODS or not sure or words.asks(message.text) or run.state.told.get(_NODDED):
        return []
    run.state.told[_NODDED] = True
    heard, run.out = run.out, []
    run.say("utter_waiting_thanks" if message.intent == "thanks" else "utter_waiting_nod")
    said, run.out = run.out, heard
    return [one for one in said if isinstance(one, Say)]


def _numbers(run: Run, heard: Sequence[Reading]) -> None:
    """An order number is noted, and verified as soon as a proof is there; wrong attempts count as ever (H8)."""
    told = [str(one.value) for one in heard if one.kind == "order" and one.more.get("by") != "state"]
    proofs = [str(one.value) for one in heard if one.kind == "proof"]
    own = {one.order_no: one for one in run.scene.orders()}
    order_no = told[-1] if told else str(run.state.told.get(case_notes.TOLD_NUMBER) or "")
    if order_no in own:
        identity.in_hand(run, own[order_no])
        return
    proof = proofs[-1] if proofs else str(run.state.told.get(case_notes.TOLD_PROOF) or "")
    if order_no and proof:
        identity.verify_quietly(run, order_no, proof)
    elif proof:
        run.state.told[case_notes.TOLD_PROOF] = proof
    elif told:
        run.state.told[case_notes.TOLD_NUMBER] = order_no
        if not run.state.facts.get("order_no"):
            run.state.learn(order_no=order_no)


def _goods(run: Run, heard: Sequence[Reading]) -> None:
    """Which of the customer's goods it is about."""
    for one in heard:
        if one.kind == "item" and one.more.get("order_no"):
            order = run.scene.own_order(one.more["order_no"])
            if order is not None:
                identity.in_hand(run, order)
                run.state.item_id = str(one.value)
                run.state.learn(item=str(one.more.get("name") or "") or None)
            return


def _matter(run: Run, heard: Sequence[Reading]) -> None:
    """The customer's words, and what they are about where that was not known."""
    message = run.scene.message
    category = run.store.categories.of_intent(message.intent)
    known = str(run.state.facts.get("category") or "")
    sure = message.confidence >= run.store.words.limits["watch_by_model"]
    if category.is_issue and sure and known in _NO_MATTER:
        learn_issue(run, message.intent, run.words)
    elif case_notes.tells(run, heard):
        run.state.describe(run.words)


def _leaving(run: Run, heard: Sequence[Reading]) -> None:
    """不排队了 我就想问…: out of the queue, and the rest is answered; in danger only after a question."""
    said = {one.name: str(one.value) for one in heard if one.kind == "queue"}
    asked = run.state.told.pop(_ASKED, None)
    if asked is not None and ("leaves" in said or "sure" in said):
        run.state.facts.update(safety=None, usable=None)  # the gateway is told to forget them
        _leave(run, said.get("leaves") or str(asked))
    elif run.state.facts.get("safety"):
        reported = any(one.kind == "watch" and one.name == "safety" and one.score >= _SURE for one in heard)
        wish = next((said[one] for one in ("leaves", "no_danger") if said.get(one)), "")
        if "no_danger" in said and wish and not reported:  # 没那么吓人 我就想换个新的
            run.state.facts.update(safety=None, usable=None)
            _leave(run, wish)
        elif "leaves" in said or ("unharmed" in said and not reported):
            run.state.told[_ASKED] = said.get("leaves") or said.get("unharmed", "")
            run.state.describe(run.words)
            run.out.append(Gateway("leave_queue", {"ask": True}))
    elif "leaves" in said:
        _leave(run, said["leaves"])


def _leave(run: Run, rest: str) -> None:
    """`rest` comes as a turn of its own, to which no judgement of the session may bring a person again."""
    run.state.told[LEFT_QUEUE] = True
    run.out.append(Gateway("leave_queue", {"rest": rest}))
