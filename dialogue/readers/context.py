"""The same words mean something else before and after dispatch, and after another answer (data/dialogue/context.yml).

什么时候发货 with a paid order in hand is about that order, not about the store's promise before buying; 那运费呢 after a word
about returns is the freight of the return; 另外一单呢 is the last question again. Readings have the source "context": `start`
of the flow that is meant, or `answer` with more.response where the table names a sentence that answers at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aftersales.order_system.port import Order
from dialogue.context_table import FLOW, KNOW, RESPONSE, SAME, Row
from dialogue.goods_named import meant_goods
from dialogue.order_choice import names_item, order_meant
from dialogue.readers.acts import acts
from dialogue.readers.agreement import is_open_matter
from dialogue.readers.answer_words import only
from dialogue.readers.coverage import part_asks
from dialogue.readers.follow_up import follow_up, in_pieces, last_intent
from dialogue.readers.sentence import sentences
from dialogue.readers.which_order import pointed_order
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.situation import beside, situation_of

SOURCE = "context"
_OFFER = "offer"
#: Intents that carry no matter, and those the model gives when it is unsure.
_EMPTY = frozenset({"fragment", "nlu_fallback", "out_of_scope", "affirm", "deny", "chitchat"})
_UNSURE, _FRAGMENT = "nlu_fallback", "fragment"
_NO_MATTER = frozenset({_UNSURE, _FRAGMENT, "out_of_scope"})
_CANDIDATES = 2
#: So many digits are an order number or a proof: the message names its order itself.
_DIGITS_OF_A_NUMBER = 4


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the words ask by themselves: the intents they may have, and how surely."""

    intents: frozenset[str]
    intent: str
    score: float


def read(scene: Scene) -> Iterator[Reading]:
    """What a short sentence means for the order in hand and after the last answer; nothing for a longer one."""
    if scene.message.is_button or not scene.text:
        return
    yield from _goods_again(scene)
    span = _beside_answer(scene)
    for one in _read(_part(scene, span)):
        yield _moved(one, span)
    for place, meant in in_pieces(scene):
        yield from (_moved(one, place) for one in _follows(_part(scene, place), meant))


def _moved(one: Reading, place: Span) -> Reading:
    """The reading of a part, at its place in the message."""
    named = [(start + place[0], end + place[0]) for start, end in one.more.get("named") or ()]
    more = {**one.more, **({"named": named} if named else {})}
    return replace(one, span=place, more=more)


def _follows(scene: Scene, meant: str) -> Iterator[Reading]:
    """A small sentence beside others that goes on with the last answer."""
    sure = scene.store.words.limits["follow_up_meaning"]
    if meant.startswith(KNOW):
        yield _known(scene, meant)
    elif not _is_refused(scene, _Asked(frozenset({meant}), meant, sure)):
        yield from _start(
            scene, meant, sure, {"asked_among": _mean_the_same(scene, meant) | _heard_in(scene)}
        )


def _heard_in(scene: Scene) -> frozenset[str]:
    """What the model hears in these words by themselves: it does not know what they are said of."""
    return frozenset(one.intent for one in scene.message.also if one.text in scene.text)


def _mean_the_same(scene: Scene, meant: str) -> frozenset[str]:
    """The intents that mean this as well for the order in hand (别家当天就退了, while the money is on its way)."""
    order = scene.own_order(scene.state.order_no)
    if scene.state.customer is None or order is None:
        return frozenset()
    situation, rows = situation_of(scene, order), scene.store.words.context.rows
    return frozenset[str]().union(*(one.intents for one in rows if one.means.get(situation) == meant))


def _part(scene: Scene, place: Span) -> Scene:
    return replace(scene, message=replace(scene.message, text=scene.text[place[0] : place[1]]))


def _known(scene: Scene, meant: str) -> Reading:
    """A known question that half a sentence asks right after this answer."""
    sure, whole = scene.store.words.limits["follow_up_meaning"], (0, len(scene.text))
    return Reading("known", meant.removeprefix(KNOW), None, sure, whole, source=SOURCE, more={"sure": sure})


