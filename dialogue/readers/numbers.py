"""Order numbers and what proves who asks: phone, its last four digits, e-mail (H6). Patterns: data/dialogue/identity.yml.

Readings: `order` (value: the number), `proof` (value; more.kind tail | phone | email), `digits` (the pieces so far of a
number that arrives message by message, for State.digits). more.alone: the message is nothing but numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aftersales.order_number import OrderNumber
from dialogue.readers.digits import EMAIL, Group, is_spoken, joined, sequences, view
from dialogue.readers.negation import negated
from dialogue.readers.tracking import looks_like_tracking
from dialogue.readers.wanted import asked_name, wanted
from dialogue.reading import Reading
from dialogue.scene import Scene
from dialogue.words import Words

SOURCE = "numbers"
#: How surely a number that is called something else asks where the order's is.
_NO_ORDER = 0.9
_PHONE = re.compile(r"1[3-9]\d{9}")
#: A label ("订单号是") stands so close before its number, in characters.
_LABEL_NEAR = 4
#: What may be left of a message that is nothing but numbers, in characters.
_REST = 2
#: How much of a label is looked for before a number, in characters.
_BEFORE = 14


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the message, taken for what it most likely is: order | other_order | phone | tail | piece."""

    kind: str
    value: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


def read(scene: Scene) -> Iterator[Reading]:
    """Every number that could name an order or prove who asks, with how surely it does."""
    if scene.message.is_button:
        return
    text, words = scene.text, scene.store.words
    viewed = view(text)
    own = scene.store.order_number
    lettered = list(_with_letters(viewed, own))
    digits = [one for groups in sequences(viewed) for one in _parsed(groups, words, own.here)]
    numbers = [one for one in digits if not any(_meet(one, other) for other in lettered)] + lettered
    alone = _is_alone(text, viewed, numbers, words)
    pieces = list(_pieces(scene, numbers, alone))
    yield from pieces
    continued = any(one.kind == "order" for one in pieces)
    for number in numbers:
        if number.kind in {"order", "other_order"} and not continued:
            yield from _order(scene, viewed, number, alone)
        elif number.kind == "phone":
            yield _proof(scene, number, "phone", _phone_score(scene), alone)
        elif number.kind in {"tail", "piece"} and _ends_an_order(scene, viewed, number):
            more = {"partial": True}
            yield Reading("skip", "order_no", None, 0.85, number.span, source=SOURCE, more=more)
        elif number.kind == "tail" and not continued:
            found = _tail_score(scene, viewed, number, numbers, alone)
            if found:
                yield _proof(scene, number, "tail", found, alone)
    for hit in words.find("identity.masked", text):
        yield Reading("proof", "proof", hit.text[-4:], 0.8, hit.span, source=SOURCE, more={"kind": "tail"})
    for hit in words.find("identity.four_same", text):
        if asked_name(scene) == "proof" or words.hit("identity.tail_words", text[: hit.start]):
            tail = view(hit.text * 4)
            yield Reading("proof", "proof", tail, 0.8, hit.span, source=SOURCE, more={"kind": "tail"})
    yield from _emails(scene, numbers, alone)


def _parsed(groups: list[Group], words: Words, here: re.Pattern[str]) -> Iterator[Number]:
    """What the groups are: an order number in one or more groups, then a phone, then four digits, then a mere piece."""
    at = 0
    while at < len(groups):
        taken = next((end for end in range(len(groups), at, -1) if _fits(here, joined(groups[at:end]))), None)
        if taken is None:
            taken = next((e for e in range(len(groups), at, -1) if _fits(_PHONE, joined(groups[at:e]))), None)
            kind = "phone"
        else:
            kind = "order"
        if taken is not None:
            one = joined(groups[at:taken])
            yield Number(kind, one.digits, one.start, one.end)
            at = taken
            continue
        if [len(one.digits) for one in groups[at : at + 3]] == [4, 4, 4]:
            one = joined(groups[at : at + 3])
            yield Number("other_order", one.digits, one.start, one.end)
            at += 3
            continue
        yield from _single(groups[at], here, words)
        at += 1


def _single(group: Group, here: re.Pattern[str], words: Words) -> Iterator[Number]:
    """One group by itself; an order number with its proof glued to it is taken apart."""
    digits, start, end = group.digits, group.start, group.end
    for behind, kind in ((4, "tail"), (11, "phone")):
        cut = len(digits) - behind
        if cut > 0 and here.fullmatch(digits[:cut]) and (kind == "tail" or _PHONE.fullmatch(digits[cut:])):
            middle = min(start + cut, end)
            yield Number("order", digits[:cut], start, middle)
            yield Number(kind, digits[cut:], middle, end)
            return
    if words.pattern("identity.order_no").fullmatch(digits):
        yield Number("other_order", digits, start, end)
    else:
        yield Number("tail" if len(digits) == 4 else "piece", digits, start, end)


