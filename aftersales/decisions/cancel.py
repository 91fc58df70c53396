"""Cancel an order before dispatch; afterwards the honest alternatives (H19, H22)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import (
    goods,
    judged,
    open_request,
    order_of,
    same_goods,
    sentence,
    told_apart,
)
from aftersales.decisions.parcel_questions import lost_when
from aftersales.formatting import yuan
from aftersales.order_rules import check_cancel
from aftersales.order_system.port import OVER, AfterSalesRequest


@decision(
    "cancel_case",
    outcomes=("over", "shipped", "signed", "open", "paid", "unpaid"),
    needs=("order", "orders", "requests"),
    values=("request_no", "reasons", "kept", "this"),
    slots=("request_no", "twin"),
)
def cancel_case(inputs: Inputs) -> Decision:
    """May the order be cancelled? `open`: it was asked for already; `unpaid`: it may, and there is nothing to refund. `kept`: the
    other order with the same goods, which stays."""
    order, answer = order_of(inputs), check_cancel(inputs.policy, order_of(inputs))
    made = open_request(inputs, "cancel")
    twin = same_goods(inputs)
    values = {
        "request_no": made.request_no if made else "",
        "reasons": answer.text,
        "this": told_apart(inputs, order),
        "kept": told_apart(inputs, twin) if twin else "",
    }
    if order.state in OVER:
        return Decision("over", values)
    if answer.result != "eligible":
        return Decision("signed" if order.state == "signed" else "shipped", values, judged(answer))
    if made is not None:
        return Decision("open", values, slots={"request_no": made.request_no})
    slots = {"twin": twin.order_no if twin else None}
    return Decision("unpaid" if order.paid_at is None else "paid", values, judged(answer), slots)


@decision(
    "duplicate_case", outcomes=("doubled", "pieces", "none"), needs=("order", "orders"), values=("pieces",)
)
def duplicate_case(inputs: Inputs) -> Decision:
    """拍重了: is there another order with the same goods, or are there several pieces in this one?"""
    order = order_of(inputs)
    pieces = max((one.qty for one in order.items), default=1)
    outcome = (
        "doubled" if same_goods(inputs) else "pieces" if pieces > 1 and order.state == "paid" else "none"
    )
    return Decision(outcome, {"pieces": str(pieces)})


@decision(
    "reorder_case",
    outcomes=("unpaid", "open", "promotion", "shipped", "signed", "over"),
    needs=("order",),
    values=("promotion",),
)
def reorder_case(inputs: Inputs) -> Decision:
    """取消了重拍: may this order still be cancelled, and is there a promotion on it that a new one may not get?"""
    order = order_of(inputs)
    values = {"promotion": "、".join(one.name for one in order.promotions)}
    if order.state in OVER:
        return Decision("over", values)
    if check_cancel(inputs.policy, order).result != "eligible":
        return Decision("signed" if order.state == "signed" else "shipped", values)
    if order.paid_at is None:
        return Decision("unpaid", values)
    return Decision("promotion" if order.promotions else "open", values)


@decision("undo_cancel", outcomes=("nothing_done", "cancelled"), needs=("order",))
def undo_cancel(inputs: Inputs) -> Decision:
    """点错了, 不取消了: was anything cancelled at all?"""
    return Decision("cancelled" if order_of(inputs).state in OVER else "nothing_done")


@decision(
    "intercept_case",
    outcomes=("possible", "stalled", "lost", "open", "delivering", "unsure"),
    needs=("order", "parcel", "requests"),
    values=("request_no", "next", "item", "at", "ago", "lost_on"),
    slots=("request_no", "lost_on"),
)
def intercept_case(inputs: Inputs) -> Decision:
    """May a dispatched parcel still be called back? `stalled`: it may, and stands still so that there is nothing to refuse: from
    {lost_on} on it counts as lost; `lost`: it does already; `delivering`: it is refused at the door; `unsure`: nobody knows
    where it is, or which order is meant."""
    made = open_request(inputs, "intercept")
    stands = lost_when(inputs)
    none = {"request_no": "", "next": "", "item": goods(inputs.order) if inputs.order else ""}
    none |= {name: stands.values[name] for name in ("at", "ago", "lost_on")}
    if made is not None:
        values = none | {"request_no": made.request_no, "next": made.next}
        return Decision("open", values, slots={"request_no": made.request_no})
    state = inputs.parcel.state if inputs.parcel else None
    if stands.outcome in ("stalled", "lost"):
        return Decision(stands.outcome, none, slots={"lost_on": none["lost_on"] or None})
    if state in ("delivering", "signed"):
        return Decision("delivering", none)
    return Decision("possible" if state == "in_transit" else "unsure", none)


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    return {"order_no": order_of(inputs).order_no, "reason": inputs.words[:200]}


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    outcome = "nothing_to_refund" if order_of(inputs).paid_at is None else "done"
    twin = same_goods(inputs)
    kept = told_apart(inputs, twin) if twin else ""
    twin_no = twin.order_no if twin else None  # the other one may be gone as well by now
    return Decision(outcome, {"request_no": made.request_no, "kept": kept}, slots={"twin": twin_no})


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    order = order_of(inputs)
    return sentence(
        inputs,
        "effect",
        "order_cancelled" if order.paid_at is not None else "order_cancelled_unpaid",
        order_no=order.order_no,
        item=goods(order),
        total=yuan(order.total),
        payment=inputs.policy.store.refunds[order.payment_method].name,
    )


write(
    WriteSpec(
        name="cancel",
        method="cancel",
        effect="order_cancelled",
        needs=frozenset({"order", "orders"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "nothing_to_refund", "refused"),
        values=("request_no", "kept"),
    )
)


def _intercepted(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    return Decision(
        "done",
        {"request_no": made.request_no, "next": made.next},
        {"demand": inputs.policy.requests.names["intercept"]},
    )


write(
    WriteSpec(
        name="intercept",
        method="intercept",
        effect="parcel_intercepted",
        needs=frozenset({"order"}),
        draft=_draft,
        done=_intercepted,
        summary=lambda inputs, made: sentence(
            inputs, "effect", "intercepted", order_no=order_of(inputs).order_no, item=goods(order_of(inputs))
        ),
        outcomes=("done", "refused"),
        values=("request_no", "next"),
    )
)
