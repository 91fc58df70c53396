"""Exchange, repair and doubts about genuineness: noted honestly, then a person does it."""

from actions.identity import need_order
from actions.topic import Topic
from actions.topics.people import offer_person
from actions.topics.returns import already_asked
from actions.turn import Turn


class ExchangeRepair(Topic):
    """想换货 / 能修吗"""

    action = "action_exchange_repair"
    intents = ("exchange_request", "repair_request")

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn, prefer=("signed",))
        if order is None:
            return
        kind = turn.store.dialogue.name(
            "request_kind", "exchange" if turn.intent == "exchange_request" else "repair"
        )
        turn.learn(demand=kind)
        item = order.items[0]
        if await already_asked(turn, order.order_no, item.item_id):
            return
        offer_person(
            turn, "unsure", "utter_exchange_person", item=item.name, kind=kind, noted=turn.text[:40] or kind
        )


class DoubtFake(Topic):
    """怀疑不是正品"""

    action = "action_fake"
    intents = ("doubt_fake",)

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn, prefer=("signed",))
        if order is None:
            return
        turn.learn(demand="核实真伪", responsibility="product")
        offer_person(turn, "unsure", "utter_fake_person", item=order.items[0].name)
