"""Runs the commands of a turn against the stack of frames, then goes back to what is still open.

Order within a turn: what concerns open frames (set, correct, skip, undo, cancel), then what is only told (look-ups, small
talk), then what begins something, then back to the top frame, then to matters that wait. A question of ours ends the turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dialogue import identity, people, repairs, social, told_early, waiting
from dialogue.changes import change, frame_for, of_named_order
from dialogue.commands import Command
from dialogue.knowledge import OF_NUMBERS
from dialogue.matters import (
    FOUND_ORDER,
    PATTERNS,
    answer_again,
    answer_before_offer,
    answer_something,
    come_back,
    go_on,
    open_flow,
    take_up,
    without_order,
)
from dialogue.outcome import Run
from dialogue.slot_filling import fill, take_evidence
from dialogue.state import DOUBTFUL, OFFERS, RECORDS, STOPPED, WRITTEN, Frame
from dialogue.steps import put
from dialogue.waiting import set_pending
from dialogue.written import tell_which, tell_written

#: The slot with the parts that alone are to be sent.
_PART = "part"
#: The look-up for goods that the store does not have.
NOT_SOLD = "not_sold"


def run_commands(run: Run, commands: Sequence[Command]) -> None:
    """Do all of it; the outcome is in `run`."""
    run.given["offers"] = list(run.state.told.get(OFFERS) or ())
    run.given["on_top"] = run.state.top.draft if run.state.top is not None else None
    if run.state.top is not None and run.state.top.flow in identity.FINDING:
        run.given["waited"] = next(
            (one.draft for one in reversed(run.state.frames) if one.flow not in PATTERNS), None
        )
    if any(one.kind == "clarify" for one in commands):  # which of two it is comes before any small talk
        commands = [one for one in commands if one.kind != "chat"]
    commands = _each_with_its_order(run, _read_back_again(run, commands))
    commands = sorted(commands, key=lambda one: not _tells_part(one))  # what the solution beside it is called
    run.given["told_values"] = any(_tells_value(run, one) for one in commands)
    _pass_over_offer(run, commands)
    _ask_anew(run, commands)
    run.given["proof_told"] = any("proof" in one.slots for one in commands)
    run.given["way_told"] = any(_tells_way(one) for one in commands)
    run.given["said_more"] = any(_says_more(one) for one in commands)
    run.given["begins"] = any(one.kind == "start" for one in commands)
    run.given["matters"] = [one.words for one in commands if one.kind in {"start", "answer"}]
    for order in _ORDER:
        for command in commands:
            if command.kind in order and not run.ended:
                _DO[command.kind](run, command)
    if not run.ended and _confirmed(run):
        # 对的 多久能收到: what was confirmed is done first
        go_on(run, run.state.frames[-1])
    if not run.ended:
        take_up(run, [one for one in commands if one.kind in {"start", "answer"}])
    _person_taken(run, commands)
    if run.given.get("later") and not (run.asked or run.ended):
        social.take_your_time(run)
    if (
        not run.ended
        and not run.asked
        and not run.given["way_told"]
        and _only_numbers(run, commands)
        and not answer_again(run)
    ):
        open_flow(run, FOUND_ORDER, {}, run.words, "give_order_no")
    come_back(run)
    answer_before_offer(run)
    social.settle_note(run)
    run.drop_refused()
    if not run.out:
        answer_something(run)
    _age_offer(run, commands)


def _each_with_its_order(run: Run, commands: Sequence[Command]) -> Sequence[Command]:
    """扫地机器人坏了 电饭煲也有问题: several orders in one message. Each matter is about the order named with it; an order
    named without a matter of its own shares the one before, unless that is about both (买重了 取消14 15的留着)."""
    named = [one for one in commands if one.kind == "focus" and one.slots.get("order")]
    if len({one.slots["order"] for one in named}) < 2:
        return commands
    matters = [one for one in commands if one.kind in {"start", "answer"}]
    if len(matters) == 1 and run.store.words.hit(
        "quantity.each", run.words
    ):  # 水壶和吹风机都取消: all of them share it
        before = commands[: commands.index(matters[0])]
        shared = [one for one in named if one in before][1:]
        commands = [*[one for one in commands if one not in shared], *shared]
    found: list[Command] = []
    order, last, used = None, None, set[str]()
    for one in commands:
        if one in named:
            order = str(one.slots["order"])
            alone = last is not None and last.more["of_order"] != order and order not in used
            if last is not None and alone and not _is_about_both(run, last):
                last = replace(last, words=one.words, more={**last.more, "of_order": order})
                found.append(last)
                used.add(order)
            continue
        if one.kind in {"start", "answer"}:
            order = order or str(named[0].slots["order"])
            last = replace(one, more={**one.more, "of_order": order})
            used.add(order)
            found.append(last)
        else:
            found.append(one)
    return [named[0], *found] if last is not None else commands


def _is_about_both(run: Run, matter: Command) -> bool:
    """Does its flow compare orders with the same goods?"""
    flow = run.store.flows.get(matter.name)
    return flow is not None and flow.needs.doubled


def _tells_way(command: Command) -> bool:
    """Will it be told where the order's number is, or how to go on without it? Then it is not asked for again in the same turn."""
    if command.kind == "skip":
        return command.name in identity.NUMBERS
    return command.kind == "answer" and command.slots.get("entry") in OF_NUMBERS


