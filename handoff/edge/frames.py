"""JSON frames over a WebSocket: read without ever failing on what a client sends, refused with a reason before a close."""

import json
from contextlib import suppress
from typing import Any

from sanic import Websocket
from sanic.exceptions import SanicException, WebsocketClosed
from websockets.exceptions import ConnectionClosed

HELLO_SECONDS = 10
"""How long a new connection may take to say hello."""
LARGEST_FRAME = 128 * 1024
GONE = (WebsocketClosed, ConnectionClosed, ConnectionError)
"""What a closed connection raises; no error of ours."""


async def receive(ws: Websocket, seconds: float | None) -> Any:
    """The next frame as JSON; None at the end of the connection or after `seconds` of silence.

    What is no JSON, or too large, becomes a frame of a type that nobody knows.
    """
    try:
        data = await ws.recv(timeout=seconds)
    except (*GONE, SanicException):
        return None
    if data is None:
        return None
    if len(data) > LARGEST_FRAME:
        return {"type": "too large"}
    try:
        return json.loads(data)
    except (ValueError, RecursionError):  # thousands of brackets, one in another
        return {"type": "not JSON"}


async def send(ws: Websocket, frame: dict[str, Any]) -> None:
    """One of GONE when nobody is there any more. Half a surrogate pair, as a client may have sent it, becomes `?`."""
    await ws.send(json.dumps(frame, ensure_ascii=False).encode("utf-8", "replace").decode())


async def refuse(ws: Websocket, code: str, message: str) -> None:
    """Says why, then closes."""
    with suppress(*GONE):
        await send(ws, {"type": "error", "code": code, "message": message})
        await ws.close()
