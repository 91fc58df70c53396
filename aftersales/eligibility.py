"""May this item go back, be exchanged or repaired, and who pays the freight (H16-H20, H22).

Pure. Day 1 is the day after signing, in the store's time zone: signed on the 1st, a window of 7 days ends with the 8th.
An answer never stops at "no": it says what is possible instead, and that a person may decide more (H22).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from aftersales.policy.returns import Solution

Result = Literal["eligible", "not_eligible", "needs_review", "unknown"]
Payer = Literal["seller", "buyer", "insurance"]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`reasons`: Chinese sentences for the customer, the deciding one first. `possible`: solutions open to this customer
    now, best first (empty: only a person can decide more). `freight_payer`: None when nothing is sent back."""

    result: Result
    reasons: tuple[str, ...]
    possible: tuple[Solution, ...]
    freight_payer: Payer | None
    evidence_needed: bool
    last_day: date | None  # of the window that decided, local

    def as_policy(self) -> Mapping[str, object]:
        """The `policy` of facts and record: {result, reasons[]}."""
        return {"result": self.result, "reasons": list(self.reasons)}


def day_after_signing(signed_at: datetime, now: datetime, tz: ZoneInfo) -> int:
    """Which day after signing `now` is: 0 on the day of signing, 1 the day after."""
    return (now.astimezone(tz).date() - signed_at.astimezone(tz).date()).days


def last_day(signed_at: datetime, days: int, tz: ZoneInfo) -> date:
    """The last local date of a window of `days`, both counted as in H16."""
    return signed_at.astimezone(tz).date() + timedelta(days=days)
