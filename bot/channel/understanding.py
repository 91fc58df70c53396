"""What was understood in a turn, as told to actions (`metadata.anke.understanding`) and to the gateway."""

from __future__ import annotations

from typing import Any

from bot.intent.categories import category_of
from bot.nlu import CANDIDATES


def understanding(parse_data: dict[str, Any]) -> dict[str, Any]:
    """Intent, category, entities and mood of a parsed message; `fallback` says when the model was unsure.

    `handoff_score` is the policy's, known only after it has judged the turn: bot/handoff_policy.py.
    """
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
        "handoff_score": 0.0,
        "candidates": [
            {"intent": r["name"], "confidence": round(float(r["confidence"]), 4)}
            for r in ranking[:CANDIDATES]
        ],
    }
    if name == "nlu_fallback":
        told["fallback"] = parse_data.get("fallback") or "unsure"
    if emotion.get("about"):
        told["emotion_about"] = emotion["about"]
    if parse_data.get("watch"):
        told["watch"] = parse_data["watch"]
    if parse_data.get("questions"):
        told["questions"] = parse_data["questions"]
    if parse_data.get("also"):
        told["also"] = parse_data["also"]
        told["own"] = parse_data.get("own")
    return told
