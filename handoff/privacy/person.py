"""Whose data it is: every conversation that surely belongs to the same customer."""

from sqlalchemy import or_, select

from handoff.records import Conversation, Reader
from handoff.records.tables import conversations


async def conversations_of(reader: Reader, conversation: Conversation) -> list[str]:
    """This one, those of the same store account, and those verified for the same phone; oldest first."""
    mine = [conversations.c.id == conversation.id]
    if conversation.customer_sub is not None:
        mine.append(conversations.c.customer_sub == conversation.customer_sub)
    phone = conversation.customer.get("phone")
    if conversation.customer.get("verified") and phone:
        verified = conversations.c.customer["verified"].as_boolean()
        mine.append((conversations.c.customer["phone"].as_string() == phone) & verified)
    query = (
        select(conversations.c.id).where(or_(*mine)).order_by(conversations.c.created_at, conversations.c.id)
    )
    return [str(row.id) for row in await reader.execute(query)]
