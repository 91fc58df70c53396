"""How far the customer has read what people wrote: told by the widget, shown to the agent."""

from typing import Any

from sqlalchemy import func, update

from handoff.edge.messages import LARGEST_SEQ
from handoff.errors import invalid
from handoff.hints import conversation_topic
from handoff.records.tables import conversations
from handoff.service import Service


def check_read(told: Any) -> int:
    """`seq` of the last message that was on the screen; ApiError 422."""
    seq = told.get("seq") if isinstance(told, dict) else None
    if isinstance(seq, bool) or not isinstance(seq, int) or not 1 <= seq <= LARGEST_SEQ:
        raise invalid("seq 必须是正整数。")
    return seq


async def note_read(service: Service, conversation_id: str, seq: int) -> None:
    """Kept when it is further than before, never beyond the end. It is no change of the conversation: nothing moves in a list."""
    further = (
        update(conversations)
        .where(
            conversations.c.id == conversation_id,
            conversations.c.last_seq >= seq,
            func.coalesce(conversations.c.customer_read, 0) < seq,
        )
        .values(customer_read=seq)
        .returning(conversations.c.id)
    )
    async with service.records.write() as tx:
        changed = (await tx.execute(further)).first() is not None
    if changed:
        service.hints.publish(conversation_topic(conversation_id))
