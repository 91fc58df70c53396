"""The action server takes over changed rules, flows and words from one turn to the next, and refuses broken ones."""

import logging
from pathlib import Path

import pytest

from actions.store import Opened
from tests.helpers.own_data import own_data


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of what the action server reads."""
    return own_data(tmp_path / "root")


def opened_on(root: Path) -> Opened:
    env = {"ANKE_DATA_ROOT": str(root), "ORDERS_DATABASE_URL": f"sqlite:///{root / 'orders.db'}"}
    return Opened(env, every=0)


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
def test_an_action_server_does_not_start_with_a_broken_file(
    root: Path, file: str, before: str, after: str
) -> None:
    edit(root / "data" / file, before, after)
    with pytest.raises(ValueError, match="yml"):
        opened_on(root)


async def test_changed_data_is_used_from_the_next_turn_on(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    opened = opened_on(root)
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
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    opened = opened_on(root)
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
