"""What the stored state knows that today's data does not: a designer took a flow, a step or a slot away meanwhile.

Done before the message is read, so that nothing is asked of a flow that is not there; the customer hears one sentence.
"""

from __future__ import annotations

from dialogue.outcome import Run


def drop_unknown(run: Run) -> None:
    """End frames whose flow is gone. Where only the waiting step is gone, what was told stays and the flow goes on with
    the steps of today."""
    state, flows = run.state, run.store.flows
    known = [
        one for one in state.frames if flows.get(one.flow) is not None and _leads_somewhere(run, one.data)
    ]
    if len(known) < len(state.frames):
        run.say("utter_state_changed")
    state.frames = known
    moved = False
    for frame in state.frames:
        flow = flows.get(frame.flow)
        assert flow is not None
        frame.slots = {slot: value for slot, value in frame.slots.items() if slot in flow.slots}
        if frame.step is not None and flow.step(frame.step) is None:
            frame.step, moved = None, True
    if moved:
        run.say("utter_step_changed")
    state.undo = [one for one in state.undo if any(frame.draft == one["draft"] for frame in state.frames)]
    state.pending = [one for one in state.pending if not one.get("flow") or flows.get(str(one["flow"]))]
    if state.last and state.last.get("flow") and flows.get(str(state.last["flow"])) is None:
        state.last = None


def _leads_somewhere(run: Run, data: dict[str, object]) -> bool:
    """An offer of a flow that is gone leads nowhere."""
    return not data.get("start") or run.store.flows.get(str(data["start"])) is not None
