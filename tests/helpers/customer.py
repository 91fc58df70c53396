"""A customer as a widget is one: opens a conversation, writes, reads the log; over HTTP and over the socket."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import websockets

from tests.helpers.contracts import assert_contract
from tests.helpers.ledger import Ledger
from tests.helpers.sockets import JsonSocket


def msg_id() -> str:
    return uuid.uuid4().hex


def ascii_json(body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Arguments of an httpx call. JSON in ASCII, as it can carry characters that UTF-8 cannot (httpx's own would fail)."""
    return {
        "content": json.dumps(body),
        "headers": {"Content-Type": "application/json", **(headers or {})},
    }


class Customer:
    """One conversation over HTTP. With a ledger everything that is sent, acked and seen is recorded."""

    def __init__(self, http: httpx.AsyncClient, opened: dict[str, str], ledger: Ledger | None = None) -> None:
        self.http = http
        self.id = opened["conversation_id"]
        self.token = opened["token"]
        self.ledger = ledger
        self.path = f"/api/v1/conversations/{self.id}"
        self.headers = {"Authorization": f"Bearer {self.token}"}

    @classmethod
    async def open(cls, http: httpx.AsyncClient, ledger: Ledger | None = None, **body: Any) -> "Customer":
        answer = await http.post("/api/v1/conversations", **ascii_json(body))
        assert answer.status_code == 201, answer.text
        return cls(http, answer.json(), ledger)

    async def post(self, kind: str, body: dict[str, Any], client_msg_id: str | None = None) -> httpx.Response:
        """One attempt to send; the answer as it is."""
        client_msg_id = client_msg_id or msg_id()
        if self.ledger:
            self.ledger.sent(self.id, client_msg_id, kind, body)
        answer = await self.http.post(
            f"{self.path}/messages",
            **ascii_json({"client_msg_id": client_msg_id, "kind": kind, "body": body}, self.headers),
        )
        if self.ledger and answer.status_code in {200, 201}:
            self.ledger.acked(self.id, client_msg_id, answer.json()["seq"])
        return answer

    async def say(self, text: str, client_msg_id: str | None = None) -> int:
        """Sends a text and returns its seq."""
        answer = await self.post("text", {"text": text}, client_msg_id)
        assert answer.status_code in {200, 201}, answer.text
        return int(answer.json()["seq"])

    async def say_until_acked(self, text: str, seconds: float = 20) -> int:
        """As an outbox does: the same client_msg_id again until it is acknowledged."""
        client_msg_id = msg_id()
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = await self.post("text", {"text": text}, client_msg_id)
                if answer.status_code in {200, 201}:
                    return int(answer.json()["seq"])
            except httpx.HTTPError:
                pass
            assert time.monotonic() < deadline, f"never acknowledged: {text}"
            await asyncio.sleep(0.1)

    async def log(self, after: int = 0, wait: float = 0) -> dict[str, Any]:
        answer = await self.http.get(
            f"{self.path}/log", headers=self.headers, params={"after": after, "wait": wait}, timeout=wait + 15
        )
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        assert_contract("log-page", page)
        if self.ledger:
            self.ledger.saw(self.id, page["items"])
        return page

    async def wait_for(self, wanted: Any, seconds: float = 15) -> list[dict[str, Any]]:
        """The whole log as soon as `wanted(items)` is true; a broken connection is tried again."""
        deadline = time.monotonic() + seconds
        items: list[dict[str, Any]] = []
        while not wanted(items):
            left = deadline - time.monotonic()
            assert left > 0, f"waited in vain; the log is {json.dumps(items, ensure_ascii=False)[-1500:]}"
            try:
                page = await self.log(items[-1]["seq"] if items else 0, wait=min(left, 5))
                items += page["items"]
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
        return items

    async def answer_to(self, seq: int, seconds: float = 15) -> dict[str, Any]:
        """The first bot item that answers a turn which includes message `seq`."""

        def found(items: list[dict[str, Any]]) -> Any:
            return next(
                (one for one in items if one["sender"] == "bot" and one.get("in_reply_to", 0) >= seq), None
            )

        answer: dict[str, Any] = found(await self.wait_for(found, seconds))
        return answer

    async def call(self, what: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.http.post(f"{self.path}/{what}", **ascii_json(body or {}, self.headers))


class Socket(JsonSocket):
    """The same conversation over the WebSocket; frames are held against the contract and checked for gaps."""

    def __init__(self, connection: websockets.ClientConnection, customer: Customer, after: int) -> None:
        super().__init__(connection)
        self.customer = customer
        self.cursor = after
        self.items: list[dict[str, Any]] = []

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, customer: Customer, after: int = 0) -> AsyncIterator["Socket"]:
        async with websockets.connect(url) as connection:
            socket = cls(connection, customer, after)
            await socket.send_first({"type": "hello", "token": customer.token, "after": after})
            yield socket

    async def send(self, frame: dict[str, Any]) -> None:
        if frame.get("type") == "send" and self.customer.ledger:
            self.customer.ledger.sent(self.customer.id, frame["client_msg_id"], frame["kind"], frame["body"])
        assert_contract("customer-frames", frame, "from_widget")
        await super().send(frame)

    async def say(self, text: str, client_msg_id: str | None = None) -> str:
        client_msg_id = client_msg_id or msg_id()
        await self.send(
            {"type": "send", "client_msg_id": client_msg_id, "kind": "text", "body": {"text": text}}
        )
        return client_msg_id

    async def items_until(self, wanted: Any, seconds: float = 10) -> list[dict[str, Any]]:
        async with asyncio.timeout(seconds):
            while not wanted(self.items):
                await self.next("items", seconds)
        return self.items

    def note(self, frame: dict[str, Any]) -> None:
        assert_contract("customer-frames", frame, "to_widget")
        super().note(frame)
        ledger = self.customer.ledger
        if frame["type"] == "items":
            for item in frame["items"]:
                assert item["seq"] == self.cursor + 1, f"gap after {self.cursor}: {item}"
                self.cursor = item["seq"]
            self.items += frame["items"]
            if ledger:
                ledger.saw(self.customer.id, frame["items"])
        elif frame["type"] == "ack" and ledger:
            ledger.acked(self.customer.id, frame["client_msg_id"], frame["seq"])
