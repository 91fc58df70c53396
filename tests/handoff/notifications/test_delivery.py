"""Events reach each destination at least once, signed; a receiver that fails costs little and loses nothing (H24)."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from handoff.notifications import notify
from handoff.notifications.dead_letters import do_replay, do_replay_all, read_outbox
from handoff.notifications.delivery import MOST_ATTEMPTS, Deliverer
from handoff.notifications.destinations import Destination, read_destinations
from handoff.records import Records
from handoff.records.followup_tables import deliveries, notifications
from tests.handoff.notifications.receiver import Receiver
from tests.helpers.processes import ROOT

SECRET = "a-secret-for-the-receivers"
START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Outbox:
    """Two workers that deliver to the given receivers, with a clock that tests move."""

    def __init__(self, records: Records, **receivers: Receiver) -> None:
        self.now = START
        self.records = records
        records.clock = lambda: self.now
        where = [Destination(name, one.url) for name, one in receivers.items()]
        self.workers = [Deliverer(records, where, SECRET, seconds=1.5, jitter=lambda: 1.0) for _ in range(2)]

    async def tell(self, **data: Any) -> str:
        async with self.records.write() as tx:
            return await notify(tx, "conversation.rated", None, **data)

    async def round(self) -> int:
        return sum(await asyncio.gather(*(one.deliver_due() for one in self.workers)))

    async def one_round(self) -> int:
        return await self.workers[0].deliver_due()

    async def states(self) -> dict[tuple[str, str], str]:
        async with self.records.read() as reader:
            rows = await reader.execute(select(deliveries))
            return {(row.event_id, row.destination): row.state for row in rows}

    async def close(self) -> None:
        for one in self.workers:
            await one.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def outbox(records: Records, receiver: Receiver) -> AsyncIterator[Outbox]:
    one = Outbox(records, shop=receiver)
    yield one
    await one.close()


def documented_check() -> Any:
    """The function that docs/notifications.md gives to receivers, as it stands there."""
    text = (ROOT / "docs/notifications.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(re.search(r"```python\n(.*?)```", text, re.S)[1], names)  # type: ignore[index]
    return names["is_from_anke"]


async def test_an_event_arrives_once_and_the_documented_snippet_verifies_it(
    outbox: Outbox, receiver: Receiver
) -> None:
    event_id = await outbox.tell(score=5)
    for _ in range(3):
        await outbox.round()
    ((headers, body),) = receiver.heard
    assert receiver.events[0]["event_id"] == headers["x-anke-event-id"] == event_id
    assert receiver.events[0]["data"] == {"score": 5}
    is_from_anke = documented_check()
    assert is_from_anke(headers["x-anke-signature"], body, SECRET)
    assert not is_from_anke(headers["x-anke-signature"], body + b" ", SECRET)
    assert not is_from_anke(headers["x-anke-signature"], body, "another secret")
    old = f"t={int(time.time()) - 400},v1=00"
    assert not is_from_anke(old, body, SECRET)


async def test_an_event_that_was_rolled_back_is_never_sent(outbox: Outbox, receiver: Receiver) -> None:
    with pytest.raises(RuntimeError):
        async with outbox.records.write() as tx:
            await notify(tx, "conversation.rated", None)
            raise RuntimeError
    assert await outbox.round() == 0
    assert receiver.heard == []


async def test_a_receiver_that_is_away_costs_one_request_a_pause_and_gets_everything_later(
    outbox: Outbox, receiver: Receiver
) -> None:
    sent = [await outbox.tell(score=1 + number % 5) for number in range(12)]
    receiver.status = 503
    for _ in range(5):
        await outbox.one_round()
    assert len(receiver.heard) == 1
    outbox.now += timedelta(seconds=5)
    for _ in range(5):
        await outbox.one_round()
    assert len(receiver.heard) == 2
    receiver.status = 200
    receiver.heard.clear()
    for _ in range(6):
        outbox.now += timedelta(seconds=60)
        await outbox.round()
    assert {one["event_id"] for one in receiver.events} == set(sent)
    assert set((await outbox.states()).values()) == {"delivered"}


@pytest.mark.parametrize(("status", "delay"), [(None, 0.0), (200, 2.5)])
async def test_one_that_hangs_or_answers_late_gets_it_again_under_the_same_id(
    outbox: Outbox, receiver: Receiver, status: int | None, delay: float
) -> None:
    event_id = await outbox.tell(score=4)
    receiver.status, receiver.delay = status, delay
    began = time.monotonic()
    assert await outbox.one_round() == 0
    assert time.monotonic() - began < 8, "no longer than the time a receiver has"
    receiver.status, receiver.delay = 200, 0.0
    outbox.now += timedelta(seconds=5)
    assert await outbox.one_round() == 1
    assert [one["event_id"] for one in receiver.events] == [event_id, event_id]


async def test_one_dead_receiver_keeps_nothing_from_the_other(records: Records, receiver: Receiver) -> None:
    gone = Receiver()
    await gone.start()
    await gone.stop()
    outbox = Outbox(records, gone=gone, shop=receiver)
    event_id = await outbox.tell(score=3)
    await outbox.round()
    assert await outbox.states() == {(event_id, "gone"): "pending", (event_id, "shop"): "delivered"}
    await gone.start()
    outbox.now += timedelta(seconds=30)
    await outbox.round()
    assert len(gone.heard) == len(receiver.heard) == 1
    await gone.stop()
    await outbox.close()


async def test_retry_after_is_honoured(outbox: Outbox, receiver: Receiver) -> None:
    await outbox.tell(score=2)
    receiver.status, receiver.headers = 429, "Retry-After: 120\r\n"
    await outbox.one_round()
    outbox.now += timedelta(seconds=119)
    await outbox.one_round()
    assert len(receiver.heard) == 1
    outbox.now += timedelta(seconds=1)
    await outbox.one_round()
    assert len(receiver.heard) == 2


async def test_what_never_arrives_is_a_dead_letter_that_can_be_sent_again(
    outbox: Outbox, receiver: Receiver
) -> None:
    event_id = await outbox.tell(score=1)
    receiver.status = 500
    for _ in range(MOST_ATTEMPTS + 3):
        await outbox.one_round()
        outbox.now += timedelta(minutes=31)
    assert len(receiver.heard) == MOST_ATTEMPTS
    async with outbox.records.read() as reader:
        told = await read_outbox(reader, [Destination("shop", receiver.url)], "dead")
    (dead,) = told["items"]
    (shop,) = told["destinations"]
    assert (shop["name"], shop["set"], shop["dead"], shop["pending"]) == ("shop", True, 1, 0)
    assert (dead["event_id"], dead["last_error"], dead["attempts"]) == (event_id, "HTTP 500", MOST_ATTEMPTS)
    receiver.status = 200
    async with outbox.records.write() as tx:
        assert await do_replay(tx, "a1", event_id, "shop") == 1
    assert await outbox.one_round() == 1
    assert receiver.events[-1]["event_id"] == event_id
    assert await outbox.states() == {(event_id, "shop"): "delivered"}


async def test_what_is_sent_again_does_not_wait_for_the_pause_of_its_destination(
    outbox: Outbox, receiver: Receiver
) -> None:
    """The receiver is mended: every dead letter of it goes at once, though the last failure was a second ago."""
    receiver.status = 410
    first, second = await outbox.tell(score=1), await outbox.tell(score=2)
    while len(set((await outbox.states()).values())) != 1 or "dead" not in (await outbox.states()).values():
        await outbox.one_round()
        outbox.now += timedelta(minutes=31)
    third = await outbox.tell(score=3)
    receiver.status = 500
    await outbox.one_round()
    heard = len(receiver.heard)
    receiver.status = 200
    outbox.now += timedelta(seconds=1)
    assert await outbox.one_round() == 0
    assert len(receiver.heard) == heard, "the pause"
    async with outbox.records.write() as tx:
        assert await do_replay_all(tx, "a1", "shop") == 2
    await outbox.one_round()
    assert {first, second} <= {one["event_id"] for one in receiver.events[heard:]}
    assert (await outbox.states())[(third, "shop")] == "pending", "what nobody sent again keeps its own time"


async def test_a_month_later_what_ended_is_forgotten_and_what_waits_is_not(
    outbox: Outbox, receiver: Receiver
) -> None:
    await outbox.tell(score=5)
    await outbox.one_round()
    receiver.status = 500
    waiting = await outbox.tell(score=4)
    await outbox.one_round()
    outbox.now += timedelta(days=31)
    await outbox.workers[0].forget_old()
    async with outbox.records.read() as reader:
        kept = (await reader.execute(select(notifications.c.event_id))).scalars().all()
    assert kept == [waiting]


@pytest.mark.parametrize("listed", ["ftp://x/y", "shop=", "https://", "a=https://x/1,a=https://y/2"])
def test_destinations_that_cannot_be_used_are_told(listed: str) -> None:
    with pytest.raises(ValueError, match="destination"):
        read_destinations(listed)


def test_destinations_have_names() -> None:
    found = read_destinations("https://shop.example/hook?a=b, sms=http://127.0.0.1:9/x")
    assert [(one.name, one.url) for one in found] == [
        ("shop.example", "https://shop.example/hook?a=b"),
        ("sms", "http://127.0.0.1:9/x"),
    ]
