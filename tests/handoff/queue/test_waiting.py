"""What a waiting customer can rely on: order, place, notices, tickets, and an agent who disappears (H2, H48, promise 9)."""

import asyncio
from datetime import UTC, datetime

import pytest

from handoff.case_record import open_handoff
from handoff.conversation import State
from handoff.desk.views import queue_page
from handoff.queue.choice import apply_queue_choice, asks_how_long, wants_ticket
from handoff.queue.place import place_of
from handoff.records import NewItem, append_items, create_conversation
from tests.handoff.queue.queue_harness import QueueHarness


async def order(harness: QueueHarness, agent: object) -> list[str]:
    async with harness.records.read() as reader:
        return [one["conversation_id"] for one in (await queue_page(reader, agent))["items"]]  # type: ignore[arg-type]


async def position(harness: QueueHarness, conversation_id: str) -> int:
    conversation = await harness.conversation(conversation_id)
    async with harness.records.read() as reader:
        place = await place_of(reader, conversation)
    assert place is not None
    return place.position


async def test_level_comes_first_then_waiting_time(harness: QueueHarness) -> None:
    everyone = ("online", "ticket", "technical", "logistics", "complaint", "product")
    agent = await harness.agent(groups=everyone)
    first = await harness.waiting(category="order.status")
    harness.later(minutes=1)
    second = await harness.waiting(category="order.status")
    harness.later(minutes=1)
    danger = await harness.waiting("safety", category="product.quality", safety=True)
    assert await order(harness, agent) == [danger, first, second]
    assert await position(harness, second) == 2
    assert await position(harness, danger) == 1, "its own group's queue"


async def test_nobody_who_waits_talks_into_silence(harness: QueueHarness) -> None:
    customer = await harness.waiting()
    await harness.heard(customer, "好")
    begun = await harness.told(customer)
    harness.later(minutes=1)
    await harness.heard(customer, "怎么都不说话")
    told = await harness.told(customer)
    assert told[:-1] == begun
    assert "没有客服在线" in told[-1]
    harness.later(seconds=10)
    await harness.heard(customer, "喂")
    assert await harness.told(customer) == told, "just told"


async def test_an_answer_is_no_silence_and_comes_from_the_service(harness: QueueHarness) -> None:
    customer = await harness.waiting()
    told = await harness.told(customer)
    harness.later(minutes=1)
    await harness.heard(customer, "运费谁出", "质量问题的运费我们出。")
    harness.later(seconds=30)
    await harness.heard(customer, "知道了")
    assert await harness.told(customer) == [*told, "质量问题的运费我们出。"]
    assert await harness.state(customer) is State.WAITING


async def test_position_and_estimate_follow_the_pace_of_the_last_hour(harness: QueueHarness) -> None:
    agent = await harness.agent()
    for _ in range(4):
        await harness.claim(agent, await harness.waiting())
        harness.later(minutes=5)
        await harness.is_present(agent)
    await harness.waiting()
    harness.later(seconds=1)
    last = await harness.waiting()
    conversation = await harness.conversation(last)
    async with harness.records.read() as reader:
        place = await place_of(reader, conversation)
    assert place is not None
    assert place.public() == {"position": 2, "wait_minutes": 30, "online": True}
    harness.later(hours=2)
    async with harness.records.read() as reader:
        stale = await place_of(reader, conversation)
    assert stale is not None
    assert (stale.wait_minutes, stale.online) == (None, False)


async def test_the_place_is_told_when_it_changes_but_not_too_often(harness: QueueHarness) -> None:
    ahead = [await harness.waiting() for _ in range(3)]
    harness.later(seconds=1)
    last = await harness.waiting()
    assert "前面还有 3 位" in (await harness.told(last))[-1]
    await harness.closed(ahead[0])
    harness.later(seconds=10)
    await harness.sweep()
    assert len(await harness.told(last)) == 1, "not more often than the policy says"
    harness.later(seconds=60)
    await harness.sweep()
    await harness.sweep()
    told = await harness.told(last)
    assert len(told) == 2
    assert "前面还有 2 位" in told[-1]


