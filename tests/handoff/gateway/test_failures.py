"""What a customer is told when the database cannot write, when there is too much traffic, and who may embed the widget."""

import sqlite3
from pathlib import Path

import httpx

from tests.handoff.conftest import client_of
from tests.helpers.customer import Customer, Socket, msg_id
from tests.helpers.handoff_service import running_service
from tests.helpers.ledger import Ledger
from tests.helpers.scripted_bot import ScriptedBot


async def test_a_locked_database_is_503_and_the_same_message_goes_through_later(
    tmp_path: Path, bot: ScriptedBot, ledger: Ledger
) -> None:
    async with running_service(tmp_path / "data", [bot.url]) as service, client_of(service) as http:
        customer = await Customer.open(http, ledger)
        blocker = sqlite3.connect(service.data_dir / "anke.db", isolation_level=None)
        client_msg_id = msg_id()
        blocker.execute("BEGIN IMMEDIATE")
        refused = await customer.post("text", {"text": "在吗"}, client_msg_id)
        blocker.execute("ROLLBACK")
        blocker.close()
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
        assert int(refused.headers["retry-after"]) >= 1
        assert (await customer.log())["last_seq"] == 0
        await customer.answer_to(await customer.say("在吗", client_msg_id))
        await ledger.check(service.database_url)


async def test_too_many_messages_are_429_with_retry_after_and_on_the_socket_a_nack(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    env = {"LIMIT_MESSAGES_PER_MINUTE": "3"}
    async with running_service(tmp_path / "data", [bot.url], env=env) as service, client_of(service) as http:
        answers: list[httpx.Response] = []
        customer = await Customer.open(http)
        while not answers or (answers[-1].status_code == 201 and len(answers) < 8):
            answers.append(await customer.post("text", {"text": "x"}))
        # a window may end in between: never more than two windows' worth
        assert 3 <= len(answers) - 1 <= 6
        assert answers[-1].status_code == 429
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 61
        async with Socket.connect(service.ws_url, customer) as socket:
            for _ in range(4):
                await socket.say("x")
            nack = await socket.next("nack")
        assert nack["code"] == "too_many"
        assert nack["retry_after"] >= 1
        assert (await Customer.open(http)).id != customer.id


async def test_allowed_origins_may_use_the_api_and_trusted_proxies_tell_the_address(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    env = {"ALLOWED_ORIGINS": "https://shop.example", "TRUSTED_PROXIES": "127.0.0.1/32, 10.0.0.0/8"}
    async with running_service(tmp_path / "data", [bot.url], env=env) as service, client_of(service) as http:
        shop = {"Origin": "https://shop.example"}
        asked = await http.options("/api/v1/conversations", headers=shop)
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == "https://shop.example"
        assert "Authorization" in asked.headers["access-control-allow-headers"]
        refused = await http.options("/api/v1/conversations", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in refused.headers
        desk = await http.options("/api/v1/agent/queue", headers=shop)
        assert "access-control-allow-origin" not in desk.headers

        forwarded = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.1.2.3"}
        opened = await http.post("/api/v1/conversations", json={}, headers=forwarded)
        customer = Customer(http, opened.json())
        await customer.answer_to(await customer.say("你好"))
        assert bot.turns[-1]["context"]["address"] == "203.0.113.9"


async def test_a_flood_of_new_conversations_from_one_address_is_stopped(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    env = {"LIMIT_CONVERSATIONS_PER_MINUTE": "5", "TRUSTED_PROXIES": "127.0.0.1"}
    async with running_service(tmp_path / "data", [bot.url], env=env) as service, client_of(service) as http:

        async def open_from(address: str) -> int:
            headers = {"X-Forwarded-For": address}
            return (await http.post("/api/v1/conversations", json={}, headers=headers)).status_code

        statuses = [await open_from("203.0.113.9") for _ in range(12)]
        assert statuses[:5] == [201] * 5
        assert 429 in statuses
        assert await open_from("203.0.113.10") == 201


async def test_a_worker_that_cannot_start_says_why_in_one_line(tmp_path: Path, bot: ScriptedBot) -> None:
    async with running_service(tmp_path / "data", [bot.url]) as service:
        for change, expected in (
            ({"PORT": "eighty"}, "PORT must be a whole number"),
            ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must be"),
            ({"TRUSTED_PROXIES": "somewhere"}, "TRUSTED_PROXIES"),
            ({"ANKE_DATA_ROOT": str(tmp_path)}, "文件不存在"),
            ({"ORDER_SYSTEM_URL": "orders.example.com"}, "ORDER_SYSTEM_URL"),
        ):
            kept = dict(service.env)
            service.env.update(change)
            before = len(service.log())
            process = await service.start_worker()
            assert await process.wait() == 2
            service.processes.remove(process)
            service.env = kept
            said = service.log()[before:]
            assert expected in said
            assert "Traceback" not in said
