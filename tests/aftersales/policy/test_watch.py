"""A store edits data/policy while the processes run: right changes are used, wrong ones refused, nothing stops."""

import logging
import shutil
from pathlib import Path

import pytest

from aftersales.policy import PolicyError, PolicySource
from aftersales.policy.watch import FixedPolicy, in_force
from tests.aftersales.conftest import ROOT


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "data" / "policy", tmp_path / "data" / "policy"))


def edit(folder: Path, file: str, before: str, after: str) -> None:
    target = folder / f"{file}.yml"
    text = target.read_text(encoding="utf-8")
    assert before in text
    target.write_text(text.replace(before, after, 1), encoding="utf-8")


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


def test_a_change_is_used_within_a_second(folder: Path) -> None:
    clock = Clock()
    source = PolicySource(folder, clock=clock)
    before = source.current
    edit(folder, "returns", "window_days: 7", "window_days: 9")
    clock.now = 0.9
    assert source.current is before
    clock.now = 1.0
    assert source.current.returns.no_reason.window_days == 9
    clock.now = 2.5
    again = source.current
    clock.now = 9.0
    assert source.current is again, "read again only when a file changed"


def test_a_link_that_leads_to_another_version_is_one_change(folder: Path, tmp_path: Path) -> None:
    newer = Path(shutil.copytree(folder, tmp_path / "newer" / "data" / "policy"))
    edit(newer, "returns", "window_days: 7", "window_days: 9")
    edit(newer, "limits", "orders_shown: 5", "orders_shown: 6")
    (tmp_path / "version").write_text("aaaa")
    (tmp_path / "newer" / "version").write_text("bbbb")
    (tmp_path / "current").symlink_to(tmp_path)
    source = PolicySource(tmp_path / "current" / "data" / "policy", every=0)
    assert source.version == "aaaa"
    (tmp_path / "other").symlink_to("newer")
    (tmp_path / "other").replace(tmp_path / "current")
    assert source.current.returns.no_reason.window_days == 9
    assert source.current.limits.orders_shown == 6
    assert source.version == "bbbb"

    broken = Path(shutil.copytree(newer, tmp_path / "broken" / "data" / "policy"))
    edit(broken, "returns", "window_days: 9", "window_days: 九")
    (tmp_path / "broken" / "version").write_text("cccc")
    (tmp_path / "other").symlink_to("broken")
    (tmp_path / "other").replace(tmp_path / "current")
    assert source.current.returns.no_reason.window_days == 9
    assert source.version == "bbbb", "the version of what is in force, not of what was refused"


def test_a_broken_file_is_refused_once_with_its_line_while_the_old_rules_serve(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source, other = PolicySource(folder, every=0), PolicySource(folder, every=0)
    before = source.current
    edit(folder, "returns", "window_days: 7", "window_days: 七")
    for _ in range(3):
        assert source.current is before
        assert other.current.returns == before.returns
    (told,) = refusals(caplog)
    assert told == (
        'data/policy/returns.yml:5 no_reason.window_days 必须是正整数（现在是 "七"）；先不用这次的修改，仍按修改前的办'
    )
    edit(folder, "limits", "orders_shown: 5", "orders_shown: 0")
    assert source.current is before
    assert len(refusals(caplog)) == 2
    assert "（还有 1 处）" in refusals(caplog)[-1]
    edit(folder, "limits", "orders_shown: 0", "orders_shown: 6")
    assert source.current is before, "the other file is still broken"
    edit(folder, "returns", "window_days: 七", "window_days: 8")
    assert source.current.returns.no_reason.window_days == 8
    assert source.current.limits.orders_shown == 6


def test_a_file_that_is_gone_for_a_moment_changes_nothing(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = PolicySource(folder, every=0)
    kept = (folder / "hours.yml").read_bytes()
    (folder / "hours.yml").unlink()
    before = source.current
    assert source.current is before
    assert refusals(caplog)[0].startswith("data/policy/hours.yml:1 文件不存在")
    (folder / "hours.yml").write_bytes(kept.replace(b"always_open: true", b"always_open: false"))
    assert source.current.hours.always_open is False


def test_a_process_does_not_start_with_a_broken_policy(folder: Path) -> None:
    edit(folder, "store", "fee: 10", "fee: 十")
    with pytest.raises(PolicyError, match=r"^data/policy/store\.yml:\d+ freight\.fee 必须是金额"):
        PolicySource(folder)


def test_a_loaded_policy_is_in_force_as_it_is(folder: Path) -> None:
    source = PolicySource(folder)
    assert in_force(source) is source
    assert in_force(source.current) == FixedPolicy(source.current)
