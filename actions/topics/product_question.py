"""Reads the answer to "which product?" and answers what was asked before."""

from actions import questions
from actions.topic import topic_of
from actions.topics.people import offer_person
from actions.turn import Turn

_DIGRESSIONS = 14  # longer sentences of another issue are not the name of a product


async def read_product(turn: Turn) -> bool:
    """A product's name; an unknown one goes to a product expert rather than being asked for again."""
    then = dict((turn.question or {}).get("then") or {})
    found = await turn.store.orders.products(turn.text, limit=1)
    category = turn.store.categories.of_intent(turn.intent)
    if category.is_issue and category.stage != "presale" and len(turn.text) > _DIGRESSIONS:
        return False
    if not found:
        if turn.intent not in questions.PASSIVE and category.stage != "presale":
            return False
        turn.close_question()
        offer_person(
            turn, "out_of_policy", "utter_presale_unsure", words=str(then.get("text") or turn.text)[:40]
        )
        return True
    turn.set("product", found[0].sku)
    turn.close_question()
    topic = topic_of(str(then.get("intent")))
    if topic is not None:
        turn.replay(then)
        await topic.answer(turn)
    return True


questions.register("product", read_product)
