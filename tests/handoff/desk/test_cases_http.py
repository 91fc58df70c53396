"""Cases over HTTP: who may list, read, move, link and register, and how the desk refuses (H3, H42, H49)."""

from typing import Any

import pytest

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.agent_client import AgentClient
from tests.helpers.contracts import assert_contract
from tests.helpers.customer import Customer, msg_id
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")

INVOICE = {"category": "order.invoice", "order_no": "202611010010", "demand": "开发票"}


async def handed(desk: SharedDesk, **facts: Any) -> tuple[Customer, str]:
    """A customer whose matter was handed over, and its case."""
    customer = await Customer.open(desk.http)
    words = f"帮我看看 {msg_id()}"
    command = {"command": "handoff", "reason": "requested", "facts": facts}
    desk.bot.when(words, say("这就转人工", commands=[command]))
    await customer.answer_to(await customer.say(words))
    record = await desk.people["boss"].record(customer.id)
    return customer, record["case_no"]


async def case(agent: AgentClient, case_no: str) -> dict[str, Any]:
    answer = await agent.get(f"cases/{case_no}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert_contract("case", told)
    return told


async def registered(agent: AgentClient, **told: Any) -> str:
    answer = await agent.post("cases", {"description": "来电：问题还没解决", **told})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_no"])


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_case_is_read_by_its_groups_and_by_who_reads_all(desk: SharedDesk) -> None:
    customer, number = await handed(desk, **INVOICE)
    told = await case(desk.people["agent1"], number)
    assert (told["state"], told["group"], told["order_no"]) == ("received", "ticket", INVOICE["order_no"])
    assert [one["conversation_id"] for one in told["conversations"]] == [customer.id]
    assert (await case(desk.people["boss"], number))["case_no"] == number
    assert code(await desk.people["tech1"].get(f"cases/{number}")) == (404, "not_found")
    assert code(await desk.people["boss"].get("cases/CS000000000000")) == (404, "not_found")
    assert code(await desk.people["boss"].get("cases/%00")) == (404, "not_found")
    for name in ("admin", "designer1"):
        assert code(await desk.people[name].get(f"cases/{number}")) == (403, "forbidden")
        assert code(await desk.people[name].get("cases")) == (403, "forbidden")
        assert code(await desk.people[name].post("cases", {"description": "x"})) == (403, "forbidden")


async def test_moves_need_a_reason_and_the_state_they_were_seen_in(desk: SharedDesk) -> None:
    _, number = await handed(desk, **INVOICE)
    agent = desk.people["agent1"]
    path = f"cases/{number}/move"
    assert code(await agent.post(path, {"to": "diagnosing"})) == (422, "invalid")
    assert code(await agent.post(path, {"to": "nowhere", "reason": "x"})) == (422, "invalid")
    assert code(await agent.post(path, {"to": ["diagnosing"], "reason": "x"})) == (422, "invalid")
    assert code(await agent.post(path, {"to": "feedback", "reason": "直接回复"})) == (409, "stale")
    taken = await agent.post(path, {"from": "received", "to": "diagnosing", "reason": "我来处理"})
    assert (taken.status_code, taken.json()) == (200, {"state": "diagnosing"})
    again = await agent.post(path, {"from": "received", "to": "diagnosing", "reason": "我来处理"})
    assert again.status_code == 200, "the same again changes nothing"
    other = await desk.people["agent2"].post(path, {"from": "received", "to": "diagnosing", "reason": "我来"})
    assert code(other) == (409, "stale")
    await agent.post(path, {"to": "solving", "reason": "已联系财务开票"})
    told = await case(agent, number)
    assert (told["owner"], told["owner_name"]) == (agent.agent["id"], "小林")
    moves = [one for one in told["timeline"] if one["kind"] == "move"]
    assert [(one["from"], one["to"], one["who_name"], one["why"]) for one in moves] == [
        ("received", "diagnosing", "小林", "我来处理"),
        ("diagnosing", "solving", "小林", "已联系财务开票"),
    ]
    assert told["may_move_to"] == ["received", "diagnosing", "feedback", "archived"]


async def test_category_and_level_are_changed_with_a_reason_and_what_they_were(desk: SharedDesk) -> None:
    customer, number = await handed(desk, **INVOICE)
    agent = desk.people["agent1"]
    path = f"cases/{number}/classify"
    for wrong in (
        {"category": "no.such", "level": "II", "reason": "x"},
        {"category": "order.invoice", "level": "IV", "reason": "x"},
        {"category": "order.invoice", "level": ["II"], "reason": "x"},
        {"category": "order.invoice", "level": "II"},
        [],
    ):
        assert code(await agent.post(path, wrong)) == (422, "invalid")
    other = {"category": "return.request", "level": "II", "reason": "其实是退货，拖了一周"}
    assert code(await desk.people["tech1"].post(path, other)) == (404, "not_found")
    for _ in range(2):
        assert (await agent.post(path, other)).json() == {"category": "return.request", "level": "II"}
    told = await case(agent, number)
    assert (told["category"], told["level"]) == ("return.request", "II")
    (changed,) = [one for one in told["timeline"] if one["kind"] == "classified"]
    assert changed["why"] == other["reason"]
    assert changed["body"]["before"] == {"category": "order.invoice", "level": "I"}
    (waits,) = [one for one in await agent.queue() if one["conversation_id"] == customer.id]
    assert waits["level"] == "II"
    assert (await agent.post(path, {**other, "level": "I"})).status_code == 200
    (waits,) = [one for one in await agent.queue() if one["conversation_id"] == customer.id]
    assert waits["level"] == "II", "nobody is put back"


async def test_a_grave_complaint_is_archived_by_a_supervisor(desk: SharedDesk) -> None:
    agent, boss = desk.people["agent1"], desk.people["boss"]
    phone = "13700001111"
    for _ in range(3):
        number = await registered(agent, category="complaint.result", customer={"phone": phone})
    assert (await case(agent, number))["complaint_grade"] == "major"
    path = f"cases/{number}/move"
    assert code(await agent.post(path, {"to": "archived", "reason": "重复"})) == (403, "forbidden")
    assert (await boss.post(path, {"to": "archived", "reason": "重复"})).status_code == 200


async def test_conversations_are_linked_once_and_only_by_who_may_read_both(desk: SharedDesk) -> None:
    _, number = await handed(desk, **INVOICE)
    other = await desk.waiting("还是发票的事")
    agent = desk.people["agent1"]
    body = {"conversation_id": other.id}
    assert (await agent.post(f"cases/{number}/link", body)).status_code == 201
    assert (await agent.post(f"cases/{number}/link", body)).status_code == 200
    told = await case(agent, number)
    assert [one["conversation_id"] for one in told["conversations"]][-1] == other.id
    assert [one["kind"] for one in told["timeline"]].count("linked") == 1
    assert code(await agent.post(f"cases/{number}/link", {"conversation_id": "c_none"})) == (404, "not_found")
    assert code(await agent.post(f"cases/{number}/link", {})) == (422, "invalid")
    assert code(await desk.people["tech1"].post(f"cases/{number}/link", body)) == (404, "not_found")


async def test_the_list_filters_and_pages_without_gaps(desk: SharedDesk) -> None:
    agent = desk.people["agent1"]
    mine = [
        await registered(agent, category="order.invoice", order_no=f"2099110100{n:02d}") for n in range(7)
    ]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        more = {"after": cursor} if cursor else {}
        answer = await agent.get("cases", channel="phone", category="order.invoice", limit=3, **more)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert_contract("case", page, "page")
        seen += [one["case_no"] for one in page["items"]]
        cursor = page["next"]
        if len(seen) == 3:
            await registered(agent, category="order.invoice", order_no="209911010099")
    assert seen[:7] == mine[::-1], "a case that comes meanwhile shifts nothing"
    assert len(seen) == len(set(seen))
    one = (await agent.get("cases", order_no="209911010003")).json()["items"]
    assert [row["case_no"] for row in one] == [mine[3]]
    await agent.post(f"cases/{mine[0]}/move", {"to": "diagnosing", "reason": "我来"})
    await agent.post(f"cases/{mine[1]}/move", {"to": "archived", "reason": "重复登记"})
    owned = (await agent.get("cases", owner="me", channel="phone", category="order.invoice")).json()["items"]
    assert [row["case_no"] for row in owned] == [mine[0]]
    listed = {row["case_no"] for row in (await agent.get("cases", limit=200)).json()["items"]}
    assert mine[0] in listed
    assert mine[1] not in listed
    archived = (await agent.get("cases", state="archived")).json()["items"]
    assert mine[1] in {row["case_no"] for row in archived}
    tech = (await desk.people["tech1"].get("cases", state="all", limit=200)).json()["items"]
    assert not {row["case_no"] for row in tech} & set(mine)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "x"},
        {"group": "nobody"},
        {"level": "IV"},
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"after": "x"},
        {"after": "MjAyNi0xMS0yMiBDUzE="},
        {"order_no": "\x00"},
    ],
)
async def test_a_list_that_cannot_be_is_refused(desk: SharedDesk, wrong: dict[str, str]) -> None:
    assert code(await desk.people["agent1"].get("cases", **wrong)) == (422, "invalid")


