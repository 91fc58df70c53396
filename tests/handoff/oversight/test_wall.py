"""The live wall on both databases: what it tells, how often it is read, and that no read goes through a whole table (H50)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text

from handoff.auth.roles import GROUPS
from handoff.daily_figures import asked_rows, missed_rows, opened_rows, rated_rows, span_of
from handoff.oversight import wall
from handoff.oversight.found import FIGURES, JUDGED, Asked, found_behind
from handoff.oversight.history import History
from handoff.queue.choice import do_leave_queue
from handoff.records import lock_conversation, new_id
from handoff.records.followup_tables import sla_breaches
from handoff.records.tables import ratings
from tests.handoff.queue.queue_harness import QueueHarness, rules
from tests.handoff.test_daily_figures import answered, solved


async def read(harness: QueueHarness) -> dict[str, Any]:
    async with harness.records.read() as reader:
        return {**await wall.now(reader, rules()), "today": await wall.today(reader, rules())}


async def rate(harness: QueueHarness, conversation_id: str, score: int) -> None:
    async with harness.records.write() as tx:
        told = {"reasons": [], "words": "", "seq": 1}
        await tx.execute(
            insert(ratings).values(
                conversation_id=conversation_id, episode=1, at=tx.now(), score=score, **told
            )
        )


async def miss(harness: QueueHarness, conversation_id: str, **columns: Any) -> None:
    async with harness.records.write() as tx:
        row = {
            "key": new_id("b"),
            "subject": "h",
            "deadline": "first_response",
            "due_at": tx.now(),
            "at": tx.now(),
        }
        await tx.execute(insert(sla_breaches).values(conversation_id=conversation_id, **row, **columns))


async def leave(harness: QueueHarness, conversation_id: str) -> None:
    async with harness.records.write() as tx:
        await do_leave_queue(tx, await lock_conversation(tx, conversation_id))


async def test_who_waits_who_serves_and_how_the_day_has_gone(harness: QueueHarness) -> None:
    """H50: queue by group, longest, abandoned, status and load, breaches, satisfaction, share without people, reasons."""
    agent = await harness.agent("小林", groups=("online", "logistics"))
    first = await harness.waiting()
    harness.later(seconds=90)
    await harness.is_present(agent)
    await harness.waiting("anger")
    gone = await harness.waiting()
    mine = await harness.waiting()
    await harness.claim(agent, mine)
    await leave(harness, gone)
    await rate(harness, mine, 2)
    await miss(harness, first, skill_group="online")
    told = await read(harness)
    online = next(one for one in told["groups"] if one["group"] == "online")
    assert {one["group"] for one in told["groups"]} == set(GROUPS)
    assert (online["waiting"], online["serving"], online["at_desk"]) == (2, 1, 1)
    assert online["longest_since"] == "2026-11-23T04:00:00.000Z"
    [person] = told["people"]
    assert (person["name"], person["status"], person["chats"], person["capacity"]) == (
        "小林",
        "online",
        1,
        10,
    )
    assert person["carries"] == 2
    today = told["today"]
    assert (today["conversations"], today["without_person"], today["handoffs"]) == (4, 0, 4)
    assert today["reasons"] == {"requested": 3, "anger": 1}
    assert (today["abandoned"], today["breaches"]) == (1, {"first_response": 1})
    assert (today["satisfaction"], today["ratings"], today["low_ratings"]) == (2, 1, 1)


async def test_an_empty_store_has_a_wall(harness: QueueHarness) -> None:
    told = await read(harness)
    assert (told["waiting"], told["people"], told["today"]["without_person_share"]) == (0, [], None)


async def test_every_figure_leads_to_as_many_conversations(harness: QueueHarness) -> None:
    """H50: the number on the wall or in the history and the length of the list behind it are the same."""
    agent = await harness.agent("小林", groups=GROUPS)
    quick = await harness.waiting(category="order.status")
    slow = await harness.waiting("anger", category="order.status")
    never = await harness.waiting(category="logistics.track")
    gone = await harness.waiting()
    await leave(harness, gone)
    harness.later(minutes=1)
    await harness.claim(agent, quick)
    await answered(harness, quick)
    await solved(harness, quick)
    harness.later(hours=2)
    await harness.is_present(agent)
    await harness.claim(agent, slow)
    await answered(harness, slow)
    await rate(harness, quick, 5)
    await rate(harness, slow, 1)
    await miss(harness, never, skill_group="logistics", owner=agent.id)
    history = History(harness.records, rules(), lambda: 0.0)
    day = history.today()
    span = span_of(day, rules().tz)
    told = (await history.figures(day, day))["total"]
    wanted = {
        "conversations": told["conversations"],
        "without_person": told["conversations"] * told["without_person_share"],
        "again": told["repeat_contacts"],
        "handoffs": told["handoffs"],
        "abandoned": told["abandoned"],
        "ratings": told["ratings"],
        "breaches": sum(told["breaches"].values()),
        "late_answers": told["handoffs"] * (1 - told["answered_within_1h_share"]),
        "unsolved": told["handoffs"] * (1 - told["solved_within_24h_share"]),
        "low_ratings": 1,
        "waiting": 1,
        "serving": 2,
        "tickets": 0,
        "taken_back": 0,
    }
    assert set(wanted) == {*FIGURES, *JUDGED}
    async with harness.records.read() as reader:
        for figure, number in wanted.items():
            found = await found_behind(reader, figure, Asked(span))
            assert found["total"] == len(found["items"]) == number, figure
        parts = {
            ("handoffs", "value", "anger"): [slow],
            ("handoffs", "category", "logistics.track"): [never],
            ("breaches", "agent", agent.id): [never],
            ("breaches", "group", "logistics"): [never],
            ("ratings", "value", "5"): [quick],
            ("ratings", "category", "order.status"): [slow, quick],
            ("late_answers", "agent", agent.id): [slow],
            ("serving", "agent", agent.id): [slow, quick],
            ("handoffs", "agent", "none"): [gone, never],
        }
        for (figure, part, value), ids in parts.items():
            found = await found_behind(reader, figure, Asked(span, **{part: value}))
            assert {one["conversation_id"] for one in found["items"]} == set(ids), (figure, part)


async def test_the_wall_is_read_once_for_everybody(harness: QueueHarness) -> None:
    seconds = 0.0
    board = wall.Wall(harness.records, rules(), lambda: seconds)
    before = await board.read()
    await harness.waiting()
    assert await board.read() is before
    seconds += wall.NOW_SECONDS
    after = await board.read()
    assert (after["waiting"], after["today"]["handoffs"]) == (1, 0), "today's counts are a few seconds old"
    seconds += wall.TODAY_SECONDS
    assert (await board.read())["today"]["handoffs"] == 1


async def test_history_adds_up_and_reads_a_past_day_once(harness: QueueHarness) -> None:
    """H50: medians of a range are those of its conversations; days without anything are told too."""
    seconds = 0.0
    history = History(harness.records, rules(), lambda: seconds)
    for minutes in (1, 3, 10):
        one = await harness.waiting()
        harness.later(minutes=minutes)
        await answered(harness, one)
    harness.later(days=2)
    one = await harness.waiting("anger", category="order.status")
    harness.later(minutes=30)
    await answered(harness, one)
    last = history.today()
    told = await history.figures(last - timedelta(days=2), last, "category")
    assert [day["handoffs"] for day in told["days"]] == [3, 0, 1]
    assert told["total"]["first_response_seconds"] == (180 + 600) / 2
    assert [(part["key"], part["handoffs"]) for part in told["parts"]] == [
        ("service.other", 3),
        ("order.status", 1),
    ]
    assert told["parts"][1]["name"] == rules().categories.get("order.status").name
    only = await history.figures(last - timedelta(days=2), last, "category", "order.status")
    assert [day["handoffs"] for day in only["days"]] == [0, 0, 1]
    assert only["total"]["handoffs"] == 1
    before = await history.day(last - timedelta(days=2))
    seconds += 60
    assert await history.day(last - timedelta(days=2)) is before
    assert await history.day(last) is not only


async def test_no_read_of_the_wall_or_a_day_goes_through_a_whole_table(harness: QueueHarness) -> None:
    """Asked of the databases themselves: each of the large tables is reached over an index."""
    await harness.waiting()
    async with harness.records.read() as reader:
        span = span_of(reader.now().date(), rules().tz)
        statements = [wall.queue_rows()]
        statements += [one(span) for one in (wall.opened_today, wall.asked_today, wall.missed_today)]
        statements += [one(span) for one in (wall.rated_today, opened_rows, rated_rows, missed_rows)]
        statements.append(asked_rows(span, reader.now()))
        dialect = reader.connection.dialect
        if not reader.is_sqlite:
            await reader.execute(text("SET LOCAL enable_seqscan = off"))  # so small a table is read whole
        for statement in statements:
            asked = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
            how = "EXPLAIN QUERY PLAN " if reader.is_sqlite else "EXPLAIN "
            plan = "\n".join(str(row) for row in (await reader.connection.exec_driver_sql(how + asked)).all())
            for table in ("conversations", "handoffs", "ratings", "sla_breaches"):
                assert f"Seq Scan on {table}" not in plan, plan
                whole = [line for line in plan.splitlines() if f"SCAN {table}" in line]
                assert not whole or "USING COVERING INDEX" in whole[0], plan
