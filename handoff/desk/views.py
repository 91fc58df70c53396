"""What the console reads: the queue, its own conversations, a conversation's log with notes and effects, the record."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from aftersales.masking import mask_name, mask_text
from handoff.auth.roles import Agent
from handoff.case_record.material import last_words
from handoff.cases.tags import tags_of_talks
from handoff.clock import rfc3339
from handoff.conversation import State
from handoff.desk.access import readable, serves
from handoff.desk.masked import SHOWN_ANNOTATIONS, agent_annotation, agent_item
from handoff.desk.passing_on import offers_to
from handoff.desk.reminders import my_reminders
from handoff.edge.items import PAGE_ITEMS
from handoff.errors import not_found, reload_needed
from handoff.queue.alerts import unseen
from handoff.queue.joins import Joined, Joins, firsts, joins_now, parted_ids
from handoff.queue.order import Mark, QueueOrder
from handoff.queue.people import Person, chosen_status, people_now
from handoff.queue.silence import Silence, patience, silences
from handoff.records import Conversation, Reader, read_annotations, read_items
from handoff.records.desk_tables import desk_holds, desk_transfers
from handoff.records.tables import agents, conversations, handoffs
from handoff.store_rules import store_rules

QUEUE_PAGE = 200
"""As many of the queue are told at once; the rest is read page by page."""
MINE = 200
RECENT = 50
_PREVIEW = 60
NAMELESS = "访客"
"""What a customer without a name is called; lists add the end of the conversation's id."""


@dataclass(frozen=True)
class AgentPage:
    """A page of a conversation as an agent sees it."""

    items: list[dict[str, Any]]
    annotations: list[dict[str, Any]]
    conversation: Conversation
    owner: str | None
    tags: list[str]
    together: list[str]
    """Other conversations that are one with it: what is done to it is done to them."""

    def public(self) -> dict[str, Any]:
        return {
            "items": self.items,
            "annotations": self.annotations,
            "last_seq": self.conversation.last_seq,
            "state": self.conversation.state.value,
            "owner": self.owner,
            "epoch": self.conversation.owner_epoch,
            "tags": self.tags,
            "customer_read": self.conversation.customer_read or 0,
            "together": self.together,
        }


async def queue_page(reader: Reader, agent: Agent, after: Mark | None = None) -> dict[str, Any]:
    """Who waits in this agent's groups, first served first, tickets included (an agent may claim them): a page of them after the
    mark, how many there are in all, and the mark of the next page (None: this is the end). Conversations that are one are one line, at the
    place of the first of them."""
    wanted = conversations.c.state.in_((State.WAITING.value, State.TICKET.value)) & serves(agent)
    columns = [conversations.c[name] for name in ("id", "state", "level", "precedence", "waiting_since")]
    order = QueueOrder(store_rules(), reader.now())
    joins = await joins_now(reader)
    queue = firsts(order.sorted((await reader.execute(select(*columns).where(wanted))).all()), joins)
    start = 0 if after is None else bisect_right(queue, order.key(after), key=order.key)
    page = queue[start : start + QUEUE_PAGE]
    ids = [one.id for one in page]
    rows = {row.id: row for row in await _rows(reader, conversations.c.id.in_(ids), QUEUE_PAGE, ())}
    ends = start + len(page) >= len(queue)
    return {
        "items": await _listed(reader, [rows[one] for one in ids if one in rows], joins),
        "waiting": len(queue),
        "next": None if ends or not page else Mark.of(page[-1]).text(),
    }


async def my_items(reader: Reader, agent: Agent) -> list[dict[str, Any]]:
    """The conversations this agent has now, oldest claim first; those that are one customer's are one line."""
    wanted = (conversations.c.state == State.HUMAN.value) & (conversations.c.owner == agent.id)
    first_claimed = (conversations.c.claimed_at, conversations.c.id)
    joins = await joins_now(reader)
    return await _listed(reader, firsts(await _rows(reader, wanted, MINE, first_claimed), joins), joins)


async def desk_now(reader: Reader, agent: Agent) -> dict[str, Any]:
    """Everything a console shows beside the conversations: the queue, mine, offers to me, my unseen alerts, what I am to come
    back to, my status."""
    return {
        **await queue_page(reader, agent),
        "mine": await my_items(reader, agent),
        "offers": await offers_to(reader, agent),
        "alerts": await unseen(reader, agent.id),
        "reminders": await my_reminders(reader, agent),
        "status": await chosen_status(reader, agent.id),
    }


