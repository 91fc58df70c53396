"""Taking a conversation over: exclusive, by one conditional UPDATE that raises the owner epoch (promise 7)."""

from dataclasses import dataclass

from sqlalchemy import select, update

from handoff.auth.roles import Agent
from handoff.conversation import Move, State
from handoff.desk.access import readable, served, serves
from handoff.desk.presence import check_may_take
from handoff.errors import conflict, not_found, stale
from handoff.queue.joins import lock_joined
from handoff.queue.returning import end_offers
from handoff.queue.taking import take, taken_over
from handoff.records import Conversation, Records, Tx, lock_conversation, move
from handoff.records.tables import agents, conversations
from handoff.store_rules import store_rules


@dataclass(frozen=True)
class Claimed:
    epoch: int
    state: State


async def do_claim(records: Records, agent: Agent, conversation_id: str) -> Claimed:
    """The conversation is this agent's from the commit on; the owner asking again gets the same epoch.

    404 when it is not of the agent's groups, 409 when somebody else has it or nobody waits there any more.
    """
    async with records.write() as tx:
        return await claim_in(tx, agent, conversation_id)


async def claim_in(tx: Tx, agent: Agent, conversation_id: str) -> Claimed:
    """`do_claim` as a part of a transaction; what the system offered of it is offered no more. What is one with it comes along."""
    await check_may_take(tx, agent)
    others = await lock_joined(tx, conversation_id)
    taken = (
        update(conversations)
        .where(
            conversations.c.id == conversation_id,
            conversations.c.owner.is_(None),
            conversations.c.state.in_((State.WAITING.value, State.TICKET.value)),
            serves(agent),
        )
        .values(
            owner=agent.id,
            last_owner=agent.id,
            owner_epoch=conversations.c.owner_epoch + 1,
            claimed_at=tx.now(),
            next_due=None,
        )
        .returning(conversations.c.owner_epoch)
    )
    epoch = (await tx.execute(taken)).scalar_one_or_none()
    if epoch is None:
        return await _explain_refusal(tx, agent, conversation_id)
    await move(tx, conversation_id, Move.CLAIMED, detail={"agent": agent.name}, sender_id=agent.id)
    await end_offers(tx, conversation_id)
    greeting = store_rules().policy.wording.claimed.format(agent=agent.name)
    await taken_over(tx, agent, conversation_id, greeting)
    for other in others:
        if other.owner is None and other.state in (State.WAITING, State.TICKET):
            await take(tx, other, agent, greeting, joined=conversation_id)
    return Claimed(epoch, State.HUMAN)


async def _explain_refusal(tx: Tx, agent: Agent, conversation_id: str) -> Claimed:
    """Nothing was taken: because it is theirs already (fine), somebody else's, not theirs to see, or nobody waits."""
    await readable(tx, agent, conversation_id)
    conversation = await lock_conversation(tx, conversation_id)
    if conversation.state is State.HUMAN and conversation.owner == agent.id:
        return Claimed(conversation.owner_epoch, conversation.state)
    if conversation.state is State.HUMAN:
        raise conflict(f"这位客户正由{await _owner_name(tx, conversation)}接待。")
    if not await served(tx, agent, conversation):
        raise not_found()
    raise stale("这位客户现在不在排队，请刷新列表。")


async def _owner_name(tx: Tx, conversation: Conversation) -> str:
    statement = select(agents.c.name).where(agents.c.id == conversation.owner)
    return (await tx.execute(statement)).scalar_one_or_none() or "其他同事"
