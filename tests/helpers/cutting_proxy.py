"""A loopback TCP hop that can be cut: while it is, open connections are broken off and new ones end at once."""

import asyncio
from contextlib import suppress

from tests.helpers.hop import Hop


class CuttingProxy(Hop):
    """Carries bytes to `target_port` and back, whatever they are."""

    def __init__(self, target_port: int, address: str = "127.0.0.1") -> None:
        super().__init__(target_port, address)
        self._is_cut = False
        self.broken = 0
        """Connections that were broken off or refused."""
        self._open: set[asyncio.StreamWriter] = set()

    async def stop(self) -> None:
        await super().stop()
        self.cut()

    def cut(self) -> None:
        self._is_cut = True
        self.broken += len(self._open)
        for one in list(self._open):
            one.transport.abort()

    def mend(self) -> None:
        self._is_cut = False

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            self.broken += 1
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
