"""Claimed and not answered: the agent is warned, then the conversation goes back to its old place and supervisors are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from sqlalchemy import func, select

from handoff.conversation import Move, State
from handoff.notifications import notify
from handoff.queue.alerts import alert, supervisors
from handoff.queue.joins import joins_now
from handoff.queue.returning import to_queue
from handoff.records import (
    Conversation,
    Reader,
    Records,
    Tx,
    annotate,
    lock_conversation,
    update_conversation,
)
from handoff.records.audit import note_audit
from handoff.records.desk_tables import desk_holds
from handoff.records.tables import agents, conversations, items
from handoff.store_rules import StoreRules

SPOKEN = ("text", "image", "video", "button")


@dataclass(frozen=True)
class Silence:
    """A customer who waits for their agent's answer. `first`: the agent has not said a word yet."""

    conversation_id: str
    owner: str
    since: datetime
    first: bool


class Patience(NamedTuple):
    """How long an agent may be silent before they are warned, and before the conversation goes back."""

    warn: timedelta
    taken_back: timedelta


def patience(one: Silence, rules: StoreRules) -> Patience:
    """As the policy has it now: more of it once the agent has said something."""
    rule = rules.policy.routing.unanswered
    seconds = (rule.first_warn, rule.first_return) if one.first else (rule.later_warn, rule.later_return)
    return Patience(timedelta(seconds=seconds[0]), timedelta(seconds=seconds[1]))


async def silences(reader: Reader, conversation_id: str | None = None) -> list[Silence]:
    """Every claimed conversation, not on hold, whose customer waits for an answer; only one of them if asked so.

    Of conversations that are one, the one that the customer wrote in waits; an answer in any of them answers all. Notes, plans that were not told, what was taken back and the service's own sentences are no answer.
    """
    said = items.alias("said")
    last_said = (
        select(func.max(said.c.seq))
        .where(
            said.c.conversation_id == conversations.c.id,
            said.c.sender == "agent",
            said.c.recalled_at.is_(None),
        )
        .correlate(conversations)
        .scalar_subquery()
    )
    said_at = (
        select(items.c.at)
        .where(items.c.conversation_id == conversations.c.id, items.c.seq == last_said)
        .correlate(conversations)
        .scalar_subquery()
    )
    asked_at = (
        select(func.min(items.c.at))
        .where(
            items.c.conversation_id == conversations.c.id,
            items.c.sender == "customer",
            items.c.kind.in_(SPOKEN),
            items.c.seq > func.coalesce(last_said, 0),
        )
        .correlate(conversations)
        .scalar_subquery()
    )
    statement = (
        select(
            conversations.c.id,
            conversations.c.owner,
            conversations.c.claimed_at,
            conversations.c.noticed,
            said_at.label("said_at"),
            asked_at.label("asked_at"),
        )
        .outerjoin(desk_holds, desk_holds.c.conversation_id == conversations.c.id)
        .where(
            conversations.c.state == State.HUMAN.value,
            conversations.c.owner.is_not(None),
            conversations.c.claimed_at.is_not(None),
            desk_holds.c.conversation_id.is_(None),
        )
    )
    if conversation_id is not None:
        statement = statement.where(conversations.c.id == conversation_id)
    found = []
    rows = (await reader.execute(statement)).all()
    joins = await joins_now(reader, [row.id for row in rows]) if rows else {}
    for row in rows:
        if row.id in joins:
            row_said, row_asked = await _of_all(reader, [one.conversation_id for one in joins[row.id]])
            if row_said is not None and row_said >= row.claimed_at:
                if row_asked is not None and row_asked.conversation_id == row.id:
                    found.append(Silence(row.id, row.owner, _from(row, row_asked.at), first=False))
                continue
        if row.said_at is None or row.said_at < row.claimed_at:
            found.append(Silence(row.id, row.owner, _from(row, row.claimed_at), first=True))
        elif row.asked_at is not None:
            found.append(Silence(row.id, row.owner, _from(row, row.asked_at), first=False))
    return found


def _from(row: Any, at: datetime) -> datetime:
    """What was left lying before the claim, or before the end of a hold, is nobody's silence."""
    resumed_at = datetime.fromtimestamp(float((row.noticed or {}).get("resumed_at") or 0), timezone.utc)
    claimed_at: datetime = row.claimed_at
    return max(at, claimed_at, resumed_at)