def _with_letters(viewed: str, own: OrderNumber) -> Iterator[Number]:
    """Order numbers that have letters, where the store's pattern says so."""
    for found in own.here.finditer(viewed):
        if not found.group().isdigit():
            yield Number("order", own.told(found.group()), found.start(), found.end())


def _order(scene: Scene, viewed: str, number: Number, alone: bool) -> Iterator[Reading]:
    words = scene.store.words
    named = _label_before(words, "identity.order_words", viewed, number)
    other = _label_before(words, "identity.not_order_words", viewed, number)
    phone = number.kind != "order" and _label_before(words, "identity.phone_words", viewed, number)
    if not named and (other or phone):
        if other and asked_name(scene) == "order_no":  # 微信的交易号行吗: where the order's number is
            yield Reading("explain", "order_no", None, _NO_ORDER, number.span, source=SOURCE)
        return
    sure = 0.95 if number.kind == "order" else 0.85 if named else 0.75
    if number.kind == "other_order" and not named:
        if asked_name(scene) == "tracking_no":
            return
        if looks_like_tracking(scene, number.value):
            sure = 0.45
        elif asked_name(scene) == "tax_no":
            sure = 0.3
    if alone:
        sure += 0.02
    yield Reading(
        "order",
        "order_no",
        number.value,
        sure,
        number.span,
        _denied(scene, number),
        SOURCE,
        {"alone": alone},
    )


def _proof(scene: Scene, number: Number, kind: str, sure: float, alone: bool) -> Reading:
    more = {"kind": kind, "alone": alone}
    return Reading("proof", "proof", number.value, sure, number.span, _denied(scene, number), SOURCE, more)


def _denied(scene: Scene, number: Number) -> bool:
    """不是 202611010003: the blank before a number parts nothing."""
    start = len(scene.text[: number.start].rstrip())
    return negated(scene.text, (start, number.end), scene.store.words)


def _phone_score(scene: Scene) -> float:
    """A phone given for a delivery proves nothing; one given while we do not know who asks does."""
    if asked_name(scene) in {"order_no", "proof"}:
        return 0.96
    if scene.state.customer is not None:
        return 0.4
    return 0.6 if any(True for _ in wanted(scene, "phone")) else 0.9


def _tail_score(scene: Scene, viewed: str, tail: Number, numbers: list[Number], alone: bool) -> float:
    """How surely four digits are the end of a phone number; 0 for a price, a year, a power, a time."""
    words, asked = scene.store.words, asked_name(scene)
    if any(one.kind == "order" and one.value.endswith(tail.value) for one in numbers):
        return 0.0  # 最后是零零零三, beside the number itself
    if _label_before(words, "identity.tail_words", viewed, tail, near=0):
        return 0.0 if asked == "order_no" and scene.state.customer is not None else 0.96
    if words.pattern("identity.tail_behind").match(viewed[tail.end :]):
        return 0.93
    before, after = viewed[: tail.start], viewed[tail.end :]
    beside = any(_goes_with(scene, viewed, one, tail) for one in numbers)
    told = any(
        one.kind in {"order", "other_order"} or _ends_an_order(scene, viewed, one) for one in numbers
    )  # 2026…到哪了 手机1234
    beside = beside or (told and _label_before(words, "identity.phone_words", viewed, tail, near=0))
    if beside and not words.pattern("identity.unit_after").match(after):
        return 0.93  # 202611010010 9753 买贵了: right behind its order number
    if words.hit("identity.no_tail_after", after) or words.hit("identity.no_tail_before", before):
        return 0.0
    if alone and len(numbers) == 1:
        if asked == "proof":
            return 0.97
        started = asked == "order_no" and scene.store.order_number.start.match(tail.value)
        return 0.0 if started or scene.state.digits else 0.8 if asked == "order_no" else 0.6
    if words.pattern("identity.year_like").match(tail.value) and asked != "proof":
        return 0.0
    spoken = is_spoken(scene.text, Group(tail.value, tail.start, tail.end))
    if asked == "proof":
        return 0.75
    return 0.0 if spoken else 0.45 if scene.state.customer is None else 0.3


