"""The arbiter: readings → commands. The only place that compares what a message could mean.

Every reading becomes a candidate with a utility (data/dialogue/arbiter.yml). The best is taken, then the next that does not
rest on the same words, until nothing reaches `act`. So 律师 inside an invoice title is no threat, and "不想要了，顺便问下运费谁出"
is an answer and a question. The trace tells of each candidate whether it won, and why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dialogue.arbiter import Arbiter
from dialogue.commands import Command
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import Frame

#: Slots whose values are numbers that identify somebody or something.
_NUMBERS = frozenset({"order_no", "proof", "tracking_no", "phone", "tax_no", "email", "digits"})
#: Kinds of slots that are often told in one breath.
_PARTS = frozenset({"address", "receiver", "phone", "title", "tax_no", "email"})
#: Watchers that bring a person at once, by the reason of the contract; anything else has its own meaning.
_PEOPLE = {
    "safety": "safety",
    "threat": "threat",
    "human": "requested",
    "privacy": "privacy",
    "anger": "anger",
    "no_progress": "no_progress",
    "repeat": "repeat",
    "misunderstood": "misunderstood",
    "unsure": "unsure",
}
#: Kinds that leave no room for anything but numbers and what is being talked about.
_ALONE = frozenset({"human", "ticket", "cancel", "undo", "explain", "unclear"})
_BESIDE = frozenset({"number", "focus"})
_PATTERNS = frozenset({"identify", "which_order", "which_item", "which_product", "offer", "clarify"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A command that the message could mean."""

    kind: str  # of arbiter.KINDS
    command: Command
    span: Span
    features: Mapping[str, float]
    utility: float
    source: str
    whole: bool = False  # rests on the message as a whole: gives way to what rests on words


@dataclass
class Decision:
    """The commands of a turn, and why: one line a candidate."""

    commands: list[Command]
    trace: list[dict[str, Any]] = field(default_factory=list)


def decide(scene: Scene, readings: Sequence[Reading], arbiter: Arbiter) -> Decision:
    """Choose the commands of this turn."""
    if scene.message.kind == "button":
        return Decision(pressed(scene))
    candidates = sorted(
        _candidates(scene, readings, arbiter), key=lambda one: (-_rank(one, arbiter), -one.utility)
    )
    taken: list[Candidate] = []
    trace: list[dict[str, Any]] = []
    for one in candidates:
        why = _against(scene, one, taken, arbiter)
        if not why:
            taken.append(one)
        trace.append(
            {
                "command": one.command.written(),
                "utility": round(one.utility, 2),
                "source": one.source,
                **({"span": list(one.span)} if one.span != (0, 0) else {}),
                **({"lost": why} if why else {"won": True}),
            }
        )
    commands = _joined(one.command for one in sorted(taken, key=lambda one: one.span))
    asked = _ambiguous(scene, candidates, taken, arbiter)
    if asked:
        commands = [one for one in commands if one.kind not in {"start", "answer"}]
        commands.append(Command("clarify", ", ".join(asked), words=scene.text))
    if not commands or all(one.kind == "focus" for one in commands):
        commands += _otherwise(scene, readings)
    return Decision(commands, trace)


def _rank(one: Candidate, arbiter: Arbiter) -> int:
    """2: an answer to our question in words of its own, which no word inside it can turn into something else. 1: a danger, a
    threat, the wish for a person. 0: everything else."""
    sure = arbiter.limits["sure_answer"]
    if one.kind == "set_asked" and not one.whole and one.utility >= sure and _PARTS & set(one.command.slots):
        return 2
    return 1 if one.command.kind == "human" and one.utility >= arbiter.limits["act"] else 0


