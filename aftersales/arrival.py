"""When refunded money arrives, by payment method (H19, H26, H31)."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from aftersales.policy.model import Policy
from aftersales.policy.store import PaymentMethod


def arrival_days(policy: Policy, method: PaymentMethod) -> tuple[int, int]:
    """(earliest, latest) days after the refund was started."""
    rule = policy.store.refunds[method]
    return rule.min_days, rule.max_days


def latest_arrival(policy: Policy, method: PaymentMethod, started_at: datetime, tz: ZoneInfo) -> datetime:
    """End of the last promised local day, as a UTC instant."""
    day: date = started_at.astimezone(tz).date() + timedelta(days=arrival_days(policy, method)[1])
    return datetime.combine(day, time(23, 59, 59), tz).astimezone(timezone.utc)


def is_late(expected_at: datetime, now: datetime) -> bool:
    """Is the promised day over? Then a person must look (H41)."""
    return now > expected_at
