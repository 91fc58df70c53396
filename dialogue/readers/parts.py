"""补两个碗就行, 把那根管子再寄一根: which parts of the goods are to be sent, for slots of kind part (H23).

Goods that were bought whole are no part of themselves (补一台 is an exchange). Words: data/dialogue/parts.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogue.readers.negation import negated
from dialogue.readers.wanted import wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "parts"
_SURE = 0.95
#: The fact that a slot with the wish is learnt as, and what sending is among its values.
_WISH, _SENT = "demand", "exchange"
_LIGHT = re.compile(r"^(?:那|这)+|(?:就|再|给我|的)+$")
_NUMBER = re.compile(
    r"(?<!不)(?<!没)(?:补|寄|换|改成|改为|改|是|要|共|碎了|坏了|少了|缺了?)(?:发|寄|成)?"
    r"(?P<count>[一两二三四五六七八九十0-9]{1,3}[个只根块片支把条张颗件瓶样套])(?![一-鿿]{0,2}(?:月|小时|星期|礼拜))"
)
_COUNT = re.compile(r"^[一两二三四五六七八九十几0-9]{1,3}[一-鿿]")


def read(scene: Scene) -> Iterator[Reading]:
    """The part as it is called, with its number; where something else was wished for, that it is to be sent instead."""
    if scene.message.is_button or not scene.text:
        return
    found = part_in(scene)
    if found is None:
        yield from _other_number(scene)
        return
    part, span = found
    flows: set[str] = set()
    for one in wanted(scene, "part"):
        flows.add(one.flow)
        yield one.reading(part, _SURE, span, source=SOURCE, question=True, tells=True)
    for one in wanted(scene, "choice"):
        if one.flow in flows and one.spec.fact == _WISH and one.value not in (None, _SENT):
            yield one.reading(_SENT, _SURE, span, source=SOURCE, question=True)


def _other_number(scene: Scene) -> Iterator[Reading]:
    """补三个 不是两个, where two bowls are to be sent: as many of the same."""
    told = [
        hit for hit in _NUMBER.finditer(scene.text) if not negated(scene.text, hit.span(), scene.store.words)
    ]
    for one in wanted(scene, "part") if told else ():
        known = one.value
        if isinstance(known, str) and (before := _COUNT.match(known)) and before[0] != told[-1]["count"]:
            value = told[-1]["count"] + known[before.end() :]
            yield one.reading(value, _SURE, told[-1].span(), source=SOURCE, tells=True)


def part_in(scene: Scene) -> tuple[str, Span] | None:
    """The part that is to be sent, and where the words stand."""
    words, text = scene.store.words, scene.text
    if any(not negated(text, hit.span, words) for hit in words.find("parts.not_part", text)):
        return None
    for pattern in words.codes("parts.resend").values():
        for hit in pattern.finditer(text):
            part = _LIGHT.sub("", hit["part"])
            if not negated(text, hit.span(), words) and not _is_goods(scene, part):
                return part, hit.span()
    return None


def _is_goods(scene: Scene, part: str) -> bool:
    """Is it what was bought, by its name (两件T恤)?"""
    named = _COUNT.sub("", part)
    return len(named) > 1 and any(named in item.name for order in scene.orders() for item in order.items)
