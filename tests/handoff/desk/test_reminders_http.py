"""Reminders over HTTP: asked for at the end of a conversation, listed for their owner and in the case, done by one press."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handoff.clock import rfc3339
from tests.handoff.shared_desk import SharedDesk
from tests.helpers.agent_client import AgentClient
from tests.helpers.contracts import assert_contract

pytestmark = pytest.mark.asyncio(loop_scope="module")


def tomorrow() -> str:
    return rfc3339(datetime.now(UTC) + timedelta(days=1))


async def ended(agent: AgentClient, conversation_id: str, **told: Any) -> Any:
    epoch = await agent.claim(conversation_id)
    ending = {"epoch": epoch, "resolution": "follow_up", **told}
    return await agent.post(f"conversations/{conversation_id}/close", ending)


async def mine(agent: AgentClient) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = (await agent.get("queue")).json()["reminders"]
    return told


async def test_it_stands_in_the_list_and_in_the_case_until_it_is_done(desk: SharedDesk) -> None:
    one, other = desk.people["agent1"], desk.people["agent2"]
    customer = await desk.waiting("滤网坏了")
    summary = {"follow_up": "明天给 13800135678 回电"}
    done = await ended(one, customer.id, follow_up_at=tomorrow(), summary=summary)
    assert done.status_code == 200, done.text
    (told,) = [found for found in await mine(one) if found["conversation_id"] == customer.id]
    assert told["words"] == "明天给 138****5678 回电", "masked as everywhere"
    assert not [found for found in await mine(other) if found["id"] == told["id"]]
    case = (await one.get(f"cases/{told['case_no']}")).json()
    assert_contract("case", case)
    assert [(found["words"], found["done_at"]) for found in case["reminders"]] == [(told["words"], None)]
    for name in ("tech1", "admin"):
        refused = await desk.people[name].post(f"reminders/{told['id']}/done")
        assert refused.status_code in (403, 404), "another group's, or nobody who serves"
    assert (await other.post(f"reminders/{told['id']}/done")).status_code == 200, "a colleague of the group"
    assert not [found for found in await mine(one) if found["id"] == told["id"]]
    case = (await one.get(f"cases/{told['case_no']}")).json()
    assert case["reminders"][0]["done_at"]
    assert case["timeline"][-1]["kind"] == "followed_up"
    assert (await one.post("reminders/r_none/done")).status_code == 404


async def test_without_a_time_nobody_is_reminded(desk: SharedDesk) -> None:
    agent, customer = desk.people["agent1"], await desk.waiting("滤网坏了")
    assert (await ended(agent, customer.id)).status_code == 200
    assert not [found for found in await mine(agent) if found["conversation_id"] == customer.id]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"follow_up_at": "明天"}, "带时区"),
        ({"follow_up_at": "2020-01-01T00:00:00Z"}, "90 天"),
        ({"resolution": "solved", "follow_up_at": "2099-01-01T00:00:00Z"}, "待跟进"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_in_one_sentence(
    desk: SharedDesk, told: dict[str, Any], says: str
) -> None:
    agent, customer = desk.people["agent1"], await desk.waiting("滤网坏了")
    refused = await ended(agent, customer.id, **told)
    assert refused.status_code == 422
    assert says in refused.json()["error"]["message"]
