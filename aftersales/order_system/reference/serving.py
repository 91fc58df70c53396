"""Plain HTTP/1.1 around a handler: enough for tests and for trying an integration, not meant for the internet."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import h11

from aftersales.order_system.reference.server import Answer, Request

Handle = Callable[[Request], Awaitable[Answer]]


@asynccontextmanager
async def serving(handle: Handle, *, port: int = 0) -> AsyncIterator[str]:
    """Serve `handle` on a loopback port (0: a free one); gives the base URL."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            while (request := await _next(connection, reader)) is not None:
                status, answer = await handle(request)
                await _send(connection, writer, status, answer)
                if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                    return
                connection.start_next_cycle()
        except (ConnectionError, h11.RemoteProtocolError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def _next(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    """The next whole request of a connection, or None when the caller is gone."""
    head, body = None, b""
    while True:
        event: Any = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode(): value.decode() for name, value in head.headers}
            return Request(head.method.decode(), head.target.decode(), headers, body)
        else:
            return None


async def _send(connection: h11.Connection, writer: asyncio.StreamWriter, status: int, answer: Any) -> None:
    payload = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
    headers = [("content-type", "application/json"), ("content-length", str(len(payload)))]
    for part in (
        h11.Response(status_code=status, headers=headers),
        h11.Data(data=payload),
        h11.EndOfMessage(),
    ):
        writer.write(connection.send(part) or b"")
    await writer.drain()
