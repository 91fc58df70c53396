"""The desk under load: 500 customers wait, 300 of them with an open widget. How long until a call for a person is on an idle agent's
screen, how the queue is read, how a console types and scrolls, and whether its memory stays."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import websockets
from websockets.typing import Origin

from bench.installation import Installation, running

WAITING, WIDGETS, CALLS, READS = 500, 300, 60, 30
MINUTES = float(os.environ.get("BENCH_MINUTES", "10"))
PASSWORD = "bench-password-2026"
GOALS = {"offer": 300.0, "input": 50.0}
"""Milliseconds at the 95th of a hundred, on an idle machine."""
_TYPED = "nin hao zhe jian shi wo yi jing cha dao le xia wu chong xin fa chu"
_WATCH = """() => {
  window.spent = [];
  document.addEventListener('keydown', () => {
    const began = performance.now();
    requestAnimationFrame(() => { setTimeout(() => { window.spent.push(performance.now() - began); }, 0); });
  }, true);
}"""


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def measure(folder: Path) -> dict[str, Any]:
    """All of it on one installation."""
    with running(folder, DEMO_PASSWORD=PASSWORD) as installation:
        return asyncio.run(_measure(installation))


async def _measure(installation: Installation) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        limits = httpx.Limits(max_connections=50)
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=installation.url, timeout=60, trust_env=False, limits=limits)
        )
        print(f"[bench] {WAITING} customers call for a person …", flush=True)
        opened = await _waiting(http, WAITING)
        print(f"[bench] {WIDGETS} widgets open …", flush=True)
        for one in opened[:WIDGETS]:
            await stack.enter_async_context(_open(_widget(installation.url, one)))
        desk = httpx.AsyncClient(base_url=installation.url, timeout=60, trust_env=False)
        await stack.enter_async_context(desk)
        login = await desk.post("/api/v1/agent/login", json={"username": "agent1", "password": PASSWORD})
        login.raise_for_status()
        report: dict[str, Any] = {
            "waiting": WAITING,
            "widgets": WIDGETS,
            "offer_ms": _shares(await _offers(installation.url, http, desk)),
            "queue_ms": _shares(await _reads(desk)),
            "memory_mb": installation.memory_mb(),
        }
        print(f"[bench]   {report}", flush=True)
        report["console"] = await _console(installation.url, http, opened)
        return report


async def _waiting(http: httpx.AsyncClient, number: int) -> list[dict[str, str]]:
    gate = asyncio.Semaphore(20)

    async def one() -> dict[str, str]:
        async with gate:
            opened: dict[str, str] = (await http.post("/api/v1/conversations", json={})).json()
            await _call(http, opened)
            return opened

    return list(await asyncio.gather(*(one() for _ in range(number))))


async def _call(http: httpx.AsyncClient, opened: dict[str, str]) -> None:
    path = f"/api/v1/conversations/{opened['conversation_id']}/human"
    answer = await http.post(path, headers={"Authorization": f"Bearer {opened['token']}"}, json={})
    answer.raise_for_status()


class _open:
    """A socket that is read to nowhere until it is left."""

    def __init__(self, connecting: Any) -> None:
        self._connecting = connecting

    async def __aenter__(self) -> None:
        self._socket = await self._connecting
        self._reading = asyncio.create_task(self._read())

    async def __aexit__(self, *_error: object) -> None:
        self._reading.cancel()
        await self._socket.close()

    async def _read(self) -> None:
        async for _ in self._socket:
            pass


async def _widget(url: str, opened: dict[str, str]) -> websockets.ClientConnection:
    socket = await websockets.connect(url.replace("http", "ws", 1) + "/api/v1/ws", max_size=None)
    await socket.send(json.dumps({"type": "hello", "token": opened["token"], "after": 0}))
    return socket


async def _offers(url: str, http: httpx.AsyncClient, desk: httpx.AsyncClient) -> list[float]:
    """From the call for a person to the frame with that customer at an idle agent's console."""
    cookie = "; ".join(f"{one.name}={one.value}" for one in desk.cookies.jar)
    address = url.replace("http", "ws", 1) + "/api/v1/agent/ws"
    spent: list[float] = []
    socket = await websockets.connect(
        address,
        additional_headers={"Cookie": cookie},
        origin=Origin(url),
        max_size=None,
    )
    async with socket:
        await socket.send(json.dumps({"type": "hello"}))
        total = 0
        while True:
            frame = json.loads(await asyncio.wait_for(socket.recv(), 30))
            if frame["type"] == "queue":
                total = frame["waiting"]
                break
        for _ in range(CALLS):
            opened: dict[str, str] = (await http.post("/api/v1/conversations", json={})).json()
            began = time.monotonic()
            calling = asyncio.create_task(_call(http, opened))
            while True:
                frame = json.loads(await asyncio.wait_for(socket.recv(), 30))
                if frame["type"] == "queue" and frame["waiting"] > total:
                    total = frame["waiting"]
                    break
            spent.append(time.monotonic() - began)
            await calling
            await asyncio.sleep(0.2)
    return spent


async def _reads(desk: httpx.AsyncClient) -> list[float]:
    spent = []
    for _ in range(READS):
        began = time.monotonic()
        (await desk.get("/api/v1/agent/queue")).raise_for_status()
        spent.append(time.monotonic() - began)
    return spent


