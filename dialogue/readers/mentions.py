"""What a sentence is about: a line of an order (by name, head noun, place, price, state, day, receiver) or a product.

Readings: `item` (value: item id; more.order_no, more.name), `order` (value: number; more.by) where only the order is
pointed at, `product` (value: sku), `elsewhere` (value: the noun) for a thing that none of the customer's orders has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from aftersales.order_system.port import OVER, Order, OrderItem, Product
from dialogue.order_choice import HEADS
from dialogue.readers.choices import places_in
from dialogue.readers.coverage import score_in_clause
from dialogue.readers.negation import negated
from dialogue.readers.sentence import sentence_of
from dialogue.readers.wanted import asked_name, likely_flows, shown_choices, wanted
from dialogue.readers.which_order import POINTED, compared_in, pointed_orders
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.words import Words

SOURCE = "mentions"
_WORDS = re.compile(r"[一-鿿]+|[A-Za-z][A-Za-z0-9]+")
#: From so many characters on a name's beginning stands for it (扫地 for 扫地机器人); 显示 is no 显示器.
_LONG_NAME = 4
#: The whole name; its end (耳机); its head noun (鞋); its beginning (扫地).
_NAME, _END, _HEAD, _START = 0.92, 0.86, 0.8, 0.7
_FUZZY = 0.5
#: 碗 for 玻璃餐具套装, where only one of the things that are asked about has it in a name.
_BY_CHARACTER = 0.62
#: 衣服 for 羽绒服, where nothing else of the customer's is one.
_BY_SORT, _NOUNS = 0.66, "nouns"
#: From so few meaningful characters a single one may stand for a thing.
_FEW = 4
#: So many entries of the catalogue are looked at for a sort of things.
_CATALOGUE = 50


def read(scene: Scene) -> Iterator[Reading]:
    """Readings of everything the message points at; orders only of a verified customer."""
    if scene.message.is_button or not scene.text:
        return
    orders = scene.orders()
    named = list(_items(scene, orders))
    numbers = {one.more["order_no"] for one in named if not one.negated}
    pointed = list(_pointed_items(scene))
    if orders and not pointed:
        pointed = list(pointed_orders(scene, orders, [one for one in orders if one.order_no in numbers]))
    yield from _told_apart(scene, named, pointed)
    yield from pointed
    yield from _products(scene, bool(named))
    in_hand = scene.state.order_no
    if orders and all(one.negated or (in_hand and one.more["order_no"] == in_hand) for one in named):
        # 我没买点卡 是箱子
        others = list(_by_other_name(scene, orders))
        alone = not named and not pointed and not any(one.kind == "item" for one in others)
        noted = bool(scene.state.resolution)  # 补的碗, after a person gave back: what the note is about
        sorts = list(_by_sort(scene, orders)) if alone and not noted and _in_hands(scene) else []
        yield from sorts or others
        if alone and not sorts:
            yield from _by_character(scene, orders)
    elif orders:
        yield from _listed(scene, orders, [one for one in named if not one.negated])


def _listed(scene: Scene, orders: Sequence[Order], named: Sequence[Reading]) -> Iterator[Reading]:
    """衣服和手机都取消: a sort of things in one breath with goods that are named."""
    numbers, joins = {one.more["order_no"] for one in named}, scene.store.words.pattern("quantity.joined")
    for one in _by_sort(scene, orders):
        between = (sorted((one.span, two.span)) for two in named)
        if one.more["order_no"] not in numbers and any(
            joins.fullmatch(scene.text[first[1] : second[0]]) for first, second in between
        ):
            yield one


def _told_apart(scene: Scene, named: Sequence[Reading], pointed: Sequence[Reading]) -> Iterator[Reading]:
    """Goods that several orders have (水壶 bought twice) name the one of them that the message also points at, else each where both are
    meant, else the one in hand, else none of them (more.among, without more.order_no)."""
    by_words: dict[Span, list[Reading]] = {}
    for one in named:
        by_words.setdefault(one.span, []).append(one)
    meant = [one.value for one in pointed if one.kind == "order" and not one.negated]
    left_out = {one.value for one in pointed if one.kind == "order" and one.negated}
    for same in by_words.values():
        numbers = list(dict.fromkeys(str(one.more["order_no"]) for one in same))
        if len(numbers) == 1:
            yield from same
            continue
        left = [one for one in numbers if one not in left_out] or numbers
        chosen = next((one for one in meant if one in left), None)
        both = scene.store.words.hit("quantity.each", scene.text) is not None
        each = [one for one in same if one.more["order_no"] in _going_on(scene, left)]
        if chosen is None and both and len(each) > 1:  # 两个壶都取消
            yield from each
            continue
        if chosen is None and scene.state.order_no in left and asked_name(scene) != "order_no":
            chosen = scene.state.order_no
        if chosen is None and len(left) == 1:
            chosen = left[0]
        if chosen is not None:
            yield from (one for one in same if one.more["order_no"] == chosen)
        elif same:
            more = {"among": left, "name": same[0].more["name"]}
            yield replace(same[0], more=more)


def _going_on(scene: Scene, numbers: Sequence[str]) -> list[str]:
    """The orders of these that are not over."""
    return [one.order_no for one in scene.orders() if one.order_no in numbers and one.state not in OVER]


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


def set_aside(text: str, span: Span, words: Words) -> str:
    """别管点卡, 点卡不办: "closed"; 什么点卡, 没买点卡: "other", it was never about these goods; empty for any other mention."""
    clause = sentence_of(text, span)
    before, after = text[clause.start : span[0]], text[span[1] : clause.end]
    if words.pattern("disowns.not_these").search(before):
        return "other"
    by_words = words.pattern("disowns.goods_before").search(before) or words.pattern(
        "disowns.goods_after"
    ).match(after)
    return "closed" if by_words else ""


def _items(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    words = scene.store.words
    for order in orders:
        for item in order.items:
            found = name_in(scene.text, f"{item.name} {item.model or ''}")
            if found is not None:
                span, sure = found
                unsaid = negated(scene.text, span, words) or bool(set_aside(scene.text, span, words))
                more = {"order_no": order.order_no, "name": item.name}
                yield Reading("item", "item", item.item_id, sure, span, unsaid, SOURCE, more)


def _pointed_items(scene: Scene) -> Iterator[Reading]:
    """The line of the order in hand that is pointed at without its name, where "which one" is asked."""
    top = scene.top
    items = _items_in_hand(scene) if asked_name(scene) == "item" and top is not None else ()
    if not items or top is None:
        return
    shown = list(shown_choices(top, "item")) or [one.item_id for one in items]
    for index, span in places_in(scene, len(shown)):
        yield _pointed_item(scene, shown[index], span)
    for item, span in compared_in(scene, items, lambda one: one.price, None):
        yield _pointed_item(scene, item.item_id, span)


def _pointed_item(scene: Scene, item_id: str, span: Span) -> Reading:
    sure = POINTED * score_in_clause(scene.text, [span], scene.store.words)
    return Reading("item", "item", item_id, sure, span, source=SOURCE, more={"by": "place"})


def _items_in_hand(scene: Scene) -> Sequence[OrderItem]:
    number = next(
        (one.order_no for one in reversed(scene.state.frames) if one.order_no), scene.state.order_no
    )
    order = scene.outside.order(str(number)) if number else None
    return order.items if order else ()


def _by_sort(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """衣服, 碗, 煮饭那个: a sort of things that only one line of all the orders belongs to (data/dialogue/nouns.yml)."""
    found: dict[tuple[str, str], Reading] = {}
    for code, pattern in scene.store.words.codes(_NOUNS).items():
        hit = pattern.search(scene.text)
        if hit is None or negated(scene.text, hit.span(), scene.store.words):
            continue
        for order in orders:
            for item in order.items:
                if code == item.kind or code in item.name:
                    line = {"line": item.item_id} if len(order.items) > 1 else {}
                    more = {"order_no": order.order_no, "name": item.name, "by": "sort", **line}
                    found.setdefault(
                        (order.order_no, item.item_id),
                        Reading("item", "item", item.item_id, _BY_SORT, hit.span(), source=SOURCE, more=more),
                    )
    if found:  # 床单没收到 就只有杯子和灯: what is told first
        first = sentence_of(scene.text, min(one.span for one in found.values()))
        found = {key: one for key, one in found.items() if one.span[0] < first.end}
    if len(found) == 1:
        yield from found.values()


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
    listed = scene.products(scene.text)
    if asked_name(scene) == "product" and all(_product_in(scene.text, one)[0] == (0, 0) for one in listed):
        yield from _product_by_sort(scene, is_bought)
    for one in listed:
        span, sure = _product_in(scene.text, one)
        unsaid = span != (0, 0) and negated(scene.text, span, scene.store.words)
        more = {"name": one.name, "bought": is_bought}
        yield Reading("product", "product", one.sku, sure, span, unsaid, SOURCE, more)


def _product_by_sort(scene: Scene, is_bought: bool) -> Iterator[Reading]:
    """煮饭的锅, 冬天穿的外套, to which product it is: a sort of things that only one of the catalogue belongs to."""
    found: dict[str, Reading] = {}
    for code, pattern in scene.store.words.codes(_NOUNS).items():
        hit = pattern.search(scene.text)
        if hit is None or negated(scene.text, hit.span(), scene.store.words):
            continue
        for one in scene.outside.products("", _CATALOGUE):
            if code == one.kind or code in one.name:
                more = {"name": one.name, "bought": is_bought, "by": "sort"}
                reading = Reading(
                    "product", "product", one.sku, _BY_SORT, hit.span(), source=SOURCE, more=more
                )
                found.setdefault(one.sku, reading)
    if len(found) == 1:
        yield from found.values()


def _product_in(text: str, product: Product) -> tuple[Span, float]:
    """Where its name or another name of it stands; found by likeness only: nowhere, less surely."""
    lower = text.lower()
    for name, sure in ((product.name, _NAME), *((one, _END) for one in product.aliases)):
        at = lower.find(name.lower())
        if at >= 0:
            return (at, at + len(name)), sure
    return (0, 0), _FUZZY


def _in_hands(scene: Scene) -> bool:
    """Is a thing in the customer's hands talked about, or asked for?"""
    flows = map(scene.store.flows.get, likely_flows(scene))
    return asked_name(scene) in {"item", "order_no"} or any(
        flow is not None and flow.needs.item for flow in flows
    )


def _by_other_name(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """A line by another name of its product (屏幕 for 显示器); 这鞋起球了, said by somebody who bought no shoes: the noun,
    so that it can be asked about. Only where a thing in the customer's hands is talked about."""
    if not _in_hands(scene):
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
