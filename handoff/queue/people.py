"""Who is at the desk now: the status people set by hand, and the heartbeat of their consoles, whichever says less."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, get_args

from sqlalchemy import insert, select, update

from handoff.auth.roles import GROUPS
from handoff.conversation import State
from handoff.queue.joins import customers
from handoff.records import Reader, Tx
from handoff.records.desk_tables import desk_holds, desk_people
from handoff.records.tables import agents, conversations

Status = Literal["online", "busy", "away", "offline"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
SERVING: Final = ("agent", "specialist", "supervisor")
PRESENT = timedelta(seconds=60)
"""A console that was not heard for so long is away, whatever its owner had chosen."""


@dataclass(frozen=True)
class Person:
    """Somebody who serves customers. `chosen` is the status set by hand, `present` what the console's heartbeat says."""

    id: str
    name: str
    role: str
    groups: tuple[str, ...]
    chosen: Status
    present: bool
    skills: frozenset[str] = frozenset()
    """Categories that the queue offers to this person first."""
    capacity: int | None = None
    """How much the queue offers at most; None: as the policy says."""

    @property
    def status(self) -> Status:
        return self.chosen if self.present else "offline"

    @property
    def at_desk(self) -> bool:
        """Is served from: somebody who is busy still takes what they are asked to take."""
        return self.status in ("online", "busy")

    @property
    def available(self) -> bool:
        """May be given new customers."""
        return self.status == "online"

    @property
    def oversees(self) -> bool:
        return self.role == "supervisor"


async def people_now(reader: Reader) -> dict[str, Person]:
    """Everybody whose account serves customers and is not closed, by id."""
    statement = (
        select(agents, desk_people.c.status)
        .outerjoin(desk_people, desk_people.c.agent_id == agents.c.id)
        .where(agents.c.active, agents.c.role.in_(SERVING))
    )
    fresh = reader.now() - PRESENT
    return {
        row.id: Person(
            id=row.id,
            name=row.name,
            role=row.role,
            groups=GROUPS if row.role == "supervisor" else tuple(row.groups),
            chosen=row.status or "online",
            present=row.present_at is not None and row.present_at > fresh,
            skills=frozenset(row.skills or ()),
            capacity=row.capacity,
        )
        for row in await reader.execute(statement)
    }


def staff_of(people: Iterable[Person], group: str | None) -> list[Person]:
    """Who is at the desk for this group; those who oversee all groups do not make a group staffed."""
    return [one for one in people if one.at_desk and not one.oversees and group in one.groups]


async def chosen_status(reader: Reader, agent_id: str) -> Status:
    """What this person has set by hand; online when they never did."""
    statement = select(desk_people.c.status).where(desk_people.c.agent_id == agent_id)
    status: Status | None = (await reader.execute(statement)).scalar_one_or_none()
    return status or "online"


async def put_status(tx: Tx, agent_id: str, status: Status) -> None:
    """Set by hand. The caller sees to it that nobody who goes offline keeps customers."""
    changed = (
        update(desk_people)
        .where(desk_people.c.agent_id == agent_id)
        .values(status=status, status_at=tx.now())
        .returning(desk_people.c.agent_id)
    )
    if (await tx.execute(changed)).first() is None:
        await tx.execute(insert(desk_people).values(agent_id=agent_id, status=status, status_at=tx.now()))
    tx.touch_queue()


async def loads(reader: Reader, *, held: bool = False) -> dict[str, int]:
    """How many customers each person has now; those on hold count with `held` only."""
    statement = (
        select(conversations.c.owner, customers().label("chats"))
        .outerjoin(desk_holds, desk_holds.c.conversation_id == conversations.c.id)
        .where(conversations.c.state == State.HUMAN.value)
        .group_by(conversations.c.owner)
    )
    if not held:
        statement = statement.where(desk_holds.c.conversation_id.is_(None))
    rows = (await reader.execute(statement)).all()
    return {str(row.owner): int(row.chats) for row in rows if row.owner}
