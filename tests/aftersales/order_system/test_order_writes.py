"""Goods and note before dispatch, the parcel after it, invoice and compensation (H19-H21, H30, H39)."""

from decimal import Decimal

import pytest

from aftersales.order_system import OrderSystem
from aftersales.order_system.port import InvoiceDraft, Order, Refused
from tests.aftersales.conftest import START

JACKET, PHONE, ROBOT, UNPAID, FRYER = (f"2026110100{at}" for at in ("01", "02", "03", "13", "18"))
DRAFT = InvoiceDraft(FRYER, "personal", "孙立群", "slq@example.com")


async def order(system: OrderSystem, order_no: str) -> Order:
    found = await system.order(order_no)
    assert found is not None
    return found


async def refusal(write: object) -> str:
    with pytest.raises(Refused) as refused:
        await write  # type: ignore[misc]
    assert refused.value.message
    return refused.value.code


async def test_another_size_at_the_same_price_is_changed_at_once(system: OrderSystem) -> None:
    made = await system.change_item("k", JACKET, "1", colour="雾蓝色", size="xl码")
    line = (await order(system, JACKET)).items[0]
    assert (made.kind, made.state, made.amount) == ("change", "done", Decimal("0.00"))
    assert (line.spec, line.qty) == ("雾蓝色 XL", 1)
    assert await system.refund_progress(JACKET) == []


async def test_more_pieces_wait_for_the_difference_and_the_order_stays(system: OrderSystem) -> None:
    before = await order(system, JACKET)
    made = await system.change_item("k", JACKET, "1", quantity=2)
    assert (made.state, made.amount) == ("submitted", Decimal("579.00"))
    assert "差价" in made.next
    assert await order(system, JACKET) == before
    assert (await system.change_item("k2", JACKET, "1", quantity=2)).request_no == made.request_no


async def test_fewer_pieces_pay_the_difference_back(system: OrderSystem) -> None:
    await system.change_item("k", UNPAID, "1", quantity=3)
    assert (await order(system, UNPAID)).total == Decimal("717.00"), "nothing was paid: changed at once"
    await system.change_item("k2", UNPAID, "1", quantity=1)
    assert await system.refund_progress(UNPAID) == []
    with pytest.raises(Refused):
        await system.change_item("k3", UNPAID, "1", quantity=0)


@pytest.mark.parametrize(
    ("order_no", "wish", "code"),
    [
        (JACKET, {"colour": "米白色"}, "no_stock"),
        (JACKET, {"colour": "红色"}, "no_stock"),
        (JACKET, {"size": "XXXL"}, "no_stock"),
        (JACKET, {"quantity": 40}, "no_stock"),
        (JACKET, {"quantity": 0}, "invalid"),
        (JACKET, {"size": "L"}, "nothing_to_change"),
        (PHONE, {"size": "256G"}, "already_dispatched"),
        ("202600000000", {"size": "M"}, "not_found"),
    ],
)
async def test_what_cannot_be_changed_is_refused(
    system: OrderSystem, order_no: str, wish: dict[str, object], code: str
) -> None:
    before = await system.order(order_no)
    assert await refusal(system.change_item("k", order_no, "1", **wish)) == code  # type: ignore[arg-type]
    assert await system.order(order_no) == before


async def test_the_note_is_on_the_order(system: OrderSystem) -> None:
    await system.change_note("k", JACKET, " 放门口\n鞋柜上 ")
    assert (await order(system, JACKET)).note == "放门口 鞋柜上"
    assert await refusal(system.change_note("k2", JACKET, " ")) == "invalid"
    assert await refusal(system.change_note("k3", PHONE, "放门口")) == "already_dispatched"


@pytest.mark.parametrize(
    ("order_no", "code"),
    [
        (JACKET, "not_dispatched"),
        (UNPAID, "not_paid"),
        (ROBOT, "already_signed"),
        ("202611010019", "already_delivering"),
        ("202600000000", "not_found"),
    ],
)
async def test_only_a_parcel_on_its_way_is_called_back(system: OrderSystem, order_no: str, code: str) -> None:
    assert await refusal(system.intercept("k", order_no)) == code


async def test_an_intercept_has_a_number_and_a_time(system: OrderSystem) -> None:
    made = await system.intercept("k", PHONE, "不想要了")
    assert (made.kind, made.state) == ("intercept", "submitted")
    assert made.due is not None
    assert (made.due - START).total_seconds() == 24 * 3600


async def test_a_claim_says_what_is_wanted_when_nothing_is_found(system: OrderSystem) -> None:
    made = await system.claim("k", "202611010009", "resend", description="门卫没见过")
    assert (made.kind, made.solution, made.state) == ("claim", "resend", "submitted")
    assert made.due is not None
    assert (made.due - START).total_seconds() == 48 * 3600
    assert await refusal(system.claim("k2", JACKET, "refund")) == "not_dispatched"


async def test_an_invoice_is_issued_again(system: OrderSystem) -> None:
    made = await system.reissue_invoice("k", DRAFT)
    invoice = (await order(system, FRYER)).invoice
    assert (made.kind, invoice.state, invoice.title) == ("reissue", "requested", "孙立群")
    assert invoice.due_at == made.due
    taken_back = await system.withdraw("k2", made.request_no)
    assert taken_back.state == "withdrawn"
    assert (await order(system, FRYER)).invoice.title == "孙力群", "the issued one is valid again"
    assert (
        await refusal(system.reissue_invoice("k3", InvoiceDraft(ROBOT, "personal", "李")))
        == "invoice_not_issued"
    )


async def test_money_is_paid_back_and_a_coupon_is_not(system: OrderSystem) -> None:
    coupon = await system.compensate("k", ROBOT, Decimal(30), "coupon", by="agent1")
    money = await system.compensate("k2", ROBOT, Decimal("15.50"), "refund", by="boss")
    assert (coupon.state, coupon.amount, money.state) == ("done", Decimal("30.00"), "refunding")
    (refund,) = await system.refund_progress(ROBOT)
    assert (refund.amount, refund.request_no, refund.expected_at) == (
        Decimal("15.50"),
        money.request_no,
        money.due,
    )
    for amount, code in (
        (Decimal(-1), "invalid"),
        (Decimal("0.001"), "invalid"),
        (Decimal(99999), "over_limit"),
    ):
        assert await refusal(system.compensate("k3", ROBOT, amount, "refund", by="boss")) == code
    assert await refusal(system.compensate("k4", UNPAID, Decimal(5), "coupon", by="boss")) == "not_paid"
