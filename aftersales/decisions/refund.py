"""Where the money is and how far a return is, from the real state, with the expected date (H26, H31, H32)."""

from aftersales.arrival import is_late
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import goods, open_request, order_of
from aftersales.formatting import day, moment, yuan
from aftersales.order_system.port import AfterSalesRequest, Refund

#: Requests whose progress is asked for with 退款 or 退货.
_KINDS = frozenset({"return", "exchange", "repair", "refund_only", "cancel"})
#: Those that end with money back.
_REFUNDED = frozenset({"return", "refund_only", "cancel"})
#: State of an order that nobody asked money back for -> what is offered: it is cancelled or called back, or goes back.
_NONE = {"paid": "none_open", "shipped": "none_open", "signed": "none_signed"}
_VALUES = (
    *("item", "amount", "method", "started", "expected", "arrived"),
    *("kind", "request_no", "progress", "next", "due"),
)


@decision(
    "refund_case",
    outcomes=(
        *("processing", "overdue", "failed", "arrived", "request", "request_due", "claim", "catch"),
        *("none", "none_open", "none_signed"),
    ),
    needs=("order", "refunds", "requests"),
    values=_VALUES,
    slots=("request_no", "money_back"),
)
def refund_case(inputs: Inputs) -> Decision:
    """The newest refund, or the request that is not that far yet. Asked for the return (slot `about`), the request is
    told until its money is on the way. `claim`: the parcel is being looked for, the money comes when it is lost; `catch`: it is being called back;
    `none_open`, `none_signed`: nothing was asked for yet, and what could be; `request_due`: its next step has a deadline. Slot `money_back`: it ends with a refund."""
    made = next((one for one in inputs.requests if one.kind in _KINDS), None)
    refund = inputs.refunds[0] if inputs.refunds else None
    wants_money = inputs.slots.get("about") != "return"
    if refund is not None and (wants_money or made is None or made.state in {"refunding", "done"}):
        return _told(inputs, _stands(inputs, refund), refund=refund)
    if made is not None:
        return _told(inputs, "request_due" if made.due else "request", made=made)
    if (claim := open_request(inputs, "claim")) is not None:
        return _told(inputs, "claim", made=claim)
    if (catch := open_request(inputs, "intercept")) is not None:
        return _told(inputs, "catch", made=catch)
    return _told(inputs, _NONE.get(order_of(inputs).state, "none"))


@decision(
    "request_stands",
    outcomes=("told", "told_due", "unknown"),
    needs=("order", "requests"),
    values=_VALUES,
)
def request_stands(inputs: Inputs) -> Decision:
    """How the request of a number stands that the customer told (slot `request_no`). `unknown`: it is none of this order's."""
    told = str(inputs.slots.get("request_no") or "")
    made = next((one for one in inputs.requests if one.request_no == told), None)
    if made is None:
        return Decision("unknown", dict.fromkeys(_VALUES, "") | {"request_no": told})
    stands = _told(inputs, "told_due" if made.due else "told", made=made)
    return Decision(stands.outcome, stands.values)


@decision(
    "refund_part",
    outcomes=("where", "when", "why", "amount", "whole"),
    needs=("order", "refunds"),
    values=_VALUES,
    slots=("request_no", "money_back"),
)
def refund_part(inputs: Inputs) -> Decision:
    """Only where, when, why not sooner or how much (slot `part`; why from the first words as well, slot `asks`), of a refund on
    its way in time; else `whole`."""
    asks = inputs.slots.get("asks")
    part = "why" if asks == "why" else str(inputs.slots.get("part") or "")
    refund = inputs.refunds[0] if inputs.refunds else None
    if refund is None or _stands(inputs, refund) != "processing":
        return _told(inputs, "whole")
    return _told(inputs, part if part in {"where", "when", "why", "amount"} else "whole", refund=refund)


def _stands(inputs: Inputs, refund: Refund) -> str:
    if refund.state == "processing" and is_late(refund.expected_at, inputs.now):
        return "overdue"
    return refund.state


def _told(
    inputs: Inputs, outcome: str, *, refund: Refund | None = None, made: AfterSalesRequest | None = None
) -> Decision:
    order, tz = order_of(inputs), inputs.tz
    values = dict.fromkeys(_VALUES, "") | {"item": goods(order)}
    if refund is not None:
        line = order.item(refund.item_id) if refund.item_id else None
        values |= {
            "item": line.name if line else goods(order),
            "amount": yuan(refund.amount),
            "method": inputs.policy.store.refunds[refund.method].name,
            "started": day(refund.started_at, tz),
            "expected": day(refund.expected_at, tz),
            "arrived": day(refund.arrived_at, tz) if refund.arrived_at else "",
        }
    if made is not None:
        values |= {
            "item": made.item or goods(order),
            "kind": inputs.name("request_kind", made.kind),
            "request_no": made.request_no,
            "progress": inputs.name("request_state", made.state),
            "next": made.next,
            "due": moment(made.due, tz) if made.due else "",
        }
    refunds = "yes" if made is not None and made.kind in _REFUNDED else None
    return Decision(
        outcome, values, slots={"request_no": made.request_no if made else None, "money_back": refunds}
    )
