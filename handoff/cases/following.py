"""What happens in a conversation moves its case (H42): claimed, answered, ended with a resolution, confirmed by a rating.

Each is called in the transaction of what happened, does nothing when the conversation belongs to no case, and only what
the case's state allows: two conversations of one case may end in any order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from aftersales.policy.wording import Wording
from handoff.cases.opening import merged_evidence
from handoff.cases.rows import Case, add_customer_keys, lock_case, move_case, note_entry, update_case
from handoff.cases.states import CASE_MOVES, CaseMove, CaseState
from handoff.records import Conversation, Reader, Tx
from handoff.records.case_tables import case_conversations
from handoff.store_rules import store_rules

CUSTOMER = "customer"

#: The moves that a resolution leads along. Who did not answer leaves the case where it is.
_RESOLVED: Final[dict[str, tuple[CaseMove, ...]]] = {
    "solved": (CaseMove.TAKEN, CaseMove.SOLVED),
    "refused": (CaseMove.TAKEN, CaseMove.SOLVED),
    "partly": (CaseMove.TAKEN, CaseMove.PLANNED),
    "follow_up": (CaseMove.TAKEN, CaseMove.PLANNED),
}


async def case_claimed(tx: Tx, conversation: Conversation, agent_id: str) -> None:
    """A person took the conversation over: the case is theirs, and somebody looks into it."""
    case = await case_of(tx, conversation)
    if case is None:
        return
    if case.state is CaseState.RECEIVED:
        why = store_rules().policy.wording.case_claimed
        owner = {"owner": agent_id}
        await move_case(tx, case.case_no, CaseMove.TAKEN, who=agent_id, why=why, set_columns=owner)
    elif case.owner != agent_id:
        await update_case(tx, case.case_no, owner=agent_id)
        await note_entry(tx, case.case_no, "owner", who=agent_id, body={"from": case.owner, "to": agent_id})


async def case_answered(tx: Tx, conversation: Conversation, agent_id: str) -> None:
    """A person wrote to the customer: the first response, unless there was one already."""
    case = await case_of(tx, conversation)
    if case is not None and case.first_response_at is None:
        await update_case(tx, case.case_no, first_response_at=tx.now())
        await note_entry(tx, case.case_no, "answered", who=agent_id)


async def case_answer_recalled(
    tx: Tx, conversation: Conversation, agent_id: str, at: datetime, first: datetime | None
) -> None:
    """What a person wrote then was taken back; `first`: the first answer that stands after it. An answer of before still counts."""
    case = await case_of(tx, conversation)
    if case is None or case.first_response_at is None or case.first_response_at < at:
        return
    await update_case(tx, case.case_no, first_response_at=first)
    if first is None:
        await note_entry(tx, case.case_no, "recalled", who=agent_id)


async def case_ended(tx: Tx, conversation: Conversation, agent_id: str, body: Mapping[str, Any]) -> None:
    """A person gave the conversation back or closed it: `resolution`, and what they wrote about it. The category of their summary
    is the case's from now on, with a row of its own that tells what it was."""
    case = await case_of(tx, conversation)
    if case is None:
        return
    resolution = str(body["resolution"])
    category = body.get("summary", {}).get("category", case.category)
    if category != case.category:
        await update_case(tx, case.case_no, category=category)
        changed = {"before": {"category": case.category}, "after": {"category": category}}
        await note_entry(tx, case.case_no, "classified", who=agent_id, body=changed)
    state, told = case.state, _why(store_rules().policy.wording, resolution)
    for event in _RESOLVED.get(resolution, ()):
        if state in CASE_MOVES[event][0]:
            owner = {"owner": agent_id} if event is CaseMove.TAKEN else None
            state = await move_case(
                tx, case.case_no, event, who=agent_id, why=told, body=body, set_columns=owner
            )
    if state is case.state:
        await note_entry(tx, case.case_no, "resolution", who=agent_id, body=body)


def _why(words: Wording, resolution: str) -> str:
    told = {
        "solved": words.case_solved,
        "refused": words.case_refused,
        "partly": words.case_partly,
        "follow_up": words.case_follow_up,
    }
    return told.get(resolution, resolution)


