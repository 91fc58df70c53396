"""A technician's visit for a repair: which times are free, and the appointment (H27)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, choices, decision, write
from aftersales.decisions.in_hand import goods, order_of, sentence
from aftersales.formatting import day
from aftersales.order_system.port import AfterSalesRequest, VisitSlot
from aftersales.visits import is_wished, names_day, visited_at_home

#: So many times are shown; more would be a calendar, not a question.
_SHOWN = 6


@decision(
    "visit_offer",
    outcomes=("offered", "fits", "taken", "none"),
    needs=("order", "item", "requests", "visit_slots"),
    values=("wished_time",),
    slots=("request_no", "visit", "wished_time"),
)
def visit_offer(inputs: Inputs) -> Decision:
    """Does a technician come for the open repair? `none`: it is sent in, or no time is free; `fits`: exactly one free time is
    the one that was wished for, and it is taken; `taken`: none of that day is free."""
    item = inputs.item.item_id if inputs.item else None
    made = next((one for one in inputs.requests if one.kind == "repair" and one.item_id == item), None)
    if made is None or made.state not in inputs.policy.requests.open_until or not inputs.visit_slots:
        return Decision("none", {"wished_time": ""})
    wished, slots = str(inputs.slots.get("wished_time") or ""), {"request_no": made.request_no}
    free = [one for one in inputs.visit_slots if is_wished(one, wished, inputs.tz)]
    if len(free) == 1:
        return Decision("fits", {"wished_time": wished}, slots={**slots, "visit": free[0].slot_id})
    if names_day(wished) and not free:
        return Decision("taken", {"wished_time": wished}, slots={**slots, "wished_time": None})
    return Decision("offered", {"wished_time": ""}, slots=slots)


@decision(
    "visit_aside",
    outcomes=("earliest", "prepare", "unknown"),
    needs=("order", "item", "visit_slots"),
    values=("first",),
    slots=("aside",),
)
def visit_aside(inputs: Inputs) -> Decision:
    """今天不能来吗, 要准备啥, while a time is being chosen: answered once."""
    asked, open_slots = inputs.slots.get("aside"), inputs.visit_slots
    values = {"first": _named(inputs, open_slots[0]) if open_slots else ""}
    if asked == "earliest" and not open_slots:
        return Decision("unknown", values, slots={"aside": None})
    outcome = {"earliest": "earliest", "prepare": "prepare"}.get(str(asked), "unknown")
    return Decision(outcome, values, slots={"aside": None})


@decision("visit_expected", outcomes=("yes", "no"), needs=("order", "item", "requests"))
def visit_expected(inputs: Inputs) -> Decision:
    """Is a technician coming to the customer's home for the order in hand?"""
    open_until = inputs.policy.requests.open_until
    items = [inputs.item] if inputs.item else list(order_of(inputs).items)
    at_home = {one.item_id for one in items if visited_at_home(inputs.policy.repairs.visits, one.kind)}
    comes = any(
        one.kind == "repair" and one.item_id in at_home and one.state in open_until for one in inputs.requests
    )
    return Decision("yes" if comes else "no")


@choices("visit_times", needs=("order", "item", "visit_slots"))
def visit_times(inputs: Inputs) -> Mapping[str, str]:
    """Free times, soonest first; those that were wished for before the others."""
    wished = str(inputs.slots.get("wished_time") or "")
    meant = [one for one in inputs.visit_slots if is_wished(one, wished, inputs.tz)]
    others = [one for one in inputs.visit_slots if one not in meant]
    return {one.slot_id: _named(inputs, one) for one in [*meant, *others][:_SHOWN]}


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
