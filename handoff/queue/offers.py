"""What a person left open and comes due: an offer to a colleague that nobody answered, a hold that is over."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update

from handoff.conversation import Move, State
from handoff.queue.alerts import alert
from handoff.queue.people import people_now
from handoff.queue.pushing import SYSTEM
from handoff.queue.returning import end_hold, resume, to_queue
from handoff.queue.silence import SPOKEN
from handoff.records import Reader, Records, lock_conversation
from handoff.records.desk_tables import desk_holds, desk_transfers
from handoff.records.tables import agents, conversations, items
from handoff.store_rules import StoreRules


class OfferWatch:
    """Part of the queue's sweep: `sweep()` is one round."""

    def __init__(self, records: Records, rules: StoreRules) -> None:
        self._records = records
        self._rules = rules

    async def sweep(self) -> None:
        async with self._records.read() as reader:
            expired = await self._expired(reader)
            over = await self._holds_over(reader)
        for row in expired:
            await self._expire(row)
        for row in over:
            await self._end_hold(row)

    @staticmethod
    async def _expired(reader: Reader) -> list[Any]:
        statement = select(desk_transfers).where(
            desk_transfers.c.state == "offered", desk_transfers.c.expires_at <= reader.now()
        )
        return list((await reader.execute(statement)).all())

    async def _expire(self, row: Any) -> None:
        async with self._records.write() as tx:
            await lock_conversation(tx, row.conversation_id)
            open_still = (desk_transfers.c.id == row.id, desk_transfers.c.state == "offered")
            ended = (
                update(desk_transfers)
                .where(*open_still)
                .values(state="expired", answered_at=tx.now())
                .returning(desk_transfers.c.id)
            )
            if (await tx.execute(ended)).first() is None:
                return
            if row.from_agent == SYSTEM:
                tx.touch_queue()  # the next round asks somebody else
                return
            name = (await tx.execute(select(agents.c.name).where(agents.c.id == row.to_agent))).scalar_one()
            text = self._rules.policy.routing.notes.expired.format(agent=name)
            await alert(tx, [row.from_agent], "transfer_expired", text, row.conversation_id)

    @staticmethod
    async def _holds_over(reader: Reader) -> list[Any]:
        """Holds whose time has come, or whose customer has spoken since."""
        spoken = (
            select(func.max(items.c.seq))
            .where(
                items.c.conversation_id == desk_holds.c.conversation_id,
                items.c.sender == "customer",
                items.c.kind.in_(SPOKEN),
            )
            .scalar_subquery()
        )
        statement = (
            select(desk_holds, conversations.c.state)
            .join(conversations, conversations.c.id == desk_holds.c.conversation_id)
            .where(
                or_(
                    desk_holds.c.until <= reader.now(),
                    func.coalesce(spoken, 0) > desk_holds.c.after_seq,
                    conversations.c.state != State.HUMAN.value,
                )
            )
        )
        return list((await reader.execute(statement)).all())

    async def _end_hold(self, row: Any) -> None:
        """Back to the agent who held it; to the queue, at its old place, when they are not at the desk any more."""
        routing = self._rules.policy.routing
        async with self._records.write() as tx:
            conversation = await lock_conversation(tx, row.conversation_id)
            held = select(desk_holds.c.until).where(desk_holds.c.conversation_id == row.conversation_id)
            until: datetime | None = (await tx.execute(held)).scalar_one_or_none()
            if until != row.until:
                return  # held anew meanwhile
            if conversation.state is not State.HUMAN:
                await end_hold(tx, row.conversation_id)
                return
            await resume(tx, conversation)
            owner = (await people_now(tx)).get(conversation.owner or "")
            if owner is None or owner.status == "offline":
                told = self._rules.policy.wording.owner_gone
                await to_queue(tx, conversation, Move.OWNER_GONE, reason="hold_over", told=told)
                return
            over = until <= tx.now()
            text = routing.notes.hold_over if over else routing.notes.hold_spoken
            await alert(tx, [owner.id], "hold_over", text, conversation.id)
