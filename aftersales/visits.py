"""When a technician can come to a customer's home (H27): the slots of data/policy/repairs.yml, before it is known who took them."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from aftersales.order_system.port import VisitSlot
from aftersales.policy.repairs import Visits


def visited_at_home(visits: Visits, kind: str) -> bool:
    """Are goods of this kind repaired at the customer's home?"""
    return kind in visits.kinds


def slots_from(visits: Visits, now: datetime, tz: ZoneInfo) -> list[VisitSlot]:
    """The slots of the coming days in the store's zone, soonest first. Their ids are `yyyymmdd-hhmm`."""
    today = now.astimezone(tz).date()
    found: list[VisitSlot] = []
    for day in range(visits.first_day, visits.first_day + visits.days):
        date = today + timedelta(days=day)
        for hours in visits.hours:
            begins, ends = (time.fromisoformat(one) for one in hours.split("-"))
            found.append(
                VisitSlot(
                    f"{date:%Y%m%d}-{begins:%H%M}",
                    datetime.combine(date, begins, tz).astimezone(timezone.utc),
                    datetime.combine(date, ends, tz).astimezone(timezone.utc),
                )
            )
    return found
