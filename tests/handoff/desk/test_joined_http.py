"""Repeat conversations of one customer: one line in the queue and in hand, both logs kept, taken apart and put together again."""

import asyncio
from typing import Any

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.customer import Customer
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def known(desk: SharedDesk, text: str, phone: str | None = None, **facts: Any) -> Customer:
    """A customer who says this, verified by that phone, and then asks for a person."""
    commands: list[dict[str, Any]] = [{"command": "case", "facts": facts}]
    if phone:
        commands.append({"command": "identified", "method": "order_phone", "name": "王小明", "phone": phone})
    desk.bot.when(text, say("好的", commands=commands))
    customer = await Customer.open(desk.http)
    await customer.answer_to(await customer.say(text))
    assert (await customer.call("human")).status_code == 200
    return customer


async def queue_of(desk: SharedDesk, name: str, *customers: Customer) -> list[dict[str, Any]]:
    ids = {one.id for one in customers}
    return [row for row in await desk.people[name].queue() if row["conversation_id"] in ids]


async def mine(desk: SharedDesk, name: str, *customers: Customer) -> list[dict[str, Any]]:
    ids = {one.id for one in customers}
    items = (await desk.people[name].get("conversations", scope="mine")).json()["items"]
    return [row for row in items if row["conversation_id"] in ids]


def beside(row: dict[str, Any]) -> list[str]:
    return [one["conversation_id"] for one in row.get("together", [])]


async def state_of(desk: SharedDesk, name: str, customer: Customer) -> tuple[str, str | None, int]:
    log = await desk.people[name].log(customer.id)
    return log["state"], log["owner"], log["epoch"]


async def test_two_that_wait_are_one_line_and_are_claimed_together(desk: SharedDesk) -> None:
    first = await known(desk, "包裹没到 13900220001", "13900220001")
    second = await known(desk, "换手机了，还是包裹 13900220001", "13900220001")
    (row,) = await queue_of(desk, "agent1", first, second)
    assert row["conversation_id"] == first.id
    (other,) = row["together"]
    assert (other["conversation_id"], other["why"], other["state"]) == (second.id, "customer", "waiting")
    assert "换手机了" in other["preview"]
    assert "13900220001" not in str(row)
    await desk.people["agent1"].claim(first.id)
    (held,) = await mine(desk, "agent1", first, second)
    assert beside(held) == [second.id]
    assert not await queue_of(desk, "agent1", first, second)
    one = desk.people["agent1"]
    for customer, words in ((first, "包裹没到"), (second, "换手机了")):
        log = await one.log(customer.id)
        assert (log["state"], log["owner"]) == ("human", one.agent["id"])
        assert any(words in str(item["body"].get("text")) for item in log["items"]), "nothing is lost"
        seq = await one.say(customer.id, log["epoch"], f"在查了：{words}")
        assert (await customer.log(seq - 1))["items"][0]["body"]["text"] == f"在查了：{words}"


async def test_who_comes_again_while_somebody_has_them_comes_to_the_same_person(desk: SharedDesk) -> None:
    first = await known(desk, "发票开错 13900220002", "13900220002")
    await desk.people["agent1"].claim(first.id)
    second = await known(desk, "发票还没改 13900220002", "13900220002")
    assert (await state_of(desk, "agent1", second))[:2] == ("human", desk.people["agent1"].agent["id"])
    (row,) = await mine(desk, "agent1", first, second)
    assert beside(row) == [second.id]
    alerts = (await desk.people["agent1"].get("queue")).json()["alerts"]
    assert [one["kind"] for one in alerts if one["conversation_id"] == second.id] == ["joined"]
    assert not await queue_of(desk, "agent2", first, second)