# -- buttons ---------------------------------------------------------------------------------------------------------
def pressed(scene: Scene) -> list[Command]:
    """The commands of a button that we issued."""
    message, payload = scene.message, scene.message.payload
    top = scene.top
    if message.intent == "choose":
        slot, value = str(payload.get("slot")), payload.get("value")
        frame = _owner(scene, slot)
        filled = frame is not None and frame.slots.get(slot) not in (None, value)
        return [Command("correct" if filled else "set", "", {slot: value}, message.text)]
    if message.intent in {"affirm", "deny"}:
        if top is not None and top.flow == "clarify":
            return [Command("set", "", {"chosen": "none"})]
        return [Command("set", "", {"ok": "yes" if message.intent == "affirm" else "no"})] if top else []
    if message.intent == "start":
        return [_start(scene, str(payload.get("flow")), {}, message.text, "")]
    if message.intent == "ask_human":
        offered = top is not None and top.flow == "offer" and top.data.get("human")
        return [Command("set", "", {"ok": "yes"})] if offered else [Command("human", "requested")]
    if message.intent == "stop_form":
        return [Command("cancel")]
    if message.intent == "skip_evidence":
        return [Command("skip", "evidence")]
    started = scene.store.flows.started_by(message.intent)
    if started is not None:
        return [_start(scene, started[0], started[1], "", message.intent)]
    return [Command("chat", message.intent)]


def _owner(scene: Scene, slot: str) -> Frame | None:
    for frame in reversed(scene.state.frames):
        flow = scene.store.flows.get(frame.flow)
        if flow is not None and slot in flow.slots:
            return frame
    return None


def _start(scene: Scene, flow: str, slots: Mapping[str, Any], words: str, intent: str) -> Command:
    known = scene.store.flows.get(flow)
    kind = "answer" if known is not None and known.is_lookup else "start"
    return Command(kind, flow, dict(slots), words, {"intent": intent})


# -- candidates ------------------------------------------------------------------------------------------------------
def _candidates(scene: Scene, readings: Sequence[Reading], arbiter: Arbiter) -> list[Candidate]:
    found: list[Candidate] = []
    words = scene.store.words
    common = {
        "question": 1.0 if words.hit("reading.question", scene.text) else 0.0,
        "open": 1.0 if _waits(scene) else 0.0,
        "statement": 1.0 if _waits(scene) and not words.hit("reading.question", scene.text) else 0.0,
        "marked": 1.0 if words.hit("answers.wrong_data", scene.text) else 0.0,
        "short": max(0.0, 1 - len(scene.text) / arbiter.limits["short_open_chars"]) if _waits(scene) else 0.0,
    }

    def add(kind: str, reading: Reading, command: Command, *, whole: bool = False) -> None:
        cover = 0.0 if whole and kind in {"correct", "yes", "resume"} else _cover(scene, reading.span)
        features = {**common, "score": reading.score, "cover": cover}
        utility = arbiter.utility(kind, features)
        found.append(Candidate(kind, command, reading.span, features, utility, reading.source, whole))

    for one in readings:
        for kind, command, whole in _meanings(scene, one, readings):
            add(kind, one, command, whole=whole)
    top = scene.top
    if common["question"] and top is not None and top.flow == "offer":
        about = Reading("explain", "ok", score=arbiter.limits["about_offer"], source="offer")
        add("explain", about, Command("explain", "ok", words=scene.text), whole=True)
    return found


def _waits(scene: Scene) -> bool:
    """Is a question open that is worth an answer? (An offer may be passed over.)"""
    return scene.asked is not None and scene.top is not None and scene.top.flow not in {"offer", "clarify"}


def _cover(scene: Scene, span: Span) -> float:
    """Share of the message's meaningful characters that the span holds."""
    words = scene.store.words
    outside = scene.text[: span[0]] + "\n" + scene.text[span[1] :]
    rest = sum(len(part) for part in words.pattern("reading.filler").split(outside) if part and part.strip())
    inside = max(1, span[1] - span[0])
    return inside / (inside + rest) if span != (0, 0) else 0.0


