"""bot/fast changes no word: the same conversations with the wraps on and off, through the real bot, actions and store."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conversations import script
from tests.conversations.stack import Customer, Stack, running_stack

CONVERSATIONS = Path(script.__file__).parent
EVERY = 12
"""One conversation in so many is played: a handful of each file, about eight in all."""
_TURN = re.compile(r"t_[0-9a-f]{32}|d_[0-9a-f]{6,}|[0-9a-f]{24,}")
"""Drawn for each turn or draft, also as part of an idempotency key."""
_CLOCK = re.compile(r"\d{2}:\d{2}(:\d{2}\.\d+Z)?")
"""The order system reckons some deadlines from its own clock, and the two runs are half a minute apart."""
_REQUEST_NO = re.compile(r"\b[A-Z]{2}\d{12}\b")


def _told(stack: Stack, name: str, conversation: dict[str, Any], now: datetime) -> list[Any]:
    """What the bot answers, step by step; request numbers are drawn by the order system and left out."""
    stack.reset_orders()
    customer = Customer(stack, identity=conversation.get("登录"), conversation_id=f"c_{name}", now=now)
    answers = [script._do(customer, step) for step in conversation["过程"]]
    parts = ("replies", "commands", "effects", "understanding")
    kept = json.dumps([[a[part] for part in parts] for a in answers], ensure_ascii=False, sort_keys=True)
    kept = _CLOCK.sub("TIME", _TURN.sub("TURN", kept))
    found: list[Any] = json.loads(_REQUEST_NO.sub("NUMBER", kept))
    return found


def test_conversations_are_the_same_without_the_wraps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = script.read_conversations(CONVERSATIONS)[::EVERY]
    now = datetime.now(UTC)
    told: list[dict[str, list[Any]]] = []
    for number, switch in enumerate(("1", "0")):
        monkeypatch.setenv("ANKE_FAST", switch)
        folder = tmp_path / str(number)
        folder.mkdir()
        with running_stack(folder) as stack:
            if number:  # the same demo store: its dates are relative to the moment it was made
                shutil.copyfile(tmp_path / "0" / "pristine.db", folder / "pristine.db")
            told.append({name: _told(stack, f"{i}", one, now) for i, (name, one) in enumerate(chosen)})
    assert len(chosen) >= 5
    for name, with_wraps in told[0].items():
        assert with_wraps == told[1][name], name
