"""Order numbers and proofs as people type, dictate and split them; what looks like one and is none (H6)."""

from __future__ import annotations

import pytest

from dialogue.readers import numbers, tracking
from tests.dialogue.readers.value_scenes import item as line
from tests.dialogue.readers.value_scenes import order, said, scene, scores

ORDER = "202611010003"


def found(text: str, asked: str | None = None, **more: object) -> tuple[str | None, str | None]:
    """(order number, proof) that the message gives."""
    at = scene(text, asked, **more)  # type: ignore[arg-type]
    return (
        said(numbers.read, at, kind="order").get("order_no"),
        said(numbers.read, at, kind="proof").get("proof"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "202611010003",
        "２０２６１１０１０００３",
        "2026 1101 0003",
        "2026-1101-0003",
        "20261101 0003",
        "2026\n1101\n0003",
        "202611O10003",
        "2O26110100O3",
        "2026l1010003",
        "20261IO1ooo3",
        "二零二六一一零一零零零三",
        "二〇二六 幺幺零幺 〇〇〇三",
        "订单号是202611010003，帮我看看",
        "我那单202611010003到哪了",
        "搞混了 应该是202611010003",
        "单号：202611010003。",
    ],
)
def test_an_order_number_however_it_is_typed(text: str) -> None:
    assert found(text)[0] == ORDER


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("202611010003 5678", "5678"),
        ("202611010003，5678", "5678"),
        ("2026110100035678", "5678"),
        ("2026 1101 0003 5678", "5678"),
        ("订单202611010003尾号5678我要退货", "5678"),
        ("二零二六一一零一零零零三尾号五六七八", "5678"),
        ("202611010003 手机后四位是 五六七八", "5678"),
        ("202611010003 13900005678", "13900005678"),
        ("20261101000313900005678", "13900005678"),
        ("202611010003 139 0000 5678", "13900005678"),
        ("这单 5678 结尾 202611010003", "5678"),
        ("他的号5678 单202611010003", "5678"),
        ("202611010003 wang@example.com", "wang@example.com"),
        ("202611010003 电话139****5678", "5678"),
    ],
)
def test_number_and_proof_in_one_message(text: str, proof: str) -> None:
    assert found(text) == (ORDER, proof)


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("5678", "5678"),
        ("５６７８", "5678"),
        ("五六七八", "5678"),
        ("尾号是5678", "5678"),
        ("后四位 5678 谢谢", "5678"),
        ("我的是5678哦", "5678"),
        ("13900005678", "13900005678"),
        ("幺三九零零零零五六七八", "13900005678"),
        ("一三九 空空空空 五六七八", "13900005678"),
        ("结尾是四个六", "6666"),
        ("2026", "2026"),
        ("Wang@Example.com", "wang@example.com"),
    ],
)
def test_the_proof_when_it_is_asked_for(text: str, proof: str) -> None:
    assert found(text, "identify.proof") == (None, proof)


@pytest.mark.parametrize(
    "text",
    [
        "202611010005 2999买的冰箱不制冷",
        "花了2999结果不制冷",
        "当时2999现在2599",
        "价格3150块",
        "一共2500元",
        "功率1500w够不够",
        "1500瓦的",
        "吸力4000帕",
        "2024年买的",
        "¥1999",
        "12:30左右",
        "2.5米的那种",
        "315块现在299",
        "型号2300怎么样",
        "电话多少",
        "5000毫安时",
        "发到abc1234@qq.com",
        "已经用了1000多天",
    ],
)
def test_prices_years_and_powers_prove_nothing(text: str) -> None:
    assert found(text)[1] is None


@pytest.mark.parametrize(
    "text",
    [
        "快递单号YT8877665544332",
        "运单号 SF1390026110102 寄出去了",
        "YT8877665544332",
        "税号913201007655443322",
        "给我打电话13900005678",
        "abc202611010003@qq.com",
        "银行卡号6222020200112233445",
        "12315",
        "400-800-0066",
        "0.202611010003",
    ],
)
def test_other_numbers_are_no_order(text: str) -> None:
    assert found(text)[0] is None


