"""Turns as a customer and the bot see them: batching, retries, commands, lateness."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from handoff.records import Records, read_annotations
from handoff.records.tables import turns
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import HandoffService
from tests.helpers.ledger import Ledger
from tests.helpers.scripted_bot import ScriptedBot, say

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_arrives_meanwhile_is_the_next_turn(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot, ledger: Ledger
) -> None:
    release = plain_bot.hold("一")
    customer = await Customer.open(plain_http, ledger)
    await customer.say("一")
    for text in ("二", "三", "四", "五", "六", "七"):
        last = await customer.say(text)
    release.set()
    await customer.answer_to(last)
    assert [turn["input"]["text"] for turn in plain_bot.turns] == ["一", "二\n三\n四\n五\n六", "七"]
    assert [turn["state_version"] for turn in plain_bot.turns] == [0, 1, 2]
    assert plain_bot.turns[2]["state"]["count"] == 2
    assert [one["text"] for one in plain_bot.turns[1]["context"]["history"]] == ["一"]
    await ledger.check(plain_service.database_url)


async def test_a_failed_attempt_is_repeated_with_the_same_batch(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot, ledger: Ledger
) -> None:
    plain_bot.failing = 2
    customer = await Customer.open(plain_http, ledger)
    await customer.answer_to(await customer.say("你好"))
    assert [turn["attempt"] for turn in plain_bot.turns] == [1, 2, 3]
    assert len({turn["turn_id"] for turn in plain_bot.turns}) == 1
    assert {str(turn["input"]) for turn in plain_bot.turns} == {"{'kind': 'text', 'text': '你好'}"}
    await ledger.check(plain_service.database_url)


async def test_an_empty_or_broken_answer_is_a_failed_attempt(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    def wrong_turn(turn: dict[str, Any]) -> dict[str, Any]:
        return {**say("x")(turn), "turn_id": "t_another"}

    def play(turn: dict[str, Any]) -> dict[str, Any]:
        return (say(), lambda asked: {"turn_id": asked["turn_id"]}, wrong_turn, say("终于"))[
            turn["attempt"] - 1
        ](turn)

    plain_bot.when("你好", play)
    customer = await Customer.open(plain_http)
    reply = await customer.answer_to(await customer.say("你好"))
    assert reply["body"]["text"] == "终于"
    assert len(plain_bot.turns) == 4


async def test_commands_are_applied_in_the_commit(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    plain_bot.when(
        "气死我了",
        say(
            "非常抱歉",
            commands=[
                {"command": "identified", "method": "order_phone", "phone": "13800001234", "name": "王小明"},
                {"command": "case", "facts": {"category": "product.quality", "order_no": "202611010001"}},
                {
                    "command": "handoff",
                    "reason": "anger",
                    "evidence": ["气死我了"],
                    "facts": {"usable": False},
                },
            ],
            effects=[{"effect": "urged", "key": "k1", "request_no": "TK000000000001", "summary": "催发货"}],
        ),
    )
    customer = await Customer.open(plain_http)
    await customer.say("气死我了")
    items = await customer.wait_for(lambda items: any(item["kind"] == "event" for item in items))
    assert [item["sender"] for item in items][:3] == ["customer", "bot", "system"]
    assert items[2]["body"]["reason"] == "anger"
    assert (await customer.log())["state"] == "waiting"
    assert "13800001234" not in str(items)


async def test_a_late_answer_is_dropped_but_its_effects_are_kept(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot, ledger: Ledger
) -> None:
    plain_bot.when(
        "退货",
        say("已提交", effects=[{"effect": "return_requested", "key": "k", "request_no": "RT000000000001"}]),
    )
    release = plain_bot.hold("退货")
    customer = await Customer.open(plain_http, ledger)
    await customer.say("退货")
    await plain_bot.asked("退货")
    assert (await customer.call("human")).json()["state"] == "waiting"
    release.set()
    effects = await kept_effects(plain_service, customer.id)
    assert effects == [
        {"effect": "return_requested", "key": "k", "request_no": "RT000000000001", "late": True}
    ]
    assert all(item["sender"] != "bot" for item in (await customer.log())["items"])
    await ledger.check(plain_service.database_url)


async def test_a_customer_who_writes_to_a_closed_conversation_starts_a_new_episode(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    plain_bot.when("再见", say("再见，祝您愉快", commands=[{"command": "close"}]))
    customer = await Customer.open(plain_http)
    await customer.answer_to(await customer.say("再见"))
    assert (await customer.log())["state"] == "closed"
    seq = await customer.say("还有个问题")
    await customer.answer_to(seq)
    events = [item["body"]["event"] for item in (await customer.log())["items"] if item["kind"] == "event"]
    assert events == ["closed", "reopened"]
    assert plain_bot.turns[-1]["context"]["episode"] == 2
    assert plain_bot.turns[-1]["state"]["count"] == 1


async def test_why_the_bot_answered_is_kept_with_the_turn_and_told_to_no_customer(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    trace = {"chosen": ["start(logistics)"]}
    plain_bot.when("到哪了", lambda turn: {**say("在路上")(turn), "trace": trace})
    customer = await Customer.open(plain_http)
    await customer.answer_to(await customer.say("到哪了"))
    assert "start(logistics)" not in str(await customer.log())
    records = Records(plain_service.database_url)
    try:
        async with records.read() as reader:
            kept = (
                await reader.execute(
                    select(turns.c.understanding).where(turns.c.conversation_id == customer.id)
                )
            ).scalar_one()
    finally:
        await records.close()
    assert kept["trace"] == trace
    assert kept["intent"]


async def test_misunderstandings_in_a_row_are_counted_for_the_bot(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    plain_bot.when("喵喵", say("没听懂", intent="out_of_scope", category="service.other"))
    plain_bot.when("谢谢", say("不客气"))
    plain_bot.when("查物流", say("好", intent="track_parcel", category="logistics.track"))
    customer = await Customer.open(plain_http)
    for text in ("喵喵", "谢谢", "喵喵", "查物流", "喵喵"):
        await customer.answer_to(await customer.say(text))
    assert [turn["context"]["misses"] for turn in plain_bot.turns] == [0, 1, 1, 2, 0]


async def kept_effects(service: HandoffService, conversation_id: str) -> list[dict[str, object]]:
    """Effect annotations, as soon as there are any."""
    records = Records(service.database_url)
    try:
        async with asyncio.timeout(10):
            while True:
                async with records.read() as reader:
                    found = await read_annotations(reader, conversation_id)
                if effects := [one["body"] for one in found if one["kind"] == "effect"]:
                    return effects
                await asyncio.sleep(0.05)
    finally:
        await records.close()
