"""Matters: flows are opened, run as far as they go, put off and taken up again (H36)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from aftersales.decisions import DECISIONS
from dialogue import identity, known_answers, people, repairs, social, told_early, waiting
from dialogue.changes import change
from dialogue.commands import Command
from dialogue.flows import CARRIED, Flow
from dialogue.knowledge import KNOWLEDGE
from dialogue.order_choice import named_orders
from dialogue.outcome import Card, Effect, Run, Say
from dialogue.state import (
    ASIDES,
    BEHIND_KEY,
    DOUBTFUL,
    FAULTS,
    GOODS_TOLD,
    GOODS_TOLD_KEPT,
    NOT_BOUGHT,
    RECORDS,
    RESTS,
    Frame,
)
from dialogue.steps import FlowBroken, advance
from dialogue.waiting import set_pending

#: The flow that shows an order somebody gave the number of, and what is often wanted with it.
FOUND_ORDER = "found_order"
#: A flow that links on more often than this in one turn would never end.
_MOST_LINKS = 8
#: The stage of questions before buying (data/categories.yml).
_SHOPPING = "presale"
#: What a decision needs that only a verified customer's order has.
_OF_ORDERS = frozenset({"order", "item", "orders", "parcel", "refunds", "requests"})
#: Frames that only ask something for the frame below, or offer something.
PATTERNS = identity.FINDING | {"offer", "clarify"}


def take_up(run: Run, commands: Sequence[Command]) -> None:
    """What the message is about: what only needs to be told and can be told at once comes first; the rest waits (H36)."""
    flows = run.store.flows
    first = _no_longer_waits(run) if commands else None
    told_first = known_answers.without_covered(run, sorted(commands, key=lambda one: _place(run, one)))
    later: list[Command] = []
    for place, command in enumerate(told_first):
        accepted = command.kind == "start" and _asks_since_now(run)
        if run.ended or (run.asked and (place or first is not None or accepted)):
            later += told_first[place:]
            break
        if first is not None and not _leaves_first(run, command, first):
            later.append(command)
            continue
        _take_up(run, command)
    rest = [one for one in later if flows.get(one.name) is not None or _may_wait(run, one)]
    if rest and not run.ended:
        _put_off(run, rest)
    elif rest:
        set_pending(run, [*run.state.pending, *(waiting.matter(run, one) for one in rest)])


def _may_wait(run: Run, command: Command) -> bool:
    """A known question that waits; one that only offers what is being asked about already is answered by that (我说拦啊)."""
    if command.name != KNOWLEDGE:
        return False
    entry = run.store.knowledge.entries.get(str(command.slots.get("entry")))
    asked = {one.flow for one in run.state.frames}
    return entry is not None and not asked & {*entry.offers(), entry.starts}


def _take_up(run: Run, command: Command) -> None:
    """Answer it, or begin it."""
    if command.name == KNOWLEDGE:
        known_answers.answer_known(run, command)
        return
    if command.more.get("response"):
        social.answer_in_context(run, command)
        return
    run.given["begun"] = command.more.get("begun")
    open_flow(
        run,
        command.name,
        dict(command.slots),
        command.words or run.words,
        str(command.more.get("intent") or ""),
        order_no=_own_order(run, command.more.get("of_order")),
        doubtful=bool(command.more.get("doubtful")),
    )


def _asks_since_now(run: Run) -> bool:
    """Is a form that was begun by this message (an offer was accepted) asking its question?"""
    top = run.state.top
    flow = run.store.flows.get(top.flow) if top is not None else None
    return top is not None and flow is not None and flow.is_write and run.scene.at.turn_id in top.draft


def _no_longer_waits(run: Run) -> Frame | None:
    """The matter that waited to know who is here, or which order it is, where this message told that: it comes before what
    else the message begins (显示器闪屏, then the number 还有发票没给我开)."""
    frame = next((one for one in run.state.frames if one.draft == run.given.get("waited")), None)
    asked = run.state.frame(identity.IDENTIFY)
    if frame is not None and asked is not None and asked.slots.get("order_no") and asked.slots.get("proof"):
        identity.identify(run, asked)
    return frame if frame is not None and (run.state.top is frame or run.asked) else None


def _leaves_first(run: Run, command: Command, first: Frame) -> bool:
    """Answered without a question of ours, which would come before that of the matter that waits? What asks is unsaid, it has
    its turn afterwards. The same matter goes into the one that waits."""
    if command.name == first.flow:
        return True
    if command.kind != "answer":
        return False
    return _without_question(run, lambda: _take_up(run, command))


def _without_question(run: Run, do: Callable[[], object]) -> bool:
    """Do it; where it ends with a question of ours it is undone and unsaid. False: it was."""
    said, frames, given, asked = list(run.out), list(run.state.frames), dict(run.given), run.asked
    before = deepcopy(vars(run.state))
    run.asked = False
    do()
    if not run.asked and not run.ended:
        return True
    for frame, was in zip(frames, before["frames"], strict=True):
        vars(frame).update(vars(was))
    vars(run.state).update({**before, "frames": frames})
    run.out[:] = said
    run.given, run.asked, run.ended, run.handed = given, asked, False, False
    return False


def _place(run: Run, command: Command) -> int:
    """What can be told at once, then what begins, then an answer that ends with an offer."""
    return 0 if _told_at_once(run, command) else 2 if command.name == KNOWLEDGE else 1


def _own_order(run: Run, order_no: Any) -> str | None:
    """The order that a matter was told of, where it is the customer's."""
    own = run.scene.own_order(order_no)
    return own.order_no if own is not None else None


