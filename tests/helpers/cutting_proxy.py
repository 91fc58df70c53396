"""A loopback TCP hop that can be cut: while it is, open connections are broken off and new ones end at once."""

import asyncio
from contextlib import suppress


class CuttingProxy:
    """Carries bytes to `target_port` and back, whatever they are."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = 0
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        self._is_cut = True
        for one in list(self._open):
            one.transport.abort()

    def mend(self) -> None:
        self._is_cut = False

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, back}
        self._open |= both
        try:
            await asyncio.gather(_carry(reader, back), _carry(there, writer))
        finally:
            self._open -= both
            for one in both:
                one.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.close()
