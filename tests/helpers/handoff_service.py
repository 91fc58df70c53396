"""The handoff service as an operator runs it: migrated database, WORKERS real processes on one port, killed at will."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from launcher.preflight import free_port
from tests.helpers.processes import ROOT, Process, answers_200, run_to_end, stop_all, wait_until_ready


class HandoffService:
    """Workers of one installation. `env` adds to or changes their environment, `open_files` is their hard limit."""

    def __init__(
        self,
        data_dir: Path,
        bot_urls: list[str],
        *,
        workers: int = 1,
        env: dict[str, str] | None = None,
        open_files: int | None = None,
    ):
        limited = ["sh", "-c", f'ulimit -n {open_files} && exec "$@"', "sh"]
        self.command = [*(limited if open_files else []), sys.executable, "-m", "handoff.server"]
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}/api/v1/ws"
        self.agent_ws_url = f"ws://127.0.0.1:{self.port}/api/v1/agent/ws"
        self.workers = workers
        self.processes: list[Process] = []
        self.env = {
            **{key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG", "TMPDIR"}},
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": f"sqlite:///{data_dir / 'anke.db'}",
            "ORDERS_DATABASE_URL": f"sqlite:///{data_dir / 'orders.db'}",
            "SECRET_KEY": "test-secret-key-that-is-long-enough-000000",
            "IDENTITY_SECRET": "test-identity-secret-long-enough-000000",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "BOT_URLS": ",".join(bot_urls),
            "BOT_SECRET": "bot-secret",
            "CATCH_UP_SECONDS": "1",
            "CATCH_UP_WITHOUT_REDIS_SECONDS": "0.3",
            "LIMIT_MESSAGES_PER_MINUTE": "10000",
            **(env or {}),
        }

    @property
    def database_url(self) -> str:
        return self.env["DATABASE_URL"]

    @property
    def log_file(self) -> Path:
        return self.data_dir / "handoff.log"

    async def run_module(self, module: str) -> None:
        """`python -m module` with the service's environment; fails loudly."""
        await asyncio.to_thread(run_to_end, [sys.executable, "-m", module], self.env)

    async def start(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        await self.run_module("handoff.records.migrate")
        for _ in range(self.workers):
            await self.start_worker()
        await self.wait_until_alive()

    async def start_worker(self) -> Process:
        process = Process(self.command, self.env, self.log_file)
        self.processes.append(process)
        return process

    async def wait_until_alive(self, seconds: float = 60) -> None:
        """Until every worker that was started listens, and the port answers."""

        def alive() -> bool:
            listening = all(_listens(one.pid, self.port) for one in self.processes)
            return listening and answers_200(f"{self.url}/healthz")

        await asyncio.to_thread(wait_until_ready, alive, self.processes, seconds)

    async def kill_worker(self, index: int = 0) -> None:
        """kill -9 of one worker."""
        self.processes.pop(index).kill()

    async def stop(self) -> None:
        """The scripted bot of the test still answers meanwhile: it runs in this loop."""
        await asyncio.to_thread(stop_all, self.processes, 8)
        self.processes.clear()

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")


def _listens(pid: int, port: int) -> bool:
    """Whether this very process listens on the port (SO_REUSEPORT: asking the port would ask any of them)."""
    try:
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        inodes = {
            line.split()[9]
            for line in lines
            if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
        }
        held = {os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:
        return False
    return any(f"socket:[{inode}]" in held for inode in inodes)


@asynccontextmanager
async def running_service(
    data_dir: Path,
    bot_urls: list[str],
    *,
    workers: int = 1,
    env: dict[str, str] | None = None,
    open_files: int | None = None,
) -> AsyncIterator[HandoffService]:
    """A started service, stopped at the end."""
    service = HandoffService(data_dir, bot_urls, workers=workers, env=env, open_files=open_files)
    try:
        await service.start()
        yield service
    finally:
        await service.stop()
