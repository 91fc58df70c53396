"""Collects what Rasa says in a turn as the reply set of docs/architecture.md.

Why an own channel: Rasa's splits one utterance into text, buttons and custom messages; a customer should see one
bubble with its buttons, and cards, commands and effects travel inside `custom`.
"""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel


class AnkeOutput(OutputChannel):
    """One turn's collector: `replies`, `commands` and `effects` in the order in which they were said; `trace` says why."""

    def __init__(self) -> None:
        self.replies: list[dict[str, Any]] = []
        self.commands: list[dict[str, Any]] = []
        self.effects: list[dict[str, Any]] = []
        self.trace: dict[str, Any] | None = None

    @classmethod
    def name(cls) -> str:
        return "anke"

    @property
    def is_empty(self) -> bool:
        """Nothing said, nothing ordered, nothing written: such a turn is an error."""
        return not (self.replies or self.commands or self.effects)

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """One utterance becomes at most one text bubble, followed by what its `custom` part carries."""
        custom = message.get("custom") or {}
        parts = custom if isinstance(custom, list) else [custom]
        text = str(message.get("text") or "").strip()
        if text:
            self.replies.append(_bubble(text, message.get("buttons") or [], _expects(parts, message)))
        for part in parts:
            if isinstance(part, dict):
                self._collect(part)
        if not text and self.replies and (expects := _expects(parts, message)):
            last = self.replies[-1]
            if last["kind"] == "text":
                last.setdefault("expects", expects)

    def _collect(self, part: dict[str, Any]) -> None:
        kind = part.get("anke")
        if kind == "card":
            self.replies.append({"kind": "card", "card": part["card"]})
        elif kind == "command":
            self.commands.append(part["command"])
        elif kind == "effect":
            self.effects.append(part["effect"])
        elif kind == "trace":
            self.trace = part["trace"]


def _expects(parts: list[Any], message: dict[str, Any]) -> str | None:
    for part in parts:
        if isinstance(part, dict) and part.get("expects"):
            return str(part["expects"])
    value = message.get("expects")
    return str(value) if value else None


def _bubble(text: str, buttons: list[dict[str, Any]], expects: str | None) -> dict[str, Any]:
    bubble: dict[str, Any] = {"kind": "text", "text": text}
    shown = [
        {"label": str(b.get("label") or b.get("title")), "payload": str(b["payload"])}
        for b in buttons
        if (b.get("label") or b.get("title")) and b.get("payload")
    ]
    if shown:
        bubble["buttons"] = shown
    if expects:
        bubble["expects"] = expects
    return bubble
