"""Where the parcel is, whether it stands still or is lost, and whether dispatch or delivery can be hurried (H30)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import goods, open_request, order_of, sentence
from aftersales.formatting import day, lasting, moment
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest, Order, Parcel, Urge

#: `late`: not dispatched by the promised time; `…_urged`: a task to hurry it is open; `lost`: it stands still for too
#: long; `declared_lost`: the carrier says so.
CASES = (
    *("unpaid", "cancelled", "refunded", "not_dispatched", "late", "late_urged", "no_scan", "moving"),
    *("moving_eta", "stalled", "stalled_urged", "lost", "declared_lost", "returned", "signed"),
)
_VALUES = (
    *("carrier", "tracking_no", "scan", "at", "ago", "eta", "signed_by", "ship_by", "hours", "lost_days"),
    *("request_no", "due", "urged_at", "carrier_phone"),
)
_PART_VALUES = ("carrier", "tracking_no", "eta", "days", "carrier_phone")
_ON_THE_WAY = frozenset({"in_transit", "delivering"})
#: Nothing to hurry: there is no parcel, it is over, or it must be searched for.
_NOT_HURRIED = frozenset({"unpaid", "cancelled", "refunded", "returned", "signed", "lost", "declared_lost"})


@decision(
    "parcel_case",
    outcomes=CASES,
    needs=("order", "parcel", "requests"),
    values=_VALUES,
    slots=("stalled",),
)
def parcel_case(inputs: Inputs) -> Decision:
    """Where the parcel of the order is."""
    state = _state(inputs)
    urged = state in {"late", "stalled"} and _open_urge(inputs) is not None
    return _told(inputs, f"{state}_urged" if urged else state)


@decision(
    "urge_case",
    outcomes=(
        *("unpaid", "cancelled", "refunded", "returned", "signed", "lost", "declared_lost", "task", "urged"),
        "urged_waiting",
        *("not_dispatched", "late", "no_scan", "moving", "moving_eta", "stalled", "intercepting"),
    ),
    needs=("order", "parcel", "requests"),
    values=_VALUES,
    slots=("stalled",),
)
def urge_case(inputs: Inputs) -> Decision:
    """May dispatch or delivery be hurried? `task`: leave it at once, the customer has been told how it stands and wants
    it; `intercepting`: the parcel is being called back, to hurry it to the customer would work against that; `urged`: a task is open and nobody asked for another, `urged_waiting`: of an order that is not dispatched yet; `not_dispatched` … `stalled`: say how it stands first."""
    state, hurry = _state(inputs), inputs.slots.get("hurry")
    if state in _NOT_HURRIED:
        return _told(inputs, state)
    if (called := open_request(inputs, "intercept")) is not None:
        due = moment(called.due, inputs.tz) if called.due else ""
        told = _told(inputs, "intercepting")
        return replace(told, values={**told.values, "request_no": called.request_no, "due": due})
    urged = _open_urge(inputs) is not None
    if hurry == "accepted" or (hurry and urged):
        return _told(inputs, "task")
    return _told(inputs, ("urged_waiting" if state == "not_dispatched" else "urged") if urged else state)


@decision(
    "parcel_part",
    outcomes=("carrier", "number", "when", "when_unknown", "whole"),
    needs=("order", "parcel"),
    values=_PART_VALUES,
)
def parcel_part(inputs: Inputs) -> Decision:
    """Only the carrier, the number or the day (slot `part`); `whole` where one part would hide that something is wrong."""
    parcel, part = inputs.parcel, str(inputs.slots.get("part") or "")
    if parcel is None or parcel.state not in _ON_THE_WAY or is_stalled(inputs, parcel):
        return Decision("whole", dict.fromkeys(_PART_VALUES, ""))
    known = parcel.eta is not None and parcel.eta > inputs.now
    carriers = inputs.policy.store.carriers
    carrier = inputs.policy.store.carrier(parcel.carrier) or carriers[0]
    values = {
        "carrier": parcel.carrier,
        "tracking_no": parcel.tracking_no,
        "eta": day(parcel.eta, inputs.tz) if parcel.eta and known else "",
        "days": carrier.days,
        "carrier_phone": carrier_phone(inputs, parcel),
    }
    if part == "when" and not known:
        return Decision("when_unknown", values)
    return Decision(part if part in {"carrier", "number", "when"} else "whole", values)


def is_stalled(inputs: Inputs, parcel: Parcel) -> bool:
    """No scan for longer than the policy's hours while on the way (H30)."""
    still = _still(inputs, parcel)
    return still is not None and still > timedelta(hours=inputs.policy.store.logistics.stalled_hours)


def is_lost(inputs: Inputs, parcel: Parcel) -> bool:
    """No scan for longer than the policy's days while on the way: to be treated as lost."""
    still = _still(inputs, parcel)
    return still is not None and still > timedelta(days=inputs.policy.store.logistics.lost_after_days)


