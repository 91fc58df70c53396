"""The follow-ups of a conversation, planned anew whenever a transaction changed it in the eyes of people."""

from collections.abc import Awaitable, Callable

from sqlalchemy import select

from handoff.errors import ApiError
from handoff.followups.sla import SLA, sla_timers
from handoff.followups.visit import visit_planned
from handoff.records import Conversation, Tx, lock_conversation
from handoff.records.tables import handoffs
from handoff.store_rules import StoreRules
from handoff.timers import Planned, plan_timer, reconcile_timers


def plans_follow_ups(rules: StoreRules) -> Callable[[Tx], Awaitable[None]]:
    """Listener of Records.before_commit. Whatever moves deadlines (a handoff, an answer, an ending) touches the queue."""

    async def before_commit(tx: Tx) -> None:
        if not tx.outcome.queue:
            return
        for conversation_id in sorted(tx.outcome.conversations):
            try:
                conversation = await lock_conversation(tx, conversation_id)
            except ApiError:
                continue  # deleted in this transaction
            await plan_conversation(tx, conversation, rules)

    return before_commit


async def plan_conversation(tx: Tx, conversation: Conversation, rules: StoreRules) -> None:
    """Its deadlines are watched exactly as far as they still run, and a solved case is visited."""
    if conversation.handoff_id is None:
        return
    wanted = await sla_timers(tx, conversation, rules)
    await reconcile_timers(tx, conversation.id, wanted, kinds=(SLA,))
    visit = await _visit(tx, conversation, rules)
    if visit is not None:
        await plan_timer(tx, visit)


async def _visit(tx: Tx, conversation: Conversation, rules: StoreRules) -> Planned | None:
    query = select(handoffs.c.ended_at, handoffs.c.resolution).where(
        handoffs.c.handoff_id == conversation.handoff_id
    )
    ended = (await tx.execute(query)).first()
    if ended is None or ended.resolution not in rules.policy.followups.visit.resolutions:
        return None
    return visit_planned(conversation, str(conversation.handoff_id), ended.ended_at, rules)
