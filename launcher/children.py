"""Child processes: restarted with backoff when they end, killed by the kernel when the launcher does.

Own code instead of `supervisor`: a killed supervisord leaves its children serving, and it cannot order a start
by readiness (docs/decisions/0002-own-launcher.md). Here every child asks the kernel to kill it when its parent
is gone (PR_SET_PDEATHSIG), so kill -9 of the launcher frees port and database at once.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
BACKOFF_S = (0.2, 0.5, 1, 2, 5)  # the first restart is nearly at once: promise 10 gives 10 s in all
STEADY_S = 20.0  # a child that lived this long starts its backoff anew
LOG_LIMIT = 20 * 1024 * 1024
STOP_GRACE_S = 8.0

_libc = ctypes.CDLL(None, use_errno=True)


def kill_when_parent_dies(parent: int) -> Callable[[], None]:
    """A preexec function: SIGKILL this process when `parent` ends (it may have ended before we asked)."""

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


@dataclass
class Child:
    """One process to keep running. `command[0]` is an absolute path; its output goes to DATA_DIR/log/NAME.log."""

    name: str
    command: list[str]
    env: dict[str, str]
    log_dir: Path
    restarts: int = 0
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)
    _watch: asyncio.Task[None] | None = field(default=None, repr=False)
    _stopping: bool = False

    @property
    def log(self) -> Path:
        return self.log_dir / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.returncode is None else None

    async def start(self) -> None:
        """Start the process and the task that restarts it."""
        await self._spawn()
        self._watch = asyncio.create_task(self._keep_alive(), name=f"watch-{self.name}")

    async def _spawn(self) -> None:
        with self.log.open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which stops children in order
                preexec_fn=kill_when_parent_dies(os.getpid()),
            )

    async def _keep_alive(self) -> None:
        failures = 0
        while not self._stopping:
            assert self.process is not None
            began = time.monotonic()
            code = await self.process.wait()
            if self._stopping:
                return
            if time.monotonic() - began > STEADY_S:
                failures = 0
            wait = BACKOFF_S[min(failures, len(BACKOFF_S) - 1)]
            failures += 1
            self.restarts += 1
            print(
                f"anke: {self.name} ended ({describe_exit(code)}); starting it again in {wait:g} s, its log is {self.log}",
                file=sys.stderr,
                flush=True,
            )
            await asyncio.sleep(wait)
            if not self._stopping:
                await self._spawn()

    async def stop(self) -> None:
        """SIGTERM, then SIGKILL after 8 s; never raises when the child is gone already."""
        self._stopping = True
        if self._watch:
            self._watch.cancel()
        if self.process is None or self.process.returncode is not None:
            return
        try:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), STOP_GRACE_S)
        except ProcessLookupError:
            return
        except asyncio.TimeoutError:
            self.process.kill()
            await self.process.wait()

    def trim_log(self) -> None:
        """Keep a log under 20 MB: the older half moves to NAME.log.1 (children append, so truncating is safe)."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.with_suffix(".log.1").write_bytes(self.log.read_bytes())
            os.truncate(self.log, 0)


def describe_exit(code: int) -> str:
    """Exit code or signal in words, for the operator's line."""
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit {code}"
