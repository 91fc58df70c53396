"""What was promised for later is told at its second, to whoever has the case then, and is open until somebody did it (H47)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from handoff.auth.roles import Agent
from handoff.cases.rows import update_case
from handoff.cases.states import CaseState
from handoff.desk.ending import Ending, do_close, do_give_back
from handoff.desk.reminders import do_end_reminder
from handoff.desk.views import desk_now
from handoff.errors import ApiError
from handoff.records.case_tables import case_entries, cases
from handoff.records.followup_tables import reminders, timers
from handoff.records.tables import agents
from tests.handoff.followups.followup_harness import FollowUpHarness

WORDS = "问仓库滤网有没有寄出，给客户回电"


async def promised(harness: FollowUpHarness, agent: Agent, *, hours: float = 24, back: bool = False) -> str:
    """A conversation that ended with something to come back to; its id."""
    customer = await harness.waiting()
    await harness.claim(agent, customer)
    epoch = (await harness.conversation(customer)).owner_epoch
    due = harness.now + timedelta(hours=hours)
    ending = Ending(epoch, "follow_up", None, {"follow_up": WORDS}, due)
    await (do_give_back if back else do_close)(harness.records, agent, customer, ending)
    return customer


async def shown(harness: FollowUpHarness, agent: Agent) -> dict[str, Any]:
    async with harness.records.read() as reader:
        return await desk_now(reader, agent)


async def alerts(harness: FollowUpHarness, agent: Agent) -> list[str]:
    told = (await shown(harness, agent))["alerts"]
    return [one["text"] for one in told if one["kind"] == "follow_up"]


@pytest.mark.parametrize("back", [False, True])
async def test_it_is_told_once_at_its_time_and_done_by_one_press(
    harness: FollowUpHarness, back: bool
) -> None:
    agent = await harness.agent()
    customer = await promised(harness, agent, back=back)
    (one,) = (await shown(harness, agent))["reminders"]
    assert (one["words"], one["conversation_id"]) == (WORDS, customer)
    await harness.pass_by(hours=23)
    assert await alerts(harness, agent) == []
    await harness.pass_by(hours=1)
    await harness.tick()
    assert await alerts(harness, agent) == [f"跟进的时间到了：{WORDS}"]
    await do_end_reminder(harness.records, agent, one["id"])
    await do_end_reminder(harness.records, agent, one["id"])
    now = await shown(harness, agent)
    assert (now["reminders"], await alerts(harness, agent)) == ([], []), "gone with its alert"
    async with harness.records.read() as reader:
        wanted = select(case_entries).where(case_entries.c.kind == "followed_up")
        (entry,) = (await reader.execute(wanted)).all()
    assert (entry.who, entry.body["text"]) == (agent.id, WORDS)


async def test_done_before_its_time_it_is_told_no_more(harness: FollowUpHarness) -> None:
    agent = await harness.agent()
    await promised(harness, agent)
    (one,) = (await shown(harness, agent))["reminders"]
    await do_end_reminder(harness.records, agent, one["id"])
    await harness.pass_by(hours=30)
    assert await alerts(harness, agent) == []


async def test_the_longest_overdue_comes_first(harness: FollowUpHarness) -> None:
    agent = await harness.agent()
    later, sooner = await promised(harness, agent, hours=5), await promised(harness, agent, hours=2)
    told = (await shown(harness, agent))["reminders"]
    assert [one["conversation_id"] for one in told] == [sooner, later]


async def test_it_goes_with_the_case_and_to_the_supervisors_when_nobody_is_left(
    harness: FollowUpHarness,
) -> None:
    agent, other = await harness.agent("小林"), await harness.agent("小周")
    boss = replace(await harness.agent("王主管"), role="supervisor")
    async with harness.records.write() as tx:
        await tx.execute(update(agents).where(agents.c.id == boss.id).values(role="supervisor"))
    await promised(harness, agent)
    case_no = (await shown(harness, agent))["reminders"][0]["case_no"]
    async with harness.records.write() as tx:
        await update_case(tx, case_no, owner=other.id)
    assert (await shown(harness, agent))["reminders"] == []
    assert len((await shown(harness, other))["reminders"]) == 1
    async with harness.records.write() as tx:
        gone = agents.c.id.in_([agent.id, other.id])
        await tx.execute(update(agents).where(gone).values(active=False))
    assert len((await shown(harness, boss))["reminders"]) == 1
    await harness.pass_by(hours=25)
    assert await alerts(harness, boss) == [f"跟进的时间到了：{WORDS}"]
    assert await alerts(harness, other) == []


async def test_an_archived_case_reminds_nobody(harness: FollowUpHarness) -> None:
    agent = await harness.agent()
    await promised(harness, agent)
    async with harness.records.write() as tx:
        await tx.execute(update(cases).values(state=CaseState.ARCHIVED.value))
    assert (await shown(harness, agent))["reminders"] == []
    await harness.pass_by(hours=25)
    assert await alerts(harness, agent) == []


@pytest.mark.parametrize("hours", [-1, 0, 91 * 24])
async def test_a_time_that_cannot_be_ends_nothing(harness: FollowUpHarness, hours: float) -> None:
    agent = await harness.agent()
    with pytest.raises(ApiError) as refused:
        await promised(harness, agent, hours=hours)
    assert "90 天" in refused.value.message
    async with harness.records.read() as reader:
        assert (await reader.execute(select(reminders))).first() is None
        assert (await reader.execute(select(timers).where(timers.c.kind == "reminder"))).first() is None
    (mine,) = (await shown(harness, agent))["mine"]
    assert mine["state"] == "human", "and the conversation is still theirs"
