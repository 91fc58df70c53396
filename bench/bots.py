"""One bot process and its own action server on a demo store, ours or stock, as the side-by-side figures need them."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from launcher.preflight import free_port
from launcher.settings import ROOT

SECRET = "bench-only"
START_LIMIT_S = 600.0
SERVICE_PYTHON = str(ROOT / ".venv" / "bin" / "python")
BOT_PYTHON = str(ROOT / ".venv-bot" / "bin" / "python")


@dataclass
class BotProcess:
    """A serving bot: its address, the seconds from start to ready, its process and its action server's."""

    url: str
    ready_s: float
    process: psutil.Process
    actions: psutil.Process

    def memory_mb(self) -> float:
        """Resident memory now, MB."""
        return round(float(self.process.memory_info().rss) / 2**20, 1)

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds used so far: bot, its action server, and the bench itself as the client."""
        return {"bot": cpu_s(self.process), "actions": cpu_s(self.actions), "client": cpu_s(psutil.Process())}


def cpu_s(process: psutil.Process) -> float:
    """CPU seconds that a process has used so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def our_bot(folder: Path, model: Path, **more: str) -> Iterator[BotProcess]:
    """`python -m bot.serve` as the launcher starts it."""
    port = free_port()
    with _actions(folder) as (action_url, actions):
        env = {
            "ANKE_MODEL": str(model),
            "BOT_SECRET": SECRET,
            "BOT_PORT": str(port),
            "ACTION_URL": action_url,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            **more,
        }
        command = [BOT_PYTHON, "-W", "ignore", "-m", "bot.serve"]
        ready = f"http://127.0.0.1:{port}/webhooks/anke/ready"
        with _started(command, env, folder / "bot.log", ready) as (process, ready_s):
            yield BotProcess(f"http://127.0.0.1:{port}", ready_s, process, actions)


@contextmanager
def stock_bot(folder: Path, model: Path) -> Iterator[BotProcess]:
    """`rasa run` with the REST channel and the in-memory tracker store. `--enable-api` lets the bench lengthen a conversation."""
    port = free_port()
    with _actions(folder) as (action_url, actions):
        endpoints = folder / "endpoints.yml"
        endpoints.write_text(f"action_endpoint:\n  url: {action_url}\n", encoding="utf-8")
        command = [BOT_PYTHON, "-W", "ignore", "-m", "rasa", "run", "--enable-api"]
        command += ["--model", str(model), "--endpoints", str(endpoints), "-i", "127.0.0.1", "-p", str(port)]
        command += ["--credentials", str(ROOT / "bench" / "stock" / "credentials.yml")]
        env = {"TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL": "WARNING"}
        # /status is 409 while no model is loaded, / is 200 even when the model could not be read
        with _started(command, env, folder / "bot.log", f"http://127.0.0.1:{port}/status") as (
            process,
            ready_s,
        ):
            yield BotProcess(f"http://127.0.0.1:{port}", ready_s, process, actions)


@contextmanager
def _actions(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The product's action server over a fresh demo store in `folder` (emptied first); yields its webhook and process."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = free_port()
    env = {
        "DATA_DIR": str(folder),
        "ORDERS_DATABASE_URL": f"sqlite:///{folder / 'orders.db'}",
        "SANIC_HOST": "127.0.0.1",
        "ACTION_PORT": str(port),
    }
    for module in ("migrate", "demo"):
        words = [SERVICE_PYTHON, "-m", f"aftersales.order_system.sql.{module}"]
        subprocess.run(words, cwd=ROOT, env={**_base(), **env}, check=True, capture_output=True)
    command = [SERVICE_PYTHON, "-m", "actions.server"]
    with _started(command, env, folder / "actions.log", f"http://127.0.0.1:{port}/ready") as (process, _):
        yield f"http://127.0.0.1:{port}/webhook", process


def _base() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}


@contextmanager
def _started(
    command: list[str], env: dict[str, str], log: Path, ready_url: str
) -> Iterator[tuple[psutil.Process, float]]:
    """Run a server until the block ends; yields it and the seconds until `ready_url` said 200.

    RuntimeError with its last log lines when it ends or is not ready within START_LIMIT_S.
    """
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**_base(), **env}, stdout=out, stderr=out)
    try:
        while time.monotonic() - began < START_LIMIT_S and process.poll() is None:
            if _answers(ready_url):
                break
            time.sleep(0.05)
        else:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
            raise RuntimeError(f"{' '.join(command[1:5])} did not become ready:\n{tail}")
        yield psutil.Process(process.pid), time.monotonic() - began
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
