"""Whose data it is: every conversation that surely belongs to the same customer."""

from handoff.records import Conversation, Reader
from handoff.records.customers import conversations_by, surely


async def conversations_of(reader: Reader, conversation: Conversation) -> list[str]:
    """This one, those of the same store account, and those verified for the same phone or e-mail; oldest first."""
    keys = surely(conversation.customer_sub, conversation.identity, conversation.customer)
    return await conversations_by(reader, keys) or [conversation.id]
