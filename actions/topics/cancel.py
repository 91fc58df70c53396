"""Cancel an order: before dispatch read back and confirmed once (H19), afterwards the honest alternatives."""

from typing import Any

from actions import cards, chinese, questions
from actions.choose_order import names_item
from actions.identity import need_order
from actions.repeats import forget_questions
from actions.topic import Topic
from actions.topics.people import offer_person
from actions.turn import Turn
from aftersales.order_system.port import Order, Refused


class Cancel(Topic):
    """取消订单"""

    action = "action_cancel"
    intents = ("cancel_order",)

    async def answer(self, turn: Turn) -> None:
        order = await need_order(turn, prefer=("paid", "unpaid"))
        if order is not None:
            await ask_cancel(turn, order)


async def ask_cancel(turn: Turn, order: Order) -> None:
    """Say how it stands; ask for the confirmation only where cancelling is possible."""
    item = "、".join(one.name for one in order.items)
    if not turn.is_button and turn.store.dialogue.hit("undo", turn.text):
        tell_undo(turn, order, item)
        return
    turn.learn(demand="取消订单")
    if order.state in {"cancelled", "refunded"}:
        state = turn.store.dialogue.name("order_state", order.state)
        turn.say("utter_already_over", item=item, state=state)
    elif order.state == "shipped":
        offer_person(turn, "out_of_policy", "utter_cancel_too_late", item=item)
    elif order.state == "signed":
        signed = chinese.day(order.signed_at, turn.store.tz) if order.signed_at else ""
        turn.say("utter_cancel_signed", item=item, signed=signed)
    else:
        made = await turn.store.orders.open_request(order.order_no, None, kind="cancel")
        if made is not None:
            turn.card(cards.request_card(made, turn.store))
            turn.say("utter_cancel_open", request_no=made.request_no)
            return
        keep = {
            "order_no": order.order_no,
            "draft": f"cancel:{turn.conversation_id}:{turn.turn_id}",
            "reason": turn.text[:200],
        }
        turn.ask("confirm_cancel", "utter_cancel_confirm", keep=keep, **_told(turn, order))


def tell_undo(turn: Turn, order: Order, item: str) -> None:
    """点错了 不取消了: nothing was done, or plainly that it was and who may help (H19, H22)."""
    if order.state not in {"cancelled", "refunded"}:
        turn.say("utter_ok_not_done")
        return
    turn.learn(demand="恢复已取消的订单")
    offer_person(turn, "requested", "utter_cancel_cannot_undo", item=item, total=chinese.yuan(order.total))


def _told(turn: Turn, order: Order) -> dict[str, Any]:
    way = turn.store.policy.store.refunds[order.payment_method]
    return {
        "order_no": order.order_no,
        "item": "、".join(one.name for one in order.items),
        "total": chinese.yuan(order.total),
        "payment": way.name,
        "min_days": way.min_days,
        "max_days": way.max_days,
    }


async def read_confirmation(turn: Turn) -> bool:
    """确认取消吗？ Another product named here is a correction, not a yes."""
    asked = turn.question or {}
    if questions.said_no(turn):
        turn.close_question()
        turn.say("utter_ok_not_done")
        return True
    if not questions.said_yes(turn) and not (turn.intent == "cancel_order" and len(turn.text) <= 8):
        return False
    order = await turn.store.orders.order(str(asked.get("order_no")))
    if order is None:
        return False
    if turn.customer and not turn.is_button:
        others = await turn.store.orders.orders_of(turn.customer["phone"])
        meant = [one for one in others if any(names_item(turn.text, item.name) for item in one.items)]
        if meant and order.order_no not in {one.order_no for one in meant}:
            return False
    await do_cancel(turn, order, str(asked["draft"]), str(asked.get("reason") or ""))
    turn.close_question()
    return True


async def do_cancel(turn: Turn, order: Order, key: str, reason: str) -> None:
    """Write it once (H28)."""
    told = _told(turn, order)
    try:
        made = await turn.store.orders.cancel(key, order.order_no, reason)
    except Refused as refusal:
        turn.say("utter_refused", why=refusal.message)
        turn.say("utter_refused_person")
        return
    summary = f"取消 {order.order_no}（{told['item']}），{told['total']} 退回{told['payment']}"
    turn.effect(
        "order_cancelled", key=key, request_no=made.request_no, order_no=order.order_no, summary=summary
    )
    turn.card(cards.request_card(made, turn.store))
    turn.say("utter_cancelled", request_no=made.request_no, **told)
    forget_questions(turn)


async def ask_confirmation_again(turn: Turn) -> None:
    asked = dict(turn.question or {})
    order = await turn.store.orders.order(str(asked.get("order_no")))
    if order is None or order.state not in {"paid", "unpaid"}:
        turn.close_question()
        return
    turn.ask("confirm_cancel", "utter_cancel_confirm", keep=asked, **_told(turn, order))


questions.register("confirm_cancel", read_confirmation, again=ask_confirmation_again)
