"""Signed but not received, or lost on the way: say what the timeline shows, then a logistics specialist (H30)."""

from actions import cards, chinese
from actions.identity import need_order
from actions.topic import Topic
from actions.topics.logistics import is_stalled, tell_logistics
from actions.topics.people import offer_person
from actions.turn import Turn


class Lost(Topic):
    """没收到却签收、快递丢了"""

    action = "action_lost"
    intents = ("parcel_lost",)

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn, prefer=("signed", "shipped"))
        if order is None:
            return
        turn.learn(responsibility="logistics")
        parcel = await turn.store.orders.parcel(order.order_no)
        item = "、".join(one.name for one in order.items)
        if order.state == "signed" and order.signed_at is not None:
            if parcel is not None:
                turn.card(cards.logistics_card(parcel, is_stalled(turn, parcel), turn.store))
            at = chinese.moment(order.signed_at, turn.store.tz)
            turn.say("utter_lost_noted", item=item, at=at, signed_by=order.signed_by or "他人")
        else:
            await tell_logistics(turn, order, offer=False)
        offer_person(turn, "requested", "utter_lost_person")
