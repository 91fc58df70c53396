"""What was understood in a turn, as told to actions (`metadata.anke.understanding`) and to the gateway."""

from __future__ import annotations

from typing import Any

from bot.handoff_policy import handoff_score
from bot.intent.categories import category_of

CANDIDATES = 3


def understanding(parse_data: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Intent, category, entities and mood of a parsed message; `fallback` says when the model was unsure."""
    intent = parse_data.get("intent") or {}
    name = intent.get("name") or "nlu_fallback"
    ranking = [r for r in parse_data.get("intent_ranking") or [] if r.get("name") != "nlu_fallback"]
    emotion = parse_data.get("emotion") or {}
    told: dict[str, Any] = {
        "intent": name,
        "category": category_of(name),
        "confidence": round(float(intent.get("confidence") or 0.0), 4),
        "entities": [
            {k: e[k] for k in ("entity", "value", "start", "end") if k in e}
            for e in parse_data.get("entities") or []
        ],
        "emotion": emotion.get("label", "calm"),
        "emotion_score": round(float(emotion.get("score", 0.0)), 4),
        "handoff_score": 0.0,  # set below, from all of this
        "candidates": [
            {"intent": r["name"], "confidence": round(float(r["confidence"]), 4)}
            for r in ranking[:CANDIDATES]
        ],
    }
    if name == "nlu_fallback":
        told["fallback"] = parse_data.get("unsure") or "unsure"
    if parse_data.get("also"):
        told["also"] = parse_data["also"]
    told["handoff_score"] = handoff_score(told, context)
    return told
