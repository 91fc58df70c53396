"""The action server takes over changed rules, flows and words from one turn to the next, and refuses broken ones."""

import logging
import shutil
from pathlib import Path

import pytest

from actions.store import ROOT, Opened


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of what the action server reads."""
    for name in ("policy", "flows", "dialogue", "domain", "troubleshooting", "knowledge"):
        shutil.copytree(ROOT / "data" / name, tmp_path / "data" / name)
    shutil.copy(ROOT / "data" / "categories.yml", tmp_path / "data")
    return tmp_path


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("policy/returns.yml", "window_days: 7", "window_days: 七"),
        ("flows/cancel_order.yml", "steps:", "stesp:"),
        ("categories.yml", "presale.product", "presale.nonsense"),
    ],
)
async def test_an_action_server_that_starts_again_with_a_broken_file_takes_the_last_good_one(
    root: Path, tmp_path: Path, file: str, before: str, after: str
) -> None:
    env = {
        "ORDERS_DATABASE_URL": f"sqlite:///{tmp_path / 'orders.db'}",
        "ANKE_POLICY_DIR": str(root / "data/policy"),
        "ANKE_LAST_GOOD_DIR": str(tmp_path / "last-good"),
    }
    opened = Opened(env, root, every=0)
    edit(root / "data/policy/requests.yml", "submitted: 已提交", "submitted: 收到啦")
    assert opened.newest.dialogue.words.label("request_state", "submitted") == "收到啦"
    await opened.orders.close()

    edit(root / "data" / file, before, after)
    again = Opened(env, root, every=0)
    for _ in range(2):  # the newest that could be used, not that of the first start
        assert again.newest.dialogue.words.label("request_state", "submitted") == "收到啦"

    edit(root / "data" / file, after, before)
    edit(root / "data/policy/requests.yml", "submitted: 收到啦", "submitted: 收到了")
    assert again.newest.dialogue.words.label("request_state", "submitted") == "收到了"
    await again.orders.close()

    edit(root / "data" / file, before, after)
    shutil.rmtree(tmp_path / "last-good")
    with pytest.raises(ValueError, match="yml"):
        Opened(env, root)


async def test_a_copy_that_cannot_be_kept_stops_nothing(root: Path, tmp_path: Path) -> None:
    (tmp_path / "last-good").write_text("a file where a folder should be")
    env = {
        "ORDERS_DATABASE_URL": f"sqlite:///{tmp_path / 'orders.db'}",
        "ANKE_LAST_GOOD_DIR": str(tmp_path / "last-good"),
    }
    opened = Opened(env, root)
    assert opened.newest.dialogue.flows
    await opened.orders.close()


async def test_changed_data_is_used_from_the_next_turn_on(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    opened = Opened({"ORDERS_DATABASE_URL": f"sqlite:///{tmp_path / 'orders.db'}"}, root, every=0)
    data, before = root / "data", opened.newest
    assert opened.newest.dialogue is before.dialogue

    edit(data / "policy/returns.yml", "window_days: 7", "window_days: 9")
    edit(data / "flows/cancel_order.yml", "name: 取消订单", "name: 退掉订单")
    edit(data / "policy/requests.yml", "submitted: 已提交", "submitted: 收到啦")
    after = opened.newest.dialogue
    assert after.policy.returns.no_reason.window_days == 9
    assert after.words.label("request_state", "submitted") == "收到啦"
    flow = after.flows.get("cancel_order")
    assert flow is not None
    assert flow.name == "退掉订单"
    assert before.dialogue.policy.returns.no_reason.window_days == 7, "a turn keeps what it began with"

    edit(data / "flows/cancel_order.yml", "steps:", "stesp:")
    assert opened.newest.dialogue is after
    assert opened.newest.dialogue is after
    (told,) = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert told.startswith("data/flows/cancel_order.yml:")
    await opened.orders.close()


async def test_changed_fault_trees_are_used_and_broken_ones_refused(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    opened = Opened({"ORDERS_DATABASE_URL": f"sqlite:///{tmp_path / 'orders.db'}"}, root, every=0)
    file = root / "data" / "troubleshooting" / "kettle.yml"

    edit(file, "name: 电热水壶", "name: 烧水的壶")
    after = opened.newest.dialogue
    tree = after.troubleshooting.tree_for("电热水壶", "small_appliance")
    assert tree is not None
    assert tree.name == "烧水的壶"

    edit(file, "cause: usage", "cause: nobody")
    assert opened.newest.dialogue is after
    (told,) = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert told.startswith("data/troubleshooting/kettle.yml:")
    await opened.orders.close()