def _told_at_once(run: Run, command: Command) -> bool:
    """A look-up for which nobody has to be asked anything first."""
    flow = run.store.flows.get(command.name)
    if command.name == KNOWLEDGE:  # one that offers something ends with a question of ours
        entry = run.store.knowledge.entries.get(str(command.slots.get("entry")))
        return entry is not None and not entry.offers()
    known = run.state.customer is not None or flow is None or not flow.needs.customer
    return command.kind == "answer" and known


def _put_off(run: Run, rest: Sequence[Command]) -> None:
    """What waits is noted, and the customer hears that it is not forgotten."""
    behind = next((one.draft for one in reversed(run.state.frames) if one.flow not in PATTERNS), "")
    noted = [waiting.matter(run, one, behind) for one in rest]
    set_pending(run, [*run.state.pending, *noted])
    names = list(dict.fromkeys(name for one in noted if (name := waiting.name_of(run, one))))
    if names:
        run.say("utter_other_noted", {"matter": "、".join(names)}, first=True)
        run.given["noted_later"] = run.out[0]


def open_flow(
    run: Run,
    flow_id: str,
    slots: Mapping[str, Any],
    words: str,
    intent: str,
    *,
    order_no: str | None = None,
    doubtful: bool = False,
) -> None:
    """Begin a flow, or go on with it where it is open for the same order. `doubtful`: by no more than one doubtful reading."""
    flow = run.store.flows.get(flow_id)
    if flow_id in run.store.knowledge.entries:
        known_answers.answer_known(run, Command("answer", KNOWLEDGE, {"entry": flow_id}, words))
        return
    if flow is None:
        return
    slots = {**waiting.take(run, flow_id, slots, order_no, words), **slots}
    same = _open_for_same_order(run, flow, words)
    if same is not None:
        run.close(same)
        run.state.frames.append(same)
        same.data.pop(DOUBTFUL, None)
        for slot, value in slots.items():
            if slot in flow.slots:
                change(run, same, slot, value)
        run.given.setdefault("touched", []).append(same.draft)
        go_on(run, same)
        return
    run.state.frames = [
        one for one in run.state.frames if one.flow != "clarify" and (flow.is_lookup or one.flow != "offer")
    ]
    if flow_id != FOUND_ORDER:  # a number alone was told so far: now it is known what is wanted of the order
        run.state.frames = [one for one in run.state.frames if one.flow != FOUND_ORDER]
    for one in run.state.frames:
        one.interrupted = True
    frame = Frame(flow_id, run.draft(flow_id), intent=intent, words=words, order_no=order_no)
    frame.slots = {slot: value for slot, value in slots.items() if slot in flow.slots}
    if begun := run.given.pop("begun", None):
        frame.data["begun"] = dict(begun)
    if doubtful:
        frame.data[DOUBTFUL] = True
    if "evidence" in flow.slots and run.state.told.get("uploads"):
        frame.slots.setdefault("evidence", run.state.told.pop("uploads"))
    if run.scene.message.uploads and "evidence" in flow.slots:
        frame.slots["evidence"] = list(run.scene.message.uploads)
    run.values = {}  # what another matter of this turn was told
    social.soothe(run, intent)
    alone = not [one for one in run.state.frames if one.flow not in PATTERNS]
    if alone or run.store.categories.of_intent(intent).stage == "complaint":
        learn_issue(run, intent, words)
    run.state.learn(**flow.facts)
    for slot, spec in flow.slots.items():
        if spec.fact and frame.slots.get(slot) is not None:
            named = spec.choices.get(str(frame.slots[slot])) or run.store.words.label(
                spec.words, str(frame.slots[slot])
            )
            run.state.learn(**{spec.fact: named})
    run.state.frames.append(frame)
    run.given.setdefault("touched", []).append(frame.draft)
    go_on(run, frame)


