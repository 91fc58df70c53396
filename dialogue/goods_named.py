"""Which goods of the catalogue the words are about (H34): those talked about stay until others are clearly named as what is asked.

What they are used for (运动的时候戴), a device of one's own (苹果手机能连吗), what stands beside them or is denied (不是鞋) names no goods of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aftersales.catalogue import likeness
from aftersales.order_system.port import Product
from dialogue.order_choice import HEADS
from dialogue.reading import Span
from dialogue.scene import Scene

_BETWEEN = re.compile(r"[，,。！!？?；;、\s]+")
#: So many entries of the catalogue are looked at for goods that only their head noun names.
_CATALOGUE = 50
#: While goods are talked about, others that share less than this of a name (运动 of 运动鞋) are not named by it.
_CLEARLY = 0.6


def goods_named(scene: Scene, words: str, limit: int = 3) -> Sequence[Product]:
    """Catalogue entries that the words are about, best first; none where they name only what is beside the goods talked about."""
    found = scene.products(words, limit)
    talked = _talked_about(scene)
    if talked is not None and not any(any(_places(one, words)) for one in found):
        found = _by_head(scene, words) or found
    named = [one for one in found if any(_places(one, words))]
    left = []
    for one in found:
        places = list(_places(one, words))
        if not places:
            if (
                ((at := _head_at(scene, one, words)) is not None and not denied(scene, words, at))
                or one.sku == talked
                or talked is None
                or not 0 < likeness(one, words) < _CLEARLY
            ):
                left.append(one)
            continue
        places = [span for span in places if not denied(scene, words, span)]
        others = talked not in (None, one.sku) or len(named) > 1
        if any(not (others and _is_beside(scene, words, span)) for span in places):
            left.append(one)
    return left


def goods_listed(scene: Scene, words: str) -> Sequence[Product]:
    """鞋跟羽绒服一起买: all goods of the catalogue whose names, or their only head noun, stand in the words, in their order."""
    found: dict[str, tuple[int, Product]] = {}
    for one in scene.outside.products("", _CATALOGUE):
        places = [span for span in _places(one, words) if not denied(scene, words, span)]
        if places:
            found[one.sku] = (min(places)[0], one)
    heads = [one for one in _by_head(scene, words) if one.sku not in found]
    named = [one for _, one in found.values()]
    for one in heads:
        at = words.find(one.name[-1:])
        if not any(one.name[-1:] in other.name for other in named):
            found[one.sku] = (at, one)
    return [one for _, one in sorted(found.values(), key=lambda pair: pair[0])]


def _by_head(scene: Scene, words: str) -> Sequence[Product]:
    """那鞋呢, while others are talked about: the only goods whose name ends so."""
    if not any(one in words for one in HEADS):
        return ()
    found = [one for one in scene.outside.products("", _CATALOGUE) if _head_at(scene, one, words) is not None]
    return found if len(found) == 1 else ()


def _head_at(scene: Scene, product: Product, words: str) -> Span | None:
    head = product.name[-1:]
    if head not in HEADS:
        return None
    for at in re.finditer(head, words):
        before, _ = _beside(words, at.span())
        if not before or scene.store.words.pattern("questions.goods_pointed").search(before):
            return at.span()
    return None


def denied(scene: Scene, words: str, span: Span) -> bool:
    """不是鞋, 没问手机: said not to be what is asked about."""
    before, _ = _beside(words, span)
    return scene.store.words.pattern("questions.goods_denied").search(before) is not None


def meant_goods(scene: Scene) -> Product | None:
    """我问的是耳机 不是鞋: the goods that a message says are meant, where it says nothing else; None for any other message."""
    text, words = scene.text, scene.store.words
    found = [one for one in goods_named(scene, text) if any(_places(one, text))]
    if len(found) != 1:
        return None
    spans = [span for span in _places(found[0], text) if not denied(scene, text, span)]
    if not spans:
        return None
    span = max(spans, key=lambda one: one[1] - one[0])
    rest = f"{text[: span[0]]}\n{text[span[1] :]}"
    left = words.pattern("questions.goods_meant").sub("", rest)
    return found[0] if left != rest and not re.search(r"\w", left) else None


def _talked_about(scene: Scene) -> str | None:
    """The goods talked about: a product, or the only line of the order in hand."""
    if scene.state.sku:
        return scene.state.sku
    order = scene.own_order(scene.state.order_no)
    return order.items[0].sku if order is not None and len(order.items) == 1 else None


def _is_beside(scene: Scene, words: str, span: Span) -> bool:
    """苹果手机能连吗, 跟手机连得上吗, 放冰箱里: named for what the goods asked about are used with."""
    before, after = _beside(words, span)
    pattern = scene.store.words.pattern
    return (
        pattern("questions.goods_beside_before").search(before) is not None
        or pattern("questions.goods_beside_after").match(after) is not None
    )


def _beside(words: str, span: Span) -> tuple[str, str]:
    """What stands before and behind it in the same small sentence."""
    return _BETWEEN.split(words[: span[0]])[-1], _BETWEEN.split(words[span[1] :])[0]


def _places(product: Product, words: str) -> Iterator[Span]:
    said = words.casefold()
    for name in (product.name, *product.aliases):
        for at in re.finditer(re.escape(name.casefold()), said):
            yield at.span()
