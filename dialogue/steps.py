"""Runs the steps of one frame, from the first, until it waits for an answer or ends (docs/dialogue.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from aftersales.decisions import CHOICES, DECISIONS, WRITES, Decision
from aftersales.order_system.port import AfterSalesRequest, Refused
from dialogue import people, told_early
from dialogue.flows import Block, Flow, Step, Wording
from dialogue.inputs import inputs_for
from dialogue.outcome import Button, Card, Effect, Run
from dialogue.state import ASKED_NEXT, RECORDS, RECORDS_KEPT, WRITTEN, Frame
from dialogue.values import frame_values

#: A flow that jumps more often than this in one turn would never end; the check finds such flows.
_MOST_JUMPS = 50
#: What an answer to a question of this kind of slot is called in the contract (`expects`).
EXPECTS = {
    "confirm": "confirm",
    "order_no": "order_no",
    "proof": "phone_tail",
    "item": "item",
    "evidence": "evidence",
    "address": "address",
    "title": "invoice_title",
    "tax_no": "tax_no",
    "email": "email",
    "tracking_no": "tracking_no",
}
#: Slots of kind choice whose name is itself a value of `expects`.
_NAMED = frozenset({"reason", "condition", "solution"})


class FlowBroken(RuntimeError):
    """A flow cannot be run as written; designer.check names the place."""


@dataclass(frozen=True, slots=True)
class Jump:
    """Where a block leads: to a step, or away from the frame (step is None)."""

    step: str | None


def advance(run: Run, frame: Frame, flow: Flow) -> str | None:
    """Run the frame's steps. Returns the name of a flow to link to, or None when it waits, ended or was handed off."""
    at, jumps = 0, 0
    frame.step = None
    while at < len(flow.steps):
        step = flow.steps[at]
        at += 1
        if not holds(step.condition, frame.slots):
            continue
        blocks: Sequence[Block] = step.blocks.get("", ())
        if step.kind == "collect":
            value = frame.slots.get(step.name)
            if value is not None and not _still_a_choice(run, frame, flow, step, str(value)):
                frame.slots.pop(step.name)
                value = None
            if value is None:
                ask(run, frame, flow, step)
                return None
            blocks = _answered(frame, flow, step, value)
        elif step.kind == "decide":
            answers = any(name in flow.slots and flow.slots[name].is_question for name in step.condition)
            blocks = _decided(run, frame, step)
            if answers:  # what the customer asks is answered as often as it is asked
                frame.told = [one for one in frame.told if not _is_of(one, blocks, frame)]
        elif step.kind == "branch":
            value = frame.slots.get(step.name)
            blocks = _chosen(
                step, str(value) if value is not None else "unset", "set" if value is not None else ""
            )
        elif step.kind == "write":
            blocks = _written(run, frame, flow, step)
        jump = do_blocks(run, frame, flow, blocks)
        if jump is None:
            if step.kind == "decide" and _asks_next(frame, step):
                at -= 1
            continue
        if jump.step is None:
            return str(frame.data.pop("link")) if frame.data.get("link") else None
        at = next((place for place, one in enumerate(flow.steps) if one.id == jump.step), len(flow.steps))
        jumps += 1
        if jumps > _MOST_JUMPS:
            raise FlowBroken(f"{flow.file}:{step.line} {flow.id} 一直在跳来跳去")
        if flow.steps[at].kind == "collect" and frame.slots.get(flow.steps[at].name) is None:
            ask(run, frame, flow, flow.steps[at])
            return None
    run.close(frame)
    return None


def _asks_next(frame: Frame, step: Step) -> bool:
    """Is there another question of the same message that this step answers? It is the one that is asked now."""
    waiting: dict[str, list[Any]] = frame.data.get(ASKED_NEXT) or {}
    for slot in step.condition:
        if waiting.get(slot) and frame.slots.get(slot) is None:
            frame.slots[slot] = waiting[slot].pop(0)
            return True
    return False


def _still_a_choice(run: Run, frame: Frame, flow: Flow, step: Step, value: str) -> bool:
    """May the value of a choice still be chosen? A designer may have taken it out of the data meanwhile."""
    spec = flow.slots[step.name]
    if spec.kind != "choice" or value in (step.skip, step.rest):
        return True
    known = {*run.store.words.codes(spec.words), *spec.choices, *step.choices}
    return not known or value in known or value in (options_of(run, frame, step) if step.choices_from else ())


