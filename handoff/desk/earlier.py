"""What the customer of a conversation came with before: by the store's account, the verified phone or e-mail, and earlier in the
same conversation. Whoever may read the conversation may look back, whichever group had it then; all of it is masked (H7)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from aftersales.masking import mask_text
from handoff.auth.roles import Agent
from handoff.case_record.earlier import handoffs_of
from handoff.case_record.material import words_of
from handoff.clock import rfc3339
from handoff.desk.access import readable
from handoff.desk.masked import SHOWN_ANNOTATIONS, agent_annotation, agent_item
from handoff.desk.views import agent_names, hears
from handoff.edge.items import PAGE_ITEMS
from handoff.errors import not_found
from handoff.records import Conversation, Reader, read_annotations, read_items
from handoff.records.customers import conversations_by, surely
from handoff.records.tables import conversations, items, ratings

MOST_SHOWN = 30
_PREVIEW = 80


async def earlier_contacts(reader: Reader, agent: Agent, conversation_id: str) -> dict[str, Any]:
    """`{"items","total"}`: the last 30, newest first, each what one matter of one conversation came to; 404 not readable."""
    conversation = await readable(reader, agent, conversation_id)
    spans = await _spans(reader, conversation)
    shown = spans[:MOST_SHOWN]
    ids = list(dict.fromkeys(row.conversation_id for row in shown))
    told: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for one in await handoffs_of(reader, ids):
        told[one["conversation_id"], one["episode"]].append(one)
    rated = await _ratings(reader, ids)
    said = await _first_words(reader, shown)
    return {
        "items": [
            _contact(row, told[row.conversation_id, row.episode], rated, said, conversation_id)
            for row in shown
        ],
        "total": len(spans),
    }


async def earlier_log(
    reader: Reader,
    agent: Agent,
    conversation_id: str,
    *,
    other: str,
    episode: int,
    after: int,
    secret: str,
) -> dict[str, Any]:
    """The log of one of them, a page after `after`, with its notes; `next`: what the page after begins behind, null at the end.
    404 for anything that is no earlier contact of this conversation's customer."""
    conversation = await readable(reader, agent, conversation_id)
    span = next(
        (
            row
            for row in await _spans(reader, conversation)
            if (row.conversation_id, row.episode) == (other, episode)
        ),
        None,
    )
    if span is None:
        raise not_found("没有这次会话，或者它不是这位客户的。")
    start = max(after, span.first - 1)
    found = await read_items(reader, other, after=start, up_to=span.last, limit=PAGE_ITEMS)
    until = found[-1].seq if found else span.last
    names = await agent_names(reader)
    notes = [
        note
        for note in await read_annotations(reader, other, after=start)
        if note["after_seq"] <= until and note["kind"] in SHOWN_ANNOTATIONS and hears(agent, note)
    ]
    return {
        "items": [agent_item(one, secret, names) for one in found],
        "annotations": [agent_annotation(note, names) for note in notes],
        "next": until if until < span.last else None,
    }


async def _spans(reader: Reader, conversation: Conversation) -> Sequence[Any]:
    """Every matter of this customer but the present one: where it stands in which log, newest first."""
    keys = surely(conversation.customer_sub, conversation.identity, conversation.customer)
    ids = list(dict.fromkeys([*await conversations_by(reader, keys), conversation.id]))
    statement = (
        select(
            items.c.conversation_id,
            items.c.episode,
            func.min(items.c.seq).label("first"),
            func.max(items.c.seq).label("last"),
            func.min(items.c.at).label("began_at"),
            func.max(items.c.at).label("ended_at"),
            conversations.c.state,
            conversations.c.episode.label("now"),
        )
        .join(conversations, conversations.c.id == items.c.conversation_id)
        .where(
            items.c.conversation_id.in_(ids),
            ~((items.c.conversation_id == conversation.id) & (items.c.episode == conversation.episode)),
        )
        .group_by(items.c.conversation_id, items.c.episode, conversations.c.state, conversations.c.episode)
        .order_by(func.max(items.c.at).desc(), items.c.conversation_id)
    )
    return (await reader.execute(statement)).all()


async def _ratings(reader: Reader, ids: Sequence[str]) -> Mapping[tuple[str, int], dict[str, Any]]:
    statement = select(ratings).where(ratings.c.conversation_id.in_(ids))
    return {
        (row.conversation_id, row.episode): {"score": row.score, "text": mask_text(row.words)}
        for row in await reader.execute(statement)
    }


async def _first_words(reader: Reader, spans: Sequence[Any]) -> Mapping[tuple[str, int], str]:
    """What the customer said first, each time."""
    firsts = (
        select(items.c.conversation_id, func.min(items.c.seq).label("seq"))
        .where(
            items.c.conversation_id.in_([row.conversation_id for row in spans]),
            items.c.sender == "customer",
            items.c.kind != "rating",
        )
        .group_by(items.c.conversation_id, items.c.episode)
        .subquery()
    )
    statement = select(items.c.conversation_id, items.c.episode, items.c.kind, items.c.body).join(
        firsts, (items.c.conversation_id == firsts.c.conversation_id) & (items.c.seq == firsts.c.seq)
    )
    return {
        (row.conversation_id, row.episode): mask_text(words_of(row.kind, row.body))[:_PREVIEW]
        for row in await reader.execute(statement)
    }


def _contact(
    row: Any,
    handed: Sequence[dict[str, Any]],
    rated: Mapping[tuple[str, int], dict[str, Any]],
    said: Mapping[tuple[str, int], str],
    present: str,
) -> dict[str, Any]:
    at = (row.conversation_id, row.episode)
    runs = row.episode == row.now
    return {
        "conversation_id": row.conversation_id,
        "episode": row.episode,
        "here": row.conversation_id == present,
        "began_at": rfc3339(row.began_at),
        "ended_at": rfc3339(row.ended_at),
        "state": row.state if runs else "closed",
        "words": said.get(at, ""),
        "handoffs": [
            {key: value for key, value in one.items() if key not in ("conversation_id", "episode")}
            for one in handed
        ],
        "rating": rated.get(at),
    }