def _says_more(command: Command) -> bool:
    """Is it more than a yes, a no, a nod and what is talked about?"""
    return command.kind not in {"focus", "unclear"} and not (
        set(command.slots) == {"ok"}
        or (command.kind == "chat" and command.name in {"affirm", "deny", "thanks", "later"})
    )


def _tells_part(command: Command) -> bool:
    return command.kind in {"set", "correct"} and _PART in command.slots


def _tells_value(run: Run, command: Command) -> bool:
    """Does it fill or change a slot of the form that is read back, other than by a question of the customer's?"""
    flow = run.store.flows.get(run.state.top.flow) if run.state.top is not None else None
    if flow is None or command.kind not in {"set", "correct"}:
        return False
    specs = [flow.slots[slot] for slot in command.slots if slot in flow.slots]
    return any(one.kind not in {"confirm", "text"} and not one.is_question for one in specs)


def _confirmed(run: Run) -> bool:
    """Was a yes said to what the top frame reads back, or a no that ends it?"""
    top = run.state.top
    flow = run.store.flows.get(top.flow) if top else None
    if top is None or flow is None or top.flow in PATTERNS:
        return False
    step = flow.step(top.step)
    if step is None or flow.slots[step.name].kind != "confirm":
        return False
    said, declined = top.slots.get(step.name), step.blocks.get("declined", ())
    ends = any(one.ending is not None and one.ending.kind == "end" for one in declined)
    return said == "yes" or (said == "no" and ends)


def _read_back_again(run: Run, commands: Sequence[Command]) -> Sequence[Command]:
    """收件人改成李雷, to "确认修改吗": what changes what was read back is no yes to it, it is read back anew; what is only
    asked beside the yes changes nothing."""
    top = run.state.top
    if top is None or top.flow in PATTERNS:
        return commands
    flow = run.store.flows.get(top.flow)
    kinds = {name: spec.kind for name, spec in flow.slots.items()} if flow else {}
    told = {slot for one in commands if one.kind in {"set", "correct"} for slot in one.slots}
    if "yes" not in [one.slots.get("ok") for one in commands]:
        return commands
    if any(one.more.get("depends") for one in commands):  # answered first, then the yes is asked for again
        held = _without_yes(commands)
        more = any(one.kind != "focus" for one in held)
        return held if more else [*held, Command("explain", more={"why": "condition"})]
    asks = {name for name, spec in flow.slots.items() if spec.is_question} if flow else set()
    kept_beside = (None, "text", "confirm", "wished_time")  # 提交吧 星期四上午我在家
    if not [slot for slot in told - {"ok"} - asks if kinds.get(slot) not in kept_beside]:
        return commands
    return _without_yes(commands)


def _without_yes(commands: Sequence[Command]) -> list[Command]:
    kept = [replace(one, slots={k: v for k, v in one.slots.items() if k != "ok"}) for one in commands]
    return [one for one in kept if one.slots or one.kind != "set"]


def _only_numbers(run: Run, commands: Sequence[Command]) -> bool:
    """A number was told, nothing waits for it and nothing was asked for: the order itself is what is wanted."""
    told = "order_no" in run.given or ("proof" in run.given and run.state.customer is None)
    matters = any(one.kind in {"start", "answer", "clarify", "chat"} for one in commands)
    return told and not matters and not run.given.get("touched")


# -- commands on open frames ---------------------------------------------------------------------------------------
def _focus(run: Run, command: Command) -> None:
    """The order or line that the message is about."""
    order_no = command.slots.get("order")
    own = run.scene.own_order(order_no)
    if own is not None:
        identity.in_hand(run, own)
        run.named = run.given["pointed"] = True
        if command.more.get("instead"):
            _move(run, own.order_no)
    if command.slots.get("product"):
        run.state.sku = str(command.slots["product"])
    item = command.slots.get("item")
    if item:
        run.state.item_id = run.given["item"] = str(item)