async def test_a_long_wait_is_offered_a_ticket_and_then_becomes_one(harness: QueueHarness) -> None:
    waiting = await harness.waiting()
    harness.later(minutes=4)
    await harness.sweep()
    assert not await harness.offered(waiting)
    harness.later(minutes=2)
    await harness.sweep()
    await harness.sweep()
    assert await harness.offered(waiting)
    assert len(await harness.told(waiting)) == 2, "offered once"
    harness.later(minutes=25)
    await harness.sweep()
    assert await harness.state(waiting) is State.TICKET
    assert "小时内会有专人回复" in (await harness.told(waiting))[-1]
    agent = await harness.agent()
    assert await order(harness, agent) == [waiting], "an agent may still take it"
    await harness.claim(agent, waiting)
    assert await harness.state(waiting) is State.HUMAN


async def test_a_ticket_instead_of_waiting_is_graded_and_given_its_own_deadlines(
    hours_harness: QueueHarness,
) -> None:
    async with hours_harness.records.write() as tx:
        conversation_id = await create_conversation(tx)
        facts = {"category": "return.request", "description": "想退货"}
        state = await open_handoff(tx, conversation_id, reason="requested", facts=facts, ticket=True)
        assert state is State.TICKET
        assert await open_handoff(tx, conversation_id, reason="requested", ticket=True) is State.TICKET
    conversation = await hours_harness.conversation(conversation_id)
    assert (conversation.category, conversation.next_due) == ("return.request", None)
    assert conversation.deadlines["first_response"] > "2026-11-23T04:30"
    assert len(await hours_harness.told(conversation_id)) == 1
    async with hours_harness.records.write() as tx:
        assert await open_handoff(tx, conversation_id, reason="anger") is State.WAITING
    assert (await hours_harness.conversation(conversation_id)).waiting_since == conversation.waiting_since, (
        "its time counts"
    )


async def test_level_three_is_never_put_off_to_a_ticket(harness: QueueHarness) -> None:
    danger = await harness.waiting("safety", category="product.quality", safety=True)
    harness.later(hours=3)
    await harness.sweep()
    assert await harness.state(danger) is State.WAITING


async def test_the_customer_may_choose_the_ticket(harness: QueueHarness) -> None:
    waiting = await harness.waiting()
    async with harness.records.write() as tx:
        await append_items(tx, waiting, [NewItem("customer", "text", {"text": "改为留言"})])
        await apply_queue_choice(tx, waiting, "text", {"text": "改为留言"})
    assert await harness.state(waiting) is State.TICKET
    conversation = await harness.conversation(waiting)
    assert conversation.turn_watermark >= conversation.last_seq - 2, (
        "the bot does not answer what was said to people"
    )


def test_only_the_choice_itself_is_the_choice() -> None:
    assert wants_ticket("button", {"button_id": "leave_ticket", "label": "改为留言"})
    assert wants_ticket("text", {"text": "留言。"})
    assert not wants_ticket("text", {"text": "我不想留言，我要人工"})
    assert not wants_ticket("button", {"button_id": "b_1", "label": "改为留言"})


async def ask(harness: QueueHarness, conversation_id: str, words: str) -> str:
    async with harness.records.write() as tx:
        await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": words})])
        await apply_queue_choice(tx, conversation_id, "text", {"text": words})
    return (await harness.told(conversation_id))[-1]


async def test_who_asks_how_long_it_takes_is_told_the_place(harness: QueueHarness) -> None:
    await harness.agent()
    first = await harness.waiting()
    harness.later(seconds=1)
    second = await harness.waiting()
    assert "最前面" in await ask(harness, first, "还要等多久啊")
    assert "前面还有 1 位" in await ask(harness, second, "前面还有几个人")
    assert await harness.state(second) is State.WAITING


async def test_who_asks_while_the_desk_is_closed_is_told_when_it_opens(
    hours_harness: QueueHarness,
) -> None:
    hours_harness.now = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # Tuesday 00:30 in Shanghai
    waiting = await hours_harness.waiting()
    assert "上班" in await ask(hours_harness, waiting, "要等多久")


@pytest.mark.parametrize(
    "words", ["还要等多久", "人呢", "有人吗？", "怎么还没人", "排到第几了", "什么时候轮到我"]
)
def test_questions_about_the_wait(words: str) -> None:
    assert asks_how_long("text", {"text": words})


