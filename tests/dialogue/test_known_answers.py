"""Answers of data/knowledge: by the state of the order, with the policy's numbers, beside an open form, three times the same."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from dialogue.knowledge import OF_TALK, Knowledge
from tests.aftersales.decisions.cases import order, parcel, request
from tests.dialogue.order_stage import Stage, placeholders, the_dialogue
from tests.dialogue.test_return_flows import signed, stage


def known() -> Knowledge:
    return the_dialogue().knowledge


@pytest.mark.parametrize("entry", sorted(known().entries))
def test_every_entry_has_an_answer_that_can_be_filled(entry: str) -> None:
    """In every situation: with this order in hand, and with nobody known."""
    for on in (stage(signed()), unknown()):
        said = on.play(f"answer(knowledge, entry={entry})")
        assert said
        assert said[0] in set(known().entries[entry].say.values())


def unknown() -> Stage:
    on = stage(signed())
    on.state.customer, on.state.order_no = None, None
    return on


def by_state() -> str:
    """An entry that answers a signed order otherwise than no order."""
    return next(
        name
        for name, one in known().entries.items()
        if "signed" in one.say and one.say["signed"] != one.say["otherwise"] and one.offer is None
    )


def plain() -> str:
    return next(
        name
        for name, one in known().entries.items()
        if one.offer is None and not one.only and len(one.say) == 1
    )


def test_the_state_of_the_order_in_hand_decides() -> None:
    name = by_state()
    entry = known().entries[name]
    assert stage(signed()).play(f"answer(knowledge, entry={name})") == [entry.say["signed"]]
    assert unknown().play(f"answer(knowledge, entry={name})") == [entry.say["otherwise"]]


def test_a_question_in_passing_leaves_the_form_where_it_was() -> None:
    on = stage()
    on.play("start(return, reason=quality, condition=used)", "quality_fault")
    before = on.state.frames[-1].slots
    name = plain()
    said = on.play(f"answer(knowledge, entry={name})")
    assert said[0] == known().entries[name].say["otherwise"]
    assert said[-1] == "utter_help_evidence", "asked for again, in other words"
    assert on.state.frames[-1].slots == before


def test_asked_again_a_person_is_near_and_the_third_time_there() -> None:
    on, name = stage(), plain()
    answer = known().entries[name].say["otherwise"]
    assert on.play(f"answer(knowledge, entry={name})") == [answer]
    assert on.play(f"answer(knowledge, entry={name})") == ["utter_known_again"]
    assert [one.payload for one in on.said[0].buttons] == ["/ask_human"]
    assert on.play(f"answer(knowledge, entry={name})")[-1] == "handoff:repeat"


def test_which_of_two_is_asked_and_the_answer_is_the_chosen_ones() -> None:
    on = stage()
    first, second = sorted(known().entries)[:2]
    assert on.play(f"clarify({first}, {second})") == ["utter_which_question"]
    assert [one.title for one in on.said[0].buttons][:2] == [
        known().entries[first].name,
        known().entries[second].name,
    ]
    assert on.play(f"set(chosen={second})")[0] == known().entries[second].response("signed")


def test_an_offered_person_comes_with_a_yes() -> None:
    on = stage()
    name = next(one for one, entry in known().entries.items() if entry.offer == "human")
    on.play(f"answer(knowledge, entry={name})")
    assert [one.payload for one in on.said[-1].buttons] == ["/affirm", "/deny"]
    assert on.said[-1].expects == "confirm"
    assert on.play("set(ok=yes)")[-1] == "handoff:requested"


def test_a_rule_that_answers_a_look_up_ends_the_question_for_the_order() -> None:
    on = unknown()
    assert on.play("answer(price_protection)", "price_protect") == ["utter_ask_order_no"]
    name = next(one for one, entry in known().entries.items() if "price_protection" in entry.near)
    said = on.play(f"answer(knowledge, entry={name})")
    assert "utter_ask_order_no" not in said
    assert on.state.frames == []


def test_every_placeholder_of_the_policy_has_words() -> None:
    from aftersales.policy_values import POLICY_VALUES, policy_values

    values = policy_values(the_dialogue().policy)
    assert set(values) == POLICY_VALUES
    assert all(values.values())
    used = {one for name, held in placeholders().items() if name.startswith("utter_know_") for one in held}
    assert used & POLICY_VALUES


# -- what is said goes by how the order really stands ---------------------------------------------------------------------
@cache
def wordings() -> dict[str, list[str]]:
    """Response -> its wordings."""
    found: dict[str, list[str]] = {}
    for file in Path("data/domain").glob("*.yml"):
        told = yaml.safe_load(file.read_text(encoding="utf-8")).get("responses") or {}
        found |= {name: [str(one.get("text")) for one in ways] for name, ways in told.items()}
    return found


#: Of an order in this state nobody may say this.
FALSE = {
    "unpaid": r"\{item\}(这单)?(已经|正)(发出|在路上|签收|付)|\{item\}在路上|\{item\}还没发货?，最晚",
    "paid": r"\{item\}(这单)?(已经|正)(发出|在路上|签收|派送)|\{item\}在路上|现在只能跟快递|这单没付款",
    "shipped": r"\{item\}(这单)?(还没|没)(发|付)|还在仓库|还没发货，|\{item\}已经签收|说“取消订单”(我来办|就行)",
    "signed": r"\{item\}(这单)?(还没|没)(发|付|签收)|还在仓库|\{item\}(已经|正)(发出|在路上|派送)|说“取消订单”(我来办|就行)",
}


@pytest.mark.parametrize("state", sorted(FALSE))
def test_nothing_is_said_of_an_order_that_is_not_so(state: str) -> None:
    on_the_way = {"parcel_": parcel()} if state == "shipped" else {}
    for name in known().entries:
        said = stage(order(state), **on_the_way).play(f"answer(knowledge, entry={name})")
        told = [text for one in said for text in wordings().get(one, [])]
        wrong = [text for text in told if re.search(FALSE[state], text)]
        assert not wrong, f"{name}, {state}: {wrong}"


STATES = [
    ("order_change_price", "shipped", "utter_know_order_change_range_shipped"),
    ("order_change_price", "signed", "utter_know_order_change_price_signed"),
    ("order_cancel_money", "paid", "utter_know_order_cancel_money_paid"),
    ("order_cancel_money", "shipped", "utter_know_order_cancel_money_shipped"),
    ("order_cancel_money", "signed", "utter_know_order_cancel_money_signed"),
    ("order_cancel_fee", "shipped", "utter_know_refusal_freight"),
    ("order_cancel_coupon", "shipped", "utter_know_order_cancel_coupon_shipped"),
    ("order_duplicate", "paid", "utter_know_order_duplicate_paid"),
    ("order_duplicate", "shipped", "utter_know_order_duplicate_shipped"),
    ("order_duplicate", "signed", "utter_know_order_duplicate_signed"),
    ("order_note", "paid", "utter_know_order_note_paid"),
    ("order_note", "shipped", "utter_know_order_note_shipped"),
    ("delivery_before_date", "paid", "utter_know_delivery_before_date_paid"),
    ("delivery_big_upstairs", "paid", "utter_know_delivery_big_paid"),
    ("delivery_big_upstairs", "shipped", "utter_know_delivery_big_shipped"),
    ("delivery_weekend", "paid", "utter_know_delivery_weekend_paid"),
    ("delivery_change_carrier", "paid", "utter_know_delivery_change_carrier_paid"),
    ("delivery_intercept", "paid", "utter_know_intercept_paid"),
    ("delivery_nobody_home", "paid", "utter_know_delivery_locker_paid"),
    ("delivery_stalled_why", "paid", "utter_know_parcel_waiting"),
    ("refusal_refund", "paid", "utter_know_refusal_paid"),
    ("refusal_how", "signed", "utter_know_refusal_signed"),
    ("refund_look_where", "paid", "utter_know_refund_not_asked"),
    ("refund_given", "signed", "utter_know_refund_not_asked"),
    ("return_not_mine", "signed", "utter_know_return_not_mine_none"),
    ("return_days_from", "shipped", "utter_know_return_days_not_signed"),
    ("return_days_from", "signed", "utter_know_return_days_open"),
    ("repair_contact_when", "signed", "utter_know_repair_contact_none"),
]


@pytest.mark.parametrize(("entry", "state", "response"), STATES)
def test_what_is_said_for_an_order_in_that_state(entry: str, state: str, response: str) -> None:
    on_the_way = {"parcel_": parcel()} if state == "shipped" else {}
    assert stage(order(state), **on_the_way).play(f"answer(knowledge, entry={entry})") == [response]


def test_a_repair_under_way_is_told_where_a_condition_supposes_that_it_fails() -> None:
    made = request("repair", state="approved")
    on = stage(signed(), requests_=[made])
    assert on.play("answer(knowledge, entry=refund_supposed)") == ["utter_know_refund_supposed_returning"]
    assert on.play("answer(knowledge, entry=repair_how_long)") == ["utter_know_repair_how_long_open"]
    assert made.request_no in on.said[0].values["request_no"]


def test_of_two_questions_of_a_message_one_answer_that_covers_both_is_said_once() -> None:
    both = "answer(knowledge, entry=delivery_sign_proof) + answer(knowledge, entry=delivery_signed_by)"
    assert stage(signed()).play(both) == ["utter_know_signed_by"]
    covered = "answer(knowledge, entry=refund_coupon_back) + answer(knowledge, entry=order_cancel_coupon)"
    assert unknown().play(covered) == ["utter_know_refund_coupon_back"]
    apart = "answer(knowledge, entry=invoice_kind) + answer(knowledge, entry=delivery_origin)"
    assert len(unknown().play(apart)) == 2


# -- and by whether anybody is waited for --------------------------------------------------------------------------------
def talking(*, queued: bool = False, noted: bool = False, given_back: bool = False) -> Stage:
    on = unknown()
    on.listens, on.has_ticket = queued, noted
    if given_back:
        on.state.resolution = {
            "resolution": "solved",
            "note": "补发已登记",
            "at": "2026-11-22T06:00:00+00:00",
        }
    return on


WAITING = [
    ("people_waiting", "utter_know_people_in_queue", "utter_know_people_noted", "utter_know_people_waiting"),
    ("people_queue", "utter_know_people_in_queue", "utter_know_people_noted", "utter_know_people_queue"),
    ("people_note", "utter_know_people_note", "utter_know_people_noted", "utter_know_people_note"),
    (
        "people_meanwhile",
        "utter_know_people_meanwhile_queued",
        "utter_know_people_meanwhile",
        "utter_know_people_meanwhile",
    ),
    (
        "people_why_transfer",
        "utter_know_people_why_queued",
        "utter_know_people_why_transfer",
        "utter_know_people_why_transfer",
    ),
    (
        "people_now_what",
        "utter_know_people_now_queued",
        "utter_know_people_noted",
        "utter_know_people_now_here",
    ),
    (
        "complaint_when_half",
        "utter_know_complaint_when_queued",
        "utter_know_people_noted",
        "utter_know_complaint_when_half",
    ),
]


@pytest.mark.parametrize(("entry", "queued", "noted", "nobody"), WAITING)
def test_who_waits_and_who_does_not(entry: str, queued: str, noted: str, nobody: str) -> None:
    assert talking(queued=True).play(f"answer(knowledge, entry={entry})") == [queued]
    assert talking(noted=True).play(f"answer(knowledge, entry={entry})") == [noted]
    assert talking().play(f"answer(knowledge, entry={entry})") == [nobody]


def test_who_was_here_is_only_told_of_a_person_who_was() -> None:
    asked = "answer(knowledge, entry=people_who_was)"
    assert talking(given_back=True).play(asked) == ["utter_know_people_who_was"]
    assert talking().play(asked) == ["utter_know_people_only_me"]


def test_what_is_said_of_waiting_goes_before_the_state_of_the_order() -> None:
    on = stage(signed())
    on.listens = True
    assert on.play("answer(knowledge, entry=complaint_when)") == ["utter_know_complaint_when_queued"]


def test_who_waits_for_a_person_is_offered_none() -> None:
    for name, entry in known().entries.items():
        if set(OF_TALK) & entry.say.keys():
            on = talking(queued=True)
            on.play(f"answer(knowledge, entry={name})")
            assert not [one for said in on.said for one in said.buttons], name


# -- danger ----------------------------------------------------------------------------------------------------------------
STILL_BURNING = (
    *("safety_use_again", "safety_use_again_half", "safety_keep_goods", "safety_must_send", "safety_hotline"),
    *("safety_who_comes", "safety_evidence", "safety_damage_home", "safety_battery", "safety_air"),
)


@pytest.mark.parametrize("entry", STILL_BURNING)
def test_where_it_may_still_burn_every_wording_says_119(entry: str) -> None:
    for response in known().entries[entry].say.values():
        assert all("119" in text for text in wordings()[response]), response


def test_a_swollen_battery_is_not_used_and_no_question_of_use_is_answered_yes_first() -> None:
    for text in wordings()["utter_know_safety_battery"]:
        assert re.match(r"(不能再用|别再用)", text)
    for text in wordings()["utter_know_repair_broken_in_use"]:
        assert text.index("发烫") < text.index("可以先")
