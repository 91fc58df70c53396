"""What the administrator sees of the outbox: every delivery that has not arrived, and the way to try it again."""

from typing import Any

from sqlalchemy import select, update

from handoff.clock import rfc3339
from handoff.errors import invalid, not_found
from handoff.records import Reader, Tx
from handoff.records.audit import note_audit
from handoff.records.followup_tables import deliveries, notifications

STATES = ("pending", "delivered", "dead")
PAGE = 200


def check_state(raw: str | None) -> str:
    """The state that is asked for, dead when none is; ApiError 422."""
    state = "dead" if raw is None else raw
    if state not in STATES:
        raise invalid("state 只能是 pending、delivered 或 dead。")
    return state


def check_destination(body: Any) -> str | None:
    """`{"destination"?}`: one destination, or all at which the event is dead."""
    destination = body.get("destination") if isinstance(body, dict) else None
    if destination is not None and not isinstance(destination, str):
        raise invalid("destination 必须是接收方的名字。")
    return destination


async def read_deliveries(reader: Reader, state: str) -> list[dict[str, Any]]:
    """The newest deliveries in that state, with why the last attempt failed."""
    query = (
        select(deliveries, notifications.c.event, notifications.c.body)
        .join(notifications, notifications.c.event_id == deliveries.c.event_id)
        .where(deliveries.c.state == state)
        .order_by(deliveries.c.created_at.desc(), deliveries.c.event_id)
        .limit(PAGE)
    )
    return [
        {
            "event_id": row.event_id,
            "event": row.event,
            "destination": row.destination,
            "state": row.state,
            "attempts": row.attempts,
            "created_at": rfc3339(row.created_at),
            "next_at": rfc3339(row.next_at) if row.state == "pending" else None,
            "last_error": row.last_error,
            "body": row.body,
        }
        for row in await reader.execute(query)
    ]


async def do_replay(tx: Tx, agent_id: str, event_id: str, destination: str | None) -> int:
    """The dead letter is tried again from the start, under the same event id; how many were. 404 when none is dead."""
    dead = (
        update(deliveries)
        .where(deliveries.c.event_id == event_id, deliveries.c.state == "dead")
        .values(
            state="pending", attempts=0, created_at=tx.now(), next_at=tx.now(), last_error=None, ended_at=None
        )
    )
    if destination is not None:
        dead = dead.where(deliveries.c.destination == destination)
    count = (await tx.execute(dead)).rowcount
    if not count:
        raise not_found("没有可以重发的通知。")
    await note_audit(tx, agent_id, "notification_replay", event_id=event_id, destination=destination)
    return int(count)
