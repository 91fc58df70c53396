"""A real process of a test: started with its environment, watched until it is ready, its log kept, stopped by its own pid.

It also ends with the test process itself, however that ends.
"""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx

from launcher.children import kill_when_parent_dies
from launcher.settings import ROOT

__all__ = ["ROOT", "Process", "answers_200", "run_to_end", "stop_all", "wait_until_ready"]

POLL_SECONDS = 0.05


class Process:
    """Running from its making on. Start it in the main thread: the kernel ends it with the thread that started it."""

    def __init__(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        log: Path,
        *,
        cwd: Path = ROOT,
        user: str | None = None,
    ) -> None:
        self.name = " ".join(str(word) for word in command[:3])
        self.log_file = log
        with log.open("ab") as out:
            self._popen = subprocess.Popen(
                [str(word) for word in command],
                cwd=cwd,
                env=dict(env),
                stdout=out,
                stderr=out,
                user=user,
                preexec_fn=kill_when_parent_dies(os.getpid()),  # noqa: PLW1509 (two calls, no lock is taken)
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._popen.poll()

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def send_signal(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def kill(self) -> None:
        """kill -9, and it is gone when this returns; fine when it had ended."""
        self._popen.kill()
        self._popen.wait()

    def stop(self, seconds: float = 10, number: signal.Signals = signal.SIGTERM) -> None:
        """Asks it to end by a signal, kills it when it has not after `seconds`."""
        self.send_signal(number)
        self.end_within(seconds)

    def end_within(self, seconds: float) -> None:
        """Kills it when it has not ended by itself after `seconds`."""
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    async def wait(self) -> int:
        """Its exit code, as soon as it has ended by itself."""
        while (code := self.returncode) is None:
            await asyncio.sleep(0.02)
        return code


def stop_all(processes: Sequence[Process], seconds: float = 10) -> None:
    """All are told at once; each has `seconds` from then."""
    for process in processes:
        process.send_signal(signal.SIGTERM)
    end = time.monotonic() + seconds
    for process in processes:
        process.end_within(max(0.1, end - time.monotonic()))


def run_to_end(command: Sequence[str | Path], env: Mapping[str, str], *, cwd: Path = ROOT) -> None:
    """One command that must succeed; fails with what it said."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=dict(env), check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-1000:]}{done.stderr[-2000:]}"


def answers_200(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def wait_until_ready(ready: Callable[[], bool], processes: Sequence[Process], seconds: float) -> None:
    """Until `ready()`; fails with the ends of the logs when one of the processes ends first, or after `seconds`.

    It blocks: from a test's event loop by asyncio.to_thread, when something that runs in that loop is asked.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        ended = [f"{one.name} ended with {one.returncode}" for one in processes if one.returncode is not None]
        late = [f"not ready within {seconds:.0f} s"] if time.monotonic() > deadline else []
        if ended or late:
            logs = "\n".join(f"--- {one.name}\n{one.log()[-3000:]}" for one in processes)
            raise AssertionError(f"{'; '.join(ended + late)}\n{logs}")
        time.sleep(POLL_SECONDS)
