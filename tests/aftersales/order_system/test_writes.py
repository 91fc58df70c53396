"""Writes to an order: once and only once, and only what the order's state allows (H19, H20, H24, H28)."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from aftersales.order_system import OrderSystem
from aftersales.order_system.port import AfterSalesRequest, InvoiceDraft, Refused, ReturnDraft
from tests.aftersales.conftest import START, TZ, Clock

ROBOT = ReturnDraft("202611010003", "1", "quality", description="一直原地转圈", evidence=("u_1", "u_2"))
MONITOR = InvoiceDraft("202611010010", "company", "安和科技有限公司", "fp@example.com", "91310000MA1FL0XX1X")
FRYER = InvoiceDraft("202611010018", "personal", "孙立群", "slq@example.com")
ADDRESS = "江苏省南京市鼓楼区中山路100号2栋301室"

Write = Callable[[OrderSystem, str], Awaitable[AfterSalesRequest]]
WRITES: dict[str, tuple[str, Write]] = {
    "urge": ("TK", lambda system, key: system.urge(key, "202611010007", "delivery", "三天没动了")),
    "cancel": ("CC", lambda system, key: system.cancel(key, "202611010001", "不想要了")),
    "address": ("TK", lambda system, key: system.change_address(key, "202611010001", ADDRESS, name="王小明")),
    "invoice": ("TK", lambda system, key: system.request_invoice(key, MONITOR)),
    "return": ("RT", lambda system, key: system.request_return(key, ROBOT)),
    "exchange": ("EX", lambda system, key: system.request_return(key, replace(ROBOT, solution="exchange"))),
    "repair": ("RP", lambda system, key: system.request_return(key, replace(ROBOT, solution="repair"))),
    "refund": ("RF", lambda system, key: system.request_return(key, replace(ROBOT, solution="refund_only"))),
    "resend": ("EX", lambda system, key: system.request_return(key, replace(ROBOT, solution="resend"))),
    "intercept": ("TK", lambda system, key: system.intercept(key, "202611010002", "不想要了")),
    "claim": (
        "TK",
        lambda system, key: system.claim(key, "202611010009", "refund", description="门卫说没见过"),
    ),
    "item": ("TK", lambda system, key: system.change_item(key, "202611010001", "1", size="XL")),
    "order note": ("TK", lambda system, key: system.change_note(key, "202611010001", "放门口鞋柜上")),
    "reissue": ("TK", lambda system, key: system.reissue_invoice(key, FRYER)),
    "coupon": (
        "TK",
        lambda system, key: system.compensate(key, "202611010003", Decimal(20), "coupon", by="agent1"),
    ),
}


@pytest.mark.parametrize("name", WRITES)
async def test_twenty_parallel_calls_with_one_key_make_one_request(system: OrderSystem, name: str) -> None:
    prefix, write = WRITES[name]
    made = await asyncio.gather(*(write(system, "draft-1") for _ in range(20)))
    assert len({one.request_no for one in made}) == 1
    assert [one.repeated for one in made].count(False) == 1
    assert re.fullmatch(prefix + r"\d{12}", made[0].request_no)
    assert len(await system.requests_of(made[0].order_no)) == 1
    assert len(await system.refund_progress(made[0].order_no)) == (1 if name == "cancel" else 0)


@pytest.mark.parametrize("name", WRITES)
async def test_twenty_parallel_calls_with_their_own_keys_make_one_request(
    system: OrderSystem, name: str
) -> None:
    _, write = WRITES[name]
    made = await asyncio.gather(*(write(system, f"draft-{at}") for at in range(20)))
    assert len({one.request_no for one in made}) == 1
    assert [one.repeated for one in made].count(False) == 1


@pytest.mark.parametrize("name", WRITES)
async def test_a_key_keeps_its_request_for_later(system: OrderSystem, clock: Clock, name: str) -> None:
    _, write = WRITES[name]
    first = await write(system, "draft-1")
    clock.pass_by(days=3)
    again = await write(system, "draft-1")
    assert again == replace(first, repeated=True)


async def test_a_key_belongs_to_one_wish(system: OrderSystem) -> None:
    await system.request_return("draft-1", ROBOT)
    with pytest.raises(Refused) as refused:
        await system.request_return("draft-1", replace(ROBOT, order_no="202611010004"))
    assert refused.value.code == "key_conflict"
    with pytest.raises(Refused):
        await system.cancel("draft-1", "202611010001")
    order = await system.order("202611010001")
    assert order is not None
    assert order.state == "paid"


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb"])
async def test_a_write_without_a_usable_key_is_refused(system: OrderSystem, key: str) -> None:
    with pytest.raises(Refused):
        await system.request_return(key, ROBOT)
    assert await system.requests_of(ROBOT.order_no) == []


async def test_a_refused_write_leaves_its_key_free(system: OrderSystem) -> None:
    with pytest.raises(Refused):
        await system.cancel("k", "202611010002")
    made = await system.urge("k", "202611010002", "delivery")
    assert made.request_no.startswith("TK")


async def test_a_return_is_what_the_customer_asked_for(system: OrderSystem) -> None:
    made = await system.request_return("draft-1", replace(ROBOT, review=True, freight_payer="seller"))
    assert (made.kind, made.state, made.item, made.item_id) == ("return", "submitted", "扫地机器人", "1")
    assert (made.reason, made.solution, made.review) == ("quality", "return", True)
    assert made.due is not None
    assert (made.due - START).total_seconds() == 24 * 3600
    assert "审核" in made.next
    assert await system.open_request("202611010003", "1") == made
    assert await system.open_request("202611010003", kind="return") == made
    assert await system.open_request("202611010003", kind="exchange") is None
    assert await system.open_request("202611010003", "2") is None


async def test_an_item_has_one_open_request(system: OrderSystem) -> None:
    first = await system.request_return("draft-1", ROBOT)
    other = await system.request_return("draft-2", replace(ROBOT, solution="exchange"))
    assert other == replace(first, repeated=True)
    running = await system.request_return("draft-3", ReturnDraft("202611010008", "1", "quality"))
    assert (running.state, running.repeated) == ("refunding", True)


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(ROBOT, order_no="202600000000"), "not_found"),
        (replace(ROBOT, item_id="9"), "not_found"),
        (replace(ROBOT, order_no="202611010001"), "not_signed"),
        (replace(ROBOT, order_no="202611010002"), "not_signed"),
    ],
)
async def test_what_cannot_be_returned_is_refused_in_chinese(
    system: OrderSystem, draft: ReturnDraft, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        await system.request_return("draft-1", draft)
    assert refused.value.code == code
    assert re.search(r"[\u4e00-\u9fff]", refused.value.message)


async def test_cancelling_gives_the_money_back(system: OrderSystem) -> None:
    made = await system.cancel("k", "202611010001", "买错了")
    order = await system.order("202611010001")
    assert order is not None
    assert (order.state, order.ship_by, made.state) == ("cancelled", None, "refunding")
    (refund,) = await system.refund_progress("202611010001")
    assert (refund.amount, refund.method, refund.request_no) == (Decimal("579.00"), "wechat", made.request_no)
    assert (refund.expected_at.astimezone(TZ).date() - START.astimezone(TZ).date()).days == 3
    assert made.due == refund.expected_at


@pytest.mark.parametrize("order_no", ["202611010002", "202611010003"])
async def test_a_dispatched_order_is_not_cancelled(system: OrderSystem, order_no: str) -> None:
    with pytest.raises(Refused) as refused:
        await system.cancel("k", order_no)
    assert refused.value.code == "already_dispatched"


async def test_a_cancelled_order_takes_no_other_writes(system: OrderSystem) -> None:
    await system.cancel("k", "202611010001")
    for write in (
        system.change_address("k2", "202611010001", ADDRESS),
        system.urge("k3", "202611010001", "dispatch"),
        system.request_invoice("k4", replace(MONITOR, order_no="202611010001")),
    ):
        with pytest.raises(Refused) as refused:
            await write
        assert refused.value.code == "already_cancelled"


async def test_an_address_is_changed_before_dispatch_only(system: OrderSystem) -> None:
    made = await system.change_address(
        "k", "202611010001", f" {ADDRESS}\n", name="王大明", phone="137 1111 2222"
    )
    order = await system.order("202611010001")
    assert order is not None
    assert (order.address, order.name, order.receiver_phone) == (ADDRESS, "王大明", "13711112222")
    assert order.phone == "13800001234"
    assert made.state == "done"
    assert (await system.verify("202611010001", "1234", conversation="c", address=None)).ok
    with pytest.raises(Refused) as refused:
        await system.change_address("k2", "202611010002", ADDRESS)
    assert refused.value.code == "already_dispatched"


@pytest.mark.parametrize(
    ("address", "name", "phone"),
    [
        ("", None, None),
        ("随便", None, None),
        ("x" * 201, None, None),
        ("asdfghjkl", None, None),
        (ADDRESS, " ", None),
        (ADDRESS, "x" * 31, None),
        (ADDRESS, None, "12345"),
    ],
)
async def test_a_half_address_is_refused(
    system: OrderSystem, address: str, name: str | None, phone: str | None
) -> None:
    before = await system.order("202611010001")
    with pytest.raises(Refused) as refused:
        await system.change_address("k", "202611010001", address, name=name, phone=phone)
    assert refused.value.code == "invalid"
    assert await system.order("202611010001") == before


async def test_an_invoice_is_asked_for_once(system: OrderSystem) -> None:
    made = await system.request_invoice("k", MONITOR)
    order = await system.order("202611010010")
    assert order is not None
    assert (order.invoice.state, order.invoice.title, order.invoice.due_at) == (
        "requested",
        "安和科技有限公司",
        made.due,
    )
    assert made.due is not None
    assert (made.due - START).days == 3
    again = await system.request_invoice("k2", replace(MONITOR, title="别的公司"))
    assert again == replace(made, repeated=True)


@pytest.mark.parametrize(
    "draft",
    [
        replace(MONITOR, title=" "),
        replace(MONITOR, tax_no=None),
        replace(MONITOR, tax_no="123"),
        replace(MONITOR, email="not a mail"),
        replace(MONITOR, title="x" * 101),
    ],
)
async def test_a_half_invoice_is_refused(system: OrderSystem, draft: InvoiceDraft) -> None:
    with pytest.raises(Refused) as refused:
        await system.request_invoice("k", draft)
    assert refused.value.code == "invalid"


@pytest.mark.parametrize(
    ("order_no", "what", "code"),
    [
        ("202611010002", "dispatch", "already_dispatched"),
        ("202611010001", "delivery", "not_dispatched"),
        ("202611010003", "delivery", "already_signed"),
        ("202600000000", "dispatch", "not_found"),
    ],
)
async def test_urging_fits_the_state(system: OrderSystem, order_no: str, what: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await system.urge("k", order_no, what)  # type: ignore[arg-type]
    assert refused.value.code == code


async def test_urging_again_after_the_promise_is_a_new_task(system: OrderSystem, clock: Clock) -> None:
    first = await system.urge("k1", "202611010007", "delivery")
    clock.pass_by(hours=23)
    assert (await system.urge("k2", "202611010007", "delivery")).request_no == first.request_no
    clock.pass_by(hours=2)
    late = await system.urge("k3", "202611010007", "delivery")
    assert (late.repeated, late.request_no != first.request_no) == (False, True)


async def test_the_tracking_number_moves_a_return_on(system: OrderSystem) -> None:
    made = await system.request_return("draft-1", ROBOT)
    sent = await system.attach_note("k1", made.request_no, "tracking_no", " sf1234567890123 ")
    assert (sent.state, sent.tracking_no, sent.repeated) == ("sent_back", "SF1234567890123", False)
    assert (await system.attach_note("k1", made.request_no, "tracking_no", "SF1234567890123")).repeated
    noted = await system.attach_note("k2", made.request_no, "evidence", "u_3")
    assert noted.state == "sent_back"
    for number, text in ((made.request_no, " "), ("RT000000000000", "你好")):
        with pytest.raises(Refused):
            await system.attach_note("k3", number, "note", text)


async def test_a_ticket_needs_no_order(system: OrderSystem) -> None:
    tickets = [
        await system.leave_ticket(
            "k", order_no=None, category="product.usage", description="怎么装滤网", contact="13800001234"
        )
        for _ in range(2)
    ]
    assert tickets[0].request_no == tickets[1].request_no
    assert (tickets[0].kind, tickets[0].order_no) == ("ticket", "")
    other = await system.leave_ticket(
        "k2", order_no="202611010003", category="product.usage", description="2"
    )
    assert other.request_no != tickets[0].request_no
    with pytest.raises(Refused):
        await system.leave_ticket("k3", order_no="202600000000", category="product.usage", description="3")


async def test_different_customers_write_at_the_same_time(system: OrderSystem) -> None:
    made = await asyncio.gather(
        *(
            write(system, f"{name}-1")
            for name, (_, write) in WRITES.items()
            if name in ("urge", "invoice", "return")
        ),
        *(
            system.leave_ticket(f"t{at}", order_no=None, category="service.other", description=str(at))
            for at in range(30)
        ),
    )
    assert len({one.request_no for one in made}) == 33
