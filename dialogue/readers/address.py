"""A delivery address, who receives it, their phone (H20). Words: data/dialogue/address.yml.

An address is `complete` (reading.more) with enough characters and parts; less is read too, less surely, and may be joined
with what comes later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogue.readers.coverage import score_in_clause
from dialogue.readers.digits import EMAIL, view
from dialogue.readers.wanted import Wanted, wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.words import Words

SOURCE = "address"
#: A whole address has at least this many characters and this many parts.
_SHORTEST, _FEWEST_PARTS = 8, 3
_LONGEST = 200
_PHONE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")
_LONG_NUMBER = re.compile(r"(?<!\d)\d{10,24}(?!\d)")
_NAME = re.compile(r"[一-鿿·]{2,5}")
_MARKS = " ，,。.;；:：、\n"
#: Complete and asked; complete; the beginning of one after 改到, or asked; a mere word when asked.
_ASKED, _COMPLETE, _BEGUN, _WORD = 0.95, 0.88, 0.68, 0.5


def read(scene: Scene) -> Iterator[Reading]:
    """Readings for slots of kind address, receiver and phone."""
    if scene.message.is_button or not scene.text:
        return
    phones = _phones(scene)
    for one in wanted(scene, "phone"):
        for value, span in phones:
            sure = max(0.85, score_in_clause(scene.text, [span], scene.store.words))
            yield one.reading(value, sure, span, source=SOURCE)
    name = _receiver(scene, [span for _, span in phones])
    for one in wanted(scene, "receiver"):
        if name is not None:
            yield one.reading(name[0], 0.9, name[1], source=SOURCE)
        elif one.asked and _NAME.fullmatch(scene.text.strip(_MARKS)):
            yield one.reading(scene.text.strip(_MARKS), 0.85, (0, len(scene.text)), source=SOURCE)
    for one in wanted(scene, "address"):
        yield from _address(scene, one, [span for _, span in phones], name[1] if name else None)


def _address(scene: Scene, one: Wanted, phones: list[Span], name: Span | None) -> Iterator[Reading]:
    text, words = scene.text, scene.store.words
    lead = next(iter(words.find("address.lead", text)), None)
    cleared = _without(text, [*phones, *([name] if name else []), *_unwanted(text, words)])
    start = lead.end if lead else 0
    value = re.sub(r"\s+", "", cleared[start:].replace("\n", " ")).strip(_MARKS)[:_LONGEST]
    if len(value) < 2:
        return
    parts = len(words.find("address.part", value))
    complete = len(value) >= _SHORTEST and parts >= _FEWEST_PARTS
    denied = words.hit("address.no_address", text) is not None
    if complete:
        sure = 0.5 if denied else _ASKED if one.asked or lead else _COMPLETE
    elif denied or not value[0].isalnum():
        return
    elif one.asked:
        is_place = parts > 0 or words.hit("address.place", value) is not None
        sure = _BEGUN if lead or (is_place and len(value) > 2) else _WORD if _is_plain(scene, value) else 0.0
    elif lead and (parts > 0 or words.hit("address.place", value)):
        sure = _BEGUN
    else:
        return
    if sure:
        yield one.reading(value, sure, _stretch(text, start), source=SOURCE, complete=complete)


def _is_plain(scene: Scene, value: str) -> bool:
    """Could bare words be a place at all? Not when they answer, ask or begin something else."""
    words, text = scene.store.words, scene.text
    other = any(words.hit(one, text) for one in ("reading.question", "invoice.sentence", "invoice.no_title"))
    return len(value) >= 3 and not other and any("一" <= one <= "鿿" for one in value)


def _phones(scene: Scene) -> list[tuple[str, Span]]:
    viewed = view(scene.text)
    return [(re.sub(r"\D", "", one.group()), one.span()) for one in _PHONE.finditer(viewed)]


def _receiver(scene: Scene, phones: list[Span]) -> tuple[str, Span] | None:
    """收件人李雷; 李雷收; a short name that stands beside the phone."""
    text, words = scene.text, scene.store.words
    for hit in words.find("address.receiver", text):
        found = _NAME.match(text, hit.end)
        if found and not words.hit("address.part", found.group()[:3]):
            cut = re.split(r"电话|手机|地址|收$", found.group())[0]
            if 2 <= len(cut) <= 4:
                return cut, (hit.start, hit.end + len(cut))
    for token in re.finditer(r"[^\s，,。;；:：、\d]+", text):
        found = _NAME.match(token.group())
        if not found:
            continue
        short = token.group().removesuffix("收")
        after_name = words.pattern("address.receiver_after").match(token.group()[len(short) :])
        beside = any(abs(token.start() - end) <= 2 or abs(start - token.end()) <= 2 for start, end in phones)
        is_name = 2 <= len(short) <= 4 and not words.hit("address.part", short) and _NAME.fullmatch(short)
        labelled = words.pattern("address.phone_words").search(short)
        if is_name and not labelled and (after_name or beside) and not words.hit("invoice.sentence", short):
            return short, token.span()
    return None


def _unwanted(text: str, words: Words) -> list[Span]:
    """Numbers and labels that are no part of an address."""
    spans = [one.span() for one in EMAIL.finditer(text)] + [one.span() for one in _LONG_NUMBER.finditer(text)]
    return spans + [hit.span for hit in words.find("address.phone_words", text)]


def _without(text: str, spans: list[Span]) -> str:
    taken = {place for start, end in spans for place in range(start, end)}
    return "".join(" " if place in taken else one for place, one in enumerate(text))


def _stretch(text: str, start: int) -> Span:
    return (start, len(text.rstrip(_MARKS)))
