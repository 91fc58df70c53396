"""Deadlines of a handoff are warned of, recorded at their second, escalated, and paused as the policy says (H12, H46)."""

from datetime import datetime, timedelta

from handoff.auth.roles import Agent
from handoff.conversation import Move
from handoff.desk.claim import do_claim
from handoff.desk.plan import Plan, do_plan
from handoff.desk.views import queue_page
from handoff.records import move
from tests.handoff.followups.followup_harness import FollowUpHarness
from tests.handoff.queue.queue_harness import MONDAY_NOON

SUPERVISORS = ("complaint",)


async def queue_of(harness: FollowUpHarness, agent: Agent) -> list[str]:
    async with harness.records.read() as reader:
        return [one["conversation_id"] for one in (await queue_page(reader, agent))["items"]]


async def test_nobody_answers_a_warning_then_a_breach_at_the_second_once(harness: FollowUpHarness) -> None:
    waiting = await harness.waiting()
    await harness.tick()
    assert await harness.remarks(waiting, "sla") == []
    harness.now = MONDAY_NOON + timedelta(minutes=4)
    await harness.tick()
    assert len(await harness.remarks(waiting, "sla")) == 1
    assert "首次回复" in (await harness.remarks(waiting, "sla"))[0]
    assert await harness.breaches() == []
    harness.now = MONDAY_NOON + timedelta(minutes=5, seconds=-1)
    await harness.tick()
    assert await harness.breaches() == []
    harness.later(seconds=1)
    for _ in range(3):
        await harness.tick()
        harness.later(minutes=1)
    assert await harness.breaches() == [("first_response", MONDAY_NOON + timedelta(minutes=5))]
    events = await harness.events()
    assert (events.count("sla.breached"), events.count("handoff.breached")) == (1, 1)
    assert len(await harness.remarks(waiting, "sla")) == 2


async def test_a_breach_opens_the_case_to_the_supervisors_group_and_raises_it(
    harness: FollowUpHarness,
) -> None:
    supervisors = await harness.agent("主管", groups=SUPERVISORS)
    waiting = await harness.waiting()
    assert await queue_of(harness, supervisors) == []
    harness.later(minutes=5)
    await harness.tick()
    conversation = await harness.conversation(waiting)
    assert (conversation.escalated_to, conversation.priority) == ("complaint", 1)
    assert conversation.skill_group == "online", "its own people still have it"
    assert await queue_of(harness, supervisors) == [waiting]
    assert (await do_claim(harness.records, supervisors, waiting)).epoch == 1


async def test_an_answer_in_time_ends_that_deadline_and_a_solution_the_others(
    harness: FollowUpHarness,
) -> None:
    agent = await harness.agent()
    waiting = await harness.waiting()
    await harness.claim(agent, waiting)
    harness.later(minutes=3)
    await harness.answers(agent, waiting)
    await harness.close(agent, waiting)
    await harness.pass_by(days=3)
    assert await harness.breaches() == []
    assert await harness.remarks(waiting, "sla") == []


async def test_a_claim_without_a_word_is_no_answer(harness: FollowUpHarness) -> None:
    """H5."""
    agent = await harness.agent()
    waiting = await harness.waiting()
    await harness.claim(agent, waiting)
    harness.later(minutes=5)
    await harness.tick()
    assert [name for name, _ in await harness.breaches()] == ["first_response"]


async def test_level_three_wants_a_plan_within_two_hours(harness: FollowUpHarness) -> None:
    agent = await harness.agent(groups=("technical", "complaint"))
    waiting = await harness.waiting("safety", category="product.quality", safety=True)
    epoch = await harness.claim(agent, waiting)
    await harness.answers(agent, waiting)
    harness.now = MONDAY_NOON + timedelta(hours=2)
    await harness.tick()
    assert await harness.breaches() == [("plan", MONDAY_NOON + timedelta(hours=2))]
    other = await harness.waiting("safety", category="product.quality", safety=True)
    epoch = await harness.claim(agent, other)
    await do_plan(harness.records, agent, other, Plan(epoch, "今天上门取回检测，全额退款。", tell=True))
    await harness.pass_by(hours=3)
    assert len(await harness.breaches()) == 1


