"""Turns of one conversation wait for each other, without Rasa's polling.

Why: the stock store looks once a second whether its ticket has come up, and a stale ticket blocks a conversation for
a minute. The gateway already never has two turns of a conversation in flight; a repeated attempt may still overlap
with the one it replaces, and each carries its own state, so an in-process asyncio lock is all that is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore


class InProcessLockStore(InMemoryLockStore):
    """Configured in endpoints.yml as `lock_store: {type: bot.lock_store.InProcessLockStore}`."""

    def __init__(self, endpoint_config: Any = None) -> None:
        super().__init__()
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the conversation; a waiter is woken at once when it is free, and a cancelled one leaves no trace."""
        lock, users = self._locks.get(conversation_id, (asyncio.Lock(), 0))
        self._locks[conversation_id] = (lock, users + 1)
        try:
            async with lock:
                yield TicketLock(conversation_id)
        finally:
            lock, users = self._locks[conversation_id]
            if users == 1:
                del self._locks[conversation_id]
            else:
                self._locks[conversation_id] = (lock, users - 1)
