"""Routing mode push on both databases: offered, declined, unanswered, offered to the next, accepted; never to two, never over capacity."""

import asyncio
import os
import random
from typing import Any

import pytest
from sqlalchemy import update

from handoff.auth.roles import Agent
from handoff.conversation import State
from handoff.desk.passing_on import do_accept, do_decline
from handoff.desk.presence import do_set_status
from handoff.desk.views import desk_now, queue_page
from handoff.errors import ApiError
from handoff.queue.choice import do_leave_ticket
from handoff.queue.place import place_of
from handoff.queue.sweep import QueueSweep
from handoff.records import Records, lock_conversation, update_conversation
from handoff.records.tables import agents
from handoff.store_rules import StoreRules, rules_of, use_store_rules
from tests.handoff.queue.queue_harness import QueueHarness, rules


def pushing(**changed: Any) -> StoreRules:
    routing = rules().policy.routing
    push = routing.push.model_copy(update={"mode": "push", **changed})
    policy = rules().policy.model_copy(update={"routing": routing.model_copy(update={"push": push})})
    return rules_of(policy, "Asia/Shanghai")


@pytest.fixture
def push(records: Records) -> Any:
    yield QueueHarness(records, pushing())
    use_store_rules(rules())


async def offered(harness: QueueHarness, agent: Agent) -> list[str]:
    async with harness.records.read() as reader:
        offers = (await desk_now(reader, agent))["offers"]
    assert all(one["system"] and one["from"] == "系统" for one in offers)
    return [one["conversation_id"] for one in offers]


async def on(harness: QueueHarness, *people: Agent, **span: float) -> None:
    """Time passes with their consoles open; then the sweep looks."""
    harness.later(**span)
    for one in people:
        await harness.is_present(one)
    await harness.sweep()


async def test_pull_offers_nothing(harness: QueueHarness) -> None:
    agent = await harness.agent()
    await harness.waiting()
    await harness.sweep()
    assert await offered(harness, agent) == []


async def test_offer_decline_offer_to_the_next_time_out_and_accept(push: QueueHarness) -> None:
    one, two = await push.agent("小林"), await push.agent("小周")
    waiting = await push.waiting()
    since = (await push.conversation(waiting)).waiting_since
    await on(push, one, two, seconds=1)
    (first,) = [person for person in (one, two) if await offered(push, person)]
    second = two if first is one else one
    assert await push.state(waiting) is State.WAITING
    async with push.records.read() as reader:
        page, place = (
            await queue_page(reader, second),
            await place_of(reader, await push.conversation(waiting)),
        )
    assert [item["conversation_id"] for item in page["items"]] == [waiting], "still there for everybody"
    assert place is not None
    assert place.position == 1

    await do_decline(push.records, first, waiting, "")
    with pytest.raises(ApiError, match="已经结束"):
        await do_accept(push.records, first, waiting)
    await on(push, one, two, seconds=1)
    assert (await offered(push, first), await offered(push, second)) == ([], [waiting])
    await on(push, one, two, seconds=31)
    assert (await offered(push, first), await offered(push, second)) == ([], []), "both were just asked"
    assert (await push.conversation(waiting)).waiting_since == since
    await on(push, one, two, seconds=91)
    assert await offered(push, first) == [waiting], "asked again, who refused longest ago first"
    done = await do_accept(push.records, first, waiting)
    now = await push.conversation(waiting)
    assert (now.state, now.owner, now.owner_epoch) == (State.HUMAN, first.id, done["epoch"])
    assert "小" in (await push.told(waiting))[-1]


async def test_the_first_in_line_is_offered_first_and_the_last_agent_is_preferred(push: QueueHarness) -> None:
    one, two = await push.agent("小林"), await push.agent("小周")
    known = max((one, two), key=lambda person: person.id)  # the one whom chance would not choose
    usual = await push.waiting()
    await push.claim(known, usual)
    await do_set_status(push.records, known, "offline", give_up=True)
    await do_set_status(push.records, known, "online", give_up=False)
    push.later(seconds=5)
    await push.waiting()
    await on(push, one, two, seconds=1)
    assert await offered(push, known) == [usual]