def _open_for_same_order(run: Run, flow: Flow, words: str) -> Frame | None:
    """The open frame of this flow, unless the message names another order or line than the frame's."""
    if flow.is_lookup:
        return None
    by_name = named_orders(words, run.scene.orders())
    named = by_name[0].order_no if len(by_name) == 1 else None
    for frame in reversed(run.state.frames):
        if frame.flow != flow.id:
            continue
        given = run.given.get("order_no") or (run.state.order_no if run.named else named)
        if frame.order_no and given and given != frame.order_no:
            continue
        return frame
    return None


def learn_issue(run: Run, intent: str, words: str) -> None:
    """Note the issue: its category and the customer's words (H45). Small talk leaves it unchanged."""
    category = run.store.categories.of_intent(intent)
    if not category.is_issue or (
        run.scene.message.is_button and run.state.facts.get("category") == category.code
    ):
        return
    state = run.state
    state.learn(category=category.code, category_confidence=round(run.scene.message.confidence, 3))
    if category.stage == "aftersale" and run.store.words.hit("watchers.unusable", words):
        state.learn(usable=False)
    if not run.scene.message.is_button:
        state.describe(words)
    if category.stage == "aftersale" and not run.store.words.hit("reading.question", words):
        message = run.scene.message  # 七天无理由退货怎么算 tells no beginning
        state.learn(
            began_at=state.facts.get("began_at") or message.entity("date") or message.entity("duration")
        )


