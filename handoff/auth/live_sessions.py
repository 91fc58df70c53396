"""The sessions behind this worker's open agent sockets: one query tells which have ended, so that the console of a
disabled account closes within a second, whoever disabled it and wherever."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from handoff.auth.sessions import living_sessions
from handoff.records import Records


class LiveSessions:
    """`watched` gives a socket an event that is set when its session has ended; `do_tell_ended` is periodic work."""

    def __init__(self) -> None:
        self._sockets: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def watched(self, session_id: str) -> Iterator[asyncio.Event]:
        ended = asyncio.Event()
        self._sockets.setdefault(session_id, set()).add(ended)
        try:
            yield ended
        finally:
            rest = self._sockets[session_id]
            rest.discard(ended)
            if not rest:
                del self._sockets[session_id]

    async def do_tell_ended(self, records: Records) -> None:
        """No query while nobody is connected here."""
        asked = list(self._sockets)
        if not asked:
            return
        async with records.read() as reader:
            living = await living_sessions(reader, asked)
        for session_id in asked:
            if session_id not in living:
                for ended in self._sockets.get(session_id, ()):
                    ended.set()
