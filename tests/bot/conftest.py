"""A real bot process with a small model, and a scripted action server behind it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
BOT_PYTHON = ROOT / ".venv-bot" / "bin" / "python"
PROJECT = Path(__file__).parent / "project"
SECRET = "not-a-real-secret"
TRAIN = """
import os, sys
os.environ.update(RASA_TELEMETRY_ENABLED="false", LOG_LEVEL="ERROR", RASA_MAX_CACHE_SIZE="0")
from pathlib import Path
from bot import fast
domain, data, config, out, name = sys.argv[1:]
fast.install_for_training(Path(config))
from rasa.model_training import train
made = train(domain=domain, config=config, training_files=[data], output=out, fixed_model_name=name)
sys.exit(made.code)
"""


#: What a served bot reads: the project's responses and the shipped categories.
_served = tempfile.TemporaryDirectory(prefix="anke-bot-")
(Path(_served.name) / "data").mkdir()
for _name, _source in {
    "domain": PROJECT / "data" / "domain",
    "categories.yml": ROOT / "data" / "categories.yml",
}.items():
    (Path(_served.name) / "data" / _name).symlink_to(_source)


def environment(**more: str) -> dict[str, str]:
    ours = {"PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", "ANKE_DATA_ROOT": _served.name}
    return {**os.environ, **ours, **more}


def run_in_bot(code: str, *words: str, **more: str) -> str:
    """What the code prints in the bot's own Python, with these words as sys.argv[1:]; fails the test with the end of its errors."""
    done = subprocess.run(
        [str(BOT_PYTHON), "-W", "ignore", "-c", code, *words],
        env=environment(**more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def small_config(folder: Path) -> Path:
    """The shipped config.yml, but for the handoff sessions: forty of three hundred, which is most of the training time."""
    sessions = folder / "sessions.jsonl"
    lines = (
        (ROOT / "data" / "handoff" / "sessions.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    )
    sessions.write_text("".join(lines[:40]), encoding="utf-8")
    config = (ROOT / "config.yml").read_text(encoding="utf-8")
    assert "data/handoff/sessions.jsonl" in config
    file = folder / "config.yml"
    file.write_text(config.replace("data/handoff/sessions.jsonl", str(sessions)), encoding="utf-8")
    return file


def train_small_model(project: Path, out: Path, name: str) -> Path:
    done = subprocess.run(
        [
            str(BOT_PYTHON),
            "-W",
            "ignore",
            "-c",
            TRAIN,
            str(project / "domain.yml"),
            str(project / "data"),
            str(small_config(out)),
            str(out),
            name,
        ],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return out / f"{name}.tar.gz"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_small_model(PROJECT, tmp_path_factory.mktemp("models"), "small-a")


Script = Callable[[dict[str, Any]], tuple[int, Any]]


@dataclass
class Actions:
    """An action server that does what the test says; remembers what it was asked."""

    url: str
    script: Script
    calls: list[dict[str, Any]] = field(default_factory=list)

    def says(self, *responses: dict[str, Any], events: list[dict[str, Any]] | None = None) -> None:
        self.script = lambda body: (200, {"responses": list(responses), "events": events or []})


@pytest.fixture(scope="session")
def action_server() -> Iterator[Actions]:
    actions = Actions("", lambda body: (200, {"responses": [], "events": []}))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            actions.calls.append(body)
            status, answer = actions.script(body)
            raw = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    actions.url = f"http://127.0.0.1:{server.server_port}/webhook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield actions
    server.shutdown()


@pytest.fixture
def actions(action_server: Actions) -> Actions:
    action_server.calls.clear()
    action_server.says({"text": "好的"})
    return action_server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Bot:
    """A running `python -m bot.serve`, spoken to as the gateway does."""

    def __init__(self, model: Path, action_url: str, log: Path, **more: str) -> None:
        self.port = free_port()
        self.log = log
        self.process = subprocess.Popen(
            [str(BOT_PYTHON), "-W", "ignore", "-m", "bot.serve"],
            cwd=ROOT,
            env=environment(
                ANKE_MODEL=str(model),
                BOT_SECRET=SECRET,
                BOT_PORT=str(self.port),
                ACTION_URL=action_url,
                **more,
            ),
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30, trust_env=False)

    def wait_ready(self, limit: float = 120) -> Bot:
        end = time.monotonic() + limit
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            try:
                if self.client.get("/webhooks/anke/ready").status_code == 200:
                    return self
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError("the bot never became ready")

    def stop(self) -> None:
        self.client.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def post(self, body: Any, secret: str = SECRET) -> httpx.Response:
        return self.client.post("/webhooks/anke/turn", json=body, headers={"X-Anke-Secret": secret})

    def turn(
        self, said: str | dict[str, Any], state: dict[str, Any] | None = None, **more: Any
    ) -> httpx.Response:
        return self.post(turn_request(said, state, **more))


def turn_request(
    said: str | dict[str, Any], state: dict[str, Any] | None = None, seconds: float = 10, **more: Any
) -> dict[str, Any]:
    now = datetime.now(timezone.utc)
    return {
        "protocol": 1,
        "turn_id": "t_1",
        "conversation_id": "c_1",
        "attempt": 1,
        "deadline": (now + timedelta(seconds=seconds)).isoformat(),
        "input": {"kind": "text", "text": said} if isinstance(said, str) else said,
        "state_version": 0,
        "state": state,
        "context": {
            "now": now.isoformat(),
            "address": "127.0.0.1",
            "identity": None,
            "episode": 1,
            "misses": 0,
            "history": [],
        },
        **more,
    }


@pytest.fixture(scope="session")
def bot(model: Path, action_server: Actions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    running = Bot(model, action_server.url, tmp_path_factory.mktemp("bot") / "bot.log")
    try:
        yield running.wait_ready()
    finally:
        running.stop()
