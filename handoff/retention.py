"""Ended conversations and archived cases are kept as long as the policy says (H53; data/policy/limits.yml,
retention_days), then forgotten.

Forgotten means deleted (handoff/privacy/erasure.py): the log, the notes, the turns, the handoff records, the rating and the
files; of a case its timeline, its customer and what was sent. What stays is the audit, which names no customer and has a line for
each conversation that was forgotten. Several workers may do it at once: each deletion is checked again under
the conversation's lock.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from handoff.cases.states import CaseState
from handoff.clock import rfc3339
from handoff.conversation import State
from handoff.privacy.erasure import erase_conversation
from handoff.records import Records
from handoff.records.audit import note_audit
from handoff.records.case_tables import (
    case_conversations,
    case_customers,
    case_entries,
    case_sources,
    case_tags,
    cases,
)
from handoff.records.followup_tables import reminders
from handoff.records.tables import conversations
from handoff.store_rules import StoreRules
from handoff.uploads.storage import UploadStorage

#: Seconds between two rounds, and the most conversations that one round forgets: a backlog is worked off in small steps.
FORGET_EVERY = 600.0
MOST_A_ROUND = 100
_CASE_PARTS = (case_entries, case_customers, case_sources, case_conversations, case_tags, reminders)


async def forget_old(records: Records, storage: UploadStorage, rules: StoreRules) -> int:
    """Delete what is older than the policy keeps, oldest first; how many conversations were forgotten.

    Age counts from the last change of a closed conversation; one that is open in any way is never touched.
    """
    days = rules.policy.limits.retention_days
    if days == 0:
        return 0
    async with records.read() as reader:
        before = reader.now() - timedelta(days=days)
        query = (
            select(conversations.c.id)
            .where(conversations.c.state == State.CLOSED.value, conversations.c.updated_at < before)
            .order_by(conversations.c.updated_at)
            .limit(MOST_A_ROUND)
        )
        old = [str(row.id) for row in await reader.execute(query)]
    forgotten = [await _forget(records, storage, one, before) for one in old]
    return sum(forgotten)


async def _forget(records: Records, storage: UploadStorage, conversation_id: str, before: datetime) -> bool:
    """True when it was forgotten; False when the customer came back, or another worker was faster."""
    async with records.write() as tx:
        query = select(conversations.c.id).where(
            conversations.c.id == conversation_id,
            conversations.c.state == State.CLOSED.value,
            conversations.c.updated_at < before,
        )
        if (await tx.execute(query.with_for_update())).first() is None:
            return False
        await erase_conversation(tx, storage, conversation_id)
        await note_audit(tx, "system", "retention", conversation_id, older_than=rfc3339(before))
    return True


async def forget_old_cases(records: Records, rules: StoreRules) -> int:
    """Delete archived cases that nothing has happened to for longer than the policy keeps them; how many there were.

    A case outlives a conversation that is older than itself and loses its way back to it; an open one is never touched.
    """
    days = rules.policy.limits.retention_days
    if days == 0:
        return 0
    async with records.read() as reader:
        before = reader.now() - timedelta(days=days)
        ended = (cases.c.state == CaseState.ARCHIVED.value, cases.c.updated_at < before)
        query = select(cases.c.case_no).where(*ended).order_by(cases.c.updated_at).limit(MOST_A_ROUND)
        old = [str(row.case_no) for row in await reader.execute(query)]
    forgotten = 0
    for case_no in old:
        async with records.write() as tx:
            again = select(cases.c.case_no).where(cases.c.case_no == case_no, *ended).with_for_update()
            if (await tx.execute(again)).first() is None:
                continue
            for table in _CASE_PARTS:
                await tx.execute(delete(table).where(table.c.case_no == case_no))
            await tx.execute(delete(cases).where(cases.c.case_no == case_no))
            forgotten += 1
    return forgotten
