"""What the console reads: the queue, its own conversations, a conversation's log with notes and effects, the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from aftersales.masking import mask_name, mask_text
from handoff.auth.roles import Agent
from handoff.case_record.material import last_words
from handoff.clock import rfc3339
from handoff.conversation import State
from handoff.desk.access import readable, serves
from handoff.desk.masked import SHOWN_ANNOTATIONS, agent_annotation, agent_item
from handoff.edge.items import PAGE_ITEMS
from handoff.errors import not_found, reload_needed
from handoff.queue.order import in_order
from handoff.records import Conversation, Reader, read_annotations, read_items
from handoff.records.tables import agents, conversations, handoffs

QUEUE_LENGTH = 200
RECENT = 50
_PREVIEW = 60


@dataclass(frozen=True)
class AgentPage:
    """A page of a conversation as an agent sees it."""

    items: list[dict[str, Any]]
    annotations: list[dict[str, Any]]
    conversation: Conversation
    owner: str | None

    def public(self) -> dict[str, Any]:
        return {
            "items": self.items,
            "annotations": self.annotations,
            "last_seq": self.conversation.last_seq,
            "state": self.conversation.state.value,
            "owner": self.owner,
            "epoch": self.conversation.owner_epoch,
        }


async def queue_items(reader: Reader, agent: Agent) -> list[dict[str, Any]]:
    """Who waits in this agent's groups, first served first, tickets included (an agent may claim them)."""
    wanted = conversations.c.state.in_((State.WAITING.value, State.TICKET.value)) & serves(agent)
    # III > II > I as texts too, so that a cut-off queue loses its end and never those who wait longest
    first_served = (conversations.c.level.desc(), conversations.c.waiting_since)
    return await _listed(reader, in_order(await _rows(reader, wanted, QUEUE_LENGTH, first_served)))


async def my_items(reader: Reader, agent: Agent) -> list[dict[str, Any]]:
    """The conversations this agent has now, oldest claim first."""
    wanted = (conversations.c.state == State.HUMAN.value) & (conversations.c.owner == agent.id)
    first_claimed = (conversations.c.claimed_at, conversations.c.id)
    return await _listed(reader, await _rows(reader, wanted, QUEUE_LENGTH, first_claimed))


async def recent_items(reader: Reader, agent: Agent) -> list[dict[str, Any]]:
    """The last conversations this agent had or may look back at, newest first."""
    wanted: ColumnElement[bool] = conversations.c.handoff_id.is_not(None)
    if not agent.may("read_all"):
        wanted &= or_(conversations.c.last_owner == agent.id, serves(agent))
    newest = (conversations.c.updated_at.desc(),)
    return await _listed(reader, await _rows(reader, wanted, RECENT, newest))


async def agent_page(
    reader: Reader, agent: Agent, conversation_id: str, after: int, secret: str
) -> AgentPage:
    """Items after `after` and the annotations beside them, masked; 404 not readable, 409 `reload` beyond the end."""
    conversation = await readable(reader, agent, conversation_id)
    if after > conversation.last_seq:
        raise reload_needed()
    items = await read_items(
        reader, conversation_id, after=after, up_to=conversation.last_seq, limit=PAGE_ITEMS
    )
    notes = [
        note
        for note in await read_annotations(reader, conversation_id, after=after)
        if note["kind"] in SHOWN_ANNOTATIONS
    ]
    names = await agent_names(reader)
    return AgentPage(
        [agent_item(item, secret, names) for item in items],
        [agent_annotation(note, names) for note in notes],
        conversation,
        conversation.owner,
    )


async def current_record(reader: Reader, agent: Agent, conversation_id: str) -> dict[str, Any]:
    """The row of the latest handoff: record, filled, updated_at; 404 when it was never handed to people."""
    conversation = await readable(reader, agent, conversation_id)
    row = (
        await reader.execute(select(handoffs).where(handoffs.c.handoff_id == conversation.handoff_id))
    ).first()
    if row is None:
        raise not_found("这个会话还没有转过人工。")
    return dict(row._mapping)


async def agent_names(reader: Reader) -> dict[str, str]:
    """Names of the people at the desk by id."""
    return {row.id: row.name for row in await reader.execute(select(agents.c.id, agents.c.name))}


async def _rows(
    reader: Reader, wanted: ColumnElement[bool], limit: int, order: Sequence[ColumnElement[Any]]
) -> Sequence[Any]:
    mood = handoffs.c.record["emotion"]["now"].as_string().label("emotion")
    statement = (
        select(conversations, handoffs.c.reason, mood)
        .outerjoin(handoffs, handoffs.c.handoff_id == conversations.c.handoff_id)
        .where(wanted)
        .order_by(*order)
        .limit(limit)
    )
    return (await reader.execute(statement)).all()


async def _listed(reader: Reader, rows: Sequence[Any]) -> list[dict[str, Any]]:
    words = await last_words(reader, [row.id for row in rows])
    names = await agent_names(reader)
    return [
        {
            "conversation_id": row.id,
            "state": row.state,
            "group": row.skill_group,
            "escalated_to": row.escalated_to,
            "priority": row.priority,
            "level": row.level,
            "category": row.category,
            "waiting_since": rfc3339(row.waiting_since) if row.waiting_since else None,
            "deadlines": row.deadlines,
            "reason": row.reason,
            "emotion": row.emotion,
            "preview": mask_text(words.get(row.id, ""))[:_PREVIEW],
            "customer": mask_name(row.customer.get("name")) or "访客",
            "verified": bool(row.customer.get("verified")),
            "owner": row.owner,
            "owner_name": names.get(row.owner or ""),
            "epoch": row.owner_epoch,
            "last_seq": row.last_seq,
            "updated_at": rfc3339(row.updated_at),
        }
        for row in rows
    ]
