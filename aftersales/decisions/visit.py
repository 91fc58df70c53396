"""A technician's visit for a repair: which times are free, and the appointment (H27)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, choices, decision, write
from aftersales.decisions.in_hand import goods, order_of, sentence
from aftersales.formatting import day
from aftersales.order_system.port import AfterSalesRequest, VisitSlot

#: So many times are shown; more would be a calendar, not a question.
_SHOWN = 6


@decision(
    "visit_offer",
    outcomes=("offered", "none"),
    needs=("order", "item", "requests", "visit_slots"),
    slots=("request_no",),
)
def visit_offer(inputs: Inputs) -> Decision:
    """Does a technician come for the open repair? `none`: it is sent in, or no time is free."""
    item = inputs.item.item_id if inputs.item else None
    made = next((one for one in inputs.requests if one.kind == "repair" and one.item_id == item), None)
    if made is None or made.state not in inputs.policy.requests.open_until or not inputs.visit_slots:
        return Decision("none")
    return Decision("offered", slots={"request_no": made.request_no})


@choices("visit_times", needs=("order", "item", "visit_slots"))
def visit_times(inputs: Inputs) -> Mapping[str, str]:
    """Free times, soonest first."""
    return {one.slot_id: _named(inputs, one) for one in inputs.visit_slots[:_SHOWN]}


def _named(inputs: Inputs, slot: VisitSlot) -> str:
    begins, ends = slot.begins.astimezone(inputs.tz), slot.ends.astimezone(inputs.tz)
    return f"{day(slot.begins, inputs.tz)} {begins:%H:%M}-{ends:%H:%M}"


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    return {"request_no": str(inputs.slots["request_no"]), "slot_id": str(inputs.slots["visit"])}


def _when(inputs: Inputs, made: AfterSalesRequest) -> str:
    return _named(inputs, made.visit) if made.visit else ""


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    values = {"request_no": made.request_no, "when": _when(inputs, made)}
    return Decision("done", values, slots={"request_no": made.request_no})


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    item = made.item or goods(order_of(inputs))
    return sentence(inputs, "effect", "visit_booked", item=item, when=_when(inputs, made))


write(
    WriteSpec(
        name="book_visit",
        method="book_visit",
        effect="visit_booked",
        needs=frozenset({"order"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "slot_taken", "refused"),
        values=("request_no", "when"),
    )
)
