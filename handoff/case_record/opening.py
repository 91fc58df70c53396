"""Handing a conversation to people: the record (H45) and the move to `waiting` or `ticket`, in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import insert, select, update

from aftersales.grading import Grade, worse
from aftersales.policy.desk import Level
from handoff.case_record.build import SCHEMA_VERSION, Assessment, deadlines_part, describe
from handoff.case_record.in_case import case_is_ticket, case_learns, describe_in_case, is_filled, with_case
from handoff.case_record.material import CaseMaterial, OrderData, gather
from handoff.conversation import Move, State
from handoff.notifications import notify
from handoff.queue.joining import join_repeat
from handoff.queue.notices import say_ticket_taken, say_waiting
from handoff.records import (
    Conversation,
    Tx,
    get_conversation,
    lock_conversation,
    move,
    new_id,
    update_conversation,
)
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
    customer prefers a ticket. Has somebody another conversation of this customer already, this one is theirs at once
    (handoff/queue/joining.py). A conversation that is already waiting or with a person is left alone. The order
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
    assessment, record = await describe_in_case(tx, conversation, case, rules)
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
            filled=is_filled(conversation, case.facts),
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
        replaces=conversation.handoff_id if conversation.state is State.TICKET else None,
    )
    if await join_repeat(tx, conversation_id):
        target = (await get_conversation(tx, conversation_id)).state
    if target is State.WAITING:
        await say_waiting(tx, await get_conversation(tx, conversation_id), rules)
    elif target is State.TICKET:
        await say_ticket_taken(tx, conversation_id, rules)
    return target


async def read_case(tx: Tx, conversation: Conversation) -> CaseMaterial | None:
    """The material of the current handoff as of now: what was said since then counts too. None: never handed off."""
    if conversation.handoff_id is None:
        return None
    row = (await tx.execute(select(handoffs).where(handoffs.c.handoff_id == conversation.handoff_id))).first()
    if row is None:
        return None
    case = await gather(
        tx,
        conversation,
        handoff_id=row.handoff_id,
        created_at=row.created_at,
        reason=row.reason,
        evidence=row.record["trigger"]["evidence"],
        facts=conversation.facts,
        channel="ticket" if row.ticket_at else row.record["channel"],
        ticket_at=row.ticket_at,
    )
    return await with_case(tx, conversation, case)


async def do_rewrite_record(tx: Tx, conversation: Conversation, data: OrderData) -> None:
    """Put what the order system said into the record of the current handoff, and grade the case again with it."""
    case = await read_case(tx, conversation)
    if case is None:
        return
    case = case.with_order_data(data)
    assessment, record = describe(case, store_rules(), now=tx.now())
    newer = update(handoffs).where(handoffs.c.handoff_id == case.handoff_id)
    await tx.execute(newer.values(record=record, updated_at=tx.now(), filled=True))
    await _goes_forward(tx, conversation, assessment.grade)
    await case_learns(tx, conversation, case, record)
    tx.touch(conversation.id)


async def do_become_ticket(tx: Tx, conversation: Conversation) -> None:
    """Who waited leaves it to a ticket: from now on the first response is due by the ticket's clock, not the chat's (H2,
    H46), in the record, in the queue and in the case. What the order system said is put in again by the next filling."""
    newer = update(handoffs).where(handoffs.c.handoff_id == conversation.handoff_id)
    await tx.execute(newer.values(ticket_at=tx.now()))
    case = await read_case(tx, conversation)
    if case is None:
        return
    assessment, record = describe(case, store_rules(), now=tx.now())
    filled = is_filled(conversation, case.facts)
    await tx.execute(newer.values(record=record, updated_at=tx.now(), filled=filled))
    await update_conversation(tx, conversation.id, deadlines=deadlines_part(assessment.due))
    await case_is_ticket(tx, conversation, assessment)


async def _goes_forward(tx: Tx, conversation: Conversation, graded: Grade) -> None:
    """Who tells of danger or worse while they wait is served accordingly; nothing that is told later puts anybody back."""
    columns: dict[str, Any] = {"level": worse(cast(Level, conversation.level or "I"), graded.level)}
    if graded.precedence is not None and conversation.precedence != "safety":
        columns["precedence"] = graded.precedence
    columns["priority"] = min(conversation.priority or graded.priority, graded.priority)
    if any(getattr(conversation, name) != value for name, value in columns.items()):
        await update_conversation(tx, conversation.id, **columns)
        tx.touch_queue()


def _graded_columns(assessment: Assessment) -> dict[str, Any]:
    return {
        "skill_group": assessment.grade.group,
        "level": assessment.grade.level,
        "priority": assessment.grade.priority,
        "precedence": assessment.grade.precedence,
        "category": assessment.grade.category,
        "deadlines": deadlines_part(assessment.due),
    }
