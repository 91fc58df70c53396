"""A waiting customer who would rather leave a ticket says so by the offered button or by typing its label (H2)."""

from typing import Any

from handoff.conversation import Move, State
from handoff.queue.notices import LEAVE_TICKET, say_ticket_taken
from handoff.records import Conversation, Tx, lock_conversation, move
from handoff.store_rules import store_rules

_TYPED = frozenset({LEAVE_TICKET["label"], "留言", "我要留言", "改成留言", "转留言", "留工单", "改为工单"})


def wants_ticket(kind: str, body: dict[str, Any]) -> bool:
    """Whether this message is the choice, and nothing but the choice."""
    if kind == "button":
        return body.get("button_id") == LEAVE_TICKET["id"]
    return kind == "text" and str(body.get("text", "")).strip("。.!！ ") in _TYPED


async def heed_choice(tx: Tx, conversation_id: str, kind: str, body: dict[str, Any]) -> None:
    """Called in the transaction that stores a customer's message: a waiting conversation becomes a ticket if asked to."""
    if not wants_ticket(kind, body):
        return
    conversation = await lock_conversation(tx, conversation_id)
    if conversation.state is State.WAITING:
        await do_leave_ticket(tx, conversation)


async def do_leave_ticket(tx: Tx, conversation: Conversation, *, reason: str = "customer") -> None:
    """waiting → ticket: the handoff's record stays, and a ticket taken while the desk is closed is queued at opening.

    What was said while waiting is for people: the bot, which may speak again, leaves it alone.
    """
    rules, now = store_rules(), tx.now()
    due = None if rules.is_open(now) else rules.next_opening(now)
    await move(
        tx,
        conversation.id,
        Move.TICKET_OPENED,
        reason=reason,
        set_columns={"next_due": due, "turned_seq": conversation.last_seq},
    )
    await say_ticket_taken(tx, conversation.id, rules)
