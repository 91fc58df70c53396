"""What a waiting customer can rely on: order, place, notices, tickets, and an agent who disappears (promise 9)."""

import asyncio
from datetime import UTC, datetime

import pytest

from handoff.case_record import open_handoff
from handoff.conversation import State
from handoff.desk.views import queue_items
from handoff.queue.choice import asks_how_long, heed_choice, wants_ticket
from handoff.queue.place import place_of
from handoff.records import NewItem, append_items, create_conversation
from tests.handoff.queue.waiting_room import WaitingRoom


async def order(room: WaitingRoom, agent: object) -> list[str]:
    async with room.records.read() as reader:
        return [one["conversation_id"] for one in await queue_items(reader, agent)]  # type: ignore[arg-type]


async def position(room: WaitingRoom, conversation_id: str) -> int:
    conversation = await room.conversation(conversation_id)
    async with room.records.read() as reader:
        place = await place_of(reader, conversation)
    assert place is not None
    return place.position


async def test_level_comes_first_then_waiting_time(room: WaitingRoom) -> None:
    everyone = ("online", "ticket", "technical", "logistics", "complaint", "product")
    agent = await room.agent(groups=everyone)
    first = await room.waiting(category="order.status")
    room.later(minutes=1)
    second = await room.waiting(category="order.status")
    room.later(minutes=1)
    danger = await room.waiting("safety", category="product.quality", safety=True)
    assert await order(room, agent) == [danger, first, second]
    assert await position(room, second) == 2
    assert await position(room, danger) == 1, "its own group's queue"


async def test_position_and_estimate_follow_the_pace_of_the_last_hour(room: WaitingRoom) -> None:
    agent = await room.agent()
    for _ in range(4):
        await room.claim(agent, await room.waiting())
        room.later(minutes=5)
        await room.is_present(agent)
    await room.waiting()
    room.later(seconds=1)
    last = await room.waiting()
    conversation = await room.conversation(last)
    async with room.records.read() as reader:
        place = await place_of(reader, conversation)
    assert place is not None
    assert place.public() == {"position": 2, "wait_minutes": 30, "online": True}
    room.later(hours=2)
    async with room.records.read() as reader:
        stale = await place_of(reader, conversation)
    assert stale is not None
    assert (stale.wait_minutes, stale.online) == (None, False)


async def test_the_place_is_told_when_it_changes_but_not_too_often(room: WaitingRoom) -> None:
    ahead = [await room.waiting() for _ in range(3)]
    room.later(seconds=1)
    last = await room.waiting()
    assert "前面还有 3 位" in (await room.told(last))[-1]
    await room.closed(ahead[0])
    room.later(seconds=10)
    await room.sweep()
    assert len(await room.told(last)) == 1, "not more often than the policy says"
    room.later(seconds=60)
    await room.sweep()
    await room.sweep()
    told = await room.told(last)
    assert len(told) == 2
    assert "前面还有 2 位" in told[-1]


async def test_a_long_wait_is_offered_a_ticket_and_then_becomes_one(room: WaitingRoom) -> None:
    waiting = await room.waiting()
    room.later(minutes=4)
    await room.sweep()
    assert not await room.offered(waiting)
    room.later(minutes=2)
    await room.sweep()
    await room.sweep()
    assert await room.offered(waiting)
    assert len(await room.told(waiting)) == 2, "offered once"
    room.later(minutes=25)
    await room.sweep()
    assert await room.state(waiting) is State.TICKET
    assert "小时内会有专人回复" in (await room.told(waiting))[-1]
    agent = await room.agent()
    assert await order(room, agent) == [waiting], "an agent may still take it"
    await room.claim(agent, waiting)
    assert await room.state(waiting) is State.HUMAN


async def test_a_ticket_instead_of_waiting_is_graded_and_given_its_own_deadlines(shop: WaitingRoom) -> None:
    async with shop.records.write() as tx:
        conversation_id = await create_conversation(tx)
        facts = {"category": "return.request", "description": "想退货"}
        state = await open_handoff(tx, conversation_id, reason="requested", facts=facts, ticket=True)
        assert state is State.TICKET
        assert await open_handoff(tx, conversation_id, reason="requested", ticket=True) is State.TICKET
    conversation = await shop.conversation(conversation_id)
    assert (conversation.category, conversation.next_due) == ("return.request", None)
    assert conversation.deadlines["first_response"] > "2026-11-23T04:30"
    assert len(await shop.told(conversation_id)) == 1
    async with shop.records.write() as tx:
        assert await open_handoff(tx, conversation_id, reason="anger") is State.WAITING
    assert (await shop.conversation(conversation_id)).waiting_since == conversation.waiting_since, (
        "its time counts"
    )


async def test_level_three_is_never_put_off_to_a_ticket(room: WaitingRoom) -> None:
    danger = await room.waiting("safety", category="product.quality", safety=True)
    room.later(hours=3)
    await room.sweep()
    assert await room.state(danger) is State.WAITING


