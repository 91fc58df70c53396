"""补两个碗就行, 把那根管子再寄一根, 盖子一个 碗一只: which parts of the goods are to be sent, for slots of kind part (H23); which
of them are said to lack or to be broken, for the slot `pieces`.

Parts of several kinds make one value (一个盖子、一只碗); what is told later changes it: 碗也要补一只 adds to it, 改成补三个碗 is
another number, 盖子不用补了 takes one away, 要补的是… stands in its place. Goods that were bought whole are no part of themselves
(补一台 is an exchange). Words: data/dialogue/parts.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dialogue.readers.coverage import part_asks
from dialogue.readers.negation import negated
from dialogue.readers.sentence import sentence_of, sentences
from dialogue.readers.wanted import Wanted, asked_name, wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.words import Hit

SOURCE = "parts"
_SURE = 0.95
#: The fact that a slot with the wish is learnt as, and what sending is among its values.
_WISH, _SENT = "demand", "exchange"
#: The slot with the parts that lack or are broken, whatever is wished for them.
_LACKING = "pieces"
#: How the parts of several kinds stand in one value; the number of one for which none is said.
_BETWEEN, _ONE = "、", "一个"
_LIGHT = re.compile(r"^(?:那|这)+|(?:就|再|给我|的)+$")
_NUMERAL, _UNIT = r"[一两二三四五六七八九十俩0-9]{1,3}", r"[个只根块片支把条张颗件瓶样套对副]"
_NUMBER = re.compile(
    rf"(?<!不)(?<!没)(?:补|寄|换|改成|改为|改|是|要|共|碎了|坏了|少了|缺了?)(?:发|寄|成)?"
    rf"(?P<count>{_NUMERAL}{_UNIT})(?![一-鿿]{{0,2}}(?:月|小时|星期|礼拜))"
)
_COUNT = re.compile(r"^(?P<count>[一两二三四五六七八九十几俩0-9]{1,3}(?P<unit>[一-鿿]))(?P<name>.*)$")
#: What may stand between a part's name and its number (盖子给补一个), and between its number and its name (一只坏的碗).
_NAME_FIRST = r"(?:[了也都再就各是要得给我你们帮补换寄发配送差少缺漏碎坏裂的话还有]|重新|另外|单独){0,6}"
_NUMBER_FIRST = r"(?:[那这新大小坏碎破裂缺少漏掉了的]|有?豁口){0,4}"


@dataclass(frozen=True, slots=True)
class _Piece:
    """One kind of part: its name, its number with the measure word ('' where none is said), where it stands."""

    name: str
    count: str
    span: Span
    refused: bool = False


def read(scene: Scene) -> Iterator[Reading]:
    """The parts as they are called, with their numbers; where something else was wished for, that they are to be sent instead."""
    if scene.message.is_button or not scene.text:
        return
    pieces = _pieces(scene)
    yield from _lacking(scene, pieces)
    found, told = part_in(scene), False
    for one in wanted(scene, "part"):
        if one.name == _LACKING:
            continue
        part, span = found or ("", (0, 0))
        if found is None or len(pieces) > 1 or _listed(one.value):
            part, span = _value(scene, one, pieces) or (part, span)
        if part:
            told = True
            yield one.reading(part, _SURE, span, source=SOURCE, question=True, tells=True)
            yield from _sent_instead(scene, one.flow, span)
    if not told:
        yield from _other_number(scene)


def _sent_instead(scene: Scene, flow: str, span: Span) -> Iterator[Reading]:
    for one in wanted(scene, "choice"):
        if one.flow == flow and one.spec.fact == _WISH and one.value not in (None, _SENT):
            yield one.reading(_SENT, _SURE, span, source=SOURCE, question=True)


def _lacking(scene: Scene, pieces: list[_Piece]) -> Iterator[Reading]:
    """少了一个盖子 还有一只碗有个豁口: the parts that the message says something is wrong with."""
    wrong = [one for one in pieces if one.count and not one.refused and _is_wrong(scene, one)]
    for one in wanted(scene, "part") if wrong else ():
        if one.name == _LACKING:
            before = _listed(one.value)
            told = before | {_key(piece.name, before): piece.count for piece in wrong}
            if told != before:
                span = (wrong[0].span[0], wrong[-1].span[1])
                yield one.reading(_written(told), _SURE, span, source=SOURCE, question=True)


def _is_wrong(scene: Scene, piece: _Piece) -> bool:
    """Does its small sentence say that something is wrong, and not ask?"""
    part, words = sentence_of(scene.text, piece.span), scene.store.words
    return words.hit("parts.wrong", part.text) is not None and not part_asks(part, words)


def _value(scene: Scene, one: Wanted, pieces: list[_Piece]) -> tuple[str, Span] | None:
    """The parts that are to be sent after this message, and where they are named; None where it tells nothing of them."""
    words, text = scene.store.words, scene.text
    known, asked = _listed(one.value), one.asked or asked_name(scene) == "wrong_part"
    adds, sends = (words.hit(f"parts.{name}", text) is not None for name in ("adds", "sends"))
    if not known and adds and one.frame is not None:
        known = _listed(one.frame.slots.get(_LACKING))
    meant = [piece for piece in pieces if asked or _is_meant(scene, piece, known)]
    listed = one.frame is not None and all(piece.count for piece in meant) and (known or len(meant) > 1)
    listed = listed and (bool(known) or not any(_is_wrong(scene, piece) for piece in meant))
    if not meant or not (sends or asked or listed) or (one.frame is None and len(meant) < 2):
        return None
    if any(not negated(text, hit.span, words) for hit in words.find("parts.not_part", text)):
        return None
    sent = {_key(piece.name, known): piece.count for piece in meant if not piece.refused}
    refused = {_key(piece.name, known) for piece in meant if piece.refused}
    anew = sent and not adds and words.hit("parts.instead", text) is not None
    told = {} if anew else {name: count for name, count in known.items() if name not in refused}
    told |= {name: count or known.get(name) or _ONE for name, count in sent.items()}
    span = (min(piece.span[0] for piece in meant), max(piece.span[1] for piece in meant))
    return (_written(told), span) if told else None


def _is_meant(scene: Scene, piece: _Piece, known: Mapping[str, str]) -> bool:
    """Is it counted, known, or in a small sentence that says what becomes of it (轮子响 能换新的吗 is about no part)?"""
    part, words = sentence_of(scene.text, piece.span).text, scene.store.words
    said = any(words.hit(f"parts.{name}", part) is not None for name in ("sends", "adds"))
    return bool(piece.count) or piece.refused or said or _key(piece.name, known) in known


def _key(name: str, known: Mapping[str, str]) -> str:
    """碗, where it was called 玻璃碗 before."""
    return next((one for one in known if one.endswith(name) or name.endswith(one)), name)


def _listed(value: object) -> dict[str, str]:
    """Name -> number of the parts in a value."""
    found = (_COUNT.match(part) for part in value.split(_BETWEEN)) if isinstance(value, str) else ()
    return {hit["name"]: hit["count"] for hit in found if hit is not None and hit["name"]}


def _written(parts: Mapping[str, str]) -> str:
    return _BETWEEN.join(f"{count}{name}" for name, count in parts.items())


def _pieces(scene: Scene) -> list[_Piece]:
    """The parts that the message names by a name of parts.yml, in their order, each with its number."""
    words = scene.store.words
    found: dict[str, _Piece] = {}
    for part in sentences(scene.text):
        hits = [hit for hit in words.find("parts.names", part.text) if not _is_goods(scene, hit.text)]
        number = re.search(f"{_NUMERAL}{_UNIT}", part.text)
        number_first = bool(hits) and number is not None and number.start() < hits[0].start
        refused = words.hit("parts.refused", part.text) is not None
        for hit in hits:
            count, (start, end) = _number_of(part.text, hit, number_first=number_first)
            if hit.text not in found or (count and not found[hit.text].count):
                span = (part.start + start, part.start + end)
                found[hit.text] = _Piece(hit.text, _plain(count), span, refused)
    return list(found.values())


def _number_of(text: str, name: Hit, *, number_first: bool) -> tuple[str, Span]:
    """How many of it, and where that and the name stand: 一个盖子, 盖子给补一个, 豁口那只碗 (one of them)."""
    after = None if number_first else re.match(rf"{_NAME_FIRST}({_NUMERAL}{_UNIT})", text[name.end :])
    if after is not None:
        return after[1], (name.start, name.end + after.end())
    before = re.search(rf"({_NUMERAL}{_UNIT}){_NUMBER_FIRST}$", text[: name.start])
    if before is not None:
        return before[1], (before.start(), name.end)
    pointed = re.search(rf"[那这]({_UNIT}){_NUMBER_FIRST}$", text[: name.start])
    if pointed is not None:
        return f"一{pointed[1]}", (pointed.start(), name.end)
    return "", name.span


def _plain(count: str) -> str:
    """俩 is 两个; 二个 is 两个."""
    return re.sub("^二(?=[一-鿿])", "两", count.replace("俩", "两")) if count else ""


def _other_number(scene: Scene) -> Iterator[Reading]:
    """补三个 不是两个, where two bowls are to be sent: as many of the same."""
    told = [
        hit for hit in _NUMBER.finditer(scene.text) if not negated(scene.text, hit.span(), scene.store.words)
    ]
    for one in wanted(scene, "part") if told else ():
        known = one.value
        if one.name == _LACKING or not isinstance(known, str) or _BETWEEN in known:
            continue
        if (before := _COUNT.match(known)) and before["count"] != told[-1]["count"]:
            value = told[-1]["count"] + before["name"]
            yield one.reading(value, _SURE, told[-1].span(), source=SOURCE, tells=True)


def part_in(scene: Scene) -> tuple[str, Span] | None:
    """The part that is to be sent, and where the words stand."""
    words, text = scene.store.words, scene.text
    if any(not negated(text, hit.span, words) for hit in words.find("parts.not_part", text)):
        return None
    for pattern in words.codes("parts.resend").values():
        for hit in pattern.finditer(text):
            part = _LIGHT.sub("", hit["part"])
            refused = words.hit("parts.refused", hit.group()) is not None  # 碎的不用补
            if not refused and not negated(text, hit.span(), words) and not _is_goods(scene, part):
                return part, hit.span()
    return None


def _is_goods(scene: Scene, part: str) -> bool:
    """Is it what was bought, by its name (两件T恤)?"""
    named = re.sub(rf"^(?:几|{_NUMERAL})[一-鿿]", "", part)
    return len(named) > 1 and any(named in item.name for order in scene.orders() for item in order.items)
