"""Orders placed twice, cancelled to be placed again, and what of it a customer is told (H19, H21)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aftersales.decisions import DECISIONS
from aftersales.order_system.port import Promotion
from tests.aftersales.decisions.cases import SHIRT, SHOES, case, decide, order, request

COUPON = Promotion("FLASH60", "限时秒杀", "限时秒杀立减 60 元。")
FIRST = order("paid")
SECOND = replace(FIRST, order_no="202611010008", created_at=FIRST.created_at + timedelta(minutes=3))

REORDER: list[tuple[Any, str]] = [
    (order("unpaid"), "unpaid"),
    (order("paid"), "open"),
    (order("paid", promotions=(COUPON,)), "promotion"),
    (order("shipped"), "shipped"),
    (order("signed"), "signed"),
    (order("cancelled"), "over"),
]


@pytest.mark.parametrize(("of", "outcome"), REORDER)
def test_to_be_placed_again(of: Any, outcome: str) -> None:
    found = decide("reorder_case", case(of))
    assert found.outcome == outcome
    assert found.values["promotion"] == ("限时秒杀" if of.promotions else "")


def test_every_outcome_of_placing_again_occurs() -> None:
    assert {outcome for _, outcome in REORDER} == set(DECISIONS["reorder_case"].outcomes)


@pytest.mark.parametrize(
    ("of", "others", "outcome"),
    [
        (SECOND, [FIRST, SECOND], "doubled"),
        (SECOND, [replace(FIRST, state="cancelled"), SECOND], "none"),
        (SECOND, [SECOND, replace(FIRST, items=(SHIRT,))], "none"),
        (order("paid", items=(replace(SHOES, qty=2),)), [], "pieces"),
        (order("signed", items=(replace(SHOES, qty=2),)), [], "none"),
    ],
)
def test_placed_twice(of: Any, others: list[Any], outcome: str) -> None:
    assert decide("duplicate_case", case(of, orders=others or [of])).outcome == outcome


def test_the_order_that_stays_is_told_with_the_one_that_goes() -> None:
    found = decide("cancel_case", case(SECOND, orders=[FIRST, SECOND]))
    assert found.slots["twin"] == FIRST.order_no
    assert "0007" in found.values["kept"]
    assert "0008" in found.values["this"]


@pytest.mark.parametrize(
    ("what", "number"), [("urge", "TK2"), ("claim", "TK1"), (None, "TK1"), ("invoice", None)]
)
def test_the_kind_of_request_that_is_named_is_taken_back(what: str | None, number: str | None) -> None:
    made = [replace(request("urge"), request_no="TK2"), replace(request("claim"), request_no="TK1")]
    found = decide("withdraw_case", case(FIRST, requests=made, slots={"what": what} if what else {}))
    assert found.outcome == ("open" if number else "none")
    assert found.slots.get("request_no") == number


def test_nothing_of_an_unpaid_order_is_broken() -> None:
    unpaid = order("unpaid")
    for slots in ({"solution": "exchange"}, {"reason": "quality"}, {"solution": "repair"}):
        assert decide("return_start", case(unpaid, item=SHOES, slots=slots)).outcome == "not_in_hand"
    assert (
        decide("return_start", case(unpaid, item=SHOES, slots={"reason": "no_reason"})).outcome
        == "not_dispatched"
    )