async def recent_items(reader: Reader, agent: Agent) -> list[dict[str, Any]]:
    """The last conversations this agent had or may look back at, newest first."""
    wanted: ColumnElement[bool] = conversations.c.handoff_id.is_not(None)
    if not agent.may("read_all"):
        wanted &= or_(conversations.c.last_owner == agent.id, serves(agent))
    newest = (conversations.c.updated_at.desc(),)
    return await _listed(reader, await _rows(reader, wanted, RECENT, newest))


async def listed_items(reader: Reader, wanted: ColumnElement[bool], limit: int) -> list[dict[str, Any]]:
    """These conversations as lists show them, newest first. Who may see them is the caller's to say."""
    return await _listed(reader, await _rows(reader, wanted, limit, (conversations.c.updated_at.desc(),)))


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
        if note["kind"] in SHOWN_ANNOTATIONS and hears(agent, note)
    ]
    names = await agent_names(reader)
    return AgentPage(
        [agent_item(item, secret, names) for item in items],
        [agent_annotation(note, names) for note in notes],
        conversation,
        conversation.owner,
        (await tags_of_talks(reader, [conversation_id])).get(conversation_id, []),
        [
            one.conversation_id
            for one in (await joins_now(reader, [conversation_id])).get(conversation_id, ())
            if one.conversation_id != conversation_id
        ],
    )


def hears(agent: Agent, note: Mapping[str, Any]) -> bool:
    """What is whispered is for one person, and for those who oversee."""
    return note["kind"] != "whisper" or agent.may("oversee") or note["body"].get("to") == agent.id


async def current_record(reader: Reader, agent: Agent, conversation_id: str) -> dict[str, Any]:
    """The row of the latest handoff: record, filled, updated_at; 404 when it was never handed to people. Its deadlines are those that
    hold now, pauses included, as lists show them."""
    conversation = await readable(reader, agent, conversation_id)
    row = (
        await reader.execute(select(handoffs).where(handoffs.c.handoff_id == conversation.handoff_id))
    ).first()
    if row is None:
        raise not_found("这个会话还没有转过人工。")
    told = dict(row._mapping)
    deadlines = {**(row.record.get("deadlines") or {}), **conversation.deadlines}
    return {**told, "record": {**row.record, "deadlines": deadlines}}


async def agent_names(reader: Reader) -> dict[str, str]:
    """Names of the people at the desk by id."""
    return {row.id: row.name for row in await reader.execute(select(agents.c.id, agents.c.name))}


async def _rows(
    reader: Reader, wanted: ColumnElement[bool], limit: int, order: Sequence[ColumnElement[Any]]
) -> Sequence[Any]:
    mood = handoffs.c.record["emotion"]["now"].as_string().label("emotion")
    offer = desk_transfers.alias("offer")
    statement = (
        select(
            conversations,
            handoffs.c.reason,
            mood,
            desk_holds.c.until.label("held_until"),
            desk_holds.c.note.label("held_note"),
            offer.c.to_agent.label("offered_to"),
            offer.c.expires_at.label("offer_expires_at"),
        )
        .outerjoin(handoffs, handoffs.c.handoff_id == conversations.c.handoff_id)
        .outerjoin(desk_holds, desk_holds.c.conversation_id == conversations.c.id)
        .outerjoin(
            offer,
            (offer.c.conversation_id == conversations.c.id)
            & (offer.c.state == "offered")
            & (offer.c.expires_at > reader.now()),
        )
        .where(wanted)
        .order_by(*order)
        .limit(limit)
    )
    return (await reader.execute(statement)).all()


async def _listed(reader: Reader, rows: Sequence[Any], joins: Joins | None = None) -> list[dict[str, Any]]:
    """`joins`: what these lines stand for besides their own conversations."""
    together = {
        row.id: [one for one in (joins or {}).get(row.id, ()) if one.conversation_id != row.id]
        for row in rows
    }
    beside = [one.conversation_id for some in together.values() for one in some]
    others = (
        {row.id: row for row in await _rows(reader, conversations.c.id.in_(beside), len(beside), ())}
        if beside
        else {}
    )
    ids = [row.id for row in rows] + beside
    words, tags = await last_words(reader, ids), await tags_of_talks(reader, ids)
    others_of = {
        row.id: [others[one.conversation_id] for one in together[row.id] if one.conversation_id in others]
        for row in rows
    }
    parted = set((await reader.execute(parted_ids(ids))).scalars())
    names = await agent_names(reader)
    people = await people_now(reader)
    owned_now = any(row.state == State.HUMAN.value for row in rows)
    silent = {one.conversation_id: one for one in await silences(reader)} if owned_now else {}
    return [
        {
            "conversation_id": row.id,
            "state": row.state,
            "group": row.skill_group,
            "escalated_to": row.escalated_to,
            "priority": row.priority,
            "category": row.category,
            "preview": mask_text(words.get(row.id, ""))[:_PREVIEW],
            "customer": _name(row),
            "verified": bool(row.customer.get("verified")),
            "tags": tags.get(row.id, []),
            "order_no": row.facts.get("order_no"),
            "item": row.facts.get("item"),
            "owner": row.owner,
            "owner_name": names.get(row.owner or ""),
            "epoch": row.owner_epoch,
            "last_seq": row.last_seq,
            "updated_at": rfc3339(row.updated_at),
            **_pressing((row, *others_of[row.id])),
            **_standing(row, others_of[row.id], names, people, silent),
            **_beside(together[row.id], others, words),
            **({"parted": True} if row.id in parted else {}),
        }
        for row in rows
    ]


