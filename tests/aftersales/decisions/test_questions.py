"""Figures for questions in passing: a coupon and an amount, activity prices and price protection, a refund and what was paid."""

from dataclasses import replace
from decimal import Decimal

import pytest

from aftersales.decisions import Inputs
from aftersales.order_system.port import Promotion
from tests.aftersales.decisions.cases import case, decide, order, refund
from tests.aftersales.decisions.goods import COAT, COOKER

COUPON = Promotion("WELCOME20", "新人券", "满 199 减 20。", Decimal(199), Decimal(20))


def without_order() -> Inputs:
    return replace(case(), order=None)


FREE = Promotion("FREESHIP99", "包邮", "满 99 元包邮。", Decimal(99))


@pytest.mark.parametrize(
    ("amounts", "outcome"),
    [
        (("189",), "short"),
        (("189", "200"), "then_enough"),
        (("299",), "enough"),
        (("199",), "enough"),
        (("20", "150"), "short"),
        ((), "rule"),
    ],
)
def test_a_coupon_and_the_amount_that_was_named(amounts: tuple[str, ...], outcome: str) -> None:
    found = decide("coupon_fits", case(slots={"amounts": amounts}, promotions=(FREE, COUPON)))
    assert found.outcome == outcome


def test_what_is_lacking_and_what_is_left_to_pay() -> None:
    found = decide("coupon_fits", case(slots={"amounts": ("189", "200")}, promotions=(COUPON,)))
    assert [found.values[one] for one in ("amount", "lacking", "then", "left")] == [
        "189元",
        "10元",
        "200元",
        "180元",
    ]


def test_without_an_amount_the_goods_that_are_talked_about() -> None:
    found = decide("coupon_fits", case(promotions=(COUPON,), product=replace(COAT, price=Decimal(299))))
    assert (found.outcome, found.values["amount"]) == ("enough", "299元")


def test_several_pieces_at_one_price() -> None:
    found = decide("coupon_fits", case(slots={"amounts": ("119",), "pieces": 2}, promotions=(COUPON,)))
    assert (found.outcome, found.values["amount"]) == ("enough", "238元")


def test_no_coupon_is_running() -> None:
    assert decide("coupon_fits", case(promotions=(FREE,))).outcome == "none"


def test_an_activity_price_is_not_protected() -> None:
    flash = Promotion("FLASH60", "限时秒杀", "立减 60 元。", off=Decimal(60))
    assert decide("flash_protection", without_order()).outcome == "rule"
    assert decide("flash_protection", case(order())).outcome == "plain"
    found = decide("flash_protection", case(order(promotions=(flash,))))
    assert (found.outcome, found.values["promotion"]) == ("promotion", "限时秒杀")


def test_is_the_refund_all_that_was_paid() -> None:
    paid, part = Decimal("399.00"), Decimal("100.00")
    assert decide("refund_whole", without_order()).outcome == "rule"
    assert decide("refund_whole", case(order())).outcome == "none"
    assert decide("refund_whole", case(order(), refunds=(replace(refund(), amount=paid),))).outcome == "whole"
    with_coupon = order(promotions=(COUPON,))
    assert (
        decide("refund_whole", case(with_coupon, refunds=(replace(refund(), amount=paid),))).outcome
        == "whole_coupon"
    )
    found = decide("refund_whole", case(order(), refunds=(replace(refund(), amount=part),)))
    assert (found.outcome, found.values["lacking"]) == ("part", "299元")


def test_how_big_it_is_by_the_goods() -> None:
    of = without_order()
    assert decide("product_capacity", of).outcome == "unknown"
    advised = decide("product_capacity", replace(of, product=COAT))
    assert (advised.outcome, advised.values["advice"]) == ("advice", COAT.size_advice)
    assert decide("product_capacity", replace(of, product=COOKER)).outcome == "facts"
    assert decide("product_capacity", replace(of, product=replace(COOKER, facts={}))).outcome == "unlisted"
    named = replace(of, product=COAT, products=(COOKER,), words="电饭锅够几个人")
    assert decide("product_capacity", named).values["goods"] == "电饭煲"


@pytest.mark.parametrize(("price", "outcome"), [(99, "fee_free"), (98, "fee_due"), (None, "fee")])
def test_freight_for_the_goods_that_are_talked_about(price: int | None, outcome: str) -> None:
    goods = replace(COAT, price=Decimal(price)) if price else None
    found = decide("shipping", replace(without_order(), product=goods, slots={"about": "fee"}))
    assert found.outcome == outcome


def test_a_fact_is_named_by_its_unit() -> None:
    of = replace(without_order(), product=COOKER)
    assert decide("product_spec", replace(of, words="这个锅多少瓦")).values["value"] == "1100 瓦"
    assert decide("product_spec", replace(of, words="这个锅怎么样")).outcome == "spec"
