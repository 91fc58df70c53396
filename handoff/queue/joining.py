"""Finding out that two conversations are one customer's, joining them, and taking them apart again.

The same customer: the store's account, the verified phone or e-mail. The same order: of two customers who both proved that it is
theirs, unless both are surely somebody, and not the same; a number that was only typed joins nobody. Done when a person is brought, and by the queue's sweep for what became known only afterwards (who it is, which order). Two
people who have one of them each keep what they have.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import case, select, update

from handoff.conversation import State
from handoff.queue.alerts import alert
from handoff.queue.joins import IN_HANDS, join, joins_now, parted_ids
from handoff.queue.people import Person, people_now
from handoff.queue.taking import take
from handoff.records import Conversation, Reader, Records, Tx, annotate, lock_conversation, new_id
from handoff.records.desk_tables import desk_joins
from handoff.records.tables import agents, conversation_customers, conversations
from handoff.store_rules import StoreRules, store_rules

_COLUMNS = ("id", "state", "owner", "skill_group", "handoff_id", "claimed_at", "waiting_since")


class JoinWatch:
    """Part of the queue's sweep: `sweep()` joins what turned out to be one customer's while it waited."""

    def __init__(self, records: Records, rules: StoreRules) -> None:
        self._records = records
        self._rules = rules

    async def sweep(self) -> None:
        if not self._rules.policy.routing.join:
            return
        async with self._records.read() as reader:
            rows, keys = await _in_hands(reader), await _keys(reader)
            settled = set((await reader.execute(parted_ids())).scalars())
            people = await people_now(reader)
        for row in _repeated(rows, keys):
            if row.owner is None and row.id not in settled and _partner(row, rows, keys, people, settled):
                async with self._records.write() as tx:
                    await join_repeat(tx, row.id)


async def join_repeat(tx: Tx, conversation_id: str, *, by_hand: bool = False) -> bool:
    """Joins this conversation, which people have or wait for, with another of its customer's; True when it is one with another now.

    Is that other one in somebody's hands, this one comes to the same person at once, who is told. `by_hand`: a person wants what was
    taken apart together again.
    """
    if not store_rules().policy.routing.join and not by_hand:
        return False
    rows = await _in_hands(tx)
    this = next((row for row in rows if row.id == conversation_id), None)
    settled = set() if by_hand else set((await tx.execute(parted_ids())).scalars())
    if this is None or this.id in settled:
        return False
    joins = await joins_now(tx)
    if conversation_id in joins:
        return True
    found = _partner(this, rows, await _keys(tx), await people_now(tx), settled)
    if found is None:
        return False
    other, why = found
    locked = {one: await lock_conversation(tx, one) for one in sorted((this.id, other.id))}
    mine, theirs = locked[this.id], locked[other.id]
    changed = (
        mine.state.value not in IN_HANDS,
        theirs.state.value not in IN_HANDS,
        theirs.owner != other.owner,
    )
    if any(changed) or (None not in (mine.owner, theirs.owner) and mine.owner != theirs.owner):
        return False
    join_id = joins[other.id][0].join_id if other.id in joins else new_id("j")
    await join(tx, mine, theirs, join_id, why)
    if theirs.owner is not None and mine.owner is None:
        await _comes_along(tx, mine, theirs.owner, why)
    elif mine.owner is not None and theirs.owner is None:
        await _comes_along(tx, theirs, mine.owner, why)
    return True


async def do_part(tx: Tx, conversation: Conversation, agent_id: str, name: str) -> bool:
    """This conversation stands for itself from now on, with whoever has it; False when it did already. The caller holds its lock."""
    parted = (
        update(desk_joins)
        .where(
            desk_joins.c.conversation_id == conversation.id,
            desk_joins.c.handoff_id == conversation.handoff_id,
            desk_joins.c.parted_at.is_(None),
        )
        .values(parted_at=tx.now(), parted_by=agent_id)
        .returning(desk_joins.c.join_id)
    )
    join_id = (await tx.execute(parted)).scalar_one_or_none()
    if join_id is None:
        return False
    text = store_rules().policy.routing.notes.parted.format(agent=name)
    await annotate(tx, conversation.id, "routing", {"text": text}, author=agent_id)
    for one in (
        await tx.execute(select(desk_joins.c.conversation_id).where(desk_joins.c.join_id == join_id))
    ).scalars():
        tx.touch(one)
    tx.touch_queue()
    return True


async def _comes_along(tx: Tx, conversation: Conversation, owner: str, why: str) -> None:
    rules = store_rules()
    agent = (
        await tx.execute(select(agents.c.id, agents.c.username, agents.c.name).where(agents.c.id == owner))
    ).one()
    greeting = rules.policy.wording.claimed.format(agent=agent.name)
    await take(tx, conversation, agent, greeting, joined=why)
    text = rules.policy.routing.notes.joined.format(why=_SAME[why])
    await annotate(tx, conversation.id, "routing", {"text": text}, author="system")
    await alert(tx, [owner], "joined", text, conversation.id)


_SAME = {"customer": "同一位客户", "order": "同一张订单"}


def _partner(
    this: Any,
    rows: Sequence[Any],
    keys: Mapping[str, Collection[str]],
    people: Mapping[str, Person],
    settled: Collection[str],
) -> tuple[Any, str] | None:
    """The conversation that this one belongs to, and why: what somebody has before what waits, and of several the oldest."""
    mine = set(keys.get(this.id, ()))

    def same(row: Any) -> str | None:
        theirs = set(keys.get(row.id, ()))
        if mine & theirs:
            return "customer"
        return "order" if this.order_no and row.order_no == this.order_no and not (mine and theirs) else None

    def may(row: Any) -> bool:
        if row.id == this.id or row.id in settled:
            return False
        if row.owner is None or this.owner is not None:
            return row.owner in (None, this.owner)
        owner = people.get(row.owner)
        return owner is not None and owner.at_desk and (owner.oversees or this.skill_group in owner.groups)

    found = [(row, why) for row in rows if may(row) and (why := same(row))]
    return min(
        found,
        key=lambda pair: (
            pair[0].owner is None,
            pair[0].state == State.TICKET.value,
            pair[0].waiting_since or pair[0].claimed_at,
            pair[0].id,
        ),
        default=None,
    )


def _repeated(rows: Sequence[Any], keys: Mapping[str, Collection[str]]) -> list[Any]:
    """Those that share a key or an order with another one: of a long queue nobody else is looked at."""
    marks = {
        row.id: {*keys.get(row.id, ()), *([f"order:{row.order_no}"] if row.order_no else ())} for row in rows
    }
    often = Counter(mark for some in marks.values() for mark in some)
    return [row for row in rows if any(often[mark] > 1 for mark in marks[row.id])]


async def _in_hands(reader: Reader) -> Sequence[Any]:
    """`order_no`: the order of somebody who is verified, None of everybody else."""
    verified = conversations.c.customer["verified"].as_boolean()
    order_no = case((verified, conversations.c.facts["order_no"].as_string())).label("order_no")
    statement = select(*(conversations.c[name] for name in _COLUMNS), order_no)
    live = (conversations.c.state.in_(IN_HANDS), conversations.c.handoff_id.is_not(None))
    return (await reader.execute(statement.where(*live))).all()


async def _keys(reader: Reader) -> dict[str, set[str]]:
    """By conversation in people's hands: what its customer is surely recognised by."""
    statement = (
        select(conversation_customers.c.conversation_id, conversation_customers.c.key)
        .join(conversations, conversations.c.id == conversation_customers.c.conversation_id)
        .where(conversations.c.state.in_(IN_HANDS))
    )
    found: dict[str, set[str]] = {}
    for row in await reader.execute(statement):
        found.setdefault(row.conversation_id, set()).add(row.key)
    return found
