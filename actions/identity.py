"""Who is asking: order number + last four digits, e-mail + order number, or the store's own login (H6, H8).

`need_order` is the one gate to order data. It returns an order of the verified customer, or asks for what is missing and
remembers the question, which is answered right after the verification without being asked again.
"""

from typing import Any

from actions import questions
from actions.choose_order import ask_which, choose, named_elsewhere
from actions.turn import Turn
from aftersales.order_system.port import Order

#: Open questions that hold a part of the identification.
_ABOUT_IDENTITY = frozenset({"order_no", "phone_tail", "which_order"})
#: These are about a thing in the customer's hands: a product that no order has is asked about.
_ABOUT_GOODS = frozenset(
    {
        "quality_fault",
        "quality_defect",
        "mismatch_desc",
        "return_request",
        "exchange_request",
        "repair_request",
        "doubt_fake",
    }
)
#: Longest customer text kept to answer after the verification.
_KEPT_TEXT = 400


def recognise_login(turn: Turn) -> None:
    """Take over who the store's login says is here; the gateway has checked the token."""
    identity = turn.context.get("identity") or {}
    phone = identity.get("phone")
    if phone and turn.customer is None:
        turn.identified("token", str(phone), identity.get("name"))


async def need_order(turn: Turn, prefer: tuple[str, ...] = (), *, strict: bool = False) -> Order | None:
    """The order this message is about, of a verified customer; None after having asked for what is missing.

    prefer: order states that fit the question, used when a customer has several orders.
    """
    heard = turn.heard
    asked = turn.question or {}
    if asked.get("what") not in _ABOUT_IDENTITY:
        asked = {}
    named = heard.order_no or turn.entity("order_no") or asked.get("order_no")
    if turn.customer is None:
        return await _verified(turn, named, heard.proof or asked.get("proof"))
    mine = await turn.store.orders.orders_of(turn.customer["phone"])
    if named:
        own = next((one for one in mine if one.order_no == named), None)
        if own is None:
            return await _verified(turn, named, heard.proof)
        turn.order_named = True
        return remember_order(turn, own)
    if not mine:
        ask_order_no(turn)
        return None
    if turn.intent in _ABOUT_GOODS and not turn.order_named and not turn.is_button:
        elsewhere = await named_elsewhere(turn, mine)
        if elsewhere is not None:
            ask_which(turn, mine, _pending(turn), elsewhere)
            return None
    chosen = choose(turn, mine, prefer, strict=strict)
    if chosen is None:
        ask_which(turn, mine, _pending(turn))
        return None
    return remember_order(turn, chosen)


def remember_order(turn: Turn, order: Order) -> Order:
    """Make it the order being talked about."""
    turn.set("order_no", order.order_no)
    turn.learn(order_no=order.order_no)
    if len(order.items) == 1:
        turn.learn(item=order.items[0].name)
    return order


async def _verified(turn: Turn, order_no: str | None, proof: str | None) -> Order | None:
    if order_no is None:
        ask_order_no(turn, proof=proof)
        return None
    if proof is None:
        ask_proof(turn, order_no)
        return None
    address = turn.context.get("address")
    result = await turn.store.orders.verify(
        order_no, proof, conversation=turn.conversation_id, address=address, key=turn.turn_id
    )
    if result.outcome == "locked":
        turn.ask("person", "utter_verify_locked", keep={"reason": "requested"})
        return None
    if not result.ok or result.phone is None:
        turn.ask("order_no", "utter_verify_wrong", keep={"order_no": order_no, "then": _pending(turn)})
        return None
    turn.identified(result.method or "order_phone", result.phone, result.name)
    order = await turn.store.orders.order(order_no)
    if order is None:
        ask_order_no(turn)
        return None
    if (turn.question or {}).get("what") in {"order_no", "phone_tail"}:
        turn.close_question()
    turn.order_named = True
    return remember_order(turn, order)


def ask_order_no(turn: Turn, proof: str | None = None) -> None:
    """Ask for the order number (the proof may come with it)."""
    intent = _pending(turn).get("intent")
    issue = turn.store.categories.of_intent(intent)
    if not proof and not turn.is_button and turn.store.dialogue.hit("dont_know", turn.text):
        turn.ask("order_no", "utter_help_order_no", expects="order_no", keep={"then": _pending(turn)})
    elif proof:
        turn.ask("order_no", "utter_ask_order_no_only", keep={"proof": proof, "then": _pending(turn)})
    elif issue.is_issue:
        named = turn.store.dialogue.name("intent", intent)
        name = issue.name if named == intent else named  # 催快递, not the category's 催促与延迟
        turn.ask("order_no", "utter_ask_order_no", keep={"then": _pending(turn)}, issue=name)
    else:
        turn.ask("order_no", "utter_ask_order_no_plain", keep={"then": _pending(turn)})


def ask_proof(turn: Turn, order_no: str) -> None:
    """Ask for the last four digits (or the e-mail) of the order that was named."""
    turn.ask(
        "phone_tail",
        "utter_ask_phone_tail",
        keep={"order_no": order_no, "then": _pending(turn)},
        order_no=order_no,
    )


def _pending(turn: Turn) -> dict[str, Any]:
    """What to answer once the customer is verified: an open question keeps its own, otherwise this message."""
    asked = turn.question or {}
    before = asked.get("then") if asked.get("what") in _ABOUT_IDENTITY else None
    if before and (turn.intent in questions.PASSIVE or turn.consumed):
        return dict(before)
    kept = [
        one for one in turn.entities if one.get("entity") not in {"order_no", "phone", "phone_tail", "email"}
    ]
    return {
        "intent": turn.intent,
        "text": turn.text[:_KEPT_TEXT],
        "entities": [{"entity": one.get("entity"), "value": one.get("value")} for one in kept],
    }
