"""What was not understood, on the designers' page (H52): the same groups as `make export-misses`, read once in a while."""

import asyncio
from collections.abc import Callable
from typing import Any

from handoff.not_understood import misses
from handoff.records import Records

KEPT_SECONDS = 60.0
LONGEST_DAYS = 90


class Misses:
    """A worker's groups by number of days. `seconds` is a clock that only goes on (of the event loop)."""

    def __init__(self, records: Records, seconds: Callable[[], float]) -> None:
        self._records, self._seconds = records, seconds
        self._lock = asyncio.Lock()
        self._known: dict[int, tuple[float, list[dict[str, Any]]]] = {}

    async def read(self, days: int) -> list[dict[str, Any]]:
        async with self._lock:
            known, asked = self._known.get(days), self._seconds()
            if known is None or asked - known[0] >= KEPT_SECONDS:
                async with self._records.read() as reader:
                    found = await misses(reader, days)
                self._known = {days: (asked, found)}
                return found
            return known[1]
