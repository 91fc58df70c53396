"""Writing an event: one row in the transaction of what it tells, so that neither is ever there without the other."""

from typing import Any, Final, Literal, get_args

from sqlalchemy import insert

from handoff.clock import rfc3339
from handoff.records import Tx, new_id
from handoff.records.followup_tables import notifications

Event = Literal[
    "request.reviewed",
    "request.approved",
    "request.refunded",
    "request.late",
    "sla.breached",
    "handoff.created",
    "handoff.assigned",
    "handoff.returned",
    "handoff.closed",
    "handoff.breached",
    "handoff.rated",
    "handoff.unanswered",
    "handoff.nobody",
    "conversation.rated",
    "visit.asked",
    "visit.answered",
    "privacy.requested",
    "privacy.done",
]
EVENTS: Final[tuple[str, ...]] = get_args(Event)


async def notify(tx: Tx, event: Event, conversation_id: str | None, **data: Any) -> str:
    """Every destination will be told at least once that this happened; returns the event's id.

    `data` has numbers, codes and the sentence that the customer was told, never phone, name or address: the receiver
    knows its customers by the order number (docs/notifications.md).
    """
    event_id = new_id("e")
    body = {
        "event_id": event_id,
        "event": event,
        "at": rfc3339(tx.now()),
        "conversation_id": conversation_id,
        "data": data,
    }
    await tx.execute(
        insert(notifications).values(
            event_id=event_id, event=event, at=tx.now(), conversation_id=conversation_id, body=body
        )
    )
    return event_id