def go_on(run: Run, frame: Frame) -> None:
    """Run a frame as far as it goes."""
    flow = run.store.flows.get(frame.flow)
    if flow is None:
        run.close(frame)
        return
    if frame.flow == identity.IDENTIFY:
        identity.identify(run, frame)
        return
    if frame.flow in PATTERNS:
        repairs.ask_pattern_again(run, frame, flow)
        return
    if _only_the_rule(run, frame, flow):
        answer_in_general(run, frame, flow)
        return
    if _before_buying(run, frame, flow):
        return
    if not identity.ready(run, frame, flow):
        return
    told_early.recall(run, frame, flow)
    if run.given.pop("show_order", False) and run.state.order_no:
        run.out.append(Card("order", run.scene.outside.order(run.state.order_no)))
    if flow.is_lookup and not frame.data.get("counted") and _did_not_fit(run, frame):
        return
    counts = flow.repeats and flow.is_lookup and not run.given.get("links")  # what led here was counted
    if counts and not frame.data.get("counted") and _too_often(run, frame):
        return
    frame.data["counted"] = True
    before = [one.draft for one in run.state.frames]
    records = len(run.state.told.get(RECORDS) or ())
    said, asked_with = len(run.out), dict(frame.slots)
    link = advance(run, frame, flow)
    if flow.is_lookup and frame.slots.get("product"):
        run.state.sku = str(frame.slots["product"])  # what is asked next is about it as well
    over = frame.draft not in [one.draft for one in run.state.frames]
    if flow.is_write and over and records == len(run.state.told.get(RECORDS) or ()):
        told_early.note_judged(run, frame)  # 那到底能不能退: by the same facts
    if _refused_again(run, frame, flow, said):
        return
    category = run.store.categories.of_intent(frame.intent)
    if category.is_issue:
        run.state.last = {"intent": frame.intent, "flow": frame.flow, "order_no": frame.order_no}
        if flow.is_lookup:
            run.state.last["slots_told"] = asked_with
        if flow.needs.product:
            run.state.last["question"] = frame.words
            told = [
                one for one in run.state.told.get(GOODS_TOLD) or () if one != f"{flow.id}@{run.state.sku}"
            ]
            run.state.told[GOODS_TOLD] = [*told, f"{flow.id}@{run.state.sku}"][-GOODS_TOLD_KEPT:]
        if flow.is_lookup and run.state.customer is None and _tells_of_orders(flow):
            run.state.last |= {"words": frame.words, "slots": dict(frame.slots)}
    if link and frame.draft in before:
        told_early.note_frame(run, frame)
        slots = {**_carried(run, flow, frame, link), **dict(frame.data.get("link_slots") or {})}
        run.given["links"] = int(run.given.get("links") or 0) + 1
        if run.given["links"] > _MOST_LINKS:
            raise FlowBroken(f"{flow.file} {flow.id} 和 {link} 一直互相转来转去")
        open_flow(run, link, slots, frame.words, frame.intent, order_no=frame.order_no)


def _carried(run: Run, flow: Flow, frame: Frame, link: str) -> dict[str, Any]:
    """退了重买 要XL: what was told of the goods is known to the flow that goes on, and so is what its beginning is about (换码,
    before dispatch: the size is changed)."""
    then = run.store.flows.get(link)
    begins = {
        spec.name: code
        for spec in (then.slots.values() if then is not None else ())
        if spec.kind == "choice" and spec.when == "start"
        for code in _codes_said(run, spec.words or spec.name, frame.words)[:1]
    }
    told = {
        slot: value
        for slot, value in frame.slots.items()
        if slot in flow.slots and flow.slots[slot].kind in CARRIED
    }
    return {**begins, **{slot: at for slot, at in told.items() if then is not None and slot in then.slots}}


def _codes_said(run: Run, group: str, text: str) -> list[str]:
    """The codes of a group whose words stand in the text, in the order of the file."""
    return [code for code, pattern in run.store.words.codes(group).items() if pattern.search(text)]


def answer_in_general(run: Run, frame: Frame, flow: Flow) -> None:
    """The rule, once a turn, instead of the answer for an order."""
    run.close(frame)
    if flow.id not in run.given.setdefault("in_general", []):
        run.given["in_general"].append(flow.id)
        rule = flow.rule(frame.slots)
        open_flow(run, rule, _told_for(run, frame, rule), frame.words, frame.intent)


def _told_for(run: Run, frame: Frame, flow_id: str) -> dict[str, Any]:
    """What the message told that the other flow has a slot for as well (要专票)."""
    then = run.store.flows.get(flow_id)
    return {slot: at for slot, at in frame.slots.items() if then is not None and slot in then.slots}


