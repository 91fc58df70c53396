"""Slot filling: values that a message told are put where they belong, into the frame that waits for them (H23)."""

from __future__ import annotations

from typing import Any

from dialogue import identity, people, repairs, told_early
from dialogue.case_notes import TOLD_PROOF
from dialogue.changes import change, frame_for
from dialogue.commands import Command
from dialogue.flows import Flow
from dialogue.matters import open_flow
from dialogue.outcome import Run
from dialogue.state import ASKED_NEXT, STOPPED, Frame
from dialogue.steps import put

#: Words about the goods that answer no question: they belong to the case, not to a frame.
DESCRIPTION = "description"


def fill(run: Run, command: Command) -> None:
    """Put values into open frames; a number that identifies is kept for whoever needs it."""
    for slot, value in command.slots.items():
        if slot in {"order_no", "proof"}:
            run.given[slot] = value
            if command.more.get("beside"):
                run.given["beside"] = list(command.more["beside"])
        elif slot == "among":
            identity.ask_which_of(run, [str(one) for one in value])
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
            take_evidence(run, value)
        elif "left" in command.more and value is None:
            _narrow(run, slot, [str(one) for one in command.more["left"]])
        elif slot == DESCRIPTION:
            repairs.note_remark(run, str(value))
        else:
            frame = frame_for(run, slot, str(command.more.get("flow") or ""))
            if frame is not None and command.more.get("begun"):
                _begun(run, frame, slot, str(_whole(command, run.store.flows.get(frame.flow), slot, value)))
            elif frame is not None:
                flow = run.store.flows.get(frame.flow)
                step = flow.step(frame.step) if flow else None
                waited = step is not None and step.name not in command.slots and frame is run.state.top
                frame.data.pop("begun", None)
                if flow is not None and flow.slots[slot].is_question and _asks_again(run, frame, slot, value):
                    continue
                change(run, frame, slot, _whole(command, flow, slot, value), beside=waited)
    if command.kind == "correct" and command.name:
        _wrong(run, command.name)
    if "order_no" in run.given or "proof" in run.given:
        run.state.digits = ""
        _identify_given(run)


def _asks_again(run: Run, frame: Frame, slot: str, value: Any) -> bool:
    """怎么寄 运费谁出: a second question of the same message to the form; it is answered after the first."""
    asked = run.given.setdefault("questions", [])
    if (frame.draft, slot) in asked:
        frame.data.setdefault(ASKED_NEXT, {}).setdefault(slot, []).append(value)
        return True
    asked.append((frame.draft, slot))
    frame.data.pop(ASKED_NEXT, None)
    return False


def _narrow(run: Run, slot: str, left: list[str]) -> None:
    """Ask again, with the choices that the words leave; with all of them, and why, where they leave none."""
    top = run.state.top
    if top is None:
        return
    top.data["left"] = {slot: left} if left else {}
    top.fails = 0
    run.say("utter_choices_left" if left else "utter_choices_none_fits")
    run.given.setdefault("touched", []).append(top.draft)


def _whole(command: Command, flow: Flow | None, slot: str, value: Any) -> Any:
    """The value, joined with what was told of it before (an address in two messages, its number corrected)."""
    is_address = flow is not None and flow.slots[slot].kind == "address"
    return command.more.get("merged") or value if is_address else value


def _more_digits(run: Run, digits: str) -> None:
    """A number that comes in pieces: what is there so far is said, the rest is awaited."""
    run.state.digits = digits
    run.say("utter_digits_more", {"digits": digits}, expects="order_no")
    run.asked = True


def _wrong(run: Run, slot: str) -> None:
    """地址写错了: the value is gone and asked for again."""
    frame = frame_for(run, slot)
    if frame is not None and frame.slots.get(slot) is not None:
        change(run, frame, slot, None)


