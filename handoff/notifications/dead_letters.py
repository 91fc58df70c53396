"""What people see of the outbox: every delivery with its attempts, and the way to have it tried again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from handoff.clock import rfc3339
from handoff.errors import invalid, not_found
from handoff.notifications.destinations import Destination
from handoff.notifications.outbox import EVENTS
from handoff.records import Reader, Tx
from handoff.records.audit import note_audit
from handoff.records.followup_tables import deliveries, notifications

STATES = ("pending", "delivered", "dead")
PAGE = 200


def check_wanted(arguments: Mapping[str, str]) -> tuple[str, str | None, str | None]:
    """State (dead when none is asked for), destination and event of a query; ApiError 422."""
    state, event = arguments.get("state", "dead"), arguments.get("event") or None
    if state not in STATES:
        raise invalid("state 只能是 pending、delivered 或 dead。")
    if event is not None and event not in EVENTS:
        raise invalid("没有这种通知。")
    return state, arguments.get("destination") or None, event


def check_destination(body: Any, *, needed: bool = False) -> str | None:
    """`{"destination"?}`: one destination, or all at which the event is dead."""
    destination = body.get("destination") if isinstance(body, dict) else None
    if destination is None and not needed:
        return None
    if not isinstance(destination, str) or not destination:
        raise invalid("destination 必须是接收方的名字。")
    return destination


async def read_outbox(
    reader: Reader,
    destinations: Sequence[Destination],
    state: str,
    destination: str | None = None,
    event: str | None = None,
) -> dict[str, Any]:
    """`{"items","total","destinations"}`: the newest 200 deliveries in that state, how many there are, and how each destination
    stands: those that are set, and those of before that something still waits for."""
    wanted: list[ColumnElement[bool]] = [deliveries.c.state == state]
    wanted += [deliveries.c.destination == destination] if destination else []
    wanted += [notifications.c.event == event] if event else []
    joined = deliveries.join(notifications, notifications.c.event_id == deliveries.c.event_id)
    total = (await reader.execute(select(func.count()).select_from(joined).where(*wanted))).scalar_one()
    return {
        "items": await _items(reader, wanted),
        "total": int(total),
        "destinations": await _destinations(reader, destinations),
    }


async def _items(reader: Reader, wanted: Sequence[ColumnElement[bool]]) -> list[dict[str, Any]]:
    query = (
        select(deliveries, notifications.c.event, notifications.c.body)
        .join(notifications, notifications.c.event_id == deliveries.c.event_id)
        .where(*wanted)
        .order_by(deliveries.c.created_at.desc(), deliveries.c.event_id, deliveries.c.destination)
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
            "ended_at": rfc3339(row.ended_at) if row.ended_at else None,
            "replayed_at": rfc3339(row.replayed_at) if row.replayed_at else None,
            "last_error": row.last_error,
            "body": row.body,
        }
        for row in await reader.execute(query)
    ]


async def _destinations(reader: Reader, known: Sequence[Destination]) -> list[dict[str, Any]]:
    counted: dict[str, dict[str, int]] = {one.name: {} for one in known}
    numbers = (
        select(deliveries.c.destination, deliveries.c.state, func.count().label("number"))
        .where(deliveries.c.state != "delivered")
        .group_by(deliveries.c.destination, deliveries.c.state)
    )
    for row in await reader.execute(numbers):
        counted.setdefault(row.destination, {})[row.state] = row.number
    last = (
        select(deliveries.c.destination, func.max(deliveries.c.ended_at).label("at"))
        .where(deliveries.c.state == "delivered")
        .group_by(deliveries.c.destination)
    )
    arrived = {row.destination: row.at for row in await reader.execute(last)}
    named = {one.name for one in known}
    return [
        {
            "name": name,
            "set": name in named,
            "pending": states.get("pending", 0),
            "dead": states.get("dead", 0),
            "delivered_at": rfc3339(arrived[name]) if arrived.get(name) else None,
        }
        for name, states in counted.items()
    ]


async def do_replay(tx: Tx, agent_id: str, event_id: str, destination: str | None) -> int:
    """The dead letter is tried again from the start, under the same event id; how many were. 404 when none is dead."""
    dead = [deliveries.c.event_id == event_id]
    dead += [deliveries.c.destination == destination] if destination is not None else []
    count = await _again(tx, dead)
    if not count:
        raise not_found("没有可以重发的通知。")
    await note_audit(tx, agent_id, "notification_replay", event_id=event_id, destination=destination)
    return count


async def do_replay_all(tx: Tx, agent_id: str, destination: str) -> int:
    """Every dead letter of one destination, as `do_replay`; how many were. 404 when none is dead."""
    count = await _again(tx, [deliveries.c.destination == destination])
    if not count:
        raise not_found("这个接收方没有可以重发的通知。")
    await note_audit(tx, agent_id, "notification_replay", destination=destination, rows=count)
    return count


async def _again(tx: Tx, wanted: Sequence[ColumnElement[bool]]) -> int:
    now = tx.now()
    dead = (
        update(deliveries)
        .where(*wanted, deliveries.c.state == "dead")
        .values(
            state="pending",
            attempts=0,
            created_at=now,
            next_at=now,
            replayed_at=now,
            last_error=None,
            ended_at=None,
        )
    )
    return int((await tx.execute(dead)).rowcount)
