"""A server in front of another one, on a port of its own."""

import asyncio
from abc import ABC, abstractmethod


class Hop(ABC):
    """Listens on `port` once started; what it does with a connection is the subclass's."""

    def __init__(self, target_port: int, address: str = "127.0.0.1") -> None:
        self.target_port = target_port
        self._address = address
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._talk, self._address, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()

    @abstractmethod
    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...