def _meanings(
    scene: Scene, one: Reading, readings: Sequence[Reading]
) -> Iterable[tuple[str, Command, bool]]:
    """(kind of weights, command, rests on the whole message) of a reading in this situation."""
    if one.kind == "order" and one.more.get("by"):
        yield from _pointed(scene, one)
    elif one.kind in {"slot", "order", "proof", "digits"}:
        yield from _values(scene, one, readings)
    elif one.kind == "no" and _gives_up(one, readings):
        return  # 我不退了 ends it; a mere no would only ask what is wrong
    elif one.kind in {"yes", "no"}:
        if scene.top is not None and _confirms(scene):
            if not one.negated:
                yield one.kind, Command("set", "", {"ok": one.kind}, _words(scene, one)), False
        elif scene.top is not None and scene.top.flow == "clarify" and one.kind == "no":
            yield "no", Command("set", "", {"chosen": "none"}, _words(scene, one)), False
        else:
            yield "chat", Command("chat", "affirm" if one.kind == "yes" else "deny"), True
    elif one.kind in {"start", "answer"}:
        yield from _matters(scene, one, readings)
    elif one.kind == "watch":
        yield from _watched(scene, one, readings)
    elif one.kind == "chat" and not one.negated:
        kind = str(one.value) if one.name == "chitchat" and one.value else one.name
        sure = one.name in {"robot", "resolution"}  # words of their own, surer than the model
        yield "watch" if sure else "chat", Command("chat", kind, words=_words(scene, one)), not sure
    elif one.kind in {"item", "product"}:
        yield from _mentions(scene, one)
    elif one.kind == "later" and not one.negated:
        yield "chat", Command("chat", "later", words=_words(scene, one)), True
    elif one.kind in {"cancel", "skip", "undo", "explain", "repeat", "resume"} and not one.negated:
        if scene.state.frames or one.kind in {"repeat", "resume", "undo"} or (one.kind == "explain" and one.name):
            name = one.name if one.kind in {"cancel", "skip", "resume"} else ""
            if one.kind == "explain" and scene.asked is not None:
                name = scene.asked.name
            yield one.kind, Command(one.kind, name, words=_words(scene, one)), False


def _gives_up(one: Reading, readings: Sequence[Reading]) -> bool:
    """Do the same words say that the whole matter is given up?"""
    return any(other.kind == "cancel" and not other.negated and other.overlaps(one) for other in readings)


def _confirms(scene: Scene) -> bool:
    spec = scene.asked_slot
    return spec is not None and spec.kind == "confirm"


def _words(scene: Scene, one: Reading) -> str:
    return scene.text[one.span[0] : one.span[1]] if one.span != (0, 0) else ""


def _values(
    scene: Scene, one: Reading, readings: Sequence[Reading]
) -> Iterable[tuple[str, Command, bool]]:
    """A value: for the slot asked, another slot of the top frame, one below; a filled one is a correction."""
    slot = {"order": "order_no", "proof": "proof", "digits": "digits"}.get(one.kind, one.name)
    if one.kind == "slot":
        flow_id = str(one.more.get("flow") or "")
        frame = scene.state.frame(flow_id) if flow_id else _owner(scene, slot)
        if frame is None:
            yield from _value_of_closed(scene, one, flow_id)
            return
        flow = scene.store.flows.get(frame.flow)
        if flow is None or slot not in flow.slots:
            return
        asked = frame is scene.top and scene.asked is not None and scene.asked.name == slot
        before = frame.slots.get(slot)
        if one.negated:
            if before == one.value and not _other_value(one, readings):
                yield "correct", Command("correct", slot, more={"flow": frame.flow}), False
            return
        value = one.value
        if before is not None and before != value and not asked:
            yield "correct", Command("correct", "", {slot: value}, _words(scene, one), {"flow": frame.flow}), False
        elif before is None or asked:
            kind = (
                "set_text" if asked and flow.slots[slot].kind == "text"
                else "set_asked" if asked
                else "set_open" if frame is _talked_about(scene)
                else "set_below"
            )
            more = {"flow": frame.flow, **({"begun": True} if one.more.get("complete") is False else {})}
            yield kind, Command("set", "", {slot: value}, _words(scene, one), more), False
        return
    if not one.negated:
        yield "number", Command("set", "", {slot: one.value}, _words(scene, one)), False


def _other_value(one: Reading, readings: Sequence[Reading]) -> bool:
    """Is another value told for the same slot (不是尺码，是发错了)?"""
    return any(
        other.kind == "slot" and other.name == one.name and not other.negated and other.value != one.value
        for other in readings
    )


