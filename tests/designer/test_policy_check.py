"""`make check` tells what is wrong with data/policy by file and line."""

import shutil
from pathlib import Path

import pytest

from designer.policy_check import check_policy
from designer.policy_use import PACKAGES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("static", "*.pyc"))
    shutil.copytree(ROOT / "data" / "policy", tmp_path / "data" / "policy")
    shutil.copy(ROOT / "data" / "categories.yml", tmp_path / "data")
    return tmp_path


def test_the_store_s_own_policy_has_no_problem() -> None:
    assert list(check_policy(ROOT)) == []


def test_every_problem_is_told_and_a_broken_category_file_is_somebody_else_s(root: Path) -> None:
    for file, before, after in (
        ("returns", "window_days: 15", "window_days: 半个月"),
        ("wording", "{agent}已接入", "{name}已接入"),
        ("groups", "presale.promo: product", "presale.promos: product"),
    ):
        target = root / "data" / "policy" / f"{file}.yml"
        text = target.read_text(encoding="utf-8")
        assert before in text
        target.write_text(text.replace(before, after), encoding="utf-8")
    (told,) = check_policy(root)
    assert told.startswith("data/policy/returns.yml:9 quality.window_days 必须是正整数")
    target = root / "data" / "policy" / "returns.yml"
    target.write_text(target.read_text(encoding="utf-8").replace("半个月", "15"), encoding="utf-8")
    assert [one.partition(":")[0] for one in check_policy(root)] == [
        "data/policy/wording.yml",
        "data/policy/groups.yml",
    ]
    (root / "data" / "categories.yml").write_text("categories: [", encoding="utf-8")
    assert [one.partition(":")[0] for one in check_policy(root)] == ["data/policy/wording.yml"]