async def _console(url: str, http: httpx.AsyncClient, opened: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Key to painted frame in the composer and down the list, and the heap after each minute, in Chromium."""
    from playwright.async_api import async_playwright

    where = chromium()
    if where is None:
        return {"skipped": "no Chromium on this machine"}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
        page = await (await browser.new_context(viewport={"width": 1280, "height": 860})).new_page()
        await page.goto(url + "/console")
        await page.get_by_test_id("username").fill("agent1")
        await page.get_by_test_id("password").fill(PASSWORD)
        await page.get_by_test_id("login-submit").click()
        await page.get_by_test_id("queue-item").first.wait_for()
        await page.get_by_test_id("claim-next").click()
        await page.get_by_test_id("reply").wait_for()
        devtools = await page.context.new_cdp_session(page)
        await page.evaluate(_WATCH)
        told: dict[str, Any] = {"typing_ms": await _keys(page, _TYPED.replace(" ", ""), "reply")}
        await page.get_by_test_id("reply").fill("")
        await page.get_by_test_id("reply").press("Escape")
        told["list_ms"] = await _keys(page, ["j"] * 40, None)
        heaps = [await _heap(devtools)]
        for minute in range(1, int(MINUTES) + 1):
            await _a_minute(http, opened, minute)
            heaps.append(await _heap(devtools))
            print(f"[bench]   minute {minute}: {heaps[-1]['mb']} MB, {heaps[-1]['nodes']} nodes", flush=True)
        told["heap_mb"] = [one["mb"] for one in heaps]
        told["nodes"] = [one["nodes"] for one in heaps]
        told["typing_after_ms"] = await _typing_again(page)
        await browser.close()
    return told


async def _keys(page: Any, keys: Sequence[str], field: str | None) -> dict[str, float]:
    if field:
        await page.get_by_test_id(field).focus()
    await page.evaluate("() => { window.spent = []; }")
    for key in keys:
        await page.keyboard.press(key)
        await page.wait_for_timeout(60)
    return _shares([ms / 1000 for ms in await page.evaluate("() => window.spent")])


async def _typing_again(page: Any) -> dict[str, float]:
    """To the next customer: the one of before went back to the queue meanwhile, because nobody answered them."""
    await page.get_by_test_id("claim-next").click()
    await page.locator("[data-testid=reply]:enabled").wait_for()
    return await _keys(page, _TYPED.replace(" ", ""), "reply")


async def _heap(devtools: Any) -> dict[str, Any]:
    await devtools.send("HeapProfiler.collectGarbage")
    await devtools.send("Performance.enable")
    found = {one["name"]: one["value"] for one in (await devtools.send("Performance.getMetrics"))["metrics"]}
    return {"mb": round(found["JSHeapUsedSize"] / 2**20, 1), "nodes": int(found["Nodes"])}


async def _a_minute(http: httpx.AsyncClient, opened: Sequence[dict[str, str]], minute: int) -> None:
    """Sixty customers write while they wait, one a second, so that the console has something to take in."""
    for second in range(60):
        one = opened[(minute * 60 + second) % len(opened)]
        body = {
            "client_msg_id": f"bench-{minute}-{second}",
            "kind": "text",
            "body": {"text": f"还在吗，我等了 {minute} 分钟了"},
        }
        headers = {"Authorization": f"Bearer {one['token']}"}
        began = time.monotonic()
        await http.post(
            f"/api/v1/conversations/{one['conversation_id']}/messages", json=body, headers=headers
        )
        await asyncio.sleep(max(0.0, 1 - (time.monotonic() - began)))


def _shares(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    if not ordered:
        return {"p50": 0.0, "p95": 0.0, "most": 0.0}
    at = [0.5, 0.95, 1.0]
    values = [1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in at]
    return dict(zip(("p50", "p95", "most"), (round(one, 1) for one in values), strict=True))


def table(report: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = [
        f"| the desk with {report['waiting']} waiting and {report['widgets']} open widgets | p50 ms | p95 ms | most ms | goal p95 |",
        "| --- | --- | --- | --- | --- |",
    ]

    def line(name: str, told: dict[str, float], goal: str = "") -> None:
        lines.append(f"| {name} | {told['p50']} | {told['p95']} | {told['most']} | {goal} |")

    line("转人工 to an idle agent's console", report["offer_ms"], f"{GOALS['offer']:.0f}")
    line("the queue read over HTTP", report["queue_ms"])
    console = report["console"]
    if "skipped" in console:
        return "\n".join([*lines, f"\nConsole: {console['skipped']}."])
    line("console: key to paint, typing", console["typing_ms"], f"{GOALS['input']:.0f}")
    line("console: key to paint, J down the list", console["list_ms"], f"{GOALS['input']:.0f}")
    line(
        f"console: typing after {len(console['heap_mb']) - 1} minutes",
        console["typing_after_ms"],
        f"{GOALS['input']:.0f}",
    )
    heap = ", ".join(str(one) for one in console["heap_mb"])
    memory = ", ".join(f"{name} {mb:.0f}" for name, mb in report["memory_mb"].items())
    lines.append(
        f"\nThe console's heap by minute, MB: {heap}; nodes {console['nodes'][0]} to {console['nodes'][-1]}."
    )
    lines.append(f"Resident memory of the service with the queue full, MB: {memory}.")
    return "\n".join(lines)