def _move(run: Run, order_no: str) -> None:
    """不是这单，是另一单: the form that is open goes on for the other order; what was chosen about the goods stays."""
    frame = next((one for one in reversed(run.state.frames) if one.flow not in PATTERNS), None)
    if frame is None or frame.order_no in (None, order_no):
        return
    frame.order_no, frame.item_id, frame.told, frame.fails = order_no, None, [], 0
    frame.slots.pop("item", None)
    run.given.setdefault("touched", []).append(frame.draft)


def _skip(run: Run, command: Command) -> None:
    """没有 / 跳过, where the step allows it; who cannot tell a number is shown another way."""
    frame = frame_for(run, command.name) if command.name else run.state.top
    flow = run.store.flows.get(frame.flow) if frame else None
    if command.more.get("no_order"):
        without_order(run)
        return
    if command.name in identity.NUMBERS and (frame is None or frame.flow == identity.IDENTIFY):
        identity.without_number(run, frame, command.name, partial=bool(command.more.get("partial")))
        return
    if frame is None or flow is None:
        return
    step = next((one for one in flow.steps if one.collect and one.name == (command.name or frame.step)), None)
    if step is None or step.skip is None:
        repairs.not_an_answer(run)
    elif step.name == "evidence":
        take_evidence(run, step.skip)
    else:
        change(run, frame, step.name, step.skip)


def _undo(run: Run, command: Command) -> None:
    """Back to what a slot was before the last change; to what the named one was (我没改抬头)."""
    run.given["in_full"] = True
    drafts = {one.draft: one for one in run.state.frames}
    for last in reversed(run.state.undo):
        frame = drafts.get(str(last["draft"]))
        if frame is None or (command.name and last["slot"] != command.name):
            continue
        run.state.undo.remove(last)
        put(frame, str(last["slot"]), last["before"])
        for slot, value in (last.get("lost") or {}).items():
            frame.slots.setdefault(slot, value)
        run.given.setdefault("touched", []).append(frame.draft)
        run.say("utter_undone")
        return
    done = run.store.flows.get(str((run.state.last or {}).get("flow") or ""))
    if done is not None and "undo" in done.slots and not run.state.frames:
        open_flow(run, done.id, {"undo": "yes"}, run.words, str((run.state.last or {}).get("intent") or ""))
        return
    run.say("utter_nothing_to_undo")
    run.asked = run.state.top is None


def _named_frame(run: Run, command: Command) -> Frame | None:
    """The open frame that a command names, of the order that the message names; the top one when it names none."""
    if not command.name:
        return run.state.top
    return of_named_order(run, [one for one in reversed(run.state.frames) if one.flow == command.name])


def _cancel(run: Run, command: Command) -> None:
    """Give up what is open; nothing is written, the way back is named."""
    frame = _named_frame(run, command)
    if frame is not None and frame.flow in PATTERNS:
        run.close(frame)
        frame = run.state.top if frame.flow in identity.FINDING else None
    if frame is None:
        run.say("utter_stopped")
        run.asked = not (run.state.pending or run.state.frames)
        return
    while run.state.top is not None and run.state.top is not frame and run.state.top.flow in PATTERNS:
        run.close(run.state.top)
    run.close(frame)
    told_early.note_frame(run, frame)
    flow = run.store.flows.get(frame.flow)
    run.state.told[STOPPED] = {"flow": frame.flow, "intent": frame.intent}
    code = run.store.categories.of_intent(frame.intent).code
    of_intent = run.store.categories.of_intent
    set_pending(run, [one for one in run.state.pending if of_intent(str(one["intent"])).code != code])
    written = run.state.told.get(WRITTEN) or {}
    if frame.data.get(DOUBTFUL) or (command.more.get("disowned") and frame.order_no is None):
        # 没人发错货: nothing was begun for the customer, so nothing is given up
        if not run.given["matters"]:
            run.say("utter_deny_nothing")
    elif (written.get("flow"), written.get("order_no")) == (frame.flow, frame.order_no):
        run.say("utter_change_stopped", {"request_no": str(written.get("request_no") or "")})
    elif flow is not None and not flow.is_lookup:
        written_before = run.state.told.get(RECORDS)  # nothing of that is undone
        stopped = "utter_form_stopped_beside" if written_before else "utter_form_stopped"
        run.say(stopped, {"flow": flow.name, "form": flow.name})
    else:
        run.say("utter_stopped")
    run.asked = not (run.state.pending or run.state.frames)


# -- commands that only tell ---------------------------------------------------------------------------------------
def _explain(run: Run, command: Command) -> None:
    if command.more.get("why") == "condition":
        repairs.condition_unknown(run)
        return
    repairs.explain(run, asks_else=command.more.get("why") == "question")


def _chat(run: Run, command: Command) -> None:
    social.chat(run, command.name)


