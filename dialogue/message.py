"""One customer input as the dialogue sees it: words, what the bot's models understood, a button's payload."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: Characters of a message that are read, as many as the models look at (bot/text): a pasted page never changes its topic.
LONGEST = 1000


def plain(text: str) -> str:
    """Full-width forms folded (NFKC), so that １２３４ is 1234; surrounding blanks stripped; no more than LONGEST characters."""
    return unicodedata.normalize("NFKC", text).strip()[:LONGEST]


@dataclass(frozen=True, slots=True)
class Entity:
    """A named part of the text found by the bot; `start`, `end` are positions in the customer's own text, 0, 0 if told."""

    name: str
    value: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the message with an intent of its own (the bot's splitter): words, likeliest intent."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class AskedEntry:
    """A known question (data/knowledge) that the message may ask; `text`: the words that ask it, empty for all of it."""

    entry: str
    score: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """`kind`: text | button | media | event. For a button `text` is its label and `payload` the values it carries;
    `intent` is then the payload's. `confidence`, `candidates` (intent, probability) come from the intent model."""

    text: str
    kind: str = "text"
    intent: str = "nlu_fallback"
    confidence: float = 1.0
    candidates: tuple[tuple[str, float], ...] = ()
    entities: tuple[Entity, ...] = ()
    own: str = ""  # the words of the main matter when `also` names others
    also: tuple[Stretch, ...] = ()
    uploads: tuple[str, ...] = ()
    emotion: str = "calm"
    emotion_score: float = 0.0
    watched: Mapping[str, float] = field(
        default_factory=dict
    )  # watcher -> probability; empty without the encoder
    questions: tuple[AskedEntry, ...] = ()
    fallback: str | None = None  # unsure | ambiguous
    payload: Mapping[str, str] = field(default_factory=dict)
    listen: bool = False  # the customer waits for a person: nothing is said, nothing begun
    verdict: Mapping[str, Any] = field(default_factory=dict)  # the handoff policy's {score, reason, evidence}

    @property
    def is_button(self) -> bool:
        return self.kind == "button"

    def entity(self, name: str) -> str | None:
        """The first value of an entity."""
        return next((one.value for one in self.entities if one.name == name and one.value), None)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the gateway says of the turn: ids that are stable over retries, the moment, the store's login."""

    turn_id: str
    conversation_id: str
    now: datetime
    address: str | None = None
    identity: Mapping[str, Any] = field(default_factory=dict)
    episode: int = 1
    page: Mapping[str, Any] = field(default_factory=dict)
    has_ticket: bool = False  # a message was left for people, who will answer it
