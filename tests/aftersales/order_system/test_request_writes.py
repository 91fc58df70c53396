"""After submission: taking back, changing, a technician's visit; what an exchange may be for (H23, H27, H28)."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from aftersales.order_system import OrderSystem
from aftersales.order_system.port import (
    AfterSalesRequest,
    InvoiceDraft,
    Refused,
    RequestChange,
    ReturnDraft,
)
from aftersales.order_system.sql.adapter import SqlOrderSystem
from aftersales.policy import Policy
from tests.aftersales.conftest import TZ, Clock

ROBOT = ReturnDraft("202611010003", "1", "quality", condition="used", evidence=("u_1",))
SHIRTS = ReturnDraft("202611010006", "1", "quality", "exchange")
FRIDGE = ReturnDraft("202611010005", "1", "quality", "repair")


async def code_of(write: object) -> str:
    with pytest.raises(Refused) as refused:
        await write  # type: ignore[misc]
    return refused.value.code


async def submitted(system: OrderSystem, draft: ReturnDraft = ROBOT) -> AfterSalesRequest:
    return await system.request_return("first", draft)


async def test_a_request_is_taken_back_once(system: OrderSystem) -> None:
    made = await submitted(system)
    answers = await asyncio.gather(*(system.withdraw(f"k{at}", made.request_no, "不退了") for at in range(8)))
    assert {(one.state, one.request_no) for one in answers} == {("withdrawn", made.request_no)}
    assert [one.repeated for one in answers].count(False) == 1
    assert await system.open_request("202611010003") is None
    again = await system.request_return("second", ROBOT)
    assert again.request_no != made.request_no


async def test_what_is_received_or_over_is_not_taken_back(system: OrderSystem) -> None:
    assert await code_of(system.withdraw("k", "RT202611010008")) == "request_in_progress"
    made = await submitted(system)
    await system.attach_note("sent", made.request_no, "tracking_no", "SF1234567890123")
    assert await code_of(system.withdraw("k", made.request_no)) == "request_in_progress"
    cancelled = await system.cancel("c", "202611010013")
    assert await code_of(system.withdraw("k", cancelled.request_no)) == "already_over"
    assert await code_of(system.withdraw("k", "RT000000000000")) == "not_found"


async def test_another_solution_takes_the_place_of_the_request(system: OrderSystem) -> None:
    made = await submitted(system)
    changes = [system.change_request(f"k{at}", made.request_no, RequestChange("exchange")) for at in range(8)]
    answers = await asyncio.gather(*changes)
    assert len({one.request_no for one in answers}) == 1
    exchange = answers[0]
    assert (exchange.kind, exchange.state, exchange.replaces) == ("exchange", "submitted", made.request_no)
    assert exchange.request_no.startswith("EX")
    old = await system.request(made.request_no)
    assert old is not None
    assert old.state == "withdrawn"
    assert (await system.open_request("202611010003", "1")) == replace(exchange, repeated=False)


async def test_the_same_key_after_a_crash_is_the_same_change(system: OrderSystem) -> None:
    made = await submitted(system)
    first = await system.change_request("k", made.request_no, RequestChange("repair"))
    assert await system.change_request("k", made.request_no, RequestChange("repair")) == replace(
        first, repeated=True
    )
    assert (
        await code_of(system.change_request("k", made.request_no, RequestChange("return"))) == "key_conflict"
    )
    assert len(await system.requests_of("202611010003")) == 2


async def test_size_and_pieces_are_changed_in_place(system: OrderSystem) -> None:
    made = await submitted(system, SHIRTS)
    changed = await system.change_request("k", made.request_no, RequestChange(size="L码", quantity=1))
    assert (changed.request_no, changed.size, changed.quantity, changed.repeated) == (
        made.request_no,
        "L",
        1,
        False,
    )
    assert (await system.change_request("k2", made.request_no, RequestChange(size="L"))).repeated
    assert (
        await code_of(system.change_request("k3", made.request_no, RequestChange(size="9XL"))) == "no_stock"
    )
    assert await code_of(system.change_request("k4", made.request_no, RequestChange(quantity=3))) == "invalid"
    assert await code_of(system.change_request("k5", "RT202611010008", RequestChange("exchange"))) == (
        "request_in_progress"
    )


@pytest.mark.parametrize(
    ("draft", "amount"),
    [
        (replace(SHIRTS, size="L", quantity=1), "0.00"),
        (replace(SHIRTS, colour="黑色"), "0.00"),
    ],
)
async def test_an_exchange_names_what_it_is_for(system: OrderSystem, draft: ReturnDraft, amount: str) -> None:
    made = await submitted(system, draft)
    assert (made.colour, made.size, made.quantity) == (draft.colour, draft.size, draft.quantity)
    assert made.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(SHIRTS, colour="红色"), "no_stock"),
        (replace(SHIRTS, size="45"), "no_stock"),
        (replace(SHIRTS, quantity=3), "invalid"),
        (replace(SHIRTS, quantity=0), "invalid"),
    ],
)
async def test_an_exchange_for_what_is_not_there_is_refused(
    system: OrderSystem, draft: ReturnDraft, code: str
) -> None:
    assert await code_of(system.request_return("k", draft)) == code
    assert await system.requests_of(draft.order_no) == []


async def test_a_missing_part_has_a_number_of_its_own(system: OrderSystem) -> None:
    made = await submitted(system, replace(ROBOT, reason="missing", solution="resend"))
    assert (made.kind, made.request_no[:2]) == ("resend", "EX")
    assert (await system.request_return("k", ROBOT)).request_no == made.request_no, "one open request an item"


async def test_a_technician_comes_when_it_was_booked(system: OrderSystem, clock: Clock) -> None:
    slots = await system.visit_slots("202611010005", "1")
    assert [one.slot_id for one in slots] == [
        f"202611{day}-{hour}" for day in (23, 24, 25) for hour in ("0900", "1400")
    ]
    assert await system.visit_slots("202611010003", "1") == [], "a robot is sent in"
    made = await submitted(system, FRIDGE)
    booked = await system.book_visit("k", made.request_no, slots[1].slot_id)
    assert (booked.state, booked.visit, booked.due) == ("approved", slots[1], slots[1].ends)
    moved = await system.book_visit("k2", made.request_no, slots[2].slot_id)
    assert moved.visit == slots[2]
    assert (await system.book_visit("k3", made.request_no, slots[2].slot_id)).repeated
    clock.pass_by(days=5)
    assert await code_of(system.book_visit("k4", made.request_no, slots[0].slot_id)) == "slot_taken"
    robot = await system.request_return("other", ROBOT)
    assert await code_of(system.book_visit("k5", robot.request_no, "20261128-0900")) == "not_changeable"


async def test_a_slot_holds_as_many_as_there_are_technicians(url: str, policy: Policy, clock: Clock) -> None:
    repairs = policy.repairs.model_copy(
        update={
            "visits": policy.repairs.visits.model_copy(
                update={"kinds": ("large_appliance", "small_appliance"), "per_slot": 1}
            )
        }
    )
    system = SqlOrderSystem(url, policy.model_copy(update={"repairs": repairs}), TZ, now=clock)
    fridge = await system.request_return("f", FRIDGE)
    robot = await system.request_return("r", replace(ROBOT, solution="repair"))
    slot = (await system.visit_slots("202611010005", "1"))[0].slot_id
    tries = await asyncio.gather(
        system.book_visit("k1", fridge.request_no, slot),
        system.book_visit("k2", robot.request_no, slot),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in tries) == ["AfterSalesRequest", "Refused"]
    assert slot not in [one.slot_id for one in await system.visit_slots("202611010003", "1")]
    first = fridge if isinstance(tries[0], AfterSalesRequest) else robot
    await system.withdraw("w", first.request_no)
    assert slot in [one.slot_id for one in await system.visit_slots("202611010003", "1")], "given back"
    await system.close()


MONITOR = InvoiceDraft("202611010010", "personal", "张三", email="old@example.com")


async def test_an_invoice_that_is_asked_for_gets_another_mail_and_title(system: OrderSystem) -> None:
    made = await system.request_invoice("i", MONITOR)
    mailed = await system.change_request("k", made.request_no, RequestChange(email="new@example.com"))
    assert (mailed.request_no, mailed.repeated) == (made.request_no, False)
    order = await system.order("202611010010")
    assert order is not None
    assert (order.invoice.state, order.invoice.title, order.invoice.email) == (
        "requested",
        "张三",
        "new@example.com",
    )
    company = RequestChange(title="青禾信息有限公司", tax_no="91320594MA1MYABC2X", invoice_kind="company")
    await system.change_request("k2", made.request_no, company)
    order = await system.order("202611010010")
    assert order is not None
    assert (order.invoice.title, order.invoice.tax_no, order.invoice.email) == (
        "青禾信息有限公司",
        "91320594MA1MYABC2X",
        "new@example.com",
    )
    assert (await system.change_request("k3", made.request_no, company)).repeated
    assert (await system.change_request("k2", made.request_no, company)).repeated


async def test_what_an_invoice_cannot_be_is_refused(system: OrderSystem) -> None:
    made = await system.request_invoice("i", MONITOR)
    no_tax = RequestChange(title="青禾信息有限公司", invoice_kind="company")
    assert await code_of(system.change_request("k", made.request_no, no_tax)) == "invalid"
    assert (
        await code_of(system.change_request("k1", made.request_no, RequestChange(email="x@y"))) == "invalid"
    )
    assert (
        await code_of(system.change_request("k2", made.request_no, RequestChange("exchange")))
        == "not_changeable"
    )
    returned = await submitted(system)
    assert (
        await code_of(system.change_request("k3", returned.request_no, RequestChange(email="a@b.cn")))
        == "not_changeable"
    )
    await system.withdraw("w", made.request_no)
    assert (
        await code_of(system.change_request("k4", made.request_no, RequestChange(email="a@b.cn")))
        == "already_over"
    )
