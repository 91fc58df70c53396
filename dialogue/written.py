"""Telling again what was written (电话也改成李敏的了吗, 14没取消吧): the request's number and the values that went into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aftersales.formatting import moment
from aftersales.order_system.port import CLOSED_REQUEST_STATES
from dialogue.outcome import Run
from dialogue.values import order_values

#: Digits of a phone that are told back (H7).
_TAIL = 4
_ONE = 1
#: Kinds of slots that have a value of their own to tell.
_TOLD = frozenset({"address", "receiver", "phone", "title", "tax_no", "email", "colour", "size", "quantity"})


def tell_written(run: Run, asked: Mapping[str, Any]) -> None:
    """Say it. `asked`: `records` (the write that is meant), `slots` that the question names (what was not changed of them is
    said as well), `about`: the order it is asked of, where that is another one."""
    written: Mapping[str, Any] = next(iter(asked.get("records") or ()), {})
    flow = run.store.flows.get(str(written.get("flow") or ""))
    if asked.get("stopped"):
        run.say("utter_written_stopped")
        run.asked = True
        return
    if flow is None:  # it still waits for the yes, and is read back again
        run.say("utter_written_not_yet")
        if run.state.top is not None:
            run.given.setdefault("touched", []).append(run.state.top.draft)
        return
    several = [one for one in asked.get("records") or () if not one.get("taken_back")]
    if len(several) > _ONE:
        run.asked = run.state.top is None
        run.say("utter_written_several", {"lines": "；".join(_line(run, one) for one in reversed(several))})
        return
    slots, label = written.get("slots") or {}, run.store.words.label
    done = _done(run, written)
    kept = [
        label("slot", str(name))
        for name in asked.get("slots") or ()
        if name in flow.slots and slots.get(name) is None
    ]
    order, about = run.scene.own_order(written.get("order_no")), run.scene.own_order(asked.get("about"))
    values = {
        **(order_values(run, order) if order is not None else {"item": ""}),
        "form": flow.name,
        "request_no": str(written.get("request_no") or ""),
        "done": "，".join(done),
        **_stands(run, written),
        "kept": "、".join(kept),
    }
    run.asked = run.state.top is None
    if order is not None and about is not None and about.order_no != order.order_no:
        other = order_values(run, about)
        run.say("utter_written_other", {**values, "other": other["item"], "state": other["state"]})
        return
    run.say("utter_written_kept" if kept else "utter_written" if done else "utter_written_plain", values)


def _done(run: Run, written: Mapping[str, Any]) -> list[str]:
    """The values that went into the write, as they are told: 尺码“M”."""
    flow = run.store.flows.get(str(written.get("flow") or ""))
    slots, label = written.get("slots") or {}, run.store.words.label
    labels = run.store.words.labels["slot"]
    return [
        f"{label('slot', name)}{_shown(spec.kind, str(slots[name]))}"
        for name, spec in (flow.slots.items() if flow is not None else ())
        if spec.kind in _TOLD and name in labels and slots.get(name) not in (None, "none")
    ]


def _line(run: Run, written: Mapping[str, Any]) -> str:
    """One of several writes: what it was, its number, whether it is done, and what went into it."""
    flow = run.store.flows.get(str(written.get("flow") or ""))
    order = run.scene.own_order(written.get("order_no"))
    values = {
        "item": order_values(run, order)["item"] if order is not None else "",
        "form": flow.name if flow is not None else "",
        "request_no": str(written.get("request_no") or ""),
        **_stands(run, written),
    }
    done = "，".join(_done(run, written))
    return run.store.words.label("written", "line_of" if done else "line").format(done=done, **values)


def _stands(run: Run, written: Mapping[str, Any]) -> dict[str, str]:
    """Done, or handed in and by when its result is there, as the order system has the request now."""
    label, number = run.store.words.label, written.get("request_no")
    made = next(
        (one for one in run.scene.outside.requests(str(written["order_no"])) if one.request_no == number),
        None,
    )
    if made is None or made.state in CLOSED_REQUEST_STATES:
        return {"stands": label("written", "done"), "until": ""}
    until = label("written", "until").format(due=moment(made.due, run.store.tz)) if made.due else ""
    return {"stands": label("written", "open"), "until": until}


def tell_which(run: Run) -> None:
    """取消哪个, 别给我都取消了: the order that is read back, and no other; the question is then asked again."""
    top = run.state.top
    order = run.scene.own_order(top.order_no) if top is not None else None
    if top is not None and order is not None:
        run.say("utter_which_meant", order_values(run, order))
        run.given.setdefault("touched", []).append(top.draft)


def _shown(kind: str, value: str) -> str:
    return f"尾号 {value[-_TAIL:]}" if kind == "phone" else f"“{value}”"
