"""Which of the customer's orders a message points at without its whole number, and which it leaves out (H6).

Readings `order` (value: the number; more.by: place, compared, state, other, ending, receiver, day, rest). Of several orders
with the same goods 后面那单 is the later of those; an order that is to stay as it is (14的留着, 除了14) is negated (more.kept),
and of two that are talked about the other one is then meant (by: rest).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from aftersales.order_system.port import Order, OrderItem
from dialogue.order_choice import says_another, twins
from dialogue.readers.choices import codes_in, places_in
from dialogue.readers.coverage import score_in_clause
from dialogue.readers.digits import Group, sequences, view
from dialogue.readers.negation import negated
from dialogue.readers.sentence import sentence_of
from dialogue.readers.wanted import asked_name, shown_choices
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "mentions"
#: Ways to point at orders that name none of them by itself.
BY_STATE = frozenset({"state", "rest"})
#: Pointed at: 第二个, 贵的那个, 没发货的那个, 李静怡那单.
POINTED = 0.85
#: So many digits point at an order by the end of its number whatever stands around them; fewer need nothing that counts.
_LONG_END, _SHORT_END = 3, 2
#: So many characters after a name say what they did.
_NEAR = 4
#: Kinds of slots whose answers have digits of their own.
_WITH_DIGITS = frozenset(
    {"address", "phone", "title", "tax_no", "email", "quantity", "tracking_no", "amount", "date", "size"}
)
#: Ways of pointing that hold whatever else the message says.
_SURE = frozenset({"ending", "rest"})

Thing = TypeVar("Thing", Order, OrderItem)


def pointed_orders(scene: Scene, orders: Sequence[Order], named: Sequence[Order]) -> Iterator[Reading]:
    """Everything that points at an order; `named`: the orders whose goods the message names."""
    among = _among(scene, orders, named)
    found = [*_each(scene, orders, among, narrow=len(named) > 1)]
    left_out = {one.value for one in found if one.negated}
    for one in found:
        if one.value in left_out and not one.negated:
            continue  # 14跟15那俩 … 14的留着: what is said of it last holds
        yield one
    yield from _rest(scene, among, orders, found)


def _among(scene: Scene, orders: Sequence[Order], named: Sequence[Order]) -> Sequence[Order]:
    """The orders that 后面那单 chooses from: those named, those shown, those with the same goods as the one in hand, all."""
    if len(named) > 1:
        return named
    top = scene.top
    if asked_name(scene) == "order_no" and top is not None:
        shown = [one for one in orders if one.order_no in shown_choices(top, "order_no")]
        return shown or orders
    current = next((one for one in orders if one.order_no == _in_hand(scene)), None)
    same = twins(current, orders) if current is not None else ()
    return [one for one in orders if one is current or one in same] if same else orders


def _in_hand(scene: Scene) -> str | None:
    return next((one.order_no for one in reversed(scene.state.frames) if one.order_no), scene.state.order_no)


def _each(
    scene: Scene, orders: Sequence[Order], among: Sequence[Order], *, narrow: bool
) -> Iterator[Reading]:
    top, words = scene.top, scene.store.words
    if asked_name(scene) == "order_no" and top is not None:
        listed = list(shown_choices(top, "order_no")) or [one.order_no for one in orders]
        for index, span in places_in(scene, len(listed)):
            yield _reading(scene, listed[index], span, "place")
    if asked_name(scene) == "order_no" and any(True for _ in places_in(scene, len(among))):
        among = ()  # 后面那个, of a list that was shown
    compared = list(
        compared_in(scene, among, lambda one: one.total, lambda one: (one.created_at, one.order_no))
    )
    for order, span in compared:
        yield _reading(scene, order.order_no, span, "compared", sure=narrow or len(among) < len(orders))
    for state, spans in codes_in(scene, "order_state").items():
        having = [one for one in among if one.state == state]
        if len(having) == 1 and len(orders) > 1:
            before, after = scene.text[: spans[0][0]], scene.text[spans[0][1] :]
            meant = words.hit("identity.which_one_after", after) or words.hit(
                "identity.which_one_before", before
            )
            yield _reading(
                scene, having[0].order_no, spans[0], "stated" if meant else "state", sure=bool(meant)
            )
    if not compared:
        yield from _other(scene, orders, among)
    yield from _by_ending(scene, orders)
    yield from _by_receiver(scene, orders)
    yield from _by_signer(scene, orders)
    yield from _by_day(scene, orders)


def _reading(scene: Scene, order_no: str, span: Span, by: str, *, sure: bool = False) -> Reading:
    words = scene.store.words
    score = POINTED if sure or by in _SURE else POINTED * score_in_clause(scene.text, [span], words)
    kept = by not in {"state", "stated"} and _is_kept(scene, span)
    unsaid = kept or (by not in {"state", "stated"} and negated(scene.text, span, words))
    more = {"by": by, **({"kept": True} if kept else {})}
    return Reading("order", "order_no", order_no, score, span, unsaid, SOURCE, more)


def _is_kept(scene: Scene, span: Span) -> bool:
    """14的留着, 留14, 除了14: is it to stay as it is?"""
    part, words = sentence_of(scene.text, span), scene.store.words
    before, after = scene.text[part.start : span[0]], scene.text[span[1] : part.end]
    if words.hit("reading.question", part.text) or part.asks:
        return False
    return bool(words.hit("identity.kept_after", after) or words.hit("identity.kept_before", before))


def compared_in(
    scene: Scene,
    things: Sequence[Thing],
    price: Callable[[Thing], Decimal],
    made: Callable[[Thing], Any] | None,
) -> Iterator[tuple[Thing, Span]]:
    """贵的那个, 便宜的, 刚买的, 先买的: of several."""
    if len(things) < 2:
        return
    found = codes_in(scene, "which")
    for code, choose, key in (("dearest", max, price), ("cheapest", min, price)):
        if code in found and len({price(one) for one in things}) > 1:
            yield choose(things, key=key), found[code][0]
    if made is not None:
        for code, choose_by in (("newest", max), ("oldest", min)):
            if code in found:
                yield choose_by(things, key=made), found[code][0]


def _other(scene: Scene, orders: Sequence[Order], among: Sequence[Order]) -> Iterator[Reading]:
    """另外一单: the one that is not in hand, when there is only one; 另一件 of an order with several things is none."""
    if scene.asked_slot is not None and scene.asked_slot.kind == "quantity":
        return  # 就一件 另一件是对的: pieces of this line
    current = next((one for one in orders if one.order_no == scene.state.order_no), None)
    others = [one for one in among if one is not current]
    hits = scene.store.words.find("answers.another_order", scene.text)
    if current is None or current not in among or len(others) != 1 or not hits:
        return
    if says_another(scene.text, scene.store.words, current):
        yield _reading(scene, others[0].order_no, hits[0].span, "other")


def _by_ending(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """0003那单, 尾号15, 14跟15: the only order whose number ends so, unless the whole number is there."""
    viewed = view(scene.text)
    for groups in sequences(viewed):
        for one in groups:
            ending = [order for order in orders if order.order_no.endswith(one.digits)]
            if len(ending) != 1 or len(one.digits) >= len(ending[0].order_no):
                continue
            if len(one.digits) >= _LONG_END or _points(
                scene, viewed, one, alone=len(groups) == 1, orders=orders
            ):
                yield _reading(scene, ending[0].order_no, (one.start, one.end), "ending")


def _points(scene: Scene, viewed: str, one: Group, *, alone: bool, orders: Sequence[Order]) -> bool:
    """Do two digits end an order's number, and are no price, date, size or floor?"""
    words, before, after = scene.store.words, viewed[: one.start], viewed[one.end :]
    if len(one.digits) < _SHORT_END:
        return False
    if words.hit("identity.ending_before", before) or words.hit("identity.ending_after", after):
        return True
    slot = scene.asked_slot
    other = slot is not None and slot.kind in _WITH_DIGITS
    counts = words.hit("identity.no_ending_after", after) or words.hit("identity.no_tail_before", before)
    return alone and len(orders) > 1 and not (other or counts)


