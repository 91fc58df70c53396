"""How a message is sent to one bot process: our turn channel with the state that travels, or Rasa's REST channel."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any, Protocol

import httpx

from bench.bots import SECRET

_numbers = itertools.count(1)
HISTORY = 12
"""Log items before the input that the gateway sends along."""


class Conversation(Protocol):
    """One customer's conversation with a bot."""

    async def say(self, http: httpx.AsyncClient, text: str) -> list[str]:
        """What the bot answered; RuntimeError when it answered with an error or nothing."""
        ...


class OurConversation:
    """Plays the gateway: keeps state, version and history, and hands them over with every turn."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/webhooks/anke/turn"
        self._id = f"c_bench_{next(_numbers)}"
        self._state: dict[str, Any] | None = None
        self._version = 0
        self._history: list[dict[str, str]] = []

    async def say(self, http: httpx.AsyncClient, text: str) -> list[str]:
        now = dt.datetime.now(dt.timezone.utc)
        request = {
            "protocol": 1,
            "turn_id": f"t_bench_{next(_numbers)}",
            "conversation_id": self._id,
            "attempt": 1,
            "deadline": (now + dt.timedelta(seconds=60)).isoformat(),
            "input": {"kind": "text", "text": text},
            "state_version": self._version,
            "state": self._state,
            "context": {
                "now": now.isoformat(),
                "address": "127.0.0.1",
                "identity": None,
                "episode": 1,
                "misses": 0,
                "history": self._history[-HISTORY:],
            },
        }
        answer = await http.post(self._url, json=request, headers={"X-Anke-Secret": SECRET})
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code} {answer.text[:200]}")
        told = answer.json()
        self._state, self._version = told["state"], self._version + 1
        said = [one["text"] if one["kind"] == "text" else "[card]" for one in told["replies"]]
        if not said:
            raise RuntimeError(f"no reply to {text!r}")
        self._history += [{"sender": "customer", "kind": "text", "text": text}]
        self._history += [{"sender": "bot", "kind": "text", "text": one[:200]} for one in said]
        return said


class StockConversation:
    """`POST /webhooks/rest/webhook`; the bot keeps the tracker."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.id = f"bench_{next(_numbers)}"

    async def say(self, http: httpx.AsyncClient, text: str) -> list[str]:
        told = {"sender": self.id, "message": text}
        answer = await http.post(f"{self._url}/webhooks/rest/webhook", json=told)
        answer.raise_for_status()
        said = [str(one.get("text") or "[custom]") for one in answer.json()]
        if not said:
            raise RuntimeError(f"no reply to {text!r}")
        return said

    async def lengthen(self, http: httpx.AsyncClient, turns: int) -> None:
        """Repeat the events of the conversation so far until it has had `turns` customer messages (Rasa's own HTTP API)."""
        tracker = (await http.get(f"{self._url}/conversations/{self.id}/tracker?include_events=ALL")).json()
        events = [one for one in tracker["events"] if one["event"] not in ("session_started",)]
        starts = [place for place, one in enumerate(events) if one["event"] == "user"]
        had, block = len(starts), events[starts[0] :]
        more: list[dict[str, Any]] = []
        while had < turns:
            take = min(turns - had, len(starts))
            end = starts[take] - starts[0] if take < len(starts) else len(block)
            more += block[:end]
            had += take
        now = dt.datetime.now(dt.timezone.utc).timestamp()
        fresh = [{**one, "timestamp": now + place / 1e6} for place, one in enumerate(more)]
        posted = await http.post(f"{self._url}/conversations/{self.id}/tracker/events", json=fresh)
        posted.raise_for_status()
