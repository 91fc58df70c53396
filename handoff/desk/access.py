"""Whose conversation is it: who may read it, who may write into it now (promise 7)."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from handoff.auth.roles import Agent
from handoff.conversation import State
from handoff.edge.text import clean_text
from handoff.errors import invalid, not_found, stale
from handoff.queue.alerts import MENTION
from handoff.queue.joins import joins_now
from handoff.queue.openings import opened_to
from handoff.records import Conversation, Reader, Tx, get_conversation, lock_conversation
from handoff.records.desk_tables import desk_alerts, desk_transfers
from handoff.records.tables import audits, conversations


async def readable(reader: Reader, agent: Agent, conversation_id: str) -> Conversation:
    """The conversation, if this agent may read it; the same 404 whether it is missing or another group's."""
    conversation = await get_conversation(reader, conversation_id)
    if not await _may_read(reader, agent, conversation):
        raise not_found()
    return conversation


async def owned(tx: Tx, agent: Agent, conversation_id: str, epoch: int) -> Conversation:
    """The conversation, locked, if this agent has it under this epoch; 404 not readable, 409 `stale` not (any more) theirs."""
    conversation = await lock_conversation(tx, conversation_id)
    if not is_owner(conversation, agent, epoch):
        if not await _may_read(tx, agent, conversation):
            raise not_found()
        raise stale("这位客户现在不由您接待，请刷新后再操作。")
    return conversation


def serves(agent: Agent) -> ColumnElement[bool]:
    """Conversations of the agent's groups, and those escalated (H46) or opened (H44) to one of them."""
    return or_(
        conversations.c.skill_group.in_(agent.served_groups),
        conversations.c.escalated_to.in_(agent.served_groups),
        opened_to(agent.served_groups),
    )


async def served(reader: Reader, agent: Agent, conversation: Conversation) -> bool:
    """Whether this conversation is one of those that the agent serves."""
    statement = select(conversations.c.id).where(conversations.c.id == conversation.id, serves(agent))
    return (await reader.execute(statement)).first() is not None


def is_owner(conversation: Conversation, agent: Agent, epoch: int) -> bool:
    return (
        conversation.state is State.HUMAN
        and conversation.owner == agent.id
        and conversation.owner_epoch == epoch
    )


def check_epoch(body: Any) -> int:
    """`epoch` of a request's body; ApiError 422."""
    epoch = body.get("epoch") if isinstance(body, dict) else None
    if isinstance(epoch, bool) or not isinstance(epoch, int) or not 0 <= epoch < 2**31:
        raise invalid("请求里缺少接待编号（epoch）。")
    return epoch


def check_words(value: Any, what: str, longest: int, *, needed: bool) -> str | None:
    """A free text of a request; ApiError 422 that names it. None when it may be and is missing."""
    if value is not None and not isinstance(value, str):
        raise invalid(f"{what}必须是文字。")
    words = clean_text(value or "")
    if not words:
        if needed:
            raise invalid(f"请填写{what}。")
        return None
    if len(words) > longest:
        raise invalid(f"{what}最多 {longest} 个字。")
    return words


async def _may_read(reader: Reader, agent: Agent, conversation: Conversation) -> bool:
    if agent.may_read(group=conversation.skill_group, owner=conversation.owner, owned_before=False):
        return True
    if not agent.may("serve"):
        return False
    if await served(reader, agent, conversation) or await _offered(reader, agent, conversation):
        return True
    if await _mentioned(reader, agent, conversation) or await _one_of_theirs(reader, agent, conversation):
        return True
    return await _owned_before(reader, agent, conversation)


async def _one_of_theirs(reader: Reader, agent: Agent, conversation: Conversation) -> bool:
    """It is one with a conversation that the agent has, or serves."""
    others = [
        one.conversation_id for one in (await joins_now(reader, [conversation.id])).get(conversation.id, ())
    ]
    theirs = select(conversations.c.id).where(
        conversations.c.id.in_(others), or_(conversations.c.owner == agent.id, serves(agent))
    )
    return bool(others) and (await reader.execute(theirs)).first() is not None


async def _offered(reader: Reader, agent: Agent, conversation: Conversation) -> bool:
    """A colleague wants to hand it to this agent, who may look before answering."""
    statement = select(desk_transfers.c.id).where(
        desk_transfers.c.conversation_id == conversation.id,
        desk_transfers.c.to_agent == agent.id,
        desk_transfers.c.state == "offered",
        desk_transfers.c.expires_at > reader.now(),
    )
    return (await reader.execute(statement.limit(1))).first() is not None


async def _mentioned(reader: Reader, agent: Agent, conversation: Conversation) -> bool:
    """A colleague asked for this agent's eyes in a note."""
    statement = select(desk_alerts.c.id).where(
        desk_alerts.c.conversation_id == conversation.id,
        desk_alerts.c.agent_id == agent.id,
        desk_alerts.c.kind == MENTION,
    )
    return (await reader.execute(statement.limit(1))).first() is not None


async def _owned_before(reader: Reader, agent: Agent, conversation: Conversation) -> bool:
    if conversation.last_owner == agent.id:
        return True
    statement = select(audits.c.id).where(
        audits.c.conversation_id == conversation.id, audits.c.agent_id == agent.id, audits.c.action == "claim"
    )
    return (await reader.execute(statement.limit(1))).first() is not None
