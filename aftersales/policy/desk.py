"""data/policy/service.yml, groups.yml, limits.yml: how cases are graded, to whom they go, what bounds waiting and guessing.

H8, H11-H15, H44, H46.
"""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from aftersales.policy.section import AsTuple, PositiveInt, Section, Text, WholeNumber

Level = Literal["I", "II", "III"]
Urgency = Literal["urgent", "normal", "info"]
ComplaintKind = Literal["service", "result", "repeat", "publicity"]
ComplaintGrade = Literal["general", "important", "major", "crisis"]
Responsibility = Literal["product", "logistics", "service", "usage", "undetermined"]
Emotion = Literal["calm", "displeased", "angry"]
GroupCode = Literal["online", "ticket", "technical", "logistics", "complaint", "product"]
Reason = Literal[
    "requested",
    "anger",
    "threat",
    "safety",
    "complaint",
    "repeat",
    "misunderstood",
    "no_progress",
    "out_of_policy",
    "unsure",
    "privacy",
    "bot_unavailable",
]
#: The channel of `threat_channels` for a threat that names none of the others.
OTHER_CHANNEL = "other"


class CategoryRule(Section):
    """What a category says before anything else is known."""

    urgency: Urgency
    level: Level
    responsibility: Responsibility
    complaint_kind: ComplaintKind | None = None


class LevelRules(Section):
    """H12: raise the level. Each list names facts, reasons or emotions of `aftersales.grading`."""

    level_3_when: Annotated[tuple[Literal["safety", "batch", "threat"], ...], AsTuple]
    level_2_when: Annotated[tuple[Literal["unusable", "angry", "repeat", "publicity"], ...], AsTuple]
    repeat_after_contacts: PositiveInt


class GradeRules(Section):
    """H14: grade by complaint kind; an angry customer and level III raise it."""

    by_kind: dict[ComplaintKind, ComplaintGrade]
    angry_raises: StrictBool
    level_3_at_least: ComplaintGrade
    crisis_when_publicity_and: Annotated[tuple[Literal["safety", "batch"], ...], AsTuple]
    supervisor_from: ComplaintGrade


class PriorityRule(Section):
    """First rule whose given conditions all hold decides; one without conditions ends the list."""

    level: Level | None = None
    grade: ComplaintGrade | None = None
    urgency: Urgency | None = None
    emotion: Emotion | None = None
    priority: Annotated[int, Field(ge=1, le=5)]


class Deadline(Section):
    """Times after opening, by level (H12, H46)."""

    first_response_minutes: PositiveInt
    plan_minutes: PositiveInt
    resolve_hours: PositiveInt


class Deadlines(Section):
    levels: dict[Level, Deadline]
    chat_first_response_minutes: PositiveInt
    out_of_hours_first_response_minutes: PositiveInt
    ticket_first_response_minutes: PositiveInt
    pause_out_of_hours: Annotated[tuple[Level, ...], AsTuple]
    pause_waiting_for_customer: Annotated[tuple[Level, ...], AsTuple]


class CaseRules(Section):
    """H42: which open case a further contact belongs to, and when a case is over."""

    same_matter: Annotated[tuple[Annotated[tuple[str, ...], AsTuple], ...], AsTuple]
    follows_any: Annotated[tuple[str, ...], AsTuple]
    repeat_raises_to_at_most: ComplaintGrade
    reopen_days: WholeNumber
    confirmed_from_score: Annotated[int, Field(ge=1, le=5)]
    opened_by_effects: Annotated[tuple[Text, ...], AsTuple]


class TagRules(Section):
    """What people may tag a case with."""

    listed: Annotated[tuple[Text, ...], AsTuple]
    free: StrictBool
    longest: Annotated[int, Field(ge=1, le=40)]
    most: PositiveInt


class Service(Section):
    """data/policy/service.yml"""

    categories: dict[str, CategoryRule]
    level: LevelRules
    complaint: GradeRules
    priority: Annotated[tuple[PriorityRule, ...], AsTuple, Field(min_length=1)]
    deadlines: Deadlines
    cases: CaseRules
    tags: TagRules
    threat_channels: dict[str, Text]


class Group(Section):
    name: Text


class Groups(Section):
    """data/policy/groups.yml (H44)"""

    groups: dict[GroupCode, Group]
    by_reason: dict[Reason, GroupCode]
    by_category: dict[str, GroupCode]
    otherwise: GroupCode
    written: GroupCode


class Verification(Section):
    """H8"""

    wrong_per_conversation: PositiveInt
    wrong_per_order_and_hour: PositiveInt
    wrong_per_address_and_hour: PositiveInt
    lock_minutes: PositiveInt


class Waiting(Section):
    """How long a customer waits before a ticket is offered, then taken (H2, H46)."""

    offer_ticket_minutes: PositiveInt
    limit_minutes: PositiveInt
    owner_gone_seconds: PositiveInt
    position_notice_seconds: PositiveInt


class Limits(Section):
    """data/policy/limits.yml"""

    verification: Verification
    waiting: Waiting
    orders_shown: PositiveInt
    retention_days: WholeNumber