def holds(condition: Mapping[str, tuple[str, ...]], slots: Mapping[str, Any]) -> bool:
    """Is every slot of the condition one of its values (`set`, `unset` or the value itself)?"""
    for name, wanted in condition.items():
        value = slots.get(name)
        fits = "unset" in wanted if value is None else "set" in wanted or str(value) in wanted
        if not fits:
            return False
    return True


def ask(run: Run, frame: Frame, flow: Flow, step: Step) -> None:
    """Ask the question of a collect step and wait."""
    frame.step = step.id
    for name, other in flow.slots.items():
        # a yes or no belongs to the question that was asked, not to a later one
        if other.kind == "confirm":
            frame.slots.pop(name, None)
    options = options_of(run, frame, step)
    if options:
        frame.data["names"] = {**frame.data.get("names", {}), step.name: options}
    buttons = [
        Button(label, f"/choose{json.dumps({'slot': step.name, 'value': code}, ensure_ascii=False)}")
        for code, label in options.items()
    ]
    values = frame_values(run, frame, flow)
    _say_way_on(run, frame, flow, step)
    response = step.ask.chosen(frame.slots)
    begun = (frame.data.get("begun") or {}).get(step.name)
    if _was_read_back(run, frame, step, response, values):
        buttons = [
            Button(run.store.words.label("agreed", code).format(verb=step.verb), payload)
            for code, payload in (("verb", "/affirm"), ("not_verb", "/deny"))
        ]
        values = {**values, "verb": step.verb}
        run.say("utter_read_back_again", values, buttons=buttons, expects=expects_of(flow, step))
    elif begun:  # the first part is there: only the rest is asked for
        run.say(f"utter_begun_{step.name}", {**values, "value": str(begun)}, expects=expects_of(flow, step))
    else:
        run.say(response, values, buttons=buttons, expects=expects_of(flow, step))
    run.asked = True


def _was_read_back(run: Run, frame: Frame, step: Step, response: str, values: Mapping[str, Any]) -> bool:
    """Was the very same read back just now, and something else answered since? Then only the yes is asked for. It is read
    in full again when a value changed, when that is asked for, and when another order or another form came between."""
    if not step.verb:
        return False
    content = content_of(run, response, values)
    before = frame.data.get("read_back")
    frame.data["read_back"] = content
    left = (
        run.given.get("on_top") != frame.draft
    )  # something else was open meanwhile: which one it is, is said again
    return before == content and not run.given.get("in_full") and not left and bool(run.out)


def content_of(run: Run, response: str, values: Mapping[str, Any]) -> str:
    """The response with what it names, as a mark."""
    named = run.store.responses.get(response, frozenset(values))
    content = "|".join(f"{name}={values.get(name, '')}" for name in sorted(named))
    return f"{response}:{crc32(content.encode()):08x}"


def _say_way_on(run: Run, frame: Frame, flow: Flow, step: Step) -> None:
    """The same question once more, whatever came between: who cannot answer it is shown another way (H43)."""
    if flow.slots[step.name].kind == "confirm":
        return
    asked: dict[str, int] = dict(frame.data.get("asks") or {})
    asked[step.id] = asked.get(step.id, 0) + 1
    frame.data["asks"] = asked
    if asked[step.id] == run.store.words.counts.asked_way_on:
        run.say("utter_way_on", buttons=[Button(run.store.words.label("agreed", "human"), "/ask_human")])


def expects_of(flow: Flow, step: Step) -> str:
    """What the answer to a question is called in the contract."""
    kind = flow.slots[step.name].kind
    return step.expects or EXPECTS.get(kind) or (step.name if step.name in _NAMED else "clarify")


def options_of(run: Run, frame: Frame, step: Step) -> dict[str, str]:
    """The choices of a question: code -> label."""
    if not step.choices_from:
        return dict(step.choices)
    source = CHOICES[step.choices_from]
    found = dict(source.run(inputs_for(run, frame, source.needs)))
    left = (frame.data.get("left") or {}).get(step.name) or found  # what the customer's words left of them
    return {code: label for code, label in found.items() if code in left} or found


