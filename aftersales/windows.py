"""Windows of local days after an event (H16-H18): day 1 is the day after, the last day counts whole."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """`day`: which day after the event today is (0: the same day). `last`: the last local date inside."""

    today: date
    day: int
    days: int
    last: date

    @property
    def inside(self) -> bool:
        return self.day <= self.days

    def values(self) -> dict[str, str]:
        """For sentences: {day}, {days}, {last}."""
        return {"day": str(self.day), "days": str(self.days), "last": self.last_told}

    @property
    def last_told(self) -> str:
        """11月29日, with the year when it is not this year's."""
        return chinese_day(self.last, self.today)


def window_of(event_at: datetime, days: int, now: datetime, tz: ZoneInfo) -> Window:
    """The window of `days` that the event opened, seen at `now`; both instants are aware, dates are the store's."""
    first, today = event_at.astimezone(tz).date(), now.astimezone(tz).date()
    return Window(today, (today - first).days, days, first + timedelta(days=days))


def chinese_day(day: date, today: date) -> str:
    """11月29日; 2027年5月6日 in another year than today's."""
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"
