"""The commands of a button that we issued; nothing is to be decided there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dialogue.commands import Command
from dialogue.meanings.turn import Turn, start

Press = Callable[[Turn], list[Command]]


def pressed(turn: Turn) -> list[Command]:
    """The commands of the button, by the intent that it carries."""
    message = turn.scene.message
    press = _BUTTONS.get(message.intent)
    if press is not None:
        return press(turn)
    started = turn.scene.store.flows.started_by(message.intent)
    if started is not None:
        return [start(turn.scene, started[0], started[1], "", message.intent)]
    return [Command("chat", message.intent)]


def _choose(turn: Turn) -> list[Command]:
    message = turn.scene.message
    slot, value = str(message.payload.get("slot")), message.payload.get("value")
    frame = turn.owner(slot)
    filled = frame is not None and frame.slots.get(slot) not in (None, value)
    return [Command("correct" if filled else "set", "", {slot: value}, message.text)]


def _answered(turn: Turn) -> list[Command]:
    if turn.top is None:
        return []
    if turn.top.flow == "clarify":
        return [Command("set", "", {"chosen": "none"})]
    return [Command("set", "", {"ok": "yes" if turn.scene.message.intent == "affirm" else "no"})]


def _started(turn: Turn) -> list[Command]:
    message = turn.scene.message
    return [start(turn.scene, str(message.payload.get("flow")), {}, message.text, "")]


def _person(turn: Turn) -> list[Command]:
    if turn.offered == "human":
        return [Command("set", "", {"ok": "yes"})]
    return [Command("human", "requested")]


_BUTTONS: Mapping[str, Press] = {
    "choose": _choose,
    "affirm": _answered,
    "deny": _answered,
    "start": _started,
    "ask_human": _person,
    "stop_form": lambda turn: [Command("cancel")],
    "skip_evidence": lambda turn: [Command("skip", "evidence")],
}
