"""The state that travels: an older one is read, and what today's data no longer knows is ended with one sentence."""

import json
from dataclasses import replace
from typing import Any

from dialogue.flows import Flows
from dialogue.message import Circumstances, Message
from dialogue.outcome import Say
from dialogue.scene import Store
from dialogue.state import VERSION, Frame, State, read_state
from dialogue.turn import Outcome, take_turn
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import order
from tests.dialogue.order_stage import OneOrder, the_dialogue

AT = Circumstances("turn", "conversation", START)
BUTTON = Message("查订单", kind="button", intent="order_query")


def turn(slot: Any, message: Message = BUTTON, store: Store | None = None) -> Outcome:
    return take_turn(message, AT, slot, store or the_dialogue(), OneOrder(order_=order("signed")))


def said(outcome: Outcome) -> list[str]:
    return [one.response for one in outcome.items if isinstance(one, Say)]


def without(*flows: str) -> Store:
    """Today's data after a designer took flows away."""
    whole = the_dialogue()
    kept = {name: one for name, one in whole.flows.by_id.items() if name not in flows}
    return replace(whole, flows=Flows(kept))


def open_return(**more: Any) -> Any:
    bought = order("signed")
    state = State(
        customer={"phone": bought.phone, "name": "张伟", "method": "token"},
        order_no=bought.order_no,
        episode=1,
    )
    told = {"step": "collect2", "slots": {"reason": "no_reason"}, "order_no": bought.order_no, **more}
    state.frames = [Frame("return", "return:c:t0", intent="return_request", **told)]
    return state.to_json()


# -- reading what was written -------------------------------------------------------------------------------------------
def test_what_is_written_is_read_again() -> None:
    written = open_return()
    assert written["version"] == VERSION
    assert read_state(json.loads(json.dumps(written))).to_json() == written


def test_nothing_is_an_empty_state() -> None:
    assert read_state(None).to_json() == {"version": VERSION}


def test_fields_of_a_later_product_are_passed_over() -> None:
    written = open_return()
    written["surprise"] = 1
    written["frames"][0]["surprise"] = 1
    assert read_state(written).frames[0].flow == "return"


def test_reading_leaves_the_value_as_it_is() -> None:
    written = open_return()
    before = json.dumps(written)
    read_state(written).frames[0].slots["reason"] = "quality"
    assert json.dumps(written) == before


# -- an older product's state ------------------------------------------------------------------------------------------
OLD = {
    "version": 0,
    "slots": {
        "customer": {"phone": "13800001234", "name": "张伟", "method": "order_phone"},
        "order_no": "202611010001",
        "facts": {"category": "return.request", "description": "我要退货"},
        "misses": 1,
        "episode": 1,
    },
}


def test_an_old_state_keeps_who_it_is_and_the_case() -> None:
    state = read_state(OLD)
    assert state.customer == OLD["slots"]["customer"]  # type: ignore[index]
    assert state.facts["category"] == "return.request"
    assert state.frames == []


def test_a_half_filled_form_of_an_old_state_is_ended_with_one_sentence() -> None:
    form = {"name": "return_form", "reason": "no_reason"}
    old = {"version": 0, "slots": {**OLD["slots"], "form": form}}  # type: ignore[dict-item]
    outcome = turn(old)
    assert said(outcome)[0] == "utter_state_lost"
    assert "utter_state_lost" not in said(turn(outcome.state))


def test_without_a_form_nothing_is_said_of_the_change() -> None:
    assert "utter_state_lost" not in said(turn(OLD))


# -- what a designer took away ------------------------------------------------------------------------------------------
def test_a_frame_whose_flow_is_gone_is_ended_with_one_sentence() -> None:
    outcome = turn(open_return(), store=without("return"))
    assert said(outcome)[0] == "utter_state_changed"
    assert outcome.state.get("frames") is None
    assert "utter_state_changed" not in said(turn(outcome.state, store=without("return")))


def test_a_step_that_is_gone_loses_nothing_that_was_told() -> None:
    outcome = turn(open_return(step="collect99"), Message("你好", intent="greet"))
    assert said(outcome)[0] == "utter_step_changed"
    assert said(outcome)[-1] == "utter_ask_condition"
    (frame,) = outcome.state["frames"]
    assert frame["slots"]["reason"] == "no_reason"


def test_a_slot_that_is_gone_is_forgotten() -> None:
    outcome = turn(open_return(slots={"reason": "no_reason", "mood": "bad"}), Message("你好", intent="greet"))
    assert outcome.state["frames"][0]["slots"] == {"reason": "no_reason", "item": "1"} | {
        name: value
        for name, value in outcome.state["frames"][0]["slots"].items()
        if name in {"condition_question"}
    }


def test_a_value_that_is_no_choice_any_more_is_asked_again() -> None:
    outcome = turn(open_return(slots={"reason": "moonlight"}), Message("你好", intent="greet"))
    assert said(outcome)[-1] == "utter_ask_reason"
    assert "reason" not in outcome.state["frames"][0]["slots"]


def test_an_offer_of_a_flow_that_is_gone_is_gone() -> None:
    state = read_state(open_return())
    state.frames = [Frame("offer", "offer:c:t0", step="ok", data={"start": "return"})]
    assert said(turn(state.to_json(), store=without("return")))[0] == "utter_state_changed"


def test_what_waits_for_a_flow_that_is_gone_is_forgotten() -> None:
    state = read_state(open_return())
    state.frames, state.pending = [], [{"intent": "return_request", "flow": "return", "text": "还要退一件"}]
    outcome = turn(state.to_json(), store=without("return"))
    assert outcome.state.get("pending") is None
