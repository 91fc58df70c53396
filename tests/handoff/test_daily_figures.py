"""Live and daily figures of the store, on both databases (H50); the live ones are in queue/test_figures.py too."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from handoff.auth.roles import GROUPS
from handoff.daily_figures import daily_figures
from handoff.records import NewItem, Records, append_items, new_id, update_conversation
from handoff.records.followup_tables import sla_breaches
from handoff.records.tables import handoffs, ratings
from handoff.store_rules import use_store_rules
from tests.handoff.queue.queue_harness import QueueHarness, rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def harness(records: Records) -> Iterator[QueueHarness]:
    yield QueueHarness(records, rules())
    use_store_rules(rules())


async def figures(harness: QueueHarness, days: int = 30) -> list[dict]:  # type: ignore[type-arg]
    async with harness.records.read() as reader:
        return await daily_figures(reader, days, SHANGHAI)


async def answered(harness: QueueHarness, conversation_id: str) -> None:
    async with harness.records.write() as tx:
        await update_conversation(tx, conversation_id, first_response_at=tx.now())


async def solved(harness: QueueHarness, conversation_id: str) -> None:
    async with harness.records.write() as tx:
        ended = update(handoffs).where(handoffs.c.conversation_id == conversation_id)
        await tx.execute(ended.values(resolution="solved", ended_at=tx.now()))


async def test_a_day_says_what_came_how_fast_and_by_whom(harness: QueueHarness) -> None:
    """H50: first response, resolution, shares, reasons, satisfaction, breaches; by category, group and agent."""
    agent = await harness.agent("小林", groups=GROUPS)
    quick = await harness.waiting(category="order.status")
    slow = await harness.waiting("anger", category="order.status")
    async with harness.records.write() as tx:
        await tx.execute(
            insert(ratings).values(
                conversation_id=quick, episode=1, at=tx.now(), score=4, reasons=[], words="", seq=1
            )
        )
        await tx.execute(
            insert(sla_breaches).values(
                key=new_id("b"), subject="h", deadline="first_response", due_at=tx.now(), at=tx.now()
            )
        )
    harness.later(seconds=60)
    await harness.claim(agent, quick)
    await answered(harness, quick)
    harness.later(hours=2)
    await harness.is_present(agent)
    await answered(harness, slow)
    await solved(harness, quick)
    [day] = await figures(harness)
    assert (day["day"], day["conversations"], day["handoffs"]) == ("2026-11-23", 2, 2)
    assert day["reasons"] == {"requested": 1, "anger": 1}
    assert day["first_response_seconds"] == (60 + 7260) / 2
    assert day["answered_within_1h_share"] == 0.5
    assert day["solved_within_24h_share"] == 1, "the other one has its day still"
    assert day["resolution_seconds"] == 7260
    assert (day["satisfaction"], day["ratings"], day["breaches"]) == (4, 1, {"first_response": 1})
    assert day["without_person_share"] == 0
    assert day["by_category"]["order.status"]["handoffs"] == 2
    assert sum(one["handoffs"] for one in day["by_group"].values()) == 2
    assert day["by_agent"]["小林"]["first_response_seconds"] == 60


async def test_a_day_is_the_store_s_day_and_old_days_are_left_out(harness: QueueHarness) -> None:
    """H50: 23:59 and 00:01 in Shanghai are two days, whatever UTC says."""
    harness.later(hours=11, minutes=59)  # 23:59
    await harness.waiting()
    harness.later(minutes=2)
    await harness.waiting()
    assert [(one["day"], one["handoffs"]) for one in await figures(harness)] == [
        ("2026-11-23", 1),
        ("2026-11-24", 1),
    ]
    assert [one["day"] for one in await figures(harness, days=1)] == ["2026-11-24"]


async def test_nothing_to_divide_by_is_no_figure(harness: QueueHarness) -> None:
    """H50: no handoff, no rating: null, not zero and not a crash."""
    assert await figures(harness) == []
    waiting = await harness.waiting()
    [day] = await figures(harness)
    assert (day["satisfaction"], day["first_response_seconds"], day["resolution_seconds"]) == (
        None,
        None,
        None,
    )
    assert day["answered_within_1h_share"] is None, "the hour is not over"
    assert day["solved_within_24h_share"] is None, "nor is the day"
    harness.later(minutes=61)
    [day] = await figures(harness)
    assert day["answered_within_1h_share"] == 0, "who was never answered counts against it"
    assert waiting


async def test_an_answer_is_of_who_wrote_it_and_a_miss_of_who_had_the_customer(harness: QueueHarness) -> None:
    """H50: who took over and wrote nothing has no first response; what was missed in the queue is nobody's."""
    agent, boss = await harness.agent("小林", groups=GROUPS), await harness.agent("王主管", groups=GROUPS)
    waiting = await harness.waiting()
    harness.later(seconds=30)
    await harness.claim(agent, waiting)
    async with harness.records.write() as tx:
        await append_items(
            tx, waiting, [NewItem("agent", "text", {"text": "您好"}, sender_id=agent.id, client_msg_id="m1")]
        )
    await answered(harness, waiting)
    async with harness.records.write() as tx:
        await update_conversation(tx, waiting, owner=boss.id, last_owner=boss.id)
        for owner in (agent.id, None):
            breach = {"key": new_id("b"), "subject": "h", "deadline": "plan", "owner": owner}
            await tx.execute(insert(sla_breaches).values(**breach, due_at=tx.now(), at=tx.now()))
    [day] = await figures(harness)
    parts = day["by_agent"]
    assert (parts["小林"]["first_response_seconds"], parts["小林"]["answered_within_1h_share"]) == (30, 1)
    assert parts["王主管"]["first_response_seconds"] is None
    assert parts["王主管"]["answered_within_1h_share"] is None
    assert (parts["小林"]["breaches"], parts["queue"]["breaches"]) == ({"plan": 1}, {"plan": 1})
