"""Changes before dispatch, by the store's rules; custom goods only while unpaid (H20)."""

import pytest

from aftersales.decisions import DECISIONS, WRITES
from aftersales.order_system.port import Promotion
from aftersales.policy import Policy
from tests.aftersales.decisions.cases import POLICY, SHIRT, case, decide, order, request, written


def offering(*kinds: str) -> Policy:
    """The demo policy where only these things may be changed."""
    change = POLICY.store.change.model_copy(update={"before_dispatch": kinds})
    return POLICY.model_copy(update={"store": POLICY.store.model_copy(update={"change": change})})


@pytest.mark.parametrize("name", ["address_change", "item_change"])
def test_by_state(name: str) -> None:
    found = {
        state: decide(name, case(order(state))).outcome
        for state in ("unpaid", "paid", "shipped", "signed", "cancelled", "refunded")
    }
    assert found == {
        "unpaid": "possible",
        "paid": "possible",
        "shipped": "too_late",
        "signed": "too_late",
        "cancelled": "over",
        "refunded": "over",
    }


def test_custom_goods_are_changed_by_us_only_while_unpaid() -> None:
    assert decide("address_change", case(order("paid", items=[SHIRT]))).outcome == "custom"
    assert decide("address_change", case(order("unpaid", items=[SHIRT]))).outcome == "possible"


def test_only_what_the_store_lets_change() -> None:
    assert decide("address_change", case(policy=offering("item"))).outcome == "not_offered"
    assert decide("item_change", case(policy=offering("item"))).outcome == "possible"
    assert decide("item_change", case(policy=offering("address"))).outcome == "not_offered"
    assert decide("item_change", case()).values["hours"] == "2"


@pytest.mark.parametrize(
    ("slots", "outcome", "tail"),
    [
        ({}, "same", ""),
        ({"receiver": "张三"}, "receiver", ""),
        ({"phone": "13912345678"}, "phone", "5678"),
        ({"receiver": "张三", "phone": "13912345678"}, "both", "5678"),
    ],
)
def test_new_contact_shows_only_the_end_of_a_phone(slots: dict[str, str], outcome: str, tail: str) -> None:
    found = decide("new_contact", case(slots=slots))
    assert (found.outcome, found.values["tail"]) == (outcome, tail)


def test_every_outcome_is_declared_once() -> None:
    assert {*DECISIONS["address_change"].outcomes, "promotion"} == {*DECISIONS["item_change"].outcomes}


@pytest.mark.parametrize(
    ("promotion", "slots", "outcome"),
    [("FLASH60", {}, "promotion"), ("FLASH60", {"what": "note"}, "possible"), ("WELCOME20", {}, "possible")],
)
def test_a_flash_sale_is_changed_by_people_but_for_its_note(
    promotion: str, slots: dict[str, str], outcome: str
) -> None:
    of = order("paid", promotions=(Promotion(promotion, "活动", "活动。"),))
    assert decide("item_change", case(of, slots=slots)).outcome == outcome


def test_what_is_written() -> None:
    inputs = case(slots={"address": "江苏省南京市玄武区珠江路88号", "receiver": "张三"})
    assert WRITES["change_address"].draft(inputs) == {
        "order_no": "202611010007",
        "address": "江苏省南京市玄武区珠江路88号",
        "name": "张三",
        "phone": None,
    }
    assert written("change_address", inputs, request("address", "done")).outcome == "done"
    assert "珠江路88号" in WRITES["change_address"].summary(inputs, request("address", "done"))
