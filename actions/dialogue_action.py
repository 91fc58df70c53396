"""The single rasa-sdk action: `action_dialogue`, after every customer message.

It turns Rasa's tracker into the dialogue's message, lets the runner take the turn, and hands the outcome to the channel
(docs/architecture.md, bot ↔ actions). No dialogue logic stands here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import cards
from actions.runner import run_turn
from actions.store import Store, the_store
from dialogue.message import AskedEntry, Circumstances, Entity, Message, Stretch, plain
from dialogue.outcome import Card, Effect, Gateway, Item, Say

#: The action answers within this many seconds or fails as a whole (the gateway then retries the turn).
ACTION_DEADLINE = 5.0
SLOT, VERDICT = "dialogue", "handoff"
Json = dict[str, Any]


class DialogueAction(Action):  # type: ignore[misc]  # rasa-sdk is untyped
    """Called by rasa-sdk. Any failure or a missed deadline raises, so that the turn is retried as a whole."""

    def name(self) -> str:
        return "action_dialogue"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Json) -> list[Json]:
        latest = tracker.latest_message or {}
        told = dict((latest.get("metadata") or {}).get("anke") or {})
        store = the_store()
        message = message_of(latest, told, tracker.slots.get(VERDICT))
        at = circumstances_of(told, tracker.sender_id, str(latest.get("message_id") or "local"))
        async with asyncio.timeout(ACTION_DEADLINE):
            outcome = await run_turn(message, at, tracker.slots.get(SLOT), store)
        for item in outcome.items:
            send(dispatcher, item, store)
        dispatcher.utter_message(json_message={"anke": "trace", "trace": outcome.trace})
        return [SlotSet(SLOT, outcome.state)]


def message_of(latest: Mapping[str, Any], told: Mapping[str, Any], verdict: Any) -> Message:
    """The customer's input as the dialogue sees it."""
    given, understood = dict(told.get("input") or {}), dict(told.get("understanding") or {})
    raw = str(latest.get("text") or "")
    kind = str(given.get("kind") or ("button" if raw.startswith("/") else "text"))
    is_button = kind == "button" and raw.startswith("/")
    entities = [one for one in latest.get("entities") or [] if isinstance(one, dict)]
    uploads = [str(one) for one in [given.get("upload_id"), *(given.get("upload_ids") or [])] if one]
    media = kind in {"image", "video"}
    text = str(given.get("label") or "") if is_button else str(given.get("text") or "") if media else raw
    return Message(
        text="" if kind == "event" else plain(text),
        kind="button"
        if is_button
        else "media"
        if media and not text
        else "event"
        if kind == "event"
        else "text",
        intent=str((latest.get("intent") or {}).get("name") or "nlu_fallback"),
        confidence=float(understood["confidence"]) if "confidence" in understood else 1.0,
        candidates=tuple(
            (str(one["intent"]), float(one["confidence"])) for one in understood.get("candidates") or []
        ),
        entities=tuple(
            Entity(
                str(one.get("entity")),
                str(one["value"]),
                int(one.get("start") or 0),
                int(one.get("end") or 0),
            )
            for one in entities
            if one.get("value") is not None
        ),
        own=plain(str(understood.get("own") or "")),
        also=tuple(
            Stretch(plain(str(one.get("text") or "")), str(one.get("intent") or ""))
            for one in understood.get("also") or []
        ),
        uploads=tuple(uploads),
        emotion=str(understood.get("emotion") or "calm"),
        emotion_score=float(understood.get("emotion_score") or 0.0),
        watched=dict(understood.get("watch") or {}),
        questions=tuple(
            AskedEntry(str(one["entry"]), float(one["score"]), plain(str(one.get("text") or "")))
            for one in understood.get("questions") or []
        ),
        fallback=understood.get("fallback"),
        payload=_payload(given, entities),
        listen=bool(given.get("listen")),
        verdict=dict(verdict) if isinstance(verdict, dict) and not is_button else {},
    )


def _payload(given: Mapping[str, Any], entities: list[Json]) -> dict[str, str]:
    """The values of a button, or of the event that a person gave the conversation back."""
    told = {str(one.get("entity")): str(one["value"]) for one in entities if one.get("value") is not None}
    return told | {name: str(given[name]) for name in ("resolution", "note") if given.get(name)}


def circumstances_of(told: Mapping[str, Any], sender: str, message_id: str) -> Circumstances:
    """The gateway's moment and ids, so that a retry computes the same dates and keys."""
    context = dict(told.get("context") or {})
    return Circumstances(
        turn_id=str(told.get("turn_id") or message_id),
        conversation_id=str(told.get("conversation_id") or sender),
        now=_moment(context.get("now")),
        address=context.get("address"),
        identity=dict(context.get("identity") or {}),
        episode=int(context.get("episode") or 1),
        page=dict(context.get("page") or {}),
        has_ticket=context.get("conversation_state") == "ticket",
    )


def _moment(given: Any) -> datetime:
    if isinstance(given, str):
        try:
            return datetime.fromisoformat(given.replace("Z", "+00:00")).astimezone(UTC)
        except ValueError:
            pass
    return datetime.now(UTC)


def send(dispatcher: CollectingDispatcher, item: Item, store: Store) -> None:
    """Hand one item of the outcome to the channel."""
    if isinstance(item, Say):
        dispatcher.utter_message(
            response=item.response,
            json_message={"expects": item.expects} if item.expects else None,
            buttons=[{"title": one.title, "payload": one.payload} for one in item.buttons],
            **item.values,
        )
    elif isinstance(item, Card):
        dispatcher.utter_message(json_message={"anke": "card", "card": cards.build(item, store.dialogue)})
    elif isinstance(item, Gateway):
        dispatcher.utter_message(
            json_message={"anke": "command", "command": {"command": item.name, **item.fields}}
        )
    elif isinstance(item, Effect):
        effect = {
            "effect": item.name,
            "key": item.key,
            "request_no": item.request_no,
            "order_no": item.order_no,
            "summary": item.summary,
        }
        dispatcher.utter_message(json_message={"anke": "effect", "effect": effect})
