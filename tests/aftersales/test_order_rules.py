"""Cancel, change and price protection by the state of an order (H19-H21)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aftersales.arrival import arrival_days, is_late, latest_arrival
from aftersales.order_rules import check_cancel, check_change, check_price_protection
from aftersales.order_system.port import Promotion
from aftersales.policy import Policy
from tests.aftersales.conftest import START, TZ
from tests.aftersales.test_eligibility import ITEM, order


@pytest.mark.parametrize(
    ("state", "cancel", "change", "hint"),
    [
        ("unpaid", "eligible", "eligible", "取消"),
        ("paid", "eligible", "eligible", "取消"),
        ("shipped", "not_eligible", "not_eligible", "拒收"),
        ("signed", "not_eligible", "not_eligible", "退货"),
        ("cancelled", "not_eligible", "not_eligible", "已经取消"),
    ],
)
def test_by_state(policy: Policy, state: str, cancel: str, change: str, hint: str) -> None:
    asked = order(state=state)
    assert check_cancel(policy, asked).result == cancel
    assert hint in check_cancel(policy, asked).text
    assert check_change(policy, asked).result == change


def test_custom_items_are_changed_by_a_person(policy: Policy) -> None:
    shirt = replace(ITEM, kind="custom")
    assert check_change(policy, order(item=shirt, state="paid")).result == "needs_review"
    assert check_change(policy, order(item=shirt, state="unpaid")).result == "eligible"


def test_price_protection_ends_with_the_seventh_day(policy: Policy) -> None:
    paid = order(paid_at=START)
    midnight = START.astimezone(TZ).replace(hour=0) + timedelta(days=8)
    assert (
        check_price_protection(policy, paid, now=midnight - timedelta(seconds=1), tz=TZ).result == "eligible"
    )
    late = check_price_protection(policy, paid, now=midnight, tz=TZ)
    assert late.result == "not_eligible"
    assert "11月29日" in late.text
    used = order(paid_at=START, promotions=(Promotion("P", "券", "用了券"),))
    assert check_price_protection(policy, used, now=START, tz=TZ).result == "needs_review"
    assert check_price_protection(policy, order(), now=START, tz=TZ).result == "unknown"


def test_refunds_arrive_by_payment_method(policy: Policy) -> None:
    assert [arrival_days(policy, one) for one in ("wechat", "alipay", "bank_card")] == [
        (1, 3),
        (1, 3),
        (3, 7),
    ]
    expected = latest_arrival(policy, "bank_card", START, TZ)
    assert expected.astimezone(TZ).strftime("%m-%d %H:%M:%S") == "11-29 23:59:59"
    assert not is_late(expected, expected)
    assert is_late(expected, expected + timedelta(seconds=1))
