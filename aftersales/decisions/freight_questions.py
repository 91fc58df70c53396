"""Who pays when these goods go back, and what becomes of freight that a customer paid in advance (H16, H17, H24): by the request
that was made, the form that is open, or what the customer says is wrong; the freight is written to the request for a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import goods, order_of, sentence
from aftersales.decisions.return_case import ITEM_KINDS, answer_so_far, the_item
from aftersales.formatting import yuan
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest, Order
from aftersales.visits import visited_at_home

#: The state of goods for which every request that was made is possible.
_ACCEPTED = "unopened"
#: Requests for which nothing is sent back; those that are refused or taken back cost nobody anything.
_NOTHING_SENT = frozenset({"refund_only", "resend"})
_GIVEN_UP = frozenset({"refused", "withdrawn"})
#: The reason that a customer's own words of a fault stand for.
_FAULTY = "quality"
#: The flow that writes the freight to the request.
_CLAIM = "freight_claim"
#: Longest note of the customer's words.
_NOTED = 80
_VALUES = (
    *("item", "request_no", "reason", "freight", "estimate", "insurance", "method", "min_days", "max_days"),
    "told_reason",
)


@decision(
    "own_freight",
    outcomes=("own", "not_sent", "at_home", "not_arrived", "rule"),
    needs=("order", "item", "requests"),
    values=_VALUES,
)
def own_freight(inputs: Inputs) -> Decision:
    """Who pays for sending these goods back, for the reason in hand only. `not_sent`: nothing goes back; `at_home`: it is repaired where it
    stands; `rule`: no order, or no reason is known."""
    order, values = inputs.order, _values(inputs)
    made = _request(inputs, live=True)
    if order is None:
        return Decision("rule", values)
    if order.signed_at is None:
        return Decision("not_arrived" if order.state in {"paid", "shipped", "unpaid"} else "rule", values)
    kind = made.kind if made is not None else str(inputs.slots.get("solution") or "")
    if kind in _NOTHING_SENT or (made is None and kind == "exchange" and inputs.slots.get("part")):
        return Decision("not_sent", values)
    item = the_item(inputs)
    if kind == "repair" and visited_at_home(inputs.policy.repairs.visits, item.kind):
        return Decision("at_home", values)
    reason = made.reason if made is not None else _reason_told(inputs)
    if reason not in inputs.policy.returns.reasons:
        return Decision("rule", values)
    at = made.created_at if made is not None else inputs.now
    slots = {"reason": reason, "condition": _ACCEPTED, "solution": kind or None}
    answer = answer_so_far(replace(inputs, item=item, slots=slots, now=at))
    if not answer.freight:
        return Decision("rule", values)
    named = inputs.policy.returns.reasons[reason].name
    return Decision("own", values | {"reason": named, "freight": answer.freight})


@decision(
    "freight_advance",
    outcomes=("noted", "seller", "differs", "buyer", "insured", "not_sent", "rule"),
    needs=("order", "item", "requests"),
    values=_VALUES,
)
def freight_advance(inputs: Inputs) -> Decision:
    """Does the customer get back the freight that they paid? `noted`: it was written to the request in this conversation; `seller`: the goods went back for a reason that is not theirs; `differs`: they say it
    was a fault, the request says it was none; `insured`: the insurance pays; `not_sent`: nothing went back yet; `rule`: no order."""
    order, values = inputs.order, _values(inputs)
    if order is None:
        return Decision("rule", values)
    made = _request(inputs, live=False)
    if made is None:
        return Decision("not_sent", values)
    reasons = inputs.policy.returns.reasons
    rule, told = reasons.get(made.reason or ""), reasons.get(_reason_told(inputs))
    values |= {
        "item": made.item or goods(order),
        "request_no": made.request_no,
        "reason": rule.name if rule else "",
        "told_reason": told.name if told else "",
    }
    if _CLAIM in inputs.written:
        return Decision("noted", values)
    if rule is not None and rule.fault != "none":
        return Decision("seller", values)
    if told is not None and told.fault != "none":
        return Decision("differs", values)
    return Decision("insured" if order.freight_insurance else "buyer", values)


@decision(
    "freight_claim_case",
    outcomes=("possible", "none"),
    needs=("order", "item", "requests"),
    values=_VALUES,
    slots=("request_no",),
)
def freight_claim_case(inputs: Inputs) -> Decision:
    """Is there a request to which the freight that the customer paid can be written?"""
    made = _request(inputs, live=False)
    if made is None:
        return Decision("none", _values(inputs), slots={"request_no": None})
    values = _values(inputs) | {"request_no": made.request_no, "item": made.item or ""}
    return Decision("possible", values, slots={"request_no": made.request_no})


def _values(inputs: Inputs) -> dict[str, str]:
    freight, order = inputs.policy.store.freight, inputs.order
    values = dict.fromkeys(_VALUES, "") | {
        "estimate": yuan(freight.return_fee_estimate),
        "insurance": yuan(freight.insurance_covers),
    }
    if order is not None:
        values |= {"item": goods(order), **_way_back(inputs, order)}
    return values


def _way_back(inputs: Inputs, order: Order) -> Mapping[str, str]:
    way = inputs.policy.store.refunds[order.payment_method]
    return {"method": way.name, "min_days": str(way.min_days), "max_days": str(way.max_days)}


def _request(inputs: Inputs, *, live: bool) -> AfterSalesRequest | None:
    """The newest request that sends goods back or replaces them; `live`: one that is not over."""
    out = CLOSED_REQUEST_STATES if live else _GIVEN_UP
    return next((one for one in inputs.requests if one.kind in ITEM_KINDS and one.state not in out), None)


def _reason_told(inputs: Inputs) -> str:
    """The reason that the open form or the words tell, else a fault that was told before."""
    if told := inputs.slots.get("reason"):
        return str(told)
    return _FAULTY if inputs.faults else ""


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    return {"request_no": str(inputs.slots["request_no"]), "kind": "note", "text": _text(inputs)}


def _text(inputs: Inputs) -> str:
    return sentence(inputs, "return_note", "freight", value=inputs.words[:_NOTED])


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    way = _way_back(inputs, order_of(inputs))
    return Decision(
        "done", {**_values(inputs), **way, "request_no": made.request_no, "item": made.item or ""}
    )


write(
    WriteSpec(
        name="note_freight",
        method="attach_note",
        effect="request_noted",
        needs=frozenset({"order", "item"}),
        draft=_draft,
        done=_done,
        summary=lambda inputs, made: f"{made.request_no}：{_text(inputs)}",
        outcomes=("done", "refused"),
        values=_VALUES,
    )
)