def _beside_answer(scene: Scene) -> Span:
    """不用了 …… 到底几号发, to an offer: the question that is asked beside the answer; else the whole message."""
    whole, words = (0, len(scene.text)), scene.store.words
    top = scene.top
    if top is None or top.flow != _OFFER:
        return whole
    parts = sentences(scene.text)
    units = (*words.lists["answers.no"].words, *words.lists["answers.yes"].words)
    answered = [one for one in parts if only(one.text, units, words)]
    asks = [one for one in parts if one not in answered and part_asks(one, words)]
    return asks[-1].span if answered and asks else whole


def _read(scene: Scene) -> Iterator[Reading]:
    if len(scene.text) > scene.store.words.limits["short_chars"]:
        return
    if sum(char.isdigit() for char in scene.text) >= _DIGITS_OF_A_NUMBER:
        return
    yield from _same_for_another(scene)
    yield from _by_situation(scene)
    yield from _goes_on(scene)


def _asked(scene: Scene) -> _Asked:
    """The intent, as the last answer makes it, and the model's first candidates when it is unsure."""
    message, limits = scene.message, scene.store.words.limits
    follow = follow_up(scene)
    if follow is not None:
        return _Asked(frozenset({follow}), follow, limits["follow_up_meaning"])
    likely = [one for one, _ in message.candidates[:_CANDIDATES]] if message.intent == _UNSURE else []
    return _Asked(frozenset({message.intent, *likely}), message.intent, message.confidence)


def _by_situation(scene: Scene) -> Iterator[Reading]:
    """The cell of the table, or the follow-up's meaning where no cell speaks."""
    asked, limits = _asked(scene), scene.store.words.limits
    if _is_refused(scene, asked) or _is_said_of_open(scene, asked):
        return
    rows = [row for row in scene.store.words.context.rows if row.fits(asked.intents, scene.text)]
    cell = _cell(scene, rows)
    followed = asked.intent if asked.intent != scene.message.intent else None
    if cell is not None:
        row, order, situation = cell
        meant = row.means[situation]
        certain = followed or (row.sentences is not None and row.sentences.search(scene.text))
        score = limits["context_meaning"] if certain else _heard(scene, row)
        more = {
            "order_no": order.order_no,
            "situation": situation,
            "asked_as": asked.intent,
            "by_model": not certain,
        }
        if meant.startswith(RESPONSE):
            yield from _answer(scene, row, asked, meant, score, more)
        elif meant.startswith(FLOW):
            told = {"intent": asked.intent, "slots": {}, **more}
            flow = meant.removeprefix(FLOW)
            yield Reading("start", flow, None, score, (0, len(scene.text)), source=SOURCE, more=told)
        else:
            yield from _start(scene, meant, score, more)
    elif followed is not None and followed.startswith(KNOW):
        yield _known(scene, followed)
    elif followed is not None:
        yield from _start(scene, followed, asked.score, {"asked_as": scene.message.intent})


def _goes_on(scene: Scene) -> Iterator[Reading]:
    """几个月, 怎么下载, 那L呢 right after an answer: most likely still about it, where the model hears no matter for sure."""
    last, words = scene.state.last or {}, scene.store.words
    flow = scene.store.flows.get(str(last.get("flow") or ""))
    if flow is None or not flow.is_lookup or scene.state.frames or scene.message.intent not in _NO_MATTER:
        return
    if words.asks(scene.text) or scene.message.intent == _FRAGMENT:
        told = {"intent": last_intent(scene), "slots": {}}
        yield Reading(
            "start", flow.id, None, words.limits["goes_on"], (0, len(scene.text)), source=SOURCE, more=told
        )


def _is_refused(scene: Scene, asked: _Asked) -> bool:
    """不想换: the words of the matter stand there, but refused."""
    own = [one for one in acts(scene.text, scene.store.words) if one.intent in asked.intents]
    return bool(own) and all(one.refused for one in own)


def _is_said_of_open(scene: Scene, asked: _Asked) -> bool:
    """催是要催, to the offer to urge: what is offered or read back is taken or not; the order's state makes nothing else of it."""
    slot = scene.asked_slot
    return slot is not None and slot.kind == "confirm" and is_open_matter(scene, asked.intent)


