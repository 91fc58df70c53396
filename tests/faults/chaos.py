"""`make chaos`: faults drawn by a seed against whole installations while customers write; a table says what was struck.

The same seed draws the same faults in the same order, every kind before one comes again. Over SQLite, over PostgreSQL, and on two
hosts that share PostgreSQL and Valkey (tests/faults/two_hosts.py). The run fails as soon as a promise is broken: nobody is served in time
after a fault, or the ledger (tests/helpers/ledger.py) finds a message lost, doubled, out of order or answered twice.
"""

import argparse
import asyncio
import random
import signal
import sqlite3
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from tests.faults.test_kill import SCRIPTS, chat, quiet
from tests.helpers.customer import Customer
from tests.helpers.cutting_proxy import CuttingProxy
from tests.helpers.hosts import why_not
from tests.helpers.installation import PARTS, Installation
from tests.helpers.ledger import Ledger
from tests.helpers.postgres import PostgresServer
from tests.helpers.small_disk import SmallDisk, small_disk

#: What can be drawn: every part killed and held up; what all of them stand on, taken away.
KILLS = tuple(f"kill {part}" for part in PARTS)
OTHERS = (
    *(f"hold {part}" for part in PARTS),
    "lock database",
    "cut customers",
    "cut database",
    "fill disk",
)
KINDS = frozenset({"kill", "hold", "lock", "cut", "fill", "move"})
"""First words of the faults, those of two hosts included."""
HELD_SECONDS = (1.0, 4.0)
"""How long a process is held, a lock kept, a connection cut, a disk full: shorter than what replaces a process."""
DISK = "900m"
SERVED_WITHIN = 30.0
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL", "hosts": "two hosts, PostgreSQL"}


@dataclass
class Fault:
    """What one kind of fault did: how often, and how long a new customer waited for an answer each time."""

    served: list[float] = field(default_factory=list)


@dataclass
class Result:
    """One run over one database."""

    database: str
    seed: int
    faults: dict[str, Fault] = field(default_factory=lambda: defaultdict(Fault))
    possible: list[str] = field(default_factory=list)
    """Faults that can be struck here; `missed` are those that were not."""
    messages: int = 0
    acknowledged: int = 0

    @property
    def struck(self) -> int:
        return sum(len(one.served) for one in self.faults.values())

    @property
    def missed(self) -> list[str]:
        return [one for one in self.possible if one not in self.faults]

    def table(self) -> str:
        """The ledger table, as Markdown."""
        lines = [
            f"{self.database}, seed {self.seed}: {self.struck} faults, {self.messages} messages written, "
            f"{self.acknowledged} acknowledged; none lost, doubled, out of order or answered twice",
            "",
            "| fault | times | median s until a new customer was answered | longest s |",
            "| --- | ---: | ---: | ---: |",
        ]
        for name, fault in sorted(self.faults.items()):
            waits = sorted(fault.served)
            lines.append(f"| {name} | {len(waits)} | {waits[len(waits) // 2]:.1f} | {waits[-1]:.1f} |")
        lines += [f"| {name} | never | | |" for name in self.missed]
        return "\n".join(lines)


