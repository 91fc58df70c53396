"""Gathers what a decision declared that it needs, from the frame and from outside."""

from __future__ import annotations

import re
from collections.abc import Collection

from aftersales.decisions import Inputs
from aftersales.order_system.port import AfterSalesRequest, Order, Product
from dialogue.goods_named import goods_listed, goods_named
from dialogue.order_choice import named_items
from dialogue.outcome import Run
from dialogue.state import FAULTS, GOODS_TOLD, NOT_BOUGHT, RECORDS, SAID, SYMPTOMS, Frame

#: The group with what can be asked of goods.
_TOPICS = "questions.spec_topic"
#: So many goods are priced in one sum.
_SUMMED = 2
#: So many entries of the catalogue are looked at for what is near.
_CATALOGUE = 50
#: What a decision may need that is about the order in hand.
_OF_ORDER = frozenset({"order", "item", "parcel", "refunds", "requests", "visit_slots", "catalogue"})


def inputs_for(run: Run, frame: Frame, needs: Collection[str]) -> Inputs:
    """The case in hand for a decision, a choice source or a write. Raises outside.Missing until all is fetched."""
    scene, outside = run.scene, run.scene.outside
    order_no = frame.order_no or (run.state.order_no if run.state.customer else None)
    with_order = needs & _OF_ORDER if isinstance(needs, frozenset) else needs
    order = outside.order(order_no) if order_no and with_order else None
    item = None
    if order is not None:
        chosen = frame.item_id or _item_in_hand(run, frame, order)
        item = order.item(chosen) if chosen else order.items[0] if len(order.items) == 1 else None
    sku = frame.slots.get("product") or run.state.sku
    return Inputs(
        policy=run.store.policy,
        now=scene.at.now,
        tz=run.store.tz,
        slots=dict(frame.slots),
        facts={**run.state.facts, NOT_BOUGHT: bool(run.state.told.get(NOT_BOUGHT))},
        words=frame.words,
        message=run.words,
        intent=frame.intent,
        labels=run.store.words.labels,
        order=order,
        item=item,
        orders=tuple(scene.orders()) if "orders" in needs else (),
        parcel=outside.parcel(order_no) if order_no and "parcel" in needs else None,
        refunds=tuple(outside.refunds(order_no)) if order_no and "refunds" in needs else (),
        requests=_requests(run, order_no) if order_no and "requests" in needs else (),
        visit_slots=tuple(outside.visit_slots(order.order_no, item.item_id))
        if order is not None and item is not None and "visit_slots" in needs
        else (),
        catalogue=outside.product(item.sku) if item is not None and "catalogue" in needs else None,
        product=outside.product(str(sku)) if sku and "product" in needs else None,
        products=_meant(run, frame, order) if "products" in needs else (),
        all_products=tuple(outside.products("", _CATALOGUE)) if "all_products" in needs else (),
        together=_together(run, frame) if "together" in needs else (),
        promotions=tuple(outside.promotions()) if "promotions" in needs else (),
        verified=run.state.customer is not None,
        troubleshooting=run.store.troubleshooting,
        symptoms=_symptoms(run, frame),
        topics=_topics(run, frame),
        faults=_faults(run, order_no),
        amounts=_amounts(run, frame),
        said=_said(run),
        written=frozenset(
            str(one["flow"])
            for one in run.state.told.get(RECORDS) or ()
            if one["order_no"] == order_no and not one.get("taken_back")
        ),
        told_before=f"{frame.flow}@{sku}" in (run.state.told.get(GOODS_TOLD) or ()),
    )


def _together(run: Run, frame: Frame) -> tuple[Product, ...]:
    """那两个一起买能便宜点不: the goods that the words name, else the last two that were talked about; none where one sum is not
    asked for."""
    if not run.store.words.hit("quantity.together", frame.words):
        return ()
    named = tuple(goods_listed(run.scene, frame.words))
    if len(named) >= _SUMMED:
        return named[:_SUMMED]
    told = [str(one).partition("@")[2] for one in run.state.told.get(GOODS_TOLD) or ()]
    if len(named) == 1 and run.store.words.hit("quantity.joined", frame.words) is not None:
        told = [*(one for one in told if one != named[0].sku), named[0].sku]
    skus = list(dict.fromkeys(reversed([one for one in told if one])))[:_SUMMED]
    found = [run.scene.outside.product(one) for one in reversed(skus)]
    return tuple(one for one in found if one is not None)


