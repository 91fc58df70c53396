"""Drafts are kept per person, conversation and kind; conversations are found by words, order, name and phone tail."""

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.customer import Customer
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def drafts(desk: SharedDesk, name: str, customer: Customer) -> list[tuple[str, str, int]]:
    answer = await desk.people[name].get(f"conversations/{customer.id}/drafts")
    assert answer.status_code == 200, answer.text
    return [(one["kind"], one["text"], one["after_seq"]) for one in answer.json()["items"]]


async def test_a_draft_is_kept_per_person_and_kind_and_ends_empty(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    at, one = f"conversations/{customer.id}/drafts", desk.people["agent1"]
    for kind, text in (("reply", "您好，\n我查"), ("note", "难缠"), ("reply", "您好，\n我查一下 ")):
        assert (await one.post(at, {"kind": kind, "text": text, "after_seq": 3})).status_code == 200
    assert await drafts(desk, "agent1", customer) == [("note", "难缠", 3), ("reply", "您好，\n我查一下 ", 3)]
    assert await drafts(desk, "agent2", customer) == [], "nobody reads another's"
    assert (await one.post(at, {"kind": "reply", "text": " ", "after_seq": 4})).status_code == 200
    assert await drafts(desk, "agent1", customer) == [("note", "难缠", 3)]
    assert "难缠" not in str(await customer.log())


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"kind": "song", "text": "x", "after_seq": 1},
        {"kind": "note", "text": 5, "after_seq": 1},
        {"kind": "note", "text": "x" * 4001, "after_seq": 1},
        {"kind": "note", "text": "x", "after_seq": True},
        {"kind": "note", "text": "x", "after_seq": -1},
        {"kind": "note", "text": "x", "after_seq": 2**31},
    ],
)
async def test_a_malformed_draft_is_refused(desk: SharedDesk, body: object) -> None:
    customer = await desk.waiting("在吗")
    answer = await desk.people["agent1"].post(f"conversations/{customer.id}/drafts", body)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].endswith("。")


async def test_odd_characters_do_no_harm(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    body = {"kind": "note", "text": "a\x00b\ud800c😀", "after_seq": 1}
    assert (await desk.people["agent1"].post(f"conversations/{customer.id}/drafts", body)).status_code == 200
    assert await drafts(desk, "agent1", customer) == [("note", "abc😀", 1)]


async def test_a_foreign_conversation_has_no_drafts(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    tech, at = desk.people["tech1"], f"conversations/{customer.id}/drafts"
    assert (await tech.get(at)).status_code == 404
    assert (await tech.post(at, {"kind": "note", "text": "x", "after_seq": 1})).status_code == 404


async def found(desk: SharedDesk, name: str, query: str) -> dict[str, dict[str, object]]:
    answer = await desk.people[name].get("search", q=query)
    assert answer.status_code == 200, answer.text
    return {one["conversation_id"]: one["found"] for one in answer.json()["items"]}


async def test_found_by_words_order_name_and_phone_tail(desk: SharedDesk) -> None:
    identified = {
        "command": "identified",
        "method": "order_phone",
        "phone": "13900115679",
        "name": "欧阳小红",
    }
    facts = {"command": "case", "facts": {"order_no": "202611019903"}}
    desk.bot.when("净水器漏得到处都是，电话13900115679", say("抱歉", commands=[identified, facts]))
    customer = await desk.waiting("净水器漏得到处都是，电话13900115679")
    words = (await found(desk, "agent1", "漏得到处"))[customer.id]
    assert words["by"] == "words"
    assert "13900115679" not in str(words)
    assert "净水器漏得到处都是" in str(words["text"])
    assert (await found(desk, "agent1", "202611019903"))[customer.id]["by"] == "order"
    assert (await found(desk, "agent1", "5679"))[customer.id]["by"] == "phone"
    assert (await found(desk, "agent1", "欧阳"))[customer.id]["by"] == "name"
    assert await found(desk, "tech1", "漏得到处") == {}, "another group's"
    assert customer.id in await found(desk, "boss", "漏得到处")
    for query in ("%得到%", "从没人说过的话", "___"):
        assert customer.id not in await found(desk, "agent1", query)


async def test_what_an_agent_said_is_found_by_who_served_it(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one = desk.people["agent1"]
    epoch = await one.claim(customer.id)
    await one.say(customer.id, epoch, "给您补发 Type-C 充电线")
    await one.end(customer.id, "close", epoch)
    assert (await found(desk, "agent1", "type-c"))[customer.id]["by"] == "words"


@pytest.mark.parametrize("query", ["", "a", " a ", "x" * 101])
async def test_a_search_for_nothing_is_refused(desk: SharedDesk, query: str) -> None:
    assert (await desk.people["agent1"].get("search", q=query)).status_code == 422


async def test_who_sees_no_customers_searches_none(desk: SharedDesk) -> None:
    assert (await desk.people["designer1"].get("search", q="在吗")).status_code == 403
