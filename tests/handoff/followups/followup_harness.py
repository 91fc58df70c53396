"""Follow-ups with a clock that tests move: the queue's harness, timers, and an order system with one request."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from aftersales.order_system.port import AfterSalesRequest, OrderSystem, Refund, Unavailable
from handoff.auth.roles import Agent
from handoff.case_record import open_handoff
from handoff.desk.ending import Ending, do_close, do_give_back
from handoff.followups.planning import plans_follow_ups
from handoff.followups.requests import follow_request
from handoff.records import NewItem, Records, append_items, lock_conversation, read_annotations
from handoff.records.followup_tables import notifications, sla_breaches, visits
from handoff.store_rules import StoreRules
from handoff.timer_kinds import timer_kinds
from handoff.timers import TimerRunner
from handoff.uploads.storage import UploadStorage
from tests.handoff.queue.queue_harness import MONDAY_NOON, QueueHarness


@dataclass
class OneRequest:
    """An order system that knows one request and its refund; `away`: it does not answer."""

    request_: AfterSalesRequest = field(
        default_factory=lambda: AfterSalesRequest(
            request_no="RT000000000001",
            kind="return",
            state="submitted",
            order_no="202611010003",
            item_id="1",
            item="扫地机器人",
            created_at=MONDAY_NOON,
            next="等待审核，结果会在这里告诉您。",
            due=MONDAY_NOON + timedelta(hours=24),
        )
    )
    refund: Refund | None = None
    away: bool = False
    asked: int = 0

    async def request(self, request_no: str) -> AfterSalesRequest | None:
        self.asked += 1
        if self.away:
            raise Unavailable("timeout", "订单系统没有响应")
        return self.request_ if request_no == self.request_.request_no else None

    async def refund_progress(self, _order_no: str) -> list[Refund]:
        return [self.refund] if self.refund else []

    def becomes(self, state: str, *, due: Any = None, next_: str = "快递会上门取件。") -> None:
        self.request_ = replace(self.request_, state=state, due=due, next=next_)  # type: ignore[arg-type]


class FollowUpHarness(QueueHarness):
    """Two workers' timers on one database."""

    def __init__(self, records: Records, store: StoreRules, folder: Path) -> None:
        super().__init__(records, store)
        self.orders = OneRequest()
        records.before_commit = [plans_follow_ups(store)]
        kinds = timer_kinds(
            store, cast(OrderSystem, self.orders), UploadStorage(folder / "uploads"), "secret"
        )
        self.workers = [TimerRunner(records, kinds) for _ in range(2)]
        self.store = store

    async def tick(self) -> int:
        """What is due now happens, whichever worker comes first."""
        return sum(await asyncio.gather(*(one.fire_due() for one in self.workers)))

    async def pass_by(self, **span: float) -> None:
        """Time goes by in steps of some hours, timers firing all the while."""
        end = self.now + timedelta(**span)
        while self.now < end:
            self.now = min(self.now + timedelta(hours=7), end)
            await self.tick()

    async def customer(self, conversation_id: str, text: str) -> None:
        async with self.records.write() as tx:
            await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": text})])

    async def answers(self, agent: Agent, conversation_id: str, text: str = "您好") -> None:
        async with self.records.write() as tx:
            item = NewItem("agent", "text", {"text": text}, sender_id=agent.id)
            await append_items(tx, conversation_id, [item])

    async def hands_over(self, conversation_id: str, reason: str = "requested") -> None:
        async with self.records.write() as tx:
            await open_handoff(tx, conversation_id, reason=reason)

    async def close(self, agent: Agent, conversation_id: str, resolution: str = "solved") -> None:
        conversation = await self.conversation(conversation_id)
        await do_close(
            self.records, agent, conversation_id, Ending(conversation.owner_epoch, resolution, None)
        )

    async def give_back(self, agent: Agent, conversation_id: str, resolution: str = "solved") -> None:
        conversation = await self.conversation(conversation_id)
        await do_give_back(
            self.records, agent, conversation_id, Ending(conversation.owner_epoch, resolution, None)
        )

    async def follow(self, conversation_id: str) -> None:
        async with self.records.write() as tx:
            await lock_conversation(tx, conversation_id)
            await follow_request(tx, conversation_id, self.orders.request_.request_no, self.store)

    async def breaches(self) -> list[tuple[str, Any]]:
        async with self.records.read() as reader:
            rows = await reader.execute(select(sla_breaches).order_by(sla_breaches.c.due_at))
            return [(row.deadline, row.due_at) for row in rows]

    async def remarks(self, conversation_id: str, kind: str) -> list[str]:
        async with self.records.read() as reader:
            notes = await read_annotations(reader, conversation_id)
        return [one["body"]["text"] for one in notes if one["kind"] == kind]

    async def events(self) -> list[str]:
        async with self.records.read() as reader:
            rows = await reader.execute(select(notifications.c.event).order_by(notifications.c.at))
            return [str(row.event) for row in rows]

    async def visit(self) -> Any:
        async with self.records.read() as reader:
            return (await reader.execute(select(visits))).first()