def _human(run: Run, command: Command) -> None:
    if "taken" in command.more:
        run.given["person"] = command  # after what else the message answers
        return
    identity.verify_told(run)
    if command.more.get("own_mistake"):
        people.own_mistake(run)
        return
    if command.name == "no_progress" and command.more.get("calm") and not run.state.misses:
        repairs.unclear(
            run
        )  # by the judgement of the session only: said honestly first, with a way to a person
        return
    evidence = command.more.get("evidence") or []
    people.bring(run, command.name, [str(one) for one in evidence], str(command.more.get("found") or ""))


def _ticket(run: Run, _: Command) -> None:
    people.leave_ticket(run)


def _clarify(run: Run, command: Command) -> None:
    repairs.clarify(run, [one.strip() for one in command.name.split(",")])


def _resume(run: Run, command: Command) -> None:
    """接着说退货: that frame is on top again; questions above it that only it did not need are dropped."""
    frame = _named_frame(run, command)
    if not command.name:
        open_frames = [one for one in reversed(run.state.frames) if one.flow not in PATTERNS]
        frame = of_named_order(run, open_frames) or frame
    if frame is None or run.given.get("corrected"):  # what was corrected below stays below
        return
    above = run.state.frames[run.state.frames.index(frame) + 1 :]
    for one in above:
        if one.flow in PATTERNS:
            run.close(one)
    run.close(frame)
    run.state.frames.append(frame)


def _repeat(run: Run, command: Command) -> None:
    """What was asked, told or done last, again."""
    last = run.state.last
    run.given["in_full"] = True
    if "wished_time" in command.slots:
        run.say("utter_wished_time_stands", {"value": str(command.slots["wished_time"])})
    if command.name == WRITTEN:
        tell_written(run, command.more)
        return
    if command.name == "which":
        tell_which(run)
        return
    if run.state.top is None and run.state.resolution and not last:
        social.tell_resolution(run)
    elif run.state.top is None and last and last.get("flow"):
        open_flow(run, str(last["flow"]), {}, run.words, str(last["intent"]), order_no=last.get("order_no"))
    elif run.state.top is None:
        run.say("utter_only_marks")
        run.asked = True


def _unclear(run: Run, command: Command) -> None:
    repairs.unclear(run, command.name)


def _person_taken(run: Run, commands: Sequence[Command]) -> None:
    """A person who was offered before is wanted beside another answer: that is done first, and the question that it leads to
    as well."""
    for one in commands:
        if "taken" in one.more:
            people.forget_offer(run, run.given["offers"][one.more["taken"]])
    command = run.given.get("person")
    if command is None or run.ended:
        return
    if not any(one.kind in {"set", "correct", "skip"} for one in commands):
        identity.verify_told(run)
    elif not run.asked and run.state.top is not None and run.state.top.flow not in PATTERNS:
        go_on(run, run.state.top)
    if run.asked and not run.ended and len(commands) > 1:
        waiting.put_person_off(run, command)
    elif not run.ended:
        people.hand_off(run, command.name, list(command.more.get("evidence") or [run.words]))


def _nothing(run: Run, command: Command) -> None:
    return


_DO: Mapping[str, Callable[[Run, Command], None]] = {
    "focus": _focus,
    "set": fill,
    "correct": fill,
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


def _pass_over_offer(run: Run, commands: Sequence[Command]) -> None:
    """Who answers the form beneath an offer (the new address, while we offer to urge) has no use for the offer."""
    top = run.state.top
    below = {one.flow for one in run.state.frames[:-1]}
    if (
        top is not None
        and top.flow == "offer"
        and any(one.kind in {"set", "correct"} and one.more.get("flow") in below for one in commands)
    ):
        run.close(top)


def _ask_anew(run: Run, commands: Sequence[Command]) -> None:
    """羽绒服充绒量多少, to "which product is it?": a new question about goods; the one that waits for its product is dropped."""
    flows, frames = run.store.flows, run.state.frames
    asked = [flows.get(one.name) for one in commands if one.kind == "answer"]
    if len(frames) < 2 or frames[-1].flow != identity.WHICH_PRODUCT:
        return
    below = flows.get(frames[-2].flow)
    about_goods = any(one is not None and (one.needs.product or one.id == NOT_SOLD) for one in asked)
    if below is not None and below.is_lookup and about_goods:
        for frame in frames[-2:]:
            run.close(frame)


def _age_offer(run: Run, commands: Sequence[Command]) -> None:
    """An offer may be accepted a turn later; after two turns about something else it is gone."""
    top = run.state.top
    if top is None or top.flow != "offer" or not commands:
        return
    if all(one.kind == "explain" for one in commands):  # what is asked about the offer keeps it
        return
    age = int(top.data.get("age") or 0)
    if age >= 2:
        run.close(top)
    top.data["age"] = age + 1