@pytest.mark.parametrize("text", ["不是202611010003", "我说的不是 202611010003 啊"])
def test_a_number_that_is_denied_is_negated(text: str) -> None:
    at = scene(text)
    assert said(numbers.read, at, kind="order", negated=True) == {"order_no": ORDER}
    assert said(numbers.read, at, kind="order") == {}


def test_pieces_become_one_number() -> None:
    state = ""
    for piece in ("2026", "1101"):
        at = scene(piece, "identify.order_no", digits=state)
        state = said(numbers.read, at, kind="digits")["order_no"]
    assert state == "20261101"
    last = scene("0003", "identify.order_no", digits=state)
    assert said(numbers.read, last, kind="order") == {"order_no": ORDER}
    assert said(numbers.read, last, kind="digits") == {}


def test_the_last_piece_may_bring_the_tail_along() -> None:
    at = scene("00035678", "identify.order_no", digits="20261101")
    assert said(numbers.read, at, kind="order") == {"order_no": ORDER}
    assert said(numbers.read, at, kind="proof") == {"proof": "5678"}


@pytest.mark.parametrize("piece", ["0003", "零零零三", "0003呢", "ooo3"])
def test_the_last_piece_may_be_typed_badly(piece: str) -> None:
    assert found(piece, "identify.order_no", digits="20261101")[0] in {ORDER, None}


def test_a_piece_that_does_not_continue_begins_anew() -> None:
    at = scene("2026", "identify.order_no", digits="20261101000")
    assert said(numbers.read, at, kind="digits") == {"order_no": "2026"}


def test_four_digits_are_rather_the_tail_when_that_is_asked() -> None:
    at = scene("2026", "identify.proof")
    assert said(numbers.read, at, kind="digits") == {}


@pytest.mark.parametrize(
    ("text", "asked"),
    [("abc@qq.com", "invoice.email"), ("发票发到abc@qq.com", None), ("邮箱 abc@qq.com", "invoice.title")],
)
def test_an_email_for_the_invoice_is_no_proof(text: str, asked: str | None) -> None:
    assert found(text, asked)[1] is None


def test_an_email_beside_the_order_proves_though_an_invoice_is_wanted() -> None:
    at = scene("202611010009 wang@example.com 开发票", intent="invoice_request")
    assert said(numbers.read, at, kind="proof") == {"proof": "wang@example.com"}


def test_a_bare_number_says_that_nothing_else_was_said() -> None:
    alone = next(numbers.read(scene("订单号202611010003")))
    beside = next(numbers.read(scene("202611010003冰箱不制冷了")))
    assert alone.more["alone"]
    assert not beside.more["alone"]


def test_a_delivery_phone_of_a_known_customer_is_hardly_a_proof() -> None:
    own = order(ORDER, line("i1", "羽绒服"), state="paid")
    given = scores(
        numbers.read, scene("13900005678", "change_address.address", orders=(own,)), "proof", "proof"
    )
    assert given < 0.5


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("快递单号YT8877665544332", "YT8877665544332"),
        ("已经寄了 sf1390026110102", "SF1390026110102"),
        ("顺丰SF1390026110102", "SF1390026110102"),
        ("运单号73112345678901", "73112345678901"),
        ("寄回的单号是JDX011010003001", "JDX011010003001"),
        ("单号YT8877665544332 麻烦登记", "YT8877665544332"),
    ],
)
def test_a_carriers_number(text: str, number: str) -> None:
    reading = next(tracking.read(scene(text)))
    assert (reading.name, reading.value, reading.more["flow"]) == ("tracking_no", number, "tracking_number")


@pytest.mark.parametrize(
    "text",
    [
        "202611010003",
        "订单号202611010003",
        "13900005678",
        "订单号 77123456789012345",
        "abc1234567890@qq.com",
        "没有单号",
    ],
)
def test_what_is_no_carriers_number(text: str) -> None:
    assert list(tracking.read(scene(text))) == []
