"""The log as a customer reads it, by HTTP and by socket alike: the same items in the same order."""

from dataclasses import dataclass
from typing import Any

from handoff.edge.items import PAGE_ITEMS, item_view
from handoff.errors import reload_needed
from handoff.queue.place import place_of
from handoff.records import Conversation, get_conversation, read_items
from handoff.service import Service
from handoff.turns.begin import RUNNING


@dataclass(frozen=True, slots=True)
class LogPage:
    items: list[dict[str, Any]]
    conversation: Conversation
    bot_works: bool
    """A turn is in flight: the customer sees the bot typing."""
    queue: dict[str, Any] | None
    """position, wait_minutes, online while it waits for a person."""


async def read_page(service: Service, conversation_id: str, after: int) -> LogPage:
    """Items after `after`, in order, at most 500; ApiError 409 `reload` for a cursor beyond the end (promise 4)."""
    async with service.records.read() as reader:
        conversation = await get_conversation(reader, conversation_id)
        if after > conversation.last_seq:
            raise reload_needed()
        items = []
        if after < conversation.last_seq:
            items = await read_items(
                reader, conversation_id, after=after, up_to=conversation.last_seq, limit=PAGE_ITEMS
            )
        running = (await reader.execute(RUNNING, {"conversation_id": conversation_id})).first()
        place = await place_of(reader, conversation)
    secret = service.settings.secret_key
    queue = None if place is None else place.public()
    return LogPage([item_view(item, secret) for item in items], conversation, running is not None, queue)