def do_blocks(run: Run, frame: Frame, flow: Flow, blocks: Sequence[Block]) -> Jump | None:
    """Do blocks until one leads away; None: go on with the next step."""
    for block in blocks:
        if not holds(block.condition, frame.slots):
            continue
        jump = _do(run, frame, flow, block)
        if jump is not None:
            return jump
    return None


def _do(run: Run, frame: Frame, flow: Flow, block: Block) -> Jump | None:
    values = frame_values(run, frame, flow)
    for fact, value in block.learn.items():
        run.state.learn(**{fact: value.format(**values) if isinstance(value, str) else value})
    for slot, value in block.put.items():
        put(frame, slot, value)
    for kind in block.cards:
        _card(run, frame, kind)
    ending = block.ending
    offers = ending is not None and ending.kind in {"offer", "offer_person", "hand_off", "ticket"}
    for wording in block.say[: len(block.say) - 1 if offers else None]:
        say_once(run, frame, flow, wording)
    last = block.say[-1].chosen(frame.slots) if block.say and offers else ""
    if ending is None:
        return None
    if ending.kind == "go":
        return Jump(ending.name)
    run.close(frame)
    if ending.kind == "link":
        frame.data["link"] = ending.name
        frame.data["link_slots"] = dict(ending.slots)
    elif ending.kind == "offer" and run.state.frame(ending.name) is None:
        # what is open already is not offered
        people.offer(run, last, frame_values(run, frame, flow), start=ending.name, frame=frame)
        run.state.frames[-1].data["slots"] = dict(ending.slots)
    elif ending.kind == "offer_person":
        people.offer(run, last, frame_values(run, frame, flow), human=ending.name, frame=frame)
    elif ending.kind == "hand_off":
        words = str(run.state.facts.get("description") or frame.words)
        people.hand_off(run, ending.name, [words[-200:]], last, frame_values(run, frame, flow))
    elif ending.kind == "ticket":
        people.leave_ticket(run, last or "utter_ticket")
    elif ending.kind == "close":
        people.close_conversation(run)
    return Jump(None)


def put(frame: Frame, slot: str, value: Any) -> None:
    """Set or (None) clear a slot; `item` also is the frame's line of the order."""
    if value is None:
        frame.slots.pop(slot, None)
    else:
        frame.slots[slot] = value


def say_once(run: Run, frame: Frame, flow: Flow, wording: Wording) -> None:
    """Say it unless this frame has said it with the same content before."""
    response = wording.chosen(frame.slots)
    if not response:
        return
    values = frame_values(run, frame, flow)
    mark = content_of(run, response, values)
    # what refuses a wish is said however often it is wished
    again = run.was_refused(frame) and mark not in run.said_now
    if mark in frame.told and not again:
        return
    run.said_now.add(mark)
    frame.told = [*(one for one in frame.told if one != mark), mark]
    run.say(response, values)


def _is_of(mark: str, blocks: Sequence[Block], frame: Frame) -> bool:
    """Is it the mark of what these blocks say?"""
    said = {wording.chosen(frame.slots) for block in blocks for wording in block.say}
    return mark.rpartition(":")[0] in said


def _answered(frame: Frame, flow: Flow, step: Step, value: Any) -> Sequence[Block]:
    spec = flow.slots[step.name]
    if spec.kind == "confirm":
        if value == "no":
            frame.slots.pop(step.name, None)
            return step.blocks.get("declined", ())
        return step.blocks.get("confirmed", ())
    return step.blocks.get(str(value), ()) if isinstance(value, (str, int, bool)) else ()


def _chosen(step: Step, *outcomes: str) -> Sequence[Block]:
    for outcome in outcomes:
        if outcome in step.blocks:
            return step.blocks[outcome]
    return step.blocks.get("otherwise", ())


def _take(run: Run, frame: Frame, found: Decision) -> None:
    run.values.update(found.values)
    run.state.learn(**found.facts)
    for slot, value in found.slots.items():
        put(frame, slot, value)


