"""When talk goes wrong, command by command: no number to give, remarks instead of answers, back, several of one flow."""

from dialogue.state import Frame
from tests.dialogue.order_stage import Stage
from tests.dialogue.test_return_flows import signed, stage


def unknown() -> Stage:
    """Nobody is verified yet; a return waits for the order."""
    on = stage(signed())
    on.state.customer, on.state.order_no = None, None
    assert on.play("start(return)", "return_request") == ["utter_ask_order_no"]
    return on


def test_who_has_no_number_is_shown_another_way_and_then_a_person() -> None:
    on = unknown()
    assert on.play("skip(order_no)") == ["utter_without_order_no"]
    assert on.said[-1].expects == "order_no"
    assert on.play("skip(order_no)") == ["utter_without_order_no_person"]
    assert [one.flow for one in on.state.frames] == ["return", "identify", "offer"]
    assert on.play("set(ok=no)")[-1].startswith("utter_ask_order_no")
    assert on.state.frames[-1].fails == 0


def test_who_does_not_want_to_tell_a_number_neither() -> None:
    on = unknown()
    on.play("set(order_no=202611010003)")
    assert on.play("skip(proof)") == ["utter_without_proof"]
    assert on.said[-1].expects == "phone_tail"
    assert on.play("skip(proof)") == ["utter_without_proof_person"]
    assert on.play("set(ok=yes)") == ["utter_handoff_requested", "handoff:requested"]


def test_a_remark_is_kept_and_no_failed_answer() -> None:
    on = stage()
    on.play("start(return, reason=quality, condition=used)", "quality_fault")
    for words in ("左上角裂了一道", "轮子也是歪的"):
        said = on.play(f"set(description={words})")
        assert said[0] == "utter_remark_noted"
        assert said[-1] == "utter_help_evidence", "asked for again, in other words"
        assert on.said[0].values["words"] == words
        assert on.state.frames[-1].fails == 0
    assert "左上角裂了一道；轮子也是歪的" in str(on.state.facts["description"])
    on.play("set(description=还有一点)")
    assert on.state.frames[-1].fails == 1


def test_two_of_one_flow_each_keep_their_own() -> None:
    on = stage()
    on.play("start(return, reason=quality, condition=used)", "quality_fault")
    first = on.state.frames[-1]
    on.state.frames.append(
        Frame("return", "return:c:other", step="collect1", order_no="202611010099", intent="return_request")
    )
    on.play("set(reason=no_reason)")
    drafts = {one.draft: one.slots.get("reason") for one in on.state.frames if one.flow == "return"}
    assert drafts[first.draft] == "quality"


def test_no_turn_ends_without_a_word() -> None:
    on = stage()
    on.play("start(return)", "return_request")
    assert on.play("resume") == ["utter_ask_reason"]
    assert on.play("focus(order=202611019999)") == ["utter_ask_reason"]


def test_back_goes_back_one_answer_a_time() -> None:
    on = stage()
    on.play("start(return)", "return_request")
    on.play("set(reason=no_reason)")
    on.play("set(condition=unopened)")
    assert on.play("undo")[-1] == "utter_ask_condition"
    assert on.play("undo")[-1] == "utter_ask_reason"
    assert on.play("undo")[0] == "utter_nothing_to_undo"