def _value_of_closed(scene: Scene, one: Reading, flow_id: str) -> Iterable[tuple[str, Command, bool]]:
    """A value of a flow that is not open: a carrier's number, a part of the last answer, an answer to an offered flow."""
    top, last = scene.top, scene.state.last or {}
    flow = scene.store.flows.get(flow_id)
    if one.negated or flow is None:
        return
    words = _words(scene, one)
    if one.name == "tracking_no" and scene.state.customer is not None:
        yield "number", _start(scene, "tracking_number", {one.name: one.value}, scene.text, ""), False
    elif top is not None and top.flow == "offer" and top.data.get("start") == flow_id and one.more.get("open"):
        yield "set_asked", Command("set", "", {"ok": "yes", one.name: one.value}, words), False
    elif last.get("flow") == flow_id and flow.is_lookup and len(scene.text) <= scene.store.words.limits["short_chars"]:
        command = _start(scene, flow_id, {one.name: one.value}, scene.text, str(last.get("intent") or ""))
        yield "context", command, False


def _talked_about(scene: Scene) -> Frame | None:
    """The nearest frame that is a matter, not a pattern."""
    return next((one for one in reversed(scene.state.frames) if one.flow not in _PATTERNS), None)


def _matters(
    scene: Scene, one: Reading, readings: Sequence[Reading]
) -> Iterable[tuple[str, Command, bool]]:
    """Something the customer came for. A negated one takes back what is open for it."""
    if one.negated:
        frame = scene.state.frame(one.name)
        if frame is not None:
            top = scene.top
            if top is frame and _confirms(scene):
                yield "no", Command("set", "", {"ok": "no"}, _words(scene, one)), False
            else:
                yield "cancel", Command("cancel", one.name, words=_words(scene, one)), False
        elif (told := _told_with(scene, replace(one, span=(0, 0)), readings)).get("undo"):
            intent = str(one.more.get("intent") or "")
            yield "start", _start(scene, one.name, {"undo": told["undo"]}, scene.text, intent), True
        return
    if one.name == "complaint" and scene.state.frame("complaint") is None and one.source != "watch":
        yield from _sigh(scene, one)
        return
    whole = one.span in ((0, 0), (0, len(scene.text)))
    if _takes_offer(scene, one.name):
        yield "yes", Command("set", "", {"ok": "yes"}, _words(scene, one)), whole
        return
    given = dict(one.value) if isinstance(one.value, Mapping) else {}
    given |= {k: v for k, v in dict(one.more.get("slots") or {}).items()}
    intent = str(one.more.get("intent") or scene.message.intent)
    open_frame = scene.state.frame(one.name)
    if open_frame is not None and not _other_order(scene, open_frame, readings):
        yield from _again(scene, one, open_frame, given, readings)
        return
    slots = {**given, **_told_with(scene, one, readings)}
    words = _words(scene, one) or scene.text
    command = _start(scene, one.name, slots, words, intent)
    more = {**command.more, **{k: v for k, v in one.more.items() if k in {"response", "order_no"}}}
    command = Command(command.kind, command.name, command.slots, words, more)
    if one.source == "intents" and _means_else(scene, one, readings):
        return
    if one.source == "context" and _is_refused(one, readings):
        return
    kind = "context" if one.source == "context" else command.kind
    yield kind, command, whole


def _sigh(scene: Scene, one: Reading) -> Iterable[tuple[str, Command, bool]]:
    """又来了: the model hears a complaint; without words of one it is a sigh (the watchers know real ones)."""
    if _takes_offer(scene, one.name):
        yield "yes", Command("set", "", {"ok": "yes"}, _words(scene, one)), True
    elif not _waits(scene):
        yield "chat", Command("unclear", "sigh", words=scene.text), True


def _takes_offer(scene: Scene, flow: str) -> bool:
    """The offered matter itself, or insisting on what led to the offer of a person, is a yes to the offer (H22)."""
    top = scene.top
    if top is None or top.flow != "offer":
        return False
    if top.data.get("human"):
        return flow in {"complaint", top.data.get("from")}
    return bool(flow == top.data.get("start"))


def _is_refused(one: Reading, readings: Sequence[Reading]) -> bool:
    """Is the intent that the context would read differently refused in these words (点错了 不取消了)?"""
    asked_as = one.more.get("asked_as")
    return any(other.negated and other.more.get("intent") == asked_as for other in readings)


def _means_else(scene: Scene, one: Reading, readings: Sequence[Reading]) -> bool:
    """Do the same words mean something else for the order in hand (data/dialogue/context.yml)?"""
    intent = str(one.more.get("intent") or scene.message.intent)
    return any(other.source == "context" and other.more.get("asked_as") == intent for other in readings)


