"""What is sent instead of goods that were broken or left out: when it is there at the longest, and the money for what is missing (H16, H25, H27)."""

from __future__ import annotations

from datetime import datetime, timedelta

from aftersales.catalogue import figures_in
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import goods, sentence
from aftersales.decisions.return_case import ITEM_KINDS, the_item
from aftersales.eligibility import warranty_days
from aftersales.formatting import day, moment, yuan
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest
from aftersales.windows import window_of

_SUBMITTED, _SENT, _RECEIVED = "submitted", "sent_back", "received"
#: Requests after which goods are sent: the old ones first go back, or nothing does.
_EXCHANGE, _RESEND, _CLAIM = "exchange", "resend", "claim"
_WHEN = ("item", "request_no", "due", "exchange_by", "resend_by")


@decision(
    "sent_instead_when",
    outcomes=("exchange", "resend", "claim", "rule"),
    needs=("order", "requests"),
    values=_WHEN,
)
def sent_instead_when(inputs: Inputs) -> Decision:
    """换新的要几天, 补发几天到: by the newest open request of the order that sends goods, or a claim for a lost parcel, else what it would take
    from now (`rule`). Estimates, every step at its longest."""
    made = next(
        (
            one
            for one in inputs.requests
            if one.kind in (_EXCHANGE, _RESEND, _CLAIM) and one.state not in CLOSED_REQUEST_STATES
        ),
        None,
    )
    values = {
        "item": goods(inputs.order) if inputs.order is not None else "",
        "request_no": made.request_no if made else "",
        "due": moment(made.due, inputs.tz) if made and made.due else "",
        "exchange_by": latest_told(inputs, _EXCHANGE, made),
        "resend_by": latest_told(inputs, _RESEND, made),
    }
    return Decision(made.kind if made is not None else "rule", values)


def latest_told(inputs: Inputs, kind: str, made: AfterSalesRequest | None = None) -> str:
    """The day by which what an exchange or a resend sends is there, every step at its longest."""
    return day(_latest(inputs, kind, made), inputs.tz)


def _latest(inputs: Inputs, kind: str, made: AfterSalesRequest | None) -> datetime:
    flow, store = inputs.policy.returns.flow, inputs.policy.store
    days = [int(one) for carrier in store.carriers for one in figures_in(carrier.days)]
    road = timedelta(days=max(days, default=0))
    state = made.state if made is not None else ""
    asked = made is None or state == _SUBMITTED
    ready = inputs.now
    if asked:
        ready = (made.due if made else None) or inputs.now + timedelta(hours=flow.review_hours)
    if kind == _EXCHANGE:
        if state not in (_SENT, _RECEIVED):
            ready += timedelta(hours=flow.pickup_hours)
        if state != _RECEIVED:
            ready += road
        ready += timedelta(days=flow.inspect_days)
    return ready + timedelta(hours=store.dispatch.promise_hours) + road


@decision(
    "missing_money",
    outcomes=("inside", "changing", "over", "rule"),
    needs=("order", "item", "requests"),
    values=("item", "last", "request_no", "paid"),
)
def missing_money(inputs: Inputs) -> Decision:
    """少的那几个能只退钱吗: `inside` the days of a fault; `changing`: a resend was asked for and not looked at yet, which can be changed;
    `over`: the days are over; `rule`: no order is known, or it has not arrived."""
    order = inputs.order
    values = dict.fromkeys(("item", "last", "request_no", "paid"), "")
    if order is None or order.signed_at is None:
        return Decision("rule", values)
    item = the_item(inputs)
    quality = window_of(order.signed_at, inputs.policy.returns.quality.window_days, inputs.now, inputs.tz)
    values |= {"item": item.name, "last": quality.last_told, "paid": yuan(item.price * item.qty)}
    made = next(
        (one for one in inputs.requests if one.kind in ITEM_KINDS and one.state not in CLOSED_REQUEST_STATES),
        None,
    )
    if made is not None and made.kind == _RESEND and made.state == _SUBMITTED:
        return Decision("changing", values | {"request_no": made.request_no})
    return Decision("inside" if quality.inside else "over", values)


@decision(
    "fault_days",
    outcomes=("inside", "warranty", "over", "not_arrived", "rule"),
    needs=("order", "item"),
    values=("item", "last", "day"),
)
def fault_days(inputs: Inputs) -> Decision:
    """这算质量问题吧: what a fault of the goods in hand opens today: return or exchange (`inside`), repair free of charge (`warranty`), neither
    (`over`); `rule`: no order is known."""
    order = inputs.order
    values = dict.fromkeys(("item", "last", "day"), "")
    if order is None:
        return Decision("rule", values)
    item = the_item(inputs)
    values["item"] = item.name
    if order.signed_at is None:
        return Decision("not_arrived", values)
    quality = window_of(order.signed_at, inputs.policy.returns.quality.window_days, inputs.now, inputs.tz)
    if quality.inside:
        return Decision("inside", values | {"last": quality.last_told, "day": str(quality.day)})
    kept = window_of(order.signed_at, warranty_days(inputs.policy, item), inputs.now, inputs.tz)
    return Decision(
        "warranty" if kept.inside else "over", values | {"last": kept.last_told, "day": str(kept.day)}
    )


@decision(
    "used_why",
    outcomes=("used_no", "unopened", "never", "inside", "over", "rule"),
    needs=("order", "item"),
    values=("item", "last", "day", "why", "quality_hint"),
)
def used_why(inputs: Inputs) -> Decision:
    """不是有七天无理由吗 我就试了两次: why goods in this state do not go back without a reason, by the same facts as the verdict. `used_no`: within the
    days, and used; `inside`: within the days, and nothing was told of their state; `unopened`, `never`: their kind; `rule`: no order is known."""
    order, rules = inputs.order, inputs.policy.returns
    values = dict.fromkeys(("item", "last", "day", "why", "quality_hint"), "")
    if order is None or order.signed_at is None:
        return Decision("rule", values)
    item = the_item(inputs)
    kind = rules.kinds.get(item.kind)
    free = window_of(order.signed_at, rules.no_reason.window_days, inputs.now, inputs.tz)
    quality = window_of(order.signed_at, rules.quality.window_days, inputs.now, inputs.tz)
    values |= {"item": item.name, "last": free.last_told, "day": str(free.day)}
    values["why"] = (kind.why or "") if kind is not None else ""
    if quality.inside:
        values["quality_hint"] = sentence(inputs, "used_why", "quality", last=quality.last_told)
    if kind is not None and kind.no_reason != "always":
        return Decision(kind.no_reason, values)
    if not free.inside:
        return Decision("over", values)
    told = rules.conditions.get(str(inputs.slots.get("condition")))
    return Decision("inside" if told is None or told.intact else "used_no", values)
