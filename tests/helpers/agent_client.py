"""A person at the desk, as the console is one: logs in, looks at the queue, claims, writes, gives back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.helpers.customer import ascii_json, msg_id
from tests.helpers.handoff_service import HandoffService
from tests.helpers.scripted_bot import ScriptedBot
from tests.helpers.sockets import JsonSocket

PASSWORD = "demo-password-for-tests"


@asynccontextmanager
async def running_desk(
    data_dir: Path, bot: ScriptedBot, *, database_url: str | None = None, workers: int = 1, **env: str
) -> AsyncIterator[HandoffService]:
    """A service with the demo accounts (all with PASSWORD) and the demo store's orders."""
    if database_url:
        env["DATABASE_URL"] = database_url
    service = HandoffService(data_dir, [bot.url], workers=workers, env={"DEMO_PASSWORD": PASSWORD, **env})
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        await service.run_module("aftersales.order_system.sql.migrate")
        await service.run_module("aftersales.order_system.sql.demo")
        await service.start()
        await service.run_module("handoff.auth.seed")
        yield service
    finally:
        await service.stop()


class AgentClient:
    """One logged-in session; every write carries the CSRF token."""

    def __init__(self, http: httpx.AsyncClient, told: dict[str, Any]) -> None:
        self.http = http
        self.agent: dict[str, Any] = told["agent"]
        self.csrf: str = told["csrf"]

    @classmethod
    @asynccontextmanager
    async def logged_in(
        cls, url: str, username: str, password: str = PASSWORD
    ) -> AsyncIterator["AgentClient"]:
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            answer = await http.post("/api/v1/agent/login", json={"username": username, "password": password})
            assert answer.status_code == 200, answer.text
            yield cls(http, answer.json())

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(f"/api/v1/agent/{path}", params=params)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.http.post(
            f"/api/v1/agent/{path}", **ascii_json(body or {}, {"X-CSRF-Token": self.csrf})
        )

    async def queue(self) -> list[dict[str, Any]]:
        answer = await self.get("queue")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def claim(self, conversation_id: str) -> int:
        """Takes the conversation over and returns the epoch."""
        answer = await self.post(f"conversations/{conversation_id}/claim")
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "human"
        return int(answer.json()["epoch"])

    async def try_to_say(
        self, conversation_id: str, epoch: int, text: str, client_msg_id: str | None = None
    ) -> httpx.Response:
        body = {
            "client_msg_id": client_msg_id or msg_id(),
            "epoch": epoch,
            "kind": "text",
            "body": {"text": text},
        }
        return await self.post(f"conversations/{conversation_id}/messages", body)

    async def say(self, conversation_id: str, epoch: int, text: str) -> int:
        answer = await self.try_to_say(conversation_id, epoch, text)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["seq"])

    async def end(
        self, conversation_id: str, how: str, epoch: int, resolution: str = "solved", note: str | None = None
    ) -> httpx.Response:
        """`how`: give-back or close."""
        body = {"epoch": epoch, "resolution": resolution, **({"note": note} if note else {})}
        return await self.post(f"conversations/{conversation_id}/{how}", body)

    async def log(self, conversation_id: str, after: int = 0) -> dict[str, Any]:
        answer = await self.get(f"conversations/{conversation_id}/log", after=after)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    async def record(self, conversation_id: str) -> dict[str, Any]:
        answer = await self.get(f"conversations/{conversation_id}/record")
        assert answer.status_code == 200, answer.text
        record: dict[str, Any] = answer.json()
        return record

    @asynccontextmanager
    async def socket(self, service: HandoffService) -> AsyncIterator[JsonSocket]:
        """The console's WebSocket, after hello."""
        headers = {"Cookie": self.cookie}
        async with JsonSocket.open(
            service.agent_ws_url, {"type": "hello"}, additional_headers=headers, origin=service.url
        ) as socket:
            yield socket

    @property
    def cookie(self) -> str:
        """The session cookie as a header says it."""
        return "; ".join(f"{one.name}={one.value}" for one in self.http.cookies.jar)
