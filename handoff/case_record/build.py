"""The record an agent receives (H45, 售后问题记录表): a pure function of what is known, by contracts/handoff-record.schema.json.

What is unknown is null and listed in `missing`; lists are never null. Everything a person typed is masked (H7).
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, cast, get_args

from aftersales.deadlines import Channel, Deadlines, deadlines
from aftersales.grading import Grade, grade
from aftersales.masking import mask_name, mask_text, masked_contact
from handoff.case_record.material import CaseMaterial, words_of
from handoff.case_record.order_part import (
    logistics_part,
    order_part,
    product_part,
    refunds_part,
    requests_part,
    when,
)
from handoff.case_record.steps import other_issues, policy_part, suggested_steps
from handoff.clock import rfc3339
from handoff.store_rules import StoreRules

log = logging.getLogger("handoff.case_record")
SCHEMA_VERSION = 1
_DESCRIPTION = 1000
#: Our own numbers: null where there is none (a call has no conversation), never something the customer has yet to tell.
_NUMBERS = frozenset({"handoff_id", "conversation_id", "case_no"})
_EARLIER = (
    "handoff_id",
    "conversation_id",
    "created_at",
    "ended_at",
    "case_no",
    "reason",
    "category",
    "order_no",
    "resolution",
    "solution",
    "promises",
)
_REQUEST_NAMES = {"RT": "退货", "EX": "换货", "RP": "维修", "RF": "仅退款", "CC": "取消", "TK": "工单"}


@dataclass(frozen=True)
class Assessment:
    """How the case is graded and until when people must have acted."""

    grade: Grade
    due: Deadlines


def assess(case: CaseMaterial, rules: StoreRules) -> Assessment:
    """Stage, level, group, priority and deadlines from what is known now (H9-H15, H44, H46)."""
    graded = grade(
        case.facts,
        policy=rules.policy,
        categories=rules.categories,
        reason=case.reason,  # type: ignore[arg-type]
        emotion=_current_emotion(case),  # type: ignore[arg-type]
        contacts=case.contacts,
        at_least=case.at_least,
    )
    clock = _clock_of(case.channel)
    if clock == "email" and not rules.categories.get(graded.category).is_issue:
        graded = replace(graded, group=rules.policy.groups.written)
    due = partial(deadlines, rules.policy, level=graded.level, tz=rules.tz, channel=clock)
    told = due(opened_at=case.created_at)
    if case.ticket_at is not None:
        told = replace(told, first_response=due(opened_at=case.ticket_at).first_response)
    return Assessment(graded, told)


def _clock_of(channel: str) -> Channel:
    """Whose deadlines count: whatever comes by a signed channel has those of a mail (H4, H46)."""
    return cast(Channel, channel) if channel in get_args(Channel) else "email"


def describe(case: CaseMaterial, rules: StoreRules, *, now: datetime) -> tuple[Assessment, dict[str, Any]]:
    """Assessment and record of the case. Never fails on what the bot told: then both are made without it, because a
    customer who waits for a person must not be kept from one by a fact that nobody can read."""
    try:
        assessment = assess(case, rules)
        return assessment, build_record(case, rules, assessment, now=now)
    except Exception:
        log.exception(
            "the record is made without the bot's facts", extra={"conversation_id": case.conversation_id}
        )
        plain = replace(case, facts={}, effects=(), emotions=())
        assessment = assess(plain, rules)
        return assessment, build_record(plain, rules, assessment, now=now)


def deadlines_part(due: Deadlines) -> dict[str, Any]:
    return {
        "first_response": rfc3339(due.first_response),
        "plan": rfc3339(due.plan),
        "resolve": rfc3339(due.resolve),
    }


def build_record(
    case: CaseMaterial, rules: StoreRules, assessment: Assessment, *, now: datetime
) -> dict[str, Any]:
    """The whole record, masked. Equal material gives an equal record."""
    graded = assessment.grade
    data = case.order_data
    facts = case.facts
    order = order_part(data.order, _text(facts.get("order_no")))
    policy = policy_part(case, rules, now)
    record: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "policy_version": rules.version,
        "handoff_id": case.handoff_id,
        "case_no": case.case_no,
        "conversation_id": case.conversation_id,
        "created_at": rfc3339(case.created_at),
        "updated_at": rfc3339(now),
        "channel": case.channel,
        "trigger": {"reason": case.reason, "evidence": _masked(case.evidence)},
        "customer": _customer(case.customer),
        "order": order,
        "product": product_part(facts, data.order),
        "logistics": logistics_part(data.parcel, now),
        "refunds": refunds_part(data),
        "requests": requests_part(data),
        "category": graded.category,
        "category_confidence": _number(facts.get("category_confidence")),
        "stage": graded.stage,
        "urgency": graded.urgency,
        "level": graded.level,
        "because": list(graded.because),
        "complaint_kind": graded.complaint_kind,
        "complaint_grade": graded.complaint_grade,
        "description": _description(case),
        "began_at": _masked_text(facts.get("began_at")),
        "tried": _masked(facts.get("tried")),
        "demand": _masked_text(facts.get("demand")),
        "evidence": _evidence(case),
        "emotion": _emotion(case),
        "responsibility": graded.responsibility,
        "policy": policy,
        "bot_actions": _bot_actions(case),
        "promises": _masked(facts.get("promises")),
        "earlier": [{key: one[key] for key in _EARLIER} for one in case.earlier],
        "suggested_steps": suggested_steps(case, rules, graded, policy),
        "group": graded.group,
        "priority": graded.priority,
        "deadlines": deadlines_part(assessment.due),
        "transcript": {
            "from_seq": case.items[0].seq if case.items else None,
            "to_seq": case.items[-1].seq if case.items else None,
        },
        "order_system_asked": data.asked,
    }
    told = {key: value for key, value in record.items() if key not in _NUMBERS}
    record["missing"] = sorted(missing_paths(told))
    return record


def missing_paths(value: Mapping[str, Any], prefix: str = "") -> Iterable[str]:
    """Dotted paths of everything that is null; lists count as known, whatever is in them."""
    for key, child in value.items():
        path = f"{prefix}{key}"
        if child is None:
            yield path
        elif isinstance(child, Mapping):
            yield from missing_paths(child, f"{path}.")


def _customer(customer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": mask_name(customer.get("name")),
        "contact": masked_contact(customer),
        "verified": bool(customer.get("verified")),
        "method": customer.get("method"),
    }


def _description(case: CaseMaterial) -> str | None:
    """The customer's own words: what the bot singled out, else everything typed in this episode, newest kept; then the
    further matters that wait for an answer."""
    others = other_issues(case)
    tail = f"\n另外还问：{'；'.join(others)}" if others else ""
    told = _masked_text(case.facts.get("description"))
    if told:
        return told[: max(0, _DESCRIPTION - len(tail))] + tail[:_DESCRIPTION]
    said = [
        words
        for item in case.items
        if item.sender == "customer"
        and item.kind == "text"
        and (words := words_of(item.kind, item.body).strip())
    ]
    return mask_text("\n".join(said))[-_DESCRIPTION:] or None


def _evidence(case: CaseMaterial) -> list[dict[str, Any]]:
    return [
        {"upload_id": one["upload_id"], "kind": one["kind"], "seq": one["seq"], "at": when(one["at"])}
        for one in case.uploads
    ]


def _emotion(case: CaseMaterial) -> dict[str, Any]:
    return {
        "now": _current_emotion(case),
        "history": [
            {"at": rfc3339(one.at), "seq": one.seq, "emotion": one.emotion, "score": one.score}
            for one in case.emotions
        ],
    }


def _current_emotion(case: CaseMaterial) -> str:
    """The latest mood; a handoff for anger is one, whatever the last sentence sounded like."""
    if case.reason == "anger":
        return "angry"
    return case.emotions[-1].emotion if case.emotions else "calm"


def _bot_actions(case: CaseMaterial) -> list[dict[str, Any]]:
    """What was written outside for this customer, and what the bot showed, in the order it happened (H45)."""
    done = [
        (
            one["at"],
            {
                "at": when(one["at"]),
                "effect": one.get("effect"),
                "request_no": one.get("request_no"),
                "order_no": one.get("order_no"),
                "summary": _masked_text(one.get("summary")),
            },
        )
        for one in case.effects
    ]
    for item in case.items:
        for card in _cards(item.body) if item.sender == "bot" else ():
            summary = _card_summary(card)
            if summary:
                shown = {"at": when(item.at), "effect": None, "request_no": card.get("request_no")}
                done.append((item.at, {**shown, "order_no": card.get("order_no"), "summary": summary}))
    return [entry for _, entry in sorted(done, key=lambda one: one[0])]


def _cards(body: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    cards = body.get("cards")
    if isinstance(cards, list):
        return [one for one in cards if isinstance(one, Mapping)]
    return [body] if "card" in body else []


def _card_summary(card: Mapping[str, Any]) -> str | None:
    if card.get("card") == "order":
        return f"向客户展示了订单 {card.get('order_no') or ''}".strip()
    if card.get("card") == "logistics":
        return f"向客户展示了订单 {card.get('order_no') or ''} 的物流".strip()
    if card.get("card") == "request":
        number = str(card.get("request_no") or "")
        return f"告知了{_REQUEST_NAMES.get(number[:2], '')}申请 {number}".strip()
    return None


def _masked(values: Any) -> list[str]:
    if isinstance(values, str):
        values = [values]
    if not isinstance(values, list | tuple):
        return []
    return [mask_text(str(one)) for one in values if str(one).strip()]


def _masked_text(value: Any) -> str | None:
    text = _text(value)
    return mask_text(text) if text else None


def _text(value: Any) -> str | None:
    return (str(value).strip() or None) if value is not None else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
