"""A contact opens a case, or joins the open one about the same matter and raises its grade (H13, H14, H42).

Two steps around the grading, because a case that is there already counts in it:

    earlier = await find_earlier(tx, contact)
    …grade with earlier.contacts and earlier.at_least…
    case_no = await do_open_or_join(tx, contact, earlier, Graded(…))

Both in the transaction of what caused the contact, so that a case is there exactly when its handoff, call or mail is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from aftersales.grading import Grade, worse
from aftersales.policy.desk import ComplaintGrade, Level
from handoff.cases.contact import Contact, Earlier
from handoff.cases.rows import (
    SYSTEM,
    Case,
    add_customer_keys,
    free_case_no,
    insert_case,
    move_case,
    note_entry,
    tie_conversation,
    update_case,
)
from handoff.records import Tx
from handoff.store_rules import store_rules

_GRADES: tuple[ComplaintGrade, ...] = get_args(ComplaintGrade)
_LONGEST_ITEM = 200


@dataclass(frozen=True)
class Graded:
    """What the contact amounts to: its grade, its deadlines (RFC 3339), and the record (H45) unless none was made."""

    grade: Grade
    deadlines: Mapping[str, str]
    record: Mapping[str, Any] | None = None
    filled: bool = True


async def do_open_or_join(
    tx: Tx, contact: Contact, earlier: Earlier | None, graded: Graded, *, case_no: str | None = None
) -> str:
    """Writes the contact into its case and returns the number: `case_no`, or a fresh one, when a case is opened."""
    if earlier is None:
        return await _open(tx, contact, graded, case_no or await free_case_no(tx))
    await _join(tx, contact, earlier, graded)
    return earlier.case.case_no


async def _open(tx: Tx, contact: Contact, graded: Graded, case_no: str) -> str:
    facts = contact.facts
    await insert_case(
        tx,
        case_no=case_no,
        channel=contact.channel,
        origin=contact.origin,
        contacts=1,
        deadlines=dict(graded.deadlines),
        order_no=_text(facts.get("order_no")),
        item=_item(facts),
        demand=_text(facts.get("demand")),
        description=_description(contact, graded),
        requests=list(dict.fromkeys(contact.requests)),
        evidence=[dict(one) for one in contact.evidence],
        customer=dict(contact.customer),
        facts=dict(facts),
        record=dict(graded.record or {}),
        filled=graded.filled,
        **_graded_columns(graded.grade),
    )
    await note_entry(
        tx, case_no, "opened", who=contact.who, why=contact.why, body=_entry_body(contact, graded.grade)
    )
    await _tie(tx, case_no, contact)
    return case_no


async def _join(tx: Tx, contact: Contact, earlier: Earlier, graded: Graded) -> None:
    case, grade, facts = earlier.case, graded.grade, contact.facts
    entry = _entry_body(contact, grade)
    await note_entry(tx, case.case_no, "contact", who=contact.who, why=contact.why, body=entry)
    columns: dict[str, Any] = {
        "contacts": earlier.contacts,
        "order_no": case.order_no or _text(facts.get("order_no")),
        "item": case.item or _item(facts),
        "demand": _text(facts.get("demand")) or case.demand,
        "description": case.description or _description(contact, graded),
        "requests": list(dict.fromkeys([*case.requests, *contact.requests])),
        "evidence": merged_evidence(case.evidence, contact.evidence),
        "customer": {**case.customer, **{key: one for key, one in contact.customer.items() if one}},
        "facts": {**case.facts, **{key: one for key, one in facts.items() if one is not None}},
        "deadlines": _deadlines(contact, earlier, graded),
        "priority": min(case.priority, grade.priority),
    }
    if graded.record is not None:
        columns.update(record=dict(graded.record), filled=graded.filled)
    if case.category.startswith("service."):
        columns["category"] = grade.category
    if contact.asks and case.first_response_at is not None:
        columns["first_response_at"] = None  # an answer is waited for again
    raised = _raised(case, grade)
    if raised:
        columns.update(raised, skill_group=grade.group, urgency=grade.urgency)
        before = {name: getattr(case, name) for name in raised}
        body = {"before": before, "after": raised, "contacts": earlier.contacts}
        await note_entry(tx, case.case_no, "graded", who=SYSTEM, body=body)
    await update_case(tx, case.case_no, **columns)
    if earlier.revives is not None:
        why = store_rules().policy.wording.case_came_again
        await move_case(tx, case.case_no, earlier.revives, who=contact.who, why=why)
    await _tie(tx, case.case_no, contact)


async def _tie(tx: Tx, case_no: str, contact: Contact) -> None:
    await add_customer_keys(tx, case_no, contact.keys)
    if contact.conversation is not None:
        talk = contact.conversation
        await tie_conversation(tx, case_no, talk.id, talk.episode, contact.handoff_id)


def _raised(case: Case, grade: Grade) -> dict[str, Any]:
    """The columns of level and complaint that the contact makes more serious; empty when it makes nothing so."""
    raised: dict[str, Any] = {}
    level = worse(cast(Level, case.level), grade.level)
    if level != case.level:
        raised["level"] = level
    if grade.complaint_grade and _rank(grade.complaint_grade) > _rank(case.complaint_grade):
        raised.update(complaint_grade=grade.complaint_grade, complaint_kind=grade.complaint_kind)
    return raised


def _rank(complaint: str | None) -> int:
    return -1 if complaint is None else _GRADES.index(cast(ComplaintGrade, complaint))


def _deadlines(contact: Contact, earlier: Earlier, graded: Graded) -> dict[str, Any]:
    """A case that had ended gets new ones; one that is open keeps what is due sooner, and an answer that was given
    already is due anew."""
    case, new = earlier.case, dict(graded.deadlines)
    if earlier.revives is not None:
        return new
    sooner = {key: min(at, case.deadlines.get(key) or at) for key, at in new.items()}
    if contact.asks and case.first_response_at is not None:
        sooner["first_response"] = new["first_response"]
    return sooner


def _graded_columns(grade: Grade) -> dict[str, Any]:
    return {
        "category": grade.category,
        "level": grade.level,
        "urgency": grade.urgency,
        "priority": grade.priority,
        "complaint_kind": grade.complaint_kind,
        "complaint_grade": grade.complaint_grade,
        "responsibility": grade.responsibility,
        "skill_group": grade.group,
    }


def _entry_body(contact: Contact, grade: Grade) -> dict[str, Any]:
    body: dict[str, Any] = {"channel": contact.channel, "category": grade.category, **contact.body}
    if contact.words:
        body["text"] = contact.words
    if contact.conversation is not None:
        body.update(conversation_id=contact.conversation.id, episode=contact.conversation.episode)
    return body


def merged_evidence(
    known: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Both, each file once, in the order in which they came."""
    by_id = {one.get("upload_id"): dict(one) for one in [*known, *new]}
    return list(by_id.values())


def _description(contact: Contact, graded: Graded) -> str | None:
    told = _text(contact.facts.get("description")) or contact.words
    return told or _text((graded.record or {}).get("description"))


def _item(facts: Mapping[str, Any]) -> str | None:
    item = _text(facts.get("item"))
    return item[:_LONGEST_ITEM] if item else None


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