async def test_an_order_that_was_only_typed_joins_nobody(desk: SharedDesk) -> None:
    """Neither two guests, nor a guest with the customer whose order it is, whose name they would be given; nor two known customers."""
    one = await known(desk, "这单 202611220003", order_no="202611220003")
    two = await known(desk, "还是这单 202611220003", order_no="202611220003")
    owner = await known(desk, "我的单 202611220003", "13900220003", order_no="202611220003")
    rows = await queue_of(desk, "agent1", one, two, owner)
    assert [beside(row) for row in rows] == [[], [], []]
    await desk.people["agent1"].claim(owner.id)
    assert (await state_of(desk, "agent1", one))[0] == "waiting"
    assert {row["customer"] for row in rows if row["conversation_id"] != owner.id} == {"访客"}
    a = await known(desk, "我妈下的 202611220004", "13900220004", order_no="202611220004")
    b = await known(desk, "我下的 202611220004", "13900220005", order_no="202611220004")
    assert len(await queue_of(desk, "agent1", a, b)) == 2


async def test_an_order_that_both_proved_joins_them(desk: SharedDesk) -> None:
    """A number that is no mobile's recognises nobody by itself."""
    one = await known(desk, "座机下的 202611220005", "057188880005", order_no="202611220005")
    two = await known(desk, "还是座机 202611220005", "057188880005", order_no="202611220005")
    (row,) = await queue_of(desk, "agent1", one, two)
    assert [other["why"] for other in row["together"]] == ["order"]


async def test_a_line_shows_what_presses_in_any_of_its_conversations(desk: SharedDesk) -> None:
    first = await known(desk, "问问 13900220012", "13900220012")
    second = await known(desk, "我要投诉到 12315 13900220012", "13900220012", complaint=True)
    desk.bot.when("再说一遍", say("好的"))
    (row,) = await queue_of(desk, "agent1", first, second)
    alone = [(await desk.people["agent1"].record(one.id)) for one in (first, second)]
    ranks = ["I", "II", "III"]
    assert row["level"] == max((one["level"] for one in alone), key=ranks.index)
    for step in ("first_response", "plan", "resolve"):
        assert row["deadlines"][step] == min(one["deadlines"][step] for one in alone)
    log = await desk.people["agent1"].log(first.id)
    assert log["together"] == [second.id]


async def test_taken_apart_they_are_two_and_put_together_one_again(desk: SharedDesk) -> None:
    first = await known(desk, "两件事之一 13900220006", "13900220006")
    second = await known(desk, "两件事之二 13900220006", "13900220006")
    one = desk.people["agent1"]
    await one.claim(first.id)
    assert (await one.post(f"conversations/{second.id}/part")).json() == {"joined": False}
    assert (await one.post(f"conversations/{second.id}/part")).status_code == 200, "again changes nothing"
    rows = await mine(desk, "agent1", first, second)
    assert [beside(row) for row in rows] == [[], []]
    assert (await state_of(desk, "agent1", second))[0] == "human", "it stays with who has it"
    epoch = (await state_of(desk, "agent1", second))[2]
    await one.post(f"conversations/{second.id}/requeue", {"epoch": epoch})
    assert (await state_of(desk, "agent1", first))[0] == "human", "what was taken out goes its own way"
    (waiting,) = await queue_of(desk, "agent2", first, second)
    assert waiting["conversation_id"] == second.id
    again = await one.post(f"conversations/{second.id}/join")
    assert again.json() == {"joined": True}, again.text
    assert (await state_of(desk, "agent1", second))[:2] == ("human", one.agent["id"])
    (row,) = await mine(desk, "agent1", first, second)
    assert beside(row) == [second.id]


