"""Promises that are about dying: workers, bot and Redis are killed, paused or flushed while customers write."""

import asyncio
import signal
import time
from pathlib import Path

import httpx

from tests.handoff.conftest import client_of
from tests.helpers.customer import Customer, Socket
from tests.helpers.handoff_service import HandoffService, running_service
from tests.helpers.ledger import Ledger
from tests.helpers.scripted_bot import ScriptedBot
from tests.helpers.valkey import ValkeyServer

QUICK = {
    "TURN_PATIENCE_SECONDS": "4",
    "TURN_DEADLINE_SECONDS": "3",
    "TURN_HEARTBEAT_SECONDS": "0.3",
    "TURN_LOST_SECONDS": "1",
}
"""The same rules with shorter times, where a test would have to wait for the long ones."""


async def test_promise_1_an_acknowledged_message_survives_kill_9_of_every_worker(
    service: HandoffService, http: httpx.AsyncClient, bot: ScriptedBot, ledger: Ledger
) -> None:
    bot.delay = 0.2
    customers = [await Customer.open(http, ledger) for _ in range(5)]
    seqs = await asyncio.gather(*(one.say("请记住我") for one in customers))
    while service.processes:
        await service.kill_worker()
    await service.start_worker()
    await service.wait_until_alive()
    for customer, seq in zip(customers, seqs, strict=True):
        await customer.answer_to(seq, seconds=30)
    await ledger.check(service.database_url)


async def test_promise_5_redis_may_be_flushed_or_killed_and_nothing_is_lost(
    tmp_path: Path, database_url: str, bot: ScriptedBot, ledger: Ledger
) -> None:
    valkey = ValkeyServer(tmp_path / "valkey")
    await valkey.start()
    env = {"DATABASE_URL": database_url, "REDIS_URL": valkey.url}
    try:
        async with (
            running_service(tmp_path / "data", [bot.url], workers=2, env=env) as service,
            client_of(service) as http,
        ):
            customer = await Customer.open(http, ledger)
            async with Socket.connect(service.ws_url, customer) as socket:
                for text, trouble in (
                    ("一", None),
                    ("二", valkey.flush),
                    ("三", valkey.kill),
                    ("四", valkey.start),
                    ("五", None),
                ):
                    if trouble is not None:
                        await trouble()
                    # sent to whichever worker the kernel picks, seen on the socket's worker all the same
                    seq = await customer.say(text)
                    await socket.items_until(
                        lambda items, seq=seq: any(one.get("in_reply_to") == seq for one in items), 15
                    )
            assert (await http.get("/readyz")).status_code == 200
            await ledger.check(service.database_url)
    finally:
        await valkey.kill()


async def test_promise_6_a_paused_worker_loses_its_turn_and_its_answer_is_refused(
    tmp_path: Path, bot: ScriptedBot, ledger: Ledger
) -> None:
    """A worker that merely stood still wakes up after the takeover: its answer must not count."""
    async with (
        running_service(tmp_path / "data", [bot.url], env=QUICK) as service,
        client_of(service) as http,
    ):
        customer = await Customer.open(http, ledger)
        release = bot.hold("你好")
        seq = await customer.say("你好")
        await bot.asked("你好")
        sleeper = service.processes[0]
        sleeper.send_signal(signal.SIGSTOP)
        try:
            await service.start_worker()
            await bot.asked("你好", times=2)
        finally:
            release.set()
            sleeper.send_signal(signal.SIGCONT)
        await customer.answer_to(seq, 30)
        await customer.answer_to(await customer.say("再来"), 30)
        assert [turn["attempt"] for turn in bot.turns_with("你好")][:2] == [1, 2]
        replies = [item for item in (await customer.log())["items"] if item["sender"] == "bot"]
        assert len(replies) == 2
        await ledger.check(service.database_url)


async def test_promise_10_kill_9_of_a_worker_in_a_turn_and_service_again_within_10_s(
    service: HandoffService, http: httpx.AsyncClient, bot: ScriptedBot, ledger: Ledger
) -> None:
    customers = [await Customer.open(http, ledger) for _ in range(8)]
    release = bot.hold("你好")
    seqs = [await customer.say("你好") for customer in customers]
    await bot.asked("你好", times=8)
    began = time.monotonic()
    await service.kill_worker()
    await service.start_worker()  # what the launcher does
    release.set()
    for customer, seq in zip(customers, seqs, strict=True):
        await customer.answer_to(seq, 20)
    assert time.monotonic() - began < 10
    await ledger.check(service.database_url)


async def test_promise_10_customers_keep_writing_while_workers_are_killed(
    service: HandoffService, http: httpx.AsyncClient, bot: ScriptedBot, ledger: Ledger
) -> None:
    bot.delay = 0.02
    customers = [await Customer.open(http, ledger) for _ in range(10)]

    async def write(customer: Customer) -> None:
        for index in range(6):
            await customer.say_until_acked(f"第{index}句", 30)
            await asyncio.sleep(0.1)

    writing = asyncio.gather(*(write(customer) for customer in customers))
    for _ in range(3):
        await asyncio.sleep(0.4)
        await service.kill_worker()
        await service.start_worker()
    await writing
    for customer in customers:
        await customer.wait_for(_all_answered, 40)
    await ledger.check(service.database_url)


async def test_promise_10_a_killed_bot_is_waited_for_and_then_replaced_by_a_person(
    tmp_path: Path, bot: ScriptedBot, ledger: Ledger
) -> None:
    async with (
        running_service(tmp_path / "data", [bot.url], env=QUICK) as service,
        client_of(service) as http,
    ):
        customer = await Customer.open(http, ledger)
        await bot.stop()
        seq = await customer.say("在吗")
        async with asyncio.timeout(10):
            while "attempt 1 got no answer" not in service.log():
                await asyncio.sleep(0.02)
        await bot.start()
        await customer.answer_to(seq)
        await bot.stop()
        began = time.monotonic()
        seq = await customer.say("还在吗")
        items = await customer.wait_for(lambda items: any(one["body"].get("reason") for one in items))
        assert time.monotonic() - began < 4 + 5
        notice = next(one for one in items if one["sender"] == "system" and one["seq"] > seq)
        assert notice["kind"] == "text"
        event = next(one for one in items if one["kind"] == "event")
        assert (event["body"]["reason"], event["body"]["to"]) == ("bot_unavailable", "waiting")
        await ledger.check(service.database_url)


async def test_a_worker_that_is_told_to_stop_hands_its_turns_over_at_once(
    tmp_path: Path, bot: ScriptedBot, ledger: Ledger
) -> None:
    """A restart by the launcher (SIGTERM) must not cost the customer the 6 s of a lost heartbeat."""
    async with running_service(tmp_path / "data", [bot.url]) as service, client_of(service) as http:
        customer = await Customer.open(http, ledger)
        release = bot.hold("你好")
        seq = await customer.say("你好")
        await bot.asked("你好")
        old = service.processes[0]
        await service.start_worker()
        await service.wait_until_alive()
        old.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            await bot.asked("你好", times=2)
        release.set()
        await customer.answer_to(seq)
        assert await old.wait() == 0
        service.processes.remove(old)
        await ledger.check(service.database_url)


def _all_answered(items: list[dict[str, object]]) -> bool:
    said = [int(str(item["seq"])) for item in items if item["sender"] == "customer"]
    answered = [int(str(item["in_reply_to"])) for item in items if item["sender"] == "bot"]
    return bool(said) and max(answered, default=0) >= max(said)
