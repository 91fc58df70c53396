"""What one bot process can do: many senders, one sender, and a conversation that becomes long."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import httpx

from bench.chat import CHATS, Figures
from bench.speakers import Conversation, OurConversation, StockConversation

Open = Callable[[], Conversation]
WARM_UP_TURNS = 30
LONG_MARKS = (1, 10, 50, 200, 1000)
NEAR = 15
"""Turns timed at each mark; their median counts."""
LONG_CHAT = ("在吗", "202611010002 1234", "到哪了", "退款多久到账", "好的谢谢")


def client() -> httpx.AsyncClient:
    """Kept connections; an answer may take a minute on a loaded machine."""
    return httpx.AsyncClient(timeout=120, trust_env=False)


async def senders(open_one: Open, count: int, seconds: float) -> Figures:
    """`count` senders, each with one message in flight at a time and no pause, a new conversation per chat."""
    figures = Figures()
    async with client() as http:
        began = time.monotonic()
        until = began + seconds
        await asyncio.gather(*(_sender(http, open_one, number, until, figures) for number in range(count)))
        figures.wall = time.monotonic() - began
    return figures


async def _sender(
    http: httpx.AsyncClient, open_one: Open, number: int, until: float, figures: Figures
) -> None:
    for chat in itertools.islice(itertools.cycle(CHATS), number % len(CHATS), None):
        conversation = open_one()
        for text in chat:
            if time.monotonic() >= until:
                return
            began = time.perf_counter()
            try:
                await conversation.say(http, text)
            except (RuntimeError, httpx.HTTPError) as error:
                figures.fail(f"{type(error).__name__}: {error}"[:200])
                await asyncio.sleep(0.05)
                break
            figures.seconds.append(time.perf_counter() - began)


async def warm_up(open_one: Open) -> list[list[str]]:
    """Every chat once; returns the answers, to see that both sides really talk. A turn without a reply ends its chat."""
    told: list[list[str]] = []
    async with client() as http:
        for chat in CHATS:
            conversation = open_one()
            for text in chat:
                try:
                    told.append(await conversation.say(http, text))
                except RuntimeError as error:
                    told.append([f"({error})"])
                    break
    return told


async def long_conversation(open_one: Open, marks: tuple[int, ...] = LONG_MARKS) -> dict[str, float]:
    """Milliseconds of a message when the conversation has had about 1, 10, 50 … messages.

    Ours is spoken turn by turn. Stock conversations of more than 50 turns are lengthened with copies of their own events
    through Rasa's HTTP API: speaking them would take longer than all the rest of the bench.
    """
    out: dict[str, float] = {}
    async with client() as http:
        first = [await _timed(http, open_one(), LONG_CHAT[0]) for _ in range(NEAR)]
        out["1"] = round(median(first), 1)
        conversation = open_one()
        turns = 0
        texts = itertools.cycle(LONG_CHAT)
        for mark in marks[1:]:
            if isinstance(conversation, StockConversation) and mark > 50:
                await conversation.lengthen(http, mark - NEAR // 2)
                turns = mark - NEAR // 2
            while turns < mark - NEAR // 2:
                with contextlib.suppress(RuntimeError):  # only timed turns must be answered
                    await conversation.say(http, next(texts))
                turns += 1
            out[str(mark)] = round(
                median([await _timed(http, conversation, LONG_CHAT[0]) for _ in range(NEAR)]), 1
            )
            turns += NEAR
    return out


async def _timed(http: httpx.AsyncClient, conversation: Conversation, text: str) -> float:
    """Milliseconds of one turn."""
    began = time.perf_counter()
    await conversation.say(http, text)
    return 1000 * (time.perf_counter() - began)


def per_turn(before: dict[str, float], after: dict[str, float], turns: int) -> dict[str, float]:
    """CPU milliseconds that each process spent on a turn: steadier than times where others load the machine."""
    return {name: round(1000 * (after[name] - before[name]) / max(1, turns), 2) for name in before}


def opener(url: str, stock: bool) -> Open:
    """Opens conversations with the bot at `url`."""
    return (lambda: StockConversation(url)) if stock else (lambda: OurConversation(url))


async def measure(
    url: str, stock: bool, seconds: float, spent: Callable[[], dict[str, float]], say: Callable[[str], None]
) -> dict[str, Any]:
    """All figures of one side, with a progress line each. `spent`: CPU seconds so far of each process."""
    open_one = opener(url, stock)
    answers = await warm_up(open_one)
    out: dict[str, Any] = {"answers": answers[:6]}
    for name, count in (("one_sender", 1), ("eight_senders", 8)):
        before = spent()
        figures = await senders(open_one, count, seconds)
        out[name] = figures.summary() | {"cpu_ms_a_turn": per_turn(before, spent(), len(figures.seconds))}
        say(f"{name}: {out[name]}")
    out["long_ms"] = await long_conversation(open_one)
    say(f"message at turn n, ms: {out['long_ms']}")
    return out
