"""A timer happens once, at or after its time, whatever workers, crashes and clocks do."""

import asyncio
import logging
import os
import sys
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from handoff.records import Records, create_conversation
from handoff.records.followup_tables import timers
from handoff.records.tables import conversations
from handoff.timers import Planned, plan_timer, reconcile_timers
from handoff.timers.firing import LEASE, LONGEST_LEASE
from tests.handoff.timers.timer_world import TimerWorld
from tests.helpers.processes import ROOT

KEYS = ("a", "b", "c")
WORKERS = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("plan"), st.sampled_from(KEYS), st.integers(-30, 90)),
    st.tuples(st.just("cancel"), st.sampled_from(KEYS), st.none()),
    st.tuples(st.just("pass"), st.sampled_from([1, 10, 21, 60, 301]), st.none()),
    st.tuples(st.just("step"), st.sampled_from([-3600, 3600]), st.none()),
    st.tuples(st.just("claim"), WORKERS, st.sampled_from(KEYS)),
    st.tuples(st.just("complete"), WORKERS, st.none()),
    st.tuples(st.just("crash"), WORKERS, st.none()),
    st.tuples(st.just("fail"), st.sampled_from(KEYS), st.none()),
    st.tuples(st.just("round"), WORKERS, st.none()),
    st.tuples(st.just("all at once"), st.none(), st.none()),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=3, max_size=16))
async def test_it_happens_exactly_once_whatever_workers_and_clocks_do(
    records: Records, steps: list[tuple[str, Any, Any]]
) -> None:
    world = TimerWorld(records)
    await world.clean()
    for what, one, other in steps:
        match what:
            case "plan":
                kind = "looking" if one == "c" else "note"
                assert await world.plan(one, other, kind) != (await world.effects(one) == 1)
            case "cancel":
                await world.cancel(one)
            case "pass" | "step":
                world.let_pass(one)
            case "claim":
                await world.claim(one, other)
            case "complete":
                await world.complete(one)
            case "crash":
                world.crash(one)
            case "fail":
                world.failing.add(one)
            case "round":
                await world.round(one)
            case "all at once":
                await asyncio.gather(*(world.round(worker) for worker in range(3)))
        for key in KEYS:
            assert await world.effects(key) == (await world.state(key) == "fired"), (what, key)
    assert world.early == []
    planned = [key for key in KEYS if await world.state(key) == "pending"]
    for _ in range(2):  # the first round may fail on purpose
        world.let_pass(50 * 3600)
        await world.round()
    assert [await world.effects(key) for key in planned] == [1] * len(planned)


async def test_of_two_workers_one_fires_and_a_lost_claim_fires_nothing(records: Records) -> None:
    world = TimerWorld(records)
    await world.plan("a", 10)
    assert await world.round() == 0, "not due"
    world.now += timedelta(seconds=10)
    assert await world.claim(0, "a")
    assert not await world.claim(1, "a")
    assert await world.round(1) == 0
    world.now += LEASE + timedelta(seconds=1)  # the first worker hangs
    assert await world.round(1) == 1
    assert not await world.complete(0)
    assert await world.effects("a") == 1


async def test_a_claim_before_a_step_back_of_an_hour_does_not_hold_for_an_hour(records: Records) -> None:
    world = TimerWorld(records)
    await world.plan("a", 0)
    world.now += timedelta(hours=1)
    assert await world.claim(0, "a")
    world.crash(0)
    world.now -= timedelta(hours=1)
    assert await world.round(1) == 1


async def test_a_moved_timer_forgets_the_claim_and_a_cancelled_one_never_fires(records: Records) -> None:
    world = TimerWorld(records)
    await world.plan("a", 0)
    await world.plan("b", 0)
    assert await world.claim(0, "a")
    assert await world.claim(1, "b")
    await world.plan("a", 60)
    await world.cancel("b")
    assert [await world.complete(0), await world.complete(1)] == [False, False]
    world.now += timedelta(seconds=60)
    assert await world.round() == 1
    assert [await world.effects("a"), await world.effects("b")] == [1, 0]


