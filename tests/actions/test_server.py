"""The webhook's answers: what rasa-sdk's protocol expects, and no customer text when something fails."""

import json
from typing import Any

import pytest

from actions.server import make_executor, run_action
from actions.store import Store


def _call(action: str, text: str = "我的手机号13800001234", intent: str = "greet") -> dict[str, Any]:
    message = {"text": text, "intent": {"name": intent}, "entities": [], "metadata": {}}
    tracker = {"sender_id": "c_1", "slots": {}, "latest_message": message, "events": []}
    return {"next_action": action, "tracker": tracker, "domain": {}, "version": "3.6.21"}


async def test_an_action_answers_events_and_responses(store: Store) -> None:
    call = {**_call("action_social"), "domain": {"actions": []}}
    answer = await run_action(make_executor(), call)
    assert answer.status == 200
    body = json.loads(answer.body or b"")
    assert body["responses"][0]["response"] == "utter_greet"


async def test_an_unknown_action_is_404(store: Store) -> None:
    assert (await run_action(make_executor(), _call("action_nobody"))).status == 404


async def test_a_failure_is_500_and_carries_no_text(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("13800001234")

    monkeypatch.setattr(type(store.orders), "verify", broken)
    call = {**_call("action_logistics", "202611010002 1234到哪了", "track_parcel"), "domain": {"actions": []}}
    answer = await run_action(make_executor(), call)
    assert answer.status == 500
    assert json.loads(answer.body or b"") == {"error": "RuntimeError"}
