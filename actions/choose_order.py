"""Which of several orders is meant: the product named, the one talked about, the only one that fits; otherwise ask."""

import re
from collections.abc import Mapping
from typing import Any

from actions.reply import button
from actions.turn import Turn
from aftersales.order_system.port import Order

#: From so many characters on a name's beginning stands for it (扫地 for 扫地机器人); 显示 is no 显示器.
_LONG_NAME = 4
_WORDS = re.compile(r"[一-鿿]+|[A-Za-z][A-Za-z0-9]+")


def names_item(text: str, name: str) -> bool:
    """Does the sentence name this product (手机 in "我的手机到哪了", 耳机 for 蓝牙耳机)?"""
    for word in _WORDS.findall(name):
        if word.lower() in text.lower():
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


def ask_which(turn: Turn, orders: list[Order], then: Mapping[str, Any]) -> None:
    """Ask which order, one button each (the newest five)."""
    shown = orders[:5]
    name = turn.store.dialogue.name
    choices = [
        button(
            f"{'、'.join(item.name for item in one.items)}（{name('order_state', one.state)}）",
            f'/pick_order{{"order_no":"{one.order_no}"}}',
        )
        for one in shown
    ]
    turn.ask(
        "which_order", "utter_ask_which_order", buttons=choices, keep={"then": dict(then)}, count=len(orders)
    )
