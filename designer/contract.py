"""What the contract with the gateway allows (contracts/turn-response.schema.json): the check reads it, nobody copies it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parent.parent / "contracts" / "turn-response.schema.json"


@cache
def _schema() -> dict[str, Any]:
    return dict(json.loads(_FILE.read_text(encoding="utf-8")))


def _expects() -> frozenset[str]:
    """What the page may be told that we wait for."""
    texts = next(
        one for one in _schema()["properties"]["replies"]["items"]["oneOf"] if "expects" in one["properties"]
    )
    return frozenset(texts["properties"]["expects"]["enum"])


def _reasons() -> frozenset[str]:
    """Why a person is brought; `bot_unavailable` is the gateway's own."""
    commands = _schema()["properties"]["commands"]["items"]["properties"]
    return frozenset(commands["reason"]["enum"]) - {"bot_unavailable"}


EXPECTED = _expects()
REASONS = _reasons()
