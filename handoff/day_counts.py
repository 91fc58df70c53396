"""What is counted of a day, a group, an agent, a category (H50), and how counts are added up: medians and shares of several days are
those of all their conversations, never means of means."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Literal, get_args

ANSWERED_WITHIN = timedelta(hours=1)
SOLVED_WITHIN = timedelta(hours=24)
SOLVED = "solved"
Dimension = Literal["group", "agent", "category"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
NONE = "none"
"""The part of what belongs to no group, agent or category."""
QUEUE = "queue"
"""The agent of what came while nobody had the customer."""


def answered_in_time(asked_at: datetime, answered_at: datetime | None, now: datetime) -> bool | None:
    """Within the hour; None while the hour is not over and nobody has answered."""
    if answered_at is not None:
        return answered_at - asked_at <= ANSWERED_WITHIN
    return None if now - asked_at <= ANSWERED_WITHIN else False


def solved_in_time(
    asked_at: datetime, ended_at: datetime | None, resolution: str | None, now: datetime
) -> bool | None:
    """Within the day; None while the day is not over and it is not solved."""
    if ended_at is not None and resolution == SOLVED and ended_at - asked_at <= SOLVED_WITHIN:
        return True
    return None if now - asked_at <= SOLVED_WITHIN else False


@dataclass
class Counts:
    """A conversation belongs to the day it was opened, a handoff to the day a person was asked for, a rating or a missed deadline to
    the day it came."""

    conversations: int = 0
    without_person: int = 0
    again: int = 0
    handoffs: int = 0
    abandoned: int = 0
    taken_back: int = 0
    answers_due: int = 0
    answered: int = 0
    solutions_due: int = 0
    solved: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    breaches: Counter[str] = field(default_factory=Counter)
    scores: Counter[int] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    def opened(self, row: Any) -> None:
        self.conversations += 1
        self.without_person += not row.people
        self.again += bool(row.again)

    def asked(self, row: Any) -> None:
        """`row.now`: when it is counted."""
        self.handoffs += 1
        self.abandoned += row.left_at is not None
        self.reasons[row.reason] += 1
        if row.ended_at:
            self.ends.append((row.ended_at - row.at).total_seconds())
        in_time = solved_in_time(row.at, row.ended_at, row.resolution, row.now)
        self.solutions_due += in_time is not None
        self.solved += in_time is True

    def answer(self, row: Any) -> None:
        """The first answer, which is known of a conversation's latest handoff only."""
        if not row.latest:
            return
        if row.first_response_at:
            self.answers.append((row.first_response_at - row.at).total_seconds())
        in_time = answered_in_time(row.at, row.first_response_at, row.now)
        self.answers_due += in_time is not None
        self.answered += in_time is True

    def rated(self, row: Any) -> None:
        self.scores[row.score] += 1

    def missed(self, row: Any) -> None:
        self.breaches[row.deadline] += 1

    def silent(self, _row: Any) -> None:
        """A customer was taken back from somebody who did not answer."""
        self.taken_back += 1

    def add(self, other: "Counts") -> None:
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(mine, Counter):
                mine.update(value)
            elif isinstance(mine, list):
                mine.extend(value)
            else:
                setattr(self, name, mine + value)

    def told(self) -> dict[str, Any]:
        """The figures; null where there is nothing to divide by."""
        rated = self.scores.total()
        points = sum(score * number for score, number in self.scores.items())
        return {
            "conversations": self.conversations,
            "without_person_share": _share(self.without_person, self.conversations),
            "repeat_contacts": self.again,
            "satisfaction": round(points / rated, 2) if rated else None,
            "ratings": rated,
            "breaches": dict(self.breaches),
            "handoffs": self.handoffs,
            "abandoned": self.abandoned,
            "taken_back": self.taken_back,
            "reasons": dict(self.reasons),
            "first_response_seconds": _middle(self.answers),
            "resolution_seconds": _middle(self.ends),
            "answered_within_1h_share": _share(self.answered, self.answers_due),
            "solved_within_24h_share": _share(self.solved, self.solutions_due),
        }


@dataclass
class Day:
    """A day's counts, in all and by each dimension's parts (a group's code, an agent's id, a category's code)."""

    all: Counts = field(default_factory=Counts)
    parts: dict[Dimension, dict[str, Counts]] = field(default_factory=lambda: {one: {} for one in DIMENSIONS})

    def count(self, rows: Iterable[Any], how: Callable[[Counts, Any], None], whose: str = "agent") -> None:
        """Each row has `group`, `agent` (or what `whose` names) and `category`, None where it belongs to none."""
        for row in rows:
            how(self.all, row)
            for dimension in DIMENSIONS:
                part = getattr(row, whose if dimension == "agent" else dimension) or NONE
                how(self.parts[dimension].setdefault(part, Counts()), row)

    def add(self, other: "Day") -> None:
        self.all.add(other.all)
        for dimension in DIMENSIONS:
            for key, counts in other.parts[dimension].items():
                self.parts[dimension].setdefault(key, Counts()).add(counts)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _middle(seconds: list[float]) -> float | None:
    return round(median(seconds), 1) if seconds else None
