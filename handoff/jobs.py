"""THE table of background jobs of a worker (handoff/background.py runs them)."""

from handoff.background import Job

JOBS: list[Job] = []