@pytest.mark.parametrize(
    "words",
    ["快递还没到", "我要退货", "我等了三天了，上次那个客服说帮我查，要等多久才给答复我不管", "退款多久到账"],
)
def test_what_is_said_about_the_case_is_for_the_person(words: str) -> None:
    assert not asks_how_long("text", {"text": words})


async def test_out_of_hours_is_told_before_waiting_and_a_ticket_is_offered(
    hours_harness: QueueHarness,
) -> None:
    hours_harness.now = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # Tuesday 00:30 in Shanghai
    waiting = await hours_harness.waiting()
    (told,) = await hours_harness.told(waiting)
    assert "非工作时间" in told
    assert "11月24日 09:00" in told
    assert await hours_harness.offered(waiting)
    danger = await hours_harness.waiting("safety", category="product.quality", safety=True)
    assert "400-800-0066" in (await hours_harness.told(danger))[0]


async def test_a_holiday_has_its_name(hours_harness: QueueHarness) -> None:
    hours_harness.now = datetime(2026, 10, 2, 14, 0, tzinfo=UTC)  # 22:00 on a holiday
    told = await hours_harness.told(await hours_harness.waiting())
    assert "国庆节" in told[0]
    assert "10月3日 10:00" in told[0]


async def test_the_shop_closes_while_somebody_waits(hours_harness: QueueHarness) -> None:
    hours_harness.now = datetime(2026, 11, 23, 13, 58, tzinfo=UTC)  # 21:58
    await hours_harness.agent()
    waiting = await hours_harness.waiting()
    assert "正在为您转接" in (await hours_harness.told(waiting))[0]
    hours_harness.later(minutes=3)
    await hours_harness.sweep()
    await hours_harness.sweep()
    told = await hours_harness.told(waiting)
    assert len(told) == 2
    assert "非工作时间" in told[1]


async def test_a_ticket_of_the_night_is_queued_at_opening_and_not_put_off_again(
    hours_harness: QueueHarness,
) -> None:
    hours_harness.now = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    waiting = await hours_harness.waiting()
    hours_harness.later(minutes=31)
    await hours_harness.sweep()
    assert await hours_harness.state(waiting) is State.TICKET
    hours_harness.later(hours=1)
    await hours_harness.sweep()
    assert await hours_harness.state(waiting) is State.TICKET
    hours_harness.now = datetime(2026, 11, 24, 1, 0, 5, tzinfo=UTC)  # 09:00:05
    await hours_harness.sweep()
    assert await hours_harness.state(waiting) is State.WAITING
    hours_harness.later(hours=2)
    await hours_harness.sweep()
    assert await hours_harness.state(waiting) is State.WAITING, (
        "it has waited long enough: it keeps its place"
    )


async def test_an_owner_who_disappears_gives_the_place_back(harness: QueueHarness) -> None:
    agent = await harness.agent()
    first = await harness.waiting()
    harness.later(seconds=30)
    second = await harness.waiting()
    epoch = await harness.claim(agent, first)
    await harness.sweep()
    harness.later(seconds=55)
    await harness.sweep()
    assert await harness.state(first) is State.HUMAN, "not yet a minute"
    await harness.is_present(agent)
    await harness.sweep()
    harness.later(seconds=55)
    await harness.sweep()
    assert await harness.state(first) is State.HUMAN, "the console answered meanwhile"
    harness.later(seconds=6)
    await harness.sweep()
    await harness.sweep()
    conversation = await harness.conversation(first)
    assert (conversation.state, conversation.owner) == (State.WAITING, None)
    assert conversation.owner_epoch == epoch + 1, "what the lost console still sends is stale"
    colleague = await harness.agent("小陈")
    assert await order(harness, colleague) == [first, second], "its old place"
    assert "位置还在" in (await harness.told(first))[-1]
    harness.later(hours=1)
    await harness.sweep()
    assert await harness.state(first) is State.WAITING


async def test_two_sweepers_do_everything_once(harness: QueueHarness) -> None:
    agent = await harness.agent()
    waiting = [await harness.waiting() for _ in range(5)]
    for one in waiting:
        await harness.claim(agent, one)
    await harness.sweep()
    harness.later(seconds=90)
    await asyncio.gather(*(harness.sweep() for _ in range(3)))
    for one in waiting:
        told = await harness.told(one)
        assert sum("位置还在" in text for text in told) == 1
        assert (await harness.conversation(one)).owner_epoch == 2
