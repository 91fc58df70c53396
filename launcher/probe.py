"""Asking a child whether it still answers, so that one that hangs is noticed as well as one that ends."""

from __future__ import annotations

import asyncio
import errno
from dataclasses import dataclass

ASK_S = 2.0  # a living process answers in milliseconds, also when both cores are busy
#: What fails on the launcher's own side says nothing about the child.
OUR_OWN_FAULT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL})


@dataclass(frozen=True)
class Probe:
    """Where a child is asked (a loopback port, or the path of a unix socket), in what words, and how many seconds
    without an answer mean that it hangs. A child that has not answered yet has `start_s`."""

    where: int | str
    limit_s: float
    question: bytes = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    start_s: float = 180.0

    async def answered(self) -> bool | None:
        """Whether it says anything within 2 s; None when that cannot be told now. Never raises OSError."""
        try:
            async with asyncio.timeout(ASK_S):
                if isinstance(self.where, int):
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.where)
                else:
                    reader, writer = await asyncio.open_unix_connection(self.where)
                try:
                    writer.write(self.question)
                    return bool(await reader.read(1))
                finally:
                    writer.close()
        except OSError as error:  # TimeoutError is one
            return None if error.errno in OUR_OWN_FAULT else False
