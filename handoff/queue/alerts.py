"""What a person at the desk must notice: kept until their console says that it was seen, so that a reload loses nothing."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import insert, select, update

from aftersales.masking import mask_name
from handoff.clock import rfc3339
from handoff.records import Reader, Tx, new_id
from handoff.records.desk_tables import desk_alerts
from handoff.records.tables import agents, conversations

MOST_SHOWN = 50
MENTION = "mention"
"""A colleague named this person in a note; it lets them read that conversation (handoff/desk/access.py) or case."""


async def alert(
    tx: Tx,
    people: Iterable[str | None],
    kind: str,
    text: str,
    conversation_id: str | None = None,
    case_no: str | None = None,
) -> None:
    """Each of `people` (agents.id) is told once."""
    for agent_id in dict.fromkeys(people):
        if agent_id is None:
            continue
        await tx.execute(
            insert(desk_alerts).values(
                id=new_id("n"),
                agent_id=agent_id,
                conversation_id=conversation_id,
                case_no=case_no,
                kind=kind,
                text=text,
                at=tx.now(),
            )
        )
    tx.touch_queue()


WAITING_FOR_WORDS = ("unanswered", "unanswered_team", "hold_over")
"""Alerts that say: the customer waits for an answer. They are over when it was given, or when it is somebody else's to give."""


async def end_alerts(tx: Tx, conversation_id: str, kinds: Collection[str] = WAITING_FOR_WORDS) -> None:
    """Nobody needs to notice these any more: what they tell has passed."""
    over = (desk_alerts.c.conversation_id == conversation_id, desk_alerts.c.kind.in_(list(kinds)))
    ended = update(desk_alerts).where(*over, desk_alerts.c.seen_at.is_(None)).values(seen_at=tx.now())
    if (await tx.execute(ended.returning(desk_alerts.c.id))).first() is not None:
        tx.touch_queue()


async def supervisors(reader: Reader, besides: str | None = None) -> list[str]:
    """Everybody who oversees the desk, here or not: who comes later still learns of it. `besides`: who is told in other words."""
    statement = select(agents.c.id).where(agents.c.active, agents.c.role == "supervisor")
    return [one for one in (await reader.execute(statement)).scalars() if one != besides]


async def unseen(reader: Reader, agent_id: str) -> list[dict[str, Any]]:
    """This person's alerts that they have not seen, oldest first, with the customer's name as lists show it."""
    statement = (
        select(desk_alerts, conversations.c.customer)
        .outerjoin(conversations, conversations.c.id == desk_alerts.c.conversation_id)
        .where(desk_alerts.c.agent_id == agent_id, desk_alerts.c.seen_at.is_(None))
        .order_by(desk_alerts.c.at.desc(), desk_alerts.c.id)
        .limit(MOST_SHOWN)
    )
    rows = (await reader.execute(statement)).all()
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "text": row.text,
            "at": rfc3339(row.at),
            "conversation_id": row.conversation_id,
            "case_no": row.case_no,
            "customer": mask_name((row.customer or {}).get("name")) or None,
        }
        for row in reversed(rows)
    ]


async def mark_seen(tx: Tx, agent_id: str, ids: Collection[str]) -> None:
    """Those of this person that are named."""
    mine = (desk_alerts.c.agent_id == agent_id, desk_alerts.c.id.in_(list(ids)))
    await tx.execute(
        update(desk_alerts).where(*mine, desk_alerts.c.seen_at.is_(None)).values(seen_at=tx.now())
    )
    tx.touch_queue()
