"""Runs the table of handoff/jobs.py: what every worker does periodically besides answering.

Several workers run the same jobs at the same time, so each job must be safe to run twice (a conditional UPDATE).
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from handoff.errors import ApiError
from handoff.service import Service
from handoff.uploads.backends import BackendDown

log = logging.getLogger("handoff.background")


@dataclass(frozen=True)
class Job:
    name: str
    every: Callable[[Service], float]
    """Seconds between the end of one run and the start of the next, asked anew each time; the first run waits too."""
    run: Callable[[Service], Awaitable[None]]
    jitter: float = 0.0
    """Share of the period by which each pause is drawn longer or shorter, so that workers do not all come at once."""


class PeriodicJobs:
    """The jobs of one worker, each in a task of its own; a run that fails is logged, and the next one comes."""

    def __init__(self, jobs: Sequence[Job]) -> None:
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
            await asyncio.sleep(job.every(service) * random.uniform(1 - job.jitter, 1 + job.jitter))
            try:
                await job.run(service)
            except (ApiError, BackendDown) as error:
                log.warning(
                    "%s: %s", job.name, error
                )  # a busy database, an object store that is away: one round
            except Exception:
                log.exception("%s failed", job.name)
