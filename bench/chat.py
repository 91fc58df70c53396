"""Customers for the benches: short chats as people have them, over the widget's WebSocket."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
import uuid
from dataclasses import dataclass, field

import httpx
import websockets

CHATS: list[list[str]] = [
    ["在吗", "那个手机到哪了 202611010002", "1234", "今天能到吗", "好的谢谢"],
    ["这个羽绒服有货吗", "L码多少钱", "包邮吗", "发什么快递", "嗯嗯"],
    ["你好 查下订单202611010001", "1234", "怎么还不发货啊", "大概几号能发", "行吧"],
    ["电饭煲可以退吗", "202611010004 5678", "运费谁出", "知道了", "没事了"],
    ["退款到账了吗 202611010008 1357", "还要几天", "退到哪里", "谢谢", "拜拜"],
    ["扫地机器人想退 202611010003 5678", "不想要了", "没拆", "算了先不退", "谢谢"],
]


@dataclass
class Figures:
    """Latencies of answered turns in seconds; what failed is counted and never a success."""

    seconds: list[float] = field(default_factory=list)
    failures: int = 0
    first_failure: str = ""
    handed_over: int = 0
    wall: float = 0.0

    def fail(self, why: str) -> None:
        self.failures += 1
        self.first_failure = self.first_failure or why

    def quantile(self, share: float) -> float:
        """The latency below which that share of turns lies, in milliseconds; 0 without any turn."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def summary(self) -> dict[str, float | int | str]:
        return {
            "turns": len(self.seconds),
            "failures": self.failures,
            "handed_over": self.handed_over,
            "turns_per_s": round(len(self.seconds) / self.wall, 1) if self.wall else 0.0,
            "p50_ms": round(self.quantile(0.5), 1),
            "p95_ms": round(self.quantile(0.95), 1),
            "p99_ms": round(self.quantile(0.99), 1),
            "max_ms": round(self.quantile(1.0), 1),
            **({"first_failure": self.first_failure} if self.failures else {}),
        }


@dataclass(frozen=True)
class Pace:
    """How long a customer reads before writing again, seconds (uniform); (0, 0) writes at once."""

    least: float = 0.0
    most: float = 0.0


async def one_customer(
    url: str, number: int, until: float, pace: Pace, figures: Figures, answer_limit_s: float = 30.0
) -> None:
    """Chat until the time is over: send, wait for the first bot item, think, send; a new conversation per chat."""
    draw = random.Random(number)
    ws_url = url.replace("http", "ws", 1) + "/api/v1/ws"
    await asyncio.sleep(draw.uniform(0, min(2.0, pace.most)))
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        for chat in itertools.islice(itertools.cycle(CHATS), number % len(CHATS), None):
            if time.monotonic() >= until:
                return
            text = ""
            try:
                opened = (await http.post("/api/v1/conversations", json={})).json()
                async with websockets.connect(ws_url, max_queue=None, proxy=None) as socket:
                    await socket.send(json.dumps({"type": "hello", "token": opened["token"], "after": 0}))
                    for text in chat:
                        if time.monotonic() >= until:
                            return
                        state = await asyncio.wait_for(_turn(socket, text, figures), answer_limit_s)
                        if state not in ("bot", "closed"):
                            figures.handed_over += (
                                1  # the bot answered and brought a person: nobody waits here
                            )
                            break
                        await asyncio.sleep(draw.uniform(pace.least, pace.most))
            except Exception as error:
                figures.fail(f"{text}: {type(error).__name__}: {error}"[:200])
                await asyncio.sleep(0.2)


async def _turn(socket: websockets.ClientConnection, text: str, figures: Figures) -> str:
    """One turn: from the frame sent to the first bot item that answers it; returns the conversation's state then."""
    client_msg_id = uuid.uuid4().hex
    began = time.perf_counter()
    frame = {"type": "send", "client_msg_id": client_msg_id, "kind": "text", "body": {"text": text}}
    await socket.send(json.dumps(frame))
    seq: int | None = None
    while True:
        told = json.loads(await socket.recv())
        if told["type"] == "nack":
            raise RuntimeError(f"refused: {told.get('code')}")
        if told["type"] == "ack" and told["client_msg_id"] == client_msg_id:
            seq = told["seq"]
        if told["type"] != "items":
            continue
        for item in told["items"]:
            if item["sender"] == "customer" and item.get("client_msg_id") == client_msg_id:
                seq = item["seq"]
            answers = item["sender"] == "bot" and seq is not None and (item.get("in_reply_to") or 0) >= seq
            if answers:
                figures.seconds.append(time.perf_counter() - began)
                return str(told["state"])
            if item["kind"] == "event" and item["body"].get("to") in ("waiting", "human", "closed"):
                raise RuntimeError(f"the chat left the bot: {item['body'].get('reason')}")


async def crowd(url: str, customers: int, seconds: float, pace: Pace) -> Figures:
    """`customers` at once for `seconds`; figures over all of them."""
    figures = Figures()
    began = time.monotonic()
    chats = (one_customer(url, n, began + seconds, pace, figures) for n in range(customers))
    await asyncio.gather(*chats)
    figures.wall = time.monotonic() - began
    return figures
