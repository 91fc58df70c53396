"""A WebSocket of JSON frames, as widget and console hold one, that always tells what the server said when it closed.

A server that refuses a connection closes it at once, and its close may overtake the client's first frame: then the send
fails although the refusal is already there to be read. So the first frame is sent without minding a close, and whoever
reads or writes afterwards gets the server's error frames and the close code.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import websockets

Frame = dict[str, Any]


class ClosedByServer(AssertionError):
    """The server closed the connection while the test wanted it open."""

    def __init__(self, refusal: "Refusal") -> None:
        super().__init__(f"the server closed with {refusal.code}, after {refusal.frames[-3:]}")
        self.refusal = refusal


@dataclass(frozen=True)
class Refusal:
    """How the server ended a connection: every frame it sent, and the close code (1000: as agreed)."""

    frames: list[Frame]
    code: int | None

    @property
    def error(self) -> str | None:
        """The code of the only frame, an error; anything else it said fails the test."""
        assert [frame["type"] for frame in self.frames] == ["error"], self.frames
        return str(self.frames[0]["code"])


class JsonSocket:
    """Frames in and out; everything that came is kept in `frames`."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, first: Any, **options: Any) -> AsyncIterator["JsonSocket"]:
        """Connected, and the first frame sent unless the server has closed already."""
        async with websockets.connect(url, **options) as connection:
            socket = cls(connection)
            await socket.send_first(first)
            yield socket

    async def send_first(self, frame: Any) -> None:
        """A string goes as it is; a close that overtakes the frame is left for the reader to find."""
        with suppress(websockets.ConnectionClosed):
            await self.connection.send(frame if isinstance(frame, str) else json.dumps(frame))

    async def send(self, frame: Frame) -> None:
        try:
            await self.connection.send(json.dumps(frame))
        except websockets.ConnectionClosed:
            raise ClosedByServer(await self.ended()) from None

    async def receive(self) -> Frame:
        """The next frame; ClosedByServer when there is none any more."""
        try:
            frame: Frame = json.loads(await self.connection.recv())
        except websockets.ConnectionClosed:
            raise ClosedByServer(Refusal(self.frames, self.connection.close_code)) from None
        self.note(frame)
        return frame

    def note(self, frame: Frame) -> None:
        """Called for every frame that came."""
        self.frames.append(frame)

    async def next(self, wanted: str | Callable[[Frame], bool], seconds: float = 20) -> Frame:
        """The next frame for which `wanted(frame)` holds (a string: of that type)."""
        async with asyncio.timeout(seconds):
            while True:
                frame = await self.receive()
                if frame["type"] == wanted if isinstance(wanted, str) else wanted(frame):
                    return frame

    async def ended(self, seconds: float = 10) -> Refusal:
        """Reads until the server has closed; a connection that stays open fails by its time limit."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    await self.receive()
                except ClosedByServer as closed:
                    return closed.refusal


async def refusal(url: str, first: Any, **options: Any) -> Refusal:
    """What the server says to a connection that it does not take, and how it closes it."""
    async with JsonSocket.open(url, first, **options) as socket:
        return await socket.ended()