async def test_a_plan_that_was_made_must_be_told_within_the_hour(harness: FollowUpHarness) -> None:
    """H40."""
    agent = await harness.agent()
    waiting = await harness.waiting()
    epoch = await harness.claim(agent, waiting)
    await harness.answers(agent, waiting)
    await do_plan(harness.records, agent, waiting, Plan(epoch, "补发一台新的。", tell=False))
    made = harness.now
    assert "补发一台新的" in (await harness.remarks(waiting, "plan"))[0]
    harness.later(minutes=60)
    await harness.tick()
    assert await harness.breaches() == [("plan_told", made + timedelta(hours=1))]


async def test_out_of_hours_the_clock_stands_still_and_starts_at_opening(
    hours_harness: FollowUpHarness,
) -> None:
    night = datetime.fromisoformat("2026-11-23T23:30:00+08:00")
    hours_harness.now = night.astimezone(hours_harness.now.tzinfo)
    waiting = await hours_harness.waiting()
    opening = hours_harness.now + timedelta(hours=9, minutes=30)
    hours_harness.now = opening + timedelta(minutes=3)
    await hours_harness.tick()
    assert await hours_harness.remarks(waiting, "sla") == []
    hours_harness.later(minutes=2)
    await hours_harness.tick()
    assert await hours_harness.breaches() == [("first_response", opening + timedelta(minutes=5))]


async def test_over_national_day_only_the_holidays_hours_count(hours_harness: FollowUpHarness) -> None:
    """30 September 22:30: the next open minute is 1 October 10:00, the holiday's hours."""
    hours_harness.now = datetime.fromisoformat("2026-09-30T22:30:00+08:00").astimezone(MONDAY_NOON.tzinfo)
    await hours_harness.waiting()
    first_day = datetime.fromisoformat("2026-10-01T10:05:00+08:00")
    hours_harness.now = first_day - timedelta(seconds=1)
    await hours_harness.tick()
    assert await hours_harness.breaches() == []
    hours_harness.later(seconds=1)
    await hours_harness.tick()
    assert await hours_harness.breaches() == [("first_response", first_day)]


async def test_waiting_for_the_customer_moves_the_solution(harness: FollowUpHarness) -> None:
    agent = await harness.agent()
    waiting = await harness.waiting()
    await harness.claim(agent, waiting)
    await harness.answers(agent, waiting, "请发一张照片")
    before = (await harness.conversation(waiting)).deadlines["resolve"]
    harness.later(hours=5)
    await harness.customer(waiting, "照片拍好了")
    after = (await harness.conversation(waiting)).deadlines["resolve"]
    moved = datetime.fromisoformat(after) - (MONDAY_NOON + timedelta(hours=24))
    assert moved == timedelta(hours=5)
    assert before > after, "while it lasts, the wait may take as long as the policy says"
    harness.now = MONDAY_NOON + timedelta(hours=29)
    await harness.tick()
    assert ("resolve", harness.now) in await harness.breaches()


async def test_a_follow_up_promised_at_the_end_keeps_its_solution_deadline(harness: FollowUpHarness) -> None:
    agent = await harness.agent()
    waiting = await harness.waiting()
    await harness.claim(agent, waiting)
    await harness.customer(waiting, "好的")
    await harness.close(agent, waiting, "follow_up")
    await harness.pass_by(hours=25)
    assert [name for name, _ in await harness.breaches()] == ["resolve"]


async def test_a_conversation_that_ends_without_people_has_no_deadlines_left(
    harness: FollowUpHarness,
) -> None:
    waiting = await harness.waiting()
    async with harness.records.write() as tx:
        await move(tx, waiting, Move.LEFT_QUEUE)
    await harness.pass_by(days=3)
    assert await harness.breaches() == []
