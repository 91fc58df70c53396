"""What the customer did, as Rasa is told it. Pure.

The one rule that matters: a customer's text is never a command to Rasa. Rasa takes a message that begins with a slash
for an intent and skips understanding it, so a customer's slash becomes its full-width twin. Buttons and events are
issued by ourselves and may; but a button may be older than the model, and what it stood for be gone: then the customer
has said its label.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

MEDIA_TEXT = {"image": "[图片]", "video": "[视频]"}
_INTENT = re.compile(r"/([^{@\s]+)")
"""The beginning of a payload as Rasa reads it: `/choose{"slot":"reason","value":"quality"}`."""


@dataclass(frozen=True)
class Incoming:
    """A message for Rasa: `text` to be understood, or an `intent` that is already known."""

    text: str
    intent: str | None = None
    entities: list[dict[str, Any]] = field(default_factory=list)
    from_customer: bool = True


def escaped(text: str) -> str:
    """A customer's text that Rasa cannot take for an intent, whatever precedes the slash."""
    stripped = text.strip()
    return "／" + stripped[1:] if stripped.startswith("/") else stripped


def incoming(what: dict[str, Any], intents: Container[str]) -> Incoming:
    """The message for one `input` of the turn request (checked against the schema before). `intents`: the domain's."""
    kind = what["kind"]
    if kind == "text":
        return Incoming(escaped(what["text"]))
    if kind == "button":
        payload = str(what["payload"])
        issued = _INTENT.match(payload)
        if issued and issued[1] in intents:
            return Incoming(payload, from_customer=False)
        return Incoming(escaped(str(what.get("label") or payload)))
    if kind in MEDIA_TEXT:
        entities = [_told("upload_id", what["upload_id"]), _told("media_kind", kind)]
        text = str(what.get("text") or "").strip()
        if text:
            return Incoming(escaped(text), entities=entities)
        return Incoming(MEDIA_TEXT[kind], intent="send_media", entities=entities)
    entities = [_told(name, what[name]) for name in ("resolution", "note") if what.get(name)]
    return Incoming(f"[{what['event']}]", intent=str(what["event"]), entities=entities, from_customer=False)


def _told(entity: str, value: Any) -> dict[str, Any]:
    """An entity that was not read from the text but told by the gateway."""
    return {"entity": entity, "value": value, "start": 0, "end": 0, "extractor": "AnkeInput"}
