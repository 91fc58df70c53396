"""The bot in one process, for designers and tests: the current model understands and judges whether a person is needed, the
dialogue of data/ answers, orders are the demo store's in a temporary database. No server runs.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml

from actions import cards
from actions.dialogue_action import circumstances_of, message_of
from actions.runner import run_turn
from actions.store import Store, load_dialogue
from aftersales.order_system import open_order_system
from bot.dialogue_slot import failed_answers, taken
from designer.inputs import ROOT, bot_environment
from dialogue.outcome import Card, Effect, Gateway, Say
from handoff.turns.commit import misses_after
from handoff.turns.running_turn import HISTORY_ITEMS, signals

_BLANK = re.compile(r"\{(\w+)\}")
_PAYLOAD = re.compile(r"/(\w+)(\{.*\})?$", re.DOTALL)
Json = dict[str, Any]


class Understanding:
    """The model, in a subprocess of the bot's environment."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(ROOT / ".venv-bot/bin/python"), "-W", "ignore", "-m", "designer.understood", "--lines"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=bot_environment(),
        )
        self._known: dict[str, Json] = {}
        while (line := self._read()) != "ready":
            if not line:
                raise RuntimeError("没有可用的模型，先运行 make train")

    def of(self, text: str) -> Json:
        """The understanding of one text."""
        if text not in self._known:
            self._known[text] = self._asked(text)
        return dict(self._known[text])

    def judged(self, turn: Json, moods: list[float], failed: int) -> tuple[Json, list[float]]:
        """What the handoff policy says of a turn: its verdict, and the moods of the turns so far."""
        told = self._asked({"turn": turn, "moods": moods, "failed": failed})
        return dict(told["verdict"]), list(told["moods"])

    def _asked(self, question: str | Json) -> Json:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question, ensure_ascii=False) + "\n")
        self._process.stdin.flush()
        return dict(json.loads(self._read()))

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        """End the subprocess."""
        self._process.terminate()
        self._process.wait(10)


