"""Where the money is and how far a return is, from the real state (H26, H31, H32)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.decisions import DECISIONS
from tests.aftersales.decisions.cases import SHIRT, SHOES, case, decide, order, refund, request

RETURN = {"about": "return"}
CASES: list[tuple[dict[str, Any], str]] = [
    ({"refunds": [refund()]}, "processing"),
    ({"refunds": [refund(due_in_days=-1)]}, "overdue"),
    ({"refunds": [refund("failed")]}, "failed"),
    ({"refunds": [refund("arrived", due_in_days=-1)]}, "arrived"),
    ({"refunds": [refund("arrived"), refund()]}, "arrived"),
    ({"requests": [request("return")]}, "request_due"),
    ({"requests": [request("cancel", "refunding", due_in_hours=None)]}, "request"),
    ({"requests": [request("urge")]}, "none_signed"),
    ({"requests": [request("claim")]}, "claim"),
    ({"requests": [request("claim", "withdrawn")]}, "none_signed"),
    ({}, "none_signed"),
    ({"requests": [request("intercept")]}, "catch"),
    ({"refunds": [refund()], "requests": [request("return")], "slots": RETURN}, "request_due"),
    ({"refunds": [refund()], "requests": [request("return")], "slots": {"about": "refund"}}, "processing"),
    ({"refunds": [refund()], "requests": [request("return", "refunding")], "slots": RETURN}, "processing"),
    ({"refunds": [refund()], "slots": RETURN}, "processing"),
]


@pytest.mark.parametrize(("given_", "outcome"), CASES)
def test_how_it_stands(given_: dict[str, Any], outcome: str) -> None:
    assert decide("refund_case", case(order("signed"), **given_)).outcome == outcome


def test_every_outcome_occurs() -> None:
    told = {*(outcome for _, outcome in CASES), *NOTHING.values()}
    assert told == set(DECISIONS["refund_case"].outcomes)


NOTHING = {"paid": "none_open", "shipped": "none_open", "cancelled": "none"}


@pytest.mark.parametrize(("state", "outcome"), NOTHING.items())
def test_what_is_offered_where_nothing_was_asked_back_yet(state: str, outcome: str) -> None:
    assert decide("refund_case", case(order(state))).outcome == outcome


def test_the_line_that_is_refunded_is_named() -> None:
    of = order("signed", items=[SHOES, SHIRT])
    assert decide("refund_case", case(of, refunds=[refund(item_id="2")])).values["item"] == "定制T恤"
    assert decide("refund_case", case(of, refunds=[refund()])).values["item"] == "运动鞋、定制T恤"


def test_a_request_is_told_by_its_names_and_shown() -> None:
    made = request("exchange", "approved", item="运动鞋")
    found = decide("refund_case", case(requests=[made]))
    assert found.values["kind"] == "换货"
    assert found.values["progress"] == "已通过"
    assert found.values["due"] == "11月23日 10:00"
    assert found.slots == {"request_no": made.request_no, "money_back": None}


@pytest.mark.parametrize(
    ("part", "refunds", "outcome"),
    [
        ("where", [refund()], "where"),
        ("when", [refund()], "when"),
        ("amount", [refund()], "amount"),
        ("when", [refund(due_in_days=-1)], "whole"),
        ("when", [refund("failed")], "whole"),
        ("when", [], "whole"),
    ],
)
def test_one_part_only_while_the_money_is_in_time(part: str, refunds: list[Any], outcome: str) -> None:
    found = decide("refund_part", case(slots={"part": part}, refunds=refunds))
    assert found.outcome == outcome
    if outcome != "whole":
        assert (found.values["amount"], found.values["method"]) == ("19.90元", "支付宝")


@given(
    st.lists(
        st.builds(refund, st.sampled_from(["processing", "arrived", "failed"]), due_in_days=st.floats(-9, 9)),
        max_size=2,
    ),
    st.lists(
        st.builds(
            request,
            st.sampled_from(["return", "cancel", "invoice", "urge"]),
            st.sampled_from(["submitted", "refunding", "done", "refused"]),
            due_in_hours=st.none() | st.floats(-9, 9),
        ),
        max_size=2,
    ),
    st.sampled_from([None, "refund", "return"]),
)
def test_always_as_declared(refunds: list[Any], requests: list[Any], about: str | None) -> None:
    inputs = case(refunds=refunds, requests=requests, slots={"about": about, "part": "when"})
    decide("refund_case", inputs)
    decide("refund_part", inputs)
