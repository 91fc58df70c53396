"""What a turn gives: sentences, cards, commands to the gateway, effects, as data; and the working set that collects them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aftersales.order_system.port import AfterSalesRequest
from dialogue.scene import Scene, Store
from dialogue.state import CARD_TURNS, CARDS, Frame, State


@dataclass(frozen=True, slots=True)
class Button:
    """A choice shown to the customer; `payload` is what comes back when it is pressed."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Say:
    """A response of the domain with its values. `expects`: what we wait for (contract), None: as the response says."""

    response: str
    values: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    expects: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card to show: `kind` of order, logistics, request, with what it is about; actions/cards.py builds it."""

    kind: str
    about: Any
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class Gateway:
    """A command to the gateway: identified, case, handoff, ticket, leave_queue, close (docs/architecture.md)."""

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """What was written outside (docs/architecture.md, effects)."""

    name: str
    key: str
    request_no: str
    order_no: str
    summary: str


#: Among the values: the goods' name without the end of the order's number, for responses that name the number themselves.
PLAIN = "item_plain"

Item = Say | Card | Gateway | Effect

#: Kinds of cards that only show what was looked up; a request's is the answer to who asks for the same again.
_LOOKED_UP = frozenset({"order", "logistics"})

#: The placeholder of a request's number.
_REQUEST_NO = "request_no"
#: What begins the next matter of a message.
_ANNOUNCES = "utter_other_issue"
#: The end of placeholders that tell when something was done: of what was just done, now.
_WHEN = "_at"
_DIGIT = re.compile(r"\d")

#: The placeholder that any response may name for what an order number looks like.
ORDER_NO_EXAMPLE = "order_no_example"


def _empty(one: Item, then: Item | None) -> bool:
    """再看“申请退款”这件。, after which nothing of it is left to say: what was just written has answered it."""
    announces = isinstance(one, Say) and one.response == _ANNOUNCES
    return announces and (then is None or (isinstance(then, Say) and then.response == _ANNOUNCES))


@dataclass
class Run:
    """The working set of one turn. `asked`: a question of ours ends it; `ended`: handed off or closed, nothing more is
    said; `named`: this message named the order in hand, which outranks any product's name."""

    scene: Scene
    state: State
    out: list[Item] = field(default_factory=list)
    asked: bool = False
    ended: bool = False
    named: bool = False
    soothed: bool = False
    given: dict[str, Any] = field(default_factory=dict)  # order_no, proof told in this message
    said_now: set[str] = field(default_factory=set)  # what say_once said in this turn
    changes: list[tuple[Frame, str, Any, Item]] = field(
        default_factory=list
    )  # frame, slot, value, what says so
    values: dict[str, str] = field(default_factory=dict)  # of the last decisions and writes
    request: Any = None  # the request of the last write or the one a decision chose
    made: dict[str, AfterSalesRequest] = field(default_factory=dict)  # written in this turn, by number
    facts_before: dict[str, Any] = field(default_factory=dict)
    opened: int = 0
    notes: list[str] = field(default_factory=list)  # for the trace
    handed: bool = False

    @property
    def store(self) -> Store:
        return self.scene.store

    @property
    def words(self) -> str:
        return self.scene.message.text

    def say(
        self,
        response: str,
        values: Mapping[str, Any] | None = None,
        *,
        buttons: Sequence[Button] = (),
        expects: str | None = None,
        first: bool = False,
    ) -> None:
        """Say a response; `first`: before all that was said so far in this turn."""
        filled = {name: "" if value is None else str(value) for name, value in (values or {}).items()}
        plain = filled.pop(PLAIN, "")
        if (
            plain
            and "order_no" in self.store.responses.get(response, ())
            and filled.get("item", "").startswith(plain)
        ):
            filled["item"] = plain
        if ORDER_NO_EXAMPLE in self.store.responses.get(response, ()):
            filled[ORDER_NO_EXAMPLE] = self.store.order_number.example
        said = Say(response, filled, tuple(buttons), expects)
        if first:
            self.out.insert(0, said)
        else:
            self.out.append(said)

    def was_refused(self, frame: Frame) -> bool:
        """Was something of the frame changed in this turn that the store's rules did not let stand?"""
        return any(one is frame and frame.slots.get(slot) != value for one, slot, value, _ in self.changes)

    def drop_refused(self) -> None:
        """Unsay the changes that did not stand: why was said by the flow."""
        for frame, slot, value, said in self.changes:
            if frame.slots.get(slot) != value:
                self.out = [one for one in self.out if one is not said]

    def drop_repeated(self) -> None:
        """Nothing is said twice in one turn, and no order or parcel is shown again as it was a few turns ago, unless it was
        asked for once more (`in_full`)."""
        shown = {
            str(one["card"]): int(one["turns"]) + 1
            for one in self.state.told.get(CARDS) or []
            if int(one["turns"]) < CARD_TURNS
        }
        kept: list[Item] = []
        for one in self.out:
            if isinstance(one, Card):
                card = hashlib.sha256(repr((one.kind, one.about)).encode()).hexdigest()[:12]
                again = shown.get(card)
                if again == 0 or (again and one.kind in _LOOKED_UP and not self.given.get("in_full")):
                    continue
                shown[card] = 0
            elif isinstance(one, Say) and any(
                self._says_same(one, two) for two in kept if isinstance(two, Say)
            ):
                continue
            kept.append(one)
        self.out = [one for one, then in zip(kept, [*kept[1:], None], strict=True) if not _empty(one, then)]
        self.state.told.pop(CARDS, None)
        if shown:
            self.state.told[CARDS] = [{"card": card, "turns": turns} for card, turns in shown.items()]

    def _says_same(self, one: Say, before: Say) -> bool:
        """The same words, or how a request stands that was made in this turn and just told with its number; who pays its
        freight, a sentence that was not told, is said."""
        if (one.response, one.values) == (before.response, before.values):
            return True
        number = one.values.get(_REQUEST_NO, "")
        names = self.store.responses.get(one.response, frozenset())
        told = self.store.responses.get(before.response, frozenset())
        fresh = number in self.made and before.values.get(_REQUEST_NO) == number
        figures = {
            one.values[name]
            for name in names & set(one.values)
            if _DIGIT.search(one.values[name]) and not name.endswith(_WHEN)
        }
        sentences = {one.values[name] for name in names & set(one.values) if one.values[name].endswith("。")}
        nothing_new = figures | sentences <= set(before.values.values())
        return fresh and nothing_new and _REQUEST_NO in names & told and one.expects is None

    def note(self, text: str) -> None:
        """A line for the trace."""
        self.notes.append(text)

    def draft(self, flow: str) -> str:
        """A new idempotency key, stable over retries of this turn (H28)."""
        self.opened += 1
        suffix = f":{self.opened}" if self.opened > 1 else ""
        return f"{flow}:{self.scene.at.conversation_id}:{self.scene.at.turn_id}{suffix}"

    def close(self, frame: Frame) -> None:
        """Take a frame off the stack, wherever it lies."""
        self.state.frames = [one for one in self.state.frames if one is not frame]