async def test_what_happens_to_one_happens_to_both(desk: SharedDesk) -> None:
    first = await known(desk, "退款没到 13900220007", "13900220007")
    second = await known(desk, "退款呢 13900220007", "13900220007")
    one, two = desk.people["agent1"], desk.people["agent2"]
    epoch = await one.claim(second.id)
    await one.post(f"conversations/{second.id}/requeue", {"epoch": epoch})
    assert [(await state_of(desk, "agent1", each))[0] for each in (first, second)] == ["waiting", "waiting"]
    (row,) = await queue_of(desk, "agent2", first, second)
    assert len(beside(row)) == 1
    epoch = await two.claim(first.id)
    until = await two.post(f"conversations/{first.id}/hold", {"epoch": epoch})
    assert until.status_code == 200, until.text
    assert (await two.post(f"conversations/{first.id}/resume", {"epoch": epoch})).status_code == 200
    (row,) = await mine(desk, "agent2", first, second)
    assert "held_until" not in row
    assert (await two.end(first.id, "close", epoch)).status_code == 200
    for each in (first, second):
        assert (await state_of(desk, "agent2", each))[0] == "closed"
        notes = (await two.log(each.id))["annotations"]
        assert [note["kind"] for note in notes if note["kind"] == "resolution"] == ["resolution"]


async def test_an_answer_in_one_does_not_hide_that_the_other_waits(desk: SharedDesk) -> None:
    """Each window of the customer waits for its own answer; the other has the patience of a later one then."""
    first = await known(desk, "问一下 13900220010", "13900220010")
    second = await known(desk, "再问一下 13900220010", "13900220010")
    one = desk.people["agent1"]
    epoch = await one.claim(first.id)
    row = (await mine(desk, "agent1", first, second))[0]
    assert (row["unanswered_first"], set(row["unanswered_in"])) == (True, {first.id, second.id})
    await one.say(first.id, epoch, "您好，查到了")
    row = (await mine(desk, "agent1", first, second))[0]
    assert (row["unanswered_first"], row["unanswered_in"]) == (False, [second.id])
    await one.say(second.id, (await one.log(second.id))["epoch"], "在那边回您了")
    assert "unanswered_since" not in (await mine(desk, "agent1", first, second))[0]
    await second.say("那什么时候到")
    row = (await mine(desk, "agent1", first, second))[0]
    assert (row["unanswered_first"], row["unanswered_in"]) == (False, [second.id])


async def test_who_leaves_the_queue_in_one_still_waits_in_the_other(desk: SharedDesk) -> None:
    first = await known(desk, "先问这个 13900220011", "13900220011")
    second = await known(desk, "又问这个 13900220011", "13900220011")
    assert (await first.call("leave-queue")).status_code == 200
    (row,) = await queue_of(desk, "agent1", first, second)
    assert (row["conversation_id"], beside(row)) == (second.id, [])


async def test_who_is_told_late_who_somebody_is_joins_them_then(desk: SharedDesk) -> None:
    """Identified while waiting: the queue's sweep finds it."""
    first = await known(desk, "先来的 13900220008", "13900220008")
    second = await known(desk, "后来的，还没说是谁")
    assert len(await queue_of(desk, "agent1", first, second)) == 2
    desk.bot.when(
        "手机 13900220008",
        say(
            commands=[
                {"command": "identified", "method": "order_phone", "name": "王小明", "phone": "13900220008"}
            ]
        ),
    )
    await second.say("手机 13900220008")
    async with asyncio.timeout(20):
        while len(await queue_of(desk, "agent1", first, second)) == 2:
            await asyncio.sleep(0.2)
    (row,) = await queue_of(desk, "agent1", first, second)
    assert beside(row) == [second.id]


async def test_whose_colleague_has_them_may_not_take_them_apart(desk: SharedDesk) -> None:
    first = await known(desk, "不是您的 13900220009", "13900220009")
    second = await known(desk, "也不是您的 13900220009", "13900220009")
    await desk.people["agent1"].claim(first.id)
    assert (await desk.people["agent2"].post(f"conversations/{second.id}/part")).status_code == 409
    assert (await desk.people["boss"].post(f"conversations/{second.id}/part")).status_code == 200
    guest = await known(desk, "独自一人")
    assert (await desk.people["agent1"].post(f"conversations/{guest.id}/join")).status_code == 409
