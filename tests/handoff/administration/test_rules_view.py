"""The rules as they are in force: version, text, a change that cannot be used, the days' hours (H48)."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from aftersales.policy import PolicySource
from handoff.administration.rules_view import RulesView, calendar
from handoff.store_rules import rules_of
from tests.handoff.queue.queue_harness import rules
from tests.helpers.own_data import own_data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return own_data(tmp_path / "own") / "data" / "policy"


def view(root: Path) -> RulesView:
    source = PolicySource(root / "data" / "policy", every=0)
    return RulesView(dataclasses.replace(rules_of(source, "Asia/Shanghai"), root=root))


async def test_files_are_shown_with_their_title_and_a_version_made_of_them(folder: Path) -> None:
    seen = view(folder.parents[1])
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
    seen = view(folder.parents[1])
    told = await seen.read()
    (folder / "hours.yml").write_text("# 坏了\nalways_open: 也许\n", encoding="utf-8")
    broken = await seen.read()
    assert broken["version"] == told["version"]
    assert broken["files"] == told["files"]
    assert any("hours.yml" in one for one in broken["problems"])


async def test_published_rules_have_the_version_of_their_texts(folder: Path, tmp_path: Path) -> None:
    """The number is of the rules alone: what else the store publishes does not change it, and a copy elsewhere has the same."""
    one, two, current = folder.parents[1], own_data(tmp_path / "two"), tmp_path / "current"
    current.symlink_to(one)
    seen = view(current)
    told = await seen.read()
    (two / "version").write_text("another", encoding="utf-8")
    current.unlink()
    current.symlink_to(two)
    assert (await seen.read())["version"] == told["version"] == (await view(one).read())["version"]
    hours = folder / "hours.yml"
    hours.write_text(
        hours.read_text(encoding="utf-8").replace("always_open: true", "always_open: false"), encoding="utf-8"
    )
    current.unlink()
    current.symlink_to(one)
    changed = await seen.read()
    assert changed["version"] != told["version"]
    assert (changed["problems"], changed["hours"]["always_open"]) == ([], False)


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
