"""What is known about a case at the moment it is handed to people, gathered from the log in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from aftersales.grading import Known
from aftersales.order_system.port import AfterSalesRequest, Order, Parcel, Refund
from handoff.case_record.earlier import earlier_handoffs
from handoff.records import Conversation, Item, Reader, read_annotations, read_items
from handoff.records.customers import surely
from handoff.records.tables import handoffs, items, turns, uploads

_LOG_ITEMS = 500
"""The record cites at most this many of the latest items; the transcript itself stays in the log."""


@dataclass(frozen=True)
class EmotionReading:
    """What one turn understood of the customer's mood."""

    at: datetime
    seq: int
    emotion: str
    score: float | None


@dataclass(frozen=True)
class OrderData:
    """What the order system says about the case (H38). `asked` is False until it has been asked."""

    asked: bool = False
    order: Order | None = None
    parcel: Parcel | None = None
    refunds: Sequence[Refund] = ()
    requests: Sequence[AfterSalesRequest] = ()


@dataclass(frozen=True)
class CaseMaterial:
    """Input of `build_record`; nothing in it is masked yet."""

    handoff_id: str | None
    conversation_id: str | None
    created_at: datetime
    channel: str
    reason: str
    evidence: Sequence[str]
    customer: Mapping[str, Any]
    facts: Mapping[str, Any]
    items: Sequence[Item]
    effects: Sequence[Mapping[str, Any]]
    emotions: Sequence[EmotionReading]
    uploads: Sequence[Mapping[str, Any]]
    contacts: int
    order_data: OrderData = field(default_factory=OrderData)
    case_no: str | None = None
    ticket_at: datetime | None = None
    """Since when the customer leaves it to a ticket; the first response is due by the ticket's clock from then on."""
    earlier: Sequence[Mapping[str, Any]] = ()
    """The customer's last handoffs with what came of them (handoff/case_record/earlier.py), masked."""
    at_least: Known | None = None
    """How serious the matter is already, from earlier contacts."""

    def with_order_data(self, data: OrderData) -> "CaseMaterial":
        return replace(self, order_data=data)


async def gather(
    reader: Reader,
    conversation: Conversation,
    *,
    handoff_id: str,
    created_at: datetime,
    reason: str,
    evidence: Sequence[str],
    facts: Mapping[str, Any],
    channel: str,
    ticket_at: datetime | None = None,
) -> CaseMaterial:
    """Everything our own database knows about the case of the current episode."""
    last = conversation.last_seq
    log = [
        item
        for item in await read_items(
            reader, conversation.id, after=max(0, last - _LOG_ITEMS), up_to=last, limit=_LOG_ITEMS
        )
        if item.episode == conversation.episode
    ]
    first = log[0].seq if log else last
    notes = await read_annotations(reader, conversation.id, after=max(0, first - 1))
    return CaseMaterial(
        handoff_id=handoff_id,
        conversation_id=conversation.id,
        created_at=created_at,
        channel=channel,
        reason=reason,
        evidence=evidence,
        customer=conversation.customer,
        facts=facts,
        items=log,
        effects=[{**note["body"], "at": note["at"]} for note in notes if note["kind"] == "effect"],
        emotions=await _emotion_readings(reader, conversation),
        uploads=await _uploads(reader, conversation, log),
        contacts=await _contacts(reader, conversation),
        earlier=await earlier_handoffs(
            reader,
            surely(conversation.customer_sub, conversation.identity, conversation.customer),
            conversation_id=conversation.id,
            but=handoff_id,
        ),
        ticket_at=ticket_at,
    )


async def _emotion_readings(reader: Reader, conversation: Conversation) -> list[EmotionReading]:
    statement = (
        select(turns.c.first_seq, turns.c.started_at, turns.c.understanding)
        .where(turns.c.conversation_id == conversation.id, turns.c.episode == conversation.episode)
        .order_by(turns.c.first_seq)
    )
    emotions = []
    for row in await reader.execute(statement):
        said = row.understanding or {}
        if said.get("emotion"):
            emotions.append(
                EmotionReading(row.started_at, row.first_seq, said["emotion"], said.get("emotion_score"))
            )
    return emotions


async def _uploads(reader: Reader, conversation: Conversation, log: Sequence[Item]) -> list[dict[str, Any]]:
    sent = {item.body.get("upload_id"): item.seq for item in log if item.kind in ("image", "video")}
    if not sent:
        return []
    statement = select(uploads.c.upload_id, uploads.c.kind, uploads.c.created_at).where(
        uploads.c.conversation_id == conversation.id
    )
    return [
        {"upload_id": row.upload_id, "kind": row.kind, "at": row.created_at, "seq": sent[row.upload_id]}
        for row in await reader.execute(statement)
        if row.upload_id in sent
    ]


async def _contacts(reader: Reader, conversation: Conversation) -> int:
    """How many matters of this conversation came to people, this one included (H13: repeated problems)."""
    statement = select(func.count(func.distinct(handoffs.c.episode))).where(
        handoffs.c.conversation_id == conversation.id, handoffs.c.episode < conversation.episode
    )
    return int((await reader.execute(statement)).scalar_one()) + 1


async def last_words(reader: Reader, conversation_ids: Sequence[str]) -> dict[str, str]:
    """The customer's last text in each of these conversations, for previews."""
    if not conversation_ids:
        return {}
    latest = (
        select(items.c.conversation_id, func.max(items.c.seq).label("seq"))
        .where(
            items.c.conversation_id.in_(conversation_ids),
            items.c.sender == "customer",
            items.c.kind != "rating",
        )
        .group_by(items.c.conversation_id)
        .subquery()
    )
    statement = select(items.c.conversation_id, items.c.kind, items.c.body).join(
        latest,
        (items.c.conversation_id == latest.c.conversation_id) & (items.c.seq == latest.c.seq),
    )
    return {row.conversation_id: words_of(row.kind, row.body) for row in await reader.execute(statement)}


def words_of(kind: str, body: Mapping[str, Any]) -> str:
    """What an item says, in a line: the text, the label of a button, or what kind of file it is."""
    said = str(body.get("text") or body.get("label") or "")
    return {"image": "[图片]", "video": "[视频]"}.get(kind, "") + said
