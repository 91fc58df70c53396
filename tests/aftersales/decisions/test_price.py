"""Price protection with the customer's own dates; a used coupon needs a person (H21)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from aftersales.decisions import DECISIONS
from aftersales.order_system.port import Promotion
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import POLICY, case, decide, order, request
from tests.aftersales.decisions.goods import COAT

COUPON = (Promotion("WELCOME20", "新人券", "新人减 20 元。"),)
CASES: list[tuple[dict[str, Any], str]] = [
    ({"state": "cancelled"}, "over"),
    ({"state": "unpaid"}, "unpaid"),
    ({"state": "signed", "paid_at": START - timedelta(days=8)}, "expired"),
    ({"state": "signed", "paid_at": START - timedelta(days=8), "promotions": COUPON}, "expired"),
    ({"state": "signed", "paid_at": START - timedelta(days=7)}, "inside"),
    ({"state": "paid", "promotions": COUPON}, "promotion"),
]
LIST = Decimal("399.00")
SOLD = replace(COAT, sku="YDX-42", name="运动鞋", price=LIST, colours=(), sizes=())


@pytest.mark.parametrize(("of", "outcome"), CASES)
def test_by_date_and_coupon(of: dict[str, Any], outcome: str) -> None:
    assert decide("price_protection", case(order(**of))).outcome == outcome


def test_every_outcome_occurs() -> None:
    assert {*(outcome for _, outcome in CASES), "same", "claimed", "checking"} == set(
        DECISIONS["price_protection"].outcomes
    )


@pytest.mark.parametrize(
    ("now", "total", "amounts", "outcome"),
    [
        (LIST, LIST, (), "same"),
        (LIST, Decimal("379.00"), (), "same"),  # a coupon of 20: cheaper than today
        (Decimal("389.00"), Decimal("379.00"), (), "same"),
        (Decimal("349.00"), LIST, (), "inside"),
        (LIST, LIST, ("299",), "claimed"),  # a lower price that the customer names is compared by a colleague
    ],
)
def test_todays_price_against_what_was_paid(
    now: Decimal, total: Decimal, amounts: tuple[str, ...], outcome: str
) -> None:
    of = replace(order("signed"), total=total)
    found = decide(
        "price_protection",
        case(of, item=of.items[0], catalogue=replace(SOLD, price=now), amounts=amounts),
    )
    assert found.outcome == outcome
    if outcome == "inside" and not amounts:
        assert "差 50元" in found.values["figures"]


def test_a_check_that_was_asked_for_is_not_taken_back() -> None:
    of = order("signed")
    asked = case(of, requests=[request("ticket")], written=frozenset({"price_check"}))
    assert decide("price_protection", asked).outcome == "checking"
    assert decide("price_check_case", asked).outcome == "checking"
    elsewhere = case(of, requests=[request("ticket")])  # a message that was left: of something else
    assert decide("price_protection", elsewhere).outcome != "checking"
    assert decide("price_check_case", case(of, item=of.items[0], catalogue=SOLD)).outcome == "possible"


def test_a_store_may_protect_promotions_too() -> None:
    rule = POLICY.store.price_protection.model_copy(update={"promotion_excluded": False})
    policy = POLICY.model_copy(update={"store": POLICY.store.model_copy(update={"price_protection": rule})})
    assert decide("price_protection", case(order(promotions=COUPON), policy=policy)).outcome == "inside"


def test_the_customers_own_dates_and_the_reasons() -> None:
    found = decide("price_protection", case(order("paid", promotions=COUPON)))
    assert (found.values["paid"], found.values["last"], found.values["days"]) == ("11月20日", "11月27日", "7")
    assert found.facts["policy"]["result"] == "needs_review"
    assert "优惠" in found.values["reasons"]
