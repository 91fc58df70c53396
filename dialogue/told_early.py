"""What was told before anything asked for it: values of slots marked `keeps`, for the flow that opens later (H23).

抬头写王建国, said while the invoice is only looked up; the state of the goods, said before the return begins; what was in a form
that was given up or taken back. Nothing of it is asked again; what is written is read back first, as ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from dialogue.flows import CARRIED, Flow
from dialogue.outcome import Run
from dialogue.reading import Reading
from dialogue.state import FAULTS, RECORDS, TOLD_EARLY, Frame

#: The slot that tells how the goods are.
_STATE = "condition"
#: Kinds of slots that stay true whatever the verdict was.
_LASTING = CARRIED | {"evidence", "part"}


def note_readings(run: Run, readings: Iterable[Reading]) -> None:
    """Keep what the message states of flows that are not open; `readings`: those that only ask are left out."""
    least = run.store.words.limits["told_early"]
    for one in readings:
        flow = run.store.flows.get(str(one.more.get("flow") or ""))
        spec = flow.slots.get(one.name) if flow and one.kind == "slot" and not one.negated else None
        if spec is None or not spec.keeps or one.score < least or one.more.get("complete") is False:
            continue
        if flow is not None and run.state.frame(flow.id) is None:
            _keep(run, one.name, one.value, run.state.order_no, run.state.item_id)


def note_frame(run: Run, frame: Frame, kinds: Collection[str] = ()) -> None:
    """Keep what was filled in a form that ends without having been written; `kinds`: of these kinds of slots alone."""
    flow = run.store.flows.get(frame.flow)
    for spec in flow.slots.values() if flow is not None else ():
        if kinds and spec.kind not in kinds:
            continue
        if (spec.keeps or spec.again) and frame.slots.get(spec.name) is not None:
            _keep(run, spec.name, frame.slots[spec.name], frame.order_no, frame.item_id)


def note_judged(run: Run, frame: Frame) -> None:
    """Keep what a form held that was judged and ends without having been written: with another reason nothing of it is asked again,
    and a photo that was sent is not asked for a second time."""
    note_frame(run, frame, _LASTING)
    if frame.slots.get(_STATE) is not None:
        _keep(run, _STATE, frame.slots[_STATE], frame.order_no, frame.item_id, judged=True)


def forget(run: Run, flow: Flow) -> None:
    """It is written: the next one is another matter."""
    kept = run.state.told.get(TOLD_EARLY) or {}
    run.state.told[TOLD_EARLY] = {slot: one for slot, one in kept.items() if slot not in flow.slots}
    if flow.needs.item:
        run.state.told.pop(FAULTS, None)


def recall(run: Run, frame: Frame, flow: Flow) -> None:
    """Fill what was told before, once: early, or for what was already written for the same goods."""
    if frame.data.get("recalled"):
        return
    frame.data["recalled"] = True
    specs = [one for one in flow.slots.values() if one.keeps or one.again]
    if not flow.is_lookup and set(frame.slots) - {
        "item"
    }:  # 颜色改成黑色, after a change of the size was given up
        specs = [one for one in specs if one.kind not in CARRIED]
    early: dict[str, Any] = run.state.told.get(TOLD_EARLY) or {}
    for spec in specs:
        one = early.get(spec.name)
        if one is None or frame.slots.get(spec.name) is not None:
            continue
        if _same(one.get("order_no"), frame.order_no or run.state.order_no) and _same(
            one.get("item_id"), frame.item_id
        ):
            frame.slots[spec.name] = one["value"]
    if not flow.is_lookup:
        names = {
            one.name for one in specs if one.kind not in CARRIED
        }  # what was changed is the goods' own now
        frame.slots = {**_written_before(run, frame, flow, names), **frame.slots}


def told_of(run: Run, slot: str, order_no: str) -> Any:
    """What was told for this order before, in words or in a form that is over; None where nothing was."""
    one = (run.state.told.get(TOLD_EARLY) or {}).get(slot)
    return one["value"] if one is not None and one.get("order_no") == order_no else None


def _written_before(run: Run, frame: Frame, flow: Flow, names: Collection[str]) -> dict[str, Any]:
    """换一把新的吧, after 退货 was submitted or taken back: what was told for that, the newest last."""
    told: dict[str, Any] = {}
    for one in run.state.told.get(RECORDS) or ():
        slots = one.get("slots") or {}
        about = one["flow"], one["order_no"], slots.get("item")
        if about == (flow.id, frame.order_no, frame.slots.get("item")):
            told |= {slot: value for slot, value in slots.items() if slot in names}
    return told


def _same(one: Any, other: Any) -> bool:
    return one is None or other is None or one == other


def _keep(
    run: Run, slot: str, value: Any, order_no: str | None, item_id: str | None, *, judged: bool = False
) -> None:
    kept = dict(run.state.told.get(TOLD_EARLY) or {})
    before = kept.get(slot) or {}
    if before.get("judged") and not judged and before.get("order_no") == order_no:
        return  # 我就试了两次 跟新的一样: said against the verdict, no other state
    kept[slot] = {"value": value, "order_no": order_no, "item_id": item_id}
    if judged:
        kept[slot]["judged"] = True
    run.state.told[TOLD_EARLY] = kept
