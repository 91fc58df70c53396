"""Who is served first, per skill group: danger before publicity before level before waiting, and waiting makes up for the rest.

Everybody's time of waiting counts from a head start that the policy gives to what is urgent (`order` of data/policy/routing.yml), so
whoever waits long enough overtakes those who came later with more urgent matters: nobody starves. Only the desk's opening hours
count, so a night's tickets do not overtake the morning's danger. Two people keep their order however long both wait.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol, TypeVar

from aftersales.deadlines import OpenTime
from handoff.edge.text import whole_number
from handoff.store_rules import StoreRules

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = 4_102_444_800_000_000
"""Microseconds until 2100: a mark from beyond was made by nobody, and beyond 9999 no zone can tell it."""


class Waiting(Protocol):
    """What the order depends on; both rows and Conversation objects have it."""

    @property
    def id(self) -> str: ...
    @property
    def state(self) -> Any: ...
    @property
    def level(self) -> str | None: ...
    @property
    def precedence(self) -> str | None: ...
    @property
    def waiting_since(self) -> datetime | None: ...


_W = TypeVar("_W", bound=Waiting)
Key = tuple[timedelta, datetime, str]


@dataclass(frozen=True)
class QueueOrder:
    """The order under the rules in force, at one moment."""

    rules: StoreRules
    now: datetime

    def key(self, one: Waiting) -> Key:
        """Sort key of the queue, the first served smallest."""
        since = one.waiting_since or self.now
        return self._open_time.before(since) - self._head_start(one), since, one.id

    @cached_property
    def _open_time(self) -> OpenTime:
        return OpenTime(self.rules.policy.hours, self.rules.tz, self.now)

    def _head_start(self, one: Waiting) -> timedelta:
        order = self.rules.policy.routing.order
        minutes = {"III": order.level_3, "II": order.level_2}.get(one.level or "", 0)
        if one.precedence == "safety":
            minutes = max(minutes, order.safety)
        elif one.precedence == "publicity":
            minutes = max(minutes, order.publicity)
        return timedelta(minutes=minutes - (order.ticket if str(one.state) == "ticket" else 0))

    def sorted(self, waiting: Iterable[_W]) -> list[_W]:
        """The queue, first served first."""
        return sorted(waiting, key=self.key)


@dataclass(frozen=True)
class Mark:
    """Where a page of the queue ended: whoever stood there, as they stood. Good also when they have left, or the rules changed."""

    id: str
    state: str
    level: str | None
    precedence: str | None
    waiting_since: datetime | None

    @classmethod
    def of(cls, one: Waiting) -> "Mark":
        return cls(one.id, str(one.state), one.level, one.precedence, one.waiting_since)

    def text(self) -> str:
        """As it travels."""
        since = "" if self.waiting_since is None else str((self.waiting_since - _EPOCH) // _MICROSECOND)
        return "~".join((self.state, self.level or "", self.precedence or "", since, self.id))

    @classmethod
    def read(cls, text: str) -> "Mark":
        """Raises ValueError for what `text()` never made."""
        state, level, precedence, since, one = text.split("~")
        if not one or len(text) > 200:
            raise ValueError("no mark")
        micros = whole_number(since)
        if since and (micros is None or micros > _LATEST):
            raise ValueError("no time")
        waiting = None if micros is None else _EPOCH + micros * _MICROSECOND
        return cls(one, state, level or None, precedence or None, waiting)