def _by_receiver(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """李静怡那单: the order whose receiver is named, when not all have the same."""
    if len({one.name for one in orders}) < 2:
        return
    for one in orders:
        at = scene.text.find(one.name) if one.name else -1
        if at >= 0:
            yield _reading(scene, one.order_no, (at, at + len(one.name)), "receiver")


def _by_signer(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """门卫签的那个: the only order that was signed for by them."""
    for name in {one.signed_by for one in orders if one.signed_by}:
        signed = [one for one in orders if one.signed_by == name]
        at = scene.text.find(name)
        by = (
            scene.store.words.hit("identity.signed", scene.text[at + len(name) :][:_NEAR])
            if at >= 0
            else None
        )
        if by and len(signed) == 1 and len(orders) > 1:
            yield _reading(scene, signed[0].order_no, (at, at + len(name)), "signer", sure=True)


def _by_day(scene: Scene, orders: Sequence[Order]) -> Iterator[Reading]:
    """昨天买的那单: the only order of that day."""
    tz = scene.store.tz
    today = scene.at.now.astimezone(tz).date()
    for ago, spans in codes_in(scene, "bought_day").items():
        day = today - timedelta(days=int(ago))
        made = [one for one in orders if one.created_at.astimezone(tz).date() == day]
        if len(made) == 1 and len(orders) > 1:
            yield _reading(scene, made[0].order_no, spans[0], "day")


def _rest(
    scene: Scene, among: Sequence[Order], orders: Sequence[Order], found: Sequence[Reading]
) -> Iterator[Reading]:
    """只留14: of the orders talked about the only one that is neither left out nor pointed at."""
    kept = [one for one in found if one.more.get("kept")]
    if not kept or any(not one.negated and one.more["by"] != "state" for one in found):
        return
    if len(among) == len(orders) and len(orders) > 2:  # 14 is kept: nobody said anything of all the others
        first = next(one for one in orders if one.order_no == kept[0].value)
        same = twins(first, orders)
        among = [first, *same]
    left = [
        one for one in among if one.order_no not in {reading.value for reading in found if reading.negated}
    ]
    if len(left) == 1:
        yield Reading(
            "order", "order_no", left[0].order_no, POINTED, kept[0].span, False, SOURCE, {"by": "rest"}
        )


def pointed_order(scene: Scene) -> Order | None:
    """14那单: the only order that the words point at by itself, not by its state."""
    found = [
        one for one in pointed_orders(scene, scene.orders(), []) if one.kind == "order" and not one.negated
    ]
    numbers = {str(one.value) for one in found if one.more.get("by") not in BY_STATE}
    return scene.own_order(next(iter(numbers))) if len(numbers) == 1 else None
