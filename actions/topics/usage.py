"""How to install and use, from the catalogue; anything deeper goes to technical support (H27)."""

from actions.topic import Topic
from actions.topics.people import offer_person
from actions.topics.presale import the_product
from actions.turn import Turn


class Usage(Topic):
    """怎么装、怎么用"""

    action = "action_usage"
    intents = ("usage_install", "usage_howto")
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        product = await the_product(turn)
        if product is None and turn.facts.get("item"):
            found = await turn.store.orders.products(str(turn.facts["item"]), limit=1)
            product = found[0] if found else None
        if product is None:
            turn.ask(
                "product",
                "utter_ask_product",
                keep={"then": {"intent": turn.intent, "text": turn.text[:200]}},
            )
        elif product.usage and turn.get("usage_told") != product.sku:
            turn.set("usage_told", product.sku)
            turn.say("utter_usage", product=product.name, usage=product.usage)
        else:
            offer_person(turn, "unsure", "utter_usage_unsure")
