"""What an agent does with a claimed conversation but answer it: stays silent, returns it, hands it on, holds it (H43-H47)."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from handoff.auth.roles import Agent
from handoff.auth.sessions import open_session
from handoff.conversation import State
from handoff.daily_figures import day_counts
from handoff.desk.ending import Ending, do_close
from handoff.desk.passing_on import (
    Handing,
    Held,
    do_accept,
    do_decline,
    do_hold,
    do_requeue,
    do_resume,
    do_transfer,
    do_withdraw,
)
from handoff.desk.presence import colleagues, do_set_status
from handoff.desk.views import desk_now
from handoff.errors import ApiError
from handoff.oversight.found import Asked, found_behind, span_of_days
from handoff.queue.alerts import mark_seen
from handoff.queue.place import place_of
from handoff.records import NewItem, append_items, read_annotations, update_conversation
from handoff.records.desk_tables import desk_holds, desk_transfers
from handoff.records.tables import agents
from tests.handoff.queue.queue_harness import QueueHarness


async def boss_of(harness: QueueHarness, **kind: object) -> Agent:
    """Somebody who oversees the desk."""
    boss = await harness.agent("老板", groups=())
    async with harness.records.write() as tx:
        await tx.execute(update(agents).where(agents.c.id == boss.id).values(role="supervisor"))
    return replace(boss, role="supervisor")


async def says(harness: QueueHarness, conversation_id: str, sender: str, text: str = "在吗") -> None:
    async with harness.records.write() as tx:
        await append_items(tx, conversation_id, [NewItem(sender, "text", {"text": text})])


async def desk_of(harness: QueueHarness, agent: Agent) -> dict:  # type: ignore[type-arg]
    async with harness.records.read() as reader:
        return await desk_now(reader, agent)


async def alerts_of(harness: QueueHarness, agent: Agent) -> list[str]:
    return [one["kind"] for one in (await desk_of(harness, agent))["alerts"]]


async def mine(harness: QueueHarness, agent: Agent) -> dict:  # type: ignore[type-arg]
    (only,) = (await desk_of(harness, agent))["mine"]
    return dict(only)


async def wait(harness: QueueHarness, *people: Agent, **span: float) -> None:
    """Time passes with their consoles open; then the sweep looks."""
    harness.later(**span)
    for one in people:
        await harness.is_present(one)
    await harness.sweep()


# -- gone ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_is_set_takes_nobody_s_customers_and_hides_nobody(
    harness: QueueHarness, hours: int
) -> None:
    there, gone = await harness.agent("小在"), await harness.agent("小走")
    kept, lost = await harness.waiting(), await harness.waiting()
    for one, talk in ((there, kept), (gone, lost)):
        await harness.claim(one, talk)
        await says(harness, talk, "agent", "您好，我看一下")
    await harness.sweep()
    harness.later(seconds=10)
    harness.set_clock(hours=hours)
    await harness.sweep()
    assert [await harness.state(one) for one in (kept, lost)] == [State.HUMAN, State.HUMAN]
    await harness.is_present(there)
    harness.later(seconds=30)
    await harness.sweep()
    harness.later(seconds=31)
    await harness.sweep()
    assert [await harness.state(one) for one in (kept, lost)] == [State.HUMAN, State.WAITING]


# -- claimed and silent -------------------------------------------------------------------------------------------
async def test_who_claims_and_says_nothing_is_warned_then_loses_it_to_its_old_place(
    harness: QueueHarness,
) -> None:
    agent, boss = await harness.agent(), await boss_of(harness)
    first = await harness.waiting()
    since = (await harness.conversation(first)).waiting_since
    harness.later(seconds=10)
    second = await harness.waiting()
    await harness.claim(agent, first)
    await wait(harness, agent, boss, seconds=89)
    assert await alerts_of(harness, agent) == []
    await wait(harness, agent, boss, seconds=2)
    await harness.sweep()
    assert await alerts_of(harness, agent) == ["unanswered"], "once, not with every round"
    assert await alerts_of(harness, boss) == ["unanswered_team"]
    told = await mine(harness, agent)
    assert told["unanswered_first"] is True
    assert datetime.fromisoformat(told["unanswered_since"]) == since, "the customer waits since they asked"
    await wait(harness, agent, boss, seconds=150)
    assert await harness.state(first) is State.WAITING
    back = await harness.conversation(first)
    assert (back.waiting_since, back.owner) == (since, None)
    assert [one["conversation_id"] for one in (await desk_of(harness, agent))["items"]] == [first, second]
    assert await alerts_of(harness, agent) == ["taken_back"], "the warning is over"
    assert await alerts_of(harness, boss) == ["taken_back_team"]
    assert "抱歉让您久等了" in (await harness.told(first))[-1]
    async with harness.records.read() as reader:
        notes = await read_annotations(reader, first)
    assert any(one["kind"] == "routing" and "4 分钟" in one["body"]["text"] for one in notes)
    zone = ZoneInfo("Asia/Shanghai")
    today = harness.now.astimezone(zone).date()
    asked = Asked(span_of_days(today, today, zone), agent=agent.id)
    async with harness.records.read() as reader:
        counted = await day_counts(reader, today, zone)
        behind = await found_behind(reader, "taken_back", asked)
        others = await found_behind(reader, "taken_back", replace(asked, agent=boss.id))
    assert counted.parts["agent"][agent.id].told()["taken_back"] == counted.all.taken_back == 1
    assert [one["conversation_id"] for one in behind["items"]] == [first]
    assert others["items"] == []


async def test_a_greeting_of_the_system_and_a_note_are_no_answer_but_words_are(harness: QueueHarness) -> None:
    agent = await harness.agent()
    waiting = await harness.waiting()
    await harness.claim(agent, waiting)
    await says(harness, waiting, "system", "客服已接入")
    await wait(harness, agent, seconds=100)
    assert await alerts_of(harness, agent) == ["unanswered"]
    await says(harness, waiting, "agent", "您好，我看一下")
    await wait(harness, agent, minutes=10)
    assert await harness.state(waiting) is State.HUMAN
    assert "unanswered_since" not in await mine(harness, agent)
    await says(harness, waiting, "customer", "还在吗")
    await wait(harness, agent, seconds=250)
    assert await alerts_of(harness, agent) == ["unanswered", "unanswered"]
    told = await mine(harness, agent)
    assert told["unanswered_first"] is False
    patience = datetime.fromisoformat(told["unanswered_until"]) - datetime.fromisoformat(
        told["unanswered_since"]
    )
    assert patience == timedelta(minutes=15)
    assert await harness.state(waiting) is State.HUMAN, "later silences have more patience"
    await wait(harness, agent, seconds=660)
    assert await harness.state(waiting) is State.WAITING


async def test_what_the_agent_has_seen_is_not_told_again(harness: QueueHarness) -> None:
    agent = await harness.agent()
    await harness.claim(agent, await harness.waiting())
    await wait(harness, agent, seconds=100)
    (one,) = (await desk_of(harness, agent))["alerts"]
    async with harness.records.write() as tx:
        await mark_seen(tx, "a_other", [one["id"]])
    assert await alerts_of(harness, agent) == ["unanswered"], "nobody sees for another"
    async with harness.records.write() as tx:
        await mark_seen(tx, agent.id, [one["id"]])
    assert await alerts_of(harness, agent) == []


# -- back to the queue --------------------------------------------------------------------------------------------
async def test_a_returned_conversation_keeps_its_place_and_the_reason(harness: QueueHarness) -> None:
    agent, other = await harness.agent(), await harness.agent("小周")
    first = await harness.waiting()
    harness.later(minutes=1)
    second = await harness.waiting()
    epoch = await harness.claim(agent, first)
    await do_requeue(harness.records, agent, first, epoch, "客户指定要女客服")
    assert [one["conversation_id"] for one in (await desk_of(harness, other))["items"]] == [first, second]
    assert "不用重说" in (await harness.told(first))[-1]
    async with harness.records.read() as reader:
        notes = [one["body"]["text"] for one in await read_annotations(reader, first)]
    assert "小林退回了队列：客户指定要女客服" in notes
    with pytest.raises(ApiError, match="不由您接待"):
        await do_requeue(harness.records, agent, first, epoch, "再来一次")


# -- to a person --------------------------------------------------------------------------------------------------
async def offered(harness: QueueHarness, agent: Agent, to: Agent, note: str = "要退差价") -> tuple[str, int]:
    waiting = await harness.waiting()
    epoch = await harness.claim(agent, waiting)
    await do_transfer(harness.records, agent, waiting, Handing(epoch, note, to.id, None))
    return waiting, epoch


async def test_a_colleague_accepts_and_has_it_alone(harness: QueueHarness) -> None:
    agent, other = await harness.agent(), await harness.agent("小周", groups=("logistics",))
    waiting, epoch = await offered(harness, agent, other)
    assert await harness.owner_of(waiting) == agent.id, "nobody's for no moment"
    (offer,) = (await desk_of(harness, other))["offers"]
    assert (offer["conversation_id"], offer["from"], offer["note"]) == (waiting, "小林", "要退差价")
    assert (await mine(harness, agent))["offered_to"] == "小周"
    done = await do_accept(harness.records, other, waiting)
    assert done["epoch"] > epoch
    assert await harness.owner_of(waiting) == other.id
    assert (await harness.told(waiting))[-1] == "小周已接手，之前说过的都看得到，您不用重说。"
    assert await alerts_of(harness, agent) == ["transfer_accepted"]
    assert (await desk_of(harness, other))["offers"] == []
    with pytest.raises(ApiError) as refused:
        await do_accept(harness.records, other, waiting)
    assert refused.value.code == "stale"


async def test_a_colleague_declines_and_it_stays(harness: QueueHarness) -> None:
    agent, other = await harness.agent(), await harness.agent("小周")
    waiting, _ = await offered(harness, agent, other)
    await do_decline(harness.records, other, waiting, "手上三个急的")
    await do_decline(harness.records, other, waiting, "手上三个急的")
    assert await harness.owner_of(waiting) == agent.id
    (told,) = (await desk_of(harness, agent))["alerts"]
    assert told["text"] == "小周没有接您转的客户：手上三个急的"


async def test_nobody_answers_the_offer_in_time(harness: QueueHarness) -> None:
    agent, other = await harness.agent(), await harness.agent("小周")
    waiting, _ = await offered(harness, agent, other)
    await says(harness, waiting, "agent", "稍等")
    await wait(harness, agent, other, seconds=61)
    await harness.sweep()
    assert await alerts_of(harness, agent) == ["transfer_expired"]
    assert await harness.owner_of(waiting) == agent.id
    with pytest.raises(ApiError) as late:
        await do_accept(harness.records, other, waiting)
    assert late.value.code == "stale"


@pytest.mark.parametrize("end", ["withdraw", "requeue", "close", "again"])
async def test_an_offer_ends_with_the_ownership(harness: QueueHarness, end: str) -> None:
    agent, other, third = [await harness.agent(name) for name in ("小林", "小周", "小吴")]
    waiting, epoch = await offered(harness, agent, other)
    if end == "withdraw":
        await do_withdraw(harness.records, agent, waiting, epoch)
    elif end == "requeue":
        await do_requeue(harness.records, agent, waiting, epoch, "")
    elif end == "close":
        await do_close(harness.records, agent, waiting, Ending(epoch, "solved", None))
    else:
        await do_transfer(harness.records, agent, waiting, Handing(epoch, "改给你", third.id, None))
    assert (await desk_of(harness, other))["offers"] == []
    with pytest.raises(ApiError):
        await do_accept(harness.records, other, waiting)
    async with harness.records.read() as reader:
        states = (await reader.execute(select(desk_transfers.c.state))).scalars().all()
    assert sorted(states) == (["cancelled", "offered"] if end == "again" else ["cancelled"])


async def test_nobody_is_offered_who_is_not_there(harness: QueueHarness) -> None:
    agent, other = await harness.agent(), await harness.agent("小周")
    waiting = await harness.waiting()
    epoch = await harness.claim(agent, waiting)
    await do_set_status(harness.records, other, "away", False)
    with pytest.raises(ApiError, match="小周现在不在线"):
        await do_transfer(harness.records, agent, waiting, Handing(epoch, "给你", other.id, None))
    for nobody in (agent.id, "a_nobody"):
        with pytest.raises(ApiError) as refused:
            await do_transfer(harness.records, agent, waiting, Handing(epoch, "给你", nobody, None))
        assert refused.value.status == 422


# -- to a group ---------------------------------------------------------------------------------------------------
async def test_a_group_gets_it_at_its_old_place(harness: QueueHarness) -> None:
    agent, parcels = await harness.agent(), await harness.agent("小何", groups=("logistics",))
    waiting = await harness.waiting()
    since = (await harness.conversation(waiting)).waiting_since
    harness.later(minutes=2)
    await harness.is_present(parcels)
    epoch = await harness.claim(agent, waiting)
    await do_transfer(harness.records, agent, waiting, Handing(epoch, "包裹丢了", None, "logistics"))
    now = await harness.conversation(waiting)
    assert (now.state, now.skill_group, now.waiting_since) == (State.WAITING, "logistics", since)
    assert [one["conversation_id"] for one in (await desk_of(harness, parcels))["items"]] == [waiting]
    assert "更合适" in (await harness.told(waiting))[-1]


async def test_a_level_three_case_never_goes_to_an_empty_group(harness: QueueHarness) -> None:
    everyone = ("online", "technical", "product", "complaint")
    agent = await harness.agent(groups=everyone)
    danger = await harness.waiting("safety", category="product.quality", safety=True)
    epoch = await harness.claim(agent, danger)
    with pytest.raises(ApiError, match="没有人在线"):
        await do_transfer(harness.records, agent, danger, Handing(epoch, "给物流", None, "logistics"))
    assert await harness.owner_of(danger) == agent.id


# -- on hold ------------------------------------------------------------------------------------------------------
async def hold(harness: QueueHarness, agent: Agent, waiting: str, epoch: int, minutes: int = 120) -> None:
    until = harness.now + timedelta(minutes=minutes)
    await do_hold(harness.records, agent, waiting, Held(epoch, until, "等仓库回话", True))


async def test_a_held_conversation_comes_back_to_the_same_agent_when_its_time_has_come(
    harness: QueueHarness,
) -> None:
    agent = await harness.agent()
    waiting = await harness.waiting()
    epoch = await harness.claim(agent, waiting)
    await hold(harness, agent, waiting, epoch)
    assert "前会在这里回复您" in (await harness.told(waiting))[-1].replace(" ", "")
    assert (await mine(harness, agent))["held_note"] == "等仓库回话"
    harness.later(minutes=60)  # the laptop is closed: a held customer waits for the time, not for the agent
    await harness.sweep()
    assert await harness.owner_of(waiting) == agent.id
    await wait(harness, agent, minutes=61)
    await harness.sweep()
    assert await alerts_of(harness, agent) == ["hold_over"]
    assert await harness.owner_of(waiting) == agent.id, (
        "its silence counts from now, not from before the hold"
    )
    await wait(harness, agent, seconds=100)
    assert await alerts_of(harness, agent) == ["hold_over", "unanswered"]


async def test_a_held_customer_who_speaks_is_back_at_once(harness: QueueHarness) -> None:
    agent = await harness.agent()
    waiting = await harness.waiting()
    epoch = await harness.claim(agent, waiting)
    await hold(harness, agent, waiting, epoch)
    await wait(harness, agent, minutes=30)
    assert await alerts_of(harness, agent) == []
    await says(harness, waiting, "customer", "找到了，不用等仓库")
    await wait(harness, agent, seconds=2)
    assert await alerts_of(harness, agent) == ["hold_over"]
    assert "held_until" not in await mine(harness, agent)


async def test_a_hold_that_ends_without_its_agent_goes_to_the_queue(harness: QueueHarness) -> None:
    agent = await harness.agent()
    waiting = await harness.waiting()
    epoch = await harness.claim(agent, waiting)
    await hold(harness, agent, waiting, epoch, minutes=30)
    await wait(harness, minutes=31)
    assert await harness.state(waiting) is State.WAITING
    async with harness.records.read() as reader:
        assert (await reader.execute(select(desk_holds))).first() is None


async def test_a_hold_can_be_ended_early_and_has_an_end(harness: QueueHarness) -> None:
    agent = await harness.agent()
    waiting = await harness.waiting()
    epoch = await harness.claim(agent, waiting)
    for minutes in (0, -5, 73 * 60):
        with pytest.raises(ApiError) as refused:
            await hold(harness, agent, waiting, epoch, minutes=minutes)
        assert refused.value.status == 422
    await do_hold(harness.records, agent, waiting, Held(epoch, None, "", False))
    assert (await mine(harness, agent))["held_until"]
    await do_resume(harness.records, agent, waiting, epoch)
    assert "held_until" not in await mine(harness, agent)


# -- who is there -------------------------------------------------------------------------------------------------
async def test_nobody_takes_customers_while_away(harness: QueueHarness) -> None:
    agent = await harness.agent()
    waiting = await harness.waiting()
    await do_set_status(harness.records, agent, "away", False)
    with pytest.raises(ApiError, match="离开"):
        await harness.claim(agent, waiting)
    await do_set_status(harness.records, agent, "busy", False)
    await harness.claim(agent, waiting)


async def test_who_goes_offline_is_asked_first_and_leaves_nobody_behind(harness: QueueHarness) -> None:
    agent = await harness.agent()
    first, second = await harness.waiting(), await harness.waiting()
    await harness.claim(agent, first)
    await hold(harness, agent, second, await harness.claim(agent, second))
    with pytest.raises(ApiError) as refused:
        await do_set_status(harness.records, agent, "offline", False)
    assert (refused.value.status, refused.value.code) == (409, "has_chats")
    assert await do_set_status(harness.records, agent, "offline", True) == 1
    assert await harness.state(first) is State.WAITING
    assert await harness.owner_of(second) == agent.id, "on hold it waits for its time"
    async with harness.records.write() as tx:
        await open_session(tx, agent.id, None)
    assert (await desk_of(harness, agent))["status"] == "online", "who logs in is here"


async def test_colleagues_are_told_by_who_can_take_one(harness: QueueHarness) -> None:
    agent, busy, free, gone = [await harness.agent(name) for name in ("小林", "小忙", "小闲", "小走")]
    await do_set_status(harness.records, busy, "busy", False)
    await do_set_status(harness.records, gone, "offline", False)
    await harness.claim(free, await harness.waiting())
    async with harness.records.read() as reader:
        told = await colleagues(reader, agent)
    assert [(one["name"], one["status"], one["chats"]) for one in told["people"]] == [
        ("小闲", "online", 1),
        ("小忙", "busy", 0),
        ("小走", "offline", 0),
    ]
    (online,) = [one for one in told["groups"] if one["group"] == "online"]
    assert online["at_desk"] == 2


# -- groups that help out -----------------------------------------------------------------------------------------
async def test_an_empty_group_s_customers_are_opened_to_the_next_one(harness: QueueHarness) -> None:
    agent = await harness.agent(groups=("ticket",))
    waiting = await harness.waiting()
    assert (await desk_of(harness, agent))["items"] == []
    await wait(harness, agent, seconds=2)
    assert [one["conversation_id"] for one in (await desk_of(harness, agent))["items"]] == [waiting]
    await harness.claim(agent, waiting)


async def test_a_busy_group_s_customers_are_opened_after_a_while(harness: QueueHarness) -> None:
    busy, helper = await harness.agent("小忙"), await harness.agent("小帮", groups=("ticket",))
    await do_set_status(harness.records, busy, "busy", False)
    waiting = await harness.waiting()
    await wait(harness, busy, helper, seconds=100)
    assert (await desk_of(harness, helper))["items"] == []
    await wait(harness, busy, helper, seconds=30)
    assert [one["conversation_id"] for one in (await desk_of(harness, helper))["items"]] == [waiting]


async def test_a_level_three_case_with_nobody_anywhere_is_told_to_supervisors(harness: QueueHarness) -> None:
    boss = await boss_of(harness)
    harness.later(minutes=5)  # the supervisor is at home
    await harness.waiting("safety", category="product.quality", safety=True)
    await harness.sweep()
    await harness.sweep()
    assert await alerts_of(harness, boss) == ["nobody"]


async def test_a_customer_is_told_that_somebody_is_online_only_if_somebody_is(harness: QueueHarness) -> None:
    waiting = await harness.waiting()
    conversation = await harness.conversation(waiting)

    async def online() -> bool:
        async with harness.records.read() as reader:
            place = await place_of(reader, conversation)
        assert place is not None
        return place.online

    assert not await online()
    agent = await harness.agent(groups=("ticket",))
    assert await online(), "a group that helps out counts"
    await do_set_status(harness.records, agent, "away", False)
    assert not await online()


async def test_the_last_agent_is_marked_for_a_while(harness: QueueHarness) -> None:
    agent, other = await harness.agent(), await harness.agent("小周")
    waiting = await harness.waiting()
    async with harness.records.write() as tx:
        await update_conversation(tx, waiting, last_owner=agent.id)
    (shown,) = (await desk_of(harness, other))["items"]
    assert shown["preferred_name"] == "小林"
    await do_set_status(harness.records, agent, "busy", False)
    (shown,) = (await desk_of(harness, other))["items"]
    assert "preferred" not in shown
