"""The normal form keeps the way back to what was typed, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.mask_numbers import mask_numbers
from bot.text.normalise import bare, normalised
from bot.text.placeholders import EMOTE, LINK, NUMBER, ORDER, PICTURE

CUSTOMER = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "我要退货快递到哪了订单号[]【】数字xX1234567890１２３　 \n!！?？😀🙂#E-s:：/httpsw.,，。\u200b\u202eＡａ"
        ),
        st.characters(),
    ),
    max_size=60,
)


@given(CUSTOMER)
@example("\ud800")  # half a surrogate pair: JSON can carry it, UTF-8 cannot
@example("退货\udfff")
def test_every_normal_character_stands_for_a_stretch_of_the_original(text: str) -> None:
    normal = normalised(text)
    assert len(normal.text) == len(normal.starts) == len(normal.ends)
    for start, end in zip(normal.starts, normal.ends, strict=True):
        assert 0 <= start < end <= len(text)
    assert list(normal.starts) == sorted(normal.starts)


@given(CUSTOMER)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalised(text).text
    assert normalised(once).text == once


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("１２３４ＡＢＣ", "1234abc"),
        ("急急急急急急急", "急急急"),
        ("在吗？？？？？？", "在吗???"),
        ("10000000元", "10000000元"),
        ("  你好  ", "你好"),
        ("你\u200b好", "你好"),
        ("HELLO", "hello"),
        ("", ""),
        (" \n ", ""),
        ("你好   在吗", "你好 在吗"),
    ],
)
def test_examples(typed: str, normal: str) -> None:
    assert normalised(typed).text == normal


@pytest.mark.parametrize(
    ("typed", "sign"),
    [
        ("[数字x]", NUMBER),
        ("[订单编号x]", ORDER),
        ("ORDERID_123", ORDER),
        ("#E-s[数字x]", EMOTE),
        ("https://item.example.com/1?id=2", LINK),
        ("[链接x]", LINK),
        ("[图片]", PICTURE),
        ("【图片】", PICTURE),
    ],
)
def test_boilerplate_becomes_one_sign_that_stands_for_all_of_it(typed: str, sign: str) -> None:
    normal = normalised(f"亲 {typed} 到哪了")
    assert normal.text == f"亲 {sign} 到哪了"
    at = normal.text.index(sign)
    start, end = normal.span(at, at + 1)
    assert f"亲 {typed} 到哪了"[start:end] == typed


@pytest.mark.parametrize(
    "card",
    [
        "咨询订单号:[订单x] 订单金额:[金额x] 下单时间:[日期x]",
        "咨询订单号：[订单编号x]    商品ID：[数字x]",
        "[订单编号:[ORDERID_123]，订单金额:￥[金额x]，下单时间:[日期x] [时间x]]",
        "顾客通过点击旺旺[站点x]信息发送:[订单编号:[订单x]，订单金额:[金额x]，下单时间:[日期x] [时间x]]",
        "查询订单号:[订单x]， 商品号:[数字x]",
        "VB[数字x]",
    ],
)
def test_a_pasted_order_card_is_one_sign(card: str) -> None:
    assert normalised(f"{card} 怎么还没发").text == f"{ORDER} 怎么还没发"


def test_an_order_number_in_a_card_can_still_be_read() -> None:
    normal = normalised("订单编号：202611020031456，下单时间：2026-11-02 10:00:00 到哪了")
    assert normal.text == "202611020031456 到哪了"
    assert normal.span(0, 15) == (5, 20)


def test_card_words_of_a_customer_stay() -> None:
    assert normalised("订单号是多少 商品编号：不知道").text == "订单号是多少 商品编号:不知道"


def test_a_span_goes_back_to_full_width_digits() -> None:
    typed = "订单　２０２６１１０１０００２　到哪了"
    normal = normalised(typed)
    at = normal.text.index("202611010002")
    start, end = normal.span(at, at + 12)
    assert typed[start:end] == "２０２６１１０１０００２"


def test_a_span_outside_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such span"):
        normalised("你好").span(1, 3)


def test_long_numbers_are_signs_for_the_models() -> None:
    assert mask_numbers("查下202611010002 1234到哪了") == f"查下{ORDER} {NUMBER}到哪了"


def test_bare_text_has_no_punctuation() -> None:
    assert bare("你好，在吗？！") == "你好在吗"


def test_a_page_of_text_is_cut() -> None:
    assert len(normalised("退" + "货款" * 5000).text) <= 1000
