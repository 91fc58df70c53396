"""Telling again what was written last (电话也改成李敏的了吗): the request's number and the values that went into it."""

from __future__ import annotations

from collections.abc import Sequence

from dialogue.outcome import Run
from dialogue.state import WRITTEN

#: Digits of a phone that are told back (H7).
_TAIL = 4
#: Kinds of slots that have a value of their own to tell.
_TOLD = frozenset({"address", "receiver", "phone", "title", "tax_no", "email"})


def tell_written(run: Run, asked: Sequence[str]) -> None:
    """Say it; `asked`: the slots that the question names, what was not changed of them is said as well."""
    written = run.state.told.get(WRITTEN) or {}
    flow = run.store.flows.get(str(written.get("flow") or ""))
    if flow is None:
        return
    slots, label = written.get("slots") or {}, run.store.words.label
    done = [
        f"{label('slot', name)}{_shown(spec.kind, str(slots[name]))}"
        for name, spec in flow.slots.items()
        if spec.kind in _TOLD and slots.get(name) not in (None, "none")
    ]
    kept = [label("slot", name) for name in asked if name in flow.slots and slots.get(name) is None]
    values = {
        "form": flow.name,
        "request_no": str(written.get("request_no") or ""),
        "done": "，".join(done),
        "kept": "、".join(kept),
    }
    run.say("utter_written_kept" if kept else "utter_written" if done else "utter_written_plain", values)
    run.asked = run.state.top is None


def _shown(kind: str, value: str) -> str:
    return f"尾号 {value[-_TAIL:]}" if kind == "phone" else f"“{value}”"
