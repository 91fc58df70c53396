"""The webhook: what rasa-sdk's protocol expects, and no customer text when something fails; broken data is told at once."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actions import server
from actions.server import make_executor, order_system_state, run_action
from actions.store import Store, use_store
from aftersales.order_system.port import Unavailable
from tests.helpers.own_data import own_data


def _call(action: str, text: str = "你好", intent: str = "greet") -> dict[str, Any]:
    message = {"text": text, "intent": {"name": intent}, "entities": [], "metadata": {}}
    tracker = {"sender_id": "c_1", "slots": {}, "latest_message": message, "events": []}
    return {"next_action": action, "tracker": tracker, "domain": {"actions": []}, "version": "3.6.21"}


async def test_the_action_answers_with_responses_and_its_one_slot(store: Store) -> None:
    answer = await run_action(make_executor(), _call("action_dialogue"))
    assert answer.status == 200
    body = json.loads(answer.body or b"")
    assert body["responses"][0]["response"] == "utter_greet"
    assert [one["name"] for one in body["events"]] == ["dialogue"]


async def test_an_unknown_action_is_404(store: Store) -> None:
    assert (await run_action(make_executor(), _call("action_nobody"))).status == 404


async def test_a_failure_is_500_and_carries_no_text(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("13800001234")

    monkeypatch.setattr(type(store.orders), "verify", broken)
    answer = await run_action(
        make_executor(), _call("action_dialogue", "202611010002 1234到哪了", "track_parcel")
    )
    assert answer.status == 500
    assert json.loads(answer.body or b"") == {"error": "RuntimeError"}


@pytest.mark.parametrize(
    ("slow", "code", "state"),
    [
        (False, "order_system_unreachable", "down"),
        (False, "order_system_token_refused", "token_refused"),
        (True, "", "down"),
    ],
)
async def test_a_dead_slow_or_closed_order_system_is_told_apart_within_the_patience(
    store: Store, monkeypatch: pytest.MonkeyPatch, slow: bool, code: str, state: str
) -> None:
    assert await order_system_state(store) == "ok"

    async def away(*_: object) -> None:
        if slow:
            await asyncio.Event().wait()
        raise Unavailable(code, "暂时查不了")

    monkeypatch.setattr(type(store.orders), "ready", away)
    assert await order_system_state(replace(store, patience=0.1)) == state


def test_broken_data_ends_the_start_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_data(tmp_path) / "data/policy/returns.yml").write_text("no_reason: 7\n", encoding="utf-8")
    monkeypatch.setenv("ANKE_DATA_ROOT", str(tmp_path))
    monkeypatch.setenv("ORDERS_DATABASE_URL", f"sqlite:///{tmp_path / 'orders.db'}")
    use_store(None)
    assert server.main() == 2
    told = capsys.readouterr().err.strip()
    assert told
    assert "Traceback" not in told
