"""The periodic sweep of the queue by every worker; each move is checked again under its lock (promise 9).

- an owner who is gone for a minute gives the conversation back to its old place (H47), unless it is on hold;
- an owner who does not answer is warned, then gives it back too (silence.py);
- a group without people is helped out by the next one (openings.py); offers and holds that are over end (offers.py);
- what turned out to be one customer's is joined (joining.py);
- with routing mode push, whoever is first is offered to somebody who has room (pushing.py);
- a long wait is offered a ticket, then becomes one (H2, H46), and a ticket of the night is queued at opening;
- the place is told when it has changed, not more often than the policy says.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from handoff.conversation import Move, State
from handoff.queue.choice import do_leave_ticket
from handoff.queue.joining import JoinWatch
from handoff.queue.joins import joins_now, positions
from handoff.queue.notices import closed_sentence, note, say
from handoff.queue.offers import OfferWatch
from handoff.queue.openings import OpeningWatch
from handoff.queue.order import QueueOrder
from handoff.queue.people import SERVING, people_now
from handoff.queue.place import Place, agent_online, minutes_per_place
from handoff.queue.pushing import PushWatch
from handoff.queue.returning import to_queue
from handoff.queue.silence import SilenceWatch
from handoff.records import Records, Tx, lock_conversation, move
from handoff.records.desk_tables import desk_holds, desk_people
from handoff.records.tables import agents, conversations
from handoff.store_rules import StoreRules


class QueueSweep:
    """One round is `sweep()`. Two workers may sweep at once: the locks make every move happen once."""

    def __init__(
        self, records: Records, rules: StoreRules, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._records = records
        self._rules = rules
        self._monotonic = monotonic
        self._signs: dict[tuple[str | None, datetime | None], float] = {}
        """Signs of life (who, when they say it was), and since when this worker has known each."""
        self._watches = (
            OfferWatch(records, rules),
            SilenceWatch(records, rules),
            OpeningWatch(records, rules),
            JoinWatch(records, rules),
            PushWatch(records, rules),
        )

    async def sweep(self) -> None:
        """One round."""
        for watch in self._watches:
            await watch.sweep()
        for row in await self._without_owner():
            await self._return_to_queue(row.id, row.owner, row.present_at)
        for row, place in await self._waiting():
            await self._look_after(row, place)
        for conversation_id in await self._tickets_due():
            await self._queue_ticket(conversation_id)

    # -- the owner is gone ----------------------------------------------------------------------------------------
    async def _without_owner(self) -> list[Any]:
        """Conversations (id, owner, present_at) whose owner is gone: out of service, or without a sign of life for a minute.

        A minute as this worker has watched, by its own monotonic clock: a clock that is set to another time takes nobody's customers away
        and hides nobody who went. A worker that has just come up watches for a minute before it judges.
        """
        statement = (
            select(
                conversations.c.id, conversations.c.owner, agents.c.present_at, _in_service().label("serves")
            )
            .outerjoin(agents, agents.c.id == conversations.c.owner)
            .outerjoin(desk_people, desk_people.c.agent_id == conversations.c.owner)
            .outerjoin(desk_holds, desk_holds.c.conversation_id == conversations.c.id)
            .where(
                conversations.c.state == State.HUMAN.value,
                desk_holds.c.conversation_id.is_(None),  # it waits for its time, not for its agent
            )
        )
        async with self._records.read() as reader:
            rows = list(await reader.execute(statement))
        now = self._monotonic()
        self._signs = {
            sign: self._signs.get(sign, now) for sign in {(row.owner, row.present_at) for row in rows}
        }
        patience = self._rules.policy.limits.waiting.owner_gone_seconds
        return [
            row
            for row in rows
            if not row.serves
            or row.present_at is None
            or now - self._signs[row.owner, row.present_at] >= patience
        ]

    async def _return_to_queue(self, conversation_id: str, owner: str, seen: datetime | None) -> None:
        async with self._records.write() as tx:
            conversation = await lock_conversation(tx, conversation_id)
            if conversation.state is not State.HUMAN or conversation.owner != owner:
                return
            if await self._is_back(tx, owner, seen):
                return
            told = self._rules.policy.wording.owner_gone
            await to_queue(tx, conversation, Move.OWNER_GONE, reason="owner_gone", told=told)

    async def _is_back(self, tx: Tx, agent_id: str, seen: datetime | None) -> bool:
        """In service, and seen since."""
        statement = (
            select(agents.c.present_at)
            .outerjoin(desk_people, desk_people.c.agent_id == agents.c.id)
            .where(agents.c.id == agent_id, _in_service())
        )
        row = (await tx.execute(statement)).first()
        return row is not None and row.present_at is not None and row.present_at != seen

    # -- those who wait -------------------------------------------------------------------------------------------
    async def _waiting(self) -> list[tuple[Any, Place]]:
        """Everybody who waits, with their place; one read for all groups."""
        async with self._records.read() as reader:
            columns = (
                conversations.c.id,
                conversations.c.state,
                conversations.c.level,
                conversations.c.precedence,
                conversations.c.waiting_since,
                conversations.c.skill_group,
                conversations.c.noticed,
            )
            rows = (
                await reader.execute(select(*columns).where(conversations.c.state == State.WAITING.value))
            ).all()
            people = (await people_now(reader)).values() if rows else ()
            order = QueueOrder(self._rules, reader.now())
            joins = await joins_now(reader) if rows else {}
            placed: list[tuple[Any, Place]] = []
            for group in {row.skill_group for row in rows}:
                pace = await minutes_per_place(reader, group)
                online = agent_online(people, group)
                queue = order.sorted(row for row in rows if row.skill_group == group)
                places = positions(queue, joins)
                placed += [(row, Place.at(places[row.id], pace, online)) for row in queue]
            return placed

    async def _look_after(self, row: Any, place: Place) -> None:
        """Only who needs something now is written to; most rounds write nothing."""
        due = self._due(row, place, self._records.clock())
        if due is None:
            return
        async with self._records.write() as tx:
            conversation = await lock_conversation(tx, row.id)
            if conversation.state is not State.WAITING or conversation.noticed != row.noticed:
                return  # somebody else was first
            if due == "limit":
                await do_leave_ticket(tx, conversation, reason="waiting_limit")
            elif due == "closed":
                await say(
                    tx,
                    conversation.id,
                    closed_sentence(self._rules, conversation, tx),
                    offer=row.level != "III",
                )
                await note(tx, conversation, closed=True, offered=True)
            elif due == "offer":
                await say(tx, conversation.id, self._rules.policy.wording.ticket_offered, offer=True)
                await note(tx, conversation, offered=True)
            else:
                await say(tx, conversation.id, place.sentence(self._rules, row.level))
                seen = {"position": place.position, "online": place.online}
                await note(tx, conversation, **seen, told_at=tx.now().timestamp())

    def _due(self, row: Any, place: Place, now: datetime) -> str | None:
        """What this customer must be told or spared now: limit | closed | offer | position."""
        limits = self._rules.policy.limits.waiting
        waited = now - (row.waiting_since or now)
        noticed = row.noticed or {}
        patient = noticed.get("from_ticket") or noticed.get("kept_place")
        if waited >= timedelta(minutes=limits.limit_minutes) and not patient and row.level != "III":
            return "limit"
        if not self._rules.is_open(now):
            return None if noticed.get("closed") else "closed"
        if row.level == "III":
            return None  # told once that they are first and whom to call: nothing else is of use to them
        if waited >= timedelta(minutes=limits.offer_ticket_minutes) and not noticed.get("offered"):
            return "offer"
        told_at = float(noticed.get("told_at") or 0)
        changed = place.position != noticed.get("position", 1)
        quiet = now.timestamp() - told_at >= limits.position_notice_seconds
        appeared = place.online is not bool(noticed.get("online", place.online))
        return "position" if quiet and (appeared or (changed and place.position > 1)) else None

    # -- tickets of the night -------------------------------------------------------------------------------------
    async def _tickets_due(self) -> list[str]:
        async with self._records.read() as reader:
            statement = select(conversations.c.id).where(
                conversations.c.state == State.TICKET.value, conversations.c.next_due <= reader.now()
            )
            return list((await reader.execute(statement)).scalars())

    async def _queue_ticket(self, conversation_id: str) -> None:
        async with self._records.write() as tx:
            conversation = await lock_conversation(tx, conversation_id)
            due = conversation.next_due
            if conversation.state is not State.TICKET or due is None or due > tx.now():
                return
            if not self._rules.is_open(tx.now()):  # the policy's hours have changed meanwhile
                statement = update(conversations).where(conversations.c.id == conversation_id)
                await tx.execute(statement.values(next_due=self._rules.next_opening(tx.now())))
                return
            await move(
                tx,
                conversation_id,
                Move.TICKET_DUE,
                reason="opening",
                set_columns={"next_due": None, "noticed": {"from_ticket": True, "offered": True}},
            )


def _in_service() -> ColumnElement[bool]:
    """Of rows of agents beside desk_people: an account that serves customers, not set to offline."""
    online = or_(desk_people.c.status.is_(None), desk_people.c.status != "offline")
    return agents.c.active.is_(True) & agents.c.role.in_(SERVING) & online
