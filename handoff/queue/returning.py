"""A conversation leaves its agent for the queue, at its old place: an agent gives it back, is gone, or does not answer."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, update

from handoff.conversation import Move
from handoff.notifications import notify
from handoff.queue.alerts import end_alerts
from handoff.queue.joins import others_in_hand
from handoff.queue.notices import say
from handoff.records import Conversation, Tx, move, new_id, update_conversation
from handoff.records.desk_tables import desk_holds, desk_openings, desk_transfers


async def to_queue(
    tx: Tx,
    conversation: Conversation,
    event: Move,
    *,
    reason: str,
    told: str,
    sender_id: str | None = None,
    group: str | None = None,
) -> None:
    """human → waiting; the customer is told the sentence `told`. The caller holds the lock and has looked who owns it.

    The time of waiting goes on where it stood when it was claimed, so nobody is overtaken; `group` is another group's
    queue. A hold and an offer to a colleague end with the ownership. What is one with it goes along.
    """
    for one in (conversation, *await others_in_hand(tx, conversation)):
        await _to_queue(tx, one, event, reason, told, sender_id, group)


async def _to_queue(
    tx: Tx,
    conversation: Conversation,
    event: Move,
    reason: str,
    told: str,
    sender_id: str | None,
    group: str | None,
) -> None:
    columns: dict[str, Any] = {
        "owner": None,
        "last_owner": conversation.owner,
        "owner_epoch": conversation.owner_epoch + 1,
        "waiting_since": conversation.waiting_since or tx.now(),
        "noticed": {"kept_place": True},
    }
    if group is not None:
        columns["skill_group"] = group
        await tx.execute(delete(desk_openings).where(desk_openings.c.conversation_id == conversation.id))
    await move(tx, conversation.id, event, reason=reason, sender_id=sender_id, set_columns=columns)
    await notify(
        tx,
        "handoff.returned",
        conversation.id,
        handoff_id=conversation.handoff_id,
        reason=reason,
        group=group or conversation.skill_group,
    )
    await end_hold(tx, conversation.id)
    await end_offers(tx, conversation.id)
    await end_alerts(tx, conversation.id)
    await say(tx, conversation.id, told)


async def end_hold(tx: Tx, conversation_id: str) -> None:
    await tx.execute(delete(desk_holds).where(desk_holds.c.conversation_id == conversation_id))


async def resume(tx: Tx, conversation: Conversation) -> None:
    """The hold is over, of all that is one with it, and the agent goes on; their silence counts from now, not from before the hold."""
    for one in (conversation, *await others_in_hand(tx, conversation)):
        await end_hold(tx, one.id)
        noticed = {**one.noticed, "resumed_at": tx.now().timestamp()}
        await update_conversation(tx, one.id, noticed=noticed)
    tx.touch_queue()


async def make_offer(
    tx: Tx, conversation: Conversation, sender: str, to_agent: str, note: str, seconds: int
) -> tuple[str, datetime]:
    """Ask a person whether they take it, with so long to answer; returns the offer's id and its end. The caller holds the lock."""
    offer_id, expires = new_id("o"), tx.now() + timedelta(seconds=seconds)
    await tx.execute(
        insert(desk_transfers).values(
            id=offer_id,
            conversation_id=conversation.id,
            from_agent=sender,
            to_agent=to_agent,
            epoch=conversation.owner_epoch,
            note=note,
            at=tx.now(),
            expires_at=expires,
            state="offered",
        )
    )
    return offer_id, expires


async def end_offers(tx: Tx, conversation_id: str, state: str = "cancelled") -> None:
    """What was offered to a colleague and not answered yet is offered no more."""
    mine = (desk_transfers.c.conversation_id == conversation_id, desk_transfers.c.state == "offered")
    await tx.execute(update(desk_transfers).where(*mine).values(state=state, answered_at=tx.now()))