def _again(
    scene: Scene, one: Reading, frame: Frame, given: Mapping[str, Any], readings: Sequence[Reading]
) -> Iterable[tuple[str, Command, bool]]:
    """The matter of an open frame again: what it tells goes into the frame; said to its confirmation it is a yes."""
    words = _words(scene, one) or scene.text
    whole = one.span in ((0, 0), (0, len(scene.text)))
    new = {slot: value for slot, value in given.items() if frame.slots.get(slot) != value}
    if new:
        kind = "correct" if any(slot in frame.slots for slot in new) else "set"
        asked = scene.asked is not None and scene.asked.name in new
        weights = "set_asked" if asked else "correct" if kind == "correct" else "set_open"
        yield weights, Command(kind, "", new, words, {"flow": frame.flow}), whole
    elif frame is scene.top and _confirms(scene) and not _corrects(frame, readings):
        yield "yes", Command("set", "", {"ok": "yes"}, words), whole
    else:
        yield "resume", Command("resume", frame.flow, words=words), whole


def _corrects(frame: Frame, readings: Sequence[Reading]) -> bool:
    """Does the message tell another value for something that the frame knows?"""
    return any(
        one.kind == "slot"
        and str(one.more.get("flow")) == frame.flow
        and frame.slots.get(one.name) is not None
        and (frame.slots.get(one.name) == one.value) == one.negated
        for one in readings
    )


def _other_order(scene: Scene, frame: Frame, readings: Sequence[Reading]) -> bool:
    """Does the message name another order than the frame's?"""
    for other in readings:
        if other.negated:
            continue
        named = other.value if other.kind == "order" and other.more.get("by") != "state" else None
        named = other.more.get("order_no") if other.kind == "item" else named
        if named and frame.order_no and str(named) != frame.order_no:
            return True
    return False


def _told_with(scene: Scene, one: Reading, readings: Sequence[Reading]) -> dict[str, Any]:
    """Values of the flow's own slots that stand in the same words: the best reading of each slot."""
    flow = scene.store.flows.get(one.name)
    best: dict[str, Reading] = {}
    for other in readings:
        if other.kind != "slot" or other.negated or str(other.more.get("flow")) != one.name:
            continue
        spec = flow.slots.get(other.name) if flow else None
        if spec is None or spec.kind in {"confirm", "text", "evidence"}:
            continue
        if spec.when == "follow_up" and one.source != "context" and not _follows(scene, one.name):
            continue
        inside = one.span == (0, 0) or (other.span[0] >= one.span[0] and other.span[1] <= one.span[1])
        if inside and (other.name not in best or other.score > best[other.name].score):
            best[other.name] = other
    return {name: reading.value for name, reading in best.items()}


def _follows(scene: Scene, flow: str) -> bool:
    last = scene.state.last
    return bool(last) and (last or {}).get("flow") == flow


def _watched(
    scene: Scene, one: Reading, readings: Sequence[Reading]
) -> Iterable[tuple[str, Command, bool]]:
    if one.negated:
        return
    words, top = _words(scene, one), scene.top
    offered = top is not None and top.flow == "offer" and bool(top.data.get("human"))
    if one.name in _PEOPLE:
        if offered and one.name == "human":
            yield "watch", Command("set", "", {"ok": "yes"}, words), False
            return
        more = {"found": one.value or words, "evidence": list(one.more.get("evidence") or ())}
        yield "watch", Command("human", _PEOPLE[one.name], words=words, more=more), False
    elif one.name == "complaint":
        started = scene.store.flows.started_by(scene.message.intent)
        slots = dict(started[1]) if started and started[0] == "complaint" else {"kind": "service"}
        slots |= _told_with(scene, replace(one, name="complaint", span=(0, 0)), readings)
        intent = scene.message.intent if started and started[0] == "complaint" else "complain_attitude"
        if offered:
            yield "watch", Command("set", "", {"ok": "yes"}, words), False
        elif scene.state.frame("complaint") is None:
            yield "start", Command("start", "complaint", slots, scene.text, {"intent": intent}), True
    elif one.name == "ticket":
        yield "watch", Command("ticket", words=words), False
    elif one.name in {"insist", "still_not"} and offered:
        yield "watch", Command("set", "", {"ok": "yes"}, words), False
    elif one.name == "no_more_questions":
        yield "watch", Command("human", "requested", words=words), False
    elif one.name == "still_not" and not _waits(scene):
        if scene.state.facts.get("category"):
            yield "watch", Command("start", "still_not", {}, scene.text), True
    elif one.name == "english":
        yield "watch", Command("unclear", "english"), True
    elif one.name == "only_marks":
        yield "watch", Command("unclear", "marks"), True
    elif one.name != "complaint" and scene.store.flows.get(one.name) is not None:
        yield "watch", _start(scene, one.name, {}, scene.text, ""), False


