"""The demo store as a customer's order questions see it, by every adapter."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from aftersales.order_system import OrderSystem
from aftersales.order_system.port import Unavailable
from aftersales.order_system.sql.database import Database
from tests.aftersales.conftest import START, TZ


async def test_the_demo_store_is_the_contract_s(system: OrderSystem) -> None:
    expected = {
        "202611010001": ("13800001234", "paid", "羽绒服", "黑色 L", None),
        "202611010002": ("13800001234", "shipped", "手机", "128G", None),
        "202611010003": ("13900005678", "signed", "扫地机器人", "", 3),
        "202611010004": ("13900005678", "signed", "电饭煲", "", 10),
        "202611010005": ("13700002468", "signed", "冰箱", "", 200),
        "202611010006": ("13700002468", "signed", "定制T恤", "", 2),
        "202611010007": ("13600001357", "shipped", "运动鞋", "42", None),
        "202611010008": ("13600001357", "signed", "蓝牙耳机", "", 12),
        "202611010009": ("13500009753", "signed", "玻璃餐具套装", "", 1),
        "202611010010": ("13500009753", "signed", "显示器", "", 20),
    }
    today = START.astimezone(TZ).date()
    for number, (phone, state, item, spec, signed_days) in expected.items():
        order = await system.order(number)
        assert order is not None
        assert (order.phone, order.state, order.items[0].name) == (phone, state, item)
        assert spec in order.items[0].spec
        assert order.freight_insurance == (number in ("202611010003", "202611010004"))
        assert order.total == sum(one.price * one.qty for one in order.items)
        if signed_days is None:
            assert order.signed_at is None
        else:
            assert order.signed_at is not None
            assert (today - order.signed_at.astimezone(TZ).date()).days == signed_days


async def test_details_that_stories_depend_on(system: OrderSystem) -> None:
    first = await system.order("202611010001")
    assert first is not None
    assert first.total == Decimal("579.00")
    assert first.promotions[0].off == Decimal("20.00")
    assert first.ship_by is not None
    assert first.paid_at is not None
    assert first.ship_by - first.paid_at == timedelta(hours=48)
    fridge = await system.order("202611010005")
    assert fridge is not None
    assert fridge.items[0].warranty_days == 365
    shirt = await system.order("202611010006")
    assert shirt is not None
    assert shirt.items[0].kind == "custom"
    glasses = await system.order("202611010009")
    assert glasses is not None
    assert (glasses.signed_by, glasses.email) == ("门卫", "wang@example.com")
    monitor = await system.order("202611010010")
    assert monitor is not None
    assert monitor.invoice.state == "none"


@pytest.mark.parametrize(("number", "hours"), [("202611010002", 6), ("202611010007", 80)])
async def test_parcels_have_a_timeline_newest_first(system: OrderSystem, number: str, hours: int) -> None:
    parcel = await system.parcel(number)
    assert parcel is not None
    assert parcel.last_scan_at == START - timedelta(hours=hours)
    moments = [one.at for one in parcel.scans]
    assert moments == sorted(moments, reverse=True)
    order = await system.order(number)
    assert order is not None
    assert order.shipped_at is not None
    assert order.paid_at is not None
    assert order.paid_at < order.shipped_at <= moments[-1]
    assert await system.parcel_by_tracking_no(parcel.tracking_no.lower()) == parcel


async def test_nothing_dispatched_has_no_parcel(system: OrderSystem) -> None:
    assert await system.parcel("202611010001") is None


async def test_a_refund_under_way_is_due_in_two_days(system: OrderSystem) -> None:
    (refund,) = await system.refund_progress("202611010008")
    assert refund.state == "processing"
    assert (refund.expected_at.astimezone(TZ).date() - START.astimezone(TZ).date()).days == 2
    assert refund.amount == Decimal("259.00")
    request = await system.open_request("202611010008", "1")
    assert request is not None
    assert (request.kind, request.state, request.request_no) == ("return", "refunding", refund.request_no)
    assert await system.request(request.request_no.lower()) == request
    assert await system.requests_of("202611010008") == [request]
    assert await system.refund_progress("202611010001") == []


async def test_orders_of_a_phone_are_newest_first(system: OrderSystem) -> None:
    numbers = [one.order_no for one in await system.orders_of("13800001234")]
    assert numbers == ["202611010001", "202611010002"]
    assert [one.order_no for one in await system.orders_of("13800001234", limit=1)] == ["202611010001"]
    assert await system.orders_of("13800009999") == []


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "０",
        "..",
        "../202611010001",
        "' OR 1=1 --",
        "订单",
        "\x00",
        "\ud800",
        "9" * 5000,
        "a/b?c#d",
        "%2e%2e",
    ],
)
async def test_what_is_no_number_finds_nothing(system: OrderSystem, typed: str) -> None:
    assert await system.order(typed) is None
    assert await system.parcel(typed) is None
    assert await system.request(typed) is None
    assert await system.parcel_by_tracking_no(typed) is None
    assert await system.refund_progress(typed) == []
    assert await system.requests_of(typed) == []
    assert await system.open_request(typed) is None
    assert await system.product(typed) is None


async def test_full_width_numbers_are_the_same_numbers(system: OrderSystem) -> None:
    order = await system.order(" ２０２６ １１０１ ０００３ ")
    assert order is not None
    assert order.order_no == "202611010003"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("这个扫地机器人有货吗", "扫地机器人"),
        ("跑鞋偏码吗", "运动鞋"),
        ("羽绒服有没有L码", "羽绒服"),
        ("空气炸锅多大容量", "空气炸锅"),
        ("电饭锅", "电饭煲"),
        ("t恤能印字不", "定制T恤"),
    ],
)
async def test_a_sentence_finds_its_product(system: OrderSystem, typed: str, name: str) -> None:
    found = await system.products(typed)
    assert found[0].name == name
    assert await system.product(found[0].sku) == found[0]


async def test_other_sentences_find_no_product(system: OrderSystem) -> None:
    for typed in ("今天天气不错", "你好", "？？"):
        assert await system.products(typed) == []


async def test_an_empty_search_lists_the_catalogue(system: OrderSystem) -> None:
    found = await system.products("", limit=50)
    assert {"羽绒服", "空气炸锅", "游戏点卡"} <= {one.name for one in found}
    assert len(await system.products("", limit=3)) == 3


async def test_the_catalogue_answers_presale_questions(system: OrderSystem) -> None:
    names = set()
    for order in range(1, 11):
        found = await system.order(f"2026110100{order:02}")
        assert found is not None
        product = await system.product(found.items[0].sku)
        assert product is not None
        assert product.name == found.items[0].name
        assert product.material
        assert product.dispatch_hours == 48
        assert product.warranty_days == found.items[0].warranty_days
        names.add(product.name)
    assert len(names) == 10
    coupon = next(one for one in await system.promotions() if one.promotion_id == "WELCOME20")
    assert (coupon.threshold, coupon.off) == (Decimal("199.00"), Decimal("20.00"))


async def test_ready_only_while_the_store_can_be_read(system: OrderSystem, url: str) -> None:
    await system.ready()
    database = Database(url)
    try:
        await _rename(database, "orders", "orders_hidden")
        with pytest.raises(Unavailable):
            await system.ready()
        await _rename(database, "orders_hidden", "orders")
    finally:
        await database.close()
    await system.ready()


async def _rename(database: Database, table: str, name: str) -> None:
    async with database.write() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))
