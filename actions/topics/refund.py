"""Where is my refund, how far is my return: from the real state, with the expected date (H26, H31, H32)."""

from typing import Any

from actions import cards, chinese, follow_ups
from actions.identity import need_order
from actions.topic import Topic
from actions.topics.people import offer_person
from actions.turn import Turn
from aftersales.order_system.port import Order, Refund


class RefundProgress(Topic):
    """退款到哪了 / 退货审核了吗"""

    action = "action_refund_progress"
    intents = ("refund_progress", "return_progress")

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn, prefer=("refunded",))
        if order is None:
            return
        refunds = await turn.store.orders.refund_progress(order.order_no)
        requests = await turn.store.orders.requests_of(order.order_no)
        wanted = [
            one for one in requests if one.kind in {"return", "exchange", "repair", "refund_only", "cancel"}
        ]
        if refunds and (
            turn.intent == "refund_progress" or not wanted or wanted[0].state in {"refunding", "done"}
        ):
            tell_refund(turn, order, refunds[0])
        elif wanted:
            name = turn.store.dialogue.name
            made = wanted[0]
            turn.card(cards.request_card(made, turn.store))
            turn.say(
                "utter_request_progress",
                item=made.item or _items(order),
                kind=name("request_kind", made.kind),
                request_no=made.request_no,
                state=name("request_state", made.state),
                next=made.next,
                due=f"最晚 {chinese.moment(made.due, turn.store.tz)} 前有结果。" if made.due else "",
            )
        else:
            turn.say("utter_refund_none", item=_items(order))


def tell_refund(turn: Turn, order: Order, refund: Refund) -> None:
    """Amount, way and date; late or failed ones offer a person."""
    told = _told(turn, order, refund)
    if refund.state == "processing" and refund.expected_at < turn.now:
        offer_person(turn, "requested", "utter_refund_overdue", **told)
    elif refund.state == "failed":
        offer_person(turn, "requested", "utter_refund_failed", **told)
    else:
        turn.say(f"utter_refund_{refund.state}", **told)


def _told(turn: Turn, order: Order, refund: Refund) -> dict[str, Any]:
    tz = turn.store.tz
    return {
        "item": next((one.name for one in order.items if one.item_id == refund.item_id), _items(order)),
        "amount": chinese.yuan(refund.amount),
        "method": turn.store.policy.store.refunds[refund.method].name,
        "started": chinese.day(refund.started_at, tz),
        "expected": chinese.day(refund.expected_at, tz),
        "arrived": chinese.day(refund.arrived_at, tz) if refund.arrived_at else "",
    }


async def answer_part(turn: Turn, part: str) -> bool:
    """Only where, when or how much, of the refund that was just told."""
    refunds = await turn.store.orders.refund_progress(str(turn.get("order_no")))
    order = await turn.store.orders.order(str(turn.get("order_no")))
    if not refunds or order is None or refunds[0].state != "processing" or refunds[0].expected_at < turn.now:
        return False
    turn.say(f"utter_refund_{part}", **_told(turn, order, refunds[0]))
    return True


def _items(order: Order) -> str:
    return "、".join(one.name for one in order.items)


follow_ups.register(
    "refund_progress",
    "return_progress",
    group="refund_part",
    answer=answer_part,
    never=frozenset({"return_request", "refund_request", "cancel_order", "invoice_request", "return_policy"}),
)
