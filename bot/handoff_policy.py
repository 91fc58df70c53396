"""How much a turn calls for a person, 0 to 1: the number behind `understanding.handoff_score`.

The rules of handbook H43 that need no dialogue state. The dialogue's own guard (actions) decides what is done; a model
trained on labelled sessions takes this function's place later, with the same signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SURE = {"ask_human": 1.0, "threaten": 1.0, "safety_hazard": 1.0}
LIKELY = {
    "complain_attitude": 0.7,
    "complain_slow_reply": 0.6,
    "complain_result": 0.7,
    "complain_repeat": 0.8,
}
PER_MISS = 0.35
"""Two misunderstandings in a row bring a person (H43): the third message weighs 0.7."""


def handoff_score(understood: Mapping[str, Any], context: Mapping[str, Any]) -> float:
    """The strongest single reason; reasons are not added up, so the score names one."""
    intent = str(understood.get("intent"))
    heat = float(understood.get("emotion_score") or 0.0)
    misses = int(context.get("misses") or 0)
    unsure = 0.3 if understood.get("fallback") == "unsure" else 0.0
    reasons = (SURE.get(intent, 0.0), LIKELY.get(intent, 0.0), heat, min(1.0, PER_MISS * misses + unsure))
    return round(max(reasons), 4)
