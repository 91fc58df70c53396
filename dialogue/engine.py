"""Runs the commands of a turn against the stack of frames, then goes back to what is still open.

Order within a turn: what concerns open frames (set, correct, skip, undo, cancel), then what is only told (look-ups, small
talk), then what begins something, then back to the top frame, then to matters that wait. A question of ours ends the turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dialogue import identity, people, repairs, social
from dialogue.commands import Command
from dialogue.flows import Flow
from dialogue.outcome import Run
from dialogue.state import ASKED_KEPT, Frame
from dialogue.steps import advance, put
from dialogue.values import trouble

#: Longest words of a matter that are repeated to the customer, in characters.
_LONGEST_SHOWN = 40
#: Other matters of a customer that are remembered, at most.
_MOST_PENDING = 4
_UNDO_KEPT = 5
#: The flow that shows an order somebody gave the number of, and what is often wanted with it.
FOUND_ORDER = "found_order"
#: Frames that only ask something for the frame below, or offer something.
_PATTERNS = identity.FINDING | {"offer", "clarify"}


def run_commands(run: Run, commands: Sequence[Command]) -> None:
    """Do all of it; the outcome is in `run`."""
    for order in _ORDER:
        for command in commands:
            if command.kind in order and not run.ended:
                _DO[command.kind](run, command)
    if not run.ended:
        _matters(run, [one for one in commands if one.kind in {"start", "answer"}])
    if not run.ended and not run.asked and _only_numbers(run, commands):
        open_flow(run, FOUND_ORDER, {}, run.words, "give_order_no")
    come_back(run)
    _age_offer(run, commands)


def _only_numbers(run: Run, commands: Sequence[Command]) -> bool:
    """A number was told, nothing waits for it and nothing was asked for: the order itself is what is wanted."""
    told = "order_no" in run.given or ("proof" in run.given and run.state.customer is None)
    matters = any(one.kind in {"start", "answer", "clarify", "chat"} for one in commands)
    return told and not matters and not run.given.get("touched")


# -- commands on open frames ---------------------------------------------------------------------------------------
def _focus(run: Run, command: Command) -> None:
    """The order or line that the message is about."""
    order_no = command.slots.get("order")
    own = next((one for one in run.scene.orders() if one.order_no == order_no), None)
    if own is not None:
        identity.in_hand(run, own)
        run.named = True
    if command.slots.get("product"):
        run.state.sku = str(command.slots["product"])
    item = command.slots.get("item")
    if item:
        run.state.item_id = str(item)


def _set(run: Run, command: Command) -> None:
    """Put values into open frames; a number that identifies is kept for whoever needs it."""
    for slot, value in command.slots.items():
        if slot in {"order_no", "proof"}:
            run.given[slot] = value
        elif slot == "digits":
            _more_digits(run, str(value))
        elif slot == "item":
            _set_item(run, str(value))
        elif slot == "product":
            _set_product(run, str(value))
        elif slot == "ok":
            _confirm(run, str(value), command)
        elif slot == "chosen":
            repairs.chosen(run, str(value), open_flow)
        elif slot == "evidence":
            _take_evidence(run, value)
        else:
            frame = _frame_for(run, slot, str(command.more.get("flow") or ""))
            if frame is not None and command.more.get("begun"):
                _begun(run, frame, slot, str(value))
            elif frame is not None:
                flow = run.store.flows.get(frame.flow)
                step = flow.step(frame.step) if flow else None
                waited = step is not None and step.name not in command.slots and frame is run.state.top
                change(run, frame, slot, _with_begun(frame, slot, value), beside=waited)
    if command.kind == "correct" and command.name:
        _wrong(run, command.name)
    if "order_no" in run.given or "proof" in run.given:
        run.state.digits = ""
        _identify_given(run)


def _more_digits(run: Run, digits: str) -> None:
    """A number that comes in pieces: what is there so far is said, the rest is awaited."""
    run.state.digits = digits
    run.say("utter_digits_more", {"digits": digits}, expects="order_no")
    run.asked = True


def _wrong(run: Run, slot: str) -> None:
    """地址写错了: the value is gone and asked for again."""
    frame = _frame_for(run, slot)
    if frame is not None and frame.slots.get(slot) is not None:
        change(run, frame, slot, None)


def _begun(run: Run, frame: Frame, slot: str, value: str) -> None:
    """The first part of something long (an address): kept until the rest comes, the question is asked again."""
    frame.data["begun"] = {slot: (frame.data.get("begun") or {}).get(slot, "") + value}
    repairs.not_an_answer(run)


def _with_begun(frame: Frame, slot: str, value: Any) -> Any:
    """The value with its first part in front, unless it holds that already."""
    part = str((frame.data.pop("begun", None) or {}).get(slot, ""))
    return f"{part}{value}" if part and isinstance(value, str) and part not in value else value


def _frame_for(run: Run, slot: str, flow: str = "") -> Frame | None:
    """The open frame nearest to the top whose flow has the slot."""
    for frame in reversed(run.state.frames):
        known = run.store.flows.get(frame.flow)
        if known is not None and slot in known.slots and flow in ("", frame.flow):
            return frame
    return None


def change(run: Run, frame: Frame, slot: str, value: Any, *, beside: bool = False) -> None:
    """Set a slot: what depends on it is asked again, the change can be undone. A correction is said, and what was told
    `beside` the question."""
    flow = run.store.flows.get(frame.flow)
    assert flow is not None
    spec, before = flow.slots[slot], frame.slots.get(slot)
    run.given.setdefault("touched", []).append(frame.draft)
    frame.fails = 0
    run.state.misses = 0
    if before == value:
        return
    if before is not None:
        for one in spec.resets:
            frame.slots.pop(one, None)
        if value is not None:
            run.given["corrected"] = (frame.draft, slot)
    run.state.undo = [
        *run.state.undo, {"flow": frame.flow, "draft": frame.draft, "slot": slot, "before": before}
    ][-_UNDO_KEPT:]
    put(frame, slot, value)
    if spec.fact and value is not None:
        from dialogue.values import choice_name

        named = choice_name(run, flow, slot, str(value), frame.data.get("names"))
        run.state.learn(**{spec.fact: named})
    if spec.kind == "text":
        run.state.describe(str(value))
    if value is not None and spec.kind == "choice" and (before is not None or beside):
        repairs.say_corrected(run, frame, flow, slot, str(value))


def _set_item(run: Run, item_id: str) -> None:
    top = run.state.top
    if top is not None and top.flow == identity.WHICH_ITEM:
        run.close(top)
    for frame in reversed(run.state.frames):
        flow = run.store.flows.get(frame.flow)
        if flow is not None and flow.needs.item:
            if frame.item_id != item_id:
                frame.item_id = item_id
                frame.slots["item"] = item_id
                frame.told = []
            run.given.setdefault("touched", []).append(frame.draft)
            return


def _set_product(run: Run, sku: str) -> None:
    """The product that was asked for, or named instead of the one in hand."""
    run.state.sku = sku
    top = run.state.top
    if top is not None and top.flow == identity.WHICH_PRODUCT:
        run.close(top)
    frame = _frame_for(run, "product")
    if frame is not None:
        frame.slots["product"] = sku
        run.given.setdefault("touched", []).append(frame.draft)


def _take_evidence(run: Run, value: Any) -> None:
    """Pictures belong to the frame that asked for them; without one they wait for the next that needs some."""
    uploads = [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]
    frame = _frame_for(run, "evidence")
    if frame is None:
        kept = [str(one) for one in run.state.told.get("uploads") or []]
        run.state.told["uploads"] = [*kept, *(one for one in uploads if one not in kept)]
        return
    if uploads == ["none"]:
        change(run, frame, "evidence", "none")
        run.say("utter_evidence_skipped")
        return
    known = frame.slots.get("evidence")
    known = [str(one) for one in known] if isinstance(known, list) else []
    change(run, frame, "evidence", [*known, *(one for one in uploads if one not in known)])
    run.say("utter_evidence_thanks")


def _identify_given(run: Run) -> None:
    """A number was told: the frame that waits for it goes on; with nothing open the order itself is shown."""
    order_no, proof = run.given.get("order_no"), run.given.get("proof")
    for frame in reversed(run.state.frames):
        if frame.flow == identity.WHICH_ORDER and order_no:
            run.close(frame)
            below = run.state.top
            if below is not None:
                below.order_no = str(order_no)
            run.given.setdefault("touched", []).append(below.draft if below else "")
            return
        if frame.flow == identity.IDENTIFY:
            frame.slots.update({k: str(v) for k, v in (("order_no", order_no), ("proof", proof)) if v})
            frame.fails = 0
            run.given.setdefault("touched", []).append(frame.draft)
            return
    own = next((one for one in run.scene.orders() if one.order_no == order_no), None)
    if own is not None:
        identity.in_hand(run, own)
        run.named = True


def _confirm(run: Run, value: str, command: Command) -> None:
    """Yes or no to the open confirmation or offer."""
    top = run.state.top
    if top is None:
        return
    if top.flow == "offer":
        _answer_offer(run, top, value == "yes", command)
        return
    flow = run.store.flows.get(top.flow)
    step = flow.step(top.step) if flow else None
    if value == "no" and run.given.get("corrected"):
        return
    if flow is not None and step is not None and flow.slots[step.name].kind == "confirm":
        put(top, step.name, value)
        top.fails = 0
        run.given.setdefault("touched", []).append(top.draft)


def _answer_offer(run: Run, frame: Frame, accepted: bool, command: Command) -> None:
    run.close(frame)
    if not accepted:
        run.say("utter_ok_no_person" if frame.data.get("human") else "utter_ok_not_done")
        run.asked = run.asked or not [one for one in run.state.frames if one.flow != "offer"]
        run.asked = run.asked and not run.state.pending
    elif frame.data.get("human"):
        people.hand_off(run, str(frame.data["human"]), people.accepted(run, frame))
    else:
        told = {slot: value for slot, value in command.slots.items() if slot != "ok"}
        slots = {**dict(frame.data.get("slots") or {}), **told}
        open_flow(run, str(frame.data["start"]), slots, frame.words, frame.intent, order_no=frame.order_no)


def _skip(run: Run, command: Command) -> None:
    """没有 / 跳过, where the step allows it."""
    frame = _frame_for(run, command.name) if command.name else run.state.top
    flow = run.store.flows.get(frame.flow) if frame else None
    if frame is None or flow is None:
        return
    step = next(
        (one for one in flow.steps if one.collect and one.name == (command.name or frame.step)), None
    )
    if step is None or step.skip is None:
        repairs.not_an_answer(run)
    elif step.name == "evidence":
        _take_evidence(run, step.skip)
    else:
        change(run, frame, step.name, step.skip)


def _undo(run: Run, _: Command) -> None:
    """Back to what a slot was before the last change."""
    while run.state.undo:
        last = run.state.undo.pop()
        frame = next((one for one in run.state.frames if one.draft == last["draft"]), None)
        flow = run.store.flows.get(frame.flow) if frame else None
        if frame is not None and flow is not None:
            put(frame, str(last["slot"]), last["before"])
            run.given.setdefault("touched", []).append(frame.draft)
            run.say("utter_undone")
            return
    done = run.store.flows.get(str((run.state.last or {}).get("flow") or ""))
    if done is not None and "undo" in done.slots and not run.state.frames:
        open_flow(run, done.id, {"undo": "yes"}, run.words, str((run.state.last or {}).get("intent") or ""))
        return
    run.say("utter_nothing_to_undo")
    run.asked = run.state.top is None


def _cancel(run: Run, command: Command) -> None:
    """Give up what is open; nothing is written, the way back is named."""
    frame = run.state.frame(command.name) if command.name else run.state.top
    if frame is not None and frame.flow in _PATTERNS:
        run.close(frame)
        frame = run.state.top if frame.flow in identity.FINDING else None
    if frame is None:
        run.say("utter_stopped")
        run.asked = not (run.state.pending or run.state.frames)
        return
    while run.state.top is not None and run.state.top is not frame and run.state.top.flow in _PATTERNS:
        run.close(run.state.top)
    run.close(frame)
    flow = run.store.flows.get(frame.flow)
    code = run.store.categories.of_intent(frame.intent).code
    of_intent = run.store.categories.of_intent
    set_pending(run, [one for one in run.state.pending if of_intent(str(one["intent"])).code != code])
    if flow is not None and not flow.is_lookup:
        run.say("utter_form_stopped", {"flow": flow.name, "form": flow.name})
    else:
        run.say("utter_stopped")
    run.asked = not (run.state.pending or run.state.frames)


# -- commands that only tell ---------------------------------------------------------------------------------------
def _explain(run: Run, _: Command) -> None:
    repairs.explain(run)


def _chat(run: Run, command: Command) -> None:
    social.chat(run, command.name)


def _human(run: Run, command: Command) -> None:
    evidence = command.more.get("evidence") or []
    people.bring(run, command.name, [str(one) for one in evidence], str(command.more.get("found") or ""))


def _ticket(run: Run, _: Command) -> None:
    people.leave_ticket(run)


def _clarify(run: Run, command: Command) -> None:
    repairs.clarify(run, [one.strip() for one in command.name.split(",")])


def _resume(run: Run, command: Command) -> None:
    """接着说退货: that frame is on top again; questions above it that only it did not need are dropped."""
    frame = run.state.frame(command.name) if command.name else run.state.top
    if frame is None:
        return
    above = run.state.frames[run.state.frames.index(frame) + 1 :]
    for one in above:
        if one.flow in _PATTERNS:
            run.close(one)
    run.close(frame)
    run.state.frames.append(frame)


def _repeat(run: Run, _: Command) -> None:
    """What was asked or told last, again."""
    last = run.state.last
    if run.state.top is None and last and last.get("flow"):
        open_flow(run, str(last["flow"]), {}, run.words, str(last["intent"]), order_no=last.get("order_no"))
    elif run.state.top is None:
        run.say("utter_only_marks")
        run.asked = True


def _unclear(run: Run, command: Command) -> None:
    repairs.unclear(run, command.name)


def _nothing(run: Run, command: Command) -> None:
    return


_DO: Mapping[str, Callable[[Run, Command], None]] = {
    "focus": _focus,
    "set": _set,
    "correct": _set,
    "skip": _skip,
    "undo": _undo,
    "cancel": _cancel,
    "explain": _explain,
    "chat": _chat,
    "human": _human,
    "ticket": _ticket,
    "clarify": _clarify,
    "resume": _resume,
    "repeat": _repeat,
    "unclear": _unclear,
    "start": _nothing,
    "answer": _nothing,
}
#: Kinds of commands in the order in which they are done.
_ORDER: tuple[frozenset[str], ...] = (
    frozenset({"focus"}),
    frozenset({"set", "correct", "skip", "undo", "cancel"}),
    frozenset({"human", "ticket"}),
    frozenset({"resume", "explain", "chat"}),
    frozenset({"repeat", "clarify", "unclear"}),
)


# -- matters ---------------------------------------------------------------------------------------------------------
def _matters(run: Run, commands: Sequence[Command]) -> None:
    """What the message is about: what only needs to be told and can be told at once comes first; the rest waits (H36)."""
    flows = run.store.flows
    told_first = sorted(commands, key=lambda one: not _told_at_once(run, one))
    for place, command in enumerate(told_first):
        if run.ended or (run.asked and place):
            rest = [one for one in told_first[place:] if flows.get(one.name) is not None]
            if rest and not run.ended:
                _put_off(run, rest)
            elif rest:
                set_pending(run, [*run.state.pending, *(_matter(one) for one in rest)])
            return
        if place and command.words:
            run.say("utter_other_issue", {"words": shown(command.words)})
        if command.more.get("response"):
            social.answer_in_context(run, command)
            continue
        open_flow(
            run,
            command.name,
            dict(command.slots),
            command.words or run.words,
            str(command.more.get("intent") or ""),
        )


def _told_at_once(run: Run, command: Command) -> bool:
    """A look-up for which nobody has to be asked anything first."""
    flow = run.store.flows.get(command.name)
    known = run.state.customer is not None or flow is None or not flow.needs.customer
    return command.kind == "answer" and known


def _matter(command: Command) -> dict[str, Any]:
    return {
        "intent": str(command.more.get("intent") or ""), "flow": command.name, "text": command.words,
        "slots": dict(command.slots),
    }


def _put_off(run: Run, rest: Sequence[Command]) -> None:
    """What waits is noted, and the customer hears that it is not forgotten."""
    set_pending(run, [*run.state.pending, *(_matter(one) for one in rest)])
    run.say("utter_other_noted", {"words": shown(rest[0].words or rest[0].name)}, first=True)


def set_pending(run: Run, pending: Sequence[Mapping[str, Any]]) -> None:
    """Remember the matters that wait, and name them in the record."""
    run.state.pending = [dict(one) for one in pending][:_MOST_PENDING]
    words = [str(one.get("text") or one.get("flow")) for one in run.state.pending]
    if words or run.state.facts.get("other_issues"):
        run.state.learn(other_issues=words)


def shown(words: str) -> str:
    """A matter in the customer's own words, short."""
    plain = words.replace("\n", " ").strip(" ，,。.!！")
    return plain if len(plain) <= _LONGEST_SHOWN else plain[:_LONGEST_SHOWN] + "…"


