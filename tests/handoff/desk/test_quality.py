"""What QA can do today: read every conversation that people had, serve none (H51). Samples and scores are not built."""

from collections.abc import Iterator

import pytest

from handoff.auth.roles import GROUPS, Agent
from handoff.desk.claim import do_claim
from handoff.desk.views import agent_page, queue_page, recent_items
from handoff.errors import ApiError
from handoff.records import Records
from handoff.store_rules import use_store_rules
from handoff.training_sessions import sessions
from tests.handoff.queue.queue_harness import QueueHarness, rules

QA = Agent("a_qa", "qa1", "质检", "qa", ())


@pytest.fixture
def harness(records: Records) -> Iterator[QueueHarness]:
    yield QueueHarness(records, rules())
    use_store_rules(rules())


async def test_qa_reads_any_conversation_and_takes_none(harness: QueueHarness) -> None:
    """H51: whoever's and whichever group's; nothing waits for QA and nothing can be claimed."""
    agent = await harness.agent("小林", groups=GROUPS)
    waiting = await harness.waiting(category="product.quality")
    ended = await harness.waiting()
    await harness.claim(agent, ended)
    await harness.closed(ended)
    async with harness.records.read() as reader:
        assert {one["conversation_id"] for one in await recent_items(reader, QA)} == {waiting, ended}
        for conversation_id in (waiting, ended):
            page = await agent_page(reader, QA, conversation_id, 0, "secret")
            assert page.items
        assert (await queue_page(reader, QA))["items"] == []
    with pytest.raises(ApiError):
        await do_claim(harness.records, QA, waiting)


async def test_a_conversation_can_become_a_training_example(harness: QueueHarness) -> None:
    """H51: what QA finds is corrected in the exported session, which the handoff model learns from."""
    await harness.waiting("anger")
    async with harness.records.read() as reader:
        [session] = [one async for one in sessions(reader, 1)]
    assert session["reason"] == "anger"
    assert [one["transfer"] for one in session["session"]] == [1]
