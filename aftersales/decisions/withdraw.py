"""The customer takes a request back: whether that is still possible, and the write (H23, H28)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import goods, order_of, sentence
from aftersales.decisions.return_case import request_values
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest

#: Intents that ask for the money, and what is turned into that rather than taken back (不换了，退款吧).
_MONEY = frozenset({"refund_request", "return_request"})
_GOODS = frozenset({"exchange", "repair", "resend"})
#: What a customer can mean by 撤销申请, the likeliest first where several are open.
_KINDS = ("return", "exchange", "repair", "refund_only", "resend", "intercept", "claim", "reissue", "invoice")
_VALUES = ("solution", "request_no", "request_state", "next")


@decision(
    "withdraw_case",
    outcomes=("open", "too_late", "instead", "none"),
    needs=("order", "requests"),
    values=_VALUES,
    slots=("request_no", "what"),
)
def withdraw_case(inputs: Inputs) -> Decision:
    """Which open request is meant and may it still be taken back? `too_late`: only people can stop it now; `instead`:
    something else is wanted in its place. The slot `what` says the kind, where the customer did."""
    what = inputs.slots.get("what")
    item = inputs.item.item_id if inputs.item else None
    found = [
        one
        for kind in ([str(what)] if what else _KINDS)
        for one in inputs.requests
        if one.kind == kind
        and one.state not in CLOSED_REQUEST_STATES
        and (item is None or one.item_id in (None, item))
    ]
    if not found:
        return Decision("none", dict.fromkeys(_VALUES, ""))
    values, slots = (
        request_values(inputs, found[0]),
        {"request_no": found[0].request_no, "what": found[0].kind},
    )
    if inputs.intent in _MONEY and found[0].kind in _GOODS:
        return Decision("instead", values)
    may = found[0].state in inputs.policy.requests.open_until
    return Decision("open" if may else "too_late", values, {}, slots)


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    return {"request_no": str(inputs.slots["request_no"]), "reason": inputs.words[:200]}


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    return Decision("done", request_values(inputs, made), slots={"request_no": made.request_no})


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    named = inputs.policy.requests.names[made.kind]
    return sentence(inputs, "effect", "withdrawn", solution=named, item=made.item or goods(order_of(inputs)))


write(
    WriteSpec(
        name="withdraw",
        method="withdraw",
        effect="request_withdrawn",
        needs=frozenset({"order"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "request_in_progress", "already_over", "refused"),
        values=_VALUES,
    )
)
