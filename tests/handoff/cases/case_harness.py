"""Conversations and their cases against a real database, with a clock that tests move."""

from typing import Any

from sqlalchemy import select

from handoff.case_record import open_handoff
from handoff.case_record.in_case import keep_effects
from handoff.case_record.material import OrderData
from handoff.case_record.opening import do_rewrite_record
from handoff.cases.following import case_left, case_no_of, case_rated
from handoff.cases.rows import Case, as_case, get_case, move_case
from handoff.cases.states import CaseMove
from handoff.conversation import Move, State
from handoff.desk.ending import Ending, do_close, do_give_back
from handoff.queue.choice import do_leave_ticket
from handoff.records import (
    NewItem,
    append_items,
    create_conversation,
    get_conversation,
    lock_conversation,
    move,
    update_conversation,
)
from handoff.records.case_tables import case_entries, cases
from tests.handoff.queue.queue_harness import QueueHarness

WANG = {"verified": True, "method": "order_phone", "phone": "13800001234", "name": "王小明"}
FRIDGE, ROBOT = "202611010005", "202611010003"
BROKEN = {
    "category": "product.quality",
    "order_no": FRIDGE,
    "item": "冰箱",
    "demand": "维修",
    "description": "不制冷",
}


class CaseHarness(QueueHarness):
    async def talk(self, customer: dict[str, Any] | None = WANG) -> str:
        """A conversation of this customer that has begun."""
        async with self.records.write() as tx:
            conversation_id = await create_conversation(tx, customer=customer or {})
            await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": "你好"})])
        return conversation_id

    async def handed(
        self, talk: str, *, reason: str = "requested", ticket: bool = False, **facts: Any
    ) -> Case:
        """The bot brings a person to this conversation; its case afterwards."""
        async with self.records.write() as tx:
            now = await lock_conversation(tx, talk)
            if now.state is State.CLOSED:
                await move(tx, talk, Move.REOPENED)
                now = await lock_conversation(tx, talk)
            await update_conversation(tx, talk, facts={**now.facts, **facts})
            await open_handoff(tx, talk, reason=reason, ticket=ticket)
        return await self.case_of(talk)

    async def comes(
        self, *, reason: str = "requested", ticket: bool = False, **facts: Any
    ) -> tuple[str, Case]:
        """王小明 opens a new conversation and is handed over."""
        talk = await self.talk()
        return talk, await self.handed(talk, reason=reason, ticket=ticket, **facts)

    async def case_of(self, talk: str) -> Case:
        async with self.records.read() as reader:
            case_no = await case_no_of(reader, await get_conversation(reader, talk))
            assert case_no is not None
            return await get_case(reader, case_no)

    async def all(self) -> list[Case]:
        async with self.records.read() as reader:
            return [as_case(row) for row in await reader.execute(select(cases).order_by(cases.c.created_at))]

    async def timeline(self, case_no: str) -> list[Any]:
        async with self.records.read() as reader:
            wanted = select(case_entries).where(case_entries.c.case_no == case_no).order_by(case_entries.c.n)
            return list(await reader.execute(wanted))

    async def ends(
        self, agent: Any, talk: str, how: str, resolution: str, note: str | None = None, **summary: str
    ) -> Case:
        """`how`: give_back or close; the case afterwards."""
        epoch = (await self.conversation(talk)).owner_epoch
        do = do_close if how == "close" else do_give_back
        await do(self.records, agent, talk, Ending(epoch, resolution, note, summary))
        return await self.case_of(talk)

    async def rates(self, talk: str, score: int) -> Case:
        async with self.records.write() as tx:
            await case_rated(tx, await lock_conversation(tx, talk), score, "")
        return await self.case_of(talk)

    async def moves(self, case_no: str, event: CaseMove, why: str = "测试") -> None:
        async with self.records.write() as tx:
            await move_case(tx, case_no, event, who="a_test", why=why)

    async def leaves(self, talk: str) -> Case:
        """The customer leaves the queue."""
        async with self.records.write() as tx:
            waiting = await lock_conversation(tx, talk)
            await move(tx, talk, Move.LEFT_QUEUE)
            await case_left(tx, waiting)
        return await self.case_of(talk)

    async def prefers_ticket(self, talk: str) -> Case:
        async with self.records.write() as tx:
            await do_leave_ticket(tx, await lock_conversation(tx, talk))
        return await self.case_of(talk)

    async def record_is_filled(self, talk: str, data: OrderData) -> Case:
        async with self.records.write() as tx:
            await do_rewrite_record(tx, await lock_conversation(tx, talk), data)
        return await self.case_of(talk)

    async def bot_wrote(self, talk: str, **effect: Any) -> None:
        async with self.records.write() as tx:
            await keep_effects(tx, await lock_conversation(tx, talk), [effect])
