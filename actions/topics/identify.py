"""Bare order numbers, phone numbers and e-mails: the answer to our question, or the beginning of one (H6)."""

from typing import Any

from actions import cards, questions
from actions.identity import need_order
from actions.reply import button
from actions.topic import Topic, topic_of
from actions.turn import Turn

#: Words beside the number that may name an issue, and how likely the model must find it.
_ISSUE_LENGTH, _ISSUE_CONFIDENCE = 3, 0.1


class Identify(Topic):
    """Somebody gives a number without saying what for."""

    action = "action_identify"
    intents = ("give_order_no", "give_contact", "pick_order")
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        if not (turn.heard.order_no or turn.heard.proof or turn.entity("order_no")) and turn.customer is None:
            turn.say("utter_contact_noted")
            turn.asked = True
            return
        meant = issue_beside_number(turn)
        if meant is not None:
            turn.intent = meant
            turn.learn_issue()
            topic = topic_of(meant)
            assert topic is not None
            await topic.answer(turn)
            return
        order = await need_order(turn)
        if order is None:
            return
        turn.card(cards.order_card(order, turn.store))
        choices = [
            button("查物流", "/track_parcel"),
            button("退换货", "/return_request"),
            button("转人工", "/ask_human"),
        ]
        if order.state in {"paid", "unpaid"}:
            choices = [
                button("什么时候发货", "/urge_dispatch"),
                button("取消订单", "/cancel_order"),
                button("改地址", "/modify_address"),
            ]
        turn.say("utter_order_found", buttons=choices, item="、".join(one.name for one in order.items))
        turn.asked = True


def issue_beside_number(turn: Turn) -> str | None:
    """ "202611010005 冰箱不制冷了": the number outweighed the issue in the model's eyes, not in ours."""
    if turn.is_button or len(turn.heard.rest) < _ISSUE_LENGTH:
        return None
    for one in turn.understanding.get("candidates") or []:
        intent = str(one.get("intent"))
        if float(one.get("confidence") or 0) < _ISSUE_CONFIDENCE:
            break
        if turn.store.categories.of_intent(intent).is_issue and topic_of(intent) is not None:
            return intent
    return "order_query" if turn.store.dialogue.hit("look_up", turn.heard.rest) else None


async def answer_pending(turn: Turn, then: dict[str, Any]) -> None:
    """The customer is known now: answer what was asked before, without asking it again."""
    turn.replay(then)
    topic = topic_of(turn.intent) or topic_of("give_order_no")
    assert topic is not None
    await topic.answer(turn)


async def read_number(turn: Turn) -> bool:
    """The answer to "which order number / last four digits?"."""
    asked = turn.question or {}
    heard = turn.heard
    if not (heard.order_no or heard.proof or turn.entity("order_no")):
        return False
    then = dict(asked.get("then") or {})
    same = turn.intent == then.get("intent") or turn.intent in questions.PASSIVE
    if not (same or heard.only_numbers or turn.is_button):
        return False
    turn.consumed = True
    order = await need_order(turn)
    if order is not None:
        turn.close_question()
        await answer_pending(turn, then)
    return True


async def ask_number_again(turn: Turn) -> None:
    asked = dict(turn.question or {})
    if asked.get("what") == "phone_tail":
        turn.ask("phone_tail", "utter_ask_phone_tail", keep=asked, order_no=asked.get("order_no"))
    else:
        turn.ask("order_no", "utter_ask_order_no_plain", keep=asked)


async def read_choice(turn: Turn) -> bool:
    """Which of several orders: a button, a number, the product's name, 第一个."""
    from actions.choose_order import choose

    then = dict((turn.question or {}).get("then") or {})
    order_no = turn.entity("order_no") or turn.heard.order_no
    if order_no is None and turn.customer is not None:
        orders = await turn.store.orders.orders_of(turn.customer["phone"])
        turn.set("order_no", None)
        meant = choose(turn, orders, ()) or _by_place(turn.text, orders)
        order_no = meant.order_no if meant else None
    if order_no is None:
        return False
    if (
        not turn.is_button
        and turn.intent not in questions.PASSIVE
        and turn.intent != then.get("intent")
        and len(turn.text) > 12
    ):
        return False
    turn.consumed = True
    turn.set("question", {**(turn.question or {}), "order_no": order_no})
    order = await need_order(turn)
    if order is not None:
        turn.close_question()
        await answer_pending(turn, then)
    return True


def _by_place(text: str, orders: list[Any]) -> Any:
    for place, words in enumerate(
        (("第一", "1", "最上面"), ("第二", "2"), ("第三", "3"), ("第四", "4"), ("第五", "5"))
    ):
        if place < len(orders) and len(text) <= 6 and any(one in text for one in words):
            return orders[place]
    return None


async def ask_choice_again(turn: Turn) -> None:
    if turn.customer is not None:
        from actions.choose_order import ask_which

        orders = await turn.store.orders.orders_of(turn.customer["phone"])
        ask_which(turn, orders, (turn.question or {}).get("then") or {})


questions.register("order_no", read_number, again=ask_number_again, help="utter_help_order_no")
questions.register("phone_tail", read_number, again=ask_number_again, help="utter_help_phone_tail")
questions.register("which_order", read_choice, again=ask_choice_again)
