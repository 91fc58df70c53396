"""A real small HTTP server that speaks the turn protocol and plays a script, instead of Rasa.

    async with ScriptedBot() as bot:
        bot.when("你好", say("您好！"))
        … BOT_URLS=bot.url …

What is not in the script is echoed ("收到：…"). `bot.turns` lists every request it got to answer, `bot.listened` those of
customers who wait for a person.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from tests.helpers.contracts import assert_contract

Answer = dict[str, Any]
Play = Callable[[dict[str, Any]], Answer]


def say(
    *texts: str,
    commands: list[dict[str, Any]] | None = None,
    effects: list[dict[str, Any]] | None = None,
    cards: list[dict[str, Any]] | None = None,
    buttons: list[tuple[str, str]] | None = None,
    expects: str | None = None,
    intent: str = "greet",
    category: str = "service.social",
    emotion: str = "calm",
) -> Play:
    """An answer: texts (buttons and expects on the last one), cards, commands, effects."""

    def play(turn: dict[str, Any]) -> Answer:
        replies: list[dict[str, Any]] = [{"kind": "text", "text": text} for text in texts]
        if buttons:
            replies[-1]["buttons"] = [{"label": label, "payload": payload} for label, payload in buttons]
        if expects:
            replies[-1]["expects"] = expects
        replies += [{"kind": "card", "card": card} for card in cards or []]
        count = (turn["state"] or {}).get("count", 0) + 1
        return {
            "protocol": 1,
            "turn_id": turn["turn_id"],
            "model": "scripted",
            "replies": replies,
            "commands": commands or [],
            "effects": effects or [],
            "state": {"format": 1, "model": "scripted", "count": count},
            "understanding": {
                "intent": intent,
                "category": category,
                "confidence": 0.9,
                "entities": [],
                "emotion": emotion,
                "emotion_score": 0.1,
            },
        }

    return play


class Fail(Exception):
    """Raised by a play: the bot answers with this HTTP status."""

    def __init__(self, status: int = 502) -> None:
        super().__init__(str(status))
        self.status = status


class ScriptedBot:
    """One bot process, without the process. Restart it on the same port with `stop()` and `start()`."""

    def __init__(self, secret: str = "bot-secret", port: int = 0) -> None:
        self.secret = secret
        self.port = port
        self.turns: list[dict[str, Any]] = []
        self.listened: list[dict[str, Any]] = []
        """Turns of customers who wait for a person: understood, never answered."""
        self.delay = 0.0
        self.ready = True
        self.failing = 0
        """So many next turns are answered with 502."""
        self.on_turn: Callable[[dict[str, Any], int], None] | None = None
        """Called with (turn, +1) when a turn comes in and (turn, -1) when it is answered."""
        self._script: dict[str, Play] = {}
        self._held: dict[str, asyncio.Event] = {}
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def when(self, text: str, play: Play) -> None:
        """Answers an input whose text, payload or event is `text`."""
        self._script[text] = play

    def hold(self, text: str) -> asyncio.Event:
        """The answer to `text` waits until the returned event is set."""
        return self._held.setdefault(text, asyncio.Event())

    def turns_with(self, text: str) -> list[dict[str, Any]]:
        return [turn for turn in self.turns if _words(turn) == text]

    async def asked(self, text: str, times: int = 1, seconds: float = 15) -> dict[str, Any]:
        """Waits until the bot was asked `text` so many times; returns the last of these requests."""
        async with asyncio.timeout(seconds):
            while len(found := self.turns_with(text)) < times:
                await asyncio.sleep(0.02)
        return found[times - 1]

    async def __aenter__(self) -> "ScriptedBot":
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Like kill -9: listening ends, connections are cut."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._connections):
            writer.transport.abort()

    async def reset(self) -> None:
        """As new: nothing scripted, held or recorded; running, ready and quick."""
        for event in self._held.values():
            event.set()
        self.turns, self.listened, self._script, self._held = [], [], {}, {}
        self.delay, self.ready, self.failing, self.on_turn = 0.0, True, 0, None
        if self._server is None:
            await self.start()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                request_line, *lines = head.decode().split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                status, answer = await self._answer(request_line.split()[1], headers, body)
                data = json.dumps(answer, ensure_ascii=False).encode()
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode()
                    + data
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Answer]:
        if path == "/webhooks/anke/ready":
            return (200, {"ready": True, "model": "scripted"}) if self.ready else (503, {"ready": False})
        if path == "/health":
            return 200, {"status": "ok"}
        if headers.get("x-anke-secret") != self.secret:
            return 401, {"error": {"code": "unauthorized", "message": "secret"}}
        turn = json.loads(body)
        assert_contract("turn-request", turn)
        (self.listened if turn["input"].get("listen") else self.turns).append(turn)
        if self.on_turn:
            self.on_turn(turn, 1)
        try:
            return await self._play(turn)
        finally:
            if self.on_turn:
                self.on_turn(turn, -1)

    async def _play(self, turn: dict[str, Any]) -> tuple[int, Answer]:
        words = _words(turn)
        if words in self._held:
            await self._held[words].wait()
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.failing > 0:
            self.failing -= 1
            return 502, {"error": {"code": "scripted", "message": "told to fail"}}
        try:
            play = self._script.get(words) or say(f"收到：{words}")
            return 200, play(turn)
        except Fail as failure:
            return failure.status, {"error": {"code": "scripted", "message": "told to fail"}}


def _words(turn: dict[str, Any]) -> str:
    told = turn["input"]
    return str(told.get("payload") or told.get("text") or told.get("event") or told.get("upload_id"))
