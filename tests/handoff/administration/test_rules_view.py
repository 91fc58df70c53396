"""The rules as they are in force: version, text, a change that cannot be used, the days' hours (H48)."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from aftersales.categories import load_categories
from aftersales.policy import PolicySource
from handoff.administration.rules_view import RulesView, calendar
from handoff.store_rules import StoreRules
from tests.handoff.queue.queue_harness import rules
from tests.helpers.processes import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "data/policy", tmp_path / "policy"))


def view(folder: Path, last_good: Path | None = None) -> RulesView:
    source = PolicySource(folder, every=0, last_good=last_good)
    return RulesView(
        StoreRules(source, load_categories(ROOT / "data/categories.yml"), rules().tz), folder, last_good
    )


async def test_files_are_shown_with_their_title_and_a_version_made_of_them(folder: Path) -> None:
    seen = view(folder)
    told = await seen.read()
    hours = next(one for one in told["files"] if one["name"] == "hours.yml")
    assert hours["title"].startswith("人工服务时间")
    assert hours["text"] == (folder / "hours.yml").read_text(encoding="utf-8")
    assert (told["problems"], told["hours"]["told"], told["hours"]["open"]) == ([], "全天", True)
    limits = folder / "limits.yml"
    limits.write_text(limits.read_text(encoding="utf-8").replace("limit_minutes: 30", "limit_minutes: 31"))
    changed = await seen.read()
    assert changed["version"] != told["version"]
    assert "limit_minutes: 31" in next(one["text"] for one in changed["files"] if one["name"] == "limits.yml")


async def test_a_change_that_cannot_be_used_is_told_and_what_is_in_force_stays_shown(folder: Path) -> None:
    seen = view(folder)
    told = await seen.read()
    (folder / "hours.yml").write_text("# 坏了\nalways_open: 也许\n", encoding="utf-8")
    broken = await seen.read()
    assert broken["version"] == told["version"]
    assert broken["files"] == told["files"]
    assert any("hours.yml" in one for one in broken["problems"])


def test_days_tell_holidays_and_working_weekends() -> None:
    """H48: 调休 has Friday's hours, a holiday the holiday's, each with its name."""
    days = {one["day"]: one for one in calendar(rules().policy.hours, date(2026, 9, 14))}
    assert days["2026-09-20"] == {
        "day": "2026-09-20",
        "weekday": 6,
        "spans": ["09:00-22:00"],
        "why": "调休上班",
    }
    assert days["2026-10-01"]["why"] == "国庆节"
    assert days["2026-10-01"]["spans"] == ["10:00-18:00"]
    assert days["2026-09-19"] == {"day": "2026-09-19", "weekday": 5, "spans": ["09:00-21:00"], "why": None}
