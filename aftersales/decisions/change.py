"""Change an order before dispatch: may it be, and the address (H20). Goods and note are written by item_change.py."""

from collections.abc import Collection, Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import judged, order_of, sentence
from aftersales.formatting import moment
from aftersales.order_rules import check_change
from aftersales.order_system.port import OVER, AfterSalesRequest

_OUTCOMES = ("over", "too_late", "custom", "not_offered", "possible")
#: Digits of a phone that are told back (H7).
_TAIL = 4


@decision("address_change", outcomes=_OUTCOMES, needs=("order",), values=("hours", "reasons"))
def address_change(inputs: Inputs) -> Decision:
    """May the delivery address be changed? `custom`: a person must ask the workshop; `not_offered`: not in this store."""
    return _change(inputs, {"address"})


@decision("item_change", outcomes=(*_OUTCOMES, "promotion"), needs=("order",), values=("hours", "reasons"))
def item_change(inputs: Inputs) -> Decision:
    """May goods, quantity or remarks be changed? `promotion`: what was used on the order needs a person's look, except for
    a remark; what is no colour, size or number a person does within {hours}."""
    note = inputs.slots.get("what") == "note"
    found = _change(inputs, {"note"} if note else {"item", "quantity"})
    kept = inputs.policy.store.change.promotions_kept
    used = [one.promotion_id for one in order_of(inputs).promotions]
    if found.outcome == "possible" and not note and any(one in kept for one in used):
        return Decision("promotion", found.values, found.facts)
    return found


@decision(
    "change_aside", outcomes=("due", "late", "unknown"), needs=("order",), values=("due",), slots=("aside",)
)
def change_aside(inputs: Inputs) -> Decision:
    """那大概几号发, while a change is read back: answered once. `late`: it should have been sent by now."""
    ship_by, done = order_of(inputs).ship_by, {"aside": None}
    if ship_by is None:
        return Decision("unknown", {"due": ""}, slots=done)
    told = {"due": moment(ship_by, inputs.tz)}
    return Decision("due" if ship_by > inputs.now else "late", told, slots=done)


@decision("new_contact", outcomes=("same", "receiver", "phone", "both"), values=("tail", "contact"))
def new_contact(inputs: Inputs) -> Decision:
    """Which of receiver and phone change, with or without the address; {contact} says it, {tail}: the end of the new phone."""
    receiver, phone = inputs.slots.get("receiver"), str(inputs.slots.get("phone") or "")
    outcome = ("both" if phone else "receiver") if receiver else ("phone" if phone else "same")
    values = {"receiver": str(receiver or ""), "tail": phone[-_TAIL:]}
    return Decision(
        outcome, {"tail": values["tail"], "contact": sentence(inputs, "contact", outcome, **values)}
    )


def _change(inputs: Inputs, kinds: Collection[str]) -> Decision:
    order, rule = order_of(inputs), inputs.policy.store.change
    answer = check_change(inputs.policy, order)
    values = {"hours": str(rule.due_hours), "reasons": answer.text}
    if order.state in OVER:
        return Decision("over", values)
    if answer.result == "not_eligible":
        return Decision("too_late", values, judged(answer))
    if answer.result != "eligible":
        return Decision("custom", values, judged(answer))
    offered = any(one in kinds for one in rule.before_dispatch)
    return Decision("possible" if offered else "not_offered", values, judged(answer) if offered else {})


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    return {
        "order_no": order_of(inputs).order_no,
        "address": inputs.slots.get("address") or order_of(inputs).address,  # only who receives it changes
        "name": inputs.slots.get("receiver"),
        "phone": inputs.slots.get("phone"),
    }


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    return Decision("done", {"request_no": made.request_no})


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    address = inputs.slots.get("address")
    if address is None:
        return sentence(inputs, "effect", "contact_changed", contact=new_contact(inputs).values["contact"])
    return sentence(inputs, "effect", "address_changed", address=str(address))


write(
    WriteSpec(
        name="change_address",
        method="change_address",
        effect="address_changed",
        needs=frozenset({"order"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "refused"),
        values=("request_no",),
    )
)