def _mentions(scene: Scene, one: Reading) -> Iterable[tuple[str, Command, bool]]:
    """A line of an order or a product that is named."""
    top = scene.top
    if one.negated:
        return
    if one.kind == "product":
        if top is not None and top.flow == "which_product":
            yield "set_asked", Command("set", "", {"product": one.value}, _words(scene, one)), False
        return
    order_no = str(one.more.get("order_no") or "")
    if top is not None and top.flow == "which_order" and order_no:
        yield "set_asked", Command("set", "", {"order_no": order_no}, _words(scene, one)), False
    elif top is not None and top.flow == "which_item":
        yield "set_asked", Command("set", "", {"item": one.value}, _words(scene, one)), False
    elif order_no and order_no != scene.state.order_no:
        yield "focus", Command("focus", "", {"order": order_no}, _words(scene, one)), False


def _pointed(scene: Scene, one: Reading) -> Iterable[tuple[str, Command, bool]]:
    """An order pointed at without its number: an answer to "which one", else what is being talked about."""
    if one.negated:
        return
    if scene.top is not None and scene.top.flow == "which_order":
        yield "set_asked", Command("set", "", {"order_no": one.value}, _words(scene, one)), False
    elif one.more.get("by") != "state" and one.value != scene.state.order_no:
        yield "focus", Command("focus", "", {"order": one.value}, _words(scene, one)), False


# -- choice ----------------------------------------------------------------------------------------------------------
def _against(scene: Scene, one: Candidate, taken: Sequence[Candidate], arbiter: Arbiter) -> str:
    """Why this candidate is not taken; empty when it is."""
    limits = arbiter.limits
    known = scene.store.flows.get(one.command.name) if one.command.kind == "start" else None
    needed = limits["write"] if known is not None and any(s.kind == "write" for s in known.steps) else limits["act"]
    if one.utility < needed:
        return f"不够肯定（{needed:.2f}）"
    for other in taken:
        if other.command.written() == one.command.written():
            return "同一个意思"
        if one.kind in _BESIDE or other.kind in _BESIDE:
            if one.kind == other.kind == "number" and set(one.command.slots) & set(other.command.slots):
                return "同一项已有更像的值"
            apart = one.whole or other.whole or not _shares_words(one, other, limits["same_words"])
            if one.kind == other.kind or apart:
                continue
            return f"这些词已经用在 {other.command.written()}"
        if other.command.kind in _ALONE or one.command.kind in _ALONE:
            return f"让位给 {other.command.written()}"
        if _same_slot(one.command, other.command):
            return "同一项已有更像的值"
        if one.command.kind == other.command.kind == "chat" or "chat" in {one.kind, other.kind}:
            return f"让位给 {other.command.written()}"
        if _same_matter(one, other):
            return "同一件事"
        if _parts_of_one_answer(scene, one, other):
            continue
        matters = {one.command.kind, other.command.kind} <= {"start", "answer"}
        if matters or not (one.whole or other.whole):
            if _shares_words(one, other, limits["same_words"]):
                return f"这些词已经用在 {other.command.written()}"
        elif one.whole and other.whole:
            return f"让位给 {other.command.written()}"
    if one.whole and not _has_rest(scene, taken, limits["rest_chars"]):
        return "话都用在别处了"
    return ""


def _same_slot(one: Command, other: Command) -> bool:
    """Do both change the same slot?"""
    changes = {"set", "correct"}
    if one.kind not in changes or other.kind not in changes:
        return False
    names = [{*command.slots, *([command.name] if command.name else [])} for command in (one, other)]
    return bool(names[0] & names[1])


