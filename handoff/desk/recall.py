"""An agent takes back what they just wrote: the customer sees that something was recalled, and no longer what; the log keeps it, the
audit says who did it. It counts as no answer: not as the first response either."""

from datetime import timedelta

from sqlalchemy import update

from handoff.auth.roles import Agent
from handoff.desk.access import owned
from handoff.desk.first_response import answer_recalled
from handoff.errors import ApiError, not_found
from handoff.records import NewItem, Reader, Records, append_items, read_items
from handoff.records.audit import note_audit
from handoff.records.tables import items
from handoff.store_rules import store_rules


async def do_recall(records: Records, agent: Agent, conversation_id: str, seq: int, epoch: int) -> int:
    """Returns the seq of the event that tells it; again the same. 404 for what is no message of this agent, 409 `too_late` after the
    seconds of the policy, 409 `stale` unless the agent still has the conversation."""
    async with records.write() as tx:
        conversation = await owned(tx, agent, conversation_id, epoch)
        found = await read_items(tx, conversation_id, after=seq - 1, up_to=seq)
        if not found or found[0].sender != "agent" or found[0].sender_id != agent.id:
            raise not_found("这不是您发的消息，不能撤回。")
        message, seconds = found[0], store_rules().policy.routing.recall
        if message.recalled_at is not None:
            return await _told(tx, conversation_id, seq)
        if tx.now() - message.at > timedelta(seconds=seconds):
            raise ApiError(
                409,
                "too_late",
                f"发出超过 {seconds} 秒的消息不能撤回了。" if seconds else "店里没有开放撤回。",
            )
        this = (items.c.conversation_id == conversation_id, items.c.seq == seq)
        await tx.execute(update(items).where(*this).values(recalled_at=tx.now()))
        told = NewItem("system", "event", {"event": "recalled", "seq": seq}, sender_id=agent.id)
        (event,) = await append_items(tx, conversation_id, [told])
        await answer_recalled(tx, conversation, agent.id, message.at)
        await note_audit(tx, agent.id, "recall", conversation_id, seq=seq)
    return event


async def _told(reader: Reader, conversation_id: str, seq: int) -> int:
    later = await read_items(reader, conversation_id, after=seq)
    return next(one.seq for one in later if one.kind == "event" and one.body.get("seq") == seq)
