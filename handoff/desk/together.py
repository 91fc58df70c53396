"""Conversations that are one customer's (handoff/queue/joining.py): a person takes one of them out, or puts it back."""

from handoff.auth.roles import Agent
from handoff.conversation import State
from handoff.desk.access import readable, served
from handoff.errors import conflict, not_found, stale
from handoff.queue.joining import do_part, join_repeat
from handoff.queue.joins import lock_joined
from handoff.records import Conversation, Records, Tx, lock_conversation
from handoff.records.audit import note_audit


async def do_take_apart(records: Records, agent: Agent, conversation_id: str) -> None:
    """It stands for itself from now on and is not joined again by itself: in the queue at its own place, or with whoever has it.
    Again changes nothing. 404 not readable, 409 `stale` when it is somebody else's."""
    async with records.write() as tx:
        await lock_joined(tx, conversation_id)
        conversation = await _theirs(tx, agent, conversation_id)
        if await do_part(tx, conversation, agent.id, agent.name):
            await note_audit(tx, agent.id, "part", conversation_id)


async def do_put_together(records: Records, agent: Agent, conversation_id: str) -> None:
    """One with another conversation of its customer again; again changes nothing. 409 `conflict` when there is none, or a colleague
    has it."""
    async with records.write() as tx:
        await _theirs(tx, agent, conversation_id)
        if not await join_repeat(tx, conversation_id, by_hand=True):
            raise conflict("现在没有这位客户的另一个会话可以合并，或者它由同事接待着。")
        await note_audit(tx, agent.id, "join", conversation_id)


async def _theirs(tx: Tx, agent: Agent, conversation_id: str) -> Conversation:
    await readable(tx, agent, conversation_id)
    conversation = await lock_conversation(tx, conversation_id)
    if conversation.state not in (State.WAITING, State.TICKET, State.HUMAN):
        raise stale("这个会话已经不在人工处理中。")
    mine = conversation.owner == agent.id
    if mine or agent.may("oversee") or (conversation.owner is None and await served(tx, agent, conversation)):
        return conversation
    if conversation.owner is None:
        raise not_found()
    raise stale("这位客户现在不由您接待，请刷新后再操作。")
