"""What is sent instead and when, money for what is missing, faults by their days, why used goods stay, what goes back along (H16, H25, H27);
the size by what is worn and weighs, coupons of the goods talked about, deadlines before buying (H34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from aftersales.decisions import Inputs
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import case, decide, order, request
from tests.aftersales.decisions.goods import COAT, COUPON

TALL = replace(
    COAT,
    sizes=("S", "M", "L", "XL", "XXL"),
    size_advice="身高 165-170 选 M，170-176 选 L，176-182 选 XL；里面要穿厚毛衣的建议大一码。",
)


def _signed(days: int, **more: Any) -> Inputs:
    return case(order("signed", signed_at=START - timedelta(days=days)), **more)


def test_each_step_at_its_longest() -> None:
    found = decide("sent_instead_when", case(order("signed"), requests=(request("exchange", "submitted"),)))
    assert found.outcome == "exchange"
    assert found.values["request_no"]
    assert found.values["exchange_by"] != found.values["resend_by"]
    assert decide("sent_instead_when", case(order("signed"))).outcome == "rule"


@pytest.mark.parametrize(("days", "outcome"), [(3, "inside"), (20, "over")])
def test_money_for_what_is_missing(days: int, outcome: str) -> None:
    assert decide("missing_money", _signed(days)).outcome == outcome
    made = (request("resend", "submitted"),)
    assert decide("missing_money", _signed(days, requests=made)).outcome == "changing"
    assert decide("missing_money", replace(case(), order=None)).outcome == "rule"


@pytest.mark.parametrize(("days", "outcome"), [(3, "inside"), (20, "warranty"), (900, "over")])
def test_a_fault_by_its_days(days: int, outcome: str) -> None:
    assert decide("fault_days", _signed(days)).outcome == outcome


@pytest.mark.parametrize(
    ("days", "slots", "outcome"),
    [
        (3, {"condition": "used"}, "used_no"),
        (3, {}, "inside"),
        (9, {"condition": "used"}, "over"),
        (3, {"condition": "used", "reason": "quality"}, "faulty"),
    ],
)
def test_why_used_goods_stay(days: int, slots: dict[str, str], outcome: str) -> None:
    found = decide("used_why", _signed(days, slots=slots))
    assert found.outcome == outcome
    assert ("退换" in found.values["quality_hint"]) == (outcome != "faulty")


@pytest.mark.parametrize(
    ("slots", "outcome"),
    [
        ({"solution": "return"}, "return"),
        ({"solution": "exchange", "reason": "quality"}, "exchange"),
        ({"reason": "missing"}, "not_sent"),
        ({}, "rule"),
    ],
)
def test_what_goes_back_along(slots: dict[str, str], outcome: str) -> None:
    assert decide("send_along", case(order("signed"), slots=slots)).outcome == outcome


@pytest.mark.parametrize(
    ("said", "size", "lead"),
    [
        (("身高158 体重125 穿多大的",), "M", ""),
        (("身高158 体重125 穿多大的", "s不会太紧吗 她有点肚子 平时穿xl"), "XL", "S 偏紧，"),
        (("身高158 体重125", "平时穿xl", "那按体重该拿L吧"), "XL", "L 偏紧，"),
        (("我175斤178高穿L行不行",), "XXL", "L 偏紧，"),
        (("身高168穿什么码", "那M会不会小"), "M", "不会，"),
    ],
)
def test_a_size_by_what_is_worn_and_weighs(said: tuple[str, ...], size: str, lead: str) -> None:
    found = decide("product_size", replace(case(product=TALL, words=said[-1]), order=None, said=said))
    assert (found.outcome, found.values["size"], found.values["lead"]) == ("suits", size, lead)


def test_the_table_is_not_told_twice() -> None:
    asked = replace(case(product=TALL, words="L还是XL"), order=None)
    assert decide("product_size", asked).outcome == "sizes"
    assert decide("product_size", replace(asked, told_before=True)).outcome == "sizes_again"


def test_coupons_of_the_goods_talked_about() -> None:
    found = decide("running_promotions", case(product=COAT, promotions=[COUPON]))
    assert found.outcome in {"goods", "goods_free"}
    assert Decimal(found.values["after"].removesuffix("元")) == COAT.price - COUPON.off
    cheap = replace(COAT, price=Decimal(1))
    assert decide("running_promotions", case(product=cheap, promotions=[COUPON])).outcome == "some"


@pytest.mark.parametrize(
    ("slots", "outcome"), [({"new": True}, "new"), ({"bought": True}, "said_so"), ({}, "rule")]
)
def test_is_it_the_first_purchase(slots: dict[str, bool], outcome: str) -> None:
    assert (
        decide("coupon_for_me", replace(case(slots=slots, promotions=[COUPON]), orders=())).outcome == outcome
    )


def test_a_deadline_before_buying() -> None:
    far = (START + timedelta(days=60)).date().isoformat()
    near = START.date().isoformat()
    assert decide("parcel_by_day", replace(case(slots={"days": [far]}), order=None)).outcome == "new_in_time"
    assert (
        decide("parcel_by_day", replace(case(slots={"days": [near]}), order=None)).outcome == "new_too_late"
    )


@pytest.mark.parametrize(
    ("words", "outcome"), [("发成都几天", "area_days"), ("能发香港不", "area_abroad"), ("台州能送吗", "area")]
)
def test_where_it_goes(words: str, outcome: str) -> None:
    assert decide("shipping", case(slots={"about": "area"}, words=words)).outcome == outcome
