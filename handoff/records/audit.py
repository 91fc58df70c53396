"""What people did with customers' conversations, kept apart from the log (H7, H49)."""

from typing import Any

from sqlalchemy import insert

from handoff.records.engine import Tx
from handoff.records.ids import new_id
from handoff.records.tables import audits


async def note_audit(
    tx: Tx, agent_id: str, action: str, conversation_id: str | None = None, **detail: Any
) -> None:
    """One line of the audit trail, in the transaction of what it is about. Never the value that was revealed."""
    await tx.execute(
        insert(audits).values(
            id=new_id("d"),
            at=tx.now(),
            agent_id=agent_id,
            conversation_id=conversation_id,
            action=action,
            detail=detail,
        )
    )
