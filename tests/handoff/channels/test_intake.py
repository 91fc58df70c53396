"""Mail and social platforms become cases: once for each message, a sender's open case goes on (H4)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from handoff.cases.rows import Case
from handoff.cases.states import CaseMove, CaseState
from handoff.channels.intake import check_message, do_take_in
from handoff.errors import ApiError
from handoff.records import lock_conversation
from tests.handoff.cases.case_harness import BROKEN, FRIDGE, ROBOT, CaseHarness
from tests.helpers.contracts import assert_contract


async def mail(
    cases: CaseHarness,
    external_id: str,
    text: str,
    *,
    sender: str = "wang@example.com",
    channel: str = "mail",
) -> Case:
    told = {"external_id": external_id, "from": sender, "text": text}
    assert_contract("case", told, "message")
    done = await do_take_in(cases.records, channel, check_message(told))
    return next(one for one in await cases.all() if one.case_no == done.case_no)


def due(case: Case, what: str = "first_response") -> datetime:
    return datetime.fromisoformat(case.deadlines[what])


async def test_a_mail_is_a_case_to_be_answered_within_two_hours(cases: CaseHarness) -> None:
    case = await mail(cases, "m1", f"订单 {FRIDGE} 的冰箱不制冷，电话 13700002468")
    assert (case.channel, case.origin, case.state) == ("mail", "message", CaseState.RECEIVED)
    assert due(case) == cases.now + timedelta(hours=2)
    assert (case.order_no, case.skill_group, case.first_response_at) == (FRIDGE, "ticket", None)
    assert (case.record["channel"], case.record["case_no"]) == ("mail", case.case_no)
    assert "13700002468" not in str(case.record)


async def test_the_same_message_again_is_the_same_case_and_nothing_more(cases: CaseHarness) -> None:
    first = await mail(cases, "m1", "东西坏了")
    again = await mail(cases, "m1", "东西坏了")
    assert again == first
    elsewhere = await mail(cases, "m1", "东西坏了", channel="weibo")
    assert elsewhere.case_no != first.case_no, "each channel counts for itself"
    with pytest.raises(ApiError) as refused:
        await mail(cases, "m1", "别的话")
    assert (refused.value.status, refused.value.code) == (409, "conflict")


async def test_who_writes_on_joins_the_open_case(cases: CaseHarness) -> None:
    first = await mail(cases, "m1", f"{FRIDGE} 不制冷")
    cases.later(minutes=5)
    on = await mail(cases, "m2", "补充：显示 E4")
    assert (on.case_no, on.contacts, on.complaint_grade) == (first.case_no, 1, None)
    assert due(on) == due(first)
    stranger = await mail(cases, "m3", "不制冷", sender="li@example.com")
    other_order = await mail(cases, "m4", f"{ROBOT} 要开发票")
    assert len({first.case_no, stranger.case_no, other_order.case_no}) == 3
    texts = [one.body.get("text") for one in await cases.timeline(first.case_no)]
    assert texts == [f"{FRIDGE} 不制冷", "补充：显示 E4"]


async def test_messages_at_the_same_moment_make_one_case(cases: CaseHarness) -> None:
    told = [{"external_id": f"m{n}", "from": "wang@example.com", "text": f"第 {n} 封"} for n in range(6)]
    both = [*told, *told]
    taken = await asyncio.gather(*(do_take_in(cases.records, "mail", check_message(one)) for one in both))
    assert len({one.case_no for one in taken}) == 1
    assert [one.fresh for one in taken].count(True) == 6
    (case,) = await cases.all()
    assert len(await cases.timeline(case.case_no)) == 6


async def test_who_writes_on_after_an_answer_is_answered_again(cases: CaseHarness) -> None:
    first = await mail(cases, "m1", "不制冷")
    async with cases.records.write() as tx:
        from handoff.cases.rows import update_case

        await update_case(tx, first.case_no, first_response_at=tx.now())
    cases.later(hours=20)
    on = await mail(cases, "m2", "照片发您了")
    assert (on.first_response_at, due(on)) == (None, cases.now + timedelta(hours=2))
    assert (on.contacts, on.complaint_grade) == (1, None), "an answer to our question is no repeat"


async def test_who_writes_again_because_nobody_answered_is_a_repeat(cases: CaseHarness) -> None:
    first = await mail(cases, "m1", "不制冷")
    cases.later(hours=2, minutes=1)
    again = await mail(cases, "m2", "怎么没人理")
    assert (again.case_no, again.contacts) == (first.case_no, 2)
    assert (again.complaint_kind, again.complaint_grade) == ("repeat", "important")
    assert due(again) == due(first)


async def test_thanks_for_the_result_do_not_open_it_again(cases: CaseHarness) -> None:
    first = await mail(cases, "m1", "不制冷")
    for event in (CaseMove.TAKEN, CaseMove.SOLVED):
        await cases.moves(first.case_no, event)
    on = await mail(cases, "m2", "收到，谢谢")
    assert (on.case_no, on.state) == (first.case_no, CaseState.FEEDBACK)
    await cases.moves(first.case_no, CaseMove.CONFIRMED)
    new = await mail(cases, "m3", "另一台也坏了")
    assert new.case_no != first.case_no


async def test_one_case_spans_chat_and_mail(cases: CaseHarness) -> None:
    talk = await cases.talk({"verified": True, "email": "Wang@example.com"})
    chat = await cases.handed(talk, **BROKEN)
    by_mail = await mail(cases, "m1", f"订单 {FRIDGE} 还没人处理")
    assert by_mail.case_no == chat.case_no
    assert (by_mail.channel, by_mail.customer["from"]) == ("chat", "wang@example.com")
    async with cases.records.write() as tx:
        assert (await lock_conversation(tx, talk)).state.value == "waiting", "the talk goes on as it was"


async def test_several_orders_in_one_mail_are_for_people_to_tell_apart(cases: CaseHarness) -> None:
    assert (await mail(cases, "m1", f"{FRIDGE} 和 {ROBOT} 都坏了")).order_no is None


GOOD = {"external_id": "m1", "from": "wang@example.com", "text": "坏了", "at": "2026-11-22T14:00:00+08:00"}


def test_a_good_message_is_taken_as_it_is() -> None:
    message = check_message(GOOD)
    assert (message.sender, message.text, message.at) == (
        "wang@example.com",
        "坏了",
        "2026-11-22T06:00:00.000Z",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {**GOOD, "external_id": ""},
        {**GOOD, "external_id": "有空格 1"},
        {**GOOD, "external_id": "x" * 201},
        {**GOOD, "external_id": 7},
        {**GOOD, "from": "  "},
        {**GOOD, "from": "x" * 201},
        {**GOOD, "from": None},
        {**GOOD, "text": "\u0000 "},
        {**GOOD, "text": 1},
        {**GOOD, "at": "昨天"},
        {**GOOD, "at": "2026-11-22"},
        {**GOOD, "at": "2026-13-22T06:00:00Z"},
        {**GOOD, "at": "2026-11-22T06:00:00"},
    ],
)
def test_a_message_that_cannot_be_is_refused(wrong: Any) -> None:
    with pytest.raises(ApiError) as refused:
        check_message(wrong)
    assert refused.value.status == 422


def test_a_text_that_is_too_long_says_so() -> None:
    with pytest.raises(ApiError) as refused:
        check_message({**GOOD, "text": "x" * 4001})
    assert refused.value.status == 413