async def test_a_call_is_a_case_with_the_same_record(desk: SharedDesk) -> None:
    agent = desk.people["agent1"]
    call = {
        "channel": "phone",
        "client_case_id": msg_id(),
        "description": "冰箱不制冷，联系 13700002468",
        "category": "product.quality",
        "order_no": "202611010005",
        "item": "冰箱",
        "demand": "上门维修",
        "tried": ["重启过"],
        "usable": False,
        "customer": {"name": "赵先生", "phone": "13700002468"},
        "take": True,
    }
    assert_contract("case", call, "call")
    first = await agent.post("cases", call)
    assert (first.status_code, first.json()["joined"]) == (201, False)
    again = await agent.post("cases", call)
    assert (again.status_code, again.json()) == (200, first.json())
    assert code(await agent.post("cases", {**call, "demand": "退货"})) == (409, "conflict")
    number = first.json()["case_no"]
    told = await case(agent, number)
    assert (told["channel"], told["state"], told["owner_name"]) == ("phone", "diagnosing", "小林")
    assert (told["level"], told["group"], told["urgency"]) == ("II", "technical", "urgent")
    assert told["first_response_at"] >= told["created_at"], "a person was on the phone"
    assert told["customer"] == {"name": "赵*", "contact": "137****2468", "verified": False}
    assert "13700002468" not in str(told)
    record = told["record"]
    assert (record["case_no"], record["channel"], record["conversation_id"]) == (number, "phone", None)
    assert (record["demand"], record["tried"]) == ("上门维修", ["重启过"])
    shown = await agent.post(f"cases/{number}/reveal", {"field": "phone", "reason": "回电"})
    assert shown.json() == {"value": "13700002468"}
    assert code(await agent.post(f"cases/{number}/reveal", {"field": "phone"})) == (422, "invalid")
    assert "reveal" in {one["kind"] for one in (await case(agent, number))["timeline"]}


