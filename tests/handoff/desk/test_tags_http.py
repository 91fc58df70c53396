"""Tags: listed or free, on the case, seen wherever its conversations are listed; found, filtered and exported by them."""

from typing import Any

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.contracts import assert_contract
from tests.helpers.customer import Customer, msg_id

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def tag(desk: SharedDesk, name: str, at: str, **change: Any) -> list[str]:
    answer = await desk.people[name].post(f"{at}/tags", change)
    assert answer.status_code == 200, answer.text
    told: list[str] = answer.json()["tags"]
    return told


async def found(desk: SharedDesk, name: str, query: str) -> list[str]:
    items = (await desk.people[name].get("search", q=query)).json()["items"]
    assert all(one["found"]["by"] == "tag" for one in items)
    return [one["conversation_id"] for one in items]


def words() -> str:
    """A tag that no other test has."""
    return f"标{msg_id()[:8]}"


async def listed(desk: SharedDesk, customer: Customer) -> list[str]:
    queue = await desk.people["agent1"].queue()
    tags: list[str] = next(one["tags"] for one in queue if one["conversation_id"] == customer.id)
    return tags


async def test_a_tag_is_put_on_seen_found_and_taken_off(desk: SharedDesk) -> None:
    customer, own = await desk.waiting("在吗"), words()
    at = f"conversations/{customer.id}"
    assert await tag(desk, "agent1", at, add=["待回访", f" #{own} ", own]) == ["待回访", own]
    assert await listed(desk, customer) == ["待回访", own]
    assert (await desk.people["agent2"].log(customer.id))["tags"] == ["待回访", own]
    assert await found(desk, "agent1", f"#{own}") == [customer.id]
    assert await found(desk, "boss", f"＃{own}") == [customer.id]
    assert await found(desk, "tech1", f"#{own}") == [], "another group's"
    record = await desk.people["agent1"].record(customer.id)
    number = record["case_no"]
    case = (await desk.people["agent1"].get(f"cases/{number}")).json()
    assert_contract("case", case)
    assert case["tags"] == ["待回访", own]
    page = (await desk.people["agent1"].get("cases", tag=own)).json()
    assert [one["case_no"] for one in page["items"]] == [number]
    known = (await desk.people["agent1"].get("tags")).json()
    assert "待回访" in known["listed"]
    assert {"tag": own, "uses": 1} in known["used"]
    assert await tag(desk, "agent2", f"cases/{number}", remove=[own, "没贴过"]) == ["待回访"]
    assert await found(desk, "agent1", f"#{own}") == []
    case = (await desk.people["agent1"].get(f"cases/{number}")).json()
    changes = [one["body"] for one in case["timeline"] if one["kind"] == "tagged"]
    assert changes == [{"add": ["待回访", own], "remove": []}, {"add": [], "remove": [own]}]


async def test_it_is_pushed_to_whoever_looks(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one, two = desk.people["agent1"], desk.people["agent2"]
    async with two.socket(desk.service) as socket:
        await socket.send({"type": "watch", "conversation_id": customer.id, "after": 0})
        await socket.next(lambda frame: frame["type"] == "items")
        await one.post(f"conversations/{customer.id}/tags", {"add": ["等仓库"]})
        frame = await socket.next(lambda frame: frame["type"] == "items" and frame["tags"] == ["等仓库"])
        assert_contract("agent-frames", frame)


async def test_a_matter_that_comes_again_keeps_its_tags_and_the_next_has_none(desk: SharedDesk) -> None:
    customer = await desk.waiting("插座坏了")
    one = desk.people["agent1"]
    epoch = await one.claim(customer.id)
    await tag(desk, "agent1", f"conversations/{customer.id}", add=["差评风险"])
    await one.end(customer.id, "close", epoch)
    await customer.answer_to(await customer.say("还想问问"))
    assert (await desk.people["boss"].log(customer.id))["tags"] == [], "nobody has this matter yet"
    assert (
        await desk.people["boss"].post(f"conversations/{customer.id}/tags", {"add": ["老客户"]})
    ).status_code == 404
    await customer.call("human")
    case_no = (await one.record(customer.id))["case_no"]
    case = (await one.get(f"cases/{case_no}")).json()
    assert (await one.log(customer.id))["tags"] == case["tags"]


async def test_an_export_has_them(desk: SharedDesk) -> None:
    customer, own = await desk.waiting("在吗"), words()
    await tag(desk, "agent1", f"conversations/{customer.id}", add=["待回访", own])
    answer = await desk.people["boss"].get("figures/conversations.csv", figure="waiting")
    assert "标签" in answer.text.splitlines()[0]
    assert f"待回访、{own}" in answer.text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "写明"),
        ([], "写明"),
        ({"add": "待回访"}, "列表"),
        ({"add": ["x" * 41]}, "40"),
        ({"add": ["这是一个比十二个字还要长的标签"]}, "12 个字"),
        ({"add": ["#"]}, "1 到 40"),
        ({"add": [5]}, "1 到 40"),
        ({"add": [f"标签{n}" for n in range(9)]}, "最多贴 8 个"),
        ({"add": [f"标签{n}" for n in range(21)]}, "最多 20 个"),
    ],
)
async def test_what_is_no_tag_is_refused(desk: SharedDesk, body: Any, said: str) -> None:
    customer = await desk.waiting("在吗")
    answer = await desk.people["agent1"].post(f"conversations/{customer.id}/tags", body)
    assert (answer.status_code, said in answer.json()["error"]["message"]) == (422, True), answer.text
    assert await listed(desk, customer) == []


async def test_who_may(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    number = (await desk.people["boss"].record(customer.id))["case_no"]
    for at in (f"conversations/{customer.id}", f"cases/{number}"):
        assert (await desk.people["tech1"].post(f"{at}/tags", {"add": ["老客户"]})).status_code == 404
        assert (await desk.people["admin"].post(f"{at}/tags", {"add": ["老客户"]})).status_code == 403
    assert (await desk.people["admin"].get("tags")).status_code == 403
