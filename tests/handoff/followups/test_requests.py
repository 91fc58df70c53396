"""A request is followed: news, delays and arrivals are told before the customer asks, never over a person (H24-H26, H41)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from aftersales.order_system.port import Refund
from handoff.conversation import State
from handoff.records import create_conversation
from tests.handoff.followups.followup_harness import FollowUpHarness
from tests.handoff.queue.queue_harness import MONDAY_NOON


async def with_request(harness: FollowUpHarness) -> str:
    async with harness.records.write() as tx:
        conversation_id = await create_conversation(tx)
    await harness.follow(conversation_id)
    await harness.tick()
    return conversation_id


async def test_an_approval_is_told_in_the_conversation_and_to_the_stores_systems(
    harness: FollowUpHarness,
) -> None:
    customer = await with_request(harness)
    assert await harness.told(customer) == [], "what the customer has just been told is no news"
    harness.orders.becomes("approved", due=MONDAY_NOON + timedelta(hours=50))
    harness.later(minutes=10)
    await harness.tick()
    await harness.tick()
    (told,) = await harness.told(customer)
    assert "RT000000000001" in told
    assert "已通过" in told
    assert "快递会上门取件" in told
    assert await harness.events() == ["request.reviewed", "request.approved"]


async def test_a_review_that_is_late_is_told_at_its_second_and_once(harness: FollowUpHarness) -> None:
    customer = await with_request(harness)
    harness.now = MONDAY_NOON + timedelta(hours=24, seconds=-1)
    await harness.tick()
    assert await harness.told(customer) == []
    harness.later(seconds=1)
    await harness.tick()
    (told,) = await harness.told(customer)
    assert "比承诺的慢了" in told
    assert await harness.breaches() == [("submitted", MONDAY_NOON + timedelta(hours=24))]
    await harness.pass_by(hours=24)
    assert len(await harness.told(customer)) == 1
    assert len(await harness.remarks(customer, "followup")) == 1


async def test_a_pickup_that_is_late_is_a_delay_of_its_own(harness: FollowUpHarness) -> None:
    customer = await with_request(harness)
    harness.orders.becomes("approved", due=MONDAY_NOON + timedelta(hours=48))
    harness.later(minutes=10)
    await harness.tick()
    harness.now = MONDAY_NOON + timedelta(hours=48)
    await harness.tick()
    assert [name for name, _ in await harness.breaches()] == ["approved"]
    assert len(await harness.told(customer)) == 2


async def test_while_a_person_has_the_conversation_agents_are_told_and_the_customer_after_it(
    harness: FollowUpHarness,
) -> None:
    agent = await harness.agent()
    customer = await with_request(harness)
    await harness.hands_over(customer)
    await harness.claim(agent, customer)
    said = await harness.told(customer)
    harness.orders.becomes("approved", due=MONDAY_NOON + timedelta(days=9))
    for _ in range(3):
        harness.later(minutes=10)
        await harness.tick()
    assert await harness.told(customer) == said
    assert len(await harness.remarks(customer, "followup")) == 1
    assert await harness.state(customer) is State.HUMAN
    await harness.give_back(agent, customer)
    harness.later(minutes=10)
    await harness.tick()
    assert "已通过" in (await harness.told(customer))[-1]


async def test_the_refund_is_missed_at_its_date_and_told_when_it_arrives(harness: FollowUpHarness) -> None:
    customer = await with_request(harness)
    expected = MONDAY_NOON + timedelta(days=3)
    refund = Refund(
        "R1", "202611010003", "1", "RT000000000001", Decimal("129.00"), "wechat", "processing",
        MONDAY_NOON, expected,
    )  # fmt: skip
    harness.orders.refund = refund
    harness.orders.becomes("refunding", next_="退款已经发起，会原路退回。")
    harness.later(minutes=10)
    await harness.tick()
    harness.now = expected
    await harness.tick()
    assert await harness.breaches() == [("refunding", expected)]
    assert "还没有看到到账" in (await harness.told(customer))[-1]
    harness.orders.refund = Refund(
        "R1", "202611010003", "1", "RT000000000001", Decimal("129.00"), "wechat", "arrived",
        MONDAY_NOON, expected, expected,
    )  # fmt: skip
    harness.later(minutes=10)
    await harness.tick()
    assert "129.00 元已经退回微信支付" in (await harness.told(customer))[-1]
    assert (await harness.events()).count("request.refunded") == 1
    asked = harness.orders.asked
    await harness.pass_by(hours=21)
    assert harness.orders.asked == asked, "what is over is not looked at any more"
    await harness.pass_by(hours=14)
    assert "效率" in (await harness.told(customer))[-1], "a solved case is visited a day later"


@pytest.mark.parametrize("minutes", [30])
async def test_an_order_system_that_is_away_is_asked_again_and_nothing_is_said(
    harness: FollowUpHarness, minutes: int
) -> None:
    customer = await with_request(harness)
    harness.orders.away = True
    harness.orders.becomes("refused", next_="有疑问可以找人工客服。")
    for _ in range(minutes // 10):
        harness.later(minutes=10)
        await harness.tick()
    assert await harness.told(customer) == []
    harness.orders.away = False
    harness.later(minutes=10)
    await harness.tick()
    assert "未通过" in (await harness.told(customer))[-1]