def open_flow(
    run: Run, flow_id: str, slots: Mapping[str, Any], words: str, intent: str, *, order_no: str | None = None
) -> None:
    """Begin a flow, or go on with it where it is open for the same order."""
    flow = run.store.flows.get(flow_id)
    if flow is None:
        return
    set_pending(run, [one for one in run.state.pending if one.get("flow") != flow_id or one.get("text") != words])
    same = _open_for_same_order(run, flow)
    if same is not None:
        run.close(same)
        run.state.frames.append(same)
        for slot, value in slots.items():
            if slot in flow.slots:
                change(run, same, slot, value)
        run.given.setdefault("touched", []).append(same.draft)
        go_on(run, same)
        return
    run.state.frames = [
        one for one in run.state.frames if one.flow != "clarify" and (flow.is_lookup or one.flow != "offer")
    ]
    for one in run.state.frames:
        one.interrupted = True
    frame = Frame(flow_id, run.draft(flow_id), intent=intent, words=words, order_no=order_no)
    frame.slots = {slot: value for slot, value in slots.items() if slot in flow.slots}
    if "evidence" in flow.slots and run.state.told.get("uploads"):
        frame.slots.setdefault("evidence", run.state.told.pop("uploads"))
    if run.scene.message.uploads and "evidence" in flow.slots:
        frame.slots["evidence"] = list(run.scene.message.uploads)
    social.soothe(run, intent)
    if not [one for one in run.state.frames if one.flow not in _PATTERNS]:
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