async def _of_all(reader: Reader, ids: Sequence[str]) -> tuple[datetime | None, Any]:
    """Conversations that are one: when their agent last said something in any of them, and what the customer said first since then
    (a row with conversation_id and at, or None). An answer in one of them is an answer to all."""
    mine = items.c.conversation_id.in_(list(ids))
    said = select(func.max(items.c.at)).where(mine, items.c.sender == "agent", items.c.recalled_at.is_(None))
    said_at: datetime | None = (await reader.execute(said)).scalar_one()
    asked = (
        select(items.c.conversation_id, items.c.at)
        .where(mine, items.c.sender == "customer", items.c.kind.in_(SPOKEN))
        .order_by(items.c.at, items.c.conversation_id)
        .limit(1)
    )
    if said_at is not None:
        asked = asked.where(items.c.at > said_at)
    return said_at, (await reader.execute(asked)).first()


class SilenceWatch:
    """Part of the queue's sweep: `sweep()` is one round. Every move is looked at again under the conversation's lock."""

    def __init__(self, records: Records, rules: StoreRules) -> None:
        self._records = records
        self._rules = rules

    async def sweep(self) -> None:
        async with self._records.read() as reader:
            waiting = await silences(reader)
            now = reader.now()
        for one in waiting:
            if now - one.since >= patience(one, self._rules).warn:
                await self._act(one.conversation_id)

    async def _act(self, conversation_id: str) -> None:
        async with self._records.write() as tx:
            conversation = await lock_conversation(tx, conversation_id)
            now = next(iter(await silences(tx, conversation_id)), None)
            if now is None:
                return
            limit = patience(now, self._rules)
            if tx.now() - now.since < limit.warn:
                return
            agent = await _name_of(tx, now.owner)
            if tx.now() - now.since >= limit.taken_back:
                await self._take_back(tx, conversation, now, agent)
            elif conversation.noticed.get("warned") != now.since.timestamp():
                await self._warn(tx, conversation, now, agent)

    async def _warn(self, tx: Tx, conversation: Conversation, now: Silence, agent: str) -> None:
        notes = self._rules.policy.routing.notes
        waited = tx.now() - now.since
        left = patience(now, self._rules).taken_back - waited
        text = notes.warn.format(waited=spell(waited), left=spell(left))
        await alert(tx, [now.owner], "unanswered", text, conversation.id)
        told = notes.warn_supervisor.format(agent=agent, waited=spell(waited))
        others = await supervisors(tx, besides=now.owner)
        await alert(tx, others, "unanswered_team", told, conversation.id)
        noticed = {**conversation.noticed, "warned": now.since.timestamp()}
        await update_conversation(tx, conversation.id, noticed=noticed)

    async def _take_back(self, tx: Tx, conversation: Conversation, now: Silence, agent: str) -> None:
        routing = self._rules.policy.routing
        silent = tx.now() - now.since
        waited = spell(silent)
        await to_queue(tx, conversation, Move.OWNER_GONE, reason="unanswered", told=routing.says.taken_back)
        await note_audit(tx, "system", "taken_back", conversation.id, account=now.owner)
        note = routing.notes.taken_back_supervisor.format(agent=agent, waited=waited)
        await annotate(tx, conversation.id, "routing", {"text": note}, author="system")
        mine = routing.notes.taken_back.format(waited=waited)
        await alert(tx, [now.owner], "taken_back", mine, conversation.id)
        others = await supervisors(tx, besides=now.owner)
        await alert(tx, others, "taken_back_team", note, conversation.id)
        await notify(
            tx,
            "handoff.unanswered",
            conversation.id,
            handoff_id=conversation.handoff_id,
            seconds=int(silent.total_seconds()),
        )


def spell(span: timedelta) -> str:
    """`90 秒`, `4 分钟`: as people say it."""
    seconds = max(1, round(span.total_seconds()))
    return f"{seconds} 秒" if seconds < 120 else f"{seconds // 60} 分钟"


async def _name_of(reader: Reader, agent_id: str) -> str:
    name = (await reader.execute(select(agents.c.name).where(agents.c.id == agent_id))).scalar_one_or_none()
    return name or "同事"
