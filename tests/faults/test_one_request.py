"""A crash at every point between gateway, bot, action and order system gives exactly one return request (H28, promise 6).

Each hop runs through a proxy that loses one exchange, before or after it was carried out; the gateway's own crash
(killed when the bot has answered and nothing is committed) is a real kill -9, taken over by the other worker.
"""

import asyncio
import contextlib
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from aftersales.order_system.reference.server import ReferenceServer
from aftersales.order_system.reference.serving import serving
from aftersales.order_system.sql.adapter import SqlOrderSystem
from aftersales.policy import load_policy
from launcher.preflight import free_port
from tests.conversations.stack import SECRET, Stack, model_file, wait_until_ready
from tests.helpers.breaking_proxy import BreakingProxy
from tests.helpers.customer import Customer
from tests.helpers.handoff_service import HandoffService, running_service
from tests.helpers.ledger import Ledger
from tests.helpers.processes import ROOT, Process, run_to_end, stop_all

TOKEN = "a-shared-secret"


class ProxiedServices:
    """The order system behind its HTTP interface and the three proxies, in a thread with a loop of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.action_port, self.bot_port = free_port(), free_port()
        self.loop = asyncio.new_event_loop()
        self.started = threading.Event()
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.stopping = asyncio.Event()

    def _run(self) -> None:
        try:
            self.loop.run_until_complete(self._serve())
        except BaseException as error:
            self.failure = error
            self.started.set()

    async def _serve(self) -> None:
        policy = load_policy(ROOT / "data" / "policy")
        system = SqlOrderSystem(f"sqlite:///{self.folder / 'orders.db'}", policy, ZoneInfo("Asia/Shanghai"))
        async with serving(ReferenceServer(system, TOKEN).handle) as url:
            self.to_orders = BreakingProxy(int(url.rsplit(":", 1)[1]))
            self.to_actions = BreakingProxy(self.action_port)
            self.to_bot = BreakingProxy(self.bot_port)
            for proxy in (self.to_orders, self.to_actions, self.to_bot):
                await proxy.start()
            self.started.set()
            await self.stopping.wait()
            for proxy in (self.to_orders, self.to_actions, self.to_bot):
                await proxy.stop()
        await system.close()

    def start(self) -> None:
        self.thread.start()
        assert self.started.wait(30)
        if self.failure:
            raise self.failure

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(10)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ProxiedServices, Stack]]:
    """Real bot and action server, each reached only through a proxy."""
    folder = tmp_path_factory.mktemp("one-request")
    python, bot_python = str(ROOT / ".venv/bin/python"), str(ROOT / ".venv-bot/bin/python")
    base = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(folder),
        "ORDERS_DATABASE_URL": f"sqlite:///{folder / 'orders.db'}",
    }
    for module in ("migrate", "demo"):
        run_to_end([python, "-m", f"aftersales.order_system.sql.{module}"], base)
    with (
        contextlib.closing(sqlite3.connect(folder / "orders.db")) as live,
        contextlib.closing(sqlite3.connect(folder / "pristine.db")) as kept,
    ):
        live.backup(kept)
    services = ProxiedServices(folder)
    services.start()
    env = {
        **base,
        "SANIC_HOST": "127.0.0.1",
        "ACTION_PORT": str(services.action_port),
        "ORDER_SYSTEM_URL": f"http://127.0.0.1:{services.to_orders.port}",
        "ORDER_SYSTEM_TOKEN": TOKEN,
        "ACTION_URL": f"http://127.0.0.1:{services.to_actions.port}/webhook",
        "BOT_PORT": str(services.bot_port),
        "BOT_SECRET": SECRET,
        "ANKE_MODEL": str(model_file()),
        "OMP_NUM_THREADS": "1",
    }
    stack = Stack(folder, f"http://127.0.0.1:{services.bot_port}/webhooks/anke")
    try:
        for name, command in (
            ("actions", [python, "-m", "actions.server"]),
            ("bot", [bot_python, "-W", "ignore", "-m", "bot.serve"]),
        ):
            stack.processes.append(Process(command, env, folder / f"{name}.log"))
        wait_until_ready(stack, f"{stack.bot_url}/ready")
        wait_until_ready(stack, f"http://127.0.0.1:{services.action_port}/health")
        yield services, stack
    finally:
        stop_all(stack.processes)
        services.stop()


@pytest.fixture
async def service(stage: tuple[ProxiedServices, Stack], tmp_path: Path) -> AsyncIterator[HandoffService]:
    services, stack = stage
    stack.reset_orders()
    for proxy in (services.to_bot, services.to_actions, services.to_orders):
        proxy.fault = None
    env = {"BOT_SECRET": SECRET, "ORDERS_DATABASE_URL": f"sqlite:///{stack.folder / 'orders.db'}"}
    url = f"http://127.0.0.1:{services.to_bot.port}"
    async with running_service(tmp_path / "data", [url], workers=2, env=env) as running:
        yield running


def is_turn(request: bytes) -> bool:
    return b"/webhooks/anke/turn" in request


def is_return(request: bytes) -> bool:
    return request.startswith(b"POST /v1/returns")


def is_action(request: bytes) -> bool:
    return request.startswith(b"POST /webhook")


POINTS: dict[str, tuple[str, str, Callable[[bytes], bool]]] = {
    "gateway to bot lost": ("to_bot", "before", is_turn),
    "bot's answer to gateway lost": ("to_bot", "after", is_turn),
    "bot to action lost": ("to_actions", "before", is_action),
    "action's answer to bot lost": ("to_actions", "after", is_action),
    "action to order system lost": ("to_orders", "before", is_return),
    "order system's answer to action lost": ("to_orders", "after", is_return),
}


async def fill_form(customer: Customer) -> None:
    """Everything but the confirmation."""
    await customer.answer_to(await customer.say("扫地机器人想退货 202611010003 5678"), seconds=20)
    await customer.answer_to(await customer.say("不想要了"), seconds=20)
    reply = await customer.answer_to(await customer.say("没拆封"), seconds=20)
    expects = [i["body"].get("expects") for i in (await customer.log(0))["items"] if i["sender"] == "bot"]
    assert expects[-1] == "confirm", reply


async def the_one_request(customer: Customer, stack: Stack) -> str:
    """The customer's request number, after checking that customer and order system know exactly this one."""

    def shown(items: list[dict[str, Any]]) -> list[str]:
        return [i["body"]["request_no"] for i in items if i["body"].get("card") == "request"]

    items = await customer.wait_for(shown, 30)
    assert len(shown(items)) == 1
    with contextlib.closing(sqlite3.connect(stack.folder / "orders.db")) as orders:
        made = orders.execute(
            "SELECT request_no FROM requests WHERE order_no = '202611010003' AND request_no LIKE 'RT%'"
        ).fetchall()
    assert made == [(shown(items)[0],)]
    return shown(items)[0]


