"""The promises of docs/promises.md that the gateway keeps, on both databases with two workers (7-9: test_promises_desk)."""

import asyncio
import signal
import time
from pathlib import Path

import httpx

from handoff.conversation import Move
from handoff.records import Records, lock_conversation, move
from handoff.turns import give_back_to_bot
from tests.handoff.conftest import client_of
from tests.helpers.customer import Customer, Socket, msg_id
from tests.helpers.handoff_service import HandoffService, running_service
from tests.helpers.ledger import Ledger
from tests.helpers.scripted_bot import ScriptedBot
from tests.helpers.valkey import ValkeyServer


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


async def test_promise_2_the_same_client_msg_id_is_one_message_with_the_same_ack(
    service: HandoffService, http: httpx.AsyncClient, ledger: Ledger
) -> None:
    customer = await Customer.open(http, ledger)
    client_msg_id = msg_id()
    answers = await asyncio.gather(
        *(customer.post("text", {"text": "退货"}, client_msg_id) for _ in range(12))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [201]
    assert {answer.json()["seq"] for answer in answers} == {1}
    other = await customer.post("text", {"text": "换货"}, client_msg_id)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "conflict")
    await customer.answer_to(1)
    await ledger.check(service.database_url)


async def test_promise_3_numbers_have_no_gaps_and_everybody_sees_one_order(
    service: HandoffService, http: httpx.AsyncClient, ledger: Ledger
) -> None:
    customer = await Customer.open(http, ledger)
    async with (
        Socket.connect(service.ws_url, customer) as one,
        Socket.connect(service.ws_url, customer) as two,
    ):
        await asyncio.gather(
            *(customer.say(f"第{index}条") for index in range(20)), one.say("a"), two.say("b")
        )

        def settled(items: list[dict[str, object]]) -> bool:
            said = [item for item in items if item["sender"] == "customer"]
            return len(said) == 22 and any(item.get("in_reply_to") == said[-1]["seq"] for item in items)

        seen_one, seen_two = await one.items_until(settled, 30), await two.items_until(settled, 30)
    log = (await customer.log())["items"]
    assert [item["seq"] for item in log] == list(range(1, len(log) + 1))
    assert seen_one == seen_two == log[: len(seen_one)]
    await ledger.check(service.database_url)


async def test_promise_4_any_cursor_resumes_and_an_unknown_one_says_reload(
    service: HandoffService, http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(http)
    for text in ("一", "二", "三"):
        await customer.answer_to(await customer.say(text))
    log = (await customer.log())["items"]
    for after in range(len(log) + 1):
        assert (await customer.log(after))["items"] == log[after:]
        if after < len(log):
            async with Socket.connect(service.ws_url, customer, after) as socket:
                last = log[-1]["seq"]
                assert await socket.items_until(lambda seen: seen and seen[-1]["seq"] == last) == log[after:]  # noqa: B023
    beyond = await http.get(f"{customer.path}/log", headers=customer.headers, params={"after": len(log) + 1})
    assert (beyond.status_code, beyond.json()["error"]["code"]) == (409, "reload")
    async with Socket.connect(service.ws_url, customer, len(log) + 1) as socket:
        assert (await socket.next("error"))["code"] == "reload"


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


async def test_promise_6_one_turn_at_a_time_and_each_message_in_exactly_one(
    service: HandoffService, http: httpx.AsyncClient, bot: ScriptedBot, ledger: Ledger
) -> None:
    busy: dict[str, int] = {}
    bot.delay = 0.05
    bot.on_turn = lambda turn, step: busy.update(
        {turn["conversation_id"]: busy.get(turn["conversation_id"], 0) + step}
    )
    most: list[int] = []
    customers = [await Customer.open(http, ledger) for _ in range(4)]
    sends = [customer.say(f"{index}") for customer in customers for index in range(12)]
    watch = asyncio.create_task(_watch(busy, most))
    await asyncio.gather(*sends)
    for customer in customers:
        await customer.wait_for(_all_answered, 40)
    watch.cancel()
    assert max(most) == 1
    assert len({turn["turn_id"] for turn in bot.turns}) == len(bot.turns)
    await ledger.check(service.database_url)


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


async def test_promise_8_no_bot_message_between_handoff_and_give_back(
    service: HandoffService, http: httpx.AsyncClient, bot: ScriptedBot, ledger: Ledger
) -> None:
    release = bot.hold("退货")
    customer = await Customer.open(http, ledger)
    await customer.say("退货")
    await bot.asked("退货")
    assert (await customer.call("human")).json()["state"] == "waiting"
    release.set()
    await customer.say("有人吗")
    records = Records(service.database_url)
    try:
        async with records.write() as tx:
            held = await lock_conversation(tx, customer.id)
            await move(
                tx,
                customer.id,
                Move.CLAIMED,
                set_columns={"owner": "a1", "owner_epoch": held.owner_epoch + 1},
            )
        await customer.say("您好，客服")
        assert all(item["sender"] != "bot" for item in (await customer.log())["items"])
        async with records.write() as tx:
            await give_back_to_bot(tx, customer.id, agent_id="a1", resolution="solved", note="已同意补发")
        # the test's own process began the turn and runs none: a worker takes it over
        told = await bot.asked("given_back")
    finally:
        await records.close()
    assert (told["input"]["resolution"], told["input"]["note"]) == ("solved", "已同意补发")
    items = await customer.wait_for(lambda items: items and items[-1]["sender"] == "bot", 20)
    assert "已同意补发" not in str(items[:-1])
    assert len(bot.turns_with("有人吗")) == 0
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
        await asyncio.sleep(0.5)
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


async def test_a_hundred_customers_at_once_are_all_answered(
    service: HandoffService, http: httpx.AsyncClient, ledger: Ledger
) -> None:
    customers = await asyncio.gather(*(Customer.open(http, ledger) for _ in range(100)))

    async def talk(customer: Customer) -> float:
        began = time.monotonic()
        seq = await customer.say("查一下我的订单")
        await customer.answer_to(seq, 30)
        return time.monotonic() - began

    times = sorted(await asyncio.gather(*(talk(customer) for customer in customers)))
    print(f"100 customers at once: p50 {times[50]:.2f} s, p95 {times[94]:.2f} s")
    assert times[-1] < 15
    await ledger.check(service.database_url)


QUICK = {
    "TURN_PATIENCE_SECONDS": "4",
    "TURN_DEADLINE_SECONDS": "3",
    "TURN_HEARTBEAT_SECONDS": "0.3",
    "TURN_LOST_SECONDS": "1",
}
"""The same rules with shorter times, where a test would have to wait for the long ones."""


def _all_answered(items: list[dict[str, object]]) -> bool:
    said = [int(str(item["seq"])) for item in items if item["sender"] == "customer"]
    answered = [int(str(item["in_reply_to"])) for item in items if item["sender"] == "bot"]
    return bool(said) and max(answered, default=0) >= max(said)


async def _watch(busy: dict[str, int], most: list[int]) -> None:
    while True:
        most.append(max(busy.values(), default=0))
        await asyncio.sleep(0.002)
