"""State of an order and ways to pay (H29)."""

from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import order_of
from aftersales.decisions.parcel import dispatch_due, signer
from aftersales.formatting import listed, moment


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