def _parts_of_one_answer(scene: Scene, one: Candidate, other: Candidate) -> bool:
    """Name and phone inside an address, a wish inside free words: one stretch tells several slots of the same frame."""
    if one.command.kind != "set" or other.command.kind != "set":
        return False
    flow = scene.store.flows.get(str(one.command.more.get("flow") or ""))
    if flow is None or one.command.more.get("flow") != other.command.more.get("flow"):
        return False
    if one.source == other.source:
        return True
    names = [*one.command.slots, *other.command.slots]
    if any(flow.slots[name].kind == "text" for name in names if name in flow.slots):
        return True
    return all(flow.slots[name].kind in _PARTS for name in names if name in flow.slots)


def _shares_words(one: Candidate, other: Candidate, share: float) -> bool:
    common = min(one.span[1], other.span[1]) - max(one.span[0], other.span[0])
    shorter = min(one.span[1] - one.span[0], other.span[1] - other.span[0])
    return common > 0 and shorter > 0 and common / shorter > share


def _same_matter(one: Candidate, other: Candidate) -> bool:
    """Two readings that begin the same flow, unless separate words ask it for different things (发什么快递 包邮不)."""
    kinds = {"start", "answer"}
    if one.command.kind not in kinds or other.command.kind not in kinds or one.command.name != other.command.name:
        return False
    apart = min(one.span[1], other.span[1]) <= max(one.span[0], other.span[0])
    both = set(one.command.slots) & set(other.command.slots)
    return not (apart and any(one.command.slots[slot] != other.command.slots[slot] for slot in both))


def _has_rest(scene: Scene, taken: Sequence[Candidate], least: float) -> bool:
    """Are enough meaningful characters left that nothing taken rests on?"""
    claimed = [one.span for one in taken if not one.whole and one.span != (0, 0) and one.kind != "focus"]
    if not claimed:
        return True
    left = "".join(
        char if not any(a <= at < b for a, b in claimed) else "\n" for at, char in enumerate(scene.text)
    )
    parts = scene.store.words.pattern("reading.filler").split(left)
    return sum(len(part.strip()) for part in parts if part) >= least


def _ambiguous(
    scene: Scene, candidates: Sequence[Candidate], taken: Sequence[Candidate], arbiter: Arbiter
) -> list[str]:
    """Two different matters of the whole message that are too close: ask which, by intent names."""
    limits = arbiter.limits
    if scene.message.fallback != "ambiguous" or any(not one.whole for one in taken):
        return []
    wholes = [one for one in candidates if one.whole and one.kind in {"start", "answer"}][:2]
    if len(wholes) < 2 or wholes[0].utility > limits["ambiguous_below"]:
        return []
    if wholes[0].command.name == wholes[1].command.name:
        return []
    if wholes[0].utility - wholes[1].utility > limits["ambiguous"]:
        return []
    return [str(one.command.more.get("intent") or one.command.name) for one in wholes]


def _joined(commands: Iterable[Command]) -> list[Command]:
    """set commands for the same frame become one; everything else stays as it is."""
    found: list[Command] = []
    values: dict[str, Command] = {}
    for one in commands:
        if one.kind == "set":
            flow = str(one.more.get("flow") or "")
            before = values.get(flow)
            merged = Command("set", "", {**(before.slots if before else {}), **one.slots}, one.words, one.more)
            if before is not None:
                found[found.index(before)] = merged
            else:
                found.append(merged)
            values[flow] = merged
        else:
            found.append(one)
    return found


def _otherwise(scene: Scene, readings: Sequence[Reading]) -> list[Command]:
    """Nothing was certain enough: a fragment, or not understood."""
    message = scene.message
    if message.uploads:
        return [Command("set", "", {"evidence": list(message.uploads)}), Command("chat", "media")]
    if _waits(scene):
        return [Command("unclear")]
    kind = {"affirm": "affirm", "deny": "deny", "stop_form": "deny"}.get(message.intent)
    if kind:
        return [Command("chat", kind)]
    if message.intent in {"give_contact", "give_order_no"} and scene.state.customer is None:
        return [Command("chat", "contact")]
    return [Command("unclear", "fragment" if message.intent == "fragment" else "")]
