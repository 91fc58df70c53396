"""A whole installation as `make run` starts it (real launcher, bot, actions, Valkey, workers), to be used and killed."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

from launcher.preflight import free_port
from tests.helpers.processes import Process, answers_200, wait_until_ready

#: How a child is recognised among the launcher's children, by a word of its command line.
PARTS = {
    "worker": "handoff.server",
    "bot": "bot.serve",
    "actions": "actions.server",
    "valkey": "valkey-server",
}
START_LIMIT = 120.0
IDLE_START = 10.0
"""Seconds that a start takes at most where two cores have nothing else to do."""


class Installation:
    """One DATA_DIR and its launcher. `env` adds settings; `inside` is what its command is put behind to run on another
    host, whose address is `address`."""

    def __init__(
        self,
        data_dir: Path,
        env: dict[str, str] | None = None,
        *,
        address: str = "127.0.0.1",
        inside: Sequence[str] = (),
    ) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://{address}:{self.port}"
        self.ws_url = f"ws://{address}:{self.port}/api/v1/ws"
        self._command = [*inside, sys.executable, "-m", "launcher"]
        self.env = {
            **{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}},
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "HOST": address,
            **(env or {}),
        }
        self.launcher: Process | None = None
        self._slower = 1.0
        self.launcher_log = data_dir.parent / "launcher.log"

    @property
    def database_url(self) -> str:
        return self.env.get("DATABASE_URL") or f"sqlite:///{self.data_dir / 'anke.db'}"

    @property
    def orders_url(self) -> str:
        return self.env.get("ORDERS_DATABASE_URL") or f"sqlite:///{self.data_dir / 'orders.db'}"

    def passwords(self) -> dict[str, str]:
        accounts: dict[str, str] = json.loads((self.data_dir / "demo-accounts.json").read_text())
        return accounts

    async def start(self) -> float:
        """Start the launcher and wait until a customer would get an answer; the seconds it took."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        self.launcher = Process(self._command, self.env, self.launcher_log)
        await self.until_ready(START_LIMIT)
        took = time.monotonic() - began
        self._slower = max(1.0, took / IDLE_START)
        return took

    def within(self, seconds: float) -> float:
        """A limit for an idle machine, longer by as much as this machine was slower in starting: a process that is started
        again beside other work takes its time, and that is no fault of what is tested."""
        return seconds * self._slower

    async def until_ready(self, seconds: float = 30.0) -> float:
        """Seconds until /readyz says yes."""
        assert self.launcher is not None
        began = time.monotonic()
        try:
            await asyncio.to_thread(
                wait_until_ready, lambda: answers_200(f"{self.url}/readyz"), [self.launcher], seconds
            )
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None
        return time.monotonic() - began

    def processes(self, part: str) -> list[psutil.Process]:
        """The living children of one part, oldest first."""
        assert self.launcher is not None
        found = []
        for child in psutil.Process(self.launcher.pid).children():
            with suppress(psutil.Error):
                if any(PARTS[part] in word for word in child.cmdline()):
                    found.append(child)
        return sorted(found, key=lambda p: p.create_time())

    async def until_running(self, part: str, many: int, seconds: float = 30.0) -> None:
        """Until so many processes of that part live and have lived for a second."""
        end = time.monotonic() + seconds
        while sum(time.time() - one.create_time() > 1 for one in self.processes(part)) < many:
            assert time.monotonic() < end, f"less than {many} {part}\n{self.logs()}"
            await asyncio.sleep(0.1)

    def kill(self, part: str) -> int:
        """kill -9 of one process of that part; its pid."""
        pid = self.processes(part)[0].pid
        os.kill(pid, signal.SIGKILL)
        return pid

    async def kill_launcher(self) -> None:
        """kill -9 of the launcher; returns when every child is gone too."""
        assert self.launcher is not None
        children = psutil.Process(self.launcher.pid).children(recursive=True)
        self.launcher.kill()
        _, alive = await asyncio.to_thread(psutil.wait_procs, children, 10)
        assert not alive, f"outlived the launcher: {alive}"

    async def stop(self) -> None:
        if self.launcher is None or self.launcher.returncode is not None:
            return
        await asyncio.to_thread(self.launcher.stop, 20, signal.SIGINT)

    def logs(self) -> str:
        files = [self.launcher_log, *sorted((self.data_dir / "log").glob("*.log"))]
        return "\n".join(
            f"--- {f.name}\n{f.read_text(errors='replace')[-1500:]}" for f in files if f.exists()
        )


@asynccontextmanager
async def running_installation(
    data_dir: Path, env: dict[str, str] | None = None
) -> AsyncIterator[Installation]:
    installation = Installation(data_dir, env)
    try:
        await installation.start()
        yield installation
    finally:
        await installation.stop()
