"""The promises that people at the desk rely on: 7 (taking over is exclusive), 8 (the bot is silent), 9 (nobody is forgotten).

Each against two real workers on both databases, with the ledger checker at the end (docs/promises.md).
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from handoff.records import Records
from handoff.records.tables import agents
from tests.helpers.agent_client import AgentClient, running_desk
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import HandoffService
from tests.helpers.ledger import Ledger
from tests.helpers.own_data import own_data
from tests.helpers.scripted_bot import ScriptedBot, say

GONE_SECONDS = 12
"""So the console is asked for a sign of life every two seconds, and a busy machine has six to spare."""
HANDOFF = {"command": "handoff", "reason": "anger", "evidence": ["气死我了"], "facts": {}}


@pytest.fixture
async def desk(tmp_path: Path, database_url: str, bot: ScriptedBot) -> AsyncIterator[HandoffService]:
    async with running_desk(tmp_path / "data", bot, database_url=database_url, workers=2) as service:
        yield service


@pytest.fixture
async def http(desk: HandoffService) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=desk.url, timeout=30) as client:
        yield client


async def test_promise_7_taking_over_is_exclusive(
    desk: HandoffService, http: httpx.AsyncClient, ledger: Ledger
) -> None:
    async with (
        AgentClient.logged_in(desk.url, "agent1") as one,
        AgentClient.logged_in(desk.url, "agent2") as two,
        AgentClient.logged_in(desk.url, "boss") as three,
    ):
        for _ in range(5):
            customer = await Customer.open(http, ledger)
            await customer.call("human")
            racers = [one, two, three] * 3
            answers = await asyncio.gather(
                *(racer.post(f"conversations/{customer.id}/claim") for racer in racers)
            )
            winners = {
                racer.agent["username"]
                for racer, answer in zip(racers, answers, strict=True)
                if answer.status_code == 200
            }
            assert len(winners) == 1
            assert {answer.status_code for answer in answers} == {200, 409}
            (epoch,) = {answer.json()["epoch"] for answer in answers if answer.status_code == 200}
            owner = next(racer for racer in (one, two, three) if racer.agent["username"] in winners)
            others = [racer for racer in (one, two, three) if racer is not owner]
            for other in others:
                assert (await other.try_to_say(customer.id, epoch, "我来接")).status_code == 409
                assert (await other.end(customer.id, "close", epoch)).status_code == 409
            await owner.say(customer.id, epoch, "您好")
            assert (await owner.end(customer.id, "give-back", epoch)).status_code == 200
            stale = await owner.try_to_say(customer.id, epoch, "还有一句")
            assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale")
            events = [
                item["body"]["event"] for item in (await customer.log())["items"] if item["kind"] == "event"
            ]
            assert events.count("claimed") == 1
    await ledger.check(desk.database_url, finished=False)


async def test_promise_8_the_bot_is_silent_between_handoff_and_give_back(
    desk: HandoffService, http: httpx.AsyncClient, bot: ScriptedBot, ledger: Ledger
) -> None:
    bot.when("气死我了", say("非常抱歉，马上请同事来", commands=[HANDOFF]))
    bot.when("given_back", say("同事说已经处理好了"))
    async with AgentClient.logged_in(desk.url, "boss") as boss:
        customer = await Customer.open(http, ledger)
        held = bot.hold("慢一点的问题")
        await customer.say("慢一点的问题")
        await bot.asked("慢一点的问题")
        assert (await customer.call("human")).json() == {"state": "waiting"}
        held.set()  # the bot answers only now: too late, people have the conversation
        await customer.say("在吗")
        epoch = await boss.claim(customer.id)
        await boss.say(customer.id, epoch, "我在，您说")
        await asyncio.gather(*(customer.say(f"第 {number} 句") for number in range(5)))
        page = await boss.log(customer.id)
        assert not [item for item in page["items"] if item["sender"] == "bot"]
        assert not bot.turns_with("在吗"), "the bot is not even asked"
        await boss.end(customer.id, "give-back", epoch, "solved", "已补发")
        items = await customer.wait_for(lambda items: any(item["sender"] == "bot" for item in items))
        spoken = [item for item in items if item["sender"] == "bot"]
        assert [item["body"]["text"] for item in spoken] == ["同事说已经处理好了"]
        given_back = next(item for item in items if item["body"].get("event") == "given_back")
        assert spoken[0]["seq"] > given_back["seq"]

        await customer.answer_to(await customer.say("气死我了"))
        await customer.say("快点")
        epoch = await boss.claim(customer.id)
        await boss.end(customer.id, "close", epoch)
        assert [item["kind"] for item in (await customer.log())["items"]].count("event") >= 5
    await ledger.check(desk.database_url)


async def test_promise_9_an_owner_gone_for_a_minute_gives_the_conversation_back(
    tmp_path: Path, database_url: str, bot: ScriptedBot, ledger: Ledger
) -> None:
    """The policy's minute is GONE_SECONDS here, and the test ages what the console's connection renews instead of waiting."""
    root = quick_policy(tmp_path / "quick")
    async with (
        running_desk(
            tmp_path / "data", bot, database_url=database_url, workers=2, ANKE_DATA_ROOT=str(root)
        ) as desk,
        httpx.AsyncClient(base_url=desk.url, timeout=30) as http,
        AgentClient.logged_in(desk.url, "agent1") as lost,
        AgentClient.logged_in(desk.url, "agent2") as colleague,
    ):
        first = await Customer.open(http, ledger)
        await first.call("human")
        second = await Customer.open(http, ledger)
        await second.call("human")
        async with lost.socket(desk) as socket:
            await socket.next("welcome")
            epoch = await lost.claim(first.id)
            for _ in range(2):
                aged = await age_presence(desk, lost, seconds=GONE_SECONDS / 2)
                assert await presence(desk, lost, later_than=aged) > aged, "connected, nothing typed: present"
            assert (await first.log())["state"] == "human"
        await age_presence(desk, lost, seconds=GONE_SECONDS + 1)
        items = await first.wait_for(
            lambda items: any(item["body"].get("event") == "owner_gone" for item in items), seconds=25
        )
        assert (await first.log())["state"] == "waiting"
        assert any("位置还在" in str(item["body"]) for item in items)
        mine = [item["conversation_id"] for item in await colleague.queue()]
        assert mine.index(first.id) < mine.index(second.id), "its old place"
        assert (await lost.try_to_say(first.id, epoch, "我回来了")).status_code == 409
        assert await colleague.claim(first.id) == epoch + 2
        assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    await ledger.check(desk.database_url)


def quick_policy(root: Path) -> Path:
    """The demo policy with an owner who counts as gone after GONE_SECONDS."""
    for one in (own_data(root) / "data" / "policy").glob("*.yml"):
        text = one.read_text(encoding="utf-8")
        one.write_text(
            text.replace("owner_gone_seconds: 60", f"owner_gone_seconds: {GONE_SECONDS}"), encoding="utf-8"
        )
    return root


async def age_presence(desk: HandoffService, person: AgentClient, *, seconds: float) -> datetime:
    """As if the person had been seen last so many seconds ago; returns that moment."""
    records = Records(desk.database_url)
    try:
        async with records.write() as tx:
            seen = tx.now() - timedelta(seconds=seconds)
            await tx.execute(update(agents).where(agents.c.id == person.agent["id"]).values(present_at=seen))
        return seen
    finally:
        await records.close()


async def presence(desk: HandoffService, person: AgentClient, *, later_than: datetime) -> datetime:
    """When the person was seen last, as soon as that is later."""
    records = Records(desk.database_url)
    statement = select(agents.c.present_at).where(agents.c.id == person.agent["id"])
    try:
        async with asyncio.timeout(25):
            while True:
                async with records.read() as reader:
                    seen: datetime = (await reader.execute(statement)).scalar_one()
                if seen > later_than:
                    return seen
                await asyncio.sleep(0.1)
    finally:
        await records.close()
