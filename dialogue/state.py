"""What travels with a conversation: one versioned JSON value (slot `dialogue`), nothing kept in any process.

A frame is one open flow: its slots, the step that waits, the draft id that makes its write idempotent (H28). The top
frame is the last of `frames`; the frames below it are interrupted and resumed when it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

VERSION = 1
#: Answered questions remembered to notice repeats (H43).
ASKED_KEPT = 6
#: What stands between the key of an answered question and its words, in `asked`.
BEHIND_KEY = "\n"
#: What `told` keeps of the symptoms that were told, newest last: {code, words}; so many of them.
SYMPTOMS, SYMPTOMS_KEPT = "symptoms", 8
#: What `told` keeps of what is wrong in the customer's words, oldest first: {words, order_no: None until one is known}; so many.
FAULTS, FAULTS_KEPT = "faults", 6
#: What `told` keeps of the customer's words for the record, newest last, and so many messages of them.
SAID, SAID_KEPT = "said", 12
#: What `told` keeps of the look-ups that told of goods: flow@sku, newest last; so many of them.
GOODS_TOLD, GOODS_TOLD_KEPT = "goods_told", 6
#: What `told` keeps of the cards that were shown, newest last: {card, turns: how many turns ago}; so many turns a card is
#: not shown again as it was.
CARDS, CARD_TURNS = "cards", 3
#: What `told` keeps of the last write: {flow, order_no, request_no, slots, known: with the writes before it}.
WRITTEN = "written"
#: What `told` keeps of the last writes, newest last: {flow, order_no, request_no, kind, slots, before: what the order had for
#: some of them, taken_back}; so many of them.
RECORDS, RECORDS_KEPT = "writes", 8
#: What `told` keeps of values that were told before anything asked for them: slot -> {value, order_no, item_id}.
TOLD_EARLY = "early"
#: What `told` keeps of who said that nothing was bought yet; gone once an order is spoken of.
NOT_BOUGHT = "not_bought"
#: What `told` keeps of the pairs of known questions between which the customer was asked to choose: sorted ids.
EITHER = "either"
#: What `told` keeps of our last offers that were neither accepted nor refused, newest last: {human or start, slots, order_no,
#: words, intent, passing: beside the question of a form, turns: how many turns ago}; so many of them, for so many turns.
OFFERS, OFFERS_KEPT, OFFER_TURNS = "offers", 3, 4
#: What `told` keeps for one turn of a form that was stopped: {flow, intent, words, order_no}.
STOPPED = "stopped"
#: What `told` keeps for one turn: the customer has just left the queue for a person.
LEFT_QUEUE = "left_queue"
#: In the data of a frame: the customer said goodbye, it is not asked for again until it is spoken of.
RESTS = "rests"
#: Slots that tell how the goods are: a verdict that rests on them is given anew where they are told otherwise.
GOODS_STATE = frozenset({"condition", "traces"})
#: In the data of a frame: further questions of the same message to it, slot -> values, answered one after the other.
ASKED_NEXT = "asked_next"
#: In the data of a frame: nothing but one doubtful reading began it (a question, no word of the customer's own goods).
DOUBTFUL = "doubtful"
#: In the data of the frame that asks for the order's number: answers to something else since it was opened.
ASIDES = "asides"
#: Longest description (customer's own words) kept among the facts, in characters.
DESCRIPTION_LIMIT = 500

JsonDict = dict[str, Any]


@dataclass
class Frame:
    """One open flow. `step`: id of the step whose answer we wait for. `fails`: answers in a row that did not fit.

    `intent`, `words`: the message that opened it, read again once the customer is known. `told`: what was said in this
    frame and is not said again unchanged. `data`: what patterns keep (an offer's reason, a clarification's choices)."""

    flow: str
    draft: str
    step: str | None = None
    slots: JsonDict = field(default_factory=dict)
    order_no: str | None = None
    item_id: str | None = None
    fails: int = 0
    intent: str = ""
    words: str = ""
    told: list[str] = field(default_factory=list)
    data: JsonDict = field(default_factory=dict)
    interrupted: bool = False  # another frame was put above it: resuming says so


@dataclass
class State:
    """The memory of a conversation. All values are plain JSON."""

    version: int = VERSION
    customer: JsonDict | None = None  # {"phone", "name", "method"}
    phones: list[str] = field(default_factory=list)  # further phones that this customer verified
    order_no: str | None = None  # the order being talked about
    item_id: str | None = None
    sku: str | None = None  # the product being talked about
    frames: list[Frame] = field(default_factory=list)
    facts: JsonDict = field(default_factory=dict)  # docs/architecture.md, facts
    asked: list[str] = field(default_factory=list)
    misses: int = 0
    soothed: bool = False
    pending: list[JsonDict] = field(default_factory=list)  # other matters of the customer: {intent, text}
    last: JsonDict | None = None  # the matter answered last: {intent, flow, order_no}
    resolution: JsonDict | None = None  # what a person agreed: {resolution, note}
    digits: str = ""  # pieces of a number that arrive message by message
    undo: list[JsonDict] = field(
        default_factory=list
    )  # last changes of slots, newest last: {flow, draft, slot, before, lost: what depended on it}
    told: JsonDict = field(default_factory=dict)  # what was told once in this conversation
    episode: int | None = None
    ended: str | None = None  # a flow of an older state that could not be read: told once

    @property
    def top(self) -> Frame | None:
        return self.frames[-1] if self.frames else None

    def frame(self, flow: str) -> Frame | None:
        """The open frame of a flow nearest to the top."""
        return next((one for one in reversed(self.frames) if one.flow == flow), None)

    def learn(self, **facts: Any) -> None:
        """Merge facts of the case; None leaves a fact as it is."""
        self.facts.update({name: value for name, value in facts.items() if value is not None})

    def describe(self, words: str) -> None:
        """Add the customer's own words to the description, without doubling them."""
        before = str(self.facts.get("description") or "")
        if words and words not in before:
            self.learn(description=(f"{before}；{words}" if before else words)[-DESCRIPTION_LIMIT:])

    def begin_episode(self, episode: int) -> None:
        """The customer came back after the conversation was closed: what was open then is over, who it is stays."""
        if self.episode == episode:
            return
        if self.episode is not None:
            self.facts = dict.fromkeys(self.facts)
            self.told.pop(TOLD_EARLY, None)
            self.frames, self.pending, self.asked, self.undo = [], [], [], []
            for name in (SAID, CARDS):
                self.told.pop(name, None)
            self.misses, self.soothed, self.sku, self.last, self.digits = 0, False, None, None, ""
        self.episode = episode

    def to_json(self) -> JsonDict:
        """The slot's value; empty fields are left out to keep the state small."""
        told = asdict(self)
        told["frames"] = [
            {name: value for name, value in one.items() if value not in (None, [], {}, "", 0, False)}
            for one in told["frames"]
        ]
        return {name: value for name, value in told.items() if value not in (None, [], {}, "", 0, False)}


