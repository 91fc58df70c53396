"""When a technician can come to a customer's home (H27): the slots of data/policy/repairs.yml, before it is known who took them."""

import re
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from aftersales.order_system.port import VisitSlot
from aftersales.policy.repairs import Visits

#: The day on which a wish suits, as it is read back (12月3日（星期四）); the one by which something is needed is followed by that.
_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日（星期.）(?!前|就?急?要|等|得)")
_ANY_DAY = re.compile(r"\d{1,2}月\d{1,2}日（星期.）")
#: Parts of a day, from which hour to which.
_PARTS = {
    "早上": (0, 12),
    "上午": (0, 12),
    "中午": (11, 14),
    "下午": (12, 18),
    "傍晚": (17, 24),
    "晚上": (17, 24),
}


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


def is_limit(wished: str) -> bool:
    """Is it only a day by which something is needed (12月8日（星期二）前)?"""
    return _ANY_DAY.search(wished) is not None and not names_day(wished)


def names_day(wished: str) -> bool:
    """Does a wish name the day on which it suits (not the one by which something is needed)?"""
    return _DAY.search(wished) is not None


def is_wished(slot: VisitSlot, wished: str, tz: ZoneInfo) -> bool:
    """Is the slot of the day, and of the part of the day, that a wish names (12月3日（星期四）上午)?"""
    begins, ends = slot.begins.astimezone(tz), slot.ends.astimezone(tz)
    days = {(int(month), int(date)) for month, date in _DAY.findall(wished)}
    hours = [span for part, span in _PARTS.items() if part in wished]
    in_time = not hours or any(begins.hour < until and since < ends.hour for since, until in hours)
    return (begins.month, begins.day) in days and in_time
