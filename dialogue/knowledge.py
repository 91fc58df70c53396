"""Known questions, data/knowledge/*.yml: what customers ask in passing, and the response that answers it (H34, H35).

An entry is one question. Its ways of asking are compared with the message by the bot (bot/questions); here stand what it is
called, in whose company it is asked, and what is said, by the state of the order being talked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from aftersales.lined_yaml import Lined, line_at, read_lined
from aftersales.policy.section import Section, Text, Texts
from aftersales.validation_messages import message_for, place_of
from dialogue.context_table import SITUATIONS

#: The name under which commands of known questions are written: answer(knowledge, entry=…).
KNOWLEDGE = "knowledge"
#: Known questions whose answer says where the order's number is, or how to go on without it.
OF_NUMBERS = frozenset(
    {"order_no_where", "order_phone_only", "order_which_phone", "account_phone_lost", "account_family_order"}
)
OTHERWISE = "otherwise"
#: Company beside the flows: a person was called, or gave the conversation back.
PERSON = "person"
#: What may be offered with an answer besides a flow.
HUMAN = "human"
#: Situations of the conversation: the customer waits for a person, a message was left for people, a person gave it back. What is said
#: for them goes before what is said for the order's situation.
QUEUED, NOTED, GIVEN_BACK = "queued", "noted", "given_back"
OF_TALK = (QUEUED, NOTED, GIVEN_BACK)
#: Situation of a parcel that stands still on its way: nobody will ring with it tomorrow. What is said for it goes before what is
#: said for an order that is on its way, with the values of the decision below.
STALLED, OF_STALLED = "stalled", "lost_when"
#: Fewer ways of asking tell too little, where an entry has no words of its own.
_FEWEST_ASKS = 5
#: Keys of an entry that hold words.
_WORDS = ("words", "half")


class KnowledgeError(ValueError):
    """data/knowledge cannot be used. The message has every mistake, one Chinese line each (`file:line …`)."""


def _by_state(value: Any) -> Any:
    return {OTHERWISE: value} if isinstance(value, str) else value


class Entry(Section):
    """`near`: flows in whose company it is likelier; `only`: half a question, meant only in theirs. `say`: situation of the
    conversation (OF_TALK), of the order (context_table.SITUATIONS, or `stalled`) or `otherwise` -> response; with `decide`, outcome of that decision -> response. `offer`: `human`, or a flow that the answer offers;
    no person is offered to who waits for one. `covers`:
    entries whose question this answer answers as well, so that a hit on either is right. `again`: said instead when the same
    is asked a second time; it may go by outcome as `say` does. `words`: patterns that ask it for certain, whatever the bot hears; `half`: the same, where it is near its company.
    `mentions`: what the bot hears asks it only where one of these words stands in the message (还能换不 asks for no second exchange).
    `offer` may go by outcome as `say` does. `starts`: the question is a wish (能不能拦下来): this flow is begun, the answer is for who
    has bought nothing.
    `kinds`: what it says holds for these kinds of goods (data/policy/returns.yml) alone; while an order of others is in hand it is not meant.
    `supposes`: its words are a condition and what would be wanted then (来不及就退钱); nothing in them is wanted now."""

    name: Text
    near: Texts = ()
    only: Texts = ()
    kinds: Texts = ()
    asks: Texts = ()
    words: Texts = ()
    half: Texts = ()
    mentions: Texts = ()
    supposes: bool = False
    decide: Text | None = None
    say: Annotated[dict[str, Text], BeforeValidator(_by_state)]
    offer: Text | dict[str, Text] | None = None
    starts: Text | None = None
    covers: Texts = ()
    again: Text | dict[str, Text] | None = None

    def holds(self, kinds: Collection[str]) -> bool:
        """Can it be meant of goods of these kinds (none: no order is in hand)?"""
        return not self.kinds or not kinds or bool(set(self.kinds) & set(kinds))

    def pattern(self, *, near: bool) -> re.Pattern[str] | None:
        """What asks it for certain, in its company (`near`) or out of it; None where no words do."""
        words = (*self.words, *self.half) if near else self.words if not self.only else ()
        return _compiled(words) if words else None

    def may_be_meant(self, text: str) -> bool:
        """Can the entry be meant by these words, where only the bot hears it?"""
        return not self.mentions or _compiled(self.mentions).search(text) is not None

    def offers(self) -> tuple[str, ...]:
        """Everything that may be offered with the answer."""
        if self.offer is None:
            return ()
        return (self.offer,) if isinstance(self.offer, str) else tuple(self.offer.values())

    def offered(self, situation: str | None) -> str | None:
        """What is offered for an order in this situation, or after this outcome."""
        if situation == QUEUED:
            return None
        if self.offer is None or isinstance(self.offer, str):
            return self.offer
        return self.offer.get(situation or OTHERWISE, self.offer.get(OTHERWISE))

    def agains(self) -> tuple[str, ...]:
        """Everything that may be said the second time."""
        if self.again is None:
            return ()
        return (self.again,) if isinstance(self.again, str) else tuple(self.again.values())

    def said_again(self, situation: str | None) -> str | None:
        """What is said the second time, for an order in this situation, or after this outcome; None: nothing of its own."""
        if self.again is None or isinstance(self.again, str):
            return self.again
        return self.again.get(situation or OTHERWISE, self.again.get(OTHERWISE))

    def response(self, situation: str | None) -> str:
        """What is said for an order in this situation, or after this outcome; None: no order is known."""
        return self.say.get(situation or OTHERWISE, self.say[OTHERWISE])


@lru_cache(maxsize=1024)
def _compiled(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Every entry by its id."""

    entries: Mapping[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, in Chinese, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.message}"


