"""Where a parcel is, when it counts as late, standing still or lost, and when a task to hurry it is written (H30)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.decisions import DECISIONS, WRITES, Inputs
from aftersales.decisions.parcel import dispatch_due
from aftersales.order_system.port import Parcel
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import case, decide, order, parcel, request, written

URGED = request("urge", solution="delivery")
LATE = order("paid", ship_by=START - timedelta(hours=1))
SHIPPED = order("shipped")
STILL, GONE = parcel(hours_ago=80), parcel(hours_ago=7 * 24 + 1)


def shipped(**more: Any) -> Inputs:
    return case(SHIPPED, **more)


CASES = [
    (case(order("unpaid")), "unpaid"),
    (case(order("cancelled")), "cancelled"),
    (case(order("refunded")), "refunded"),
    (case(order("paid")), "not_dispatched"),
    (case(order("paid"), parcel=parcel("not_dispatched", hours_ago=None)), "not_dispatched"),
    (case(LATE), "late"),
    (case(LATE, requests=[request("urge", solution="dispatch")]), "late_urged"),
    (case(LATE, requests=[URGED]), "late"),
    (shipped(), "no_scan"),
    (shipped(parcel=parcel()), "moving"),
    (shipped(parcel=parcel(hours_ago=None)), "moving"),
    (shipped(parcel=parcel(eta=START + timedelta(days=1))), "moving_eta"),
    (shipped(parcel=parcel("delivering", eta=START - timedelta(days=1))), "moving"),
    (shipped(parcel=STILL), "stalled"),
    (shipped(parcel=STILL, requests=[URGED]), "stalled_urged"),
    (shipped(parcel=STILL, requests=[request("urge", "done", solution="delivery")]), "stalled"),
    (shipped(parcel=STILL, requests=[request("urge", solution="delivery", due_in_hours=-1)]), "stalled"),
    (shipped(parcel=GONE), "lost"),
    (shipped(parcel=parcel("lost")), "declared_lost"),
    (shipped(parcel=parcel("returned")), "returned"),
    (case(order("signed"), parcel=parcel("signed")), "signed"),
    (case(order("signed")), "signed"),
]


@pytest.mark.parametrize(("inputs", "outcome"), CASES)
def test_where_it_is(inputs: Inputs, outcome: str) -> None:
    assert decide("parcel_case", inputs).outcome == outcome


def test_every_case_occurs() -> None:
    assert {outcome for _, outcome in CASES} == set(DECISIONS["parcel_case"].outcomes)


@pytest.mark.parametrize(
    ("hours", "outcome"), [(48, "moving"), (48.1, "stalled"), (168, "stalled"), (168.1, "lost")]
)
def test_still_and_lost_begin_where_the_policy_says(hours: float, outcome: str) -> None:
    assert decide("parcel_case", shipped(parcel=parcel(hours_ago=hours))).outcome == outcome


def test_what_is_told_of_a_parcel_that_stands_still() -> None:
    found = decide("parcel_case", shipped(parcel=STILL))
    assert found.values["ago"] == "3天"
    assert found.values["hours"] == "24"
    assert found.facts == {"responsibility": "logistics"}
    assert found.slots == {"stalled": True}
    assert decide("parcel_case", shipped(parcel=parcel())).slots == {"stalled": None}


def test_without_a_promised_moment_the_stores_hours_count() -> None:
    asked = order("paid", ship_by=None, paid_at=START - timedelta(hours=49))
    assert dispatch_due(case(asked), asked) == START - timedelta(hours=1)
    assert decide("parcel_case", case(asked)).outcome == "late"


def test_nobody_signed_by_name() -> None:
    assert decide("parcel_case", case(order("signed", signed_by=None))).values["signed_by"] == "他人"


@given(
    st.sampled_from(["unpaid", "paid", "shipped", "signed", "cancelled", "refunded"]),
    st.none() | st.sampled_from(["not_dispatched", "in_transit", "delivering", "signed", "returned", "lost"]),
    st.none() | st.floats(0, 500),
    st.sampled_from([None, "yes", "accepted"]),
    st.booleans(),
)
def test_always_as_declared(
    state: str, at: str | None, ago: float | None, hurry: str | None, urged: bool
) -> None:
    inputs = case(
        order(state),
        parcel=parcel(at, hours_ago=ago) if at else None,
        requests=[URGED] if urged else [],
        slots={"hurry": hurry} if hurry else {},
    )
    for name in ("parcel_case", "urge_case", "parcel_part"):
        decide(name, inputs)


HURRY, ACCEPTED = {"hurry": "yes"}, {"hurry": "accepted"}
URGES = [
    (case(order("unpaid"), slots=HURRY), "unpaid"),
    (case(order("cancelled"), slots=HURRY), "cancelled"),
    (case(order("refunded"), slots=HURRY), "refunded"),
    (case(order("signed"), slots=HURRY), "signed"),
    (shipped(parcel=parcel("returned"), slots=HURRY), "returned"),
    (shipped(parcel=GONE, slots=HURRY), "lost"),
    (shipped(parcel=parcel("lost")), "declared_lost"),
    (case(), "not_dispatched"),
    (case(LATE, slots=HURRY), "late"),
    (shipped(), "no_scan"),
    (shipped(parcel=parcel(), slots=HURRY), "moving"),
    (shipped(parcel=parcel(eta=START + timedelta(days=1))), "moving_eta"),
    (shipped(parcel=STILL), "stalled"),
    (shipped(parcel=STILL, slots=ACCEPTED), "task"),
    (shipped(parcel=STILL, slots=HURRY, requests=[URGED]), "task"),
    (shipped(parcel=STILL, requests=[URGED]), "urged"),
    (case(requests=[request("urge", solution="dispatch")]), "urged_waiting"),
    (shipped(parcel=STILL, slots=HURRY, requests=[request("intercept")]), "intercepting"),
]


@pytest.mark.parametrize(("inputs", "outcome"), URGES)
def test_how_hurrying_begins(inputs: Inputs, outcome: str) -> None:
    assert decide("urge_case", inputs).outcome == outcome


def test_every_way_of_hurrying_occurs() -> None:
    assert {outcome for _, outcome in URGES} == set(DECISIONS["urge_case"].outcomes)


@pytest.mark.parametrize(
    ("part", "of", "outcome"),
    [
        ("carrier", parcel(), "carrier"),
        ("number", parcel(), "number"),
        ("when", parcel(eta=START + timedelta(days=1)), "when"),
        ("when", parcel(), "when_unknown"),
        ("when", parcel(eta=START - timedelta(days=1)), "when_unknown"),
        ("carrier", STILL, "whole"),
        ("number", parcel("signed"), "whole"),
        ("number", None, "whole"),
    ],
)
def test_one_part_only_while_all_is_well(part: str, of: Any, outcome: str) -> None:
    found = decide("parcel_part", shipped(parcel=of, slots={"part": part}))
    assert found.outcome == outcome
    if outcome == "when_unknown":
        assert found.values["days"] == "2-5 天"
        assert found.values["eta"] == ""


def test_the_task_says_what_is_hurried_and_when_it_is_answered() -> None:
    spec = WRITES["urge"]
    assert spec.draft(case(order("paid"), words="快点发货"))["what"] == "dispatch"
    assert spec.draft(shipped(words="催一下"))["what"] == "delivery"
    assert len(spec.draft(shipped(words="催" * 900))["note"]) == 200
    found = written("urge", shipped(), request("urge", due_in_hours=None))
    assert found.values["due"] == "11月23日 14:00"
    assert found.facts["promises"] == ["催促任务 UR261122000001，11月23日 14:00前反馈"]
    again = written("urge", shipped(facts=found.facts), request("urge", due_in_hours=24, repeated=True))
    assert again.outcome == "repeated"
    assert again.facts == found.facts


def test_the_carriers_own_line_is_told_where_one_is_known() -> None:
    def told(of: Parcel) -> str:
        return decide("parcel_part", shipped(parcel=of, slots={"part": "carrier"})).values["carrier_phone"]

    assert told(parcel()) == "，客服电话 95546"
    assert told(replace(parcel(), carrier_phone="400-123")) == "，客服电话 400-123"
    assert told(replace(parcel(), carrier="蜗牛速递")) == ""