def _heard(scene: Scene, row: Row) -> float:
    """How surely the model hears a question of this row."""
    message = scene.message
    likely = [probability for intent, probability in message.candidates if intent in row.intents]
    return message.confidence if message.intent in row.intents else max(likely, default=0.0)


def _cell(scene: Scene, rows: list[Row]) -> tuple[Row, Order, str] | None:
    """The first row that has a meaning for the situation of the order meant."""
    if not rows or scene.state.customer is None:
        return None
    order = pointed_order(scene) or order_meant(scene.text, scene.orders(), scene.state.order_no)
    if order is None:
        return None
    found = [one for one in (beside(scene, order), situation_of(scene, order)) if one is not None]
    cells = ((row, situation) for row in rows for situation in found if situation in row.means)
    row, situation = next(cells, (None, ""))
    return (row, order, situation) if row is not None else None


def _same_for_another(scene: Scene) -> Iterator[Reading]:
    """另外一单呢, 那手机呢: the last question again; more.order_no names the order when only one can be meant."""
    last, words = last_intent(scene), scene.store.words
    if not last or scene.state.customer is None:
        return
    orders = scene.orders()
    named = _what_about(scene)
    meant = [one for one in orders if named and any(names_item(named, item.name) for item in one.items)]
    same = any(
        one.meant == SAME and last in one.after and one.words.search(scene.text)
        for one in words.context.follow_ups
    )
    if not meant and not same:
        return
    others = meant or [one for one in orders if one.order_no != scene.state.order_no]
    more: dict[str, Any] = {"again": True}
    if len(others) == 1:
        more["order_no"] = others[0].order_no
    yield from _start(scene, last, words.limits["follow_up_meaning"], more)


def _goods_again(scene: Scene) -> Iterator[Reading]:
    """我问的是耳机 不是鞋: what was asked of goods last, for those that were meant."""
    last = scene.state.last or {}
    flow = scene.store.flows.get(str(last.get("flow") or ""))
    forms = any(one.flow != _OFFER for one in scene.state.frames)
    if flow is None or not last.get("question") or forms or (meant := meant_goods(scene)) is None:
        return
    told = {name: value for name, value in (last.get("slots_told") or {}).items() if name in flow.slots}
    slots = told | ({"product": meant.sku} if "product" in flow.slots else {})
    more = {"intent": last_intent(scene), "slots": slots, "words": last["question"], "product": meant.sku}
    sure = scene.store.words.limits["follow_up_meaning"]
    yield Reading("start", flow.id, None, sure, (0, len(scene.text)), source=SOURCE, more=more)


def _what_about(scene: Scene) -> str:
    """手机 of 那手机呢, where the model hears no matter."""
    if scene.message.intent not in _EMPTY:
        return ""
    found = re.match(scene.store.words.pattern("answers.what_about"), scene.text)
    return next((one for one in found.groups() if one), "") if found else ""


def _start(scene: Scene, intent: str, score: float, more: Mapping[str, Any]) -> Iterator[Reading]:
    started = scene.store.flows.started_by(intent)
    if started is not None:
        flow, slots = started
        named = [one.span for one in acts(scene.text, scene.store.words) if not one.refused]
        told = {"intent": intent, "slots": dict(slots), **({"named": named} if named else {}), **more}
        yield Reading("start", flow, None, score, (0, len(scene.text)), source=SOURCE, more=told)


def _answer(
    scene: Scene, row: Row, asked: _Asked, response: str, score: float, more: Mapping[str, Any]
) -> Iterator[Reading]:
    """A sentence of the domain; its flow is the one that the words would start anywhere else."""
    intents = [asked.intent, *sorted(asked.intents), *sorted(row.intents)]
    started = next((found for one in intents if (found := scene.store.flows.started_by(one))), None)
    told = {"intent": asked.intent, "response": response, **more}
    name = started[0] if started else ""
    yield Reading("answer", name, None, score, (0, len(scene.text)), source=SOURCE, more=told)