@pytest.mark.parametrize("point", POINTS)
async def test_promise_6_a_crash_at_any_point_makes_one_request(
    stage: tuple[ProxiedServices, Stack], service: HandoffService, ledger: Ledger, point: str
) -> None:
    services, stack = stage
    name, when, wanted = POINTS[point]
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        customer = await Customer.open(http, ledger)
        await fill_form(customer)
        fault = getattr(services, name).arm(when, wanted)
        await customer.say("确认提交")
        await the_one_request(customer, stack)
        assert fault.struck == 1, "the fault never happened: the test would prove nothing"
        await ledger.check(service.database_url)


async def test_promise_6_a_gateway_killed_before_its_commit_makes_one_request(
    stage: tuple[ProxiedServices, Stack], service: HandoffService, ledger: Ledger
) -> None:
    """The worker dies when the order system has the request and nothing is committed; the other worker takes over."""
    services, stack = stage
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        customer = await Customer.open(http, ledger)
        await fill_form(customer)
        with contextlib.closing(sqlite3.connect(service.data_dir / "anke.db")) as db:
            before = {row[0] for row in db.execute("SELECT turn_id FROM turns")}

        def kill_the_worker_of_this_turn() -> None:
            with contextlib.closing(sqlite3.connect(service.data_dir / "anke.db")) as db:
                rows = db.execute("SELECT turn_id, worker FROM turns WHERE status = 'running'").fetchall()
            (worker,) = [worker for turn_id, worker in rows if turn_id not in before]
            victim = next(p for p in service.processes if str(p.pid) in worker)
            victim.kill()

        fault = services.to_bot.arm("after", is_turn, kill_the_worker_of_this_turn)
        await customer.say_until_acked("确认提交")
        await the_one_request(customer, stack)
        assert fault.struck == 1
        assert sum(p.returncode is None for p in service.processes) == 1
        await ledger.check(service.database_url)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()
