"""What came of a customer's earlier handoffs: how each ended, and what was promised in it, by the bot and by people (H40, H45).

For the record of the next one, and for the list of earlier conversations in the console. Everything is masked (H7).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from aftersales.masking import mask_text
from handoff.clock import rfc3339
from handoff.records import Reader
from handoff.records.customers import conversations_by
from handoff.records.tables import annotations, handoffs

MOST_IN_RECORD = 5
_TOLD_BY_PEOPLE = ("plan", "resolution")


async def handoffs_of(reader: Reader, conversation_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Every handoff of these conversations with its outcome, newest first."""
    if not conversation_ids:
        return []
    statement = (
        select(handoffs)
        .where(handoffs.c.conversation_id.in_(conversation_ids))
        .order_by(handoffs.c.created_at.desc(), handoffs.c.handoff_id)
    )
    rows = (await reader.execute(statement)).all()
    told = await _told_by_people(reader, conversation_ids)
    later: dict[str, Any] = {}
    found = []
    for row in rows:
        notes = [
            note
            for note in told[row.conversation_id]
            if note.at >= row.created_at
            and (row.conversation_id not in later or note.at < later[row.conversation_id])
        ]
        later[row.conversation_id] = row.created_at
        found.append(_outcome(row, notes))
    return found


async def earlier_handoffs(
    reader: Reader,
    keys: tuple[str, ...],
    *,
    conversation_id: str | None = None,
    but: str | None = None,
) -> list[dict[str, Any]]:
    """The last handoffs of the customer with one of `keys`, in this conversation or another, newest first; `but`: the present one."""
    mine = [conversation_id] if conversation_id else []
    ids = list(dict.fromkeys([*await conversations_by(reader, keys), *mine]))
    return [one for one in await handoffs_of(reader, ids) if one["handoff_id"] != but][:MOST_IN_RECORD]


async def _told_by_people(reader: Reader, conversation_ids: Sequence[str]) -> Mapping[str, list[Any]]:
    statement = (
        select(annotations)
        .where(annotations.c.conversation_id.in_(conversation_ids), annotations.c.kind.in_(_TOLD_BY_PEOPLE))
        .order_by(annotations.c.at, annotations.c.id)
    )
    told: dict[str, list[Any]] = defaultdict(list)
    for row in await reader.execute(statement):
        told[row.conversation_id].append(row)
    return told


def _outcome(row: Any, notes: Sequence[Any]) -> dict[str, Any]:
    record = row.record
    ended: Mapping[str, Any] = next((note.body for note in reversed(notes) if note.kind == "resolution"), {})
    summary = ended.get("summary") or {}
    plans = [str(note.body.get("text") or "") for note in notes if note.kind == "plan"]
    promises = [*(record.get("promises") or []), *plans, str(summary.get("follow_up") or "")]
    return {
        "handoff_id": row.handoff_id,
        "conversation_id": row.conversation_id,
        "episode": row.episode,
        "created_at": rfc3339(row.created_at),
        "ended_at": rfc3339(row.ended_at) if row.ended_at else None,
        "case_no": record.get("case_no"),
        "reason": row.reason,
        "category": summary.get("category") or record.get("category"),
        "order_no": (record.get("order") or {}).get("order_no"),
        "resolution": row.resolution,
        "note": _masked(row.resolution_note),
        "solution": _masked(summary.get("solution")),
        "promises": [mask_text(one) for one in dict.fromkeys(promises) if one],
    }


def _masked(text: str | None) -> str | None:
    return mask_text(text) if text else None
