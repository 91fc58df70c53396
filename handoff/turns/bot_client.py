"""Asking the bot: one attempt of a turn over HTTP, checked against contracts/turn-response.schema.json."""

import asyncio
import json
import logging
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from handoff.telemetry.metrics import BOT_SECONDS

CONTRACTS = Path(__file__).parents[2] / "contracts"
LATE_SECONDS = 30.0
"""How long a call that missed its deadline is still listened to, only to learn what it wrote outside."""

log = logging.getLogger("handoff.bot")


class BotError(Exception):
    """This attempt gave no usable answer (refused, 5xx, timeout, nonsense); another may."""


class BotClient:
    """The bot processes; a conversation prefers one of them (its caches), a retry goes to the next."""

    def __init__(self, urls: Sequence[str], secret: str) -> None:
        self.urls = tuple(urls)
        self._secret = secret
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = httpx.AsyncClient(limits=limits, timeout=LATE_SECONDS + 30, trust_env=False)
        schema = json.loads((CONTRACTS / "turn-response.schema.json").read_text(encoding="utf-8"))
        self._schema = Draft202012Validator(schema)
        self._late: set[asyncio.Task[None]] = set()

    async def ask(
        self, turn: dict[str, Any], *, seconds: float, late: Callable[[dict[str, Any]], Any]
    ) -> dict[str, Any]:
        """The bot's answer within `seconds`, else BotError. An answer that comes later is given to `late`."""
        if not self.urls:
            raise BotError("no bot is configured")
        home = zlib.crc32(turn["conversation_id"].encode())
        url = self.urls[(home + turn["attempt"] - 1) % len(self.urls)]
        began = time.monotonic()
        call = asyncio.create_task(self._post(url, turn))
        try:
            done, _ = await asyncio.wait({call}, timeout=seconds)
        except asyncio.CancelledError:
            call.cancel()
            raise
        BOT_SECONDS.observe(time.monotonic() - began)
        if done:
            return call.result()
        listener = asyncio.create_task(self._listen(call, late))
        self._late.add(listener)
        listener.add_done_callback(self._late.discard)
        raise BotError(f"no answer in {seconds:.1f} s")

    async def ready(self, url: str, seconds: float = 2.0) -> bool:
        """Whether this bot has a loaded model."""
        try:
            answer = await self._http.get(f"{url}/webhooks/anke/ready", timeout=seconds)
            return answer.status_code == 200 and answer.json().get("ready") is True
        except (httpx.HTTPError, ValueError, AttributeError):
            return False

    async def answers(self, url: str, seconds: float = 2.0) -> bool:
        """Whether a GET of `url` says 200 (the action server's health)."""
        try:
            return (await self._http.get(url, timeout=seconds)).status_code == 200
        except httpx.HTTPError:
            return False

    async def facts(self, url: str, seconds: float = 2.0) -> dict[str, Any] | None:
        """The object that a GET of `url` answers with 200; None when it does not."""
        try:
            answer = await self._http.get(url, timeout=seconds)
            told = answer.json() if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError):
            return None
        return told if isinstance(told, dict) else None

    async def told(self, url: str, name: str, seconds: float = 5.0) -> str:
        """What a GET of `url` says under `name`; `down` when it says nothing of the kind."""
        try:
            return str((await self._http.get(url, timeout=seconds)).json()[name])[:40]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return "down"

    async def close(self) -> None:
        for task in self._late:
            task.cancel()
        await self._http.aclose()

    async def _post(self, url: str, turn: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await self._http.post(
                f"{url}/webhooks/anke/turn",
                # half a surrogate pair, kept by an older version, becomes `?`: UTF-8 has no form for it
                content=json.dumps(turn, ensure_ascii=False).encode("utf-8", "replace"),
                headers={"X-Anke-Secret": self._secret, "Content-Type": "application/json"},
            )
        except httpx.HTTPError as error:
            raise BotError(f"{type(error).__name__}: {error}") from error
        if answer.status_code != 200:
            raise BotError(f"HTTP {answer.status_code}: {answer.text[:200]}")
        try:
            said = answer.json()
        except ValueError as error:
            raise BotError("the answer is not JSON") from error
        mistake = next(iter(self._schema.iter_errors(said)), None)
        if mistake is not None:
            raise BotError(f"the answer breaks the protocol at {mistake.json_path}: {mistake.message[:200]}")
        if said["turn_id"] != turn["turn_id"]:
            raise BotError("the answer is for another turn")
        if not said["replies"] and not said["commands"] and not said["effects"]:
            raise BotError("the answer is empty")
        checked: dict[str, Any] = said
        return checked

    async def _listen(
        self, call: asyncio.Task[dict[str, Any]], late: Callable[[dict[str, Any]], Any]
    ) -> None:
        done, _ = await asyncio.wait({call}, timeout=LATE_SECONDS)
        if not done:
            call.cancel()
            return
        if not call.cancelled() and call.exception() is None:
            try:
                await late(call.result())
            except Exception:
                log.exception("what a late answer wrote could not be logged")
