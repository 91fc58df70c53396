"""One turn: read once, decide once, act once. Pure; raises outside.Missing for what the runner must fetch first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dialogue import case_notes, identity, people, social, told_early
from dialogue.commands import Command
from dialogue.decide import Decision, decide
from dialogue.engine import run_commands
from dialogue.listening import listen, without_calls
from dialogue.matters import note_not_bought
from dialogue.meanings.turn import PATTERNS
from dialogue.message import Circumstances, Message
from dialogue.outcome import Item, Run
from dialogue.outside import Outside
from dialogue.readers.coverage import part_asks
from dialogue.readers.sentence import sentence_of
from dialogue.readers.table import read_all
from dialogue.reading import Reading
from dialogue.scene import Scene, Store
from dialogue.state import (
    FAULTS,
    FAULTS_KEPT,
    LEFT_QUEUE,
    STOPPED,
    SYMPTOMS,
    SYMPTOMS_KEPT,
    read_state,
)
from dialogue.state_check import drop_unknown

#: The slot of a form that asks what is wrong with the goods.
_REASON = "reason"
#: The intent of the event that a person gave the conversation back.
GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the turn gives: items in order, the slot's new value, and the trace (agent-only)."""

    items: tuple[Item, ...]
    state: dict[str, Any]
    trace: dict[str, Any]
    asked: bool


def take_turn(message: Message, at: Circumstances, slot: Any, store: Store, outside: Outside) -> Outcome:
    """Read, decide, run. `slot`: the value of the slot `dialogue` before this turn."""
    state = read_state(slot)
    scene = Scene(message, at, state, store, outside)
    run = Run(scene, state, facts_before=dict(state.facts))
    state.begin_episode(at.episode)
    identity.recognise_login(run)
    decision = Decision([])
    readings: list[Reading] = []
    if state.ended and not message.listen:
        run.say("utter_state_lost")
        state.ended = None
    drop_unknown(run)
    if message.intent == GIVEN_BACK and message.kind == "event":
        social.given_back(
            run,
            str(message.payload.get("resolution") or "solved"),
            str(message.payload.get("note") or "").strip(),
        )
    elif message.listen:
        _keep_uploads(run)
        readings = list(read_all(scene))
        case_notes.note(run, readings)
        decision = decide(scene, without_calls(readings), store.arbiter)
        listen(run, readings, decision.likely(), run_commands)
    else:
        _keep_uploads(run)
        readings = list(read_all(scene)) if message.kind != "button" else []
        decision = decide(scene, readings, store.arbiter)
        if any(one.kind not in {"unclear", "chat"} for one in decision.commands):
            state.misses = 0
        for name in (STOPPED, LEFT_QUEUE):
            state.told.pop(name, None)
        people.age_offers(run)
        case_notes.note(run, readings)
        _note_symptoms(run, readings)
        _note_faults(run, readings, decision.commands)
        told_early.note_readings(run, [one for one in readings if not _only_asks(run, one)])
        note_not_bought(run)
        run_commands(run, decision.commands)
        _faults_of_order(run)
    run.drop_repeated()
    people.finish_facts(run)
    return Outcome(tuple(run.out), state.to_json(), _trace(message, decision, readings, run), run.asked)


def decided(message: Message, at: Circumstances, slot: Any, store: Store, outside: Outside) -> list[Command]:
    """Only the first two steps, for the labelled turns of data/commands."""
    scene = Scene(message, at, read_state(slot), store, outside)
    return decide(scene, list(read_all(scene)), store.arbiter).commands


def _keep_uploads(run: Run) -> None:
    """A picture or video is evidence for the record from the moment it arrives, whatever is being talked about."""
    uploads = run.scene.message.uploads
    if uploads:
        known = [str(one) for one in run.state.facts.get("evidence") or []]
        run.state.learn(evidence=known + [one for one in uploads if one not in known])


def _only_asks(run: Run, one: Reading) -> bool:
    """Is it only asked about (没拆封 能退吗 tells the state, 质量问题能退吗 tells nothing)?"""
    return part_asks(sentence_of(run.words, one.span), run.store.words)


def _note_symptoms(run: Run, readings: list[Reading]) -> None:
    """What is wrong with the goods, for the frame that will ask for it, which may first have to find the order."""
    told = [
        {"code": str(one.value), "words": run.words[one.span[0] : one.span[1]]}
        for one in readings
        if one.kind == "symptom" and not one.negated
    ]
    if told:
        before = [one for one in run.state.told.get(SYMPTOMS) or [] if one not in told]
        run.state.told[SYMPTOMS] = [*before, *told][-SYMPTOMS_KEPT:]


def _may_be_of_goods(run: Run, commands: list[Command]) -> bool:
    """Is a form about what is wrong with goods open or begun, or nothing else (抬头也写错了 is no fault)?"""
    named = [one.flow for one in run.state.frames if one.flow not in PATTERNS]
    named += [one.name for one in commands if one.kind == "start"]
    flows = [run.store.flows.get(one) for one in named]
    return not flows or any(one is not None and _REASON in one.slots for one in flows)


def _note_faults(run: Run, readings: list[Reading], commands: list[Command]) -> None:
    """What is wrong, as the customer says it and once, for the return that is open or will be; nothing where several orders are
    named in one breath, of which each could be meant."""
    named = {str(one.more.get("order_no") or one.value) for one in readings if one.kind in {"item", "order"}}
    told = [one for one in readings if one.kind == "fault"]
    told = told if len(named) < 2 and _may_be_of_goods(run, commands) else []
    kept = list(run.state.told.get(FAULTS) or [])
    if any(one.more.get("instead") for one in told):
        kept = []
    for fault in told:
        words, codes = str(fault.value), [str(one) for one in fault.more.get("codes") or ()]
        known = {code for one in kept for code in one.get("codes") or ()}
        if any(words in one["words"] for one in kept) or (codes and known.issuperset(codes)):
            continue
        kept = [one for one in kept if one["words"] not in words]
        kept.append({"words": words, "order_no": None, "codes": codes})
    if kept:
        run.state.told[FAULTS] = kept[-FAULTS_KEPT:]


def _faults_of_order(run: Run) -> None:
    """What was told before the order was known is about the order that is now in hand."""
    for one in run.state.told.get(FAULTS) or []:
        one["order_no"] = one["order_no"] or run.state.order_no


def _trace(message: Message, decision: Decision, readings: list[Reading], run: Run) -> dict[str, Any]:
    told: Mapping[str, Any] = {
        "intent": message.intent,
        "confidence": round(message.confidence, 2),
        "commands": [one.written() for one in decision.commands],
        "candidates": decision.trace[:12],
        "readings": [one.told() for one in readings][:24],
        "steps": run.notes,
        "frames": [f"{one.flow}:{one.step or ''}" for one in run.state.frames],
    }
    return {name: value for name, value in told.items() if value not in ([], None)}
