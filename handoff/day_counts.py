"""What is counted of a day, a group, an agent, a category (H50), and how counts are added up: medians and shares of several days are
those of all their conversations, never means of means."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any, Literal, get_args

ANSWERED_WITHIN = timedelta(hours=1)
SOLVED_WITHIN = timedelta(hours=24)
SOLVED = "solved"
Dimension = Literal["group", "agent", "category"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
NONE = "none"
"""The part of what belongs to no group, agent or category."""


@dataclass
class Counts:
    """A conversation belongs to the day it was opened, a handoff to the day a person was asked for, a rating or a missed deadline to
    the day it came."""

    conversations: int = 0
    without_person: int = 0
    again: int = 0
    handoffs: int = 0
    abandoned: int = 0
    latest: int = 0
    answered: int = 0
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
        """The first answer is known of a conversation's latest handoff only."""
        self.handoffs += 1
        self.abandoned += row.left_at is not None
        self.reasons[row.reason] += 1
        self.latest += bool(row.latest)
        if row.latest and row.first_response_at:
            span = row.first_response_at - row.at
            self.answers.append(span.total_seconds())
            self.answered += span <= ANSWERED_WITHIN
        if row.ended_at:
            span = row.ended_at - row.at
            self.ends.append(span.total_seconds())
            self.solved += row.resolution == SOLVED and span <= SOLVED_WITHIN

    def rated(self, row: Any) -> None:
        self.scores[row.score] += 1

    def missed(self, row: Any) -> None:
        self.breaches[row.deadline] += 1

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
            "reasons": dict(self.reasons),
            "first_response_seconds": _middle(self.answers),
            "resolution_seconds": _middle(self.ends),
            "answered_within_1h_share": _share(self.answered, self.latest),
            "solved_within_24h_share": _share(self.solved, self.handoffs),
        }


@dataclass
class Day:
    """A day's counts, in all and by each dimension's parts (a group's code, an agent's id, a category's code)."""

    all: Counts = field(default_factory=Counts)
    parts: dict[Dimension, dict[str, Counts]] = field(default_factory=lambda: {one: {} for one in DIMENSIONS})

    def count(self, rows: Iterable[Any], how: Callable[[Counts, Any], None]) -> None:
        """Each row has `group`, `agent` and `category`, None where it belongs to none."""
        for row in rows:
            how(self.all, row)
            for dimension in DIMENSIONS:
                how(self.parts[dimension].setdefault(getattr(row, dimension) or NONE, Counts()), row)

    def add(self, other: "Day") -> None:
        self.all.add(other.all)
        for dimension in DIMENSIONS:
            for key, counts in other.parts[dimension].items():
                self.parts[dimension].setdefault(key, Counts()).add(counts)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _middle(seconds: list[float]) -> float | None:
    return round(median(seconds), 1) if seconds else None
