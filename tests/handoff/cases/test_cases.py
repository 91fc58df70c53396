"""A contact opens a case or joins the open one; what happens in its conversations moves it (H13, H14, H42)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from aftersales.order_system.port import AfterSalesRequest
from handoff.case_record.material import OrderData
from handoff.cases.rows import Case
from handoff.cases.states import CaseMove, CaseState, IllegalCaseMove
from handoff.conversation import Move
from handoff.records import get_conversation, lock_conversation, move, update_conversation
from tests.handoff.cases.case_harness import BROKEN, FRIDGE, ROBOT, WANG, CaseHarness


def due(case: Case, what: str) -> datetime:
    return datetime.fromisoformat(case.deadlines[what])


def whys(entries: list[Any]) -> list[tuple[Any, ...]]:
    return [(one.move, one.who, one.why) for one in entries if one.kind == "move"]


async def test_a_handoff_opens_a_case_with_what_is_known(cases: CaseHarness) -> None:
    talk, case = await cases.comes(**BROKEN)
    assert (case.case_no[:2], len(case.case_no), case.case_no[2:].isdigit()) == ("CS", 14, True)
    assert (case.state, case.origin, case.channel) == (CaseState.RECEIVED, "handoff", "chat")
    assert (case.category, case.level, case.skill_group) == ("product.quality", "II", "technical")
    assert (case.order_no, case.item, case.demand, case.description) == (FRIDGE, "冰箱", "维修", "不制冷")
    assert due(case, "first_response") == cases.now + timedelta(minutes=5)
    assert due(case, "resolve") == cases.now + timedelta(hours=48)
    assert case.record["case_no"] == case.case_no
    (opened,) = await cases.timeline(case.case_no)
    assert (opened.n, opened.kind, opened.who) == (1, "opened", "customer")
    assert opened.body["conversation_id"] == talk
    assert opened.body["reason"] == "requested"


async def test_the_summary_of_a_talk_is_kept_and_its_category_is_the_case_s(cases: CaseHarness) -> None:
    talk, case = await cases.comes(**BROKEN)
    agent = await cases.agent(groups=("technical",))
    await cases.claim(agent, talk)
    summary = {"category": "repair.request", "demand": "尽快上门", "follow_up": "师傅周三到"}
    ended = await cases.ends(agent, talk, "close", "follow_up", None, **summary)
    assert (case.category, ended.category) == ("product.quality", "repair.request")
    entries = await cases.timeline(case.case_no)
    (changed,) = [one for one in entries if one.kind == "classified"]
    assert (changed.who, changed.body["before"], changed.body["after"]) == (
        agent.id,
        {"category": "product.quality"},
        {"category": "repair.request"},
    )
    assert any(one.body.get("summary") == summary for one in entries)


@pytest.mark.parametrize(
    ("more", "origin"),
    [
        ({"ticket": True}, "ticket"),
        ({"reason": "complaint", "category": "complaint.service"}, "complaint"),
        ({"reason": "threat"}, "complaint"),
    ],
)
async def test_the_case_says_what_it_came_from(cases: CaseHarness, more: dict[str, Any], origin: str) -> None:
    _, case = await cases.comes(**{**BROKEN, **more})
    assert case.origin == origin


async def test_the_same_matter_from_another_conversation_joins_and_raises_the_grade(
    cases: CaseHarness,
) -> None:
    _, first = await cases.comes(**BROKEN)
    assert (first.complaint_kind, first.complaint_grade) == (None, None)
    cases.later(hours=1)
    talk, second = await cases.comes(category="repair.request", order_no=FRIDGE)
    assert second.case_no == first.case_no
    assert (second.contacts, second.complaint_kind, second.complaint_grade) == (2, "repeat", "important")
    assert due(second, "first_response") == due(first, "first_response"), "the first call is still unanswered"
    cases.later(hours=1)
    _, third = await cases.comes(category="complaint.result", order_no=FRIDGE, reason="complaint")
    assert (third.case_no, third.contacts, third.complaint_grade) == (first.case_no, 3, "major")
    cases.later(hours=1)
    _, fourth = await cases.comes(category="product.quality", order_no=FRIDGE)
    assert fourth.complaint_grade == "major", "a repeat alone never makes a crisis"
    kinds = [one.kind for one in await cases.timeline(first.case_no)]
    assert kinds == ["opened", "contact", "graded", "contact", "graded", "contact"]
    record = fourth.record
    assert (record["complaint_kind"], record["complaint_grade"]) == ("repeat", "major")
    assert (await cases.conversation(talk)).level == "II"
    assert len(await cases.all()) == 1


async def test_another_matter_or_order_or_customer_is_another_case(cases: CaseHarness) -> None:
    _, fridge = await cases.comes(**BROKEN)
    _, invoice = await cases.comes(category="order.invoice", order_no=FRIDGE)
    _, robot = await cases.comes(category="product.quality", order_no=ROBOT)
    stranger = await cases.talk({"verified": True, "phone": "13900005678"})
    theirs = await cases.handed(stranger, **BROKEN)
    unverified = await cases.talk({"phone": WANG["phone"]})
    somebody = await cases.handed(unverified, **BROKEN)
    numbers = {one.case_no for one in (fridge, invoice, robot, theirs, somebody)}
    assert len(numbers) == 5
    assert fridge.complaint_grade is None


async def test_two_matters_of_one_conversation_are_two_cases(cases: CaseHarness) -> None:
    talk, fridge = await cases.comes(**BROKEN)
    agent = await cases.agent(groups=("technical", "ticket"))
    await cases.claim(agent, talk)
    await cases.ends(agent, talk, "give_back", "follow_up")
    invoice = await cases.handed(talk, category="order.invoice", order_no=ROBOT, item=None)
    assert invoice.case_no != fridge.case_no
    states = {one.case_no: one.state.value for one in await cases.all()}
    assert states == {fridge.case_no: "solving", invoice.case_no: "received"}


async def test_claim_resolution_and_rating_walk_the_loop(cases: CaseHarness) -> None:
    talk, case = await cases.comes(**BROKEN)
    agent = await cases.agent(groups=("technical",))
    await cases.claim(agent, talk)
    claimed = await cases.case_of(talk)
    assert (claimed.state, claimed.owner) == (CaseState.DIAGNOSING, agent.id)
    partly = await cases.ends(agent, talk, "give_back", "partly", "先寄配件")
    assert partly.state is CaseState.SOLVING
    await cases.handed(talk)
    await cases.claim(agent, talk)
    solved = await cases.ends(agent, talk, "close", "solved")
    assert (solved.state, solved.contacts) == (CaseState.FEEDBACK, 1), "one talk is one contact"
    assert (await cases.rates(talk, 2)).state is CaseState.FEEDBACK
    confirmed = await cases.rates(talk, 5)
    assert confirmed.state is CaseState.ARCHIVED
    entries = await cases.timeline(case.case_no)
    assert [one.n for one in entries] == list(range(1, len(entries) + 1))
    assert whys(entries) == [
        ("taken", agent.id, "坐席接入了客户的会话"),
        ("planned", agent.id, "处理结果：部分解决，继续处理"),
        ("solved", agent.id, "处理结果：已解决"),
        ("confirmed", "customer", "客户认可结果，评了 5 分"),
    ]
    assert {one.at for one in entries} == {cases.now}
    assert next(one for one in entries if one.move == "planned").body["note"] == "先寄配件"


@pytest.mark.parametrize(
    ("resolution", "state"),
    [
        ("solved", CaseState.FEEDBACK),
        ("refused", CaseState.FEEDBACK),
        ("partly", CaseState.SOLVING),
        ("follow_up", CaseState.SOLVING),
        ("no_answer", CaseState.DIAGNOSING),
    ],
)
async def test_each_resolution_leaves_the_case_where_it_belongs(
    cases: CaseHarness, resolution: str, state: CaseState
) -> None:
    talk, _ = await cases.comes(**BROKEN)
    agent = await cases.agent(groups=("technical",))
    await cases.claim(agent, talk)
    case = await cases.ends(agent, talk, "close", resolution)
    assert case.state is state
    last = (await cases.timeline(case.case_no))[-1]
    assert last.body["resolution"] == resolution


async def test_who_comes_again_after_the_result_was_told_is_not_done(cases: CaseHarness) -> None:
    talk, case = await cases.comes(**BROKEN)
    agent = await cases.agent(groups=("technical",))
    await cases.claim(agent, talk)
    await cases.ends(agent, talk, "close", "solved")
    cases.later(hours=5)
    again = await cases.handed(talk, **BROKEN)
    assert (again.case_no, again.state, again.contacts) == (case.case_no, CaseState.SOLVING, 2)
    assert (again.complaint_kind, again.complaint_grade) == ("repeat", "important")
    assert due(again, "first_response") == cases.now + timedelta(minutes=5)


async def test_an_archived_case_is_reopened_for_some_days_only(cases: CaseHarness) -> None:
    _, case = await cases.comes(**BROKEN)
    await cases.moves(case.case_no, CaseMove.DROPPED, "客户不需要了")
    cases.later(days=6)
    _, again = await cases.comes(**BROKEN)
    assert (again.case_no, again.state) == (case.case_no, CaseState.DIAGNOSING)
    await cases.moves(case.case_no, CaseMove.DROPPED)
    cases.later(days=8)
    _, new = await cases.comes(**BROKEN)
    assert new.case_no != case.case_no
    assert (new.contacts, new.complaint_grade) == (1, None)


async def test_an_illegal_move_writes_nothing(cases: CaseHarness) -> None:
    _, case = await cases.comes(**BROKEN)
    with pytest.raises(IllegalCaseMove):
        await cases.moves(case.case_no, CaseMove.CONFIRMED)
    (after,) = await cases.all()
    assert after == case


async def test_a_case_and_its_handoff_are_written_together_or_not_at_all(cases: CaseHarness) -> None:
    talk = await cases.talk()

    class Killed(Exception):
        pass

    async def handed_and_killed() -> None:
        from handoff.case_record import open_handoff

        async with cases.records.write() as tx:
            await open_handoff(tx, talk, reason="requested", facts=BROKEN)
            raise Killed

    with pytest.raises(Killed):
        await handed_and_killed()
    assert await cases.all() == []
    case = await cases.handed(talk, **BROKEN)
    assert (case.contacts, len(await cases.all())) == (1, 1)


async def test_the_first_response_is_a_person_s_first_words(cases: CaseHarness) -> None:
    """H5: what the bot and the queue say does not count."""
    from handoff.cases.following import case_answered

    talk, case = await cases.comes(**BROKEN)
    assert case.first_response_at is None
    cases.later(minutes=3)
    for _ in range(2):
        async with cases.records.write() as tx:
            await case_answered(tx, await lock_conversation(tx, talk), "a_1")
        cases.later(minutes=1)
    answered = await cases.case_of(talk)
    assert answered.first_response_at == cases.now - timedelta(minutes=2)
    assert [one.kind for one in await cases.timeline(case.case_no)].count("answered") == 1


async def test_what_is_learned_while_waiting_comes_into_the_case(cases: CaseHarness) -> None:
    talk = await cases.talk(None)
    case = await cases.handed(talk)
    assert (case.category, case.order_no) == ("service.other", None)
    async with cases.records.write() as tx:
        await update_conversation(tx, talk, facts=dict(BROKEN), customer=WANG)
    request = AfterSalesRequest(
        "RP202611230001", "repair", "submitted", FRIDGE, "1", "冰箱", cases.now, "等待审核", None
    )
    learned = await cases.record_is_filled(talk, OrderData(asked=True, requests=(request,)))
    assert (learned.case_no, learned.order_no, learned.demand) == (case.case_no, FRIDGE, "维修")
    assert learned.requests == ["RP202611230001"]
    assert learned.record["demand"] == "维修"
    assert learned.customer["phone"] == WANG["phone"]
    _, second = await cases.comes(**BROKEN)
    assert second.case_no == case.case_no, "recognised by the phone that was verified later"


async def test_requests_of_the_bot_go_into_the_matter_s_case(cases: CaseHarness) -> None:
    talk, case = await cases.comes(**BROKEN)
    for _ in range(2):
        await cases.bot_wrote(talk, effect="return_requested", request_no="RP261123000001", order_no=FRIDGE)
    await cases.bot_wrote(talk, effect="invoice_requested", request_no="TK261123000002", order_no=ROBOT)
    after = await cases.case_of(talk)
    assert after.requests == ["RP261123000001"]
    assert [one.kind for one in await cases.timeline(case.case_no)] == ["opened", "request"]


async def test_a_claim_opens_a_case_that_nobody_waits_for(cases: CaseHarness) -> None:
    talk = await cases.talk()
    async with cases.records.write() as tx:
        await update_conversation(tx, talk, facts={"category": "logistics.lost", "order_no": ROBOT})
    claim = {
        "effect": "parcel_claimed",
        "request_no": "TK261123000009",
        "order_no": ROBOT,
        "summary": "丢件登记",
    }
    for _ in range(2):
        await cases.bot_wrote(talk, **claim)
    (case,) = await cases.all()
    assert (case.origin, case.skill_group, case.contacts) == ("claim", "logistics", 1)
    assert case.requests == ["TK261123000009"]
    assert due(case, "first_response") == cases.now + timedelta(hours=2)
    async with cases.records.read() as reader:
        assert (await get_conversation(reader, talk)).state.value == "bot"


async def test_a_talk_of_a_new_episode_has_a_case_of_its_own(cases: CaseHarness) -> None:
    talk, fridge = await cases.comes(**BROKEN)
    async with cases.records.write() as tx:
        await move(tx, talk, Move.CLOSED)
    other = await cases.handed(talk, category="order.invoice", order_no=ROBOT)
    assert other.case_no != fridge.case_no
    assert other.contacts == 1


async def test_who_leaves_it_to_a_ticket_is_answered_by_the_ticket_s_clock(cases: CaseHarness) -> None:
    """H2, H46: two hours from then on, not the five minutes of a chat; in the queue, the record and the case."""
    talk, waiting = await cases.comes(category="return.request", order_no=FRIDGE)
    assert due(waiting, "first_response") == cases.now + timedelta(minutes=5)
    cases.later(minutes=4)
    case = await cases.prefers_ticket(talk)
    assert due(case, "first_response") == cases.now + timedelta(hours=2)
    assert due(case, "resolve") == due(waiting, "resolve"), "choosing a ticket buys nobody time to solve it"
    assert (case.channel, case.state) == ("ticket", CaseState.RECEIVED)
    conversation = await cases.conversation(talk)
    assert conversation.deadlines == case.deadlines
    filled = await cases.record_is_filled(talk, OrderData(asked=True))
    assert (filled.record["channel"], filled.record["deadlines"]) == ("ticket", case.deadlines)
    _, direct = await cases.comes(category="order.invoice", order_no=FRIDGE, ticket=True)
    assert due(direct, "first_response") == cases.now + timedelta(hours=2)


async def test_a_hazard_left_as_a_ticket_is_still_answered_in_a_quarter_of_an_hour(
    cases: CaseHarness,
) -> None:
    _, case = await cases.comes(reason="safety", ticket=True, safety=True, **BROKEN)
    assert (case.level, due(case, "first_response")) == ("III", cases.now + timedelta(minutes=15))


async def test_who_leaves_the_queue_drops_the_case_and_asking_again_is_no_repeat(cases: CaseHarness) -> None:
    talk, case = await cases.comes(**BROKEN)
    assert (await cases.leaves(talk)).state is CaseState.ARCHIVED
    cases.later(minutes=5)
    again = await cases.handed(talk)
    assert (again.case_no, again.state, again.contacts) == (case.case_no, CaseState.DIAGNOSING, 1)
    assert again.complaint_grade is None
    assert due(again, "first_response") == cases.now + timedelta(minutes=5)


@pytest.mark.parametrize("more", [{"reason": "complaint"}, {"reason": "safety", "safety": True}])
async def test_a_complaint_or_hazard_stays_though_its_customer_stopped_waiting(
    cases: CaseHarness, more: dict[str, Any]
) -> None:
    talk, _ = await cases.comes(**{**BROKEN, **more})
    assert (await cases.leaves(talk)).state is CaseState.RECEIVED
