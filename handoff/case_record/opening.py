"""Handing a conversation to people: the record (H45) and the move to `waiting` or `ticket`, in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from handoff.case_record.build import SCHEMA_VERSION, Assessment, deadlines_part, describe
from handoff.case_record.material import CaseMaterial, OrderData, gather
from handoff.conversation import Move, State
from handoff.notifications import notify
from handoff.queue.notices import say_ticket_taken, say_waiting
from handoff.records import Conversation, Reader, Tx, get_conversation, lock_conversation, move, new_id
from handoff.records.tables import handoffs
from handoff.store_rules import store_rules


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
    customer prefers a ticket. A conversation that is already waiting or with a person is left alone. The order
    system is not asked here: `fill_record` does that after the commit.
    """
    conversation = await lock_conversation(tx, conversation_id)
    if conversation.state in {State.WAITING, State.HUMAN} or (ticket and conversation.state is State.TICKET):
        return conversation.state
    rules, now, handoff_id = store_rules(), tx.now(), new_id("h")
    case = await gather(
        tx,
        conversation,
        handoff_id=handoff_id,
        created_at=now,
        reason=reason,
        evidence=evidence,
        facts={**conversation.facts, **(facts or {})},
        channel="ticket" if ticket else "chat",
    )
    assessment, record = describe(case, rules, now=now)
    await tx.execute(
        insert(handoffs).values(
            handoff_id=handoff_id,
            conversation_id=conversation_id,
            episode=conversation.episode,
            created_at=now,
            updated_at=now,
            reason=reason,
            schema_version=SCHEMA_VERSION,
            record=record,
            filled=not case.facts.get("order_no") and not conversation.customer.get("verified"),
        )
    )
    columns = {
        "handoff_id": handoff_id,
        "waiting_since": conversation.waiting_since if conversation.state is State.TICKET else now,
        "next_due": rules.next_opening(now) if ticket and not rules.is_open(now) else None,
        "noticed": {},
        "escalated_to": None,
        **_graded_columns(assessment),
    }
    columns["waiting_since"] = columns["waiting_since"] or now
    target, _ = await move(
        tx,
        conversation_id,
        Move.TICKET_OPENED if ticket else Move.HANDOFF,
        reason=reason,
        set_columns=columns,
        keep_turn=turn_id,
    )
    await notify(
        tx,
        "handoff.created",
        conversation_id,
        handoff_id=handoff_id,
        reason=reason,
        state=target.value,
        category=assessment.grade.category,
        level=assessment.grade.level,
        group=assessment.grade.group,
        order_no=case.facts.get("order_no"),
    )
    if target is State.WAITING:
        await say_waiting(tx, await get_conversation(tx, conversation_id), rules)
    else:
        await say_ticket_taken(tx, conversation_id, rules)
    return target


async def read_case(reader: Reader, conversation: Conversation) -> CaseMaterial | None:
    """The material of the current handoff as of now: what was said since then counts too. None: never handed off."""
    if conversation.handoff_id is None:
        return None
    row = (
        await reader.execute(select(handoffs).where(handoffs.c.handoff_id == conversation.handoff_id))
    ).first()
    if row is None:
        return None
    return await gather(
        reader,
        conversation,
        handoff_id=row.handoff_id,
        created_at=row.created_at,
        reason=row.reason,
        evidence=row.record["trigger"]["evidence"],
        facts=conversation.facts,
        channel=row.record["channel"],
    )


async def do_rewrite_record(tx: Tx, conversation: Conversation, data: OrderData) -> None:
    """Put what the order system said into the record of the current handoff, and grade the case again with it."""
    case = await read_case(tx, conversation)
    if case is None:
        return
    rules = store_rules()
    case = case.with_order_data(data)
    _, record = describe(case, rules, now=tx.now())
    await tx.execute(
        update(handoffs)
        .where(handoffs.c.handoff_id == case.handoff_id)
        .values(
            record=record,
            updated_at=tx.now(),
            filled=True,
        )
    )
    tx.touch(conversation.id)


def _graded_columns(assessment: Assessment) -> dict[str, Any]:
    return {
        "skill_group": assessment.grade.group,
        "level": assessment.grade.level,
        "priority": assessment.grade.priority,
        "category": assessment.grade.category,
        "deadlines": deadlines_part(assessment.due),
    }
