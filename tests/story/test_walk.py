"""The story of the first release over HTTP, on real parts, with SQLite and with PostgreSQL: the same walk on both."""

import httpx
import pytest

from tests.helpers.agent_client import AgentClient
from tests.helpers.contracts import assert_contract
from tests.helpers.customer import Customer
from tests.helpers.installation import Installation
from tests.helpers.ledger import Ledger
from tests.story.conftest import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_customer_is_helped_and_a_person_takes_over(installation: Installation) -> None:
    ledger = Ledger()
    async with (
        httpx.AsyncClient(base_url=installation.url, timeout=30) as http,
        AgentClient.logged_in(installation.url, "agent1", PASSWORD) as agent,
        AgentClient.logged_in(installation.url, "boss", PASSWORD) as boss,
    ):
        customer = await Customer.open(http, ledger)

        async def ask(text: str) -> list[dict]:  # type: ignore[type-arg]
            """Everything the bot committed in answer to this message."""
            seq = await customer.say(text)
            await customer.answer_to(seq, seconds=20)
            return [i for i in (await customer.log(0))["items"] if (i.get("in_reply_to") or 0) == seq]

        # identified; nothing of the order before that
        said = await ask("我那个扫地机器人的订单现在啥情况 202611010003")
        assert all(i["kind"] == "text" for i in said)
        assert said[-1]["body"]["expects"] == "phone_tail"
        said = await ask("5678")
        (card,) = [i["body"] for i in said if i["kind"] == "card"]
        assert (card["card"], card["order_no"]) == ("order", "202611010003")

        said = await ask("物流走到哪了 看下")
        assert any(i["body"].get("card") == "logistics" for i in said)

        # a return, to its number
        await ask("这个我要退货")
        await ask("不想要了")
        said = await ask("没拆封")
        assert said[-1]["body"]["expects"] == "confirm"
        confirm = said[-1]["body"]["buttons"][0]
        pressed = await customer.post("button", {"button_id": confirm["id"]})
        assert pressed.status_code == 201
        await customer.answer_to(pressed.json()["seq"], seconds=20)
        items = (await customer.log(0))["items"]
        (request_no,) = [i["body"]["request_no"] for i in items if i["body"].get("card") == "request"]
        assert request_no.startswith("RT")
        assert len(request_no) == 14

        # angry: to people, before anybody is told of it
        await customer.say("你们什么破店 气死我了 骗子")
        page = await customer.wait_for(
            lambda all_: any(i["kind"] == "event" and i["body"]["to"] == "waiting" for i in all_), 20
        )
        queued = [i for i in await boss.queue() if i["conversation_id"] == customer.id]
        assert len(queued) == 1
        assert (queued[0]["level"], queued[0]["group"]) == ("II", "ticket")

        record = (await boss.get(f"conversations/{customer.id}/record")).json()
        assert_contract("handoff-record", record)
        assert record["trigger"]["reason"] == "anger"
        assert record["customer"]["verified"] is True
        assert record["order"]["order_no"] == "202611010003"
        assert record["customer"]["contact"] == "139****5678"
        assert "13900005678" not in str(record)
        assert any(request_no in str(action) for action in record["bot_actions"])
        assert record["product"]["serial"] == "R2W26A0450917", "from the order: nobody need ask for it"
        assert "product.serial" not in record["missing"]

        # a person takes over; the bot is silent
        epoch = await agent.claim(customer.id)
        taken = await boss.post(f"conversations/{customer.id}/claim")
        assert taken.status_code == 409
        await agent.say(customer.id, epoch, "您好，我是客服，已经看到您的情况")
        seq = await customer.say("那你说怎么办")
        page = await customer.wait_for(lambda all_: any(i["sender"] == "agent" for i in all_), 15)
        assert not [i for i in page if i["sender"] == "bot" and i["seq"] > seq]

        # given back: the bot knows what was agreed
        given = await agent.post(
            f"conversations/{customer.id}/give-back",
            {"epoch": epoch, "resolution": "solved", "note": "明天上午上门取件"},
        )
        assert given.status_code == 200, given.text
        await customer.wait_for(lambda all_: any(i["sender"] == "bot" and i["seq"] > seq for i in all_), 20)
        said = await ask("刚才客服说的结果是什么来着")
        assert "取件" in str([i["body"] for i in (await customer.log(0))["items"] if i["seq"] > seq])
        assert said

        # asked for a person again, closed by the person, rated
        assert (await customer.call("human")).json()["state"] == "waiting"
        assert customer.id in [i["conversation_id"] for i in await agent.queue()]
        epoch = await agent.claim(customer.id)
        closed = await agent.post(
            f"conversations/{customer.id}/close", {"epoch": epoch, "resolution": "solved"}
        )
        assert closed.status_code == 200, closed.text
        rated = await customer.call("rating", {"score": 5, "reasons": ["态度好"], "text": "解决了"})
        assert rated.status_code == 201

        page_ = await customer.log(0)
        assert page_["state"] == "closed"
        assert [i["seq"] for i in page_["items"]] == list(range(1, page_["last_seq"] + 1))
        await ledger.check(installation.database_url)


async def test_promise_5_every_hint_may_be_lost(installation: Installation) -> None:
    """FLUSHALL in the middle of a form and of a wait: nothing is missing afterwards."""
    from redis.asyncio import Redis

    url = installation.env.get("REDIS_URL") or f"unix://{installation.data_dir / 'valkey.sock'}"
    ledger = Ledger()
    async with httpx.AsyncClient(base_url=installation.url, timeout=30) as http, Redis.from_url(url) as redis:
        customer = await Customer.open(http, ledger)
        await customer.answer_to(await customer.say("电饭煲不通电了 202611010004 5678"), 20)
        await redis.flushall()
        await customer.answer_to(await customer.say("昨天开始的"), 20)
        await redis.flushall()
        await customer.call("human")
        await redis.flushall()
        await customer.say("还在吗")
        page = await customer.log(0)
        assert page["state"] == "waiting"
        await ledger.check(installation.database_url)
