"""State of an order and ways to pay (H29)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aftersales.decisions import DECISIONS
from aftersales.order_system.port import Order
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import case, decide, order

CASES = [
    *((order(state), state) for state in ("unpaid", "paid", "shipped", "signed", "cancelled", "refunded")),
    (order("paid", ship_by=START - timedelta(minutes=1)), "late"),
    (order("paid", ship_by=None), "paid"),
]


@pytest.mark.parametrize(("of", "outcome"), CASES)
def test_state(of: Order, outcome: str) -> None:
    assert decide("order_state", case(of)).outcome == outcome


def test_every_state_occurs() -> None:
    assert {outcome for _, outcome in CASES} == set(DECISIONS["order_state"].outcomes)


def test_a_paid_order_always_has_a_day_of_dispatch() -> None:
    assert decide("order_state", case(order("paid", ship_by=None))).values["ship_by"] == "11月22日 14:00"


def test_ways_to_pay() -> None:
    assert decide("payment_ways", case()).values == {"ways": "微信支付、支付宝、银行卡"}


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        *(("unpaid", "open"), ("paid", "open"), ("shipped", "moving"), ("signed", "arrived")),
        *(("cancelled", "over"), ("refunded", "over")),
    ],
)
def test_where_an_order_goes(state: str, outcome: str) -> None:
    assert decide("delivery_to", case(order(state))).outcome == outcome


def test_the_address_is_masked() -> None:
    told = decide("delivery_to", case(order("paid", receiver_phone="13512345678"))).values
    assert told == {"address": "四川省成都市***", "receiver": "陈*", "phone": "135****5678"}


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        *(("unpaid", "not_dispatched"), ("paid", "not_dispatched"), ("shipped", "on_the_way")),
        *(("signed", "inside"), ("cancelled", "over"), ("refunded", "over")),
    ],
)
def test_an_order_that_a_child_placed(state: str, outcome: str) -> None:
    assert decide("child_order", case(order(state))).outcome == outcome


@pytest.mark.parametrize(
    ("words", "message", "facts", "age"),
    [
        ("他才10岁 我要退", "单号给你", {}, "孩子10岁，"),
        ("孩子买的", "十二岁了", {}, "孩子十二岁，"),
        ("孩子买的", "单号给你", {"description": "娃9岁 自己下的单"}, "孩子9岁，"),
        ("孩子买的", "单号给你", {}, ""),
    ],
)
def test_a_child_s_order_is_told_with_age_and_day(
    words: str, message: str, facts: dict[str, str], age: str
) -> None:
    of = order("signed", signed_at=START - timedelta(days=20))
    found = decide("child_order", case(of, words=words, message=message, facts=facts))
    assert (found.outcome, found.values["day"], found.values["age"]) == ("arrived", "20", age)


def test_whose_order_it_is_must_be_known() -> None:
    assert decide("known_order", case()).outcome == "unknown"
    assert decide("known_order", replace(case(order("paid")), verified=True)).outcome == "known"
    assert decide("known_order", case(order("paid"))).outcome == "unknown"
