"""Goods that are asked for and that the catalogue does not have (你们卖洗碗机吗, 有没有头戴的): data/dialogue/not_sold.yml (H34).

Readings `answer` of the look-up `not_sold` (slots: `wanted`, the customer's words; `sort`, their kind). What a name or another
name in the catalogue covers is sold; 头戴式耳机, where the only 耳机 says nothing of 头戴, is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from aftersales.order_system.port import Product
from dialogue.readers.sentence import sentence_of, sentences
from dialogue.readers.wanted import asked_name
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.words import Hit

SOURCE = "not_sold"
#: The look-up that answers; the group of its goods.
NOT_SOLD, _KINDS = "not_sold", "not_sold.kinds"
#: Ends of a name that tell nothing of the goods.
_EMPTY = "的式款"


def read(scene: Scene) -> Iterator[Reading]:
    """The first such goods of the message."""
    if scene.message.is_button or not scene.text:
        return
    for sort, hit in _named(scene):
        if _is_asked_for(scene, hit) and not _is_sold(scene, hit.text):
            yield _reading(scene, sort, hit)
            return


def _beside(scene: Scene, end: int) -> list[Span]:
    """A small sentence behind it that only asks what it costs (有洗衣机吗 多少钱)."""
    after = next((one for one in sentences(scene.text) if one.start >= end), None)
    asks = after is not None and scene.store.words.pattern("not_sold.asked_after").match(after.text)
    return [after.span] if after is not None and asks else []


def _named(scene: Scene) -> list[tuple[str, Hit]]:
    """Every name of the list, from left to right, the longer of two that share words."""
    found = [
        (sort, Hit(one.start(), one.end(), one.group()))
        for sort, pattern in scene.store.words.codes(_KINDS).items()
        for one in pattern.finditer(scene.text)
        if one.end() > one.start()
    ]
    found.sort(key=lambda one: (one[1].start, -one[1].end))
    return [
        one
        for one in found
        if not any(
            two is not one and two[1].start <= one[1].start and one[1].end < two[1].end for two in found
        )
    ]


def _is_asked_for(scene: Scene, hit: Hit) -> bool:
    """Is it asked whether we have it or what it costs? Named alone it is, where we asked which goods are meant."""
    words, one = scene.store.words, sentence_of(scene.text, hit.span)
    before, after = scene.text[one.start : hit.start], scene.text[hit.end : one.end]
    if words.pattern("not_sold.beside").search(after):
        return False
    if asked_name(scene) == "product" and not before.strip() and not after.strip():
        return True
    asked = words.pattern("not_sold.asked_before").search(before) is not None
    return asked or words.pattern("not_sold.asked_after").search(after) is not None


def _is_sold(scene: Scene, wanted: str) -> bool:
    """Has the catalogue an entry by this name, with what else the name says (头戴式) in its own words?"""
    for product in scene.products(wanted):
        names = [one for one in (product.name, *product.aliases) if one in wanted or wanted in one]
        rest = wanted.replace(max(names, key=len), "") if names and len(names[0]) <= len(wanted) else ""
        if names and rest.strip(_EMPTY) in _text(product):
            return True
    return False


def _text(product: Product) -> str:
    told = (product.name, *product.aliases, product.spec, product.material, *product.facts.values())
    return "".join(told)


def _reading(scene: Scene, sort: str, hit: Hit) -> Reading:
    one = sentence_of(scene.text, hit.span)
    named = [hit.span, *_beside(scene, one.end)]
    slots = {"wanted": hit.text, "sort": sort}
    more = {"slots": slots, "named": named, "asks": True, "intent": "presale_stock"}
    span = (one.start, max(end for _, end in (one.span, *named)))
    return Reading(
        "answer", NOT_SOLD, None, scene.store.words.limits["watch_words"], span, source=SOURCE, more=more
    )
