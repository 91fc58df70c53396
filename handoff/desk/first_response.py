"""The first response of a person: counted when they write, and no more when they take it back (H46)."""

from datetime import datetime

from sqlalchemy import func, select

from handoff.cases.following import case_answer_recalled, case_answered
from handoff.conversation import State
from handoff.queue.alerts import end_alerts
from handoff.queue.joins import others_in_hand
from handoff.records import Conversation, Tx, update_conversation
from handoff.records.tables import items


async def count_answer(tx: Tx, conversation: Conversation, agent_id: str) -> None:
    """The owner wrote to the customer: an answer to everything that is one with this conversation."""
    for one in (conversation, *await others_in_hand(tx, conversation)):
        if one.first_response_at is None and one.state is State.HUMAN:
            await update_conversation(tx, one.id, first_response_at=tx.now())
        await end_alerts(tx, one.id)
        await case_answered(tx, one, agent_id)


async def answer_recalled(tx: Tx, conversation: Conversation, agent_id: str, at: datetime) -> None:
    """What was written then is no answer any more: the first response is the next one that stands, or still to come. An answer of
    before is not touched."""
    together = (conversation, *await others_in_hand(tx, conversation))
    later = select(func.min(items.c.at)).where(
        items.c.conversation_id.in_([one.id for one in together]),
        items.c.sender == "agent",
        items.c.recalled_at.is_(None),
        items.c.at >= at,
    )
    first: datetime | None = (await tx.execute(later)).scalar_one()
    for one in together:
        if one.first_response_at is not None and one.first_response_at >= at:
            await update_conversation(tx, one.id, first_response_at=first)
        await case_answer_recalled(tx, one, agent_id, at, first)
