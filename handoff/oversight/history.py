"""The figures of a range of days, in all and by group, agent or category (H50). A day's counts are kept for a while by the worker that
read them, so that looking around in a month reads it once; days that are over are read again seldom (a late rating changes them)."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from handoff.daily_figures import day_counts
from handoff.day_counts import Counts, Day, Dimension
from handoff.records import Records
from handoff.records.tables import agents
from handoff.store_rules import StoreRules

FRESH_SECONDS = 10.0
"""How old the counts of today may be."""
KEPT_SECONDS = 600.0
MOST_DAYS = 200


class History:
    """A worker's counts of days. `seconds` is a clock that only goes on (of the event loop)."""

    def __init__(self, records: Records, rules: StoreRules, seconds: Callable[[], float]) -> None:
        self._records, self._rules, self._seconds = records, rules, seconds
        self._days: OrderedDict[date, tuple[float, Day]] = OrderedDict()
        self._lock = asyncio.Lock()

    def today(self) -> date:
        return self._records.clock().astimezone(self._rules.tz).date()

    async def day(self, day: date) -> Day:
        """One day's counts; other requests go on between two days."""
        async with self._lock:
            known, asked = self._days.get(day), self._seconds()
            patience = FRESH_SECONDS if day >= self.today() else KEPT_SECONDS
            if known is not None and asked - known[0] < patience:
                return known[1]
            async with self._records.read() as reader:
                counted = await day_counts(reader, day, self._rules.tz)
            self._days[day] = asked, counted
            self._days.move_to_end(day)
            while len(self._days) > MOST_DAYS:
                self._days.popitem(last=False)
        await asyncio.sleep(0)
        return counted

    async def figures(
        self, first: date, last: date, by: Dimension | None = None, key: str | None = None
    ) -> dict[str, Any]:
        """`{"from","to","total","days":[{"day",…figures}],"by","parts":[{"key","name",…figures}]}`: every day, also one without
        anything. With `by` and `key` the days and the total are that part's alone; `parts` are all of `by`, the largest first."""
        range_, told = Day(), []
        day = first
        while day <= last:
            counted = await self.day(day)
            range_.add(counted)
            told.append({"day": f"{day:%Y-%m-%d}", **self._one(counted, by, key).told()})
            day += timedelta(days=1)
        parts = range_.parts[by] if by else {}
        names = await self.names(by)
        order = sorted(parts.items(), key=lambda part: (-part[1].handoffs, -part[1].conversations, part[0]))
        return {
            "from": f"{first:%Y-%m-%d}",
            "to": f"{last:%Y-%m-%d}",
            "by": by,
            "key": key,
            "total": self._one(range_, by, key).told(),
            "days": told,
            "parts": [
                {"key": code, "name": names.get(code, code), **counts.told()} for code, counts in order
            ],
        }

    @staticmethod
    def _one(counted: Day, by: Dimension | None, key: str | None) -> Counts:
        return counted.all if by is None or key is None else counted.parts[by].get(key, Counts())

    async def names(self, by: Dimension | None) -> dict[str, str]:
        """What the parts are called; `none` has no name here."""
        if by == "agent":
            async with self._records.read() as reader:
                rows = await reader.execute(select(agents.c.id, agents.c.name))
                return {row.id: row.name for row in rows}
        if by == "group":
            return {str(code): group.name for code, group in self._rules.policy.groups.groups.items()}
        return {code: one.name for code, one in self._rules.categories.by_code.items()}
