"""A plan for the customer's case: when it was made, and that the customer was told it in time (H40)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handoff.auth.roles import Agent
from handoff.desk.access import check_epoch, check_words, owned
from handoff.errors import invalid
from handoff.records import NewItem, Records, annotate, append_items, update_conversation
from handoff.store_rules import store_rules

LONGEST_PLAN = 2000


@dataclass(frozen=True)
class Plan:
    epoch: int
    text: str
    tell: bool


def check_plan(body: Any) -> Plan:
    """`{"epoch","text","tell"}`; ApiError 422 with one sentence."""
    epoch = check_epoch(body)
    tell = body.get("tell", True)
    if not isinstance(tell, bool):
        raise invalid("tell 必须是 true 或 false。")
    return Plan(epoch, check_words(body.get("text"), "方案", LONGEST_PLAN, needed=True) or "", tell)


async def do_plan(records: Records, agent: Agent, conversation_id: str, plan: Plan) -> int | None:
    """Told: a message of the agent, its seq is returned. Only made: a remark, and the clock of telling it runs.

    409 `stale` unless the agent has the conversation under that epoch.
    """
    async with records.write() as tx:
        conversation = await owned(tx, agent, conversation_id, plan.epoch)
        seq, text = None, plan.text
        if plan.tell:
            item = NewItem("agent", "text", {"text": plan.text}, sender_id=agent.id)
            (seq,) = await append_items(tx, conversation_id, [item])
            if conversation.first_response_at is None:
                await update_conversation(tx, conversation_id, first_response_at=tx.now())
        else:
            rules = store_rules()
            policy = rules.policy.followups
            due = tx.now() + timedelta(minutes=policy.sla.plan_told_minutes)
            text = policy.notes.plan.format(due=rules.store_time(due), text=plan.text)
        await annotate(tx, conversation_id, "plan", {"text": text, "told": plan.tell}, author=agent.id)
        tx.touch_queue()
    return seq
