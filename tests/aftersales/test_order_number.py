"""The store's pattern of order numbers: what it takes, its beginnings, and what is refused as a setting."""

from __future__ import annotations

import pytest

from aftersales.order_number import EXAMPLE, OrderNumber, check_pattern, read_order_number

LETTERS = OrderNumber(r"AH\d{8,10}|[A-F]{2}X\d{6}", "AH00001234")


def test_the_default_is_the_demo_stores() -> None:
    number = read_order_number({})
    assert number.here.fullmatch("202611010001")
    assert not number.here.fullmatch("192611010001")
    assert not number.here.search("1202611010001")
    assert number.example == EXAMPLE


@pytest.mark.parametrize("text", ["2", "20", "2026", "20261101000"])
def test_a_beginning_of_the_default(text: str) -> None:
    assert OrderNumber().start.match(text)


@pytest.mark.parametrize("text", ["", "1", "21", "0001", "202611010001", "2026110100011"])
def test_no_beginning_of_the_default(text: str) -> None:
    assert not OrderNumber().start.match(text)


@pytest.mark.parametrize(
    "text", ["AH12345678", "ah1234567890", "Ah 12345678", "AH-12345678", "acx123456", "ACX 123456"]
)
def test_letters_are_heard_as_they_are_typed(text: str) -> None:
    assert LETTERS.here.fullmatch(text)
    assert LETTERS.told(text) == text.upper().replace(" ", "").replace("-", "")


@pytest.mark.parametrize(
    "text", ["AH1234567", "AH12345678901", "BH12345678", "A H12345678", "12345678", "GGX123456"]
)
def test_others_are_not(text: str) -> None:
    assert not LETTERS.here.fullmatch(text)


@pytest.mark.parametrize("text", ["A", "AH", "AH1", "AH1234567", "ac", "ACX12345"])
def test_beginnings_with_letters(text: str) -> None:
    assert LETTERS.start.match(text)
    assert not LETTERS.start.match("CX")


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+\d{9}",
        r"\d+",
        r"\d{12}$",
        ".*",
        "ah\\d{10}",
        r"[^0]\d{9}",
        r"\d{5}",
        r"\d{40}",
        r"\d{9,6}",
        "|",
        r"AH\d{10}|",
        "[Z-A]{9}",
    ],
)
def test_what_could_be_slow_or_anything_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as caught:
        check_pattern(pattern)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "env",
    [
        {"ORDER_NO_PATTERN": r"AH\d{10}"},
        {"ORDER_NO_PATTERN": r"AH\d{10}", "ORDER_NO_EXAMPLE": "AH123"},
        {"ORDER_NO_PATTERN": r"AH\d{10}", "ORDER_NO_EXAMPLE": "ah1234567890"},
        {"ORDER_NO_EXAMPLE": "AH1234567890"},
    ],
)
def test_pattern_and_example_fit_each_other(env: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="ORDER_NO_EXAMPLE"):
        read_order_number(env)