def without_order(run: Run) -> None:
    """没有订单，还没买 to the question for the order number: nobody is identified, what waits for it is answered in general."""
    waiting = run.state.frame(identity.IDENTIFY)
    if waiting is None:
        return
    below = run.state.frames[: run.state.frames.index(waiting)][-1:]
    if social.let_go(run):  # 我还没买呢 就是问问: what was asked is answered already
        run.say("utter_no_order_yet")
        return
    run.close(waiting)
    for frame in below:
        flow = run.store.flows.get(frame.flow)
        run.close(frame)
        if flow is not None and flow.rule(frame.slots):
            answer_in_general(run, frame, flow)
            return
        if flow is not None and flow.before_buying and _before_buying(run, frame, flow):
            return
    run.say("utter_no_order_yet")


def _before_buying(run: Run, frame: Frame, flow: Flow) -> bool:
    """Who has said that nothing was bought is not asked for an order: the answer from before buying, or honestly that it takes
    an order. True: it was told."""
    told = run.state.told.get(NOT_BOUGHT) and run.state.customer is None and not run.given.get("order_no")
    if not told or frame.order_no or not (flow.needs.order or flow.needs.customer):
        return False
    run.close(frame)
    instead = str(flow.before_buying.get("flow") or flow.rule(frame.slots))
    told_only = flow.is_write and not flow.unconfirmed and not run.store.words.asks(run.words)
    if flow.before_buying and told_only:
        run.say("utter_as_you_like")  # 那我直接填我妈地址了: told, nothing is to be done
    elif instead:
        slots = {**_told_for(run, frame, instead), **dict(flow.before_buying.get("slots") or {})}
        open_flow(run, instead, slots, frame.words, frame.intent)
    elif run.store.words.hit(
        "watchers.bought_nothing", run.words
    ):  # 没下单呢哪来的订单号: no wish to look one up
        run.say("utter_no_order_yet")
    else:
        run.say("utter_needs_order", {"form": flow.name})
    return True


def note_not_bought(run: Run) -> None:
    """我还没买 is remembered until an order is spoken of."""
    hit, told = run.store.words.hit, run.state.told
    if hit("watchers.has_bought", run.words):
        told.pop(NOT_BOUGHT, None)
    elif hit("watchers.bought_nothing", run.words):
        told[NOT_BOUGHT] = True


def _only_the_rule(run: Run, frame: Frame, flow: Flow) -> bool:
    """以后降价能补差价不, 还没买: the rule is asked, of no order of the customer's."""
    if not flow.rule(frame.slots) or run.given.get("order_no") or frame.order_no:
        return False
    hit = run.store.words.hit
    if hit("watchers.not_bought", run.words) or hit("watchers.not_bought", frame.words):
        return True
    if flow.is_write and (run.state.told.get(FAULTS) or hit("wishes.own", frame.words)):
        return False  # 左边没声了 能换吗: of what the customer has
    return (
        run.state.customer is None
        and not run.state.order_no
        and run.store.words.asks(run.words)
        and _is_shopping(run, flow)
    )


def _is_shopping(run: Run, flow: Flow) -> bool:
    """Was a question before buying, or this very rule, answered last, to somebody who spoke of no order so far?"""
    last = run.state.last or {}
    if last.get("flow") in flow.rules:
        return not run.store.words.hit("watchers.has_bought", run.words)
    intent = str(last.get("intent") or "")
    stage = run.store.categories.of_intent(intent).stage if intent else ""
    return stage == _SHOPPING and not run.store.words.hit("watchers.has_bought", run.words)


def _refused_again(run: Run, frame: Frame, flow: Flow, said: int) -> bool:
    """A request that ended at once with the same words as before (路上的退不了): the second time it is not read out again, what
    is different is asked for, with a way to a person, unless something is offered with it; the third time a person comes (H43). `said`: where
    this answer begins. True: a person was brought."""
    at_once = run.scene.at.turn_id in frame.draft and all(one is not frame for one in run.state.frames)
    top = run.state.top
    offers = top is not None and top.flow == "offer" and top.data.get("from") == frame.flow
    over = at_once and (offers or not run.asked) and not run.ended
    wrote = any(isinstance(one, Effect) for one in run.out[said:])
    if flow.is_lookup or not flow.start or not over or wrote or frame.interrupted:
        return False
    counts = run.store.words.counts
    key = f"{flow.id}@{frame.order_no or ''}#{'|'.join(one.split(':')[0] for one in frame.told)}"
    times = repairs.times_asked(run, key)
    if times >= counts.same_question_person:
        del run.out[said:]
        people.hand_off(run, "repeat", [run.words])
        return True
    if times >= counts.same_question_offer and not offers:  # what is offered is named again
        run.out[said:] = [one for one in run.out[said:] if isinstance(one, Card)]
        repairs.say_as_before(run, frame, flow)
    return False