async def test_the_customer_may_choose_the_ticket(room: WaitingRoom) -> None:
    waiting = await room.waiting()
    async with room.records.write() as tx:
        await append_items(tx, waiting, [NewItem("customer", "text", {"text": "改为留言"})])
        await heed_choice(tx, waiting, "text", {"text": "改为留言"})
    assert await room.state(waiting) is State.TICKET
    conversation = await room.conversation(waiting)
    assert conversation.turned_seq >= conversation.last_seq - 2, (
        "the bot does not answer what was said to people"
    )


def test_only_the_choice_itself_is_the_choice() -> None:
    assert wants_ticket("button", {"button_id": "leave_ticket", "label": "改为留言"})
    assert wants_ticket("text", {"text": "留言。"})
    assert not wants_ticket("text", {"text": "我不想留言，我要人工"})
    assert not wants_ticket("button", {"button_id": "b_1", "label": "改为留言"})


async def ask(room: WaitingRoom, conversation_id: str, words: str) -> str:
    async with room.records.write() as tx:
        await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": words})])
        await heed_choice(tx, conversation_id, "text", {"text": words})
    return (await room.told(conversation_id))[-1]


async def test_who_asks_how_long_it_takes_is_told_the_place(room: WaitingRoom) -> None:
    first = await room.waiting()
    room.later(seconds=1)
    second = await room.waiting()
    assert "最前面" in await ask(room, first, "还要等多久啊")
    assert "前面还有 1 位" in await ask(room, second, "前面还有几个人")
    assert await room.state(second) is State.WAITING


async def test_who_asks_while_the_desk_is_closed_is_told_when_it_opens(shop: WaitingRoom) -> None:
    shop.now = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # Tuesday 00:30 in the shop
    waiting = await shop.waiting()
    assert "上班" in await ask(shop, waiting, "要等多久")


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


async def test_out_of_hours_is_told_before_waiting_and_a_ticket_is_offered(shop: WaitingRoom) -> None:
    shop.now = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # Tuesday 00:30 in the shop
    waiting = await shop.waiting()
    (told,) = await shop.told(waiting)
    assert "非工作时间" in told
    assert "11月24日 09:00" in told
    assert await shop.offered(waiting)
    danger = await shop.waiting("safety", category="product.quality", safety=True)
    assert "400-800-0066" in (await shop.told(danger))[0]


async def test_a_holiday_has_its_name(shop: WaitingRoom) -> None:
    shop.now = datetime(2026, 10, 2, 14, 0, tzinfo=UTC)  # 22:00 on a holiday
    told = await shop.told(await shop.waiting())
    assert "国庆节" in told[0]
    assert "10月3日 10:00" in told[0]


async def test_the_shop_closes_while_somebody_waits(shop: WaitingRoom) -> None:
    shop.now = datetime(2026, 11, 23, 13, 58, tzinfo=UTC)  # 21:58
    waiting = await shop.waiting()
    assert "正在为您转接" in (await shop.told(waiting))[0]
    shop.later(minutes=3)
    await shop.sweep()
    await shop.sweep()
    told = await shop.told(waiting)
    assert len(told) == 2
    assert "非工作时间" in told[1]


async def test_a_ticket_of_the_night_is_queued_at_opening_and_not_put_off_again(shop: WaitingRoom) -> None:
    shop.now = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    waiting = await shop.waiting()
    shop.later(minutes=31)
    await shop.sweep()
    assert await shop.state(waiting) is State.TICKET
    shop.later(hours=1)
    await shop.sweep()
    assert await shop.state(waiting) is State.TICKET
    shop.now = datetime(2026, 11, 24, 1, 0, 5, tzinfo=UTC)  # 09:00:05
    await shop.sweep()
    assert await shop.state(waiting) is State.WAITING
    shop.later(hours=2)
    await shop.sweep()
    assert await shop.state(waiting) is State.WAITING, "it has waited long enough: it keeps its place"


async def test_an_owner_who_disappears_gives_the_place_back(room: WaitingRoom) -> None:
    agent = await room.agent()
    first = await room.waiting()
    room.later(seconds=30)
    second = await room.waiting()
    epoch = await room.claim(agent, first)
    room.later(seconds=55)
    await room.sweep()
    assert await room.state(first) is State.HUMAN, "not yet a minute"
    await room.is_present(agent)
    room.later(seconds=55)
    await room.sweep()
    assert await room.state(first) is State.HUMAN, "the console answered meanwhile"
    room.later(seconds=6)
    await room.sweep()
    await room.sweep()
    conversation = await room.conversation(first)
    assert (conversation.state, conversation.owner) == (State.WAITING, None)
    assert conversation.owner_epoch == epoch + 1, "what the lost console still sends is stale"
    colleague = await room.agent("小陈")
    assert await order(room, colleague) == [first, second], "its old place"
    assert "位置还在" in (await room.told(first))[-1]
    room.later(hours=1)
    await room.sweep()
    assert await room.state(first) is State.WAITING


async def test_two_sweepers_do_everything_once(room: WaitingRoom) -> None:
    agent = await room.agent()
    waiting = [await room.waiting() for _ in range(5)]
    for one in waiting:
        await room.claim(agent, one)
    room.later(seconds=90)
    await asyncio.gather(*(room.sweep() for _ in range(3)))
    for one in waiting:
        told = await room.told(one)
        assert sum("位置还在" in text for text in told) == 1
        assert (await room.conversation(one)).owner_epoch == 2
