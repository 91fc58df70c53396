"""Texts in, understandings out, one JSON a line, as a turn carries them: for tools that run in the other environment.

.venv-bot/bin/python -m designer.understood < texts.json > understood.jsonl      (texts.json: a JSON list of texts)
.venv-bot/bin/python -m designer.understood --lines      (one JSON string a line, answered at once)
"""

from __future__ import annotations

import json
import sys
from typing import Any

from bot.nlu import CANDIDATES
from designer.parse import current_nlu_model


def understood(model: Any, text: str) -> dict[str, Any]:
    """The `understanding` of docs/architecture.md, without the handoff policy's verdict."""
    found = model.parse(text)
    told: dict[str, Any] = {
        "intent": found.intent,
        "confidence": round(found.confidence, 4),
        "entities": [{k: e[k] for k in ("entity", "value", "start", "end")} for e in found.entities],
        "emotion": found.emotion,
        "emotion_score": round(found.emotion_score, 4),
        "candidates": [
            {"intent": name, "confidence": round(float(p), 4)} for name, p in found.ranking[:CANDIDATES]
        ],
        "also": found.also,
        "own": found.own,
        "watch": found.watch,
        "questions": found.questions,
    }
    if found.fallback:
        told["fallback"] = found.fallback
    return told


def main() -> None:
    """Read all of standard input, answer in the same order; `--lines`: line by line."""
    model = current_nlu_model()
    if "--lines" in sys.argv:
        print("ready", flush=True)
        for line in sys.stdin:
            print(json.dumps(understood(model, str(json.loads(line))), ensure_ascii=False), flush=True)
        return
    for text in json.load(sys.stdin):
        print(json.dumps(understood(model, str(text)), ensure_ascii=False))


if __name__ == "__main__":
    main()
