"""Questions in passing about a parcel that nobody can answer for sure (data/knowledge): what is known is told (H30)."""

from datetime import timedelta

from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import goods, sentence
from aftersales.decisions.parcel import carrier_phone, dispatch_due, is_lost, is_stalled, signer
from aftersales.decisions.shipping import carrier_named
from aftersales.formatting import day, lasting, listed, moment
from aftersales.masking import mask_address
from aftersales.order_system.port import Parcel

#: What is known of a parcel, by name.
PARCEL_VALUES = (
    *("item", "carrier", "tracking_no", "scan", "at", "ago", "eta", "ship_by", "signed", "address"),
    *("hours", "carrier_phone", "signed_by", "was_due"),
)
_ON_THE_WAY = frozenset({"in_transit", "delivering"})


@decision(
    "parcel_known",
    outcomes=("rule", "waiting", "moving", "moving_eta", "delivering", "stalled", "arrived", "over"),
    needs=("order", "parcel"),
    values=PARCEL_VALUES,
)
def parcel_known(inputs: Inputs) -> Decision:
    """What is known of the order's parcel. `waiting`: not dispatched; `delivering`: a courier has it; `rule`: no order is known."""
    order, parcel, tz = inputs.order, inputs.parcel, inputs.tz
    values = dict.fromkeys(PARCEL_VALUES, "") | {"hours": str(inputs.policy.store.logistics.urge_due_hours)}
    if order is None:
        return Decision("rule", values)
    due = dispatch_due(inputs, order)
    values |= {
        "item": goods(order),
        "ship_by": moment(due, tz) if due else "",
        "signed": day(order.signed_at, tz) if order.signed_at else "",
        "signed_by": signer(inputs, order),
        "address": mask_address(order.address) or "",
    }
    if order.state in {"unpaid", "paid"}:
        return Decision("waiting" if order.state == "paid" else "over", values)
    if order.state != "shipped" or parcel is None or parcel.state not in _ON_THE_WAY:
        return Decision("arrived" if order.state == "signed" else "over", values)
    last = parcel.scans[0] if parcel.scans else None
    values |= {
        "carrier": parcel.carrier,
        "tracking_no": parcel.tracking_no,
        "scan": last.text if last else "",
        "at": moment(last.at, tz) if last else "",
        "ago": lasting(inputs.now - last.at) if last else "",
        "eta": day(parcel.eta, tz) if parcel.eta and parcel.eta > inputs.now else "",
        "carrier_phone": carrier_phone(inputs, parcel),
        "was_due": sentence(inputs, "was_due", "passed", day=day(parcel.eta, tz))
        if parcel.eta and parcel.eta <= inputs.now
        else "",
    }
    return Decision(_stands(inputs, parcel, bool(values["eta"])), values)


def _stands(inputs: Inputs, parcel: Parcel, expected: bool) -> str:
    if is_stalled(inputs, parcel):
        return "stalled"
    if parcel.state == "delivering":
        return "delivering"
    return "moving_eta" if expected else "moving"


@decision(
    "lost_when",
    outcomes=("rule", "waiting", "moving", "stalled", "lost", "over"),
    needs=("order", "parcel"),
    values=(*PARCEL_VALUES, "lost_on", "lost_by", "lost_days", "stalled_hours"),
)
def lost_when(inputs: Inputs) -> Decision:
    """From which day on a parcel that stands still counts as lost. `lost`: it does already; `moving`: it does not stand still;
    `rule`: no order is known."""
    logistics, known = inputs.policy.store.logistics, parcel_known(inputs)
    values = {
        **known.values,
        "lost_on": "",
        "lost_by": "",
        "lost_days": str(logistics.lost_after_days),
        "stalled_hours": str(logistics.stalled_hours),
    }
    parcel = inputs.parcel
    if known.outcome not in {"moving", "moving_eta", "delivering", "stalled"} or parcel is None:
        return Decision(known.outcome if known.outcome in {"rule", "waiting"} else "over", values)
    if parcel.last_scan_at is not None:
        last = moment(parcel.last_scan_at + timedelta(days=logistics.lost_after_days), inputs.tz)
        values |= {"lost_on": last, "lost_by": sentence(inputs, "lost_by", "day", day=last)}
    if is_lost(inputs, parcel):
        return Decision("lost", values)
    return Decision("stalled" if known.outcome == "stalled" else "moving", values)


@decision(
    "carrier_line",
    outcomes=("own", "named", "all"),
    needs=("order", "parcel"),
    values=("carrier", "phone", "tracking_no", "lines"),
)
def carrier_line(inputs: Inputs) -> Decision:
    """The carriers' own telephone lines. `own`: that of the order's parcel; `named`: of the carrier in the words."""
    carriers, parcel = inputs.policy.store.carriers, inputs.parcel
    lines = listed(f"{one.name} {one.phone}" for one in carriers)
    named = carrier_named(inputs)
    if named is not None and (parcel is None or parcel.carrier != named.name):
        values = {"carrier": named.name, "phone": named.phone, "tracking_no": "", "lines": lines}
        return Decision("named", values)
    known = inputs.policy.store.carrier(parcel.carrier) if parcel is not None else None
    phone = (parcel.carrier_phone if parcel else None) or (known.phone if known else "")
    if parcel is None or not phone or not parcel.tracking_no:
        return Decision("all", {"carrier": "", "phone": "", "tracking_no": "", "lines": lines})
    values = {
        "carrier": parcel.carrier,
        "phone": phone,
        "tracking_no": parcel.tracking_no,
        "lines": lines,
    }
    return Decision("own", values)
