"""The real bot, action server and order database, and a customer who talks to them as the gateway would.

The gateway's part (log, queue) is played by `Customer`: it keeps the state that travels with the turn, turns labels of
the latest buttons into their payloads, and sends the protocol of docs/architecture.md. Everything else is the product.
"""

import contextlib
import json
import os
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from handoff.turns.commit import misses_after
from handoff.turns.running_turn import HISTORY_CHARACTERS, HISTORY_ITEMS, signals
from launcher.preflight import free_port
from tests.helpers import processes
from tests.helpers.processes import ROOT, Process, answers_200, run_to_end, stop_all

SECRET = "conversation-tests"
#: Seconds a process may take until it serves (loading the model on a busy machine).
START_LIMIT = 90.0


@dataclass
class Stack:
    """A running bot and action server over a demo store in `folder`."""

    folder: Path
    bot_url: str
    #: When the demo store was made. Customers speak at this moment, so that no midnight falls between the two.
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    processes: list[Process] = field(default_factory=list)

    def reset_orders(self) -> None:
        """Put the demo store back as it was at the start: no requests, no wrong attempts."""
        copy_orders(self.folder / "pristine.db", self.folder / "orders.db")

    def logs(self) -> str:
        """The ends of both logs, for a failing test."""
        return "\n".join(
            f"--- {file.name}\n{file.read_text(errors='replace')[-3000:]}"
            for file in sorted(self.folder.glob("*.log"))
        )


def copy_orders(source: Path, target: Path) -> None:
    """The demo store's database, also into one that is in use."""
    with (
        contextlib.closing(sqlite3.connect(source)) as one,
        contextlib.closing(sqlite3.connect(target, timeout=10)) as other,
    ):
        one.backup(other)


def model_file() -> Path:
    """The current model, trained when there is none (ANKE_MODEL overrides)."""
    if os.environ.get("ANKE_MODEL"):
        return Path(os.environ["ANKE_MODEL"])
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}
    subprocess.run(
        [str(ROOT / ".venv-bot/bin/python"), "-m", "designer.train"], cwd=ROOT, env=env, check=True
    )
    return (ROOT / "models" / "current").resolve()


@contextlib.contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """Start everything, yield when it serves, stop it by its own process ids."""
    action_port, bot_port = free_port(), free_port()
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(folder),
        "ORDERS_DATABASE_URL": f"sqlite:///{folder / 'orders.db'}",
        "SANIC_HOST": "127.0.0.1",
        "ACTION_PORT": str(action_port),
        "ACTION_URL": f"http://127.0.0.1:{action_port}/webhook",
        "BOT_PORT": str(bot_port),
        "BOT_SECRET": SECRET,
        "ANKE_MODEL": str(model_file()),
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
    }
    python, bot_python = str(ROOT / ".venv/bin/python"), str(ROOT / ".venv-bot/bin/python")
    for module in ("migrate", "demo"):
        run_to_end([python, "-m", f"aftersales.order_system.sql.{module}"], env)
    copy_orders(folder / "orders.db", folder / "pristine.db")
    stack = Stack(folder, f"http://127.0.0.1:{bot_port}/webhooks/anke")
    try:
        for name, command in (
            ("actions", [python, "-m", "actions.server"]),
            ("bot", [bot_python, "-m", "bot.serve"]),
        ):
            stack.processes.append(Process(command, env, folder / f"{name}.log"))
        wait_until_ready(stack, f"{stack.bot_url}/ready")
        wait_until_ready(stack, f"http://127.0.0.1:{action_port}/ready")
        yield stack
    finally:
        stop_all(stack.processes)


def wait_until_ready(stack: Stack, url: str) -> None:
    processes.wait_until_ready(lambda: answers_200(url), stack.processes, START_LIMIT)


@dataclass
class Customer:
    """One conversation. `say` and friends return the bot's answer; what it commanded is collected."""

    stack: Stack
    now: datetime | None = None
    identity: dict[str, Any] | None = None
    address: str = "127.0.0.1"
    conversation_id: str = field(default_factory=lambda: f"c_{uuid.uuid4().hex}")
    state: dict[str, Any] | None = None
    version: int = 0
    payloads: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    last_request: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    misses: int = 0

    def say(self, text: str) -> dict[str, Any]:
        return self.send({"kind": "text", "text": text})

    def press(self, label: str) -> dict[str, Any]:
        """Press a button of the latest reply set, by (a part of) its label."""
        for known, payload in self.payloads.items():
            if label in known:
                return self.send({"kind": "button", "label": known, "payload": payload})
        raise AssertionError(f"no button {label!r} among {list(self.payloads)}")

    def picture(self, upload_id: str, text: str | None = None) -> dict[str, Any]:
        return self.send({"kind": "image", "upload_id": upload_id, "text": text})

    def given_back(self, resolution: str, note: str | None = None) -> dict[str, Any]:
        self.history.append({"sender": "agent", "kind": "text", "text": "您好，我来帮您处理。"})
        event = {"kind": "event", "event": "given_back", "resolution": resolution, "note": note, "epoch": 1}
        return self.send(event)

    def send(self, content: dict[str, Any]) -> dict[str, Any]:
        now = self.now or self.stack.made_at
        self.last_request = {
            "protocol": 1,
            "turn_id": f"t_{uuid.uuid4().hex}",
            "conversation_id": self.conversation_id,
            "attempt": 1,
            "deadline": (datetime.now(UTC) + timedelta(seconds=10)).isoformat(),
            "input": content,
            "state_version": self.version,
            "state": self.state,
            "context": {
                "now": now.isoformat(),
                "address": self.address,
                "identity": self.identity,
                "episode": 1,
                "misses": self.misses,
                "history": self.history[-HISTORY_ITEMS:],
            },
        }
        answer = self.commit(self.post(self.last_request))
        understood, at = answer.get("understanding") or {}, now.isoformat()
        self.misses = misses_after(self.misses, understood)
        if content["kind"] != "event":
            words = content.get("text") or content.get("label") or ""
            said = {
                "sender": "customer",
                "kind": content["kind"],
                "text": words[:HISTORY_CHARACTERS],
                "at": at,
            }
            self.history.append({**said, **signals("customer", understood)})
        for reply in answer["replies"]:
            words = reply.get("text", "")[:HISTORY_CHARACTERS]
            said = {"sender": "bot", "kind": reply["kind"], "text": words, "at": at}
            self.history.append({**said, **signals("bot", understood)})
        return answer

    def post(self, request: dict[str, Any]) -> dict[str, Any]:
        """The bare exchange; nothing is remembered (a crashed gateway may send the same request again)."""
        answer = httpx.post(
            f"{self.stack.bot_url}/turn", json=request, headers={"X-Anke-Secret": SECRET}, timeout=15
        )
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}\n{self.stack.logs()}"
        return dict(answer.json())

    def commit(self, answer: dict[str, Any]) -> dict[str, Any]:
        """What the gateway does when it commits a turn."""
        self.state = json.loads(json.dumps(answer["state"]))
        self.version += 1
        self.payloads = {
            one["label"]: one["payload"] for reply in answer["replies"] for one in reply.get("buttons", [])
        }
        for command in answer["commands"]:
            self.facts.update(command.get("facts", {}))
        return answer
