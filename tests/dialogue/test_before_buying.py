"""Who has said that nothing was bought yet is not asked for an order (我还没买)."""

from __future__ import annotations

import pytest

from tests.dialogue.order_stage import Stage
from tests.dialogue.test_return_flows import signed, stage


@pytest.fixture
def not_bought() -> Stage:
    on = stage(signed())
    on.state.customer, on.state.order_no = None, None
    on.state.told["not_bought"] = True
    return on


def test_when_it_arrives_is_told_as_before_buying(not_bought: Stage) -> None:
    assert not_bought.play("answer(logistics)") == ["utter_ship_time"]
    assert not_bought.state.frames == []


def test_what_takes_an_order_is_said_to_take_one(not_bought: Stage) -> None:
    assert not_bought.play("start(lost_parcel)") == ["utter_needs_order"]
    assert not_bought.state.frames == []


def test_an_invoice_is_told_as_a_rule(not_bought: Stage) -> None:
    assert not_bought.play("start(invoice, special=yes)") == ["utter_invoice_before_no_special"]
    assert not_bought.play("start(invoice)") == ["utter_invoice_before"]
    assert not_bought.state.frames == []


def test_price_protection_is_told_as_a_rule(not_bought: Stage) -> None:
    assert not_bought.play("answer(price_protection)") == ["utter_price_rule"]


def test_a_number_that_is_told_counts_more(not_bought: Stage) -> None:
    said = not_bought.play("answer(logistics) + set(order_no=202611010007)")
    assert "utter_ship_time" not in said
