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


async def found_cases(desk: SharedDesk, name: str, query: str) -> dict[str, dict[str, object]]:
    answer = await desk.people[name].get("search", q=query)
    assert answer.status_code == 200, answer.text
    return {one["case"]["case_no"]: one["found"] for one in answer.json()["cases"]}


async def listed_cases(desk: SharedDesk, name: str, query: str) -> list[str]:
    answer = await desk.people[name].get("cases", q=query, state="all")
    assert answer.status_code == 200, answer.text
    return [one["case_no"] for one in answer.json()["items"]]


async def test_what_was_written_at_the_end_is_found_in_talk_and_case(desk: SharedDesk) -> None:
    customer, one = await desk.waiting("在吗"), desk.people["agent1"]
    epoch = await one.claim(customer.id)
    summary = {"demand": "换个壶盖", "solution": "寄出玻璃壶盖一只，电话 13900115679"}
    ending = {"epoch": epoch, "resolution": "solved", "note": "赠品柠檬片", "summary": summary}
    assert (await one.post(f"conversations/{customer.id}/close", ending)).status_code == 200
    number = str((await one.record(customer.id))["case_no"])
    for query in ("玻璃壶盖", "换个壶盖", "柠檬片"):
        talk = (await found(desk, "agent1", query))[customer.id]
        case = (await found_cases(desk, "agent1", query))[number]
        assert talk["by"] == case["by"] == "summary"
        assert query in str(talk["text"])
        assert query in str(case["text"])
        assert "13900115679" not in f"{talk}{case}", "masked like what was said"
        assert number in await listed_cases(desk, "agent1", query)
        assert customer.id not in await found(desk, "tech1", query), "another group's"
        assert await found_cases(desk, "tech1", query) == {}
        assert await listed_cases(desk, "tech1", query) == []
    assert (await found_cases(desk, "boss", number.lower()))[number] == {"by": "case"}
    for query in ("%壶%", "___"):
        assert number not in await found_cases(desk, "agent1", query)


async def test_a_call_is_found_as_a_case_by_order_name_phone_and_what_it_is_about(desk: SharedDesk) -> None:
    one = desk.people["agent1"]
    call = {
        "channel": "phone",
        "description": "榨汁杯转不动，打 13900116789",
        "order_no": "202611019917",
        "customer": {"name": "司马小兰", "phone": "13900116789"},
        "take": True,
    }
    number = str((await one.post("cases", call)).json()["case_no"])
    wanted = {"202611019917": "order", "6789": "phone", "司马": "name", "榨汁杯转": "words"}
    for query, by in wanted.items():
        how = (await found_cases(desk, "agent1", query))[number]
        assert how["by"] == by, query
        assert "13900116789" not in str(how)
        assert await listed_cases(desk, "agent1", query) == [number]


async def test_a_case_is_found_by_its_tag(desk: SharedDesk) -> None:
    one = desk.people["agent1"]
    number = str((await one.post("cases", {"description": "来电", "take": True})).json()["case_no"])
    assert (await one.post(f"cases/{number}/tags", {"add": ["等壶盖"]})).status_code == 200
    assert (await found_cases(desk, "agent1", "#等壶盖"))[number] == {"by": "tag"}


@pytest.mark.parametrize("query", ["", "a", " a ", "x" * 101])
async def test_a_search_for_nothing_is_refused(desk: SharedDesk, query: str) -> None:
    assert (await desk.people["agent1"].get("search", q=query)).status_code == 422
    assert (await desk.people["agent1"].get("cases", q=query)).status_code == 422


async def test_who_sees_no_customers_searches_none(desk: SharedDesk) -> None:
    assert (await desk.people["designer1"].get("search", q="在吗")).status_code == 403
