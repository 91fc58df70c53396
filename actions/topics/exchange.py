"""Exchange and repair: the return form with the solution known (H17, H18, H23). Doubts about genuineness: a person."""

from actions import forms
from actions.choose_order import names_item
from actions.identity import need_order
from actions.return_form import begin, learn_reason, proceed
from actions.topic import Topic
from actions.topics.people import offer_person
from actions.topics.returns import already_asked
from actions.turn import Turn


class ExchangeRepair(Topic):
    """想换货 / 能修吗"""

    action = "action_exchange_repair"
    intents = ("exchange_request", "repair_request")

    async def answer(self, turn: Turn) -> None:
        wanted = "exchange" if turn.intent == "exchange_request" else "repair"
        if (turn.form or {}).get("name") == "return":
            forms.keep(turn, solution=wanted)
            turn.learn(demand=turn.store.dialogue.name("request_kind", wanted))
            turn.say("utter_corrected_solution", solution=turn.store.dialogue.name("request_kind", wanted))
            if not (turn.form or {}).get("reason") and wanted == "repair":
                learn_reason(turn, "quality")
            await proceed(turn)
            return
        order = await need_order(turn, prefer=("signed",))
        if order is None:
            return
        kind = turn.store.dialogue.name("request_kind", wanted)
        turn.learn(demand=kind)
        named = [one for one in order.items if names_item(turn.text, one.name)]
        item = order.items[0] if len(order.items) == 1 else named[0] if len(named) == 1 else None
        if item is not None and await already_asked(turn, order.order_no, item.item_id):
            return
        if order.state != "signed":
            items = "、".join(one.name for one in order.items)
            offer_person(
                turn,
                "requested",
                "utter_exchange_person",
                item=items,
                kind=kind,
                noted=turn.text[:40] or kind,
            )
            return
        begin(turn, order, item, wanted)
        reason = turn.store.dialogue.code_for("reason", turn.text)
        if reason is None and wanted == "repair":
            reason = "quality"
        if reason:
            learn_reason(turn, reason)
        await proceed(turn)


class DoubtFake(Topic):
    """怀疑不是正品"""

    action = "action_fake"
    intents = ("doubt_fake",)

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn, prefer=("signed",))
        if order is None:
            return
        turn.learn(demand="核实真伪", responsibility="product")
        offer_person(turn, "requested", "utter_fake_person", item=order.items[0].name)
