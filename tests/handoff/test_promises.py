"""The promises of docs/promises.md that the gateway keeps, on both databases with two workers (7-9: test_promises_desk)."""

import asyncio
import time
from collections import Counter
from typing import Any

import httpx
import pytest

from handoff.conversation import Move
from handoff.records import Records, lock_conversation, move
from handoff.turns import give_back_to_bot
from tests.helpers.customer import Customer, Socket, msg_id
from tests.helpers.handoff_service import HandoffService
from tests.helpers.ledger import Ledger
from tests.helpers.scripted_bot import ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_promise_2_the_same_client_msg_id_is_one_message_with_the_same_ack(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, ledger: Ledger
) -> None:
    customer = await Customer.open(steady_http, ledger)
    client_msg_id = msg_id()
    answers = await asyncio.gather(
        *(customer.post("text", {"text": "退货"}, client_msg_id) for _ in range(12))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [201]
    assert {answer.json()["seq"] for answer in answers} == {1}
    other = await customer.post("text", {"text": "换货"}, client_msg_id)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "conflict")
    await customer.answer_to(1)
    await ledger.check(steady_service.database_url)


async def test_promise_3_numbers_have_no_gaps_and_everybody_sees_one_order(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, ledger: Ledger
) -> None:
    customer = await Customer.open(steady_http, ledger)
    async with (
        Socket.connect(steady_service.ws_url, customer) as one,
        Socket.connect(steady_service.ws_url, customer) as two,
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
    await ledger.check(steady_service.database_url)


async def test_promise_4_any_cursor_resumes_and_an_unknown_one_says_reload(
    steady_service: HandoffService, steady_http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(steady_http)
    for text in ("一", "二", "三"):
        await customer.answer_to(await customer.say(text))
    log = (await customer.log())["items"]
    for after in range(len(log) + 1):
        assert (await customer.log(after))["items"] == log[after:]
        if after < len(log):
            async with Socket.connect(steady_service.ws_url, customer, after) as socket:
                last = log[-1]["seq"]
                assert await socket.items_until(lambda seen: seen and seen[-1]["seq"] == last) == log[after:]  # noqa: B023
    beyond = await steady_http.get(
        f"{customer.path}/log", headers=customer.headers, params={"after": len(log) + 1}
    )
    assert (beyond.status_code, beyond.json()["error"]["code"]) == (409, "reload")
    async with Socket.connect(steady_service.ws_url, customer, len(log) + 1) as socket:
        assert (await socket.next("error"))["code"] == "reload"


async def test_promise_6_one_turn_at_a_time_and_each_message_in_exactly_one(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, plain_bot: ScriptedBot, ledger: Ledger
) -> None:
    in_flight: Counter[str] = Counter()
    most: Counter[str] = Counter()

    def count(turn: dict[str, Any], step: int) -> None:
        conversation_id = turn["conversation_id"]
        in_flight[conversation_id] += step
        most[conversation_id] = max(most[conversation_id], in_flight[conversation_id])

    plain_bot.delay = 0.05
    plain_bot.on_turn = count
    customers = [await Customer.open(steady_http, ledger) for _ in range(4)]
    sends = [customer.say(f"{index}") for customer in customers for index in range(12)]
    await asyncio.gather(*sends)
    for customer in customers:
        await customer.wait_for(_all_answered, 40)
    assert most == {customer.id: 1 for customer in customers}
    assert len({turn["turn_id"] for turn in plain_bot.turns}) == len(plain_bot.turns)
    await ledger.check(steady_service.database_url)


async def test_promise_8_no_bot_message_between_handoff_and_give_back(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, plain_bot: ScriptedBot, ledger: Ledger
) -> None:
    release = plain_bot.hold("退货")
    customer = await Customer.open(steady_http, ledger)
    await customer.say("退货")
    await plain_bot.asked("退货")
    assert (await customer.call("human")).json()["state"] == "waiting"
    release.set()
    await customer.say("有人吗")
    records = Records(steady_service.database_url)
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
        told = await plain_bot.asked("given_back")
    finally:
        await records.close()
    assert (told["input"]["resolution"], told["input"]["note"]) == ("solved", "已同意补发")
    items = await customer.wait_for(lambda items: items and items[-1]["sender"] == "bot", 20)
    assert "已同意补发" not in str(items[:-1])
    assert len(plain_bot.turns_with("有人吗")) == 0
    await ledger.check(steady_service.database_url)


async def test_a_hundred_customers_at_once_are_all_answered(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, ledger: Ledger
) -> None:
    customers = await asyncio.gather(*(Customer.open(steady_http, ledger) for _ in range(100)))

    async def talk(customer: Customer) -> float:
        began = time.monotonic()
        seq = await customer.say_until_acked("查一下我的订单", 30)
        await customer.answer_to(seq, 30)
        return time.monotonic() - began

    times = sorted(await asyncio.gather(*(talk(customer) for customer in customers)))
    print(f"100 customers at once: p50 {times[50]:.2f} s, p95 {times[94]:.2f} s")
    assert times[-1] < 30  # a second or two on an idle machine; tests share theirs
    await ledger.check(steady_service.database_url)


def _all_answered(items: list[dict[str, object]]) -> bool:
    said = [int(str(item["seq"])) for item in items if item["sender"] == "customer"]
    answered = [int(str(item["in_reply_to"])) for item in items if item["sender"] == "bot"]
    return bool(said) and max(answered, default=0) >= max(said)
