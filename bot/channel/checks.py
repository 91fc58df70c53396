"""Is a turn request what contracts/turn-request.schema.json says? Checked with a validator compiled once."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.turn import TurnFailed

CONTRACTS = Path(__file__).parents[2] / "contracts"
LONGEST_TURN = 10.0
"""Seconds: the bot's own limit, whatever deadline the gateway names."""


@lru_cache(maxsize=4)
def _validator(name: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads((CONTRACTS / name).read_text(encoding="utf-8")))


def check_turn_request(body: Any) -> dict[str, Any]:
    """The request, or `TurnFailed("invalid_request")` naming the first thing that is wrong with it."""
    wrong = next(iter(_validator("turn-request.schema.json").iter_errors(body)), None)
    if wrong is not None:
        where = "/".join(str(p) for p in wrong.absolute_path) or "request"
        raise TurnFailed("invalid_request", f"{where}: {wrong.message[:200]}")
    assert isinstance(body, dict)
    return body


def seconds_left(deadline: str, now: datetime | None = None) -> float:
    """Seconds until the deadline, at most `LONGEST_TURN`, 0 when it has passed or cannot be read."""
    try:
        at = datetime.fromisoformat(deadline.replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    left = (at - (now or datetime.now(timezone.utc))).total_seconds()
    return max(0.0, min(left, LONGEST_TURN))
