"""Fault trees: which tree an item has, what is tried next, what the answers mean, and what is wrong with a file (H27)."""

from pathlib import Path

import pytest

from aftersales.policy import load_policy
from aftersales.troubleshooting import (
    Answer,
    TroubleshootingError,
    Walk,
    cause_of,
    load_troubleshooting,
    read_troubleshooting,
    walk,
)
from tests.aftersales.conftest import ROOT

KINDS = frozenset(load_policy(ROOT / "data" / "policy").returns.kinds)
SHIPPED = load_troubleshooting(ROOT / "data" / "troubleshooting", KINDS)
NO_CHARGE = SHIPPED.trees["robot_vacuum"].symptoms["no_charge"]
TREE = """name: 台灯
goods: [台灯]
symptoms:
  no_power:
    name: 不亮
    often: 没插好
    otherwise: 灯珠的毛病
    steps:
      - {do: 换插座。, about: 换插座, cause: usage, rules_out: 插座没电, helped: 那是插座没电。}
      - {do: 按开关。, about: 按开关, cause: hardware, rules_out: 开关没开, helped: 那是没开。}
"""


def so_far(*answers: Answer, most: int = 3) -> Walk:
    return walk(NO_CHARGE, answers, most)


# -- which tree ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("goods", "kind", "tree"),
    [
        ("扫地机器人", "small_appliance", "扫地机器人"),
        ("安禾 R2 扫拖机器人 白色", "small_appliance", "扫地机器人"),
        ("蓝牙耳机", "audio", "耳机"),
        ("蓝牙音箱", "audio", "音箱"),
        ("洗烘一体机", "large_appliance", "洗衣机"),  # the longest word: no 一体机, which is a computer
        ("安禾 A1", "phone", "手机"),  # by its kind of the policy
        ("电热水壶", "small_appliance", "电热水壶"),
    ],
)
def test_an_item_has_the_tree_of_its_kind(goods: str, kind: str, tree: str) -> None:
    found = SHIPPED.tree_for(goods, kind)
    assert found is not None
    assert found.name == tree


@pytest.mark.parametrize(("goods", "kind"), [("玻璃餐具套装", "tableware"), ("羽绒服", "apparel"), ("", "")])
def test_other_goods_have_none(goods: str, kind: str) -> None:
    assert SHIPPED.tree_for(goods, kind) is None


def test_the_shipped_trees_cover_common_goods_and_all_three_causes() -> None:
    assert len(SHIPPED.trees) >= 12
    steps = [step for tree in SHIPPED.trees.values() for one in tree.symptoms.values() for step in one.steps]
    assert {step.cause for step in steps} == {"hardware", "software", "usage"}
    assert {step.found.means for step in steps if step.found} >= {"misuse"}
    assert all(step.do.endswith("。") and step.helped.endswith("。") for step in steps)
    assert not [step.rules_out for step in steps if step.rules_out.endswith(("。", "了"))]


# -- where the answers lead -----------------------------------------------------------------------------------------------
def test_step_by_step_each_rules_something_out() -> None:
    first, second, third = NO_CHARGE.steps
    assert (so_far().outcome, so_far().step, so_far().at) == ("next", first, 0)
    assert so_far().ruled_out == ()
    assert (so_far("still").step, so_far("still").ruled_out) == (second, (first.rules_out,))
    assert so_far("still", "tried").step == third
    assert so_far("still", "tried", "still").outcome == "failed"
    assert so_far("still", "cannot", "still").ruled_out == (first.rules_out, third.rules_out)


@pytest.mark.parametrize(
    ("answers", "outcome", "at"),
    [
        (("solved",), "solved", 0),
        (("still", "solved"), "solved", 1),
        (("still", "still", "found"), "misuse", 2),  # traces of water
        (("found", "found"), "next", 2),  # these steps look for nothing
        (("all",), "left", 0),
        (("still", "quit"), "left", 1),
        (("cannot", "cannot", "cannot"), "left", 2),  # nothing was ruled out: nothing is said about the fault
        (("solved", "still"), "solved", 0),
    ],
)
def test_what_answers_mean(answers: tuple[Answer, ...], outcome: str, at: int) -> None:
    found = so_far(*answers)
    assert (found.outcome, found.at) == (outcome, at)


def test_a_part_that_is_plainly_broken_ends_it() -> None:
    step = NO_CHARGE.steps[2]
    assert step.found is not None
    broken = step.model_copy(update={"found": step.found.model_copy(update={"means": "hardware"})})
    symptom = NO_CHARGE.model_copy(update={"steps": (NO_CHARGE.steps[0], broken)})
    assert walk(symptom, ["still", "found"], 3).outcome == "hardware"


def test_no_more_steps_than_allowed() -> None:
    assert so_far("still", most=1).outcome == "failed"
    assert so_far("still", "still", most=2).outcome == "failed"


# -- reading ---------------------------------------------------------------------------------------------------------------
def test_no_folder_is_no_troubleshooting(tmp_path: Path) -> None:
    assert load_troubleshooting(tmp_path / "nowhere", KINDS).trees == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("cause: usage", "cause: user", 9, "steps 第 1 条.cause 必须是"),
        ("      - {do: 按开关。", "      # {do: 按开关。", 8, "至少要有 2 项"),
        ("often: 没插好", "offen: 没插好", 6, "offen 没有这个设置"),
        ("goods: [台灯]", "goods: []", 2, "goods 至少要有 1 项"),
        ("name: 不亮", "name: ''", 5, "不能为空"),
        ("goods: [台灯]", "goods: [台灯]\nkinds: [lamps]", 3, "“lamps”不是"),
        ("name: 台灯", "name: [台灯", 2, "不是正确的 YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    assert old in TREE
    (tmp_path / "lamp.yml").write_text(TREE.replace(old, new), encoding="utf-8")
    _, mistakes = read_troubleshooting(tmp_path, KINDS)
    assert line in [one.line for one in mistakes if told in one.message], mistakes
    with pytest.raises(TroubleshootingError, match=r"data/troubleshooting/lamp\.yml:"):
        load_troubleshooting(tmp_path, KINDS)


def test_two_files_do_not_claim_the_same_goods(tmp_path: Path) -> None:
    for name in ("lamp", "torch"):
        (tmp_path / f"{name}.yml").write_text(TREE, encoding="utf-8")
    _, mistakes = read_troubleshooting(tmp_path, KINDS)
    assert [str(one) for one in mistakes] == [
        "data/troubleshooting/torch.yml:2 goods 里的“台灯”已经写在 data/troubleshooting/lamp.yml 里"
    ]


def test_what_explains_the_others_is_tried_first() -> None:
    tree = SHIPPED.trees["robot_vacuum"]
    assert cause_of(tree.symptoms, ["no_spin", "no_charge"]) == "no_charge"
    assert cause_of(tree.symptoms, ["weak", "no_connect"]) == "weak"
    assert cause_of(tree.symptoms, ["unknown"]) == ""