def _tells_of_orders(flow: Flow) -> bool:
    """Would the answer be another one if the order were known?"""
    specs = (DECISIONS.get(step.name) for step in flow.steps if step.kind == "decide")
    return any(spec is not None and spec.needs & _OF_ORDERS for spec in specs)


def answer_again(run: Run) -> bool:
    """The numbers that a general answer asked for have come: the same question, answered for the customer's own order.
    False: the last answer was about no order."""
    last = run.state.last or {}
    if "words" not in last:
        return False
    run.state.last = None
    run.given["show_order"] = True
    open_flow(run, str(last["flow"]), dict(last.get("slots") or {}), str(last["words"]), str(last["intent"]))
    return True


def _did_not_fit(run: Run, frame: Frame) -> bool:
    """我问的是…, and all we know is the answer that was given before: said honestly, with what else it may be (H43)."""
    last = run.state.last or {}
    same = last.get("flow") == frame.flow and last.get("order_no") == frame.order_no
    told = last.get("slots_told") == frame.slots
    if not (same and told) or not run.store.words.hit("watchers.misfit", run.words):
        return False
    run.close(frame)
    times = int(run.state.told.get("misfits") or 0) + 1
    run.state.told["misfits"] = times
    if times >= run.store.words.counts.same_question_person:
        people.hand_off(run, "misunderstood", [run.words])
        return True
    repairs.not_that(run, frame)
    return True


def _too_often(run: Run, frame: Frame) -> bool:
    """The same question again without anything new: first say so and offer a person, then bring one (H43)."""
    part = "#".join(str(frame.slots[one]) for one in sorted(frame.slots) if one in {"part", "about"})
    key = f"{frame.intent or frame.flow}@{frame.order_no or ''}#{part}"
    counts, state = run.store.words.counts, run.state
    before = state.asked[-1].partition(BEHIND_KEY)[0] if state.asked else key
    other_order = (
        before != key and before.partition("@")[0] == key.partition("@")[0]
    )  # back to the first of two orders
    times = repairs.times_asked(run, key)
    if times >= counts.same_question_person:
        run.close(frame)
        people.hand_off(run, "repeat", [run.words])
        return True
    if times >= counts.same_question_offer and not other_order:
        repairs.say_asked_before(run)
    return False


def come_back(run: Run) -> None:
    """After an answer: back to what is still open, unless this turn already asked something."""
    rounds = 0
    while not (run.asked or run.ended) and rounds < 20:
        rounds += 1
        top = run.state.top
        if top is None or top.flow == "offer":
            if not _next_pending(run):
                return
        elif top.flow == "clarify":
            run.close(top)
        elif top.flow == identity.IDENTIFY and top.draft not in run.given.get("touched", []):
            if repairs.looks_around(run) or _rests_beside(run, top):
                return
            if run.out and _was_left(run, top):
                run.say("utter_back_to_it")
            go_on(run, top)
        else:
            untouched = top.draft not in run.given.get("touched", [])
            if untouched and top.data.get(RESTS):
                return
            top.data.pop(RESTS, None)
            said = any(not hasattr(one, "fields") for one in run.out)
            if untouched and top.interrupted and said and _was_left(run, top):
                repairs.say_resumed(run, top)
            top.interrupted = False
            run.given.setdefault("touched", []).append(top.draft)
            go_on(run, top)


