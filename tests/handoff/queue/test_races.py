"""The races that a busy desk has, many times: twenty claim one customer, a person is called while the bot is answering.

`ANKE_RACES=200` before a release (2026-11-30: 200 of each on both databases, 75 s on SQLite, 200 s on PostgreSQL at load 4); fewer in the
suite."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert, select

from handoff.auth.roles import Agent
from handoff.case_record import open_handoff
from handoff.conversation import State
from handoff.desk.claim import do_claim
from handoff.errors import ApiError
from handoff.records import (
    NewItem,
    Records,
    append_items,
    create_conversation,
    get_conversation,
    read_items,
    update_conversation,
)
from handoff.records.tables import agents, conversations, turns
from handoff.turns.begin import begin_next_turn
from handoff.turns.commit import commit_answer
from handoff.turns.running_turn import load_running_turn

TIMES = int(os.environ.get("ANKE_RACES", "50"))
RACERS = 20
AT_ONCE = 25
"""Conversations in flight at the same moment."""


@pytest.fixture
async def workers(records: Records, database_url: str) -> AsyncIterator[list[Records]]:
    """Two workers on the same database."""
    second = Records(database_url, worker="second")
    yield [records, second]
    await second.close()


async def people(records: Records) -> list[Agent]:
    found = [Agent(f"a{n}", f"u{n}", f"坐席{n}", "agent", ("online",)) for n in range(RACERS)]
    async with records.write() as tx:
        for one in found:
            await tx.execute(
                insert(agents).values(
                    id=one.id,
                    username=one.username,
                    password_hash="-",
                    name=one.name,
                    role="agent",
                    groups=["online"],
                    active=True,
                    created_at=tx.now(),
                    present_at=tx.now(),
                )
            )
    return found


async def waiting(records: Records, phone: str | None = None) -> str:
    async with records.write() as tx:
        conversation_id = await create_conversation(tx)
        await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": "转人工"})])
        if phone:
            await update_conversation(tx, conversation_id, customer={"phone": phone, "verified": True})
        await open_handoff(tx, conversation_id, reason="requested")
    return conversation_id


@pytest.mark.timeout(400)
async def test_of_twenty_who_claim_at_once_one_has_the_customer(
    workers: list[Records],
) -> None:
    """Every tenth customer waits in two conversations, which half of the people claim each: the same one has both."""
    dice, racers = random.Random(11), await people(workers[0])
    owners: dict[str, str] = {}
    for n in range(TIMES):
        phone = f"139{n:08d}" if n % 10 == 0 else None
        ids = [await waiting(workers[0], phone)]
        if phone:
            ids.append(await waiting(workers[0], phone))
        tries = [(one, ids[at % len(ids)], workers[at % 2]) for at, one in enumerate(racers)]
        dice.shuffle(tries)
        answers = await asyncio.gather(
            *(do_claim(worker, one, conversation_id) for one, conversation_id, worker in tries),
            return_exceptions=True,
        )
        refused = [one for one in answers if isinstance(one, BaseException)]
        assert all(isinstance(one, ApiError) and one.status == 409 for one in refused), refused
        winners = {
            one.id
            for (one, _, _), answer in zip(tries, answers, strict=True)
            if not isinstance(answer, BaseException)
        }
        assert len(winners) == 1
        owners |= dict.fromkeys(ids, winners.pop())
    async with workers[1].read() as reader:
        rows = (await reader.execute(select(conversations))).all()
        assert {row.id: row.owner for row in rows} == owners
        assert {(row.state, row.owner_epoch) for row in rows} == {("human", 1)}
        for row in rows:
            events = [one.body.get("event") for one in await read_items(reader, row.id)]
            assert events.count("claimed") == 1


def said(turn_no: int) -> dict[str, Any]:
    return {
        "replies": [{"kind": "text", "text": f"机器人的第 {turn_no} 句"}],
        "commands": [],
        "effects": [],
        "state": {"format": 1, "model": "scripted"},
    }


async def one_flight(workers: list[Records], n: int, dice: random.Random) -> str:
    """A customer writes; while the bot's answer is on its way they ask for a person and write again, in any order."""
    async with workers[0].write() as tx:
        conversation_id = await create_conversation(tx)
        await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": f"第 {n} 个问题"})])
        turn_id = await begin_next_turn(tx, conversation_id)
    async with workers[0].read() as reader:
        running = await load_running_turn(reader, str(turn_id))
    assert running is not None

    async def calls() -> None:
        async with workers[1].write() as tx:
            await open_handoff(tx, conversation_id, reason="requested")

    async def writes() -> None:
        async with workers[1].write() as tx:
            await append_items(tx, conversation_id, [NewItem("customer", "text", {"text": "还有一件"})])
            await begin_next_turn(tx, conversation_id)

    race = [commit_answer(workers[0], running, said(n)), calls(), writes()]
    first = dice.choice([0, 1, None, None])  # on a slow machine the answer would lose every race
    if first is not None:
        await race.pop(first)
    dice.shuffle(race)
    await asyncio.gather(*race)
    return conversation_id


@pytest.mark.timeout(400)
async def test_no_word_of_the_bot_stands_after_the_call_for_a_person(
    workers: list[Records],
) -> None:
    dice = random.Random(5)
    ids: list[str] = []
    for start in range(0, TIMES, AT_ONCE):
        ids += await asyncio.gather(*(one_flight(workers, n, dice) for n in range(start, start + AT_ONCE)))
    answered = 0
    async with workers[0].read() as reader:
        for conversation_id in ids:
            conversation = await get_conversation(reader, conversation_id)
            assert conversation.state is State.WAITING
            log = await read_items(reader, conversation_id)
            assert [one.seq for one in log] == list(range(1, len(log) + 1)), "no gap, no double"
            called = next(one.seq for one in log if one.body.get("event") == "handoff")
            bot = [one.seq for one in log if one.sender == "bot"]
            assert all(seq < called for seq in bot), "the bot spoke after a person was called"
            answered += len(bot)
            assert sum(one.sender == "customer" for one in log) == 2, "nothing that the customer said is lost"
            mine = turns.c.conversation_id == conversation_id
            found = (await reader.execute(select(turns.c.status, turns.c.input).where(mine))).all()
            assert sum(row.status == "running" for row in found) <= 1
            assert all(row.input.get("listen") for row in found if row.status == "running"), (
                "who waits is only listened to"
            )
    assert 0 < answered < TIMES, "both orders happened"
