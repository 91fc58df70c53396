"""Price protection and wrong charges: the customer's own dates, then a person who checks the payment (H21)."""

from datetime import timedelta

from actions import chinese
from actions.identity import need_order
from actions.topic import Topic
from actions.topics.people import offer_person
from actions.turn import Turn


class Price(Topic):
    """买贵了、降价补差 / 扣错钱、拍重了"""

    action = "action_price"
    intents = ("price_protect", "price_wrong")

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn)
        if order is None:
            return
        item = "、".join(one.name for one in order.items)
        if turn.intent == "price_wrong" or order.paid_at is None:
            turn.learn(demand="核对金额")
            offer_person(turn, "requested", "utter_price_wrong_person", item=item)
            return
        turn.learn(demand="价保退差价")
        rule = turn.store.policy.store.price_protection
        tz = turn.store.tz
        last = order.paid_at.astimezone(tz).date() + timedelta(days=rule.window_days)
        inside = turn.now.astimezone(tz).date() <= last
        offer_person(
            turn,
            "requested" if inside else "out_of_policy",
            "utter_price_in_window" if inside else "utter_price_over",
            item=item,
            paid=chinese.day(order.paid_at, tz),
            last=f"{last.month}月{last.day}日",
            days=rule.window_days,
            rule=rule.text,
        )
