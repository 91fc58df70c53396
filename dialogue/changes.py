"""Changing what an open frame knows: the one place where a slot is set, with what depends on it and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dialogue import repairs
from dialogue.order_choice import named_orders
from dialogue.outcome import Run
from dialogue.state import Frame
from dialogue.steps import put
from dialogue.values import choice_name

#: Changes that can be taken back, at most.
_UNDO_KEPT = 5
#: Longest name of a person, in characters.
_SHORT_NAME = 4


def frame_for(run: Run, slot: str, flow: str = "") -> Frame | None:
    """The open frame whose flow has the slot: of the order that this message named, else the one nearest to the top."""
    having = [
        frame
        for frame in reversed(run.state.frames)
        if (known := run.store.flows.get(frame.flow)) is not None
        and slot in known.slots
        and flow in ("", frame.flow)
    ]
    return of_named_order(run, having)


def of_named_order(run: Run, frames: Sequence[Frame]) -> Frame | None:
    """Of these frames the one for the order that this message named, by number or by its goods, else the first."""
    named = [run.state.order_no] if run.named else []
    if not named and len(frames) > 1:
        named = [one.order_no for one in named_orders(run.words, run.scene.orders())]
    if len(named) == 1:
        for frame in frames:
            if frame.order_no == named[0]:
                return frame
    return frames[0] if frames else None


def _same_named(kind: str, before: Any, value: Any) -> bool:
    """少了个字: a title of which only the writing is corrected is the same company's."""
    if kind != "title" or not isinstance(before, str) or not isinstance(value, str):
        return False
    shared = len(set(before) & set(value))
    return min(len(before), len(value)) > _SHORT_NAME and 3 * shared >= 2 * max(
        len(set(before)), len(set(value))
    )


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
    lost: dict[str, Any] = {}
    if before is not None:
        lost = {
            one: frame.slots.pop(one)
            for one in spec.resets
            if one in frame.slots and not _same_named(spec.kind, before, value)
        }
        if value is not None:
            run.given["corrected"] = (frame.draft, slot)
    run.state.undo = [
        *run.state.undo,
        {"flow": frame.flow, "draft": frame.draft, "slot": slot, "before": before, "lost": lost},
    ][-_UNDO_KEPT:]
    put(frame, slot, value)
    if spec.fact and value is not None:
        named = choice_name(run, flow, slot, str(value), frame.data.get("names"))
        run.state.learn(**{spec.fact: named})
    if spec.kind == "text":
        run.state.describe(str(value))
    if value is not None and spec.kind == "choice" and (before is not None or beside):
        repairs.say_changed(run, frame, flow, slot, str(value), first=before is None)
    if value is not None and spec.kind == "wished_time":
        run.say("utter_wished_time_noted", {"value": str(value)})
