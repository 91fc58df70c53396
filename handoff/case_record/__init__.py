"""Handing a conversation to people: the record (H45) and the move to `waiting` or `ticket`, in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from handoff.conversation import Move, State
from handoff.records import Tx, lock_conversation, move, new_id
from handoff.records.tables import handoffs


async def open_handoff(
    tx: Tx,
    conversation_id: str,
    *,
    reason: str,
    evidence: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    turn_id: str | None = None,
    ticket: bool = False,
) -> State:
    """Builds the record and moves the conversation to `waiting` (or `ticket`); returns the state it is in now.

    Called inside a transaction, by the 转人工 entry, by the commit of a bot turn (`turn_id`: that turn; its replies
    are already appended, `facts` already merged into the conversation) and when no bot answers. `ticket=True`: the
    customer prefers a ticket. A conversation that is already waiting or with a person is left alone.
    """
    conversation = await lock_conversation(tx, conversation_id)
    if conversation.state in {State.WAITING, State.HUMAN}:
        return conversation.state
    handoff_id = new_id("h")
    now = tx.now()
    await tx.execute(
        handoffs.insert().values(
            handoff_id=handoff_id,
            conversation_id=conversation_id,
            episode=conversation.episode,
            created_at=now,
            updated_at=now,
            reason=reason,
            schema_version=1,
            record={"trigger": {"reason": reason, "evidence": list(evidence)}, "facts": dict(facts or {})},
        )
    )
    if ticket and conversation.state is State.TICKET:
        return conversation.state
    target, _ = await move(
        tx,
        conversation_id,
        Move.TICKET_OPENED if ticket else Move.HANDOFF,
        reason=reason,
        set_columns={
            "handoff_id": handoff_id,
            "waiting_since": now,
            "place": now.timestamp(),
            "skill_group": "online",
            "level": "I",
            "priority": 5,
        },
        keep_turn=turn_id,
    )
    return target
