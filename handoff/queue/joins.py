"""Which conversations of one customer are one: in the queue they stand as one, in hand they stay with one person.

A customer who writes again from another device, or over the same order, while an earlier conversation waits or is with somebody,
is not a second customer. The conversations keep their own logs, records and addresses; a row of desk_joins says that they belong
together as long as each is in people's hands with the handoff that was joined. Who joins and parts them: handoff/queue/joining.py.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, func, select

from handoff.conversation import State
from handoff.records import Conversation, Reader, Tx, lock_conversation
from handoff.records.desk_tables import desk_joins
from handoff.records.tables import conversations

IN_HANDS = (State.WAITING.value, State.TICKET.value, State.HUMAN.value)


class Joined(NamedTuple):
    """One of several conversations that are one."""

    conversation_id: str
    join_id: str
    why: str


class _Row(Protocol):
    @property
    def id(self) -> str: ...


_R = TypeVar("_R", bound=_Row)
Joins = Mapping[str, Sequence[Joined]]
"""By conversation: all that are joined with it, itself too. A conversation that stands alone is not in it."""


def in_force() -> tuple[ColumnElement[bool], ...]:
    """Of rows of desk_joins beside their conversations: those that count now."""
    return (
        desk_joins.c.parted_at.is_(None),
        desk_joins.c.handoff_id == conversations.c.handoff_id,
        conversations.c.state.in_(IN_HANDS),
    )


async def joins_now(reader: Reader, ids: Collection[str] | None = None) -> Joins:
    """Those of these conversations, or all."""
    statement = (
        select(desk_joins.c.conversation_id, desk_joins.c.join_id, desk_joins.c.why)
        .join(conversations, conversations.c.id == desk_joins.c.conversation_id)
        .where(*in_force())
        .order_by(conversations.c.created_at, conversations.c.id)
    )
    if ids is not None:
        named = select(desk_joins.c.join_id).where(desk_joins.c.conversation_id.in_(list(ids)))
        statement = statement.where(desk_joins.c.join_id.in_(named))
    together: dict[str, list[Joined]] = defaultdict(list)
    for row in await reader.execute(statement):
        together[row.join_id].append(Joined(row.conversation_id, row.join_id, row.why))
    return {one.conversation_id: some for some in together.values() if len(some) > 1 for one in some}


def firsts(rows: Iterable[_R], joins: Joins) -> list[_R]:
    """The rows without those that are one with a row before them."""
    kept, seen = [], set()
    for row in rows:
        known = joins.get(row.id)
        if known and known[0].join_id in seen:
            continue
        if known:
            seen.add(known[0].join_id)
        kept.append(row)
    return kept


def positions(rows: Iterable[_R], joins: Joins) -> dict[str, int]:
    """Places in a sorted queue, from 1: conversations that are one have one place, the best of them."""
    told: dict[str, int] = {}
    taken: dict[str, int] = {}
    for row in rows:
        known = joins.get(row.id)
        one = known[0].join_id if known else row.id
        told[row.id] = taken.setdefault(one, len(taken) + 1)
    return told


def parted_ids(ids: Collection[str] | None = None) -> Select[tuple[str]]:
    """Conversations that a person took out of a join, for as long as that handoff lasts."""
    statement = (
        select(desk_joins.c.conversation_id)
        .join(conversations, conversations.c.id == desk_joins.c.conversation_id)
        .where(
            desk_joins.c.parted_at.is_not(None),
            desk_joins.c.handoff_id == conversations.c.handoff_id,
            conversations.c.state.in_(IN_HANDS),
        )
    )
    return statement if ids is None else statement.where(desk_joins.c.conversation_id.in_(list(ids)))


def customers() -> ColumnElement[int]:
    """How many customers rows of `conversations` are: those that are one count once."""
    join = (
        select(desk_joins.c.join_id)
        .where(desk_joins.c.conversation_id == conversations.c.id, *in_force())
        .correlate(conversations)
        .scalar_subquery()
    )
    return func.count(func.coalesce(join, conversations.c.id).distinct())


async def lock_joined(tx: Tx, conversation_id: str) -> list[Conversation]:
    """Locks the conversation and all that are one with it, in one order for everybody, so that writers never deadlock; returns the
    others. 404 when there is no such conversation."""
    joins = await joins_now(tx, [conversation_id])
    ids = {conversation_id, *(one.conversation_id for one in joins.get(conversation_id, ()))}
    locked = {one: await lock_conversation(tx, one) for one in sorted(ids)}
    return [conversation for one, conversation in locked.items() if one != conversation_id]


async def others_in_hand(tx: Tx, conversation: Conversation) -> list[Conversation]:
    """What else the owner of this conversation has that is one with it; what happens to one of them happens to all."""
    if conversation.state is not State.HUMAN:
        return []
    return [
        other
        for other in await lock_joined(tx, conversation.id)
        if other.state is State.HUMAN and other.owner == conversation.owner
    ]


async def join(tx: Tx, one: Any, other: Any, join_id: str, why: str) -> None:
    """Two conversations are one from now on. Nothing is moved here."""
    for row in (one, other):
        mine = desk_joins.c.conversation_id == row.id
        values = {
            "join_id": join_id,
            "handoff_id": row.handoff_id,
            "why": why,
            "at": tx.now(),
            "parted_at": None,
            "parted_by": None,
        }
        known = desk_joins.update().where(mine).values(**values).returning(desk_joins.c.conversation_id)
        if (await tx.execute(known)).first() is None:
            await tx.execute(desk_joins.insert().values(conversation_id=row.id, **values))
        tx.touch(row.id)
    tx.touch_queue()
