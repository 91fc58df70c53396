"""The order of the queue on both databases: danger, publicity, level, waiting; whoever waits long enough is served; all are reachable."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from handoff.case_record.material import OrderData
from handoff.case_record.opening import do_rewrite_record
from handoff.conversation import Move
from handoff.desk.views import QUEUE_PAGE, queue_page
from handoff.queue.choice import do_leave_ticket
from handoff.queue.order import Mark, QueueOrder
from handoff.queue.place import place_of
from handoff.records import Records, lock_conversation, move, update_conversation
from handoff.records.tables import conversations
from handoff.store_rules import rules_of, store_rules, use_store_rules
from tests.handoff.queue.queue_harness import QueueHarness, rules

EVERYWHERE = ("online", "ticket", "technical", "logistics", "complaint", "product")
THREAT = {"category": "complaint.escalate", "threat_channel": "regulator"}


async def served(harness: QueueHarness, agent: Any) -> list[str]:
    async with harness.records.read() as reader:
        return [one["conversation_id"] for one in (await queue_page(reader, agent))["items"]]


async def of(harness: QueueHarness, **columns: Any) -> str:
    """Somebody who waits in group online, as graded by these columns."""
    one = await harness.waiting()
    async with harness.records.write() as tx:
        await update_conversation(tx, one, **{"level": "I", "precedence": None, **columns})
    return one


async def test_danger_before_publicity_before_level_before_waiting(harness: QueueHarness) -> None:
    agent = await harness.agent(groups=EVERYWHERE)
    first = await harness.waiting(category="order.status")
    harness.later(minutes=1)
    second = await harness.waiting(category="order.status")
    harness.later(minutes=1)
    broken = await harness.waiting(category="product.quality", usable=False)
    harness.later(minutes=1)
    batch = await harness.waiting(category="product.quality", batch_defect=True)
    harness.later(minutes=1)
    threat = await harness.waiting("threat", **THREAT)
    harness.later(minutes=1)
    danger = await harness.waiting("safety", category="product.quality", safety=True)
    assert [(await harness.conversation(one)).level for one in (broken, batch, threat, danger)] == [
        "II",
        "III",
        "III",
        "III",
    ]
    assert await served(harness, agent) == [danger, threat, batch, broken, first, second]


async def test_who_waits_long_enough_is_overtaken_no_more(harness: QueueHarness) -> None:
    """Customers of level II keep coming: level I is served after its hour all the same, and every place agrees."""
    agent = await harness.agent()
    patient = await of(harness)
    newer = []
    for _ in range(4):
        harness.later(minutes=19)
        newer.append(await of(harness, level="II"))
    assert (await served(harness, agent))[:4] == [*newer[:3], patient], "overtaken for 60 minutes, by three"
    async with harness.records.read() as reader:
        place = await place_of(reader, await harness.conversation(patient))
    assert place is not None
    assert place.position == 4
    danger = await of(harness, level="III", precedence="safety")
    assert (await served(harness, agent))[0] == danger, "never before danger"


async def test_waiting_while_the_desk_is_closed_overtakes_nobody(records: Records) -> None:
    harness = QueueHarness(records, rules(always_open=False))
    agent = await harness.agent()
    harness.later(hours=9, minutes=50)  # 21:50
    night = await of(harness)
    harness.later(hours=11, minutes=20)  # 09:10 of the next day
    broken = await of(harness, level="II")
    other = await of(harness)
    assert await served(harness, agent) == [broken, night, other]


async def test_a_ticket_stands_behind_those_who_wait_and_comes_to_its_turn(harness: QueueHarness) -> None:
    agent = await harness.agent()
    ticket = await of(harness)
    async with harness.records.write() as tx:
        await do_leave_ticket(tx, await lock_conversation(tx, ticket))
    harness.later(minutes=50)
    soon = await of(harness)
    harness.later(minutes=20)
    late = await of(harness)
    assert await served(harness, agent) == [soon, ticket, late]


async def test_more_than_a_page_is_counted_and_reached_while_others_leave(harness: QueueHarness) -> None:
    agent = await harness.agent()
    model = await of(harness)
    many = QUEUE_PAGE * 2 + 30
    async with harness.records.write() as tx:
        row = (await tx.execute(select(conversations).where(conversations.c.id == model))).one()._asdict()
        start = row["waiting_since"]
        for n in range(1, many):
            copy = {
                **row,
                "id": f"c_many{n:04}",
                "level": "II" if n % 7 == 0 else "I",
                "waiting_since": start,
            }
            await tx.execute(insert(conversations).values(**copy))
    found: list[str] = []
    async with harness.records.read() as reader:
        page = await queue_page(reader, agent)
    assert page["waiting"] == many
    gone = page["items"][-1]["conversation_id"]
    while True:
        assert len(page["items"]) <= QUEUE_PAGE
        found += [one["conversation_id"] for one in page["items"]]
        if page["next"] is None:
            break
        if gone:  # who stood at the end of the page leaves: the next page is not shifted by it
            async with harness.records.write() as tx:
                await move(tx, gone, Move.CLOSED)
            gone = ""
        harness.later(seconds=3)
        async with harness.records.read() as reader:
            page = await queue_page(reader, agent, Mark.read(page["next"]))
    assert len(found) == len(set(found)) == many
    levels = [(await harness.conversation(one)).level for one in (found[0], found[-1])]
    assert levels == ["II", "I"]


async def test_a_mark_reads_what_it_wrote_and_nothing_else(harness: QueueHarness) -> None:
    one = await harness.conversation(await of(harness, level="III", precedence="publicity"))
    mark = Mark.of(one)
    assert Mark.read(mark.text()) == mark
    order = QueueOrder(store_rules(), harness.now)
    assert order.key(mark) == order.key(one)
    for text in ("", "~~~~", "waiting~I~~x~c_1", "waiting~I~~1", f"waiting~I~~{'9' * 40}~c_1", "a" * 500):
        with pytest.raises(ValueError, match=r".+"):
            Mark.read(text)


async def test_the_policy_s_head_starts_are_read(harness: QueueHarness) -> None:
    agent = await harness.agent()
    first = await of(harness)
    harness.later(minutes=10)
    second = await of(harness, level="II")
    assert await served(harness, agent) == [second, first]
    loaded = rules()
    order = loaded.policy.routing.order.model_copy(update={"level_2": 5})
    routing = loaded.policy.routing.model_copy(update={"order": order})
    use_store_rules(rules_of(loaded.policy.model_copy(update={"routing": routing}), "Asia/Shanghai"))
    assert await served(harness, agent) == [first, second]


async def test_who_tells_of_danger_while_waiting_goes_forward_and_never_back(harness: QueueHarness) -> None:
    agent = await harness.agent(groups=EVERYWHERE)
    first, second = await harness.waiting(), await harness.waiting()
    for facts in ({"category": "product.quality", "safety": True}, {"category": "order.status"}):
        async with harness.records.write() as tx:
            await update_conversation(tx, second, facts=facts)
            await do_rewrite_record(tx, await lock_conversation(tx, second), OrderData(asked=True))
        now = await harness.conversation(second)
        assert (now.level, now.precedence, now.priority) == ("III", "safety", 1)
    assert await served(harness, agent) == [second, first]
