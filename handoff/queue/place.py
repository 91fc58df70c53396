"""Position of a waiting customer and the estimated wait, as the widget shows them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from handoff.conversation import State
from handoff.queue.joins import joins_now, positions
from handoff.queue.order import QueueOrder
from handoff.queue.people import Person, people_now
from handoff.records import Conversation, Reader
from handoff.records.tables import conversations
from handoff.store_rules import StoreRules, store_rules

PACE_WINDOW = timedelta(hours=1)
PACE_CLAIMS = 3
"""Fewer claims in the last hour tell no pace: then no estimate is given rather than a wrong one."""
LONGEST_ESTIMATE = 120


@dataclass(frozen=True)
class Place:
    """position counts from 1; wait_minutes None: nobody can tell; online: somebody who may come is at the desk. `pace`: minutes
    that one place took in the last hour."""

    position: int
    wait_minutes: int | None
    online: bool
    pace: float | None = None

    @classmethod
    def at(cls, position: int, pace: float | None, online: bool) -> "Place":
        """The place at `position` when every place before takes `pace` minutes."""
        minutes = None if pace is None else min(max(math.ceil(position * pace), 1), LONGEST_ESTIMATE)
        return cls(position, minutes, online, pace)

    def public(self) -> dict[str, Any]:
        return {"position": self.position, "wait_minutes": self.wait_minutes, "online": self.online}

    def minutes(self) -> str | None:
        """The estimate as a range, as wide as such a wait varies (each place is as uncertain as it is long); None: not known."""
        if self.pace is None or self.wait_minutes is None:
            return None
        spread = math.sqrt(self.position) * self.pace
        low = min(max(1, math.floor(self.position * self.pace - spread)), LONGEST_ESTIMATE)
        high = min(math.ceil(self.position * self.pace + spread), LONGEST_ESTIMATE)
        return f"{low}" if low >= high else f"{low} 到 {high}"

    def sentence(self, rules: StoreRules, level: str | None = None) -> str:
        """What is true of the wait now: the urgent are told that they are first and whom to call; that nobody is there is said; the
        minutes only when somebody can tell."""
        words, before, minutes = rules.policy.wording, self.position - 1, self.minutes()
        if level == "III":
            return words.waiting_urgent.format(contact=rules.policy.hours.emergency_contact)
        if not self.online:
            return words.waiting_nobody_place.format(position=before) if before else words.waiting_nobody
        if before == 0:
            return words.waiting_next
        if minutes is None:
            return words.waiting_place.format(position=before)
        return words.waiting_position.format(position=before, minutes=minutes)


async def place_of(reader: Reader, conversation: Conversation) -> Place | None:
    """The place of a waiting conversation in its group's queue; None when it does not wait."""
    if conversation.state is not State.WAITING:
        return None
    group = conversation.skill_group
    statement = select(
        conversations.c.id,
        conversations.c.state,
        conversations.c.level,
        conversations.c.precedence,
        conversations.c.waiting_since,
    ).where(conversations.c.state == State.WAITING.value, conversations.c.skill_group == group)
    queue = QueueOrder(store_rules(), reader.now()).sorted((await reader.execute(statement)).all())
    position = positions(queue, await joins_now(reader)).get(conversation.id, len(queue) + 1)
    return Place.at(
        position,
        await minutes_per_place(reader, group),
        agent_online((await people_now(reader)).values(), group),
    )


def agent_online(people: Iterable[Person], group: str | None) -> bool:
    """Whether somebody of `people` who can come is at the desk: of this group, of those that help it out, or a supervisor."""
    groups = {group, *store_rules().policy.routing.chain(group)}
    return any(one.at_desk and (one.oversees or groups & set(one.groups)) for one in people)


async def minutes_per_place(reader: Reader, group: str | None) -> float | None:
    """How long one place in this group's queue took in the last hour; None when too few were served to tell."""
    statement = select(func.count()).where(
        conversations.c.skill_group == group, conversations.c.claimed_at > reader.now() - PACE_WINDOW
    )
    claims = int((await reader.execute(statement)).scalar_one())
    return None if claims < PACE_CLAIMS else PACE_WINDOW.total_seconds() / 60 / claims
