"""What a waiting customer is told is true: who is there, how many are before, how long as a range, and never 留言 to the urgent."""

import pytest

from handoff.desk.presence import do_set_status
from handoff.queue.notices import say_place
from handoff.queue.place import Place
from handoff.records import lock_conversation
from tests.handoff.queue.queue_harness import QueueHarness, rules


async def test_nobody_online_is_said_and_so_is_it_when_somebody_comes(harness: QueueHarness) -> None:
    waiting = await harness.waiting()
    (told,) = await harness.told(waiting)
    assert told.startswith("现在没有客服在线")
    assert "请稍等" not in told
    agent = await harness.agent()
    await harness.sweep()
    assert len(await harness.told(waiting)) == 1, "not more often than the policy says"
    harness.later(seconds=61)
    await harness.is_present(agent)
    await harness.sweep()
    await harness.sweep()
    assert (await harness.told(waiting))[1].startswith("您排在最前面")
    await do_set_status(harness.records, agent, "away", False)
    harness.later(seconds=61)
    await harness.is_present(agent)
    await harness.sweep()
    assert (await harness.told(waiting))[2].startswith("现在没有客服在线")


async def test_with_somebody_there_the_first_sentence_is_as_ever(harness: QueueHarness) -> None:
    await harness.agent()
    told = await harness.told(await harness.waiting())
    assert told == ["正在为您转接人工客服（在线客服），请稍等。您可以先把情况写下来，客服接入后就能看到。"]


async def test_the_urgent_hear_that_they_are_first_whom_to_call_and_of_no_ticket(
    harness: QueueHarness,
) -> None:
    danger = await harness.waiting("safety", category="product.quality", safety=True)
    for _ in range(12):
        harness.later(minutes=5)
        await harness.sweep()
    async with harness.records.write() as tx:
        await say_place(tx, await lock_conversation(tx, danger), rules())
    told = await harness.told(danger)
    assert "标为紧急" in told[0]
    assert all("紧急联系" in one for one in told)
    assert len(told) == 2
    assert "留言" not in " ".join(told)
    assert not await harness.offered(danger)


async def test_after_hours_the_urgent_hear_no_word_of_a_ticket(hours_harness: QueueHarness) -> None:
    hours_harness.later(hours=12)
    danger = await hours_harness.waiting("safety", category="product.quality", safety=True)
    (told,) = await hours_harness.told(danger)
    assert "紧急联系" in told
    assert "留言" not in told
    assert not await hours_harness.offered(danger)


@pytest.mark.parametrize(
    ("position", "pace", "said"),
    [(2, None, None), (1, 5.0, "1 到 10"), (4, 5.0, "10 到 30"), (2, 0.2, "1"), (30, 10.0, "120")],
)
def test_the_estimate_is_a_range_and_only_where_it_is_known(
    position: int, pace: float | None, said: str | None
) -> None:
    assert Place.at(position, pace, True).minutes() == said
