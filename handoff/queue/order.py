"""Who is served first: by level, then by waiting time, per skill group; tickets after live customers of their level."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

_LEVELS = {"III": 0, "II": 1, "I": 2}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Waiting(Protocol):
    """What the order depends on; both rows and Conversation objects have it."""

    @property
    def id(self) -> str: ...
    @property
    def state(self) -> Any: ...
    @property
    def level(self) -> str | None: ...
    @property
    def waiting_since(self) -> datetime | None: ...


_W = TypeVar("_W", bound=Waiting)


def queue_key(one: Waiting) -> tuple[int, int, datetime, str]:
    """Sort key of the queue. Priority shows in the console; it follows from the level and breaks no rule of its own."""
    return (
        _LEVELS.get(one.level or "I", 2),
        1 if str(one.state) == "ticket" else 0,
        one.waiting_since or _EPOCH,
        one.id,
    )


def in_order(waiting: Iterable[_W]) -> list[_W]:
    """The queue, first served first."""
    return sorted(waiting, key=queue_key)