_WORST: dict[str, Sequence[str | None]] = {
    "level": ("III", "II", "I"),
    "reason": ("safety", "threat", "privacy"),
    "emotion": ("angry", "displeased"),
}
"""What of several conversations is shown of their line: the first that any of them has, else its own."""


def _pressing(line: Sequence[Any]) -> dict[str, Any]:
    """What presses on a line, of any of its conversations: level, reason and mood, the longest wait, the nearest deadlines, and the
    group whose level is the highest."""
    told = {
        name: next(
            (worst for worst in order if any(getattr(row, name) == worst for row in line)),
            getattr(line[0], name),
        )
        for name, order in _WORST.items()
    }
    if any(row.level != told["level"] for row in line):
        told["group"] = next(row.skill_group for row in line if row.level == told["level"])
    waits = [row.waiting_since for row in line if row.waiting_since]
    told["waiting_since"] = rfc3339(min(waits)) if waits else None
    due: dict[str, Any] = dict(line[0].deadlines or {})
    for row in line[1:]:
        for step, at in (row.deadlines or {}).items():
            due[step] = min(filter(None, (due.get(step), at)), default=None)
    return {**told, "deadlines": due}


def _name(row: Any) -> str:
    return mask_name(row.customer.get("name")) or NAMELESS


def _beside(
    together: Sequence[Joined], others: Mapping[str, Any], words: Mapping[str, str]
) -> dict[str, Any]:
    """The other conversations of a line, oldest first; nothing when it is one alone."""
    told = [
        {
            "conversation_id": one.conversation_id,
            "why": one.why,
            "state": row.state,
            "level": row.level,
            "category": row.category,
            "customer": _name(row),
            "order_no": row.facts.get("order_no"),
            "preview": mask_text(words.get(one.conversation_id, ""))[:_PREVIEW],
            "epoch": row.owner_epoch,
            "last_seq": row.last_seq,
            "began_at": rfc3339(row.created_at),
            "updated_at": rfc3339(row.updated_at),
        }
        for one in together
        if (row := others.get(one.conversation_id)) is not None
    ]
    return {"together": told} if told else {}


def _standing(
    row: Any,
    others: Sequence[Any],
    names: Mapping[str, str],
    people: Mapping[str, Person],
    silent: Mapping[str, Silence],
) -> dict[str, Any]:
    """How it stands between people, with what is one with it; only what applies is told."""
    all_of_it = (row, *others)
    silence = [silent[one.id] for one in all_of_it if one.id in silent]
    offered = next((one for one in all_of_it if one.offered_to), None)
    told: dict[str, Any] = {}
    if silence:
        until = min(one.since + patience(one, store_rules()).taken_back for one in silence)
        told |= {
            "unanswered_since": rfc3339(min(one.waits_since for one in silence)),
            "unanswered_first": any(one.first for one in silence),
            "unanswered_until": rfc3339(until),
            "unanswered_in": [one.conversation_id for one in silence],
        }
    if row.state == State.HUMAN.value and row.held_until:
        told |= {"held_until": rfc3339(row.held_until), "held_note": row.held_note}
    if offered is not None:
        told |= {
            "offered_to": names.get(offered.offered_to),
            "offer_expires_at": rfc3339(offered.offer_expires_at),
        }
    last = people.get(row.last_owner or "")
    seconds = store_rules().policy.routing.last_agent
    if (
        row.state == State.WAITING.value
        and row.waiting_since
        and seconds
        and last is not None
        and last.available
        and not (row.noticed or {}).get("kept_place")
    ):
        until = row.waiting_since + timedelta(seconds=seconds)
        told |= {"preferred": last.id, "preferred_name": last.name, "preferred_until": rfc3339(until)}
    return told
