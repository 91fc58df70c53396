"""State of an order and ways to pay (H29)."""

from aftersales.ages import age_told
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import order_of, sentence
from aftersales.decisions.parcel import dispatch_due, signer
from aftersales.formatting import listed, moment
from aftersales.masking import mask_address, mask_name, mask_phone
from aftersales.windows import window_of


@decision(
    "order_state",
    outcomes=("unpaid", "paid", "late", "shipped", "signed", "cancelled", "refunded"),
    needs=("order",),
    values=("signed_by", "ship_by", "hours"),
)
def order_state(inputs: Inputs) -> Decision:
    """The order's own state; `late`: paid, not dispatched by the promised time."""
    order = order_of(inputs)
    due = dispatch_due(inputs, order) if order.state == "paid" else None
    values = {
        "signed_by": signer(inputs, order),
        "ship_by": moment(due, inputs.tz) if due else "",
        "hours": str(inputs.policy.store.logistics.urge_due_hours),
    }
    return Decision("late" if due is not None and due < inputs.now else order.state, values)


@decision("payment_ways", outcomes=("told",), values=("ways",))
def payment_ways(inputs: Inputs) -> Decision:
    """How one can pay."""
    ways = listed(one.name for one in inputs.policy.store.refunds.values())
    return Decision("told", {"ways": ways})


@decision(
    "delivery_to",
    outcomes=("open", "moving", "arrived", "over"),
    needs=("order",),
    values=("address", "receiver", "phone"),
)
def delivery_to(inputs: Inputs) -> Decision:
    """Where the order goes, masked (H7). `open`: not dispatched yet, the address may still be changed."""
    order = order_of(inputs)
    values = {
        "address": mask_address(order.address) or "",
        "receiver": mask_name(order.name) or "",
        "phone": mask_phone(order.receiver_phone or order.phone) or "",
    }
    outcomes = {"unpaid": "open", "paid": "open", "shipped": "moving", "signed": "arrived"}
    return Decision(outcomes.get(order.state, "over"), values)


@decision("known_order", outcomes=("known", "unknown"), needs=("order",))
def known_order(inputs: Inputs) -> Decision:
    """Is it known who asks? Which of the orders it is, is asked then where the words do not say it."""
    return Decision("known" if inputs.verified else "unknown")


@decision(
    "child_order",
    outcomes=("not_dispatched", "on_the_way", "inside", "arrived", "over"),
    needs=("order",),
    values=("age", "day", "days", "last", "told_age"),
)
def child_order(inputs: Inputs) -> Decision:
    """An order that a child placed: what can be done by its state. `inside`: arrived, and it may still go back without a reason;
    `arrived`: a specialist judges it by the child's age and what became of the goods."""
    outcomes = {
        "unpaid": "not_dispatched",
        "paid": "not_dispatched",
        "shipped": "on_the_way",
        "signed": "arrived",
    }
    order, days = order_of(inputs), inputs.policy.returns.no_reason.window_days
    age = age_told(f"{inputs.message}\n{inputs.words}\n{inputs.facts.get('description') or ''}")
    told = sentence(inputs, "child", "age" if age else "no_age", age=age)
    values = {"age": told, "day": "", "days": str(days), "last": "", "told_age": age or told}
    if order.signed_at is None:
        return Decision(outcomes.get(order.state, "over"), values)
    window = window_of(order.signed_at, days, inputs.now, inputs.tz)
    values |= {"day": str(window.day), "last": window.last_told}
    outcome = outcomes.get(order.state, "over")
    return Decision("inside" if outcome == "arrived" and window.inside else outcome, values)
