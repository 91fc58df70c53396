"""Work that goes on after its request or commit is done, and ends with the worker."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("handoff.background")


class BackgroundTasks:
    """One-off coroutines of a worker: an error is logged, whatever still runs at the end is cancelled."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs `work` after this; nobody waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("background work failed: %s", type(error).__name__, exc_info=error)