def _ends_an_order(scene: Scene, viewed: str, number: Number) -> bool:
    """订单尾号0002, of somebody who is not known: the end of an order's number, by which nothing is looked up."""
    unknown = scene.state.customer is None
    return unknown and _label_before(scene.store.words, "identity.order_end_words", viewed, number, near=0)


def _goes_with(scene: Scene, viewed: str, one: Number, tail: Number) -> bool:
    """Is it an order number beside the tail, and not one that is denied?"""
    is_order = one.kind in {"order", "other_order"} and _beside(viewed, one, tail, scene.store.words)
    return is_order and not _denied(scene, one)


def _pieces(scene: Scene, numbers: list[Number], alone: bool) -> Iterator[Reading]:
    """A number that arrives message by message: the whole when it is complete, else the pieces so far."""
    words, before = scene.store.words, scene.state.digits
    if not alone or len(numbers) != 1 or not (before or asked_name(scene) == "order_no"):
        return
    number = numbers[0]
    if number.kind not in {"tail", "piece"}:
        return
    here, start = scene.store.order_number.here, scene.store.order_number.start
    together = Group(before + number.value, number.start, number.end)
    found = list(_single(together, here, words)) if before else []
    order = next((one for one in found if one.kind == "order"), None)
    if order is None and before and here.fullmatch(together.digits):
        order = Number("order", together.digits, number.start, number.end)
    if order is not None:
        more = {"alone": True, "joined": True}
        yield Reading("order", "order_no", order.value, 0.95, number.span, source=SOURCE, more=more)
        for one in found:
            if one.kind in {"tail", "phone"}:
                yield _proof(scene, Number(one.kind, one.value, *number.span), one.kind, 0.9, True)
        return
    if asked_name(scene) == "proof" and number.kind == "tail":
        return
    for candidate in (together.digits, number.value):
        if start.match(candidate):
            yield Reading("digits", "order_no", candidate, 0.85, number.span, source=SOURCE)
            return


def _emails(scene: Scene, numbers: list[Number], alone: bool) -> Iterator[Reading]:
    """An e-mail proves who asks, unless it is where an invoice is to be sent."""
    words, asked = scene.store.words, asked_name(scene)
    for found in EMAIL.finditer(scene.text):
        value, before = found.group().lower(), scene.text[: found.start()]
        sent_there = words.hit("identity.mail_for_delivery", before) is not None
        if sent_there and any(one.kind in {"phone", "tail"} for one in numbers):
            continue  # 发票寄我邮箱… 尾号9753: the tail is the proof
        if asked in {"order_no", "proof"}:
            sure = 0.96
        elif sent_there:
            continue
        elif any(True for _ in wanted(scene, "email")):
            mail = Number("email", value, *found.span())
            beside = any(one.kind == "order" and _beside(scene.text, one, mail, words) for one in numbers)
            if not beside or scene.state.customer is not None:
                continue
            sure = 0.8
        else:
            sure = 0.9
        more = {"kind": "email", "alone": alone}
        yield Reading("proof", "proof", value, sure, found.span(), source=SOURCE, more=more)


def _label_before(words: Words, name: str, viewed: str, number: Number, near: int = _LABEL_NEAR) -> bool:
    """Does a label of the list stand directly before the number?"""
    before = viewed[max(0, number.start - _BEFORE) : number.start]
    hits = words.find(name, before)
    return bool(hits) and len(before.rstrip()) - hits[-1].end <= near


def _beside(text: str, one: Number, other: Number, words: Words) -> bool:
    """Is nothing of meaning between the two?"""
    first, second = (one, other) if one.start <= other.start else (other, one)
    return not _meaning(text[first.end : second.start], words)


def _is_alone(text: str, viewed: str, numbers: list[Number], words: Words) -> bool:
    taken = {place for one in numbers for place in range(one.start, one.end)}
    mails = {place for found in EMAIL.finditer(text) for place in range(*found.span())}
    rest = "".join(" " if place in taken or place in mails else one for place, one in enumerate(viewed))
    return bool(taken or mails) and len(_meaning(rest, words)) <= _REST


def _meaning(text: str, words: Words) -> str:
    """What is left of words around numbers without labels, filler and marks."""
    left = words.pattern("identity.filler").sub("", text)
    return "".join(one for one in left if one.isalnum())


def _fits(pattern: re.Pattern[str], group: Group) -> bool:
    return pattern.fullmatch(group.digits) is not None


def _meet(one: Number, other: Number) -> bool:
    return one.start < other.end and other.start < one.end
