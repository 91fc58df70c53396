"""The session so far, as the handoff model reads it, from the gateway's last log items and this turn's input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from bot.handoff_model.sessions import Session, Utterance
from bot.handoff_model.words import split_words
from bot.text.words import Words

LOOKED_BACK = 12
PEOPLE = {"agent", "system"}
"""After a person (or a notice while waiting for one) spoke, the story begins anew: the handoff it led to is over."""


def spoken(what: Mapping[str, Any]) -> str:
    """What a customer said with this input; a button says its label, a picture alone says nothing."""
    return str(what.get("text") or what.get("label") or "").strip()


def turns_before(history: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(role, text) of what customer and bot said since a person last spoke, oldest first."""
    turns: list[tuple[str, str]] = []
    for item in list(history)[-LOOKED_BACK:]:
        sender, text = str(item.get("sender")), str(item.get("text") or "").strip()
        if sender in PEOPLE:
            turns = []
        elif text:
            turns.append(("customer" if sender == "customer" else "shop", text))
    return turns


class Reader:
    """Cuts texts into the model's tokens; the same history comes every turn, so the last thousands are kept."""

    def __init__(self, words: Words) -> None:
        self._cut = lru_cache(maxsize=4096)(lambda text: tuple(split_words(text, words)))

    def session(self, before: Sequence[tuple[str, str]], now: str) -> Session:
        """The utterances up to and with what the customer says now."""
        return tuple(Utterance(role, self._cut(text)) for role, text in [*before, ("customer", now)])
