"""A conversation becomes somebody's: what follows for the customer, the case, the audit and the store's systems."""

from typing import Protocol

from handoff.auth.sessions import note_present
from handoff.cases.following import case_claimed
from handoff.conversation import Move
from handoff.notifications import notify
from handoff.queue.returning import end_offers
from handoff.records import Conversation, NewItem, Tx, append_items, lock_conversation, move
from handoff.records.audit import note_audit


class Taker(Protocol):
    """Whoever takes it."""

    @property
    def id(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def name(self) -> str: ...


async def take(
    tx: Tx, conversation: Conversation, agent: Taker, greeting: str, **detail: str
) -> Conversation:
    """Somebody who waits becomes this person's, under a new epoch. The caller holds the lock and has looked that nobody has them.
    Returns the conversation as it is now."""
    await move(
        tx,
        conversation.id,
        Move.CLAIMED,
        detail={"agent": agent.name},
        sender_id=agent.id,
        set_columns={
            "owner": agent.id,
            "last_owner": agent.id,
            "owner_epoch": conversation.owner_epoch + 1,
            "claimed_at": tx.now(),
            "next_due": None,
        },
    )
    await end_offers(tx, conversation.id)
    return await taken_over(tx, agent, conversation.id, greeting, **detail)


async def taken_over(
    tx: Tx, agent: Taker, conversation_id: str, greeting: str, **detail: str
) -> Conversation:
    """What follows when a conversation has become this person's, however it came: the customer is greeted, the case, the audit
    (with `detail`) and the store's systems know. Returns the conversation as it is now."""
    await append_items(tx, conversation_id, [NewItem("system", "text", {"text": greeting})])
    now = await lock_conversation(tx, conversation_id)
    await case_claimed(tx, now, agent.id)
    await note_present(tx, agent.id)
    await note_audit(tx, agent.id, "claim", conversation_id, epoch=now.owner_epoch, **detail)
    await notify(tx, "handoff.assigned", conversation_id, handoff_id=now.handoff_id, agent=agent.username)
    return now