async def test_capacity_counts_a_ticket_less_and_busy_people_are_not_asked(records: Records) -> None:
    push = QueueHarness(records, pushing(capacity=3))
    agent, busy = await push.agent("小林"), await push.agent("小周")
    await do_set_status(records, busy, "busy", give_up=False)
    first, second, ticket = [await push.waiting() for _ in range(3)]
    async with records.write() as tx:
        await do_leave_ticket(tx, await lock_conversation(tx, ticket))
    await on(push, agent, busy, seconds=1)
    assert await offered(push, agent) in ([first], [second])
    await do_accept(records, agent, (await offered(push, agent))[0])
    await on(push, agent, busy, seconds=1)
    assert await offered(push, agent) == [ticket], "a second chat is too much, a ticket is not"
    await do_accept(records, agent, ticket)
    await on(push, agent, busy, seconds=1)
    assert (await offered(push, agent), await offered(push, busy)) == ([], [])
    use_store_rules(rules())


async def test_who_is_claimed_meanwhile_is_offered_no_more(push: QueueHarness) -> None:
    one, two = await push.agent("小林"), await push.agent("小周")
    waiting = await push.waiting()
    await on(push, one, two, seconds=1)
    (asked,) = [person for person in (one, two) if await offered(push, person)]
    other = two if asked is one else one
    await push.claim(other, waiting)
    assert await offered(push, asked) == []
    with pytest.raises(ApiError, match="已经结束"):
        await do_accept(push.records, asked, waiting)


async def test_two_workers_that_sweep_at_once_offer_everybody_once(push: QueueHarness) -> None:
    people = [await push.agent(f"小{n}") for n in range(4)]
    waiting = {await push.waiting() for _ in range(3)}
    sweeps = [QueueSweep(push.records, pushing()) for _ in range(3)]
    await asyncio.gather(*(one.sweep() for one in sweeps))
    told = [await offered(push, person) for person in people]
    assert sorted(one for offers in told for one in offers) == sorted(waiting)
    assert max(map(len, told)) == 1


async def race(push: QueueHarness, rounds: int, seed: int) -> None:
    """Accepting what was offered, claiming and declining at once: one owner at most, always."""
    dice, people = random.Random(seed), [await push.agent(f"小{n}") for n in range(3)]
    for _ in range(rounds):
        waiting = await push.waiting()
        await on(push, *people, seconds=1)
        tries: list[Any] = [do_accept(push.records, person, waiting) for person in people]
        tries += [push.claim(person, waiting) for person in people]
        tries += [do_decline(push.records, person, waiting, "") for person in people]
        dice.shuffle(tries)
        answers = await asyncio.gather(*tries, return_exceptions=True)
        assert all(isinstance(one, ApiError) for one in answers if isinstance(one, BaseException)), answers
        now = await push.conversation(waiting)
        assert (now.state, now.owner_epoch) == (State.HUMAN, 1), "taken, and only once"
        assert now.owner in {person.id for person in people}
        assert [await offered(push, person) for person in people] == [[], [], []]
        await push.closed(waiting)


async def test_accept_claim_and_decline_race(push: QueueHarness) -> None:
    """10 rounds in the suite, as many as ANKE_RACES says (200 before a release)."""
    await race(push, int(os.environ.get("ANKE_RACES", "10")), seed=7)


async def skilled(harness: QueueHarness, agent: Agent, *skills: str, capacity: int | None = None) -> None:
    async with harness.records.write() as tx:
        told = {"skills": list(skills), "capacity": capacity}
        await tx.execute(update(agents).where(agents.c.id == agent.id).values(**told))


async def test_who_has_the_skill_is_asked_first_and_the_others_when_it_takes_long(push: QueueHarness) -> None:
    """H44: a customer of the category waits for the skilled, busy or not, `relax` seconds at most."""
    able, other = await push.agent("小林"), await push.agent("小周")
    await skilled(push, able, "order.status", capacity=2)
    first = await push.waiting(category="order.status")
    await move_to(push, first, "online")
    await on(push, able, other, seconds=1)
    assert await offered(push, able) == [first]
    await do_accept(push.records, able, first)
    second = await push.waiting(category="order.status")
    await move_to(push, second, "online")
    await on(push, able, other, seconds=1)
    assert await offered(push, able) == [], "their own limit is reached"
    assert await offered(push, other) == [], "not yet"
    await on(push, able, other, seconds=push_relax() + 1)
    assert await offered(push, other) == [second]


async def test_somebody_with_no_room_of_their_own_is_never_asked(push: QueueHarness) -> None:
    none, some = await push.agent("小林"), await push.agent("小周")
    await skilled(push, none, capacity=0)
    waiting = await push.waiting()
    await on(push, none, some, seconds=1)
    assert await offered(push, none) == []
    assert await offered(push, some) == [waiting]


async def move_to(harness: QueueHarness, conversation_id: str, group: str) -> None:
    async with harness.records.write() as tx:
        await update_conversation(tx, conversation_id, skill_group=group)


def push_relax() -> int:
    return rules().policy.routing.relax
