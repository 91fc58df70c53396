"""Rules of return, freight and warranty, with the customer's own dates (H16-H18, H35)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from aftersales.decisions import DECISIONS, Inputs
from aftersales.order_system.port import Order, OrderItem
from tests.aftersales.conftest import START, TZ
from tests.aftersales.decisions.cases import LABELS, POLICY, SHIRT, SHOES, decide, order, request
from tests.aftersales.decisions.goods import COAT, COOKER, SHIRT_TO_ORDER

PHONE = OrderItem("1", "手机", "SJ", 1, Decimal("2699.00"), "phone")


def asked(of: Order | None = None, **more: Any) -> Inputs:
    """A question; without an order nobody is verified."""
    known: dict[str, Any] = {"verified": of is not None, **more}
    return Inputs(policy=POLICY, now=START, tz=TZ, labels=LABELS, order=of, **known)


def signed(item: OrderItem = SHOES, days: int = 3, **more: Any) -> Order:
    return order("signed", items=[item], signed_at=START - timedelta(days=days), **more)


OPENED, WORN = {"condition": "opened"}, {"condition": "used"}
RULES: list[tuple[Inputs, str]] = [
    (asked(slots={"freight": "yes"}), "not_asked"),
    (asked(slots={"freight": "yes", "may": "yes"}), "general"),
    (asked(), "general"),
    (asked(verified=True), "general_known"),
    (asked(products=[SHIRT_TO_ORDER], words="定制T恤能退吗"), "never"),
    (asked(products=[replace(COAT, kind="phone")], words="手机能退吗"), "kind"),
    (asked(products=[COAT], words="羽绒服能退吗"), "general"),
    (asked(signed()), "own"),
    (asked(signed(), products=[SHIRT_TO_ORDER], words="定制T恤能退吗"), "never"),
    (asked(orders=[signed()], verified=True), "own"),
    (asked(orders=[signed(), order("paid")], verified=True), "own"),
    (asked(orders=[signed(), signed()], verified=True), "general_known"),
    (asked(slots=OPENED), "opened_general"),
    (asked(products=[COOKER], slots=OPENED), "opened_yes"),
    (asked(products=[COOKER], slots=WORN), "used_no"),
    (asked(slots=WORN), "used_no"),
    (asked(products=[COOKER], slots={"condition": "tried"}), "tried"),
    (asked(order("paid"), slots={"may": "yes", "reason": "size"}, verified=True), "general_known"),
    (asked(products=[replace(COAT, kind="phone")], slots=OPENED), "opened_no"),
    (asked(products=[replace(COAT, kind="underwear")], slots=WORN), "opened_no"),
    (asked(products=[SHIRT_TO_ORDER], slots=OPENED), "never"),
    (asked(products=[COOKER], slots={**WORN, "reason": "quality"}), "general"),
    (asked(products=[COOKER], slots={"condition": "unopened"}), "general"),
]


@pytest.mark.parametrize(("inputs", "outcome"), RULES)
def test_which_rule_is_told(inputs: Inputs, outcome: str) -> None:
    assert decide("return_rule", inputs).outcome == outcome


def test_every_rule_occurs() -> None:
    assert {outcome for _, outcome in RULES} == set(DECISIONS["return_rule"].outcomes)


def test_the_general_rule_names_the_policy_s_days() -> None:
    values = decide("return_rule", asked()).values
    assert (values["days"], values["quality_days"]) == ("7", "15")
    assert "您承担" in values["freight"]
    assert "定制" in decide("return_rule", RULES[4][0]).values["why"]


@pytest.mark.parametrize(
    ("of", "slots", "hint"),
    [
        (signed(), {}, "第 3 天"),
        (signed(freight_insurance=True), {}, "运费险"),
        (signed(days=9), {}, "已经过了"),
        (signed(), {"reason": "quality"}, "15 天"),
        (signed(PHONE), {}, "拆封了吗"),
        (signed(PHONE), {"condition": "opened"}, "影响二次销售"),
        (signed(PHONE), {"condition": "unopened"}, "无理由期限内"),
        (order("paid"), {}, "取消"),
        (order("shipped"), {}, "拒收"),
    ],
)
def test_own_goods_on_their_dates(of: Order, slots: dict[str, str], hint: str) -> None:
    found = decide("return_rule", asked(of, slots=slots))
    assert hint in found.values["reasons"]
    assert found.facts["policy"]["reasons"]


def test_the_goods_named_are_the_ones_meant() -> None:
    cooker = OrderItem("1", "电饭煲", "DFB", 1, Decimal("329.00"), "small_appliance")
    inputs = asked(signed(), orders=[signed(), signed(cooker)], products=[COOKER], words="电饭锅能退吗")
    assert decide("return_rule", inputs).values["goods"] == "电饭煲"


@pytest.mark.parametrize(
    ("inputs", "outcome", "hint"),
    [
        (asked(), "not_asked", ""),
        (asked(slots={"freight": "yes"}), "general", ""),
        (asked(signed(), slots={"freight": "yes"}), "general", ""),
        (asked(signed(), slots={"freight": "yes", "reason": "no_reason"}), "own", "需要您承担"),
        (asked(signed(), slots={"freight": "yes", "reason": "quality"}), "own", "我们承担"),
        (asked(signed(), slots={"freight": "yes"}, facts={"category": "product.wrong"}), "own", "我们承担"),
        (asked(signed(days=30), slots={"freight": "yes", "reason": "no_reason"}), "general", ""),
        (asked(slots={"freight": "yes", "may": "yes"}), "not_asked", ""),
        (asked(signed(), slots={"freight": "yes", "may": "yes"}), "not_asked", ""),
        (asked(signed(days=30), slots={"freight": "yes", "may": "yes"}), "general", ""),
    ],
)
def test_who_pays_is_told_once_and_for_the_reason_in_hand(inputs: Inputs, outcome: str, hint: str) -> None:
    found = decide("return_freight", inputs)
    assert found.outcome == outcome
    assert hint in found.values["freight"]
    assert (found.values["estimate"], found.values["insurance"]) == ("12元", "15元")


@pytest.mark.parametrize("part", [None, "address", "pickup", "review", "inspect", "nonsense"])
def test_how_goods_go_back(part: str | None) -> None:
    found = decide("return_steps", asked(slots={"part": part} if part else {}))
    assert found.outcome == (part if part not in (None, "nonsense") else "all")
    assert "24 小时内审核" in found.values["steps"]
    assert "48 小时内" in found.values["steps"]
    assert "{" not in found.values["steps"]
    assert found.values["address"] == POLICY.return_address()


WARRANTIES: list[tuple[Inputs, str, str]] = [
    (asked(signed(), slots={"condition": "misuse"}), "misuse", "365"),
    (asked(signed()), "inside", "90"),
    (asked(signed(days=91)), "over", "90"),
    (asked(signed(replace(SHOES, kind="fresh"))), "none", "0"),
    (asked(signed(replace(SHOES, warranty_days=10), days=10)), "inside", "10"),
    (asked(products=[COOKER], words="电饭煲保修多久"), "product", "365"),
    (asked(signed(), products=[COAT], words="羽绒服保修多久"), "product", "90"),
    (asked(order("paid")), "general", "365"),
    (asked(slots={"condition": "used"}), "general", "365"),
]


@pytest.mark.parametrize(("inputs", "outcome", "days"), WARRANTIES)
def test_warranty(inputs: Inputs, outcome: str, days: str) -> None:
    found = decide("warranty", inputs)
    assert (found.outcome, found.values["days"]) == (outcome, days)
    assert bool(found.values["last"]) == (outcome in {"inside", "over", "none"})


def test_every_warranty_answer_occurs() -> None:
    assert {outcome for _, outcome, _ in WARRANTIES} == set(DECISIONS["warranty"].outcomes)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        *(("apparel", "clothes"), ("shoes", "clothes"), ("audio", "used_no"), ("phone", "opened_no")),
        *(("custom", "never"), ("unknown", "clothes")),
    ],
)
def test_what_counts_as_worn_goes_by_the_kind_of_goods(kind: str, outcome: str) -> None:
    assert decide("worn_goods", asked(products=[replace(COAT, kind=kind)])).outcome == outcome


def test_worn_goods_of_no_kind_are_told_as_clothes() -> None:
    assert decide("worn_goods", asked()).outcome == "clothes"


@pytest.mark.parametrize(
    ("of", "outcome"),
    [
        (None, "rule"),
        (signed(), "not_insured"),
        (signed(freight_insurance=True), "insured"),
        (signed(days=9, freight_insurance=True), "insured_over"),
        (order("shipped", freight_insurance=True), "insured"),
    ],
)
def test_freight_insurance_of_the_own_order(of: Order | None, outcome: str) -> None:
    assert decide("freight_insurance", asked(of)).outcome == outcome


@pytest.mark.parametrize(
    ("of", "outcome"),
    [
        (None, "rule"),
        (order("shipped"), "always"),
        (order("shipped", items=[PHONE]), "unopened"),
        (order("shipped", items=[replace(PHONE, kind="custom")]), "never"),
    ],
)
def test_what_must_not_be_done_with_goods_that_were_signed_for_anyway(of: Order | None, outcome: str) -> None:
    assert decide("signed_anyway", asked(of)).outcome == outcome


def test_goods_on_the_way_are_told_with_what_counts_once_they_arrived() -> None:
    found = decide("return_rule", asked(order("shipped", items=[PHONE])))
    assert "拆封" in found.values["reasons"]


DAYS = [
    (asked(), "rule"),
    (asked(order("shipped")), "not_signed"),
    (asked(signed()), "open"),
    (asked(signed(days=7)), "open"),
    (asked(signed(days=8)), "over"),
    (asked(signed(SHIRT)), "never"),
    (asked(signed(SHIRT, days=20)), "never"),
    (asked(signed(PHONE)), "unopened"),
    (asked(signed(PHONE, days=9)), "over"),
    (asked(signed(days=9), requests=[request("exchange", "done")]), "exchanged"),
    (asked(signed(), requests=[request("exchange", "refused")]), "open"),
]


@pytest.mark.parametrize(("inputs", "outcome"), DAYS)
def test_the_days_of_a_return_are_counted_from_the_day_after_signing(inputs: Inputs, outcome: str) -> None:
    assert decide("return_days", inputs).outcome == outcome


def test_the_days_are_told_as_dates() -> None:
    told = decide("return_days", asked(signed(days=3))).values
    at = (START - timedelta(days=3)).astimezone(TZ)
    assert told["signed"] == f"{at.month}月{at.day}日"
    for name, days in (("first", 1), ("last", 7), ("quality_last", 15)):
        then = at + timedelta(days=days)
        assert told[name] == f"{then.month}月{then.day}日"