def read_state(value: Any) -> State:
    """The state of a slot value; an empty one for None. A state of version 0 (an older product) is upgraded: who the
    customer is and the facts stay, a half-filled form is ended and named in `ended` so that it can be told."""
    if not isinstance(value, Mapping):
        return State()
    value = deepcopy(value)  # a turn may be taken several times from the same value
    if value.get("version") != VERSION:
        return _upgraded(value.get("slots") or {})
    known = {name: value[name] for name in State.__dataclass_fields__ if name in value and name != "frames"}
    frames = [
        Frame(**{name: one[name] for name in Frame.__dataclass_fields__ if name in one})
        for one in value.get("frames") or []
    ]
    return State(**known, frames=frames)


def _upgraded(slots: Mapping[str, Any]) -> State:
    state = State(
        customer=slots.get("customer"),
        order_no=slots.get("order_no"),
        sku=slots.get("product"),
        facts=dict(slots.get("facts") or {}),
        asked=list(slots.get("asked") or []),
        misses=int(slots.get("misses") or 0),
        pending=[
            {"intent": str(one.get("intent")), "text": str(one.get("text"))}
            for one in slots.get("pending_issues") or []
        ],
        resolution=slots.get("last_resolution"),
        episode=slots.get("episode"),
    )
    talk = slots.get("talk_of")
    if isinstance(talk, Mapping) and talk.get("intent"):
        state.last = {"intent": talk["intent"], "order_no": state.order_no}
    form = slots.get("form")
    if isinstance(form, Mapping) and form.get("name"):
        state.ended = str(form["name"])
    return state
