"""Numbers in messy sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.heard import hear


@pytest.mark.parametrize(
    ("text", "order_no", "proof"),
    [
        ("查下202611010002 1234到哪了", "202611010002", "1234"),
        ("２０２６１１０１０００３　５６７８", "202611010003", "5678"),
        ("单号2026 1101 0002，尾号1234", "202611010002", "1234"),
        ("手机尾号是一二三四", None, "1234"),
        ("202611010009 Wang@Example.com", "202611010009", "wang@example.com"),
        ("我电话138 0000 1234 单号202611010001", "202611010001", "13800001234"),
        ("13800001234", None, "13800001234"),
        ("2026年买的，花了1299元", None, None),
        ("订单号202611010001\n后四位1234", "202611010001", "1234"),
        ("羽绒服到哪了", None, None),
        ("", None, None),
    ],
)
def test_finds_order_number_and_proof(text: str, order_no: str | None, proof: str | None) -> None:
    heard = hear(text)
    assert (heard.order_no, heard.proof) == (order_no, proof)


def test_a_phone_number_is_never_taken_for_an_order() -> None:
    assert hear("13912345678").order_no is None


@pytest.mark.parametrize("text", ["单号是202611010003", "亲，我的订单号202611010003，手机后四位5678"])
def test_knows_when_a_message_is_nothing_but_numbers(text: str) -> None:
    assert hear(text).only_numbers


def test_an_issue_beside_the_number_is_seen() -> None:
    heard = hear("202611010005 冰箱不制冷了怎么办")
    assert not heard.only_numbers
    assert "冰箱" in heard.rest


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    heard = hear(text)
    assert heard.order_no is None or heard.order_no.isdigit()
    assert heard.tail is None or len(heard.tail) == 4
