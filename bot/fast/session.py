"""Calls of the action server over a few kept connections, written in one piece, instead of aiohttp's way.

Reason: `EndpointConfig.request` opens a session and a connection for every call (0.7 ms and a port each). A kept aiohttp
session still costs a tenth of a turn: dozens of objects a call, header and body in two writes, each waking the other side.
What goes over the wire is the same HTTP/1.1; anything but a plain call on this machine takes Rasa's own way. The time limit
is the turn's own (10 s, bot/channel/input.py), far below Rasa's 300 s.
"""

from __future__ import annotations

import asyncio
import json as json_text
import time
from typing import Any
from urllib.parse import urlsplit

HERE = ("127.0.0.1", "localhost", "::1")
KEPT_SECONDS = 30.0
"""An idle connection is used again for so long: the action server closes them after 120 s."""


class BrokenAnswer(Exception):
    """The other side is gone or does not speak plain HTTP/1.1."""


class Line:
    """One connection; `used` is when it last carried an answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.used = reader, writer, time.monotonic()

    async def ask(self, request: bytes) -> tuple[int, str, bytes]:
        """Status, reason and body."""
        self.writer.write(request)
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
            first, *fields = head.decode("latin-1").split("\r\n")
            status, _, reason = first.partition(" ")[2].partition(" ")
            named = {
                name.strip().lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)
            }
            body = await self.reader.readexactly(int(named["content-length"]))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, KeyError, ValueError) as error:
            raise BrokenAnswer(f"no answer that can be read: {error!r}") from error
        self.used = 0.0 if named.get("connection", "").lower() == "close" else time.monotonic()
        return int(status), reason, body

    @property
    def is_fit(self) -> bool:
        """May it carry another call?"""
        return time.monotonic() - self.used < KEPT_SECONDS and not self.reader.at_eof()


class Lines:
    """The idle connections to one address, for one event loop."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._idle: list[Line] = []

    async def ask(self, request: bytes) -> tuple[int, str, bytes]:
        """One call on an idle connection or a new one, which is kept when all went well."""
        line = None
        while self._idle and line is None:
            line = self._idle.pop()
            if not line.is_fit:
                line.writer.close()
                line = None
        line = line or Line(*await asyncio.open_connection(self._host, self._port))
        try:
            answer = await line.ask(request)
        except BaseException:
            line.writer.close()
            raise
        self._idle.append(line)
        return answer


def install() -> None:
    """Plain calls with a JSON body go over `Lines`; answers and errors are those of Rasa's own request."""
    import aiohttp  # type: ignore[import-not-found, unused-ignore]  # only in the bot's environment
    from rasa.utils.endpoints import ClientResponseError, EndpointConfig, concat_url

    stock = EndpointConfig.request

    def lines_of(self: EndpointConfig) -> Lines | None:
        """The connections to this endpoint, or None when it needs more than they can."""
        loop = asyncio.get_running_loop()
        kept = getattr(self, "_anke_lines", None)
        if kept is None or kept[0] is not loop:
            parts = urlsplit(self.url)
            more = self.basic_auth or self.cafile or self.params or self.token or self.headers
            plain = parts.scheme == "http" and parts.hostname in HERE and not parts.query and not more
            kept = (loop, Lines(str(parts.hostname), parts.port or 80) if plain else None)
            self._anke_lines = kept
        found: Lines | None = kept[1]
        return found

    async def request(
        self: EndpointConfig,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        lines = lines_of(self)
        if (
            lines is None
            or compress
            or content_type != "application/json"
            or {*kwargs} != {"json", "timeout"}
        ):
            return await stock(self, method, subpath, content_type, compress, **kwargs)
        target = urlsplit(concat_url(self.url, subpath))
        body = json_text.dumps(kwargs["json"], ensure_ascii=False).encode()
        head = (
            f"{method.upper()} {target.path or '/'} HTTP/1.1\r\nHost: {target.netloc}\r\nAccept: */*\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            status, reason, said = await lines.ask(head.encode() + body)
        except (OSError, BrokenAnswer) as error:
            raise aiohttp.ClientConnectionError(str(error)) from error
        if status >= 400:
            raise ClientResponseError(status, reason, said)
        return json_text.loads(said) if said else None

    EndpointConfig.request = request
