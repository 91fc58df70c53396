"""A throw-away installation for the benches, started by the real launcher; memory of each of its processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from bench.bots import cpu_s
from launcher.preflight import free_port
from launcher.settings import ROOT

NAMES = {
    "handoff.server": "worker",
    "bot.serve": "bot",
    "actions.server": "actions",
    "valkey-server": "valkey",
}


class Installation:
    """Its address, how long it took to be ready, and its processes."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], ready_s: float) -> None:
        self.url, self.process, self.ready_s = url, process, ready_s

    def memory_mb(self) -> dict[str, float]:
        """Resident memory of the launcher and each child, MB."""
        out = {"launcher": psutil.Process(self.process.pid).memory_info().rss / 2**20}
        count: dict[str, int] = {}
        for name, child in self._children():
            count[name] = count.get(name, 0) + 1
            out[f"{name}-{count[name]}"] = child.memory_info().rss / 2**20
        return {name: round(mb, 1) for name, mb in out.items()}

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds used so far, all processes of a kind together, and by the bench as the customers."""
        out = {"client": cpu_s(psutil.Process())}
        for name, child in self._children():
            out[name] = out.get(name, 0.0) + cpu_s(child)
        return out

    def _children(self) -> list[tuple[str, psutil.Process]]:
        found = [(child, " ".join(child.cmdline())) for child in psutil.Process(self.process.pid).children()]
        return [
            (next((short for key, short in NAMES.items() if key in words), "other"), child)
            for child, words in found
        ]


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Installation]:
    """Start on a free port with DATA_DIR `folder` (emptied first), yield when ready, stop.

    Raises RuntimeError with the launcher's last lines when it does not become ready within 120 s.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = free_port()
    limits = {"LIMIT_MESSAGES_PER_MINUTE": "1000000", "LIMIT_CONVERSATIONS_PER_MINUTE": "1000000"}
    env = {
        **os.environ,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        **limits,
        **settings,
    }
    log = folder.with_suffix(".log")
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "launcher"], cwd=ROOT, env=env, stdout=out, stderr=out
        )
    url = f"http://127.0.0.1:{port}"
    try:
        while time.monotonic() - began < 120 and process.poll() is None:
            if _is_ready(url):
                break
            time.sleep(0.1)
        else:
            raise RuntimeError("not ready:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-10:]))
        yield Installation(url, process, time.monotonic() - began)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=3, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
