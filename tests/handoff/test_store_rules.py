"""A running service takes over changed rules and goes on with the old ones while a file is broken."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aftersales.policy import PolicySource
from handoff.store_rules import load_store_rules, rules_of
from tests.helpers.own_data import own_data
from tests.helpers.processes import ROOT

NIGHT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # 04:00 in Shanghai


def edit(file: Path, before: str, after: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return own_data(tmp_path) / "data" / "policy"


def test_rules_held_by_a_part_of_the_service_change_with_the_files(folder: Path) -> None:
    rules = rules_of(PolicySource(folder, every=0), "Asia/Shanghai")
    assert rules.version == "checkout"
    (folder.parents[1] / "version").write_text("34f7f8fc1c21")
    assert rules.is_open(NIGHT)
    edit(folder / "hours.yml", "always_open: true", "always_open: false")
    assert not rules.is_open(NIGHT)
    assert rules.version == "34f7f8fc1c21"
    edit(folder / "groups.yml", "name: 在线客服", "name: 小安人工组")
    assert rules.group_name("online") == "小安人工组"
    edit(folder / "groups.yml", "name: 小安人工组", "nmae: 小安人工组")
    assert rules.group_name("online") == "小安人工组"


def test_a_policy_without_a_rule_for_every_category_is_refused_at_the_start(
    folder: Path, tmp_path: Path
) -> None:
    assert isinstance(load_store_rules(tmp_path, "Asia/Shanghai").source, PolicySource)
    edit(folder / "service.yml", "  order.cancel: ", "  order.cancle: ")
    with pytest.raises(ValueError, match=r"categories 缺少 order\.cancel"):
        load_store_rules(tmp_path, "Asia/Shanghai")


def test_every_name_that_the_console_asks_the_store_for_is_told_at_the_login() -> None:
    labels = (ROOT / "web/console/src/labels.ts").read_text(encoding="utf-8")
    [words] = re.findall(r"const words = \{(.*)\} satisfies", labels)
    told = load_store_rules(ROOT, "Asia/Shanghai").names()
    asked = set(re.findall(r"(\w+): \{\}", words))
    assert "deadline" in asked
    assert not {group for group in asked if not told.get(group)}
