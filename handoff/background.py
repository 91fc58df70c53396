"""What every worker does from time to time besides answering: one table, run by one loop.

Several workers run the same jobs at the same time, so each job must be safe to run twice (a conditional UPDATE).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handoff.errors import ApiError
from handoff.service import Service

log = logging.getLogger("handoff.background")


@dataclass(frozen=True)
class Job:
    name: str
    every: float
    """Seconds between the end of one run and the start of the next."""
    run: Callable[[Service], Awaitable[None]]


class Background:
    """The jobs of one worker, each in its own task; a job that fails is logged and tried again."""

    def __init__(self, jobs: list[Job]) -> None:
        self._jobs = jobs
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, service: Service) -> None:
        self._tasks = [asyncio.create_task(self._repeat(job, service)) for job in self._jobs]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, job: Job, service: Service) -> None:
        while True:
            await asyncio.sleep(job.every)
            try:
                await job.run(service)
            except ApiError as error:
                log.warning("%s: %s", job.name, error)
            except Exception:
                log.exception("%s failed", job.name)
