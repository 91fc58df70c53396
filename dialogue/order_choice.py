"""Which of several orders, lines or products is meant: what is named, what is in hand, the only one that fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from aftersales.order_system.port import OVER, Order, OrderItem
from dialogue.swaps import meant
from dialogue.words import Words

#: From so many characters on a name's beginning stands for it (扫地 for 扫地机器人); 显示 is no 显示器.
_LONG_NAME = 4
#: 这鞋 is a 运动鞋, 壶 a 电热水壶: nouns of one character at the end of a product's name.
HEADS = "鞋裤裙帽锅壶椅床"
_WORDS = re.compile(r"[一-鿿]+|[A-Za-z][A-Za-z0-9]+")


def names_item(text: str, name: str) -> bool:
    """Does the sentence name this product (手机 in "我的手机到哪了", 耳机 for 蓝牙耳机)?"""
    for word in _WORDS.findall(name):
        if word.lower() in text.lower():
            return True
        if word[-1] in HEADS and word[-1] in text:
            return True
        if len(word) >= 3 and word[-2:] in text:
            return True
        if len(word) >= _LONG_NAME and word[:2] in text:
            return True
        pairs = [word[at : at + 2] for at in range(2, len(word) - 2, 2)] if len(word) % 2 == 0 else []
        if any(pair in text for pair in pairs):  # 玻璃 餐具 套装: words of two characters make a name
            return True
    return False


def named_orders(text: str, orders: Sequence[Order]) -> list[Order]:
    """The orders one of whose products the sentence names."""
    found = [one for one in orders if any(names_item(text, item.name) for item in one.items)]
    place = meant(text) if len(found) > 1 else None  # 不是耳机要换，是运动鞋
    inside = text[slice(*place)] if place else ""
    corrected = [one for one in found if any(names_item(inside, item.name) for item in one.items)]
    return corrected if inside and corrected else found


def order_meant(text: str, orders: Sequence[Order], in_hand: str | None) -> Order | None:
    """The only order whose goods the words name, else the one in hand."""
    named = named_orders(text, orders)
    if len(named) == 1:
        return named[0]
    return next((one for one in orders if one.order_no == in_hand), None)


def named_items(text: str, order: Order) -> list[OrderItem]:
    """The lines of the order that the sentence names."""
    return [one for one in order.items if names_item(text, one.name)]


def twins(order: Order, orders: Sequence[Order]) -> list[Order]:
    """The other orders with the same goods: those that a customer could take for this one."""
    goods = {item.name for item in order.items}
    return [
        one for one in orders if one.order_no != order.order_no and {item.name for item in one.items} == goods
    ]


def doubled(
    orders: Sequence[Order], *, words: str, in_hand: str | None, prefer: Sequence[str] = ()
) -> Order | None:
    """Of orders with the same goods the latest whose state fits (买重了): of those named, else of those like the one in hand;
    None when there are none, or several kinds of them."""
    having = [one for one in orders if one.state not in OVER and twins(one, orders)]
    having = [one for one in having if any(two.state not in OVER for two in twins(one, orders))]
    having = [one for one in having if one in named_orders(words, having)] or having
    current = next((one for one in having if one.order_no == in_hand), None)
    having = [current, *(one for one in having if one in twins(current, having))] if current else having
    if not having or len({frozenset(item.name for item in one.items) for one in having}) > 1:
        return None
    fitting = [one for one in having if one.state in prefer] or having
    return max(fitting, key=lambda one: (one.created_at, one.order_no))


def says_another(text: str, words: Words, order: Order | None) -> bool:
    """Do the words say that another order is meant than the one in hand? 另一件是对的, of an order with several things in
    it, is the other thing."""
    things = sum(item.qty for item in order.items) if order is not None else 1
    inside = [one.span for one in words.find("answers.another_thing", text)] if things > 1 else []
    return any(
        not any(start <= one.start and one.start < end for start, end in inside)
        for one in words.find("answers.another_order", text)
    )


def choose_order(
    orders: Sequence[Order],
    *,
    words: str,
    in_hand: str | None,
    named: bool,
    prefer: Sequence[str] = (),
    only: bool = False,
    another: bool = False,
    under_way: Callable[[Order], str] | None = None,
) -> Order | None:
    """The order that is meant, or None when only the customer can say.

    named: the order in hand was named in this very message. prefer: states that fit; only: an order in another state is
    not meant even when just talked about. another: the words say that it is not the one in hand. under_way: what is going
    on with an order, for `prefer` that names it.
    """
    current = next((one for one in orders if one.order_no == in_hand), None)
    if current is not None and named:
        return current
    by_name = named_orders(words, orders)
    if len(by_name) == 1:
        return by_name[0]
    orders = by_name or orders  # 水壶, where two orders have one: no third order is meant
    current = current if current in orders else None
    others = [one for one in orders if one.order_no != in_hand]
    if another and current is not None:
        return others[0] if len(others) == 1 else None
    if current is not None and not (only and current.state not in prefer):
        return current
    if len(orders) == 1:
        return orders[0]
    fitting = [one for one in orders if one.state in prefer or (under_way and under_way(one) in prefer)]
    if len(fitting) == 1:
        return fitting[0]
    return current