class Scene(ABC):
    """What customers use and faults strike."""

    database_url: str
    possible: Sequence[str]
    """Every fault that can be struck here."""

    @abstractmethod
    async def strike(self, fault: str, seconds: float) -> None:
        """Do it and undo it; AssertionError when it did nothing."""

    @abstractmethod
    def client(self) -> httpx.AsyncClient:
        """As customers come in."""

    @abstractmethod
    async def until_ready(self, seconds: float) -> None:
        """Until everything is there again that the fault took away."""

    @abstractmethod
    def within(self, seconds: float) -> float:
        """A limit for an idle machine, as long as this one needs."""

    @abstractmethod
    def logs(self) -> str:
        """The ends of all logs, for whoever reads a failure."""

    async def serve(self, seconds: float) -> float:
        """Seconds until a customer who comes now gets a bot's answer."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                async with self.client() as http:
                    customer = await Customer.open(http)
                    await customer.answer_to(await customer.say("你好"), seconds=seconds)
                    return time.monotonic() - began
            except (httpx.HTTPError, AssertionError):
                await asyncio.sleep(0.1)
        raise AssertionError(f"nobody was served for {seconds:.0f} s\n{self.logs()}")


@dataclass
class OneHost(Scene):
    """An installation with everything that can be taken away from it."""

    installation: Installation
    customers: CuttingProxy
    database: CuttingProxy | None
    database_url: str
    disk: SmallDisk | None

    @property
    def possible(self) -> list[str]:  # type: ignore[override]
        missing = {"cut database"} if self.database is None else set()
        if self.disk is None:
            missing.add("fill disk")
        return [*KILLS, *(one for one in OTHERS if one not in missing)]

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.customers.port}", timeout=20)

    async def until_ready(self, seconds: float) -> None:
        await self.installation.until_ready(seconds)

    def within(self, seconds: float) -> float:
        return self.installation.within(seconds)

    def logs(self) -> str:
        return self.installation.logs()

    async def strike(self, fault: str, seconds: float) -> None:
        kind, what = fault.split()
        if what in PARTS:  # one that an earlier fault ended may be on its way back
            await self.installation.until_running(what, 1, self.installation.within(SERVED_WITHIN))
        if kind == "kill":
            pid = self.installation.kill(what)
            await asyncio.sleep(0.2)
            assert pid not in [one.pid for one in self.installation.processes(what)], f"{fault}: it lives"
        elif kind == "hold":
            process = self.installation.processes(what)[0]
            process.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(seconds)
                assert process.status() == psutil.STATUS_STOPPED, f"{fault}: it ran on"
            finally:
                process.send_signal(signal.SIGCONT)
        elif kind == "lock":
            async with locked(self.database_url):
                await asyncio.sleep(seconds)
        elif kind == "cut":
            proxy = self.customers if what == "customers" else self.database
            assert proxy is not None
            before = proxy.broken
            proxy.cut()
            await asyncio.sleep(seconds)
            proxy.mend()
            assert proxy.broken > before, f"{fault}: no connection was broken or refused"
        else:
            assert self.disk is not None
            self.disk.fill()
            try:
                await asyncio.sleep(seconds)
                assert not self.disk.takes(4096), f"{fault}: there was room"
            finally:
                self.disk.empty()


Making = Callable[[AsyncExitStack], Awaitable[Scene]]


@asynccontextmanager
async def locked(database_url: str) -> AsyncIterator[None]:
    """Nobody else can write a conversation meanwhile."""
    if database_url.startswith("sqlite"):
        connection = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=10)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield
        finally:
            connection.close()
        return
    postgres = await asyncpg.connect(database_url)
    try:
        async with postgres.transaction():
            await postgres.execute("LOCK TABLE conversations, items IN EXCLUSIVE MODE")
            yield
    finally:
        await postgres.close()


def drawn(seed: int, possible: Sequence[str]) -> Iterator[str]:
    """Every fault once in an order that the seed says, then all of them again: nothing waits for luck."""
    draw = random.Random(seed)
    while True:
        yield from draw.sample(possible, len(possible))


async def chaos(
    name: str, seed: int, most: int, seconds: float, making: Making, kinds: Sequence[str] = ()
) -> Result:
    """At most `most` faults in about `seconds` after the start, drawn by `seed`; of `kinds` alone ("kill", "hold"), where any are named."""
    draw = random.Random(seed)
    result = Result(name, seed)
    ledger = Ledger()
    async with AsyncExitStack() as stack:
        scene = await making(stack)
        http = await stack.enter_async_context(scene.client())
        customers = [await Customer.open(http, ledger) for _ in SCRIPTS]
        stop, end = asyncio.Event(), time.monotonic() + seconds
        result.possible = [one for one in scene.possible if not kinds or one.split()[0] in kinds]
        faults = drawn(seed, result.possible)
        async with asyncio.TaskGroup() as chats:
            talks = [
                chats.create_task(chat(one, script, stop))
                for one, script in zip(customers, SCRIPTS, strict=True)
            ]
            while result.struck < most and time.monotonic() < end:
                fault = next(faults)
                await scene.strike(fault, draw.uniform(*HELD_SECONDS))
                result.faults[fault].served.append(await scene.serve(scene.within(SERVED_WITHIN)))
                await scene.until_ready(scene.within(SERVED_WITHIN))
            stop.set()
        result.messages = sum(talk.result() for talk in talks)
        await quiet(customers, scene.within(40))
        await ledger.check(scene.database_url)
        result.acknowledged = len(ledger.acks)
    return result


def over_database(folder: Path, postgres: PostgresServer | None = None) -> Making:
    """One host over SQLite, or over `postgres`."""

    async def make(stack: AsyncExitStack) -> Scene:
        return await _scene(stack, folder, postgres)

    return make


async def _scene(stack: AsyncExitStack, folder: Path, postgres: PostgresServer | None) -> OneHost:
    disk = _disk(stack)
    env = {"LIMIT_MESSAGES_PER_MINUTE": "100000", "TURN_PATIENCE_SECONDS": "90"}
    database = None
    if postgres is not None:
        direct = postgres.new_database()
        database = CuttingProxy(postgres.port)
        await database.start()
        stack.push_async_callback(database.stop)
        env["DATABASE_URL"] = direct.replace(f":{postgres.port}/", f":{database.port}/")
    installation = Installation((disk.path if disk else folder) / "data", env)
    installation.launcher_log = folder / "launcher.log"
    stack.push_async_callback(installation.stop)
    await installation.start()
    customers = CuttingProxy(installation.port)
    await customers.start()
    stack.push_async_callback(customers.stop)
    return OneHost(installation, customers, database, direct if postgres else installation.database_url, disk)


def _disk(stack: AsyncExitStack) -> SmallDisk | None:
    try:
        return stack.enter_context(small_disk(DISK))
    except pytest.skip.Exception:
        return None  # only root may mount: without this fault


async def over_all(
    over: Sequence[str],
    seed: int,
    most: int,
    seconds: float,
    tell: Callable[[str], None],
    kinds: Sequence[str] = (),
) -> list[str]:
    """Faults and time in equal parts; what was never struck."""
    missed: list[str] = []
    server = PostgresServer()
    server.start()
    try:
        for name in over:
            with tempfile.TemporaryDirectory(prefix="anke-chaos-") as folder:
                from tests.faults.two_hosts import over_hosts  # it is a scene of this module

                making = {
                    "sqlite": lambda at=Path(folder): over_database(at),
                    "postgres": lambda at=Path(folder): over_database(at, server),
                    "hosts": lambda at=Path(folder): over_hosts(at, server),
                }[name]()
                result = await chaos(NAMES[name], seed, most // len(over), seconds / len(over), making, kinds)
                tell(result.table() + "\n")
                missed += [f"{name}: {one}" for one in result.missed]
    finally:
        server.stop()
    return missed


def main(arguments: Sequence[str]) -> int:
    """Exit code 1 when a fault that is possible here was never struck: the run is too short for what it claims."""
    read = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    read.add_argument("--seed", type=int, default=1)
    read.add_argument("--faults", type=int, default=100, help="over all together")
    read.add_argument("--seconds", type=float, default=720, help="after that no new fault is struck")
    read.add_argument("--over", default="", help="sqlite,postgres,hosts; empty: all that is possible here")
    read.add_argument("--kinds", default="", help="kill,hold,lock,cut,fill,move; empty: all")
    told = read.parse_args(arguments)
    kinds = [one for one in told.kinds.split(",") if one]
    if strange := set(kinds) - KINDS:
        print(f"no such kind of fault: {', '.join(sorted(strange))}; there are {', '.join(sorted(KINDS))}")
        return 2
    refused = why_not()
    over = told.over.split(",") if told.over else list(NAMES) if refused is None else ["sqlite", "postgres"]
    if refused is not None:
        print(f"two hosts are not tried: {refused}", flush=True)
    missed = asyncio.run(
        over_all(over, told.seed, told.faults, told.seconds, lambda line: print(line, flush=True), kinds)
    )
    if missed:
        print(f"never struck: {', '.join(missed)}; give more FAULTS or SECONDS")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