async def test_who_calls_again_about_the_same_joins_the_case(desk: SharedDesk) -> None:
    agent = desk.people["agent1"]
    call = {"category": "logistics.lost", "order_no": "202611010007", "customer": {"phone": "136 0000 1357"}}
    first = await registered(agent, **call)
    second = await agent.post("cases", {"description": "还是没找到", **call})
    assert second.json() == {"case_no": first, "joined": True}
    told = await case(agent, first)
    assert (told["contacts"], told["complaint_kind"], told["complaint_grade"]) == (2, "repeat", "important")


async def test_the_order_system_s_data_come_into_a_call_s_record(desk: SharedDesk) -> None:
    agent = desk.people["agent1"]
    number = await registered(agent, category="refund.progress", order_no="202611010008")
    for _ in range(100):
        told = await case(agent, number)
        if told["record"]["order_system_asked"]:
            break
        await agent.get("queue")
    assert told["record"]["order"]["items"][0]["name"] == "蓝牙耳机"
    assert told["requests"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"description": "  "},
        {"description": "x", "channel": "mail"},
        {"description": "x", "category": "no.such"},
        {"description": "x", "category": []},
        {"description": "x", "customer": "王"},
        {"description": "x", "customer": {"phone": 1}},
        {"description": "x", "tried": "重启"},
        {"description": "x", "take": "yes"},
        {"description": "x", "client_case_id": "有空格 "},
        {"description": "x" * 4001},
    ],
)
async def test_a_call_that_says_nothing_usable_is_refused(desk: SharedDesk, wrong: dict[str, Any]) -> None:
    assert code(await desk.people["agent1"].post("cases", wrong)) == (422, "invalid")


async def test_a_note_that_the_customer_was_told_is_the_first_response(desk: SharedDesk) -> None:
    _, number = await handed(desk, **INVOICE)
    agent = desk.people["agent1"]
    await agent.post(f"cases/{number}/notes", {"text": "在等财务"})
    assert (await case(agent, number))["first_response_at"] is None
    await agent.post(f"cases/{number}/notes", {"text": "已回电说明", "answered": True})
    told = await case(agent, number)
    assert told["first_response_at"]
    assert [one["kind"] for one in told["timeline"]][-2:] == ["note", "answered"]
    assert code(await agent.post(f"cases/{number}/notes", {"text": ""})) == (422, "invalid")


async def test_an_agent_s_words_and_resolution_walk_the_case(desk: SharedDesk) -> None:
    customer, number = await handed(desk, **INVOICE)
    agent = desk.people["agent1"]
    epoch = await agent.claim(customer.id)
    await agent.say(customer.id, epoch, "您好，我来看发票")
    told = await case(agent, number)
    assert (told["state"], bool(told["first_response_at"])) == ("diagnosing", True)
    await agent.end(customer.id, "close", epoch, "solved", "已开票")
    assert (await case(agent, number))["state"] == "feedback"
    assert (await customer.call("rating", {"score": 5, "reasons": [], "text": "谢谢"})).status_code == 201
    told = await case(agent, number)
    assert told["state"] == "archived"
    assert [one["move"] for one in told["timeline"] if one["kind"] == "move"] == [
        "taken",
        "solved",
        "confirmed",
    ]
