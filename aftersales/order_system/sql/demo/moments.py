"""Times of the demo data, relative to the day of first start: 10小时前, 3天前 15:20, 2天后."""

import re
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

_HOURS = re.compile(r"(\d+)小时前")
_DAYS = re.compile(r"(\d+)天(前|后)(?: (\d{2}):(\d{2}))?")


def moment(text: str, start: datetime, tz: ZoneInfo) -> datetime:
    """A UTC instant. Days are local dates of the store; without a clock time the end of that day. Fails with ValueError."""
    if found := _HOURS.fullmatch(text):
        return start - timedelta(hours=int(found[1]))
    found = _DAYS.fullmatch(text)
    if not found:
        raise ValueError(f"演示数据里的时间看不懂：{text!r}")
    days = int(found[1]) * (-1 if found[2] == "前" else 1)
    clock = time(int(found[3]), int(found[4])) if found[3] else time(23, 59, 59)
    day = start.astimezone(tz).date() + timedelta(days=days)
    return datetime.combine(day, clock, tz).astimezone(timezone.utc)
