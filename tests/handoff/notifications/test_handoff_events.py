"""The store's systems hear the whole life of a handoff, signed, each destination what it chose (NOTIFY_EVENTS)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from handoff.notifications.destinations import read_destinations
from tests.handoff.notifications.receiver import Receiver
from tests.handoff.notifications.test_delivery import documented_check
from tests.helpers.agent_client import AgentClient, running_desk
from tests.helpers.contracts import assert_contract
from tests.helpers.customer import Customer
from tests.helpers.scripted_bot import ScriptedBot

SECRET = "secret-of-the-notifications"


@pytest.fixture
async def receivers() -> AsyncIterator[tuple[Receiver, Receiver]]:
    found = Receiver(), Receiver()
    for one in found:
        await one.start()
    yield found
    for one in found:
        await one.stop()


async def told(receiver: Receiver, conversation_id: str, count: int) -> list[dict[str, Any]]:
    """What the receiver heard of this conversation, in the order of the events, as soon as it is so much."""

    def heard() -> list[dict[str, Any]]:
        mine = [one for one in receiver.events if one["conversation_id"] == conversation_id]
        return sorted(mine, key=lambda one: (one["at"], one["event"]))

    async with asyncio.timeout(30):
        while len(heard()) < count:
            await asyncio.sleep(0.1)
    for one in heard():
        assert_contract("notification", one)
    return heard()


async def test_created_assigned_returned_closed_and_rated_arrive_where_they_are_wanted(
    tmp_path: Path, bot: ScriptedBot, receivers: tuple[Receiver, Receiver]
) -> None:
    desk, crm = receivers
    env = {
        "NOTIFY_URLS": f"desk={desk.url},crm={crm.url}",
        "NOTIFY_EVENTS": "desk=handoff.*, crm=conversation.rated handoff.rated",
        "NOTIFY_SECRET": SECRET,
    }
    async with (
        running_desk(tmp_path / "data", bot, **env) as service,
        httpx.AsyncClient(base_url=service.url, timeout=30) as http,
        AgentClient.logged_in(service.url, "agent1") as agent,
    ):
        customer, leaver = await Customer.open(http), await Customer.open(http)
        await customer.call("human")
        epoch = await agent.claim(customer.id)
        await agent.post(f"conversations/{customer.id}/requeue", {"epoch": epoch, "note": "要去开会"})
        epoch = await agent.claim(customer.id)
        await customer.call("rating", {"score": 4})
        await agent.end(customer.id, "close", epoch)
        await leaver.call("human")
        await leaver.call("leave-queue")
        await leaver.call("rating", {"score": 2})

        heard = await told(desk, customer.id, 6)
        assert [one["event"] for one in heard] == [
            "handoff.created",
            "handoff.assigned",
            "handoff.returned",
            "handoff.assigned",
            "handoff.rated",
            "handoff.closed",
        ]
        assert len({one["data"]["handoff_id"] for one in heard}) == 1
        assert heard[2]["data"].keys() == {"handoff_id", "reason", "group"}
        assert heard[2]["data"]["reason"] == "returned"
        assert heard[3]["data"]["agent"] == "agent1"
        assert heard[5]["data"]["resolution"] == "solved"
        left = await told(desk, leaver.id, 2)
        assert [one["event"] for one in left] == ["handoff.created", "handoff.closed"]
        assert (left[1]["data"]["resolution"], left[1]["data"]["agent"]) == ("left", None)

        rated = await told(crm, customer.id, 2)
        assert [one["event"] for one in rated] == ["conversation.rated", "handoff.rated"]
        nobody_helped = await told(crm, leaver.id, 1)
        assert [one["event"] for one in nobody_helped] == ["conversation.rated"]
        is_from_anke = documented_check()
        for headers, body in desk.heard + crm.heard:
            assert is_from_anke(headers["x-anke-signature"], body, SECRET)


@pytest.mark.parametrize(
    ("urls", "events", "wants", "not_wants"),
    [
        ("a=https://x.example", "", "handoff.created", ""),
        ("a=https://x.example", "a=handoff.*", "handoff.rated", "conversation.rated"),
        ("https://x.example/hook", "x.example=sla.breached visit.asked", "visit.asked", "visit.answered"),
    ],
)
def test_a_destination_hears_what_it_chose(urls: str, events: str, wants: str, not_wants: str) -> None:
    (one,) = read_destinations(urls, events)
    assert one.wants(wants)
    assert not not_wants or not one.wants(not_wants)


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ("b=handoff.*", "no destination"),
        ("a=handoff.opened", "no event 'handoff.opened'"),
        ("a=*", "no event"),
        ("a", "name=event"),
        ("a=", "name=event"),
        ("a=handoff.*,a=visit.*", "each name once"),
    ],
)
def test_a_choice_that_means_nothing_is_one_clear_line(events: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_destinations("a=https://x.example", events)
