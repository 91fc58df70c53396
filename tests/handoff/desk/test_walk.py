"""The contract's walk: a customer asks for a person, is served, given back, closed and rates; on both databases."""

from pathlib import Path

import httpx

from tests.helpers.agent_client import AgentClient, running_desk
from tests.helpers.contracts import assert_contract
from tests.helpers.customer import Customer
from tests.helpers.ledger import Ledger
from tests.helpers.scripted_bot import ScriptedBot, say

IDENTIFIED = {"command": "identified", "method": "order_phone", "phone": "13900005678", "name": "李小红"}
FACTS = {
    "category": "product.quality",
    "category_confidence": 0.91,
    "order_no": "202611010003",
    "description": "扫地机器人不充电，电话13900005678",
    "demand": "换一台",
    "tried": ["换过插座"],
}
RETURN = {
    "effect": "return_requested",
    "key": "k1",
    "request_no": "RT202611220001",
    "order_no": "202611010003",
    "summary": "已提交退货申请",
}


async def test_the_whole_walk(tmp_path: Path, database_url: str, bot: ScriptedBot, ledger: Ledger) -> None:
    bot.when("13900005678 202611010003", say("核实好了", commands=[IDENTIFIED]))
    bot.when(
        "什么破东西",
        say(
            "非常抱歉",
            commands=[
                {"command": "case", "facts": FACTS},
                {
                    "command": "handoff",
                    "reason": "anger",
                    "evidence": ["什么破东西"],
                    "facts": {"usable": False},
                },
            ],
            effects=[RETURN],
            emotion="angry",
        ),
    )
    bot.when("given_back", say("同事已经为您安排换货"))
    async with (
        running_desk(tmp_path / "data", bot, database_url=database_url, workers=2) as service,
        httpx.AsyncClient(base_url=service.url, timeout=30) as http,
        AgentClient.logged_in(service.url, "tech1") as tech,
    ):
        customer = await Customer.open(http, ledger)
        await customer.answer_to(await customer.say("13900005678 202611010003"))
        await customer.answer_to(await customer.say("什么破东西"))
        page = await customer.log()
        assert page["state"] == "waiting"
        assert page["queue"]["position"] == 1
        assert page["queue"]["online"] is True

        (queued,) = await tech.queue()
        assert queued["conversation_id"] == customer.id
        assert (queued["group"], queued["emotion"], queued["level"]) == ("technical", "angry", "II")
        epoch = await tech.claim(customer.id)
        record = await tech.record(customer.id)
        assert_contract("handoff-record", record)
        assert (record["demand"], record["tried"]) == ("换一台", ["换过插座"])
        assert [one["request_no"] for one in record["bot_actions"]] == ["RT202611220001"]
        assert "13900005678" not in str(record)
        assert record["order"]["order_no"] == "202611010003"
        agent_seq = await tech.say(customer.id, epoch, "您好，我是技术支持，先帮您换一台。")
        await customer.wait_for(lambda items: any(one["seq"] == agent_seq for one in items))
        turns_before = len(bot.turns)
        await customer.say("好的，快点")
        assert len(bot.turns) == turns_before

        answer = await tech.end(customer.id, "give-back", epoch, "partly", "已安排换货，明天取件")
        assert (answer.status_code, answer.json()["state"]) == (200, "bot")
        items = await customer.wait_for(
            lambda items: any("同事已经为您安排换货" in str(one["body"]) for one in items)
        )
        told = bot.turns_with("given_back")[-1]["input"]
        assert (told["resolution"], told["note"]) == ("partly", "已安排换货，明天取件")
        assert "已安排换货" not in str([one for one in items if one["sender"] != "bot"]), (
            "only the bot may tell"
        )

        assert (await customer.call("human")).json() == {"state": "waiting"}
        (again,) = [one for one in await tech.queue() if one["conversation_id"] == customer.id]
        assert again["reason"] == "requested"
        epoch = await tech.claim(customer.id)
        answer = await tech.end(customer.id, "close", epoch)
        assert (answer.status_code, answer.json()["state"]) == (200, "closed")
        rated = await customer.call("rating", {"score": 5, "reasons": ["耐心"], "text": "谢谢"})
        assert rated.status_code == 201
        page = await customer.log()
        assert [one["seq"] for one in page["items"]] == list(range(1, page["last_seq"] + 1))
    await ledger.check(service.database_url)