async def case_rated(tx: Tx, conversation: Conversation, score: int, words: str) -> None:
    """The customer judged: good enough confirms a result that was told, and the case is archived (H41); anything else is
    kept in the timeline for people to see."""
    case = await case_of(tx, conversation)
    if case is None:
        return
    policy = store_rules().policy
    body = {"score": score, **({"text": words} if words else {})}
    if case.state is CaseState.FEEDBACK and score >= policy.service.cases.confirmed_from_score:
        why = policy.wording.case_confirmed.format(score=score)
        await move_case(tx, case.case_no, CaseMove.CONFIRMED, who=CUSTOMER, why=why, body=body)
    else:
        await note_entry(tx, case.case_no, "rated", who=CUSTOMER, body=body)


async def case_left(tx: Tx, conversation: Conversation) -> None:
    """The customer does not wait for a person any more: nobody need look into it, unless it is a complaint or a level III."""
    case = await case_of(tx, conversation)
    if case is None or case.state is not CaseState.RECEIVED or case.contacts > 1:
        return
    if case.complaint_grade is None and case.level != "III":
        why = store_rules().policy.wording.case_left
        await move_case(tx, case.case_no, CaseMove.DROPPED, who=CUSTOMER, why=why)


async def case_became_ticket(tx: Tx, conversation: Conversation, deadlines: Mapping[str, Any]) -> None:
    """The customer chose a ticket instead of waiting: the first response is due by its own clock (H2, H46)."""
    case = await case_of(tx, conversation)
    if case is None:
        return
    columns: dict[str, Any] = {"deadlines": {**case.deadlines, "first_response": deadlines["first_response"]}}
    if case.origin == "handoff" and case.channel == "chat":
        columns["channel"] = "ticket"
    await update_case(tx, case.case_no, **columns)
    await note_entry(tx, case.case_no, "ticket", who=CUSTOMER)


async def case_learned(
    tx: Tx,
    conversation: Conversation,
    *,
    record: Mapping[str, Any],
    facts: Mapping[str, Any],
    keys: Sequence[str],
    requests: Sequence[str],
    evidence: Sequence[Mapping[str, Any]],
) -> None:
    """The record of the conversation's handoff is newer: what the customer said, sent and proved since then counts too."""
    case = await case_of(tx, conversation)
    if case is None:
        return
    told = {name: _text(facts.get(name)) for name in ("order_no", "item", "demand", "description")}
    await add_customer_keys(tx, case.case_no, keys)
    await update_case(
        tx,
        case.case_no,
        record={**record, "case_no": case.case_no},
        facts={**case.facts, **facts},
        order_no=case.order_no or told["order_no"],
        item=case.item or (told["item"] or "")[:200] or None,
        demand=told["demand"] or case.demand,
        description=case.description or told["description"] or _text(record.get("description")),
        customer={**case.customer, **{key: one for key, one in conversation.customer.items() if one}},
        evidence=merged_evidence(case.evidence, evidence),
    )
    await add_requests(tx, case, requests)


async def add_requests(tx: Tx, case: Case, numbers: Sequence[str], *, who: str = "bot") -> None:
    """Numbers of requests (RT…, EX…) that were made for this matter; each is noted once."""
    new = [one for one in dict.fromkeys(numbers) if one not in case.requests]
    if not new:
        return
    await update_case(tx, case.case_no, requests=[*case.requests, *new])
    for number in new:
        await note_entry(tx, case.case_no, "request", who=who, body={"request_no": number})


async def case_of(tx: Tx, conversation: Conversation) -> Case | None:
    """The case that the conversation's running episode is about, locked: that of its handoff, else the one tied last."""
    case_no = await case_no_of(tx, conversation)
    return None if case_no is None else await lock_case(tx, case_no)


async def case_no_of(reader: Reader, conversation: Conversation) -> str | None:
    """Its number; None when it belongs to no case."""
    tied = case_conversations
    statement = (
        select(tied.c.case_no, tied.c.handoff_id)
        .where(tied.c.conversation_id == conversation.id, tied.c.episode == conversation.episode)
        .order_by(tied.c.linked_at.desc(), tied.c.case_no)
    )
    rows = (await reader.execute(statement)).all()
    current = [row for row in rows if row.handoff_id and row.handoff_id == conversation.handoff_id]
    return next((str(row.case_no) for row in [*current, *rows]), None)


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
