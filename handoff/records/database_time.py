"""What time it is for workers that share a PostgreSQL: the database's, so that machines whose clocks differ agree about who is
present, what is due and how long somebody waits; and a clock that is set to another time changes nothing here.

Between two questions the time goes on with the monotonic clock of this machine. SQLite has no other clock than this machine's.
"""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from handoff.clock import system_clock
from handoff.records.engine import Records

LONGEST_ANSWER = 1.0
"""An answer that took longer says too little about the moment at which it was made."""


class DatabaseTime:
    """A Clock. Until it has been answered once it tells the machine's time."""

    def __init__(self) -> None:
        self._told: datetime | None = None
        self._at = 0.0

    def __call__(self) -> datetime:
        if self._told is None:
            return system_clock()
        return self._told + timedelta(seconds=time.monotonic() - self._at)

    async def ask(self, records: Records) -> None:
        """Takes over the database's time. ApiError 503 when it does not answer: then the time goes on as it did."""
        if records.is_sqlite:
            return
        async with records.read() as reader:
            began = time.monotonic()
            told: datetime = (await reader.execute(text("SELECT clock_timestamp()"))).scalar_one()
            ended = time.monotonic()
        if ended - began <= LONGEST_ANSWER:
            self._told, self._at = told.astimezone(UTC), (began + ended) / 2
