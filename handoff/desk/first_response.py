"""The first response of a person: counted when they write, and no more when they take it back (H46)."""

from datetime import datetime

from sqlalchemy import func, select

from handoff.cases.following import case_answer_recalled, case_answered
from handoff.conversation import State
from handoff.queue.alerts import end_alerts
from handoff.records import Conversation, Tx, update_conversation
from handoff.records.tables import items


async def count_answer(tx: Tx, conversation: Conversation, agent_id: str) -> None:
    """The owner wrote to the customer: an answer in this conversation. What is one with it waits for one of its own."""
    if conversation.first_response_at is None and conversation.state is State.HUMAN:
        await update_conversation(tx, conversation.id, first_response_at=tx.now())
    await end_alerts(tx, conversation.id)
    await case_answered(tx, conversation, agent_id)


async def answer_recalled(tx: Tx, conversation: Conversation, agent_id: str, at: datetime) -> None:
    """What was written then is no answer any more: the first response is the next one that stands, or still to come. An answer of
    before is not touched."""
    later = select(func.min(items.c.at)).where(
        items.c.conversation_id == conversation.id,
        items.c.sender == "agent",
        items.c.recalled_at.is_(None),
        items.c.at >= at,
    )
    first: datetime | None = (await tx.execute(later)).scalar_one()
    if conversation.first_response_at is not None and conversation.first_response_at >= at:
        await update_conversation(tx, conversation.id, first_response_at=first)
    await case_answer_recalled(tx, conversation, agent_id, at, first)
