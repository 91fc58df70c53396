"""From the facts of a conversation to stage, urgency, level, complaint, responsibility, group and priority.

Pure: the same facts and policy always give the same grade, so it can be computed again whenever a fact arrives.
Handbook H9-H15 and H44. Thresholds live in data/policy/service.yml and groups.yml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from aftersales.categories import Categories, Stage
from aftersales.policy.desk import (
    ComplaintGrade,
    ComplaintKind,
    Emotion,
    GroupCode,
    Level,
    PriorityRule,
    Reason,
    Responsibility,
    Urgency,
)
from aftersales.policy.model import Policy

_LEVELS: tuple[Level, ...] = get_args(Level)
Precedence = Literal["safety", "publicity"]
_GRADES: tuple[ComplaintGrade, ...] = get_args(ComplaintGrade)
_COMPLAINT_REASONS: frozenset[Reason] = frozenset({"complaint", "threat"})


@dataclass(frozen=True, slots=True)
class Grade:
    """What decides queue, order and deadlines. `because` lists in Chinese what raised level or priority."""

    category: str
    stage: Stage
    urgency: Urgency
    level: Level
    complaint_kind: ComplaintKind | None
    complaint_grade: ComplaintGrade | None
    responsibility: Responsibility
    group: GroupCode
    priority: int  # 1 (first) … 5
    precedence: Precedence | None  # what goes before the level in the queue
    supervisor: bool  # a supervisor must see it (H14)
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """How serious a matter is already, from earlier contacts about it."""

    level: Level
    complaint_kind: ComplaintKind | None
    complaint_grade: ComplaintGrade | None


def grade(
    facts: Mapping[str, Any],
    *,
    policy: Policy,
    categories: Categories,
    reason: Reason | None = None,
    emotion: Emotion = "calm",
    contacts: int = 1,
    at_least: Known | None = None,
) -> Grade:
    """Grade a case.

    facts: docs/architecture.md "facts"; what is missing or of a wrong type counts as unknown, never as an error.
    reason: why it is handed off (None: not yet). contacts: how often this customer came with it, this time included.
    at_least: how serious the matter was before; it never becomes less by what is told now.
    """
    category = categories.get(facts.get("category") if isinstance(facts.get("category"), str) else None)
    service = policy.service
    rule = service.categories[category.code]
    safety = facts.get("safety") is True or reason == "safety"
    batch = facts.get("batch_defect") is True
    threat = reason == "threat" or bool(facts.get("threat_channel")) or category.code == "complaint.escalate"
    unusable = facts.get("usable") is False
    repeat = reason == "repeat" or contacts >= service.level.repeat_after_contacts

    kind = _complaint_kind(facts, rule.complaint_kind, reason, threat, repeat)
    signs = {
        "safety": (safety, "有安全隐患"),
        "batch": (batch, "疑似批次问题"),
        "threat": (threat, "客户提到监管、媒体或诉讼"),
        "unusable": (unusable, "商品无法使用"),
        "angry": (emotion == "angry", "客户情绪激动"),
        "repeat": (repeat, "同一问题多次联系"),
        "publicity": (kind == "publicity", "有舆情风险"),
    }
    third = [signs[one][1] for one in service.level.level_3_when if signs[one][0]]
    second = [signs[one][1] for one in service.level.level_2_when if signs[one][0]]
    level: Level = "III" if third else worse(rule.level, "II") if second else rule.level
    if at_least is not None:
        level = worse(level, at_least.level)

    urgency: Urgency = "urgent" if unusable or safety else rule.urgency
    complaint = _complaint_grade(
        policy, kind, level, emotion, publicity_and={"safety": safety, "batch": batch}
    )
    if at_least is not None and at_least.complaint_grade is not None:
        kind = kind or at_least.complaint_kind
        complaint = max(complaint or "general", at_least.complaint_grade, key=_GRADES.index)
    told = facts.get("responsibility")
    responsibility = cast(Responsibility, told) if told in get_args(Responsibility) else rule.responsibility
    return Grade(
        category=category.code,
        stage=category.stage,
        urgency=urgency,
        level=level,
        complaint_kind=kind,
        complaint_grade=complaint,
        responsibility=responsibility,
        group=_group(policy, category.code, reason, kind),
        priority=_priority(service.priority, level, complaint, urgency, emotion),
        precedence="safety" if safety else "publicity" if kind == "publicity" else None,
        supervisor=complaint is not None
        and _GRADES.index(complaint) >= _GRADES.index(service.complaint.supervisor_from),
        because=tuple(third + second),
    )


def _complaint_kind(
    facts: Mapping[str, Any],
    by_category: ComplaintKind | None,
    reason: Reason | None,
    threat: bool,
    repeat: bool,
) -> ComplaintKind | None:
    """H13: what the customer threatens weighs more than what was noted, that more than the category."""
    if threat:
        return "publicity"
    told = facts.get("complaint_kind")
    if told in get_args(ComplaintKind):
        return cast(ComplaintKind, told)
    if by_category is None and reason not in _COMPLAINT_REASONS:
        return None
    if repeat and by_category != "service":
        return "repeat"
    return by_category or "result"


def _complaint_grade(
    policy: Policy,
    kind: ComplaintKind | None,
    level: Level,
    emotion: Emotion,
    publicity_and: Mapping[str, bool],
) -> ComplaintGrade | None:
    if kind is None:
        return None
    rules = policy.service.complaint
    if kind == "publicity" and any(publicity_and[one] for one in rules.crisis_when_publicity_and):
        return "crisis"
    at = _GRADES.index(rules.by_kind[kind])
    if rules.angry_raises and emotion == "angry" and at == 0:
        at = 1
    if level == "III":
        at = max(at, _GRADES.index(rules.level_3_at_least))
    return _GRADES[at]


def _group(policy: Policy, category: str, reason: Reason | None, kind: ComplaintKind | None) -> GroupCode:
    groups = policy.groups
    if reason is not None and reason in groups.by_reason:
        return groups.by_reason[reason]
    if kind == "publicity":
        return "complaint"
    return groups.by_category.get(category, groups.otherwise)


def _priority(
    rules: tuple[PriorityRule, ...],
    level: Level,
    complaint: ComplaintGrade | None,
    urgency: Urgency,
    emotion: Emotion,
) -> int:
    for rule in rules:
        given = (
            (rule.level, level),
            (rule.grade, complaint),
            (rule.urgency, urgency),
            (rule.emotion, emotion),
        )
        if all(wanted is None or wanted == is_now for wanted, is_now in given):
            return rule.priority
    return 5


def raised_by_repeat(policy: Policy, known: Known) -> Known:
    """How serious a matter is when its customer comes with it again (H13, H14).

    One that was no complaint becomes one about a repeated problem; one that was goes up a grade, as far as the policy
    lets a repeat raise it. A higher grade stays.
    """
    rules = policy.service
    if known.complaint_grade is None:
        return Known(known.level, "repeat", rules.complaint.by_kind["repeat"])
    most = _GRADES.index(rules.cases.repeat_raises_to_at_most)
    at = _GRADES.index(known.complaint_grade)
    return Known(known.level, known.complaint_kind, _GRADES[max(at, min(at + 1, most))])


def worse(one: Level, other: Level) -> Level:
    """The more serious of two levels."""
    return max(one, other, key=_LEVELS.index)