def demo_orders(folder: Path) -> str:
    """A freshly seeded demo store in `folder`; returns its database address."""
    url = f"sqlite:///{folder / 'orders.db'}"
    env = {**os.environ, "DATA_DIR": str(folder), "ORDERS_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    for module in ("migrate", "demo"):
        command = [sys.executable, "-m", f"aftersales.order_system.sql.{module}"]
        subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    return url


def read_wordings(folder: Path) -> dict[str, list[Json]]:
    """response -> its wordings."""
    found: dict[str, list[Json]] = {}
    for file in sorted(folder.glob("*.yml")):
        found.update((yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("responses") or {})
    return found


@dataclass
class LocalBot:
    """What conversations share: model, dialogue, wordings, orders."""

    understanding: Understanding
    store: Store
    wordings: dict[str, list[Json]]
    loop: asyncio.AbstractEventLoop

    @classmethod
    def open(cls, folder: Path | None = None, root: Path = ROOT) -> LocalBot:
        """Everything ready; `folder` keeps the demo orders (a temporary one by default)."""
        place = folder or Path(tempfile.mkdtemp(prefix="anke-try-"))
        url = demo_orders(place)
        env = {"DATA_DIR": str(place), "ORDERS_DATABASE_URL": url}
        store = Store(open_order_system(env), load_dialogue(root))
        wordings = read_wordings(root / "data" / "domain")
        return cls(Understanding(), store, wordings, asyncio.new_event_loop())

    def close(self) -> None:
        """Give back processes and connections."""
        self.loop.run_until_complete(self.store.orders.close())
        self.understanding.close()
        self.loop.close()


@dataclass
class Talk:
    """One conversation with the local bot; the same methods as the customer of tests/conversations. `wording` chooses among a
    response's variations, which the running bot takes in an order that every conversation begins elsewhere."""

    bot: LocalBot
    identity: Json | None = None
    now: datetime | None = None
    conversation_id: str = field(default_factory=lambda: f"c_{uuid.uuid4().hex}")
    state: Any = None
    payloads: dict[str, str] = field(default_factory=dict)
    facts: Json = field(default_factory=dict)
    turns: int = 0
    last_said: list[str] = field(default_factory=list)
    wording: int = 0
    history: list[Json] = field(default_factory=list)
    moods: list[float] = field(default_factory=list)
    misses: int = 0

    def say(self, text: str) -> Json:
        """The customer types."""
        return self.send({"kind": "text", "text": text})

    def press(self, label: str) -> Json:
        """Press a button of the latest reply set, by (a part of) its label."""
        for known, payload in self.payloads.items():
            if label in known:
                return self.send({"kind": "button", "label": known, "payload": payload})
        raise AssertionError(f"没有按钮 {label!r}，有 {list(self.payloads)}")

    def picture(self, upload_id: str, text: str | None = None) -> Json:
        """The customer sends a picture."""
        return self.send({"kind": "image", "upload_id": upload_id, "text": text})

    def given_back(self, resolution: str, note: str | None = None) -> Json:
        """A person gave the conversation back."""
        return self.send({"kind": "event", "event": "given_back", "resolution": resolution, "note": note})

    def send(self, content: Json) -> Json:
        """One turn; the answer as the bot's channel would give it, with `trace`."""
        self.turns += 1
        latest, understood = self._latest(content)
        told = {
            "turn_id": f"t{self.turns}_{self.conversation_id}",
            "conversation_id": self.conversation_id,
            "input": content,
            "understanding": understood,
            "context": {
                "now": (self.now or datetime.now(timezone.utc)).isoformat(),
                "address": "127.0.0.1",
                "identity": self.identity,
                "episode": 1,
                "misses": self.misses,
                "history": self.history[-HISTORY_ITEMS:],
            },
        }
        latest["metadata"] = {"anke": told}
        before, failed = self.state, failed_answers(self.state)
        verdict, self.moods = self.bot.understanding.judged(told, self.moods, failed)
        message = message_of(latest, told, verdict)
        at = circumstances_of(told, self.conversation_id, "local")
        outcome = self.bot.loop.run_until_complete(run_turn(message, at, self.state, self.bot.store))
        self.state = json.loads(json.dumps(outcome.state))
        understood |= taken(before, self.state)
        answer: Json = {
            "replies": [],
            "commands": [],
            "effects": [],
            "trace": outcome.trace,
            "understanding": understood,
        }
        for item in outcome.items:
            if isinstance(item, Say):
                answer["replies"].append(self._said(item))
            elif isinstance(item, Card):
                card = cards.build(item, self.bot.store.dialogue)
                answer["replies"].append({"kind": "card", "card": card})
            elif isinstance(item, Gateway):
                answer["commands"].append({"command": item.name, **item.fields})
                self.facts.update(item.fields.get("facts") or {})
            elif isinstance(item, Effect):
                answer["effects"].append(
                    {
                        "effect": item.name,
                        "key": item.key,
                        "request_no": item.request_no,
                        "order_no": item.order_no,
                        "summary": item.summary,
                    }
                )
        self.payloads = {
            one["label"]: one["payload"] for reply in answer["replies"] for one in reply.get("buttons", [])
        }
        self._remember(told, answer)
        return answer

    def _remember(self, told: Json, answer: Json) -> None:
        """What the gateway keeps of a turn, for the judgement of the next ones."""
        content, understood, at = told["input"], answer["understanding"], told["context"]["now"]
        self.misses = misses_after(self.misses, understood)
        if any(one["command"] == "handoff" for one in answer["commands"]):
            self.misses = 0
        if content["kind"] == "event":
            self.history = [
                {"sender": "agent", "kind": "text", "text": str(content.get("note") or "好的"), "at": at}
            ]
        elif words := str(content.get("text") or content.get("label") or ""):
            said = {"sender": "customer", "kind": content["kind"], "text": words, "at": at}
            self.history.append({**said, **signals("customer", understood)})
        for reply in answer["replies"]:
            if reply["kind"] == "text":
                said = {"sender": "bot", "kind": "text", "text": reply["text"], "at": at}
                self.history.append({**said, **signals("bot", understood)})

    def _latest(self, content: Json) -> tuple[Json, Json]:
        kind = content["kind"]
        if kind == "button":
            found = _PAYLOAD.match(str(content["payload"]))
            assert found is not None
            entities = [
                {"entity": name, "value": value} for name, value in json.loads(found[2] or "{}").items()
            ]
            return {"text": content["payload"], "intent": {"name": found[1]}, "entities": entities}, {}
        if kind == "event":
            return {"text": "[event]", "intent": {"name": content["event"]}, "entities": []}, {}
        text = str(content.get("text") or "")
        if not text:
            return {"text": "[图片]", "intent": {"name": "send_media"}, "entities": []}, {}
        if text.strip().startswith("/"):
            text = "／" + text.strip()[1:]
        understood = self.bot.understanding.of(text)
        latest = {"text": text, "intent": {"name": understood["intent"]}, "entities": understood["entities"]}
        return latest, understood

    def _said(self, item: Say) -> Json:
        ways = self.bot.wordings.get(item.response)
        if not ways:
            raise AssertionError(f"没有这句话：{item.response}")
        fresh = [one for one in ways if self._filled(one, item) not in self.last_said] or ways
        way = fresh[(self.turns + self.wording) % len(fresh)]
        text = self._filled(way, item)
        self.last_said = [*self.last_said, text][-6:]
        given = [{"label": one.title, "payload": one.payload} for one in item.buttons]
        own = [
            {"label": one["title"], "payload": str(one["payload"]).replace("{{", "{").replace("}}", "}")}
            for one in way.get("buttons") or []
        ]
        reply: Json = {"kind": "text", "text": text, "response": item.response}
        if given or own:
            reply["buttons"] = [*own, *given]
        expects = item.expects or (way.get("custom") or {}).get("expects")
        if expects:
            reply["expects"] = expects
        return reply

    @staticmethod
    def _filled(way: Json, item: Say) -> str:
        return _BLANK.sub(lambda one: item.values.get(one[1], "{" + one[1] + "}"), str(way["text"]))
