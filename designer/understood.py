"""Texts in, understandings out, one JSON a line, as a turn carries them: for tools that run in the other environment.

.venv-bot/bin/python -m designer.understood < texts.json > understood.jsonl      (texts.json: a JSON list of texts)
.venv-bot/bin/python -m designer.understood --lines      (one JSON string a line, answered at once)

Between the texts of `--lines` a JSON object asks what the handoff policy says of a turn: {"turn": as the gateway sends it with its
understanding, "moods": of the turns before, "failed": answers missed in a row} gives {"verdict": …, "moods": …}.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from bot.handoff_model.judge import SessionJudge
from bot.nlu import CANDIDATES, session_judge
from designer import models_folder
from designer.parse import current_nlu_model


def understood(model: Any, text: str) -> dict[str, Any]:
    """The `understanding` of docs/architecture.md, without the handoff policy's verdict."""
    found = model.parse(text)
    told: dict[str, Any] = {
        "intent": found.intent,
        "category": found.category,
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
    if found.emotion_about:
        told["emotion_about"] = found.emotion_about
    return told


def judged(judge: SessionJudge, asked: dict[str, Any]) -> dict[str, Any]:
    """The handoff policy's verdict on a turn, and the moods to give back with the next one."""
    moods = judge.moods(asked["turn"], asked["moods"])
    return {"verdict": judge.verdict(asked["turn"], moods, asked["failed"]).as_slot(), "moods": moods}


def main() -> None:
    """Read all of standard input, answer in the same order; `--lines`: line by line."""
    model = current_nlu_model()
    if "--lines" in sys.argv:
        file = models_folder.current()
        assert file is not None  # current_nlu_model trains where there is none
        judge = session_judge(file)
        print("ready", flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            told = judged(judge, asked) if isinstance(asked, dict) else understood(model, str(asked))
            print(json.dumps(told, ensure_ascii=False), flush=True)
        return
    for text in json.load(sys.stdin):
        print(json.dumps(understood(model, str(text)), ensure_ascii=False))


if __name__ == "__main__":
    main()