def _said(run: Run) -> tuple[str, ...]:
    before = [str(one) for one in run.state.told.get(SAID) or () if one != run.words]
    return (*before, run.words)


def _amounts(run: Run, frame: Frame) -> tuple[str, ...]:
    """Sums of money in the words; the end of a phone number that proves who asks is none."""
    found = (hit.text for hit in run.store.words.find("quantity.money", frame.words))
    return tuple(one for one in found if one != run.given.get("proof"))


def _item_in_hand(run: Run, frame: Frame, order: Order) -> str | None:
    """The line that this message names, else the one that an open form of this order is about (我买的哪个码, while it goes back)."""
    named = named_items(frame.words, order)
    if len(named) == 1:
        return named[0].item_id
    forms = (one.item_id for one in reversed(run.state.frames) if one.order_no == order.order_no)
    return next((one for one in forms if one), None) if not named else None


def _requests(run: Run, order_no: str) -> tuple[AfterSalesRequest, ...]:
    """The order's requests, newest first, as they are after what was written in this turn."""
    read, made = run.scene.outside.requests(order_no), run.made
    new = [one for one in made.values() if one.order_no == order_no]
    new = [one for one in new if one.request_no not in {two.request_no for two in read}]
    return (*reversed(new), *(made.get(one.request_no, one) for one in read))


def _meant(run: Run, frame: Frame, order: Order | None) -> tuple[Product, ...]:
    """Catalogue entries that fit the words; without any and without an order the product being talked about."""
    outside = run.scene.outside
    found = tuple(goods_named(run.scene, frame.words)) if frame.words else ()
    found = tuple(one for one in found if not _belongs_to_another(run, one, frame.words))
    if len(found) == 1 and order is None:
        run.state.sku = found[0].sku  # what is asked next is about it as well
    if found or order is not None or not run.state.sku:
        return found
    known = outside.product(run.state.sku)
    return (known,) if known is not None else ()


def _belongs_to_another(run: Run, product: Product, words: str) -> bool:
    """跟手机自带的比: is every mention of it only of something that comes with it?"""
    places = [
        at.end() for name in (product.name, *product.aliases) for at in re.finditer(re.escape(name), words)
    ]
    own = run.store.words.pattern("questions.comes_with")
    return bool(places) and all(own.match(words[at:]) for at in places)


def _topics(run: Run, frame: Frame) -> tuple[str, ...]:
    """多大容量 多重 能不能进洗碗机: what of the goods the message asks for, in its order."""
    words = run.words if frame.words in run.words else frame.words
    for other in run.given.get("matters", ()):  # 行李箱多重 多少钱: the price is told by itself
        words = words.replace(other, "\n") if other not in frame.words else words
    found = {
        code: hit.start()
        for code, pattern in run.store.words.codes(_TOPICS).items()
        if (hit := pattern.search(words)) is not None
    }
    return tuple(sorted(found, key=lambda code: found[code]))


def _symptoms(run: Run, frame: Frame) -> tuple[str, ...]:
    """What is wrong with the goods, told in the words that opened the frame or by this message where it is about it."""
    touched = frame.draft in run.given.get("touched", [])
    words = f"{frame.words}\n{run.words}" if touched else frame.words
    told = run.state.told.get(SYMPTOMS) or []
    return tuple(str(one["code"]) for one in told if str(one["words"]) in words)


def _faults(run: Run, order_no: str | None) -> tuple[str, ...]:
    """What the customer said is wrong with what they have of this order, oldest first."""
    told = run.state.told.get(FAULTS) or []
    return tuple(str(one["words"]) for one in told if one["order_no"] in (None, order_no))
