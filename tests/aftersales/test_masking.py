"""Contact data is hidden everywhere, and masking again changes nothing (H7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.masking import mask_address, mask_email, mask_name, mask_phone, mask_text


@pytest.mark.parametrize(
    ("given_value", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("5678", "****"),
        ("", None),
        (None, None),
    ],
)
def test_phones(given_value: str | None, shown: str | None) -> None:
    assert mask_phone(given_value) == shown


@pytest.mark.parametrize(
    ("given_value", "shown"), [("王小明", "王*"), (" 欧阳静 ", "欧*"), ("J", "J*"), ("", None), (None, None)]
)
def test_names(given_value: str | None, shown: str | None) -> None:
    assert mask_name(given_value) == shown


@pytest.mark.parametrize(
    ("given_value", "shown"),
    [
        ("江苏省南京市玄武区安宁路18号锦绣苑3栋502室", "江苏省南京市***"),
        ("上海市浦东新区海棠路266弄9号1201室", "上海市***"),
        ("北京市朝阳区松榆路7号院5号楼", "北京市***"),
        ("广西壮族自治区南宁市青秀区民族大道1号", "广西壮族自治区南宁市***"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市1号", "新疆维吾尔自治区伊犁哈萨克自治州***"),
        ("香港特别行政区中西区皇后大道1号", "香港特别行政区***"),
        ("人民路1号", "***"),
        ("", None),
        (None, None),
    ],
)
def test_addresses_keep_the_city(given_value: str | None, shown: str | None) -> None:
    assert mask_address(given_value) == shown


@pytest.mark.parametrize(
    ("given_value", "shown"),
    [("wang@example.com", "w***@example.com"), ("a@b.cn", "a***@b.cn"), ("nonsense", "***"), (None, None)],
)
def test_mails(given_value: str | None, shown: str | None) -> None:
    assert mask_email(given_value) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("我电话13812345678，打给我", "我电话138****5678，打给我"),
        ("138-1234-5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("+86 13812345678", "+86 138****5678"),
        ("8613812345678", "86 138****5678"),
        ("邮箱wang.xm+1@mail.example.com谢谢", "邮箱w***@mail.example.com谢谢"),
        ("身份证11010119900307123X", "身份证110***********123X"),
        ("卡号6222 0212 3456 7890 102", "卡号6222********0102"),
        ("座机025-84321234", "座机025-****1234"),
        ("订单202611010002 1234到哪了", "订单202611010002 1234到哪了"),
        ("申请RT261122363506", "申请RT261122363506"),
        ("运单SF1390026110102", "运单SF1390026110102"),
        ("2699.00元 48小时", "2699.00元 48小时"),
    ],
)
def test_free_text(typed: str, shown: str) -> None:
    assert mask_text(typed) == shown


PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
AROUND = st.text(st.sampled_from("退款 电话是，。abcX@.-\n你好０"), max_size=12)


@given(before=AROUND, phone=PHONES, after=AROUND)
def test_no_phone_survives_anywhere(before: str, phone: str, after: str) -> None:
    """Unless other digits are glued to it: then it is another, longer number."""
    typed = f"{before} {phone} {after}"
    assert phone not in mask_text(typed)


@given(before=AROUND, local=st.from_regex(r"[a-z0-9]{3,10}", fullmatch=True), after=AROUND)
def test_no_mail_survives_anywhere(before: str, local: str, after: str) -> None:
    assert f"{local}@example.com" not in mask_text(f"{before} {local}@example.com {after}")


@given(st.text(max_size=80) | st.from_regex(r"[0-9 \-@.a-z１２０＠]{0,60}", fullmatch=True))
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


@given(st.text(st.characters(exclude_categories=["Nd"], exclude_characters="@＠"), max_size=80))
def test_text_without_numbers_or_mails_is_untouched(text: str) -> None:
    assert mask_text(text) == text


@given(st.text(max_size=40))
def test_fields_mask_once_and_for_all(text: str) -> None:
    for mask in (mask_phone, mask_name, mask_email, mask_address):
        once = mask(text)
        assert mask(once) == once
