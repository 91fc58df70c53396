"""data/policy/steps.yml: what an agent is advised to do next, by category and facts (H45)."""

from typing import Annotated, Literal

from pydantic import Field

from aftersales.order_system.port import OrderState
from aftersales.policy.desk import Level
from aftersales.policy.section import Section, Text, Texts

When = Literal[
    "safety",
    "threat",
    "angry",
    "unusable",
    "repeat",
    "not_verified",
    "no_order",
    "no_evidence",
    "eligible",
    "not_eligible",
    "needs_review",
    "request_open",
    "privacy",
    "misunderstood",
    "promised",
    "other_issues",
]


#: What `aftersales.advice` fills into every sentence of advice.
PLACEHOLDERS = frozenset(
    {
        *("others", "threat_channel", "stalled_hours", "quality_days", "answer_minutes", "plan_hours"),
        *("solve_hours", "diagnose_hours", "compensation", "delete_hours"),
    }
)


class Steps(Section):
    """Advice by fact (the order of the file is the order of advice), then by category. `with_request` replaces a
    category's own steps when a request for the item is already under way; `by_order_state` replaces
    them, and `not_eligible`, when nothing can go back because of where the order is; `compensation` is what {compensation} reads."""

    facts: dict[When, Texts]
    categories: dict[str, Texts]
    with_request: dict[str, Texts] = {}
    by_order_state: dict[OrderState, Texts] = {}
    otherwise: Texts
    compensation: dict[Level, Text]
    most: Annotated[int, Field(ge=1, le=20)]
