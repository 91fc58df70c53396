"""What a customer came with before: found by what is surely theirs, with outcome, promises and rating; masked, and nobody else's."""

from typing import Any

import pytest

from handoff.records import Records, create_conversation, update_conversation
from handoff.records.customers import conversations_by
from tests.handoff.shared_desk import SharedDesk
from tests.helpers.contracts import assert_contract
from tests.helpers.customer import Customer
from tests.helpers.scripted_bot import say

pytestmark = pytest.mark.asyncio(loop_scope="module")
IDENTIFIED = {"command": "identified", "method": "order_phone", "name": "王小明"}


def known(desk: SharedDesk, text: str, phone: str, **facts: Any) -> None:
    """After this sentence the customer is verified by that phone."""
    commands = [{**IDENTIFIED, "phone": phone}, {"command": "case", "facts": facts}]
    desk.bot.when(text, say("好的", commands=commands))


async def earlier(desk: SharedDesk, name: str, customer: Customer) -> list[dict[str, Any]]:
    answer = await desk.people[name].get(f"conversations/{customer.id}/earlier")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    assert answer.json()["total"] == len(items)
    return items


async def served(desk: SharedDesk, customer: Customer, **summary: str) -> None:
    """Claimed, promised something, closed and rated."""
    one = desk.people["agent1"]
    epoch = await one.claim(customer.id)
    plan = {"epoch": epoch, "text": "先退运费 12 元", "tell": True}
    assert (await one.post(f"conversations/{customer.id}/plan", plan)).status_code == 201
    body = {"epoch": epoch, "resolution": "follow_up", "note": "仓库在查", "summary": summary}
    assert (await one.post(f"conversations/{customer.id}/close", body)).status_code == 200
    assert (await customer.call("rating", {"score": 2, "reasons": [], "text": "还没解决"})).status_code < 300


async def test_the_last_time_its_outcome_promises_and_rating(desk: SharedDesk) -> None:
    known(desk, "包裹丢了 13900117781", "13900117781", order_no="202611017781", promises=["48 小时内回电"])
    first = await desk.waiting("包裹丢了 13900117781")
    await served(desk, first, follow_up="周五前补发", solution="已登记丢件")
    second = await desk.waiting("包裹丢了 13900117781")
    (was,) = await earlier(desk, "agent1", second)
    assert (was["conversation_id"], was["here"], was["state"]) == (first.id, False, "closed")
    assert "13900117781" not in str(was)
    assert "包裹丢了" in was["words"]
    assert was["rating"] == {"score": 2, "text": "还没解决"}
    (handed,) = was["handoffs"]
    assert (handed["resolution"], handed["note"], handed["solution"]) == (
        "follow_up",
        "仓库在查",
        "已登记丢件",
    )
    assert handed["promises"] == ["48 小时内回电", "先退运费 12 元", "周五前补发"]
    record = await desk.people["agent1"].record(second.id)
    assert_contract("handoff-record", record)
    (before,) = record["earlier"]
    assert before["promises"] == handed["promises"]
    assert before["resolution"] == "follow_up"
    at = f"conversations/{second.id}/earlier/{first.id}/{was['episode']}"
    log = (await desk.people["agent1"].get(at)).json()
    assert any(one["body"].get("text") == "先退运费 12 元" for one in log["items"])
    assert any(one["kind"] == "resolution" for one in log["annotations"])
    assert log["next"] is None
    assert "13900117781" not in str(log)


async def test_who_looks_back_needs_not_have_served_it_then(desk: SharedDesk) -> None:
    """Another group's conversation of the same customer is read through the present one, and in no other way."""
    known(desk, "屏幕碎了 13900117782", "13900117782", category="product.quality")
    known(desk, "催一下 13900117782", "13900117782")
    first, tech = await desk.waiting("屏幕碎了 13900117782"), desk.people["tech1"]
    await tech.end(first.id, "close", await tech.claim(first.id))
    second = await desk.waiting("催一下 13900117782")
    one = desk.people["agent1"]
    assert (await one.get(f"conversations/{first.id}/log")).status_code == 404, "technical's"
    (was,) = await earlier(desk, "agent1", second)
    assert was["conversation_id"] == first.id
    assert was["state"] == "closed"
    at = f"conversations/{second.id}/earlier/{first.id}"
    assert (await one.get(f"{at}/{was['episode']}")).status_code == 200
    assert (await one.get(f"{at}/99")).status_code == 404
    assert (await one.get(f"conversations/{second.id}/earlier/{second.id}/1")).status_code == 404, (
        "the present"
    )
    assert (await desk.people["tech1"].get(f"conversations/{second.id}/earlier")).status_code == 404
    assert (await desk.people["designer1"].get(f"conversations/{second.id}/earlier")).status_code == 403


async def test_what_was_only_typed_is_nobodys(desk: SharedDesk) -> None:
    known(desk, "查订单 13900117783", "13900117783")
    await desk.waiting("查订单 13900117783")
    stranger = await desk.waiting("我的手机是 13900117783，查一下")
    assert await earlier(desk, "agent1", stranger) == []
    assert (await desk.people["agent1"].record(stranger.id))["earlier"] == []


async def test_earlier_in_the_same_conversation(desk: SharedDesk) -> None:
    customer = await desk.waiting("插头坏了")
    await served(desk, customer, follow_up="寄一个新插头")
    await customer.answer_to(await customer.say("又坏了"))
    await customer.call("human")
    (was,) = await earlier(desk, "agent1", customer)
    assert (was["conversation_id"], was["here"], was["episode"]) == (customer.id, True, 1)
    assert was["words"] == "插头坏了"
    log = (await desk.people["agent1"].get(f"conversations/{customer.id}/earlier/{customer.id}/1")).json()
    assert "又坏了" not in str(log)
    assert (await desk.people["agent1"].record(customer.id))["earlier"][0]["promises"][-1] == "寄一个新插头"


async def test_a_call_knows_it_too(desk: SharedDesk) -> None:
    known(desk, "漏水 13900117784", "13900117784")
    first = await desk.waiting("漏水 13900117784")
    await served(desk, first, follow_up="周三上门")
    call = {"channel": "phone", "description": "问师傅几点来", "customer": {"phone": "13900117784"}}
    one = desk.people["agent1"]
    case_no = (await one.post("cases", call)).json()["case_no"]
    record = (await one.get(f"cases/{case_no}")).json()["record"]
    assert "周三上门" in record["earlier"][0]["promises"]


async def test_the_keys_follow_what_is_known(records: Records) -> None:
    async with records.write() as tx:
        one = await create_conversation(tx, identity={"sub": "u1"}, customer={"phone": "13900117785"})
        assert await conversations_by(tx, ("phone:13900117785",)) == [], "not verified"
        verified = {"phone": "13900117785", "email": "A@b.cn", "verified": True}
        await update_conversation(tx, one, customer=verified)
        for key in ("sub:u1", "phone:13900117785", "email:a@b.cn"):
            assert await conversations_by(tx, (key,)) == [one]
        await update_conversation(tx, one, customer={**verified, "phone": "13900117786"})
        assert await conversations_by(tx, ("phone:13900117785",)) == []
        assert await conversations_by(tx, ("phone:13900117786", "sub:u1")) == [one]
