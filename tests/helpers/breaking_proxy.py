"""A loopback HTTP hop that loses one chosen exchange: before it arrives, or after it was carried out.

Between two processes that is what kill -9 of either looks like to the other: the request never came, or it was done
and nobody heard the answer.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tests.helpers.hop import Hop

Wanted = Callable[[bytes], bool]


@dataclass
class Fault:
    """The next request that `wanted` accepts is lost `before` or `after` it was carried out; `then` runs at once."""

    when: str
    wanted: Wanted
    then: Callable[[], None] | None = None
    struck: int = 0


class BreakingProxy(Hop):
    """Forwards to `target_port`; one connection carries one exchange."""

    def __init__(self, target_port: int) -> None:
        super().__init__(target_port)
        self.fault: Fault | None = None

    def arm(self, when: str, wanted: Wanted, then: Callable[[], None] | None = None) -> Fault:
        self.fault = Fault(when, wanted, then)
        return self.fault

    def _strikes(self, when: str, request: bytes) -> bool:
        fault = self.fault
        if fault is None or fault.struck or fault.when != when or not fault.wanted(request):
            return False
        fault.struck += 1
        if fault.then:
            fault.then()
        return True

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await read_message(reader)
            if not request or self._strikes("before", request):
                return
            there, back = await asyncio.open_connection("127.0.0.1", self.target_port)
            back.write(request)
            await back.drain()
            answer = await read_message(there)
            back.close()
            if not answer or self._strikes("after", request):
                return
            writer.write(answer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """One HTTP message with `Connection: close` put in, so that neither side reuses the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    lines = [
        line
        for line in head[:-4].split(b"\r\n")
        if not line.lower().startswith((b"connection:", b"keep-alive:"))
    ]
    length = next((int(x.split(b":")[1]) for x in lines if x.lower().startswith(b"content-length:")), 0)
    body = await reader.readexactly(length) if length else b""
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body
