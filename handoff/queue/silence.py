"""Claimed and not answered: the agent is warned, then the conversation goes back to its old place and supervisors are told."""

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
    """A customer who waits for their agent's answer. `since`: the agent has been silent since then; `waits_since`: the customer has
    waited since then, whoever had them. `first`: the agent has not said a word yet."""

    conversation_id: str
    owner: str
    since: datetime
    waits_since: datetime
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

    Each of conversations that are one waits for its own answer; once the agent has said something in one of them, the others have the
    patience of a later answer. Notes, plans that were not told, what was taken back and the service's own
    sentences are no answer.
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
            conversations.c.waiting_since,
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
    joins = await joins_now(reader, None if conversation_id is None else [conversation_id])
    if conversation_id is not None:
        one_line = {conversation_id, *(one.conversation_id for one in joins.get(conversation_id, ()))}
        statement = statement.where(conversations.c.id.in_(one_line))
    rows = (await reader.execute(statement)).all()
    spoken = {row.id for row in rows if row.said_at is not None and row.said_at >= row.claimed_at}
    found = []
    for row in rows:
        if conversation_id not in (None, row.id):
            continue
        since = row.asked_at if row.id in spoken else row.claimed_at
        if since is None:
            continue
        first = row.id not in spoken and not any(
            one.conversation_id in spoken for one in joins.get(row.id, ())
        )
        found.append(Silence(row.id, row.owner, _from(row, since), _waits_since(row), first))
    return found


def _waits_since(row: Any) -> datetime:
    """Since the customer asked for a person, or since what they said first after a person's last word."""
    asked: datetime = row.waiting_since or row.claimed_at
    if row.said_at is not None and row.said_at >= asked:
        return row.asked_at or row.claimed_at  # type: ignore[no-any-return]
    return asked


def _from(row: Any, at: datetime) -> datetime:
    """What was left lying before the claim, or before the end of a hold, is nobody's silence."""
    resumed_at = datetime.fromtimestamp(float((row.noticed or {}).get("resumed_at") or 0), timezone.utc)
    claimed_at: datetime = row.claimed_at
    return max(at, claimed_at, resumed_at)


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
        since = self._rules.store_clock(now.waits_since)
        until = self._rules.store_clock(now.since + patience(now, self._rules).taken_back)
        text = notes.warn.format(since=since, until=until)
        await alert(tx, [now.owner], "unanswered", text, conversation.id)
        told = notes.warn_supervisor.format(agent=agent, since=since, until=until)
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
