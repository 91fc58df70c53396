"""Deleting a conversation for good: log, notes, bot state, turns, records, files, follow-ups. Used by the customer's wish
and by the retention period.

What stays names nobody: the audit, the missed deadlines, and that a deletion was asked for and done. In the order
system nothing is deleted here: the store is told (`privacy.done`) and keeps what the law wants kept.
"""

from sqlalchemy import delete, select

from handoff.records import Reader, Tx
from handoff.records.case_tables import case_conversations
from handoff.records.desk_tables import (
    desk_alerts,
    desk_drafts,
    desk_holds,
    desk_joins,
    desk_openings,
    desk_transfers,
)
from handoff.records.followup_tables import deliveries, notifications, reminders, timers, visits
from handoff.records.quality_tables import quality_findings, quality_picks
from handoff.records.tables import (
    annotations,
    conversation_customers,
    conversations,
    handoffs,
    items,
    ratings,
    turns,
    uploads,
)
from handoff.uploads.storage import UploadStorage

#: Tables with rows of a conversation, those that are pointed to last.
_PARTS = (
    *(items, annotations, turns, handoffs, ratings, uploads, visits, reminders, timers, notifications),
    *(case_conversations, conversation_customers),
    *(desk_openings, desk_joins, desk_transfers, desk_holds, desk_alerts, desk_drafts),
    *(quality_findings, quality_picks),
)


async def erase_conversation(tx: Tx, storage: UploadStorage, conversation_id: str) -> None:
    """The caller holds the conversation's lock."""
    await storage.do_forget(tx, await _files(tx, conversation_id))
    told = select(notifications.c.event_id).where(notifications.c.conversation_id == conversation_id)
    await tx.execute(delete(deliveries).where(deliveries.c.event_id.in_(told)))
    for table in _PARTS:
        await tx.execute(delete(table).where(table.c.conversation_id == conversation_id))
    await tx.execute(delete(conversations).where(conversations.c.id == conversation_id))


async def _files(reader: Reader, conversation_id: str) -> list[str]:
    query = select(uploads.c.stored_as).where(uploads.c.conversation_id == conversation_id)
    return [str(row.stored_as) for row in await reader.execute(query)]
