"""Who changes a case that conversations follow waits for a writer who has the conversation, and never deadlocks with it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from handoff.auth.roles import Agent
from handoff.cases.rows import Case, get_case, lock_case, update_case
from handoff.desk.case_actions import Classified, do_classify
from handoff.desk.tags import do_tag_case, do_tag_talk
from handoff.followups.planning import plans_follow_ups
from handoff.records import Records, lock_conversation
from tests.handoff.cases.case_harness import BROKEN, CaseHarness
from tests.handoff.queue.queue_harness import rules

Change = Callable[[Records, Agent, str, Case], Awaitable[object]]
TAG = ["差评风险"]
CHANGES: dict[str, Change] = {
    "tag a conversation": lambda records, agent, talk, case: do_tag_talk(records, agent, talk, TAG, []),
    "tag a case": lambda records, agent, talk, case: do_tag_case(records, agent, case.case_no, TAG, []),
    "classify": lambda records, agent, talk, case: do_classify(
        records, agent, case.case_no, Classified("product.quality", "III", "客户住院了")
    ),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_the_conversation_comes_before_the_case(cases: CaseHarness, what: str) -> None:
    talk, case = await cases.comes(**BROKEN)
    agent = await cases.agent(groups=("technical",))
    records = cases.records
    records.before_commit = [plans_follow_ups(rules())]
    async with records.write() as tx:
        await lock_conversation(tx, talk)
        change = asyncio.ensure_future(CHANGES[what](records, agent, talk, case))
        await asyncio.wait([change], timeout=0.5)
        assert not change.done(), "whoever has the conversation is waited for"
        await lock_case(tx, case.case_no)
        await update_case(tx, case.case_no, description="门也关不上")
    await change
    async with records.read() as reader:
        assert (await get_case(reader, case.case_no)).description == "门也关不上"
