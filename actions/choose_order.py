"""Which of several orders is meant: the product named, the one talked about, the only one that fits; otherwise ask."""

import re
from collections.abc import Mapping
from typing import Any

from actions.reply import button
from actions.turn import Turn
from aftersales.order_system.port import Order

#: From so many characters on a name's beginning stands for it (扫地 for 扫地机器人); 显示 is no 显示器.
_LONG_NAME = 4
#: 这鞋 is a 运动鞋: nouns of one character at the end of a product's name.
_HEADS = "鞋裤裙帽锅椅床"
_WORDS = re.compile(r"[一-鿿]+|[A-Za-z][A-Za-z0-9]+")


def names_item(text: str, name: str) -> bool:
    """Does the sentence name this product (手机 in "我的手机到哪了", 耳机 for 蓝牙耳机)?"""
    for word in _WORDS.findall(name):
        if word.lower() in text.lower():
            return True
        if word[-1] in _HEADS and word[-1] in text:
            return True
        if len(word) >= 3 and word[-2:] in text:
            return True
        if len(word) >= _LONG_NAME and word[:2] in text:
            return True
    return False


def choose(turn: Turn, orders: list[Order], prefer: tuple[str, ...], *, strict: bool = False) -> Order | None:
    """The order that is meant, or None when only the customer can say.

    prefer: states that fit the question; strict: an order in another state is not meant even when just talked about.
    """
    current = next((one for one in orders if one.order_no == turn.get("order_no")), None)
    if current is not None and turn.order_named:
        return current
    named = [one for one in orders if any(names_item(turn.text, item.name) for item in one.items)]
    if len(named) == 1:
        return named[0]
    others = [one for one in orders if one.order_no != turn.get("order_no")]
    if (
        turn.get("order_no")
        and len(others) < len(orders)
        and turn.store.dialogue.hit("another_order", turn.text)
    ):
        return others[0] if len(others) == 1 else None
    if current is not None and not (strict and current.state not in prefer):
        return current
    if len(orders) == 1:
        return orders[0]
    fitting = [one for one in orders if one.state in prefer]
    if len(fitting) == 1:
        return fitting[0]
    return current


async def named_elsewhere(turn: Turn, orders: list[Order]) -> str | None:
    """A product that the sentence names though none of the customer's orders has it."""
    names = [item.name for one in orders for item in one.items]
    if any(names_item(turn.text, name) for name in names):
        return None
    for head in _HEADS:
        if head in turn.text and not any(head in name for name in names):
            return head
    found = await turn.store.orders.products(turn.text, limit=1)
    return found[0].name if found and found[0].name in turn.text else None


def ask_which(turn: Turn, orders: list[Order], then: Mapping[str, Any], word: str | None = None) -> None:
    """Ask which order, one button each (the newest five); `word`: the product we did not find among them."""
    shown = orders[:5]
    name = turn.store.dialogue.name
    choices = [
        button(
            f"{'、'.join(item.name for item in one.items)}（{name('order_state', one.state)}）",
            f'/pick_order{{"order_no":"{one.order_no}"}}',
        )
        for one in shown
    ]
    response = "utter_product_elsewhere" if word else "utter_ask_which_order"
    keep = {"then": dict(then)}
    turn.ask("which_order", response, buttons=choices, keep=keep, count=len(orders), word=word)
