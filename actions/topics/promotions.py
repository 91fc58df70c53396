"""Price, coupons, activities and gifts, from the catalogue and what is running (H34)."""

from actions import chinese
from actions.topic import Topic
from actions.topics.people import offer_person
from actions.topics.presale import the_product
from actions.turn import Turn

_BARGAIN = ("便宜", "最低", "少点", "优惠点", "抹零", "打折", "再降", "能少", "讲价", "砍价")


class Promotions(Topic):
    """多少钱、有券吗、送什么"""

    action = "action_promo"
    intents = ("promo_price", "promo_coupon", "promo_gift")
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        running = await turn.store.orders.promotions()
        saving = [one for one in running if one.off > 0] or running
        said = "".join(
            f"{one.text.rstrip('。')}。" for one in (running if turn.intent == "promo_coupon" else saving)[:3]
        )
        if turn.intent == "promo_gift":
            offer_person(turn, "out_of_policy", "utter_promo_gift")
            return
        if turn.intent == "promo_coupon":
            turn.say("utter_promo_running" if running else "utter_promo_none", promotions=said)
            return
        if any(one in turn.text for one in _BARGAIN):
            offer_person(turn, "out_of_policy", "utter_promo_no_bargain", promotions=said)
            return
        product = await the_product(turn)
        if product is None:
            turn.ask(
                "product",
                "utter_ask_product",
                keep={"then": {"intent": turn.intent, "text": turn.text[:200]}},
            )
            return
        turn.say(
            "utter_promo_price", product=product.name, price=chinese.yuan(product.price), promotions=said
        )
