"""A flow that cannot be run as written fails the turn as a whole: nothing half done is told or kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from dialogue.flows import Flows, read_flows
from dialogue.message import Message
from dialogue.scene import Store
from dialogue.steps import FlowBroken
from dialogue.turn import take_turn
from tests.aftersales.decisions.cases import order
from tests.dialogue.order_stage import OneOrder, the_dialogue
from tests.dialogue.test_state import AT

JUMPING = """
circle:
  name: 转圈
  steps:
    - {id: here, put: {mood: one}, go: there}
    - {id: there, go: here}
  slots: {mood: text}
"""
LINKED = """
one:
  name: 甲
  repeats: false
  steps: [{link: other}]
other:
  name: 乙
  repeats: false
  steps: [{link: one}]
"""


def with_flows(text: str, folder: Path) -> Store:
    (folder / "more.yml").write_text(text, encoding="utf-8")
    more, _ = read_flows(folder)
    whole = the_dialogue()
    return replace(whole, flows=Flows({**whole.flows.by_id, **more.by_id}))


@pytest.mark.parametrize(("text", "flow"), [(JUMPING, "circle"), (LINKED, "one")])
def test_a_flow_that_never_ends_fails_the_turn(text: str, flow: str, tmp_path: Path) -> None:
    store = with_flows(text, tmp_path)
    message = Message("开始", kind="button", intent="start", payload={"flow": flow})
    with pytest.raises(FlowBroken, match="一直"):
        take_turn(message, AT, None, store, OneOrder(order_=order("signed")))