async def test_a_failure_writes_nothing_and_is_tried_again_with_growing_pauses(
    records: Records, caplog: pytest.LogCaptureFixture
) -> None:
    world = TimerWorld(records)
    await world.plan("a", 0)
    await world.plan("b", 0)
    pauses = []
    with caplog.at_level(logging.CRITICAL, logger="handoff.timers"):
        for _ in range(9):
            world.failing.add("a")
            await world.round()
            assert await world.effects("a") == 0
            async with records.read() as reader:
                until = (
                    await reader.execute(select(timers.c.lease_until).where(timers.c.key == "a"))
                ).scalar_one()
            pauses.append((until - world.now).total_seconds())
            world.now = until
    assert pauses == sorted(pauses)
    assert pauses[0] <= 5
    assert pauses[-1] == LONGEST_LEASE.total_seconds()
    assert await world.effects("b") == 1, "one that fails holds up no other"
    world.failing.clear()
    assert await world.round() == 1
    assert await world.effects("a") == 1


async def test_one_that_repeats_fires_each_time_once(records: Records) -> None:
    world = TimerWorld(records)
    await world.plan("a", 0, rounds=2)
    for _ in range(5):
        await asyncio.gather(*(world.round(worker) for worker in range(3)))
        await world.round()
        world.now += timedelta(minutes=1)
    assert await world.effects("a") == 3


async def test_what_a_subject_wants_is_what_is_pending(records: Records) -> None:
    world = TimerWorld(records)
    due = world.now + timedelta(seconds=5)

    async def want(*keys: str) -> dict[str, str]:
        async with records.write() as tx:
            wanted = [Planned("note", key, "s", due) for key in keys]
            await reconcile_timers(tx, "s", wanted, kinds=["note"])
        async with records.read() as reader:
            return {row.key: row.state for row in await reader.execute(select(timers))}

    await world.plan("other", 5)
    assert await want("a", "b") == {"other": "pending", "a": "pending", "b": "pending"}
    assert (await want("b", "c"))["a"] == "cancelled"
    assert (await want("a", "c"))["a"] == "pending", "wanted again"
    world.now = due
    assert await world.round() == 3
    assert await want("a", "b", "c") == {"other": "fired", "a": "fired", "b": "pending", "c": "fired"}


async def test_a_conversation_that_is_gone_takes_its_timers_with_it(records: Records) -> None:
    world = TimerWorld(records)
    async with records.write() as tx:
        conversation_id = await create_conversation(tx)
        await plan_timer(tx, Planned("note", "a", "s", world.now, conversation_id))
        await tx.execute(conversations.delete())
    assert await world.round() == 0
    assert await world.state("a") is None
    assert await world.effects("a") == 0


async def test_what_is_long_over_is_forgotten_and_what_waits_is_not(records: Records) -> None:
    world = TimerWorld(records)
    await world.plan("a", 0)
    await world.plan("b", 200 * 86400)
    await world.plan("c", 0)
    await world.cancel("c")
    await world.round()
    world.let_pass(89 * 86400)
    await world.workers[0].forget_old()
    assert await world.state("a") == "fired"
    world.let_pass(2 * 86400)
    await world.workers[0].forget_old()
    assert [await world.state(key) for key in KEYS] == [None, "pending", None]


@pytest.mark.parametrize(("where", "effects"), [("claimed", 0), ("inside", 0), ("after", 1)])
async def test_kill_9_leaves_a_timer_fired_with_its_effect_or_pending_without(
    records: Records, where: str, effects: int
) -> None:
    world = TimerWorld(records)
    await world.plan("a", -10)
    command = (sys.executable, "-m", "tests.handoff.timers.timer_world", records.url, "a", where)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env)
    assert await process.wait() == -9
    assert await world.effects("a") == effects
    # its clock is the real one: the lease it may have left is no older than the world's
    async with records.read() as reader:
        lease = (await reader.execute(select(timers.c.lease_until))).scalar_one()
    world.now = max(world.now, lease or world.now)
    assert await world.round() == 1 - effects
    assert await world.effects("a") == 1
    assert await world.round() == 0
