"""The satisfaction visit: a day after the solution, in the conversation, three scores and words, kept (H41)."""

from typing import Any

import pytest

from handoff.conversation import State
from handoff.edge.messages import Message, check_message
from handoff.followups.visit import read_visit_answer, take_visit_answer
from handoff.records import NewItem, append_items, lock_conversation, new_id, read_items
from tests.handoff.followups.followup_harness import FollowUpHarness


async def visited(harness: FollowUpHarness, resolution: str = "solved") -> str:
    """A closed case, a day and an hour later."""
    agent = await harness.agent()
    customer = await harness.waiting()
    await harness.claim(agent, customer)
    await harness.answers(agent, customer)
    await harness.close(agent, customer, resolution)
    await harness.pass_by(hours=25)
    return customer


async def writes(harness: FollowUpHarness, customer: str, kind: str, body: dict[str, Any]) -> bool:
    """As the gateway takes a message; True when it was taken for an answer and the bot need not read it."""
    message: Message = check_message({"client_msg_id": new_id("m"), "kind": kind, "body": body})
    async with harness.records.write() as tx:
        conversation = await lock_conversation(tx, customer)
        answer = await read_visit_answer(tx, conversation, message.kind, message.body, harness.store)
        await append_items(tx, customer, [NewItem("customer", kind, message.body)])
        if answer is not None:
            await take_visit_answer(tx, conversation, answer, harness.store)
    return answer is not None and not answer.passes_on


async def buttons(harness: FollowUpHarness, customer: str) -> dict[str, str]:
    async with harness.records.read() as reader:
        log = await read_items(reader, customer)
    return {one["label"]: one["id"] for one in log[-1].body.get("buttons", [])}


async def test_buttons_and_typed_scores_and_words_are_kept(harness: FollowUpHarness) -> None:
    customer = await visited(harness)
    assert "效率" in (await harness.told(customer))[-1]
    five = (await buttons(harness, customer))["5 分 非常满意"]
    assert await writes(harness, customer, "button", {"button_id": five})
    assert "服务态度" in (await harness.told(customer))[-1]
    assert await writes(harness, customer, "text", {"text": "4分"})
    assert await writes(harness, customer, "text", {"text": "满意。"})
    assert "还有什么想对我们说" in (await harness.told(customer))[-1]
    assert not await writes(harness, customer, "text", {"text": "小林很耐心"}), "the bot reads words too"
    visit = await harness.visit()
    assert (visit.efficiency, visit.attitude, visit.result) == (5, 4, 4)
    assert (visit.words, visit.state) == ("小林很耐心", "done")
    assert await harness.state(customer) is State.CLOSED
    assert [one for one in await harness.events() if one.startswith("visit")] == [
        "visit.asked",
        "visit.answered",
    ]


async def test_an_ordinary_message_is_no_answer_and_the_button_still_is(harness: FollowUpHarness) -> None:
    customer = await visited(harness)
    three = (await buttons(harness, customer))["3 分 一般"]
    assert not await writes(harness, customer, "text", {"text": "我的空气炸锅又坏了"})
    assert not await writes(harness, customer, "text", {"text": "5"}), "not directly after the question"
    assert (await harness.visit()).efficiency is None
    assert await writes(harness, customer, "button", {"button_id": three})
    assert (await harness.visit()).efficiency == 3


async def test_a_low_score_is_brought_to_the_supervisor(harness: FollowUpHarness) -> None:
    customer = await visited(harness)
    for text in ("5", "1", "2", "没有"):
        assert await writes(harness, customer, "text", {"text": text})
    assert "主管" in (await harness.told(customer))[-1]
    assert "态度 1" in (await harness.remarks(customer, "followup"))[-1]


@pytest.mark.parametrize("resolution", ["refused", "no_answer"])
async def test_only_solved_cases_are_visited(harness: FollowUpHarness, resolution: str) -> None:
    customer = await visited(harness, resolution)
    assert await harness.visit() is None
    assert "效率" not in "".join(await harness.told(customer))


async def test_a_customer_who_is_with_a_person_again_is_not_visited_meanwhile(
    harness: FollowUpHarness,
) -> None:
    agent = await harness.agent()
    customer = await harness.waiting()
    await harness.claim(agent, customer)
    await harness.give_back(agent, customer)
    harness.later(hours=20)
    await harness.hands_over(customer, "requested")
    await harness.claim(agent, customer)
    said = await harness.told(customer)
    harness.later(hours=6)
    await harness.tick()
    assert await harness.told(customer) == said


async def test_nobody_is_visited_at_night(harness: FollowUpHarness) -> None:
    """Solved at 03:00: the visit waits for 09:00 of the next day."""
    harness.later(hours=15)
    agent = await harness.agent()
    customer = await harness.waiting()
    await harness.claim(agent, customer)
    await harness.close(agent, customer)
    harness.later(hours=29, minutes=59)
    await harness.tick()
    assert await harness.visit() is None
    harness.later(minutes=2)
    await harness.tick()
    assert (await harness.visit()).state == "asked"
