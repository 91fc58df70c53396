"""What a customer told while waiting for a person, or having one: facts into the case and its record, acknowledged once (H45, H47).

What the bot knows for sure is answered all the same: the place in the queue is kept. A message that is neither answered nor
acknowledged gets the place in the queue, so that nobody talks into silence; not more often than once in `_QUIET_S`. Beside a person nothing is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from handoff.conversation import State
from handoff.queue.choice import do_leave_queue, do_leave_ticket
from handoff.queue.notices import note, say, say_place
from handoff.records import Conversation, Tx, lock_conversation, update_conversation
from handoff.records.tables import handoffs
from handoff.store_rules import store_rules
from handoff.turns.commands import apply_command

#: Commands of the bot that count then; whatever else it would do or say is left out.
HEARD = frozenset({"identified", "case"})
#: So long after the last words of ours a message that needs no answer is met with the place in the queue, in seconds.
_QUIET_S = 45


async def keep_heard(tx: Tx, conversation_id: str, answer: dict[str, Any]) -> str:
    """Take over what was understood, and have the record written anew; 留言吧 in any words leaves a ticket, 不排队了 the
    queue. Returns what else the customer who left the queue said: the bot answers it now."""
    before = await lock_conversation(tx, conversation_id)
    await update_conversation(
        tx, conversation_id, bot_state=answer["state"], bot_state_version=before.bot_state_version + 1
    )
    for command in answer["commands"]:
        if command["command"] in HEARD:
            await apply_command(tx, conversation_id, "", command)
    after = await lock_conversation(tx, conversation_id)
    told = after.facts != before.facts or after.customer != before.customer
    if told:
        await tx.execute(
            update(handoffs).where(handoffs.c.handoff_id == after.handoff_id).values(filled=False)
        )
        tx.touch_queue()
    if after.state is not State.WAITING:
        return ""
    leaving = next((one for one in answer["commands"] if one["command"] == "leave_queue"), None)
    if any(command["command"] == "ticket" for command in answer["commands"]):
        await do_leave_ticket(tx, after)
    elif leaving is not None and leaving.get("ask"):
        await say(tx, conversation_id, store_rules().policy.wording.leave_asked)
    elif leaving is not None:
        await do_leave_queue(tx, after)
        return str(leaving.get("rest") or "")
    elif told_for_sure := told_only(answer["replies"]):
        # the service's words: the bot itself is silent until it is given the conversation back
        for text in told_for_sure:
            await say(tx, conversation_id, text)
        await note(tx, after, said_at=tx.now().timestamp())
    elif told and not after.noticed.get("heard"):
        await say(tx, conversation_id, store_rules().policy.wording.heard_while_waiting)
        await note(tx, after, heard=True, said_at=tx.now().timestamp())
    elif tx.now().timestamp() - _last_said(after) >= _QUIET_S:
        await say_place(tx, after, store_rules())
    return ""


def told_only(replies: Sequence[dict[str, Any]]) -> list[str]:
    """The words that tell something. What asks, or offers what the bot would do, is its own to say: nobody could take it up."""
    return [
        one["text"]
        for one in replies
        if one["kind"] == "text" and not one.get("buttons") and not one.get("expects")
    ]


def _last_said(conversation: Conversation) -> float:
    """When this wait was last spoken of, in seconds since 1970; 0 when it was not."""
    return max(float(conversation.noticed.get(name) or 0) for name in ("said_at", "told_at"))
