"""Routing mode `push` (data/policy/routing.yml): the system offers whoever is first in the queue to somebody who has room.

The offer is one of desk_transfers, as between colleagues, from SYSTEM. Until it is accepted the customer stays in the queue at the
same place, and anybody may still claim them; declined or unanswered, it goes to the next one.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from handoff.conversation import State
from handoff.queue.joins import customers, firsts, joins_now
from handoff.queue.openings import opened_groups
from handoff.queue.order import QueueOrder
from handoff.queue.people import Person, people_now
from handoff.queue.returning import make_offer
from handoff.records import Reader, Records, Tx, lock_conversation, lock_name
from handoff.records.desk_tables import desk_holds, desk_transfers
from handoff.records.tables import conversations, handoffs
from handoff.store_rules import StoreRules

SYSTEM = "system"
"""Who offers, in `from_agent`: nobody's id."""
_QUEUED = (State.WAITING.value, State.TICKET.value)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
Refusals = dict[tuple[str, int, str], datetime]


class PushWatch:
    """Part of the queue's sweep: `sweep()` offers what can be offered now."""

    def __init__(self, records: Records, rules: StoreRules) -> None:
        self._records = records
        self._rules = rules

    async def sweep(self) -> None:
        if self._rules.policy.routing.push.mode != "push":
            return
        async with self._records.read() as reader:
            people = {one.id: one for one in (await people_now(reader)).values() if one.available}
            queue = await self._queue(reader) if people else []
            if not queue:
                return
            opened = await opened_groups(reader)
            refused = await _refused(reader)
            burden = await burdens(reader, self._rules)
            asked_people, asked_for = await _open_offers(reader)
            now = reader.now()
        for row in queue:
            if row.id in asked_for:
                continue
            groups = {row.skill_group, row.escalated_to, *opened.get((row.id, row.handoff_id), ())}
            free = (
                one
                for one in people.values()
                if one.id not in asked_people and not one.oversees and groups & set(one.groups)
            )
            chosen = self._choose(row, free, burden, refused, now)
            if chosen is not None and await self._offer(row, chosen):
                asked_people.add(chosen.id)

    async def _queue(self, reader: Reader) -> list[Any]:
        names = (
            "id",
            "state",
            "level",
            "precedence",
            "waiting_since",
            "skill_group",
            "escalated_to",
            "category",
        )
        further = ("handoff_id", "last_owner", "owner_epoch", "next_due")
        statement = select(*(conversations.c[name] for name in (*names, *further)))
        rows = (await reader.execute(statement.where(conversations.c.state.in_(_QUEUED)))).all()
        due = [row for row in rows if row.next_due is None or row.next_due <= reader.now()]
        queue = QueueOrder(self._rules, reader.now()).sorted(due)
        return firsts(queue, await joins_now(reader))

    def _choose(
        self,
        row: Any,
        free: Iterable[Person],
        burden: Mapping[str, int],
        refused: Refusals,
        now: datetime,
    ) -> Person | None:
        """Whoever has room and has not just refused: the last agent first, then who refused longest ago, then the least busy. While
        somebody here has the skill, the others are asked only when the customer has waited `relax` seconds."""
        push = self._rules.policy.routing.push
        weight = push.weights.ticket if row.state == State.TICKET.value else push.weights.chat

        def said_no(one: Person) -> datetime:
            return refused.get((row.id, row.owner_epoch, one.id), _LONG_AGO)

        def has_room(one: Person) -> bool:
            capacity = push.capacity if one.capacity is None else one.capacity
            return burden.get(one.id, 0) + weight <= capacity

        patient = now - timedelta(seconds=push.again)
        able = list(free)
        skilled = [one for one in able if row.category in one.skills]
        waited = now - (row.waiting_since or now)
        if skilled and waited < timedelta(seconds=self._rules.policy.routing.relax):
            able = skilled
        may = [one for one in able if has_room(one) and said_no(one) <= patient]
        return min(
            may,
            key=lambda one: (said_no(one), one.id != row.last_owner, burden.get(one.id, 0), one.id),
            default=None,
        )

    async def _offer(self, row: Any, person: Person) -> bool:
        """False when it changed meanwhile: another worker was first, the customer was claimed or left."""
        push, notes = self._rules.policy.routing.push, self._rules.policy.routing.notes
        async with self._records.write() as tx:
            await lock_name(tx, "push")  # one person and one customer are in one open offer, whoever sweeps
            conversation = await lock_conversation(tx, row.id)
            if conversation.state.value not in _QUEUED or conversation.owner_epoch != row.owner_epoch:
                return False
            asked_people, asked_for = await _open_offers(tx)
            if person.id in asked_people or row.id in asked_for:
                return False
            note = notes.pushed.format(
                group=self._rules.group_name(row.skill_group),
                level={"II": "Ⅱ", "III": "Ⅲ"}.get(row.level, "Ⅰ"),
            )
            await make_offer(tx, conversation, SYSTEM, person.id, note, push.answer)
            tx.touch_queue()
        return True


async def burdens(reader: Reader, rules: StoreRules) -> dict[str, int]:
    """What each person carries now, by the policy's weights: what came as a ticket counts less; what is on hold not at all."""
    weights = rules.policy.routing.push.weights
    statement = (
        select(
            conversations.c.owner,
            handoffs.c.ticket_at.is_not(None).label("ticket"),
            customers().label("number"),
        )
        .outerjoin(handoffs, handoffs.c.handoff_id == conversations.c.handoff_id)
        .outerjoin(desk_holds, desk_holds.c.conversation_id == conversations.c.id)
        .where(conversations.c.state == State.HUMAN.value, desk_holds.c.conversation_id.is_(None))
        .group_by(conversations.c.owner, handoffs.c.ticket_at.is_not(None))
    )
    found: dict[str, int] = {}
    for row in await reader.execute(statement):
        weight = weights.ticket if row.ticket else weights.chat
        found[row.owner or ""] = found.get(row.owner or "", 0) + weight * int(row.number)
    return found


async def _refused(reader: Reader) -> Refusals:
    """When each person last declined or did not answer, for those who wait now."""
    offers = desk_transfers.c
    statement = (
        select(
            offers.conversation_id, offers.epoch, offers.to_agent, func.max(offers.answered_at).label("at")
        )
        .join(conversations, conversations.c.id == offers.conversation_id)
        .where(
            conversations.c.state.in_(_QUEUED),
            offers.from_agent == SYSTEM,
            offers.state.in_(("declined", "expired")),
        )
        .group_by(offers.conversation_id, offers.epoch, offers.to_agent)
    )
    return {(row.conversation_id, row.epoch, row.to_agent): row.at for row in await reader.execute(statement)}


async def _open_offers(reader: Reader | Tx) -> tuple[set[str], set[str]]:
    """Who is asked something by the system now, and for whom somebody is asked; an offer whose customer was taken or left is over."""
    offers = desk_transfers.c
    statement = (
        select(offers.to_agent, offers.conversation_id)
        .join(conversations, conversations.c.id == offers.conversation_id)
        .where(
            offers.from_agent == SYSTEM,
            offers.state == "offered",
            offers.expires_at > reader.now(),
            conversations.c.owner_epoch == offers.epoch,
            or_(*(conversations.c.state == one for one in _QUEUED)),
        )
    )
    rows = (await reader.execute(statement)).all()
    return {row.to_agent for row in rows}, {row.conversation_id for row in rows}
