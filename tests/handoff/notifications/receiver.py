"""A real HTTP receiver of notifications on loopback: takes, refuses, hangs, answers late, or is gone."""

import asyncio
import json
from typing import Any

Heard = tuple[dict[str, str], bytes]


class Receiver:
    """`status` is what it answers, after `delay` seconds; None: it never answers."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.status: int | None = 200
        self.delay = 0.0
        self.headers = ""
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.heard.append((headers, body))
            if self.status is None:
                await reader.read()  # until the sender gives up
                return
            await asyncio.sleep(self.delay)
            answer = (
                f"HTTP/1.1 {self.status} X\r\n{self.headers}Content-Length: 0\r\nConnection: close\r\n\r\n"
            )
            writer.write(answer.encode())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
