"""A turn that throws: it ends in an answer or a person within patience, is counted, and is not repeated for ever."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import literal_column, select, update

from handoff.case_record.build import describe
from handoff.case_record.material import CaseMaterial
from handoff.records import NewItem, Records, append_items
from handoff.records.tables import conversations, items, turns
from handoff.store_rules import load_store_rules
from handoff.turns import begin_next_turn
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import HandoffService
from tests.helpers.processes import ROOT
from tests.helpers.scripted_bot import ScriptedBot, say

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENCE = 20
"""Seconds of docs/architecture.md, the default of the service."""


DEEP = "[" * 5000 + "]" * 5000
"""JSON that the databases keep and no reader takes."""


async def change(service: HandoffService, customer: Customer, **columns: Any) -> None:
    """The row of the conversation, as an older version may have left it."""
    records = Records(service.database_url)
    async with records.write() as tx:
        await tx.execute(update(conversations).where(conversations.c.id == customer.id).values(**columns))
    await records.close()


async def turns_of(service: HandoffService, customer: Customer) -> list[tuple[str, int]]:
    """(status, attempt) of each turn."""
    records = Records(service.database_url)
    async with records.read() as reader:
        query = select(turns).where(turns.c.conversation_id == customer.id).order_by(turns.c.first_seq)
        found = [(row.status, row.attempt) for row in await reader.execute(query)]
    await records.close()
    return found


async def brought_a_person(customer: Customer) -> list[dict[str, Any]]:
    """The log, as soon as a person was brought; nothing else may have been said."""
    items = await customer.wait_for(lambda log: any(one["kind"] == "event" for one in log), PATIENCE)
    event = next(one["body"] for one in items if one["kind"] == "event")
    assert (event["to"], event["reason"]) == ("waiting", "bot_unavailable")
    return items


async def test_half_a_surrogate_pair_in_a_kept_name_does_not_keep_the_bot_from_answering(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    customer = await Customer.open(steady_http)
    await change(steady_service, customer, identity={"sub": "u", "name": "王\ud83d"})
    reply = await customer.answer_to(await customer.say("你好"))
    assert reply["body"]["text"] == "收到：你好"
    assert plain_bot.turns[-1]["context"]["identity"]["name"] == "王?"
    assert await turns_of(steady_service, customer) == [("done", 1)]


@pytest.mark.parametrize(
    "facts",
    [{"category": ["a list"]}, {"category": {"a": "dict"}}],
)
async def test_an_answer_that_cannot_be_committed_brings_a_person_within_patience(
    steady_service: HandoffService,
    steady_http: httpx.AsyncClient,
    plain_bot: ScriptedBot,
    facts: dict[str, Any],
) -> None:
    plain_bot.when("坏了", say("好的", commands=[{"command": "case", "facts": facts}]))
    customer = await Customer.open(steady_http)
    began = time.monotonic()
    await customer.say("坏了")
    log = await brought_a_person(customer)
    assert time.monotonic() - began < PATIENCE
    assert [one["sender"] for one in log if one["sender"] == "bot"] == []
    (ended,) = await turns_of(steady_service, customer)
    assert ended[0] == "unavailable"
    assert ended[1] <= 5
    asked = len(plain_bot.turns_with("坏了"))
    told = [(await steady_http.get("/metrics")).text for _ in range(8)]  # either worker answers
    assert any("anke_turn_errors_total{error=" in one for one in told)
    await customer.say("还在吗")
    assert len(plain_bot.turns_with("坏了")) == asked, "not repeated"


async def test_a_request_that_cannot_be_made_brings_a_person_too(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    customer = await Customer.open(steady_http)
    await change(steady_service, customer, bot_state=literal_column(f"'{DEEP}'"))
    await customer.say("你好")
    await brought_a_person(customer)
    assert plain_bot.turns == []
    assert [status for status, _ in await turns_of(steady_service, customer)] == ["unavailable"]
    await change(steady_service, customer, bot_state=None)  # other tests read every row


async def test_a_turn_that_can_neither_be_answered_nor_handed_over_ends(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    """An item that no reader takes: neither the bot's history nor the record can be made."""
    customer = await Customer.open(steady_http)
    await customer.answer_to(await customer.say("你好"))
    records = Records(steady_service.database_url)
    async with records.write() as tx:
        mine = items.c.conversation_id == customer.id
        await tx.execute(update(items).where(mine, items.c.seq == 1).values(body=literal_column(f"'{DEEP}'")))
    await records.close()
    await customer.say("在吗")
    async with asyncio.timeout(PATIENCE):
        while (await turns_of(steady_service, customer))[-1][0] == "running":
            await asyncio.sleep(0.1)
    async with Records(steady_service.database_url).write() as tx:  # other tests read every row
        mine = items.c.conversation_id == customer.id
        await tx.execute(update(items).where(mine, items.c.seq == 1).values(body={"text": "你好"}))
    assert [status for status, _ in await turns_of(steady_service, customer)] == ["done", "unavailable"]
    assert len(plain_bot.turns) == 1


async def test_a_turn_whose_workers_die_one_after_another_is_given_up(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    """The sixth worker does not ask the bot again; the fifth still does."""
    customers = {6: await Customer.open(steady_http), 5: await Customer.open(steady_http)}
    records = Records(steady_service.database_url, worker="dead")
    for attempt, customer in customers.items():
        async with records.write() as tx:
            said = NewItem("customer", "text", {"text": f"第{attempt}次"})
            await append_items(tx, customer.id, [said])
            turn_id = await begin_next_turn(tx, customer.id)
            long_ago = tx.now() - timedelta(minutes=5)
            old = {"acked_at": long_ago, "heartbeat_at": long_ago, "attempt": attempt - 1}
            await tx.execute(update(turns).where(turns.c.turn_id == turn_id).values(**old))
    await records.close()
    await brought_a_person(customers[6])
    await customers[5].answer_to(1)
    assert [turn["input"]["text"] for turn in plain_bot.turns] == ["第5次"]


async def test_facts_that_nobody_can_read_do_not_keep_a_customer_from_people() -> None:
    deep: Any = []
    for _ in range(2000):
        deep = [deep]
    now = datetime(2026, 11, 29, tzinfo=UTC)
    facts = {"category": "product.quality", "tried": deep}
    case = CaseMaterial("h", "c", now, "chat", "requested", [], {}, facts, [], [], [], [], 0)
    rules = load_store_rules(ROOT, "Asia/Shanghai")
    assessment, record = describe(case, rules, now=now)
    assert record["trigger"]["reason"] == "requested"
    assert record["group"] == assessment.grade.group
    assert record["tried"] in (None, [])
