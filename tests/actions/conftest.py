"""The one action against a real demo store (SQLite), called as the action server calls it, with the intent given."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue_action import SLOT, VERDICT, DialogueAction
from actions.store import ROOT, Store, use_store
from aftersales.order_system import open_order_system
from dialogue.matters import PATTERNS
from dialogue.responses import load_placeholders
from tests.dialogue.order_stage import the_dialogue

RESPONSES = load_placeholders(ROOT / "data" / "domain")


@dataclass
class Said:
    """What one turn gave: response names in order, texts of buttons, cards, commands, effects."""

    responses: list[str]
    values: dict[str, dict[str, Any]]
    payloads: dict[str, str]
    cards: list[dict[str, Any]]
    commands: list[dict[str, Any]]
    effects: list[dict[str, Any]]
    trace: dict[str, Any]

    def handed(self) -> str | None:
        return next((one["reason"] for one in self.commands if one["command"] == "handoff"), None)


@dataclass
class Talk:
    """One conversation; slots are kept as the bot would."""

    identity: dict[str, Any] | None = None
    now: datetime | None = None
    episode: int = 1
    conversation_id: str = field(default_factory=lambda: f"c_{uuid.uuid4().hex}")
    state: Any = None
    last_call: dict[str, Any] = field(default_factory=dict)

    async def say(self, intent: str, text: str = "", **understood: Any) -> Said:
        return await self.call(intent, {"kind": "text", "text": text}, text, understood)

    async def press(self, intent: str, label: str = "按钮", **entities: str) -> Said:
        found = [{"entity": name, "value": value} for name, value in entities.items()]
        content = {"kind": "button", "label": label, "payload": f"/{intent}"}
        return await self.call(intent, content, f"/{intent}", {}, found)

    async def choose(self, slot: str, value: str, label: str = "按钮") -> Said:
        """Press a choice of the open question."""
        return await self.press("choose", label, slot=slot, value=value)

    @property
    def facts(self) -> dict[str, Any]:
        """What is known of the case."""
        return dict(self.state.get("facts") or {})

    @property
    def form(self) -> dict[str, Any] | None:
        """The matter that is open nearest to the top: its slots, its flow as `name`, its draft; None without one."""
        frames = [one for one in self.state.get("frames") or [] if one["flow"] not in PATTERNS]
        return (
            {**frames[-1].get("slots", {}), "name": frames[-1]["flow"], "draft": frames[-1]["draft"]}
            if frames
            else None
        )

    async def picture(self, upload_id: str) -> Said:
        return await self.call("send_media", {"kind": "image", "upload_id": upload_id}, "[图片]", {})

    async def given_back(self, resolution: str, note: str | None = None) -> Said:
        content = {"kind": "event", "event": "given_back", "resolution": resolution, "note": note}
        return await self.call("given_back", content, "[given_back]", {})

    async def call(
        self, intent: str, content: dict[str, Any], text: str, understood: dict[str, Any], entities: Any = ()
    ) -> Said:
        anke = {
            "turn_id": f"t_{uuid.uuid4().hex}",
            "conversation_id": self.conversation_id,
            "input": content,
            "context": {
                "now": (self.now or datetime.now(UTC)).isoformat(),
                "address": "127.0.0.1",
                "identity": self.identity,
                "episode": self.episode,
            },
            "understanding": {
                "intent": intent,
                "confidence": 1.0,
                "emotion": "calm",
                "emotion_score": 0.1,
                **understood,
            },
        }
        self.last_call = {
            "intent": intent,
            "message": {
                "text": text,
                "intent": {"name": intent},
                "entities": list(entities),
                "metadata": {"anke": anke},
            },
            "slots": {SLOT: self.state, VERDICT: policy_says(understood, text)},
        }
        return await self.again(keep=True)

    async def again(self, *, keep: bool = False) -> Said:
        """Run the last turn (again): same turn id, same slots as before it, as after a crash."""
        call = self.last_call
        dispatcher = CollectingDispatcher()
        tracker = Tracker(
            self.conversation_id, dict(call["slots"]), call["message"], [], False, None, {}, None
        )
        (event,) = await DialogueAction().run(dispatcher, tracker, {})
        assert event["name"] == SLOT
        if keep:
            self.state = json.loads(json.dumps(event["value"]))
        return _said(dispatcher)


def policy_says(understood: dict[str, Any], text: str) -> dict[str, Any]:
    """The bot's handoff policy in small: an angry message needs a person (bot/handoff_policy.py sets this slot)."""
    reason = "anger" if understood.get("emotion") == "angry" else None
    return {"score": 0.1, "reason": reason, "evidence": [text] if reason else []}


def _said(dispatcher: CollectingDispatcher) -> Said:
    messages = dispatcher.messages
    named = [one for one in messages if one.get("response")]
    custom = [one["custom"] for one in messages if one.get("custom")]
    for one in named:
        assert RESPONSES[one["response"]] <= set(one), f"{one['response']} is not filled"
    buttons = [each for one in named for each in one["buttons"]]
    return Said(
        responses=[one["response"] for one in named],
        values={one["response"]: one for one in named},
        payloads={one["title"]: one["payload"] for one in buttons},
        cards=[one["card"] for one in custom if one.get("anke") == "card"],
        commands=[one["command"] for one in custom if one.get("anke") == "command"],
        effects=[one["effect"] for one in custom if one.get("anke") == "effect"],
        trace=next(one["trace"] for one in custom if one.get("anke") == "trace"),
    )


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A freshly seeded demo store."""
    folder = tmp_path_factory.mktemp("pristine")
    env = {**os.environ, "DATA_DIR": str(folder), "ORDERS_DATABASE_URL": f"sqlite:///{folder / 'orders.db'}"}
    for module in ("migrate", "demo"):
        command = [sys.executable, "-m", f"aftersales.order_system.sql.{module}"]
        subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    return folder / "orders.db"


@pytest.fixture
async def store(pristine: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """The demo store, fresh for this test, as the action sees it."""
    shutil.copy(pristine, tmp_path / "orders.db")
    env = {"DATA_DIR": str(tmp_path), "ORDERS_DATABASE_URL": f"sqlite:///{tmp_path / 'orders.db'}"}
    opened = Store(orders=open_order_system(env), dialogue=the_dialogue(), patience=60)
    use_store(opened)
    yield opened
    use_store(None)
    with contextlib.suppress(Exception):
        await opened.orders.close()


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk()
