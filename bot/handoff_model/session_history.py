"""The session so far, as the handoff model reads it, from the gateway's last log items and this turn's input."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from bot.handoff_model.sessions import Session, Utterance
from bot.handoff_model.words import split_words
from bot.text.words import Words

HISTORY_ITEMS = 12
PEOPLE = {"agent", "system"}
"""After a person (or a notice while waiting for one) spoke, the story begins anew: the handoff it led to is over."""


def input_text(what: Mapping[str, Any]) -> str:
    """What a customer said with this input; a button says its label, a picture alone says nothing."""
    return str(what.get("text") or what.get("label") or "").strip()


class HistoryItem(NamedTuple):
    """One thing said, with what is known beyond the words; NaN: not known."""

    role: str
    text: str
    at: str | None = None
    emotion: float = math.nan
    confidence: float = math.nan
    form_failed: float = math.nan


def previous_utterances(history: Sequence[Mapping[str, Any]]) -> list[HistoryItem]:
    """What customer and bot said since a person last spoke, oldest first."""
    turns: list[HistoryItem] = []
    for item in list(history)[-HISTORY_ITEMS:]:
        sender, text = str(item.get("sender")), str(item.get("text") or "").strip()
        if sender in PEOPLE:
            turns = []
        elif text:
            role = "customer" if sender == "customer" else "shop"
            signals = [float(item.get(name, math.nan)) for name in ("emotion", "confidence", "form_failed")]
            turns.append(HistoryItem(role, text, item.get("at"), *signals))
    return turns


def current_utterance(text: str, at: str | None, understood: Mapping[str, Any]) -> HistoryItem:
    """This turn's input, with what was understood of it."""
    emotion, confidence = (float(understood.get(name, math.nan)) for name in ("emotion_score", "confidence"))
    return HistoryItem("customer", text, at, emotion, confidence)


class SessionReader:
    """Cuts texts into the model's tokens; the same history comes every turn, so the last thousands are kept."""

    def __init__(self, words: Words) -> None:
        self._cut = lru_cache(maxsize=4096)(lambda text: tuple(split_words(text, words)))

    def session(self, said: Sequence[HistoryItem]) -> Session:
        """The utterances so far. Signals that the training sessions did not carry change nothing: no tree asks for them."""
        return tuple(
            Utterance(
                role=one.role,
                tokens=self._cut(one.text),
                emotion=one.emotion,
                confidence=one.confidence,
                form_failed=0.0 if one.role == "customer" else one.form_failed,
                silence_s=_seconds(said[i - 1].at, one.at) if i else math.nan,
            )
            for i, one in enumerate(said)
        )


def _seconds(earlier: str | None, later: str | None) -> float:
    if not earlier or not later:
        return math.nan
    first, second = (datetime.fromisoformat(at.replace("Z", "+00:00")) for at in (earlier, later))
    return max(0.0, (second - first).total_seconds())