def _open_for_same_order(run: Run, flow: Flow) -> Frame | None:
    """The open frame of this flow, unless the message names another order or line than the frame's."""
    if flow.is_lookup:
        return None
    for frame in reversed(run.state.frames):
        if frame.flow != flow.id:
            continue
        given = run.given.get("order_no") or (run.state.order_no if run.named else None)
        if frame.order_no and given and given != frame.order_no:
            continue
        return frame
    return None


def learn_issue(run: Run, intent: str, words: str) -> None:
    """Note the issue: its category and the customer's words (H45). Small talk leaves it unchanged."""
    category = run.store.categories.of_intent(intent)
    if not category.is_issue or run.scene.message.is_button and run.state.facts.get("category") == category.code:
        return
    state = run.state
    state.learn(category=category.code, category_confidence=round(run.scene.message.confidence, 3))
    if category.stage == "aftersale" and run.store.words.hit("watchers.unusable", words):
        state.learn(usable=False)
    if not run.scene.message.is_button:
        state.describe(words)
    if category.stage == "aftersale":
        message = run.scene.message
        state.learn(began_at=state.facts.get("began_at") or message.entity("date") or message.entity("duration"))


def go_on(run: Run, frame: Frame) -> None:
    """Run a frame as far as it goes."""
    flow = run.store.flows.get(frame.flow)
    if flow is None:
        run.close(frame)
        return
    if frame.flow == identity.IDENTIFY:
        identity.identify(run, frame)
        return
    if frame.flow in _PATTERNS:
        repairs.ask_pattern_again(run, frame, flow)
        return
    if not identity.ready(run, frame, flow):
        return
    if flow.repeats and flow.is_lookup and not frame.data.get("counted") and _too_often(run, frame):
        return
    frame.data["counted"] = True
    before = [one.draft for one in run.state.frames]
    link = advance(run, frame, flow)
    category = run.store.categories.of_intent(frame.intent)
    if category.is_issue:
        run.state.last = {"intent": frame.intent, "flow": frame.flow, "order_no": frame.order_no}
    if link and frame.draft in before:
        slots = dict(frame.data.get("link_slots") or {})
        open_flow(run, link, slots, frame.words, frame.intent, order_no=frame.order_no)


