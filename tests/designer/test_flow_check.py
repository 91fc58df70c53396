"""What the check tells about ways through a flow, values that are known on them, and who opens a flow."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from designer.dialogue_check import check_dialogue
from designer.inputs import ROOT
from designer.said import said_by

Told = Callable[..., list[str]]
HEAD = "trial:\n  name: 试一试\n  start: [doubt_fake]\n  needs: {order: [signed]}\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("flows")
    for folder in ("data/flows", "data/dialogue", "data/domain", "data/policy"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "data/categories.yml", root / "data/categories.yml")
    shutil.copy(ROOT / "domain.yml", root / "domain.yml")
    return root


@pytest.fixture
def told(copy: Path) -> Told:
    """Call with the slots and steps of a flow (instead of fake.yml) and its own responses: what is told about them."""

    def check(steps: str, responses: str = "", head: str = HEAD) -> list[str]:
        flow, said = copy / "data/flows/fake.yml", copy / "data/domain/trial.yml"
        flow.write_text(head + steps, encoding="utf-8")
        said.write_text(f"responses:\n{responses}" if responses else "responses: {}\n", encoding="utf-8")
        names = ("data/flows/fake.yml", "data/domain/trial.yml")
        return [one for one in check_dialogue(copy) if one.startswith(names)]

    return check


def two(name: str, text: str) -> str:
    return f"  {name}:\n    - text: 您看，{text}\n    - text: 好的，{text}\n"


def test_a_flow_without_faults_is_not_told_about(told: Told) -> None:
    assert told("  steps:\n    - {say: utter_ok_not_done, end: true}\n") == []


def test_a_confirmation_that_may_be_passed_over_is_none(told: Told) -> None:
    found = told(
        "  slots: {ok: confirm, undo: choice}\n"
        "  steps:\n"
        "    - if: {undo: unset}\n"
        "      collect: ok\n"
        "      verb: 取消\n"
        "      ask: utter_cancel_confirm\n"
        "      declined: {say: utter_ok_not_done, end: true}\n"
        "    - write: cancel\n"
        "      done: {say: utter_cancelled, end: true}\n"
        "      refused: {say: utter_refused, end: true}\n"
    )
    assert len(found) == 1
    assert found[0].startswith("data/flows/fake.yml:12 ")
    assert "没有让顾客确认" in found[0]


def test_steps_that_jump_without_asking(told: Told) -> None:
    found = told(
        "  steps:\n"
        "    - {id: one, say: utter_ok_not_done}\n"
        "    - decide: order_state\n"
        "      paid: {end: true}\n"
        "      otherwise: one\n"
    )
    assert len(found) == 1
    assert "data/flows/fake.yml:7 " in found[0]
    assert "转圈" in found[0]


def test_a_value_must_be_known_on_every_way(told: Told) -> None:
    """The decision is passed over when the condition does not hold: then nobody fills {hours}."""
    steps = (
        "  slots: {undo: choice}\n"
        "  steps:\n"
        "    - if: {undo: set}\n"
        "      decide: order_state\n"
        "      otherwise: {say: utter_trial_inside}\n"
        "    - {say: utter_trial_after, end: true}\n"
    )
    found = told(
        steps, two("utter_trial_inside", "{hours} 小时") + two("utter_trial_after", "还有 {hours} 小时")
    )
    assert len(found) == 1
    assert found[0].startswith("data/domain/trial.yml:6 utter_trial_after：{hours} 没有内容可填")


def test_why_is_known_only_after_a_refusal(told: Told) -> None:
    steps = (
        "  unconfirmed: true   # 只是测试用的流程\n"
        "  steps:\n"
        "    - write: urge\n"
        "      done: {say: utter_trial, end: true}\n"
        "      refused: {say: utter_trial, end: true}\n"
    )
    assert told(steps, two("utter_trial", "{item}")) == []
    found = told(steps, two("utter_trial", "因为{why}"))
    assert ["{why} 没有内容可填" in one for one in found] == [True]


def test_an_explanation_cannot_use_what_a_decision_told(told: Told) -> None:
    """It is said before the flow runs again: only the frame's own slots and the order are known."""
    steps = (
        "  slots: {asked: choice}\n"
        "  steps:\n"
        "    - decide: order_state\n"
        "      otherwise:\n"
        "    - collect: asked\n"
        "      ask: utter_trial_ask\n"
        "      help: [utter_trial_help]\n"
        "      choices: {all: 都问过了, later: 我先问问}\n"
    )
    found = told(steps, two("utter_trial_ask", "{hours} 小时") + two("utter_trial_help", "{hours} 小时内"))
    assert len(found) == 1
    assert "utter_trial_help" in found[0]


def test_a_flow_that_nothing_opens(told: Told) -> None:
    found = told("  steps:\n    - {say: utter_ok_not_done, end: true}\n", head="trial:\n  name: 试一试\n")
    assert len(found) == 1
    assert "没有什么会开始这个流程" in found[0]


def test_what_code_says_is_found_with_its_values() -> None:
    said = {(one.name, one.values) for one in said_by(ROOT / "dialogue")}
    assert ("utter_fragment_product", frozenset({"product"})) in said
    assert any(name == "utter_handoff_*" and "trouble" in values for name, values in said)
