"""The same words mean something else before and after dispatch: the order just talked about decides (data/dialogue/context.yml).

什么时候发货 asked with a paid order in hand is about that order, not about the store's promise before buying.
"""

from actions.choose_order import choose
from actions.turn import Turn

#: A longer sentence names its own matter; context is for short ones, in characters.
_SHORT = 12


async def meant_in_context(turn: Turn) -> str:
    """The intent as the order just talked about makes it; the same intent when nothing speaks for another (H30)."""
    readings = turn.store.dialogue.readings
    if turn.customer is None or not turn.get("order_no") or turn.is_button or len(turn.text) > _SHORT:
        return turn.intent
    if turn.heard.order_no or not any(turn.intent in one.intents for one in readings):
        return turn.intent
    order = choose(turn, await turn.store.orders.orders_of(turn.customer["phone"]), ())
    for one in readings:
        if order is not None and turn.intent in one.intents and order.state in one.states:
            return one.meant
    return turn.intent
