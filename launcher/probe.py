"""Asking a child whether it still answers, so that one that hangs is noticed as well as one that ends."""

from __future__ import annotations

import asyncio
import errno
from dataclasses import dataclass
from enum import Enum, auto

#: What fails on the launcher's own side says nothing about the child.
OUR_OWN_FAULT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL})


class Answer(Enum):
    """What came of asking."""

    GIVEN = auto()
    CLOSED = auto()
    """Nobody listens: it is still starting, or it has closed."""
    NONE = auto()
    """Somebody listens and does not answer; the kernel accepts for a process that hangs."""
    UNKNOWN = auto()
    """The launcher could not ask."""


@dataclass(frozen=True)
class Probe:
    """Where a child is asked (a loopback port, or the path of a unix socket), in what words, and how many seconds
    without an answer mean that it hangs. `start_s`: the same until it listens at all."""

    where: int | str
    limit_s: float
    question: bytes = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    start_s: float = 60.0

    async def ask(self) -> Answer:
        """GIVEN when it says anything, however late. Never raises OSError."""
        try:
            if isinstance(self.where, int):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.where)
            else:
                reader, writer = await asyncio.open_unix_connection(self.where)
        except OSError as error:
            return Answer.UNKNOWN if error.errno in OUR_OWN_FAULT else Answer.CLOSED
        try:
            writer.write(self.question)
            return Answer.GIVEN if await reader.read(1) else Answer.NONE
        except OSError:
            return Answer.NONE
        finally:
            writer.close()
