"""Order status and payment (H29)."""

from typing import Any

from actions import cards, chinese
from actions.identity import need_order
from actions.topic import Topic
from actions.turn import Turn


class OrderStatus(Topic):
    """State, content, total, expected dispatch of an order."""

    action = "action_order_status"
    intents = ("order_query",)

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn)
        if order is None:
            return
        turn.card(cards.order_card(order, turn.store))
        tz = turn.store.tz
        shown: dict[str, Any] = {
            "item": "、".join(f"{one.name} {one.spec}".strip() for one in order.items),
            "total": chinese.yuan(order.total),
            "ship_by": chinese.moment(order.ship_by, tz) if order.ship_by else "",
            "shipped": chinese.day(order.shipped_at, tz) if order.shipped_at else "",
            "signed": chinese.day(order.signed_at, tz) if order.signed_at else "",
            "signed_by": order.signed_by or "",
        }
        turn.say(f"utter_order_{order.state}", **shown)


class OrderPayment(Topic):
    """How one can pay, what to do when paying fails."""

    action = "action_order_payment"
    intents = ("order_payment",)
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        ways = "、".join(one.name for one in turn.store.policy.store.refunds.values())
        turn.say("utter_payment", ways=ways)