def load_knowledge(folder: Path) -> Knowledge:
    """Every entry of the folder; none where there is no folder. Raises KnowledgeError with every mistake."""
    found, mistakes = read_knowledge(folder)
    if mistakes:
        raise KnowledgeError("\n".join(str(one) for one in mistakes))
    return found


def read_knowledge(folder: Path) -> tuple[Knowledge, list[Mistake]]:
    """Every entry that can be read, and every mistake."""
    entries: dict[str, Entry] = {}
    homes: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for file in sorted(folder.glob("*.yml")):
        shown = f"data/knowledge/{file.name}"
        tree, wrong = read_lined(file)
        mistakes += [Mistake(shown, line, message) for line, message in wrong]
        for name, given in tree.items() if not wrong else ():
            line = tree.lines[name]
            if name in homes:
                mistakes.append(Mistake(shown, line, f"{name} 已经写在 {homes[name]} 里"))
                continue
            homes[name] = shown
            found = _entry(given)
            if isinstance(found, Entry):
                entries[name] = found
                mistakes += [Mistake(shown, at, message) for at, message in _said(found, given)]
            else:
                mistakes += [Mistake(shown, at or line, f"{name} {message}") for at, message in found]
    return Knowledge(entries), mistakes


def _entry(given: Any) -> Entry | list[tuple[int, str]]:
    """The entry, or what is wrong with it and where (line 0: as a whole)."""
    if not isinstance(given, Lined):
        return [(0, "要写成 {name, asks, say}")]
    try:
        return Entry.model_validate(given)
    except ValidationError as error:
        places = [(one, place_of(one)) for one in error.errors()]
        return [
            (line_at(given, place), f"{'.'.join(map(str, place))} {message_for(one, place)}")
            for one, place in places
        ]


def _said(entry: Entry, given: Lined) -> Iterator[tuple[int, str]]:
    line = given.lines["say"]
    if OTHERWISE not in entry.say:
        yield line, f"say 里缺少 {OTHERWISE}（不知道是哪一单时说什么）"
    unknown = entry.say.keys() - {*OF_TALK, *SITUATIONS, STALLED, OTHERWISE}
    for situation in (
        unknown if entry.decide is None else ()
    ):  # outcomes of a decision: designer/knowledge_check.py
        yield (
            line,
            f"say 里不认识“{situation}”，可以写：{'、'.join((*OF_TALK, *SITUATIONS, STALLED, OTHERWISE))}",
        )
    if len(entry.asks) < _FEWEST_ASKS and not (entry.words or entry.half):
        yield given.lines.get("asks", line), f"asks 至少要有 {_FEWEST_ASKS} 项，没有的话写 words 或 half"
    for key in _WORDS:
        for one in getattr(entry, key):
            try:
                re.compile(one)
            except re.error as error:
                yield given.lines[key], f"{key} 里有写错的词“{one}”（{error}）"
    if entry.half and not (entry.near or entry.only):
        yield given.lines["half"], "half 要和 near 或 only 一起写：说到这些时才这么理解"
    if entry.near and entry.only:
        yield line, "near 和 only 只写一个：only 是只有刚说到这些时才这么理解"
