"""Questions in passing that go by what is in hand: facts of the goods, exchange by kind, parts alone, what is thrown away, freight paid in
advance, coupons, days that are named, numbers of requests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from aftersales.decisions import Inputs
from aftersales.order_system.port import OrderItem, Promotion
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import SHIRT, SHOES, case, decide, order, parcel, refund, request
from tests.aftersales.decisions.goods import COAT, COOKER, COUPON, SHIRT_TO_ORDER

SNEAKERS = replace(
    COAT,
    sku="YDX",
    name="运动鞋",
    kind="shoes",
    aliases=("球鞋",),
    sizes=("41", "42", "43", "44"),
    size_advice="标准鞋码，脚背高或脚宽的建议大一码。",
    facts={"重量": "260 克", "洗涤": "不要机洗，用软刷刷", "尺码差": "每大一码脚长多 5 毫米"},
)
MADE = replace(SHIRT_TO_ORDER, facts={"制作时间": "48 小时"})
TALL = replace(
    COAT,
    sizes=("S", "M", "L", "XL", "XXL"),
    size_advice="身高 165-170 选 M，170-176 选 L，176-182 选 XL；里面要穿厚毛衣的建议大一码。",
)


def _nobody(**more: Any) -> Inputs:
    """Before any order is known."""
    return replace(case(**more), order=None)


def test_a_fact_of_the_goods_in_hand_and_of_no_others() -> None:
    found = decide("goods_washable", case(order("signed"), catalogue=SNEAKERS, words="能机洗吗"))
    assert (found.outcome, found.values["goods"]) == ("told", "运动鞋")
    assert "不要机洗" in found.values["value"]
    assert decide("goods_washable", case(catalogue=COOKER)).outcome == "not_written"
    assert decide("goods_washable", case()).outcome == "unknown"


def test_goods_that_are_named_go_before_those_in_hand() -> None:
    found = decide("goods_washable", case(catalogue=COOKER, products=(SNEAKERS,), words="那运动鞋能机洗吗"))
    assert found.values["goods"] == "运动鞋"


@pytest.mark.parametrize(
    ("words", "outcome", "steps"),
    [("42和43差多少", "two", "1"), ("42跟44差多少", "two", "2"), ("大一码大多少", "told", "")],
)
def test_two_sizes_apart(words: str, outcome: str, steps: str) -> None:
    found = decide("goods_size_step", case(catalogue=SNEAKERS, words=words))
    assert (found.outcome, found.values["steps"]) == (outcome, steps)


def test_without_figures_whom_it_fits() -> None:
    assert decide("goods_size_step", case(catalogue=COAT, words="L和XL差多少")).outcome == "advice"


@pytest.mark.parametrize(
    ("words", "outcome", "size"),
    [
        ("身高168", "fits", "M"),
        ("她164", "near", "M"),
        ("她160", "near", "S"),
        ("183穿多大", "near", "XXL"),
        ("身高199", "beyond", ""),
    ],
)
def test_a_height_beside_the_table(words: str, outcome: str, size: str) -> None:
    found = decide("product_size", case(product=TALL, words=words))
    assert (found.outcome, found.values["size"]) == (outcome, size)


@pytest.mark.parametrize(
    ("words", "larger"),
    [("164 里头还要穿毛衣", "L"), ("170 穿厚毛衣", "L"), ("182 穿毛衣", "XXL")],
)
def test_one_size_more_for_what_was_told(words: str, larger: str) -> None:
    found = decide("product_size", case(product=TALL, words=words))
    assert (found.outcome, found.values["larger"]) == ("larger", larger)


def test_a_reason_that_the_advice_does_not_know_changes_nothing() -> None:
    assert decide("product_size", case(product=TALL, words="168 脚宽")).outcome == "fits"


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("paid", "before_dispatch"), ("shipped", "on_the_way"), ("signed", "inside")],
)
def test_may_it_be_exchanged_by_how_the_order_stands(state: str, outcome: str) -> None:
    on = case(order(state, items=(SHOES,)), item=SHOES)
    assert decide("exchange_may", on).outcome == outcome


def test_the_days_are_over() -> None:
    old = replace(order("signed", items=(SHOES,)), signed_at=START - timedelta(days=9))
    assert decide("exchange_may", case(old, item=SHOES)).outcome == "over"


def test_what_is_made_to_order_is_not_exchanged_even_before_any_order_is_known() -> None:
    assert (
        decide("exchange_may", _nobody(products=(SHIRT_TO_ORDER,), words="定制那个T恤能换大的不")).outcome
        == "never"
    )
    assert decide("exchange_may", case(order("signed", items=(SHIRT,)), item=SHIRT)).outcome == "never"
    assert decide("exchange_may", _nobody()).outcome == "rule"


def test_a_fault_is_another_rule() -> None:
    on = case(order("signed", items=(SHIRT,)), item=SHIRT, slots={"reason": "wrong"})
    assert decide("exchange_may", on).outcome == "faulty"


@pytest.mark.parametrize(
    ("days", "outcome"),
    [(3, "inside"), (40, "warranty"), (900, "over")],
)
def test_the_part_alone(days: int, outcome: str) -> None:
    on = replace(order("signed", items=(SHOES,)), signed_at=START - timedelta(days=days))
    assert decide("part_only", case(on, item=SHOES)).outcome == outcome


@pytest.mark.parametrize(
    ("kind", "state", "outcome"),
    [
        ("resend", "submitted", "not_sent_yet"),
        ("resend", "approved", "not_sent"),
        ("refund_only", "approved", "not_sent"),
        ("exchange", "approved", "must_send"),
        ("return", "received", "sent"),
        ("repair", "submitted", "repair"),
        ("exchange", "done", "over"),
        ("exchange", "withdrawn", "before"),
    ],
)
def test_may_what_is_broken_be_thrown_away(kind: str, state: str, outcome: str) -> None:
    made = request(kind, state, item_id="1")
    assert decide("discard", case(order("signed"), requests=(made,))).outcome == outcome


@pytest.mark.parametrize(
    ("slots", "outcome"),
    [({}, "before"), ({"part": "两个碗"}, "not_sent_yet"), ({"solution": "return"}, "must_send")],
)
def test_thrown_away_while_the_form_is_open(slots: dict[str, str], outcome: str) -> None:
    assert decide("discard", case(order("signed"), slots=slots)).outcome == outcome


@pytest.mark.parametrize(
    ("reason", "told", "outcome"),
    [
        ("quality", {}, "seller"),
        ("damaged", {}, "seller"),
        ("no_reason", {}, "buyer"),
        ("no_reason", {"reason": "quality"}, "differs"),
    ],
)
def test_freight_that_was_paid_in_advance(reason: str, told: dict[str, str], outcome: str) -> None:
    made = request("return", "refunding", item_id="1", reason=reason)
    assert decide("freight_advance", case(order("signed"), requests=(made,), slots=told)).outcome == outcome


def test_freight_where_the_insurance_pays_and_where_nothing_went_back() -> None:
    made = request("return", "refunding", item_id="1", reason="no_reason")
    insured = replace(order("signed"), freight_insurance=True)
    assert decide("freight_advance", case(insured, requests=(made,))).outcome == "insured"
    assert decide("freight_advance", case(order("signed"))).outcome == "not_sent"
    assert decide("freight_advance", _nobody()).outcome == "rule"


@pytest.mark.parametrize(
    ("slots", "outcome"),
    [
        ({"reason": "quality"}, "own"),
        ({"reason": "missing", "solution": "exchange", "part": "盖子"}, "not_sent"),
        ({"reason": "damaged", "solution": "refund_only"}, "not_sent"),
        ({}, "rule"),
    ],
)
def test_who_pays_for_the_reason_in_hand(slots: dict[str, str], outcome: str) -> None:
    assert decide("own_freight", case(order("signed"), slots=slots)).outcome == outcome


def test_the_claim_is_written_to_the_request() -> None:
    made = request("return", "refunding", item_id="1", reason="quality")
    found = decide("freight_claim_case", case(order("signed"), requests=(made,)))
    assert (found.outcome, found.slots["request_no"]) == ("possible", made.request_no)
    assert decide("freight_claim_case", case(order("signed"))).outcome == "none"


def test_does_the_coupon_come_back() -> None:
    used = (Promotion("P", "新人券", "满 199 减 20", Decimal(199), Decimal(20)),)
    assert decide("coupon_back", case(order("signed"))).outcome == "none_used"
    assert decide("coupon_back", case(order("signed", promotions=used))).outcome == "would"
    whole = replace(order("signed", promotions=used), total=refund().amount)
    assert decide("coupon_back", case(whole, refunds=(refund(),))).outcome == "whole"
    part = replace(whole, total=refund().amount + 1)
    assert decide("coupon_back", case(part, refunds=(refund(),))).outcome == "part"
    assert decide("coupon_back", _nobody()).outcome == "rule"


def test_who_bought_before_has_no_coupon_of_the_first_purchase() -> None:
    assert (
        decide("coupon_for_me", case(orders=(order("signed"),), promotions=(COUPON,))).outcome
        == "bought_before"
    )
    assert decide("coupon_for_me", case(promotions=(COUPON,), slots={"bought": True})).outcome == "said_so"
    assert decide("coupon_for_me", case(promotions=(COUPON,))).outcome == "rule"


def _day(ahead: int) -> list[str]:
    return [(START + timedelta(days=ahead)).date().isoformat()]


@pytest.mark.parametrize(
    ("ahead", "outcome"),
    [(5, "in_time"), (1, "in_time"), (0, "too_late"), (None, "moving_eta")],
)
def test_is_the_parcel_there_by_that_day(ahead: int | None, outcome: str) -> None:
    on = parcel("in_transit", hours_ago=5, eta=START + timedelta(days=1))
    slots: dict[str, Any] = {"days": _day(ahead)} if ahead is not None else {}
    assert decide("parcel_by_day", case(order("shipped"), parcel=on, slots=slots)).outcome == outcome


@pytest.mark.parametrize(("ahead", "outcome"), [(7, "inside"), (8, "over"), (None, "rule")])
def test_price_protection_on_a_day_that_is_named(ahead: int | None, outcome: str) -> None:
    slots: dict[str, Any] = {"days": _day(ahead)} if ahead is not None else {}
    assert decide("protected_on_day", _nobody(slots=slots)).outcome == outcome


def test_price_protection_counts_from_the_payment_of_the_order() -> None:
    paid = replace(order("paid"), paid_at=START - timedelta(days=3))
    assert decide("protected_on_day", case(paid, slots={"days": _day(4)})).outcome == "own_inside"
    assert decide("protected_on_day", case(paid, slots={"days": _day(5)})).outcome == "own_over"


@pytest.mark.parametrize(
    ("ahead", "outcome"), [(30, "in_time"), (5, "perhaps"), (2, "too_late"), (None, "range")]
)
def test_goods_made_to_order_by_a_day(ahead: int | None, outcome: str) -> None:
    slots: dict[str, Any] = {"days": _day(ahead)} if ahead is not None else {}
    found = decide("custom_time", case(product=MADE, slots=slots))
    assert (found.outcome, found.values["value"]) == (outcome, "48 小时")


def test_goods_in_stock_are_not_made() -> None:
    assert decide("custom_time", case(product=COAT)).outcome == "not_made"


@pytest.mark.parametrize(("refunded", "outcome"), [(True, "processing"), (False, "signed")])
def test_what_if_the_day_passes(refunded: bool, outcome: str) -> None:
    on = case(order("signed"), refunds=(refund(),) if refunded else ())
    assert decide("overdue_what", on).outcome == outcome


def test_what_a_number_is() -> None:
    made = request("return", "submitted", item_id="1")
    named = case(order("signed"), requests=(made,), words=f"{made.request_no}这个是啥")
    assert decide("request_named", named).outcome == "open"
    other = case(order("signed"), requests=(made,), words="TK260101000000这个是啥")
    assert decide("request_named", other).outcome == "not_found"
    assert decide("request_named", case(order("signed"), words="到底申请了没有")).outcome == "none"


def test_is_there_a_difference_at_all() -> None:
    bought = OrderItem("1", "羽绒服", "YRF", 1, Decimal("599.00"), "apparel", spec="米白色 L")
    paid = replace(order("signed", items=(bought,)), total=Decimal("599.00"))
    assert decide("difference_when", case(paid, item=bought, catalogue=COAT)).outcome == "same"
    assert decide("difference_when", _nobody()).outcome == "rule"
