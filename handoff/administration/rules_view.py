"""The rules in force, for people: the files of data/policy as they are being used, by which version, and the hours day by day (H48).
Read only: a store changes them as files, where each change has its author (docs/designers.zh-CN.md)."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from aftersales.policy import Policy, PolicyError, load_policy
from aftersales.policy.hours import Hours
from aftersales.policy.load import FILES
from aftersales.public_holidays import known_until
from handoff.clock import rfc3339
from handoff.store_rules import StoreRules

DAYS_AHEAD = 42


@dataclass(frozen=True)
class Version:
    """The files' texts at one time. `number` is made of them: the same texts have the same number everywhere,
    whatever else of a published data/ changed (its name, /readyz `data`, is of all files)."""

    number: str
    changed_at: datetime
    texts: dict[str, str]


class RulesView:
    """What a worker shows of the rules that it works by."""

    def __init__(self, rules: StoreRules) -> None:
        self._rules, self._folder = rules, rules.root / "data" / "policy"
        self._judged: tuple[str, list[str]] | None = None
        self._in_force: Version | None = None

    async def read(self) -> dict[str, Any]:
        """`{"version","changed_at","problems","files":[{"name","title","text"}],"hours"}`. `problems`: the files were changed since and
        cannot be used; what is shown is what is still in force."""
        return await asyncio.to_thread(self._read)

    def _read(self) -> dict[str, Any]:
        policy = self._rules.policy
        folder = self._folder.resolve()  # all files of one version, where a link leads to the newest
        found = read_version(folder)
        if self._judged is None or self._judged[0] != found.number:
            self._judged = found.number, self._problems(folder)
        problems = self._judged[1]
        if not problems:
            self._in_force = found
        shown = self._in_force or found
        return {
            "version": shown.number,
            "changed_at": rfc3339(shown.changed_at),
            "problems": problems,
            "files": [
                {"name": f"{name}.yml", "title": title_of(text), "text": text}
                for name, text in shown.texts.items()
            ],
            "hours": self._hours(policy),
        }

    def _problems(self, folder: Path) -> list[str]:
        try:
            load_policy(folder, categories=frozenset(self._rules.categories.by_code))
        except PolicyError as error:
            return error.lines
        except OSError as error:
            return [f"读不了 {folder}：{error.strerror}"]
        return []

    def _hours(self, policy: Policy) -> dict[str, Any]:
        now = datetime.now(UTC)
        today = now.astimezone(self._rules.tz).date()
        following = self._rules.next_opening(now)
        hours = policy.hours
        return {
            "time_zone": str(self._rules.tz),
            "always_open": hours.always_open,
            "told": hours.told(),
            "open": self._rules.is_open(now),
            "next_opening": rfc3339(following) if following else None,
            "emergency_contact": hours.emergency_contact,
            "calendar": hours.calendar,
            "known_until": known_until(),
            "unknown_year": hours.unknown_year(today),
            "days": calendar(hours, today),
        }


def calendar(hours: Hours, first: date) -> list[dict[str, Any]]:
    """The next six weeks by the timetable (also while the store is always open: what would count if it were not)."""
    table = hours.model_copy(update={"always_open": False})
    found = []
    for offset in range(DAYS_AHEAD):
        day = first + timedelta(days=offset)
        spans = table.spans(day)
        holiday = table.holiday(day)
        usual = table.week.get(("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()], ())
        worked = holiday is None and day.weekday() >= 5 and spans != usual
        found.append(
            {
                "day": f"{day:%Y-%m-%d}",
                "weekday": day.weekday(),
                "spans": [_clock(span) for span in spans],
                "why": holiday or ("调休上班" if worked else None),
            }
        )
    return found


def _clock(span: tuple[int, int]) -> str:
    start, end = span
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def read_version(folder: Path) -> Version:
    """OSError-free: a file that is missing has no text (and is a problem)."""
    texts, changed = {}, 0.0
    for name in FILES:
        file = folder / f"{name}.yml"
        try:
            texts[name] = file.read_text(encoding="utf-8", errors="replace")
            changed = max(changed, file.stat().st_mtime)
        except OSError:
            texts[name] = ""
    digest = hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in texts.items()).encode())
    return Version(digest.hexdigest()[:12], datetime.fromtimestamp(changed, UTC), texts)


def title_of(text: str) -> str:
    """What the file is for, as its first line says."""
    first = text.partition("\n")[0]
    return first.lstrip("# ").strip() if first.startswith("#") else ""
