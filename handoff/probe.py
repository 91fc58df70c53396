"""A worker's own loopback address for "does it still answer": all workers share the public port, where the kernel
chooses one, so whoever asks there cannot know which of them hangs."""

import asyncio
import contextlib

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{"alive":true}'


async def serve_probe(port: int) -> asyncio.Server:
    """Answer every request as `/healthz` does, from the event loop that serves customers. OSError when the port is taken."""
    return await asyncio.start_server(_answer, "127.0.0.1", port)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):  # TimeoutError is one
        async with asyncio.timeout(5):
            await reader.read(4096)
            writer.write(ANSWER)
            await writer.drain()
    writer.close()
