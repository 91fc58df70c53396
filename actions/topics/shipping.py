"""Dispatch time, carriers, freight and delivery area before buying, from the policy (H34, H35)."""

from actions import chinese
from actions.topic import Topic
from actions.topics.policies import tell_return_freight
from actions.turn import Turn


class Shipping(Topic):
    """多久发货、发什么快递、包邮吗、发哪里"""

    action = "action_shipping"
    intents = ("ship_time", "ship_carrier", "ship_fee", "ship_area")
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        store = turn.store.policy.store
        if turn.intent == "ship_fee" and (turn.form or {}).get("name") == "return":
            tell_return_freight(turn)
            return
        carriers = "、".join(one.name for one in store.carriers)
        named = next((one for one in store.carriers if one.name[:2] in turn.text), store.carriers[0])
        turn.say(
            f"utter_{turn.intent}",
            hours=store.dispatch.promise_hours,
            areas=store.dispatch.areas,
            excluded=store.dispatch.excluded_areas,
            carriers=carriers,
            fee=chinese.yuan(store.freight.fee),
            free_over=chinese.yuan(store.freight.free_over),
            days=named.days,
        )
