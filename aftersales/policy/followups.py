"""data/policy/followups.yml: what happens later by itself, when, and how it is said (H24-H26, H40, H41, H46, H53)."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from aftersales.order_system.port import RequestKind, RequestState
from aftersales.policy.desk import GroupCode
from aftersales.policy.hours import Spans
from aftersales.policy.section import AsTuple, PositiveInt, Section, Text, Texts

Resolution = Literal["solved", "partly", "refused", "follow_up", "no_answer"]
DeadlineName = Literal[
    "first_response",
    "plan",
    "resolve",
    "plan_told",
    "submitted",
    "approved",
    "sent_back",
    "received",
    "refunding",
    "privacy",
]
Percent = Annotated[PositiveInt, Field(lt=100)]
Priority = Annotated[PositiveInt, Field(le=5)]
ScoreKey = Literal["1", "2", "3", "4", "5"]
Score = Annotated[int, Field(ge=1, le=5)]


class Sla(Section):
    warn_at_percent: Percent
    supervisor_group: GroupCode
    escalated_priority: Priority
    customer_pause_hours: PositiveInt
    plan_told_minutes: PositiveInt


class RequestFollowUp(Section):
    enabled: StrictBool
    watch_minutes: PositiveInt
    watch_days: PositiveInt
    tell: Annotated[tuple[RequestState, ...], AsTuple]


class Visit(Section):
    enabled: StrictBool
    after_hours: PositiveInt
    resolutions: Annotated[tuple[Resolution, ...], AsTuple]
    request_kinds: Annotated[tuple[RequestKind, ...], AsTuple]
    between: Annotated[Spans, Field(min_length=1)]
    open_days: PositiveInt
    low_score: Score
    scores: dict[ScoreKey, Annotated[Texts, Field(min_length=1)]]
    nothing_to_add: Texts

    def score_of(self, text: str) -> int | None:
        """The score that a customer typed, and nothing but the score."""
        plain = text.strip("。.!！~～ ").replace(" ", "")
        return next(
            (
                int(score)
                for score, words in self.scores.items()
                if plain in (one.replace(" ", "") for one in words)
            ),
            None,
        )

    def label_of(self, score: int) -> str:
        """What the button of that score says."""
        return self.scores[str(score)][0]  # type: ignore[index]

    def is_nothing(self, text: str) -> bool:
        """没有, and nothing more: the visit has no words to add."""
        return text.strip("。.!！~～, ，") in self.nothing_to_add


class FollowUpSays(Section):
    """Sentences to the customer; `{…}` are filled by the service."""

    request_moved: Text
    request_late: Text
    refund_late: Text
    refund_arrived: Text
    visit_efficiency: Text
    visit_attitude: Text
    visit_result: Text
    visit_words: Text
    visit_thanks: Text
    visit_sorry: Text
    export_ready: Text
    delete_planned: Text


class FollowUpNotes(Section):
    """Remarks to agents."""

    warning: Text
    breach: Text
    plan: Text
    request_moved: Text
    request_late: Text
    low_visit: Text
    reminder: Text
    delete_waits: Text


class PrivacyRules(Section):
    answer_days: PositiveInt
    delete_after_hours: PositiveInt
    download_days: PositiveInt


class FollowUps(Section):
    sla: Sla
    requests: RequestFollowUp
    visit: Visit
    says: FollowUpSays
    notes: FollowUpNotes
    deadlines: dict[DeadlineName, Text]
    privacy: PrivacyRules


_REQUEST = frozenset({"kind", "request_no", "state"})
_PLACEHOLDERS_NOTE = frozenset({"request_no", "state", "due"})
#: The placeholders each sentence may use.
SAYS_PLACEHOLDERS: dict[str, frozenset[str]] = {
    "request_moved": _REQUEST | {"next"},
    "request_late": _REQUEST | {"due"},
    "refund_late": _REQUEST | {"due"},
    "refund_arrived": _REQUEST | {"amount", "method"},
    "export_ready": frozenset({"request_no", "days", "address"}),
    "delete_planned": frozenset({"request_no", "due"}),
}
NOTES_PLACEHOLDERS: dict[str, frozenset[str]] = {
    "warning": frozenset({"deadline", "due"}),
    "breach": frozenset({"deadline", "due"}),
    "plan": frozenset({"due", "text"}),
    "request_moved": frozenset({"request_no", "state"}),
    "request_late": _PLACEHOLDERS_NOTE,
    "low_visit": frozenset({"efficiency", "attitude", "result"}),
    "reminder": frozenset({"words"}),
    "delete_waits": frozenset({"request_no"}),
}