def _was_left(run: Run, frame: Frame) -> bool:
    """Was something else open above it when the message came, or is another order talked about now? What was only answered
    beside its question left nothing."""
    other = frame.order_no is not None and frame.order_no != run.state.order_no
    return other or frame.draft not in (run.given.get("on_top"), run.given.get("waited"))


def _rests_beside(run: Run, frame: Frame) -> bool:
    """The number is asked for once more beside another answer; then it rests until it is told or its matter is spoken of. For
    what nothing but a doubtful reading began it is not asked again, and that is let go the second time."""
    if not run.out:
        return False
    asked = int(frame.data.get(ASIDES) or 0)
    frame.data[ASIDES] = asked + 1
    below = identity.waits_for(run, frame)
    if below is not None and below.data.get(DOUBTFUL):
        if asked:
            social.let_go(run)
        return True
    return asked > 0


def answer_something(run: Run) -> None:
    """No turn ends without a word: the open question again, else that nothing was understood."""
    top = run.state.top
    if top is not None:
        go_on(run, top)
    if not run.out:
        repairs.unclear(run)


def answer_before_offer(run: Run) -> None:
    """An offer of ours comes after all that waits and can be told without another question. Where the customer has said already
    what is wanted of the same goods (不等了 给我退钱), what gives way to it is not offered (要催一下吗): that is begun."""
    if "offered" not in run.given:
        return
    frame: Frame = run.given["offered"][0]
    said: Say = run.given["offered"][1]
    while run.asked and not run.ended and run.state.pending and run.state.top is frame:
        first = run.state.pending[0]
        flow, offers = (run.store.flows.get(str(one)) for one in (first.get("flow"), frame.data.get("start")))
        instead = offers is not None and flow is not None and flow.id in offers.gives_way
        if instead and _of_same_goods(run, first, frame):
            run.close(frame)
            people.forget_offer(run, {**frame.data, "order_no": frame.order_no})
            run.out, run.asked = [one for one in run.out if one is not said], False
            come_back(run)
            return
        before = list(run.out)
        run.close(frame)
        run.out = [one for one in run.out if one is not said]
        if not _without_question(run, lambda: _next_pending(run)):
            run.out = before
            run.state.frames.append(frame)
            return
        run.out.append(said)
        run.state.frames.append(frame)
        run.asked = True


def _of_same_goods(run: Run, one: Mapping[str, Any], frame: Frame) -> bool:
    """Is it about the order of this frame, as far as it names one?"""
    own = run.scene.own_order(frame.order_no)
    goods = set(one.get("goods") or ())
    named = own is not None and goods and not goods & {item.name for item in own.items}
    return one.get("order_no") in (None, frame.order_no) and not named


def _next_pending(run: Run) -> bool:
    """Take up the oldest matter that waits. False: there is none."""
    if not run.state.pending:
        return False
    first = run.state.pending[0]
    set_pending(run, run.state.pending[1:])
    noted = run.given.pop("noted_later", None)
    name = waiting.name_of(run, first)
    if first.get("human"):
        people.hand_off(run, str(first["human"]), [str(first.get("text") or run.words)])
        return True
    if noted is not None:  # there was nothing to wait for
        run.out = [one for one in run.out if one is not noted]
    elif name:
        run.say("utter_other_issue", {"matter": name})
    flow = str(first.get("flow") or "")
    intent, text = str(first.get("intent") or ""), str(first.get("text") or "")
    slots = dict(first.get("slots") or {})
    if not flow:
        started = run.store.flows.started_by(intent)
        if started is None:
            return True
        flow, slots = started[0], dict(started[1])
    run.named = False
    in_hand = run.scene.own_order(first.get("in_hand"))
    if in_hand is not None:
        identity.in_hand(run, in_hand)
    order_no = _own_order(run, first.get("order_no"))
    if flow == KNOWLEDGE:
        known_answers.answer_known(run, Command("answer", KNOWLEDGE, slots, text, {"of_order": order_no}))
        return True
    open_flow(run, flow, slots, text, intent, order_no=order_no)
    return True
