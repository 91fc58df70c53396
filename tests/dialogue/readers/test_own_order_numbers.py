"""Order numbers of a store whose setting has letters, as its customers type them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aftersales.order_number import OrderNumber
from dialogue.readers import numbers, tracking
from tests.dialogue.readers.value_scenes import said, scene

OWN = OrderNumber(r"AH\d{10}|SF\d{12}", "AH0000001234")


def found(text: str, asked: str | None = None) -> tuple[str | None, str | None]:
    """(order number, proof) that the message gives."""
    at = scene(text, asked)
    at = replace(at, store=replace(at.store, order_number=OWN))
    return (
        said(numbers.read, at, kind="order").get("order_no"),
        said(numbers.read, at, kind="proof").get("proof"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "AH2600001234",
        "ah2600001234",
        "ＡＨ２６００００１２３４",
        "AH 2600001234",
        "ah-2600001234",
        "订单号AH2600001234帮我看看",
        "我那单 ah2600001234 到哪了啊",
        "单号是Ah2600001234，麻烦快点",
    ],
)
def test_however_it_is_written(text: str) -> None:
    assert found(text) == ("AH2600001234", None)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("AH2600001234 5678", None),
        ("AH2600001234，尾号5678", None),
        ("5678 ah2600001234", "order_no"),
        ("单号AH 2600001234 手机后四位5678", "proof"),
    ],
)
def test_with_its_proof(text: str, asked: str | None) -> None:
    assert found(text, asked) == ("AH2600001234", "5678")


def test_its_own_number_is_no_parcel_and_a_parcel_no_order() -> None:
    own = scene("SF123456789012寄回去了", "tracking_no")
    own = replace(own, store=replace(own.store, order_number=OWN))
    assert not list(tracking.read(own))
    assert found("SF123456789012")[0] == "SF123456789012"
    assert found("YT123456789012")[0] is None


@pytest.mark.parametrize("text", ["AH12345", "AH26000012345", "BAH2600001234"])
def test_what_does_not_fit_is_none_of_ours(text: str) -> None:
    assert found(text)[0] is None
