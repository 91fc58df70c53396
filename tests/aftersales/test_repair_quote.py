"""What a repair costs that is not free: by product kind, capped by the price paid (H18, H22)."""

from decimal import Decimal

import pytest

from aftersales.order_system.port import OrderItem
from aftersales.policy import load_policy
from aftersales.repair_quote import quote_for
from tests.aftersales.conftest import ROOT

POLICY = load_policy(ROOT / "data" / "policy")
RULES = POLICY.repairs


def item(kind: str, price: str) -> OrderItem:
    return OrderItem("1", "东西", "SKU", 1, Decimal(price), kind)


def test_a_quote_tells_fee_and_range() -> None:
    found = quote_for(POLICY, item("small_appliance", "1499.00"))
    usual = RULES.kinds["small_appliance"]
    assert found is not None
    assert (found.fee, found.least, found.most) == (RULES.inspection_fee, usual.least, usual.most)
    assert all(part in found.text for part in ("小家电", "30元", "40元", "500元"))


def test_a_repair_never_costs_more_than_the_share_of_the_price() -> None:
    found = quote_for(POLICY, item("small_appliance", "329.00"))
    assert found is not None
    assert found.most == Decimal(197)  # 60 % of 329, in whole yuan
    assert "197元" in found.text


@pytest.mark.parametrize(
    ("kind", "price"), [("fresh", "80.00"), ("tableware", "189.00"), ("phone", "99.00"), ("?", "9")]
)
def test_what_is_not_worth_it_is_not_quoted(kind: str, price: str) -> None:
    assert quote_for(POLICY, item(kind, price)) is None
