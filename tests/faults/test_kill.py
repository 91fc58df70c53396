"""kill -9 of every process while customers write and forms are half filled (promises 1-6 and 10)."""

import asyncio
import random
import time
from pathlib import Path

import httpx
import pytest

from tests.helpers.customer import Customer
from tests.helpers.installation import Installation, running_installation
from tests.helpers.ledger import Ledger

SCRIPTS = [
    ["在吗", "202611010002 1234", "到哪了", "什么时候能到", "谢谢"],
    ["我要退货", "202611010003", "5678", "不想要了", "没拆封", "运费谁出"],
    ["查订单202611010001", "1234", "怎么还没发货", "好的"],
    ["这个羽绒服还有货吗", "多少钱", "包邮吗", "发什么快递"],
    ["退款到哪了 202611010008 1357", "还要几天", "嗯嗯"],
]
KILLED = ["worker", "bot", "actions", "valkey", "worker"]


async def chat(customer: Customer, script: list[str], stop: asyncio.Event) -> int:
    """Write the script over and over as an impatient person does; every message is sent until acknowledged."""
    draw = random.Random(customer.id)
    written = 0
    while not stop.is_set():
        for text in script:
            await customer.say_until_acked(text, seconds=40)
            written += 1
            await asyncio.sleep(draw.uniform(0.3, 1.2))
            if stop.is_set():
                break
    return written


async def fresh_customer_is_served(installation: Installation, seconds: float) -> float:
    """Seconds until a customer who comes now gets a bot's answer."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            async with httpx.AsyncClient(base_url=installation.url, timeout=5) as http:
                customer = await Customer.open(http)
                seq = await customer.say("你好")
                await customer.answer_to(seq, seconds=seconds)
                return time.monotonic() - began
        except (httpx.HTTPError, AssertionError):
            await asyncio.sleep(0.1)
    raise AssertionError(f"nobody was served for {seconds} s\n{installation.logs()}")


async def quiet(customers: list[Customer], seconds: float = 40) -> None:
    """Until no turn is in flight: the last message of everybody is answered or with people."""
    end = time.monotonic() + seconds
    for customer in customers:
        while True:
            page = await customer.log(0)
            last = max((i["seq"] for i in page["items"] if i["sender"] == "customer"), default=0)
            answered = max((i.get("in_reply_to") or 0 for i in page["items"]), default=0)
            if answered >= last or page["state"] != "bot":
                break
            assert time.monotonic() < end, f"no answer to {last}: {page['items'][-3:]}"
            await asyncio.sleep(0.3)


@pytest.mark.timeout(400)
async def test_promise_10_nothing_acknowledged_is_lost_whatever_is_killed(tmp_path: Path) -> None:
    ledger = Ledger()
    async with (
        running_installation(tmp_path / "data", {"LIMIT_MESSAGES_PER_MINUTE": "100000"}) as installation,
        httpx.AsyncClient(base_url=installation.url, timeout=20) as http,
    ):
        customers = [await Customer.open(http, ledger) for _ in range(len(SCRIPTS))]
        stop = asyncio.Event()
        chats = [
            asyncio.create_task(chat(customer, script, stop))
            for customer, script in zip(customers, SCRIPTS, strict=True)
        ]
        for part in KILLED:
            await asyncio.sleep(1.5)
            installation.kill(part)
            took = await fresh_customer_is_served(installation, seconds=installation.within(20))
            print(f"{part}: a customer was served {took:.1f} s after kill -9")
            await installation.until_ready(installation.within(30))
        stop.set()
        written = sum(await asyncio.gather(*chats))
        assert written > 3 * len(SCRIPTS), "the customers hardly wrote: the test would prove nothing"
        await quiet(customers)
        await ledger.check(installation.database_url)


@pytest.mark.timeout(400)
async def test_a_half_filled_form_survives_bot_valkey_and_launcher(tmp_path: Path) -> None:
    """The return goes on where it was after kill -9 of bot, Valkey and the launcher itself, with one request at the end."""
    ledger = Ledger()
    # Patience is not what is tested here: on a busy machine the new bot is later than the 20 s after which a person comes.
    installation = Installation(tmp_path / "data", {"TURN_PATIENCE_SECONDS": "90"})
    try:
        await installation.start()
        async with httpx.AsyncClient(base_url=installation.url, timeout=20) as http:
            customer = await Customer.open(http, ledger)
            await customer.answer_to(await customer.say("扫地机器人想退货 202611010003 5678"))
            reply = await customer.answer_to(await customer.say("不想要了"))
            assert reply["body"].get("expects") == "condition"
            installation.kill("bot")
            installation.kill("valkey")
            reply = await customer.answer_to(await customer.say_until_acked("没拆封"), seconds=100)
            await installation.kill_launcher()
            again = asyncio.create_task(customer.say_until_acked("确认提交", seconds=90))
            await installation.start()
            await customer.answer_to(await again, seconds=100)
            items = (await customer.log(0))["items"]
            numbers = [
                i["body"]["request_no"]
                for i in items
                if i["kind"] == "card" and i["body"].get("card") == "request"
            ]
            assert len(numbers) == 1
            assert numbers[0].startswith("RT")
            await ledger.check(installation.database_url)
    finally:
        await installation.stop()
