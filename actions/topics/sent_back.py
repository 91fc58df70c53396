"""The customer sent the goods back and gives the carrier's number: it goes into the open request (H25)."""

import re

from actions import cards
from actions.turn import Turn
from aftersales.order_system.port import Refused

_SENT_BACK = ("return", "exchange", "repair")


def carrier_number(turn: Turn) -> str | None:
    """A number in the message that looks like one of the store's carriers' (data/policy/store.yml), not an order."""
    for word in re.findall(r"(?<![A-Za-z0-9])[A-Za-z0-9]{10,24}(?![A-Za-z0-9])", turn.text.upper()):
        for carrier in turn.store.policy.store.carriers:
            if re.fullmatch(carrier.tracking_pattern, word, re.IGNORECASE):
                return str(word)
    return None


async def take_tracking_no(turn: Turn) -> bool:
    """Register it with the verified customer's open request. False: there is no such number, or nobody verified."""
    number = carrier_number(turn)
    order_no = turn.get("order_no")
    if number is None or turn.customer is None or not order_no:
        return False
    made = next(
        (one for one in await turn.store.orders.requests_of(order_no) if one.kind in _SENT_BACK), None
    )
    if made is None or made.state not in {"submitted", "approved", "sent_back"}:
        turn.say("utter_tracking_no_request", tracking_no=number, item=turn.facts.get("item") or "这笔订单")
        turn.asked = True
        return True
    key = f"{turn.turn_id}:tracking_no"
    try:
        noted = await turn.store.orders.attach_note(key, made.request_no, "tracking_no", number)
    except Refused as refusal:
        turn.say("utter_refused", why=refusal.message)
        return True
    summary = f"顾客寄回运单号 {number}"
    turn.effect(
        "tracking_no_given", key=key, request_no=noted.request_no, order_no=noted.order_no, summary=summary
    )
    turn.card(cards.request_card(noted, turn.store))
    turn.say("utter_tracking_noted", tracking_no=number, request_no=noted.request_no, next=noted.next)
    return True