def _too_often(run: Run, frame: Frame) -> bool:
    """The same question again without anything new: first say so and offer a person, then bring one (H43)."""
    part = "#".join(str(frame.slots[one]) for one in sorted(frame.slots) if one in {"part", "about"})
    key = f"{frame.intent or frame.flow}@{frame.order_no or ''}#{part}"
    counts, state = run.store.words.counts, run.state
    times = state.asked.count(key) + 1
    state.asked = [*state.asked, key][-ASKED_KEPT:]
    if times >= counts.same_question_person:
        run.close(frame)
        people.hand_off(run, "repeat", [run.words])
        return True
    if times >= counts.same_question_offer:
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
            if repairs.looks_around(run):
                return
            if run.out:
                run.say("utter_back_to_it")
            go_on(run, top)
        else:
            untouched = top.draft not in run.given.get("touched", [])
            if untouched and top.interrupted and any(not hasattr(one, "fields") for one in run.out):
                repairs.say_resumed(run, top)
            top.interrupted = False
            run.given.setdefault("touched", []).append(top.draft)
            go_on(run, top)


def _next_pending(run: Run) -> bool:
    """Take up the oldest matter that waits. False: there is none."""
    if not run.state.pending:
        return False
    first = run.state.pending[0]
    set_pending(run, run.state.pending[1:])
    run.say("utter_other_issue", {"words": shown(str(first.get("text") or ""))})
    flow = str(first.get("flow") or "")
    intent = str(first.get("intent") or "")
    slots = dict(first.get("slots") or {})
    if not flow:
        started = run.store.flows.started_by(intent)
        if started is None:
            return True
        flow, slots = started[0], dict(started[1])
    run.named = False
    open_flow(run, flow, slots, str(first.get("text") or ""), intent)
    return True


def _age_offer(run: Run, commands: Sequence[Command]) -> None:
    """An offer may be accepted a turn later; after two turns about something else it is gone."""
    top = run.state.top
    if top is None or top.flow != "offer" or not commands:
        return
    age = int(top.data.get("age") or 0)
    if age >= 2:
        run.close(top)
    top.data["age"] = age + 1


__all__ = ["change", "come_back", "go_on", "learn_issue", "open_flow", "run_commands", "trouble"]