def _begun(run: Run, frame: Frame, slot: str, value: str) -> None:
    """The first part of something long (an address): kept until the rest comes, which is asked for."""
    frame.data["begun"] = {slot: value}
    if frame.fails + 1 >= run.store.words.counts.failed_answers_before_person:
        repairs.not_an_answer(run)
        return
    frame.fails += 1
    run.given.setdefault("touched", []).append(frame.draft)


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
    frame = frame_for(run, "product")
    if frame is not None:
        frame.slots["product"] = sku
        run.given.setdefault("touched", []).append(frame.draft)


def take_evidence(run: Run, value: Any) -> None:
    """Pictures belong to the frame that asked for them; without one they wait for the next that needs some."""
    uploads = [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]
    frame = frame_for(run, "evidence")
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
            identity.note_beside(run, frame)
            frame.fails = 0
            run.given.setdefault("touched", []).append(frame.draft)
            return
    if proof and not order_no and run.state.customer is None:
        run.state.told[TOLD_PROOF] = str(proof)  # nothing waits for it yet
    own = run.scene.own_order(order_no)
    if own is not None:
        identity.in_hand(run, own)
        run.named = True
        of_it = [one for one in run.state.frames if one.order_no == own.order_no]
        run.given.setdefault("touched", []).extend(one.draft for one in of_it)  # what is open for it is meant


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
    if value == "no" and (run.given.get("corrected") or run.given.get("told_values")):
        return  # 先不提交 上午我才在家: what is told beside the no changes what is read back
    if flow is not None and step is not None and flow.slots[step.name].kind == "confirm":
        put(top, step.name, value)
        declined = step.blocks.get("declined", ())
        if value == "no" and any(one.ending is not None and one.ending.kind == "end" for one in declined):
            told_early.note_frame(run, top)
            run.state.told[STOPPED] = {"flow": top.flow, "intent": top.intent}
        top.fails = 0
        run.given.setdefault("touched", []).append(top.draft)


def _about_offer(run: Run, frame: Frame) -> None:
    """An offer accepted a turn later is about what it was made for, not about what was asked in between."""
    order = run.scene.outside.order(frame.order_no) if frame.order_no and run.state.customer else None
    if order is not None:
        identity.in_hand(run, order)
    category = run.store.categories.of_intent(frame.intent)
    if category.is_issue:
        run.state.learn(category=category.code)


def _say_declined(run: Run, frame: Frame, command: Command) -> None:
    """To a no: who leaves is let go kindly, a question beside it that nobody could read is asked for again."""
    if command.more.get("leaves"):
        run.say("utter_declined_leaves")
    elif command.more.get("asks"):
        run.say("utter_declined_not_understood")
    else:
        run.say("utter_ok_no_person" if frame.data.get("human") else "utter_ok_not_done")


def _begins_for_others(run: Run, frame: Frame) -> bool:
    """那转专员吧 还有电饭煲掉漆能换吗: a matter of other goods than the person was offered for, which is done first."""
    other = run.given.get("pointed") and run.state.order_no != frame.order_no
    return bool(other and run.given.get("begins"))


def _answer_offer(run: Run, frame: Frame, accepted: bool, command: Command) -> None:
    run.close(frame)
    people.forget_offer(run, {**frame.data, "order_no": frame.order_no})
    if not accepted and run.given.get("said_more"):
        return  # what is asked or told beside it is answered, the offer is closed without a word
    if not accepted:
        _say_declined(run, frame, command)
        run.asked = run.asked or not [one for one in run.state.frames if one.flow != "offer"]
        run.asked = run.asked and not run.state.pending
    elif frame.data.get("human") and _begins_for_others(run, frame):
        more = {"evidence": list(people.accepted(run, frame))}
        run.given["person"] = Command("human", str(frame.data["human"]), {}, frame.words, more)
    elif frame.data.get("human"):
        _about_offer(run, frame)
        people.hand_off(run, str(frame.data["human"]), people.accepted(run, frame))
    else:
        told = {slot: value for slot, value in command.slots.items() if slot != "ok"}
        slots = {**dict(frame.data.get("slots") or {}), **told}
        open_flow(run, str(frame.data["start"]), slots, frame.words, frame.intent, order_no=frame.order_no)
