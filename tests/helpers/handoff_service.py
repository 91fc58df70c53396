"""The handoff service as an operator runs it: migrated database, WORKERS real processes on one port, killed at will."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from launcher.preflight import free_port

ROOT = Path(__file__).parents[2]


class HandoffService:
    """Workers of one installation. `env` adds to or changes their environment."""

    def __init__(
        self, data_dir: Path, bot_urls: list[str], *, workers: int = 1, env: dict[str, str] | None = None
    ):
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}/api/v1/ws"
        self.agent_ws_url = f"ws://127.0.0.1:{self.port}/api/v1/agent/ws"
        self.workers = workers
        self.processes: list[asyncio.subprocess.Process] = []
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
            "ANKE_POLICY_DIR": str(ROOT / "data/policy"),
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
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, cwd=ROOT, env=self.env, stderr=asyncio.subprocess.PIPE
        )
        _, errors = await process.communicate()
        assert process.returncode == 0, f"{module}: {errors.decode()[-2000:]}"

    async def start(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        await self.run_module("handoff.records.migrate")
        for _ in range(self.workers):
            await self.start_worker()
        await self.wait_until_alive()

    async def start_worker(self) -> asyncio.subprocess.Process:
        with self.log_file.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "handoff.server", cwd=ROOT, env=self.env, stdout=out, stderr=out
            )
        self.processes.append(process)
        return process

    async def wait_until_alive(self, seconds: float = 20) -> None:
        """Until as many workers as were started answer (each answers with its pid in the log of the kernel's choice)."""
        deadline = time.monotonic() + seconds
        listening = 0
        while time.monotonic() < deadline:
            listening = sum(_listens(one.pid, self.port) for one in self.processes if one.returncode is None)
            if listening and listening == sum(one.returncode is None for one in self.processes):
                async with httpx.AsyncClient() as http:
                    try:
                        if (await http.get(f"{self.url}/healthz", timeout=2)).status_code == 200:
                            return
                    except httpx.HTTPError:
                        pass
            await asyncio.sleep(0.05)
        raise AssertionError(f"the service did not start: {self.log_file.read_text()[-3000:]}")

    async def kill_worker(self, index: int = 0) -> None:
        """kill -9 of one worker."""
        process = self.processes.pop(index)
        process.kill()
        await process.wait()

    async def stop(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                await asyncio.wait_for(process.wait(), 8)
            except TimeoutError:
                process.kill()
                await process.wait()
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
    data_dir: Path, bot_urls: list[str], *, workers: int = 1, env: dict[str, str] | None = None
) -> AsyncIterator[HandoffService]:
    """A started service, stopped at the end."""
    service = HandoffService(data_dir, bot_urls, workers=workers, env=env)
    try:
        await service.start()
        yield service
    finally:
        await service.stop()
