"""What a sentence is about: a line of an order (by name, head noun, place, price, state, day, receiver) or a product.

Readings: `item` (value: item id; more.order_no, more.name), `order` (value: number; more.by) where only the order is
pointed at, `product` (value: sku), `elsewhere` (value: the noun) for a thing that none of the customer's orders has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from aftersales.order_system.port import Order, OrderItem, Product
from dialogue.order_choice import HEADS
from dialogue.readers.choices import codes_in, places_in
from dialogue.readers.coverage import score_in_clause
from dialogue.readers.digits import sequences, view
from dialogue.readers.negation import negated
from dialogue.readers.wanted import asked_name, likely_flows, shown_choices, wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "mentions"
_WORDS = re.compile(r"[一-鿿]+|[A-Za-z][A-Za-z0-9]+")
#: From so many characters on a name's beginning stands for it (扫地 for 扫地机器人); 显示 is no 显示器.
_LONG_NAME = 4
#: The whole name; its end (耳机); its head noun (鞋); its beginning (扫地).
_NAME, _END, _HEAD, _START = 0.92, 0.86, 0.8, 0.7
#: Pointed at: 第二个, 贵的那个, 没发货的那个, 李静怡那单.
_POINTED = 0.85
_FUZZY = 0.5
#: 碗 for 玻璃餐具套装, where only one of the things that are asked about has it in a name.
_BY_CHARACTER = 0.62
#: From so few meaningful characters a single one may stand for a thing.
_FEW = 4
#: So many digits point at an order by the end of its number.
_SHORT_END = 3

Thing = TypeVar("Thing", Order, OrderItem)


def read(scene: Scene) -> Iterator[Reading]:
    """Readings of everything the message points at; orders only of a verified customer."""
    if scene.message.is_button or not scene.text:
        return
    orders = scene.orders()
    named = list(_items(scene, orders))
    yield from named
    pointed = list(_pointed(scene, orders)) if orders else []
    yield from pointed
    yield from _products(scene, bool(named))
    if orders and not named:
        others = list(_by_other_name(scene, orders))
        yield from others
        if not pointed and not any(one.kind == "item" for one in others):
            yield from _by_character(scene, orders)


def name_in(text: str, name: str) -> tuple[Span, float] | None:
    """Where and how surely the sentence names this product (耳机 for 蓝牙耳机, 鞋 for 运动鞋), or None."""
    lower, best = text.lower(), None
    for word in _WORDS.findall(name):
        ways = [(word.lower(), _NAME)]
        if len(word) >= 3:
            ways.append((word[-2:].lower(), _END))
        if word[-1] in HEADS:
            ways.append((word[-1], _HEAD))
        if len(word) >= _LONG_NAME:
            ways.append((word[:2].lower(), _START))
        for part, sure in ways:
            at = lower.find(part)
            if at >= 0 and (best is None or sure > best[1]):
                best = ((at, at + len(part)), sure)
    return best


def _items(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    words = scene.store.words
    for order in orders:
        for item in order.items:
            found = name_in(scene.text, f"{item.name} {item.model or ''}")
            if found is not None:
                span, sure = found
                unsaid = negated(scene.text, span, words)
                more = {"order_no": order.order_no, "name": item.name}
                yield Reading("item", "item", item.item_id, sure, span, unsaid, SOURCE, more)


def _pointed(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """The order, or the line of the order in hand, that is pointed at without its name."""
    asked, top = asked_name(scene), scene.top
    asks_item = asked == "item" and top is not None
    items = _items_in_hand(scene) if asks_item else ()
    if items and top is not None:
        shown = list(shown_choices(top, "item")) or [one.item_id for one in items]
        for index, span in places_in(scene, len(shown)):
            yield _pointed_item(scene, shown[index], span)
        for item, span in _compared(scene, items, lambda one: one.price, None):
            yield _pointed_item(scene, item.item_id, span)
        return
    if asked == "order_no" and top is not None:
        listed = list(shown_choices(top, "order_no")) or [one.order_no for one in orders]
        for index, span in places_in(scene, len(listed)):
            yield _pointed_order(scene, listed[index], span, "place")
    for order, span in _compared(scene, orders, lambda one: one.total, lambda one: one.created_at):
        yield _pointed_order(scene, order.order_no, span, "compared")
    for state, spans in codes_in(scene, "order_state").items():
        having = [one for one in orders if one.state == state]
        if len(having) == 1 and len(orders) > 1:
            yield _pointed_order(scene, having[0].order_no, spans[0], "state")
    yield from _other_order(scene, orders)
    yield from _by_ending(scene, orders)
    yield from _by_receiver(scene, orders)
    yield from _by_day(scene, orders)


def _pointed_order(scene: Scene, order_no: str, span: Span, by: str) -> Reading:
    sure = _POINTED * score_in_clause(scene.text, [span], scene.store.words)
    unsaid = negated(scene.text, span, scene.store.words) and by != "state"
    return Reading("order", "order_no", order_no, sure, span, unsaid, SOURCE, {"by": by})


def _pointed_item(scene: Scene, item_id: str, span: Span) -> Reading:
    sure = _POINTED * score_in_clause(scene.text, [span], scene.store.words)
    return Reading("item", "item", item_id, sure, span, source=SOURCE, more={"by": "place"})


def _items_in_hand(scene: Scene) -> Sequence[OrderItem]:
    number = next(
        (one.order_no for one in reversed(scene.state.frames) if one.order_no), scene.state.order_no
    )
    order = scene.outside.order(str(number)) if number else None
    return order.items if order else ()


def _compared(
    scene: Scene,
    things: Sequence[Thing],
    price: Callable[[Thing], Decimal],
    made: Callable[[Thing], datetime] | None,
) -> Iterator[tuple[Thing, Span]]:
    """贵的那个, 便宜的, 刚买的, 先买的: of several."""
    if len(things) < 2:
        return
    found = codes_in(scene, "which")
    for code, choose, key in (("dearest", max, price), ("cheapest", min, price)):
        if code in found:
            yield choose(things, key=key), found[code][0]
    if made is not None:
        for code, choose_by in (("newest", max), ("oldest", min)):
            if code in found:
                yield choose_by(things, key=made), found[code][0]


def _other_order(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """另外一单: the one that is not in hand, when there is only one."""
    if scene.asked_slot is not None and scene.asked_slot.kind == "quantity":
        return  # 就一件 另一件是对的: pieces of this line
    others = [one for one in orders if one.order_no != scene.state.order_no]
    if len(others) == 1 and len(orders) == 2 and scene.state.order_no:
        for hit in scene.store.words.find("answers.another_order", scene.text)[:1]:
            yield _pointed_order(scene, others[0].order_no, hit.span, "other")


def _by_ending(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """0003那单: the only order whose number ends so, unless the whole number is there."""
    for groups in sequences(view(scene.text)):
        for one in groups:
            ending = [order for order in orders if order.order_no.endswith(one.digits)]
            if len(ending) == 1 and _SHORT_END <= len(one.digits) < len(ending[0].order_no):
                yield _pointed_order(scene, ending[0].order_no, (one.start, one.end), "ending")


def _by_receiver(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """李静怡那单: the order whose receiver is named, when not all have the same."""
    if len({one.name for one in orders}) < 2:
        return
    for one in orders:
        at = scene.text.find(one.name) if one.name else -1
        if at >= 0:
            yield _pointed_order(scene, one.order_no, (at, at + len(one.name)), "receiver")


def _by_day(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """昨天买的那单: the only order of that day."""
    tz = scene.store.tz
    today = scene.at.now.astimezone(tz).date()
    for ago, spans in codes_in(scene, "bought_day").items():
        day = today - timedelta(days=int(ago))
        made = [one for one in orders if one.created_at.astimezone(tz).date() == day]
        if len(made) == 1 and len(orders) > 1:
            yield _pointed_order(scene, made[0].order_no, spans[0], "day")


def _by_character(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """碗那套, 屏: of the things that are asked about the only one whose names share a character with the words."""
    asked = asked_name(scene)
    meant = scene.store.words.pattern("reading.filler").sub("", scene.text)
    if len(meant) > _FEW:  # in a longer sentence a character belongs to another word (地址)
        return
    if asked == "item":
        lines = [("", one) for one in _items_in_hand(scene)]
    elif asked == "order_no":
        lines = [(order.order_no, one) for order in orders for one in order.items]
    else:
        return
    names = {}
    for order_no, item in lines:
        found = (
            scene.products(item.name, 1) if asked == "item" else ()
        )  # few lines; many orders would cost a fetch each
        aliases = found[0].aliases if found and found[0].name in (item.name, item.sku) else ()
        names[order_no, item.item_id] = set("".join((item.name, *aliases)))
    hits: dict[tuple[str, str], int] = {}
    for at, char in enumerate(scene.text):
        having = [one for one, chars in names.items() if char in chars and "一" <= char <= "鿿"]
        if len(having) == 1 and not negated(scene.text, (at, at + 1), scene.store.words):
            hits.setdefault(having[0], at)
    if len(hits) == 1:
        (order_no, item_id), at = next(iter(hits.items()))
        more = {"order_no": order_no, "by": "character"}
        yield Reading("item", "item", item_id, _BY_CHARACTER, (at, at + 1), source=SOURCE, more=more)


def _products(scene: Scene, is_bought: bool) -> Iterator[Reading]:
    """Catalogue entries, where a question is about a product or a thing is named that nobody bought."""
    flows = [scene.store.flows.get(one) for one in likely_flows(scene)]
    asks_product = any(True for _ in wanted(scene, "product")) or asked_name(scene) == "product"
    if not asks_product and not any(one is not None and one.needs.product for one in flows):
        return
    for one in scene.products(scene.text):
        span, sure = _product_in(scene.text, one)
        unsaid = span != (0, 0) and negated(scene.text, span, scene.store.words)
        more = {"name": one.name, "bought": is_bought}
        yield Reading("product", "product", one.sku, sure, span, unsaid, SOURCE, more)


def _product_in(text: str, product: Product) -> tuple[Span, float]:
    """Where its name or another name of it stands; found by likeness only: nowhere, less surely."""
    lower = text.lower()
    for name, sure in ((product.name, _NAME), *((one, _END) for one in product.aliases)):
        at = lower.find(name.lower())
        if at >= 0:
            return (at, at + len(name)), sure
    return (0, 0), _FUZZY


def _by_other_name(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """A line by another name of its product (屏幕 for 显示器); 这鞋起球了, said by somebody who bought no shoes: the noun,
    so that it can be asked about. Only where a thing in the customer's hands is talked about."""
    if asked_name(scene) not in {"item", "order_no"} and not any(
        flow is not None and flow.needs.item for flow in map(scene.store.flows.get, likely_flows(scene))
    ):
        return
    names = "".join(item.name for one in orders for item in one.items)
    for head in HEADS:
        at = scene.text.find(head)
        if at >= 0 and head not in names:
            yield Reading("elsewhere", "item", head, _HEAD, (at, at + 1), source=SOURCE)
            return
    found = scene.products(scene.text)
    bought = False
    for one in found:
        span, sure = _product_in(scene.text, one)
        for order in orders:
            for item in order.items:
                if item.sku == one.sku or item.name == one.name:
                    bought = True
                    more = {"order_no": order.order_no, "name": item.name}
                    unsaid = span != (0, 0) and negated(scene.text, span, scene.store.words)
                    yield Reading("item", "item", item.item_id, sure, span, unsaid, SOURCE, more)
    if found and not bought and found[0].name in scene.text:
        at = scene.text.find(found[0].name)
        span = (at, at + len(found[0].name))
        yield Reading("elsewhere", "item", found[0].name, _NAME, span, source=SOURCE)
