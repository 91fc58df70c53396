"""What a person wrote when giving the conversation back, and what a later message asks of it (H47, data/dialogue/note.yml).

Numbers are compared in digits: 两个 is 2个, 三天 is 3天; a text and its plain view have the same places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dialogue.reading import Span
from dialogue.words import Words

_DIGITS = str.maketrans("一二两三四五六七八九", "1223456789")
#: A number with what it counts, a number, a run of Chinese.
_PIECES = re.compile(r"\d+[一-鿿]|\d{2,}|[一-鿿]{2,}")
#: What is counted (2个碗): its first character names it.
_COUNTED = re.compile(r"\d+[个件只双条台把套份张瓶包盒]([一-鿿])")
#: What parts the small sentences of a note.
_PARTS = re.compile(r"[，,。；;！!？?\s]+")
#: The point of which another one is only the question word (从啥时候算 is no 啥时候).
_HIDES = {"from": "when"}


@dataclass(frozen=True, slots=True)
class Shared:
    """What a text and a note have in common; places in the text."""

    words: tuple[Span, ...] = ()
    numbers: tuple[Span, ...] = ()
    topics: tuple[Span, ...] = ()
    #: Topics that the text names and the note does not.
    foreign: tuple[Span, ...] = ()
    points: tuple[Span, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """Everything in the text that is about the note."""
        return (*self.words, *self.numbers, *self.topics, *self.points)


def shared(text: str, note: str, words: Words, goods: Iterable[str] = ()) -> Shared:
    """Compare a text with a note. `goods`: names of the customer's goods, which both may hold whatever is asked."""
    text, note = _plain(text), _plain(note)
    common, names = words.pattern("note.common"), tuple(goods)
    by_word: list[Span] = []
    by_number: list[Span] = []
    for start, end in _pieces(text):
        piece = text[start:end]
        if piece in note and not common.fullmatch(piece) and not any(piece in one for one in names):
            (by_number if piece[0].isdigit() else by_word).append((start, end))
    counted = {one[1] for one in _COUNTED.finditer(note)}
    by_word += [(at, at + 1) for at, char in enumerate(text) if char in counted]
    says = words.codes("note.says")
    mine: list[Span] = []
    others: list[Span] = []
    for topic, asks in words.codes("note.asks").items():
        found = [one.span() for one in asks.finditer(text)]
        (mine if says[topic].search(note) else others).extend(found)
    pointed = [one.span() for code in points(text, words) for one in _point(code, words).finditer(text)]
    others = [one for one in others if not any(_meet(one, two) for two in mine)]
    return Shared(tuple(by_word), tuple(by_number), tuple(mine), tuple(others), tuple(pointed))


def points(text: str, words: Words) -> list[str]:
    """The points that a text asks about (when, the number …), in the order of the file."""
    plain = _plain(text)
    found = [code for code, one in words.codes("note.points").items() if one.search(plain)]
    hidden = {_HIDES[one] for one in found if one in _HIDES}
    return [one for one in found if one not in hidden]


def lacking(text: str, note: str, words: Words) -> list[str]:
    """The points that a text asks about and the note says nothing of, where it writes of what is asked: 全额退款，今天上门取件 does
    not say when the money comes."""
    written, plain = words.codes("note.written"), _plain(_about(text, note, words))
    return [one for one in points(text, words) if not written[one].search(plain)]


def topics(text: str, words: Words) -> set[str]:
    """The topics that a text asks about (money, the parcel …)."""
    plain = _plain(text)
    return {one for one, asks in words.codes("note.asks").items() if asks.search(plain)}


def _about(text: str, note: str, words: Words) -> str:
    """The small sentences of the note about the topics of the text, with those after them that name no topic; the whole note
    where it has none of them."""
    says, asked = words.codes("note.says"), topics(text, words)
    kept: list[str] = []
    inside = False
    for one in _PARTS.split(note):
        named = {topic for topic, said in says.items() if said.search(_plain(one))}
        inside = bool(named & asked) if named else inside
        kept += [one] if inside else []
    return " ".join(kept) or note


def promises(note: str, words: Words) -> bool:
    """Does the note say that something is done or will be?"""
    return words.hit("note.done", _plain(note)) is not None


def _point(code: str, words: Words) -> re.Pattern[str]:
    return words.codes("note.points")[code]


def _plain(text: str) -> str:
    return text.translate(_DIGITS)


def _pieces(text: str) -> Iterator[Span]:
    """Numbers with what they count, and every two characters of a run of Chinese ones."""
    for found in _PIECES.finditer(text):
        if found.group()[0].isdigit():
            yield found.span()
            if found.end() - found.start() > 2 and not found.group()[-1].isdigit():  # 20块: 20 as well
                yield found.start(), found.end() - 1
        else:
            yield from ((at, at + 2) for at in range(found.start(), found.end() - 1))


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
