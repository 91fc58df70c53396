"""A queue with a clock that tests move: conversations, people, handoffs and sweeps against a real database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from handoff.auth.roles import Agent
from handoff.case_record import open_handoff
from handoff.conversation import Move, State
from handoff.desk.claim import do_claim
from handoff.queue.sweep import QueueSweep
from handoff.records import (
    Conversation,
    NewItem,
    Records,
    append_items,
    create_conversation,
    get_conversation,
    move,
    new_id,
    read_items,
    update_conversation,
)
from handoff.records.tables import agents
from handoff.store_rules import StoreRules, load_store_rules, rules_of, use_store_rules
from handoff.turns.begin import begin_next_turn
from handoff.turns.commit import commit_answer
from handoff.turns.running_turn import load_running_turn

ROOT = Path(__file__).parents[3]
MONDAY_NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


def rules(*, always_open: bool = True) -> StoreRules:
    """The demo policy; with its opening hours in force when not always open."""
    loaded = load_store_rules(ROOT, "Asia/Shanghai")
    hours = loaded.policy.hours.model_copy(update={"always_open": always_open})
    return rules_of(loaded.policy.model_copy(update={"hours": hours}), "Asia/Shanghai")


class QueueHarness:
    """`now` is the time of everything in here."""

    def __init__(self, records: Records, store: StoreRules) -> None:
        self.now = MONDAY_NOON
        self.records = records
        records.clock = lambda: self.now
        use_store_rules(store)
        self._elapsed = 0.0
        self._sweep = QueueSweep(records, store, self._monotonic)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)
        self._elapsed += timedelta(**span).total_seconds()

    def _monotonic(self) -> float:
        return self._elapsed

    def set_clock(self, **span: float) -> None:
        """Somebody sets the machine's clock to another time; no time passes."""
        self.now += timedelta(**span)

    async def sweep(self) -> None:
        await self._sweep.sweep()

    async def agent(self, name: str = "小林", *, groups: tuple[str, ...] = ("online",)) -> Agent:
        """A person at the desk, present now."""
        agent = Agent(new_id("a"), name, name, "agent", groups)
        async with self.records.write() as tx:
            await tx.execute(
                insert(agents).values(
                    id=agent.id,
                    username=f"{name}-{agent.id}",
                    password_hash="-",
                    name=name,
                    role="agent",
                    groups=list(groups),
                    active=True,
                    created_at=tx.now(),
                    present_at=tx.now(),
                )
            )
        return agent

    async def is_present(self, agent: Agent) -> None:
        """Shows itself now, as its console does."""
        async with self.records.write() as tx:
            await tx.execute(update(agents).where(agents.c.id == agent.id).values(present_at=tx.now()))

    async def waiting(self, reason: str = "requested", **facts: Any) -> str:
        """A customer who wrote and then came to the queue."""
        async with self.records.write() as tx:
            conversation_id = await create_conversation(tx)
            await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": "你好"})])
            await update_conversation(tx, conversation_id, facts=facts)
            await open_handoff(tx, conversation_id, reason=reason)
        return conversation_id

    async def heard(self, conversation_id: str, text: str, *replies: str) -> None:
        """A message of a waiting customer, and what the listening bot makes of it: nothing new, and these replies."""
        async with self.records.write() as tx:
            await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": text})])
            turn_id = await begin_next_turn(tx, conversation_id)
        async with self.records.read() as reader:
            running = await load_running_turn(reader, str(turn_id))
        assert running is not None
        assert running.listens
        answer = {
            "replies": [{"kind": "text", "text": one} for one in replies],
            "commands": [{"command": "case", "facts": {}}],
            "effects": [],
            "state": {"format": 1, "model": "scripted"},
        }
        assert await commit_answer(self.records, running, answer)

    async def closed(self, conversation_id: str) -> None:
        async with self.records.write() as tx:
            await move(tx, conversation_id, Move.CLOSED)

    async def claim(self, agent: Agent, conversation_id: str) -> int:
        return (await do_claim(self.records, agent, conversation_id)).epoch

    async def conversation(self, conversation_id: str) -> Conversation:
        async with self.records.read() as reader:
            return await get_conversation(reader, conversation_id)

    async def state(self, conversation_id: str) -> State:
        return (await self.conversation(conversation_id)).state

    async def told(self, conversation_id: str) -> list[str]:
        """What the system said to this customer, in order."""
        async with self.records.read() as reader:
            log = await read_items(reader, conversation_id)
        return [one.body["text"] for one in log if one.sender == "system" and one.kind == "text"]

    async def offered(self, conversation_id: str) -> bool:
        """Whether a ticket was offered by button."""
        async with self.records.read() as reader:
            log = await read_items(reader, conversation_id)
        return any(one.body.get("buttons") for one in log if one.sender == "system")

    async def owner_of(self, conversation_id: str) -> str | None:
        return (await self.conversation(conversation_id)).owner
