"""Several people at one conversation: who looks and writes, how far the customer has read, what was taken back."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from handoff.records import Records
from handoff.records.tables import items
from tests.handoff.shared_desk import SharedDesk
from tests.helpers.contracts import assert_contract
from tests.helpers.customer import Customer, Socket
from tests.helpers.sockets import JsonSocket

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def looking(stack: AsyncExitStack, desk: SharedDesk, name: str, customer: Customer) -> JsonSocket:
    socket = await stack.enter_async_context(desk.people[name].socket(desk.service))
    await socket.send({"type": "watch", "conversation_id": customer.id, "after": 0})
    await socket.next(lambda frame: frame["type"] == "items")
    await socket.send({"type": "look", "conversation_id": customer.id})
    return socket


def present(name: str, doing: str) -> Any:
    return lambda frame: frame["type"] == "present" and (frame["name"], frame["doing"]) == (name, doing)


async def test_who_looks_and_writes_is_seen_by_who_looks_too(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    names = {who: desk.people[who].agent["name"] for who in ("agent1", "agent2", "boss")}
    async with AsyncExitStack() as stack:
        one = await looking(stack, desk, "agent1", customer)
        two = await looking(stack, desk, "agent2", customer)
        assert_contract("agent-frames", await one.next(present(names["agent2"], "looks")))
        await two.next(present(names["agent1"], "looks"))  # told at once, because the newcomer asked
        await one.send({"type": "typing", "conversation_id": customer.id, "note": True})
        await two.next(present(names["agent1"], "types"))
        boss = await looking(stack, desk, "boss", customer)
        await boss.next(present(names["agent1"], "looks"))
        await one.next(present(names["boss"], "looks"))
        await two.send({"type": "look", "conversation_id": None})
        await one.next(present(names["agent2"], "gone"))
        await boss.connection.close()
        await one.next(present(names["boss"], "gone"))
    assert not any(frame["type"] == "present" and frame["name"] == names["agent1"] for frame in one.frames)


async def test_a_note_in_the_making_is_not_the_customers(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    await desk.people["agent1"].claim(customer.id)
    async with AsyncExitStack() as stack:
        socket = await stack.enter_async_context(Socket.connect(desk.service.ws_url, customer))
        await socket.next("welcome")
        one = await looking(stack, desk, "agent1", customer)
        await one.send({"type": "typing", "conversation_id": customer.id, "note": True})
        await one.send({"type": "typing", "conversation_id": customer.id})
        await socket.next(lambda frame: frame["type"] == "typing" and frame["who"] == "agent")
        await asyncio.sleep(0.3)
        typed = [frame for frame in socket.frames if frame["type"] == "typing" and frame["who"] == "agent"]
        assert len(typed) == 1


async def test_who_may_not_read_looks_at_nothing(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    async with desk.people["tech1"].socket(desk.service) as socket:
        await socket.send({"type": "look", "conversation_id": customer.id})
        assert (await socket.next(lambda frame: frame["type"] == "error"))["code"] == "not_found"


async def test_the_agent_sees_how_far_the_customer_has_read(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one = desk.people["agent1"]
    epoch = await one.claim(customer.id)
    seq = await one.say(customer.id, epoch, "您好")
    before = (await one.log(customer.id))["customer_read"]
    assert before < seq
    listed = [
        (item["conversation_id"], item["updated_at"]) for item in (await one.get("queue")).json()["mine"]
    ]
    async with AsyncExitStack() as stack:
        console = await looking(stack, desk, "agent1", customer)
        socket = await stack.enter_async_context(Socket.connect(desk.service.ws_url, customer))
        await socket.next("welcome")
        await socket.send({"type": "read", "seq": seq})
        frame = await console.next(lambda frame: frame["type"] == "items" and frame["customer_read"] == seq)
        assert_contract("agent-frames", frame)
        for other in (seq - 1, 10**6):
            await socket.send({"type": "read", "seq": other})
        await socket.send({"type": "ping"})
        await socket.next("pong")
    assert (await one.log(customer.id))["customer_read"] == seq, "never back, never beyond the end"
    told = await customer.call("read", {"seq": seq + 1})
    assert told.status_code == 200
    assert (await customer.call("read", {"seq": 0})).status_code == 422
    assert [
        (item["conversation_id"], item["updated_at"]) for item in (await one.get("queue")).json()["mine"]
    ] == listed


async def recall(desk: SharedDesk, who: str, customer: Customer, seq: int, epoch: int) -> Any:
    return await desk.people[who].post(f"conversations/{customer.id}/messages/{seq}/recall", {"epoch": epoch})


async def test_a_recalled_message_is_gone_for_the_customer_and_kept_for_the_desk(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one = desk.people["agent1"]
    epoch = await one.claim(customer.id)
    seq = await one.say(customer.id, epoch, "退款 900 元")
    async with Socket.connect(desk.service.ws_url, customer) as socket:
        await socket.next("welcome")
        done = await recall(desk, "agent1", customer, seq, epoch)
        assert done.status_code == 200, done.text
        items = await socket.items_until(
            lambda items: any(item["body"].get("event") == "recalled" for item in items)
        )
    event = items[-1]
    assert event["body"] == {"event": "recalled", "seq": seq}
    assert (await recall(desk, "agent1", customer, seq, epoch)).json() == {"seq": event["seq"]}, (
        "the same again"
    )
    log = (await customer.log())["items"]
    assert "900" not in str(log)
    assert log[seq - 1]["recalled"] is True
    assert log[seq - 1]["body"] == {}
    kept = (await desk.people["boss"].log(customer.id))["items"][seq - 1]
    assert (kept["body"]["text"], kept["recalled"]) == ("退款 900 元", True)
    audit = (await desk.people["admin"].get("audit", action="recall")).json()["items"]
    assert any((row["conversation_id"], row["detail"]) == (customer.id, {"seq": seq}) for row in audit), audit
    found = (await one.get("search", q="退款 900 元")).json()["items"]
    assert customer.id not in [row["conversation_id"] for row in found]


async def test_what_cannot_be_recalled(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one, two = desk.people["agent1"], desk.people["agent2"]
    epoch = await one.claim(customer.id)
    seq = await one.say(customer.id, epoch, "您好")
    assert (await recall(desk, "agent1", customer, 1, epoch)).status_code == 404, "the customer's"
    assert (await recall(desk, "agent1", customer, 999, epoch)).status_code == 404
    assert (await recall(desk, "agent1", customer, seq, epoch - 1)).json()["error"]["code"] == "stale"
    at = f"conversations/{customer.id}"
    assert (await one.post(f"{at}/messages/x/recall", {"epoch": epoch})).status_code == 404
    assert (await one.post(f"{at}/requeue", {"epoch": epoch})).status_code == 200
    assert (await recall(desk, "agent1", customer, seq, epoch)).json()["error"]["code"] == "stale"
    epoch = await two.claim(customer.id)
    assert (await recall(desk, "agent2", customer, seq, epoch)).status_code == 404, "a colleague's"
    assert "您好" in str((await customer.log())["items"])


async def test_after_two_minutes_it_stays(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    one = desk.people["agent1"]
    epoch = await one.claim(customer.id)
    seq = await one.say(customer.id, epoch, "您好")
    opened = Records(desk.service.database_url)
    async with opened.write() as tx:
        earlier = tx.now() - timedelta(seconds=121)
        this = (items.c.conversation_id == customer.id, items.c.seq == seq)
        await tx.execute(update(items).where(*this).values(at=earlier))
    await opened.close()
    refused = await recall(desk, "agent1", customer, seq, epoch)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "too_late")
    assert "120 秒" in refused.json()["error"]["message"]
    assert "recalled" not in str((await customer.log())["items"])


async def test_a_recalled_first_answer_is_no_first_response(desk: SharedDesk) -> None:
    """Neither in the figures nor in the case, and the deadline runs on; the next answer is the first one then."""
    customer, one = await desk.waiting("东西坏了"), desk.people["agent1"]
    epoch = await one.claim(customer.id)
    case_no = (await one.record(customer.id))["case_no"]
    seq = await one.say(customer.id, epoch, "发错人了")
    assert (await one.get(f"cases/{case_no}")).json()["first_response_at"]
    assert (await recall(desk, "agent1", customer, seq, epoch)).status_code == 200
    case = (await one.get(f"cases/{case_no}")).json()
    assert case["first_response_at"] is None
    assert case["timeline"][-1]["kind"] == "recalled"
    mine = (await one.get("conversations", scope="mine")).json()["items"]
    row = next(row for row in mine if row["conversation_id"] == customer.id)
    assert row["unanswered_first"] is True
    await one.say(customer.id, epoch, "您好，给您看一下")
    first = (await one.get(f"cases/{case_no}")).json()["first_response_at"]
    assert first
    second = await one.say(customer.id, epoch, "这句说重了")
    await recall(desk, "agent1", customer, second, epoch)
    assert (await one.get(f"cases/{case_no}")).json()["first_response_at"] == first, (
        "an answer of before stands"
    )
