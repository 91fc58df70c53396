"""How an order stands as a shop assistant sees it: its state, or what is under way with it (H31, H32)."""

from __future__ import annotations

from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest, Order, Refund
from dialogue.knowledge import GIVEN_BACK, NOTED, QUEUED
from dialogue.scene import Scene

#: Kinds of requests that send something back.
GOING_BACK = frozenset({"return", "exchange", "repair", "refund_only", "resend"})
#: Requests that pay a part of the price back and leave the order as it stands.
_BESIDE = frozenset({"compensation", "change"})
_OVER = frozenset({"refunding", "refunded"})
#: The request, and the flow that makes it, for a parcel that did not arrive.
CLAIM, _LOST = "claim", "lost_parcel"
#: The situation that goes before the order's own.
CLAIMING, INTERCEPTING = "claiming", "intercepting"
#: Situations that no state of an order tells.
UNDER_WAY = frozenset({"returning", "refunding"})


def situation_of(scene: Scene, order: Order, *, named: bool = False) -> str:
    """One of context_table.SITUATIONS. `named`: as it is named to the customer (labels, `situation`), where an order that
    was cancelled and is being refunded has a name of its own."""
    found = _situation(scene, order)
    return f"cancelled_{found}" if named and order.state == "cancelled" and found in _OVER else found


def beside(scene: Scene, order: Order) -> str | None:
    """`intercepting`: the parcel is being called back. `claiming`: it is being looked for, or that is being asked for now. What the tables say for it goes before what they
    say for the order's situation."""
    if order.state == "shipped" and _called_back(scene, order):
        return INTERCEPTING
    asked = any((one.flow, one.order_no) == (_LOST, order.order_no) for one in scene.state.frames)
    made = scene.outside.requests(order.order_no)
    open_claim = any(one.kind == CLAIM and one.state not in CLOSED_REQUEST_STATES for one in made)
    return CLAIMING if asked or open_claim else None


def _called_back(scene: Scene, order: Order) -> bool:
    made = scene.outside.requests(order.order_no)
    return any(one.kind == "intercept" and one.state not in CLOSED_REQUEST_STATES for one in made)


def of_talk(scene: Scene) -> str | None:
    """How the conversation stands with people (knowledge.OF_TALK); None: nobody waits, nothing was left, nobody was here."""
    if scene.message.listen:
        return QUEUED
    if scene.at.has_ticket:
        return NOTED
    return GIVEN_BACK if scene.state.resolution else None


def under_way(scene: Scene, order: Order) -> tuple[AfterSalesRequest | None, Refund | None]:
    """The open request to send something back, and the newest refund."""
    back = (
        one
        for one in scene.outside.requests(order.order_no)
        if one.kind in GOING_BACK and one.state not in CLOSED_REQUEST_STATES
    )
    requests = scene.outside.requests(order.order_no)
    beside = {one.request_no for one in requests if one.kind in _BESIDE}
    refunds = [one for one in scene.outside.refunds(order.order_no) if one.request_no not in beside]
    return next(back, None), refunds[0] if refunds else None


def _situation(scene: Scene, order: Order) -> str:
    request, refund = under_way(scene, order)
    if refund is not None and refund.state != "arrived":
        return "refunding"
    if request is not None:
        return "refunding" if request.state == "refunding" else "returning"
    if refund is not None and (len(order.items) == 1 or order.state in {"cancelled", "refunded"}):
        return "refunded"
    if order.state == "cancelled" and order.paid_at is None:
        return "closed"
    return str(order.state)