def _decided(run: Run, frame: Frame, step: Step) -> Sequence[Block]:
    spec = DECISIONS.get(step.name)
    if spec is None:
        raise FlowBroken(f"没有这个判断：{step.name}")
    found = spec.run(inputs_for(run, frame, spec.needs))
    run.note(f"{frame.flow}.{step.id} {step.name} → {found.outcome}")
    _take(run, frame, found)
    return _chosen(step, found.outcome)


def _written(run: Run, frame: Frame, flow: Flow, step: Step) -> Sequence[Block]:
    """Write once, with the frame's draft as key (H28)."""
    spec = WRITES.get(step.name)
    if spec is None:
        raise FlowBroken(f"没有这个写操作：{step.name}")
    inputs = inputs_for(run, frame, spec.needs)
    result: AfterSalesRequest | Refused = run.scene.outside.write(
        step.name, frame.draft, dict(spec.draft(inputs))
    )
    if isinstance(result, Refused):
        run.note(f"{frame.flow}.{step.id} {step.name} → refused {result.code}")
        run.values["why"] = result.message
        return step.blocks.get(result.code) or step.blocks.get("refused", ())
    run.request = run.made[result.request_no] = result
    found = spec.done(inputs, result)
    run.note(f"{frame.flow}.{step.id} {step.name} → {found.outcome} {result.request_no}")
    run.values.update({"request_no": result.request_no, "next": result.next, **found.values})
    _take(run, frame, found)
    if found.outcome not in spec.unchanged:
        summary = spec.summary(inputs, result)
        run.out.append(Effect(spec.effect, frame.draft, result.request_no, result.order_no, summary))
    told_early.forget(run, flow)
    _remember(run, frame, result)
    run.state.asked = []
    return _chosen(step, found.outcome, "done")


def _remember(run: Run, frame: Frame, made: AfterSalesRequest) -> None:
    """What was written, for a question about it and for a correction of a part of it."""
    before = run.state.told.get(WRITTEN) or {}
    again = (before.get("flow"), before.get("order_no")) == (frame.flow, made.order_no)
    run.state.told[WRITTEN] = {
        "flow": frame.flow,
        "order_no": made.order_no,
        "request_no": made.request_no,
        "slots": dict(frame.slots),
        "known": {**(before.get("known") or {} if again else {}), **frame.slots},
    }
    record = {name: run.state.told[WRITTEN][name] for name in ("flow", "order_no", "request_no", "slots")}
    record |= {"kind": made.kind, "before": _before(run, frame, made)}
    if made.state == "withdrawn":  # what had been written, and its taking back, are both over
        for one in [record, *(run.state.told.get(RECORDS) or [])]:
            if one["request_no"] == made.request_no:
                one["taken_back"] = True
    kept = [
        one
        for one in run.state.told.get(RECORDS) or []
        if one["request_no"] != made.request_no or one["flow"] != frame.flow
    ]
    run.state.told[RECORDS] = [*kept, record][-RECORDS_KEPT:]


def _before(run: Run, frame: Frame, made: AfterSalesRequest) -> dict[str, str]:
    """What the order had for the slots that name a part of it, before this was written; for the way back."""
    order = run.scene.own_order(made.order_no)
    had = {"address": order.address, "receiver": order.name} if order is not None else {}
    return {slot: value for slot, value in had.items() if frame.slots.get(slot) not in (None, value)}


def _card(run: Run, frame: Frame, kind: str) -> None:
    outside, order_no = run.scene.outside, frame.order_no or run.state.order_no
    if kind == "request":
        request = run.request
        if request is None and order_no:
            listed = outside.requests(order_no)
            wanted = frame.slots.get("request_no")
            request = next((one for one in listed if one.request_no == wanted), listed[0] if listed else None)
        if request is not None:
            run.out.append(Card("request", request))
        return
    mark = f"{kind}:{order_no}"  # the matter goes on: it stands above already
    if not order_no or mark in frame.told:
        return
    frame.told = [*frame.told, mark]
    if kind == "order":
        run.out.append(Card("order", outside.order(order_no)))
    else:
        parcel = outside.parcel(order_no)
        if parcel is not None:
            run.out.append(Card("logistics", parcel, stalled=frame.slots.get("stalled") is True))
