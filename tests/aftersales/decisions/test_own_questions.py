"""Where and when money comes back, what another colour costs, what was bought, who fetches what goes back, what is known of a parcel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from aftersales.order_system.port import OrderItem, Promotion, Variant
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import SHIRT, SHOES, case, decide, order, parcel, refund, request
from tests.aftersales.decisions.goods import COAT

BOUGHT = OrderItem("1", "羽绒服", "YRF", 1, Decimal("579.00"), "apparel", spec="米白色 L")
ROOMY = replace(
    COAT,
    variants=(Variant("米白色", "XL", 3, Decimal("699.00")), Variant("曜石黑", "L", 0, Decimal("599.00"))),
)


@pytest.mark.parametrize(
    ("method", "outcome"), [("wechat", "wallet"), ("alipay", "wallet"), ("bank_card", "card")]
)
def test_which_account_the_money_goes_back_to(method: Any, outcome: str) -> None:
    assert decide("refund_account", case(replace(order("signed"), payment_method=method))).outcome == outcome


def test_nothing_was_paid() -> None:
    assert decide("refund_account", case(order("unpaid"))).outcome == "unpaid"


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("paid", "cancel"), ("shipped", "refuse"), ("signed", "return"), ("unpaid", "unpaid")],
)
def test_today_where_nothing_was_asked_for(state: str, outcome: str) -> None:
    assert decide("refund_soon", case(order(state))).outcome == outcome


def test_today_while_it_is_on_its_way() -> None:
    assert decide("refund_soon", case(order("signed"), refunds=(refund(),))).outcome == "processing"
    assert decide("refund_soon", case(order("signed"), refunds=(refund("arrived"),))).outcome == "arrived"
    assert decide("refund_soon", case(order("signed"), requests=(request("return"),))).outcome == "under_way"


def test_an_activity_and_a_change() -> None:
    used = (Promotion("FLASH", "限时秒杀", "减 60。", Decimal(0), Decimal(60)),)
    assert decide("promotion_after", case(order("paid", promotions=used))).outcome == "promotion"
    assert decide("promotion_after", case(order("paid"))).outcome == "plain"
    assert decide("promotion_after", case(order("signed", promotions=used))).outcome == "over"


@pytest.mark.parametrize(
    ("slots", "outcome"),
    [
        ({"size": "XL"}, "dearer"),
        ({"size": "M"}, "same"),
        ({"colour": "黑色"}, "out_of_stock"),
        ({"size": "XXL"}, "not_offered"),
        ({}, "open"),
    ],
)
def test_what_another_one_costs(slots: dict[str, str], outcome: str) -> None:
    on = case(order("signed", items=(BOUGHT,)), item=BOUGHT, catalogue=ROOMY, slots=slots)
    assert decide("variant_difference", on).outcome == outcome


def test_the_others_are_told_with_their_difference() -> None:
    on = case(order("signed", items=(BOUGHT,)), item=BOUGHT, catalogue=ROOMY)
    options = decide("variant_difference", on).values["options"]
    assert "XL" in options
    assert "100元" in options
    assert "曜石黑" not in options


def test_only_the_line_that_is_meant() -> None:
    bought = order("signed", items=(SHOES, SHIRT))
    every = decide("order_details", case(bought)).values["lines"]
    one = decide("order_details", case(bought, item=SHIRT)).values["lines"]
    assert ("运动鞋" in every, "定制T恤" in every) == (True, True)
    assert ("运动鞋" in one, "2 件" in one) == (False, True)


def test_when_it_was_paid() -> None:
    assert decide("order_details", case(order("paid"), slots={"detail": "when"})).outcome == "when"
    assert decide("order_details", case(order("unpaid"), slots={"detail": "when"})).outcome == "when_unpaid"


@pytest.mark.parametrize(
    ("kind", "state", "part", "outcome"),
    [
        ("return", "submitted", None, "fetched"),
        ("exchange", "approved", None, "fetched_approved"),
        ("return", "submitted", "address", "address"),
        ("return", "sent_back", None, "sent_back"),
        ("exchange", "received", "address", "received"),
        ("refund_only", "submitted", "freight", "not_sent"),
        ("return", "submitted", "result", "result"),
        ("resend", "submitted", "result", "result_resend"),
        ("repair", "submitted", "result", "result_contact"),
        ("exchange", "approved", "result", "result_later"),
        ("intercept", "submitted", "result", "result_task"),
        ("urge", "submitted", "result", "result_task"),
        ("invoice", "submitted", "result", "result_task_later"),
        ("exchange", "submitted", "back", "back"),
        ("exchange", "approved", "back", "fetched_approved"),
        ("resend", "submitted", "back", "not_sent"),
        ("exchange", "submitted", "arrives", "arrives_exchange"),
        ("resend", "submitted", "arrives", "arrives_resend"),
        ("repair", "submitted", "arrives", "arrives_repair"),
        ("resend", "approved", "arrives", "arrives_later"),
        ("return", "submitted", "arrives", "none"),
        ("urge", "submitted", "freight", "none"),
    ],
)
def test_who_fetches_it(kind: str, state: str, part: str | None, outcome: str) -> None:
    made = request(kind, state, item_id="1", reason="quality")
    on = case(order("signed"), requests=(made,), slots={"part": part} if part else {})
    assert decide("request_handling", on).outcome == outcome


def test_the_freight_of_the_request_by_its_reason() -> None:
    made = request("return", item_id="1", reason="quality", created_at=START)
    found = decide("request_handling", case(order("signed"), requests=(made,), slots={"part": "freight"}))
    assert found.outcome == "freight"
    assert found.values["freight"]


def test_no_request_is_open() -> None:
    made = request("return", "done", item_id="1")
    assert decide("request_handling", case(order("signed"), requests=(made,))).outcome == "none"


@pytest.mark.parametrize(
    ("state", "hours", "eta", "outcome"),
    [
        ("in_transit", 5, True, "moving_eta"),
        ("in_transit", 5, False, "moving"),
        ("delivering", 2, False, "delivering"),
        ("in_transit", 80, True, "stalled"),
    ],
)
def test_what_is_known_of_a_parcel(state: str, hours: float, eta: bool, outcome: str) -> None:
    on = parcel(state, hours_ago=hours, eta=START + timedelta(days=1) if eta else None)
    found = decide("parcel_known", case(order("shipped"), parcel=on))
    assert found.outcome == outcome
    assert found.values["scan"]


def test_before_dispatch_and_after_signing() -> None:
    assert decide("parcel_known", case(order("paid"))).outcome == "waiting"
    assert decide("parcel_known", case(order("signed"))).outcome == "arrived"
