"""Entities with exact places in what the customer typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.entities import numerals, taxno
from bot.entities.extract import entities
from bot.entities.lookups import Lookups, read_lists
from bot.entities.patterns import own_order_no
from bot.text.normalise import normalised
from tests.bot.test_normalise import CUSTOMER

LOOKUPS = Lookups(read_lists(Path(__file__).parents[2] / "data" / "nlu" / "lookups"))


def found(text: str) -> list[tuple[str, str, str]]:
    """(entity, value, the characters of the text it stands on)"""
    return [
        (e["entity"], e["value"], text[e["start"] : e["end"]]) for e in entities(normalised(text), LOOKUPS)
    ]


@given(CUSTOMER)
def test_spans_are_inside_the_text_and_not_empty(text: str) -> None:
    for entity in entities(normalised(text), LOOKUPS):
        assert 0 <= entity["start"] < entity["end"] <= len(text)
        assert entity["value"]


@given(
    st.integers(20 * 10**10, 21 * 10**10 - 1),
    st.text(alphabet=" \n!！?？。，,😀🙂\u200b我要退货到哪了订单号：", max_size=20),
)
def test_an_order_number_is_found_among_signs(number: int, around: str) -> None:
    text = f"{around} {number} {around}"
    assert ("order_no", str(number)) in [(e, v) for e, v, _ in found(text)]


@pytest.mark.parametrize(
    ("text", "entity", "value", "typed"),
    [
        ("查下202611010002 1234到哪了", "order_no", "202611010002", "202611010002"),
        ("查下202611010002 1234到哪了", "phone_tail", "1234", "1234"),
        ("订单２０２６１１０１０００２", "order_no", "202611010002", "２０２６１１０１０００２"),
        ("2026 1101 0004", "order_no", "202611010004", "2026 1101 0004"),
        ("单号二零二六一一零一零零零二", "order_no", "202611010002", "二零二六一一零一零零零二"),
        ("我电话13800001234", "phone", "13800001234", "13800001234"),
        ("138 0000 1234 是我手机", "phone", "13800001234", "138 0000 1234"),
        ("幺三八零零零零幺二三四", "phone", "13800001234", "幺三八零零零零幺二三四"),
        ("尾号是一二三四", "phone_tail", "1234", "一二三四"),
        ("手机尾号5678", "phone_tail", "5678", "5678"),
        ("发到Wang@Example.com吧", "email", "wang@example.com", "Wang@Example.com"),
        ("顺丰SF1390026110102到哪了", "tracking_no", "SF1390026110102", "SF1390026110102"),
        ("多收我59块9", "amount", "59.9", "59块9"),
        ("赔我一百二十块", "amount", "120", "一百二十块"),
        ("¥199.00的那件", "amount", "199", "¥199.00"),
        ("退我两百五十元", "amount", "250", "两百五十元"),
        ("上周三买的", "date", "上周三", "上周三"),
        ("11月3号到的", "date", "11月3号", "11月3号"),
        ("前天签收", "date", "前天", "前天"),
        ("用了半个月就坏了", "duration", "半个月", "半个月"),
        ("三天没动了", "duration", "三天", "三天"),
        ("要黑色XL码的", "colour", "黑色", "黑色"),
        ("要黑色XL码的", "size", "XL码", "XL码"),
        ("换42码", "size", "42码", "42码"),
        ("扫地机不转了", "product", "扫地机器人", "扫地机"),
        ("扫地机不转了", "defect", "故障", "不转"),
        ("能发顺风吗", "carrier", "顺丰", "顺风"),
        ("再不处理我打12315", "threat_channel", "12315", "12315"),
        ("我要换货", "demand", "换货", "换货"),
        ("地址改成江苏省南京市玄武区中山路100号", "province", "江苏省", "江苏省"),
        ("地址改成江苏省南京市玄武区中山路100号", "city", "南京市", "南京市"),
        ("地址改成江苏省南京市玄武区中山路100号", "district", "玄武区", "玄武区"),
        ("地址改成江苏省南京市玄武区中山路100号", "address_detail", "中山路100号", "中山路100号"),
        (
            "地址改成江苏省南京市玄武区中山路100号",
            "address",
            "江苏省南京市玄武区中山路100号",
            "江苏省南京市玄武区中山路100号",
        ),
        ("抬头:南京安客科技有限公司", "invoice_title", "南京安客科技有限公司", "南京安客科技有限公司"),
        ("戴了仨月表扣就坏了", "duration", "仨月", "仨月"),
        ("9.18下单的", "date", "9.18", "9.18"),
        ("6+128的", "size", "6+128", "6+128"),
        ("退我八十吧", "amount", "80", "八十"),
        ("花了一千二 心疼", "amount", "1200", "一千二"),
        ("赔偿三百就算了", "amount", "300", "三百"),
        (
            "寄到上海市徐汇区漕溪路120弄5号楼302室",
            "address_detail",
            "漕溪路120弄5号楼302室",
            "漕溪路120弄5号楼302室",
        ),
        ("发票开南京安客科技有限公司", "invoice_title", "南京安客科技有限公司", "南京安客科技有限公司"),
        ("抬头是苏州市第三中学", "invoice_title", "苏州市第三中学", "苏州市第三中学"),
        ("手机壳发黄了", "product", "手机壳", "手机壳"),
        ("要墨绿色的", "colour", "绿色", "墨绿色"),
        ("我要黑的", "colour", "黑色", "黑"),
        ("能换成M码吗", "demand", "换货", "换"),
        ("要麼退要麼換", "demand", "换货", "換"),
        ("税号91320100ma1xxxxx", "invoice_title", None, None),
    ],
)
def test_what_customers_name(text: str, entity: str, value: str | None, typed: str | None) -> None:
    of_kind = [(v, t) for e, v, t in found(text) if e == entity]
    assert ((value, typed) in of_kind) if value else not of_kind


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("2026年买的", "phone_tail"),
        ("1500元", "phone_tail"),
        ("1500克的", "phone_tail"),
        ("两人份的", "amount"),
        ("三号楼", "date"),
        ("items到了吗", "carrier"),
        ("毛巾有毛吗", "amount"),
        ("13800001234", "order_no"),
        ("墙面塌了一块", "amount"),
        ("掉了两块电池", "amount"),
        ("要几天能到", "duration"),
        ("三天两头坏", "duration"),
        ("这两天能发吗", "duration"),
        ("思明区软件园二期15号", "date"),
        ("全场9.9买的", "date"),
        ("包邮吗", "product"),
        ("手机尾号5678", "product"),
        ("手机:138 0000 1234", "product"),
        ("尾号1234不是4321", "order_no"),
        ("我买1299现在999", "phone_tail"),
        ("退到哪了", "demand"),
        ("别换人", "demand"),
        ("会起球吗", "defect"),
        ("没有异味", "defect"),
    ],
)
def test_what_only_looks_like_it(text: str, entity: str) -> None:
    assert entity not in [e for e, _, _ in found(text)]


def test_a_tax_number_needs_its_checksum() -> None:
    first = "91320100MA1ABCDE1"
    code = first + taxno.check_character(first)
    wrong = first + taxno.ALPHABET[(taxno.ALPHABET.index(code[17]) + 1) % 31]
    assert ("tax_no", code, code) in found(f"税号 {code} 谢谢")
    assert "tax_no" not in [e for e, _, _ in found(f"税号 {wrong} 谢谢")]


@given(
    st.text(alphabet=taxno.ALPHABET, min_size=17, max_size=17),
    st.integers(0, 16),
    st.sampled_from(taxno.ALPHABET),
)
def test_one_wrong_character_breaks_a_tax_number(first: str, at: int, other: str) -> None:
    code = first + taxno.check_character(first)
    assert taxno.is_valid(code)
    if other != code[at]:
        assert not taxno.is_valid(code[:at] + other + code[at + 1 :])


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("一百二十", 120),
        ("两千三", 2300),
        ("十五", 15),
        ("三五", 35),
        ("一百零五", 105),
        ("二十", 20),
        ("一万二", 12000),
        ("九百九十九", 999),
        ("", None),
        ("很多", None),
    ],
)
def test_numerals(said: str, number: int | None) -> None:
    assert numerals.to_number(said) == number


def test_a_store_marks_its_own_order_numbers() -> None:
    own = own_order_no({"ORDER_NO_PATTERN": r"AH\d{8,10}"})
    assert [one.group() for one in own.finditer("订单ah2600001234和 ah26000012，不是xah2600001234")] == [
        "ah2600001234",
        "ah26000012",
    ]
    assert not own_order_no({}).search("ah2600001234 202611010001")