def dispatch_due(inputs: Inputs, order: Order) -> datetime | None:
    """When it is dispatched at the latest: the order's own promise, else the store's after payment (H29)."""
    if order.ship_by is not None or order.paid_at is None:
        return order.ship_by
    return order.paid_at + timedelta(hours=inputs.policy.store.dispatch.promise_hours)


def signer(inputs: Inputs, order: Order) -> str:
    """Who signed for the parcel, or that nobody is named."""
    return order.signed_by or inputs.name("signed_by", "unknown")


def _still(inputs: Inputs, parcel: Parcel) -> timedelta | None:
    """How long a parcel on the way has had no scan; None when it is not on the way or was never scanned."""
    if parcel.state not in _ON_THE_WAY or parcel.last_scan_at is None:
        return None
    return inputs.now - parcel.last_scan_at


def carrier_phone(inputs: Inputs, parcel: Parcel) -> str:
    """The carrier's own line as half a sentence; empty for a carrier that neither the parcel nor the policy tells one of."""
    known = inputs.policy.store.carrier(parcel.carrier)
    phone = parcel.carrier_phone or (known.phone if known else "")
    return sentence(inputs, "parcel_contact", "phone", phone=phone) if phone else ""


def _state(inputs: Inputs) -> str:
    order, parcel = order_of(inputs), inputs.parcel
    if parcel is None or parcel.state == "not_dispatched":
        if order.state == "paid":
            due = dispatch_due(inputs, order)
            return "late" if due is not None and due < inputs.now else "not_dispatched"
        return "no_scan" if order.state == "shipped" else order.state
    if parcel.state in {"signed", "returned"}:
        return parcel.state
    if parcel.state == "lost":
        return "declared_lost"
    if is_lost(inputs, parcel):
        return "lost"
    if is_stalled(inputs, parcel):
        return "stalled"
    return "moving_eta" if parcel.eta is not None and parcel.eta > inputs.now else "moving"


def _open_urge(inputs: Inputs) -> AfterSalesRequest | None:
    """The task to hurry this order that is still due: asked again, the order system names the same one."""
    return next(
        (
            one
            for one in inputs.requests
            if one.kind == "urge"
            and one.state not in CLOSED_REQUEST_STATES
            and one.solution in (None, _what(order_of(inputs)))
            and (one.due is None or one.due > inputs.now)
        ),
        None,
    )


def _told(inputs: Inputs, outcome: str) -> Decision:
    order, parcel, tz = order_of(inputs), inputs.parcel, inputs.tz
    logistics = inputs.policy.store.logistics
    last = parcel.scans[0] if parcel is not None and parcel.scans else None
    at = last.at if last else order.signed_at
    due, urged = dispatch_due(inputs, order), _open_urge(inputs)
    stalled = parcel is not None and is_stalled(inputs, parcel)
    values = {
        "carrier": parcel.carrier if parcel else "",
        "tracking_no": parcel.tracking_no if parcel else "",
        "scan": last.text if last else "",
        "at": moment(at, tz) if at else "",
        "ago": lasting(inputs.now - last.at) if last else "",
        "eta": day(parcel.eta, tz) if parcel and parcel.eta else "",
        "signed_by": signer(inputs, order),
        "ship_by": moment(due, tz) if due else "",
        "hours": str(logistics.urge_due_hours),
        "lost_days": str(logistics.lost_after_days),
        "request_no": urged.request_no if urged else "",
        "due": moment(urged.due, tz) if urged and urged.due else "",
        "urged_at": moment(urged.created_at, tz) if urged else "",
        "carrier_phone": carrier_phone(inputs, parcel) if parcel else "",
    }
    facts = {"responsibility": "logistics"} if stalled or outcome == "declared_lost" else {}
    return Decision(outcome, values, facts, {"stalled": True if stalled else None})


def _what(order: Order) -> Urge:
    return "dispatch" if order.state == "paid" else "delivery"


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    order = order_of(inputs)
    wish, note = inputs.slots.get("wish"), inputs.words
    if wish:
        said = inputs.name("claim_wish", str(wish))
        note = f"{sentence(inputs, 'return_note', 'loss_wish', value=said)} {note}"
    return {"order_no": order.order_no, "what": _what(order), "note": note[:200]}


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    """The task's number and when it is answered; the promise is a fact of the case (H45)."""
    due = made.due or inputs.now + timedelta(hours=inputs.policy.store.logistics.urge_due_hours)
    values = {"request_no": made.request_no, "due": moment(due, inputs.tz)}
    promise = sentence(inputs, "promise", "urge", **values)
    values["urged_at"] = moment(made.created_at, inputs.tz)
    known = [str(one) for one in inputs.facts.get("promises") or []]
    promises = known if promise in known else [*known, promise]
    return Decision("repeated" if made.repeated else "done", values, {"promises": promises})


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    return sentence(inputs, "effect", "urged", item=made.item or goods(order_of(inputs)), next=made.next)


write(
    WriteSpec(
        name="urge",
        method="urge",
        effect="urged",
        needs=frozenset({"order"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "repeated", "refused"),
        values=("request_no", "due", "urged_at"),
    )
)
