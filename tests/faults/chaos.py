"""`make chaos`: faults drawn by a seed against whole installations while customers write; a table says what was struck.

The same seed draws the same faults in the same order. The run fails as soon as a promise is broken: nobody is served in time
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
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.faults.test_kill import SCRIPTS, chat, fresh_customer_is_served, quiet
from tests.helpers.customer import Customer
from tests.helpers.cutting_proxy import CuttingProxy
from tests.helpers.installation import PARTS, Installation
from tests.helpers.ledger import Ledger
from tests.helpers.postgres import PostgresServer
from tests.helpers.small_disk import SmallDisk, small_disk

#: What can be drawn: every part killed (twice as often as the rest) and held up; what all of them stand on, taken away.
KILLS = tuple(f"kill {part}" for part in PARTS)
OTHERS = (
    *(f"hold {part}" for part in PARTS),
    "lock database",
    "cut customers",
    "cut database",
    "fill disk",
)
HELD_SECONDS = (1.0, 4.0)
"""How long a process is held, a lock kept, a connection cut, a disk full: shorter than what replaces a process."""
DISK = "900m"
SERVED_WITHIN = 30.0


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
    messages: int = 0
    acknowledged: int = 0

    @property
    def struck(self) -> int:
        return sum(len(one.served) for one in self.faults.values())

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
        return "\n".join(lines)


@dataclass
class Scene:
    """An installation with everything that can be taken away from it."""

    installation: Installation
    customers: CuttingProxy
    database: CuttingProxy | None
    database_url: str
    disk: SmallDisk | None

    @property
    def possible(self) -> list[str]:
        missing = {"cut database"} if self.database is None else set()
        if self.disk is None:
            missing.add("fill disk")
        return [*KILLS, *KILLS, *(one for one in OTHERS if one not in missing)]

    async def strike(self, fault: str, seconds: float) -> None:
        """Do it and undo it; a kill needs no undoing."""
        kind, what = fault.split()
        if what in PARTS:  # one that an earlier fault ended may be on its way back
            await self.installation.until_running(what, 1, self.installation.within(SERVED_WITHIN))
        if kind == "kill":
            self.installation.kill(what)
        elif kind == "hold":
            process = self.installation.processes(what)[0]
            process.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(seconds)
            finally:
                process.send_signal(signal.SIGCONT)
        elif kind == "lock":
            async with locked(self.database_url):
                await asyncio.sleep(seconds)
        elif kind == "cut":
            proxy = self.customers if what == "customers" else self.database
            assert proxy is not None
            proxy.cut()
            await asyncio.sleep(seconds)
            proxy.mend()
        else:
            assert self.disk is not None
            self.disk.fill()
            try:
                await asyncio.sleep(seconds)
            finally:
                self.disk.empty()


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


async def chaos(
    seed: int, most: int, seconds: float, folder: Path, postgres: PostgresServer | None = None
) -> Result:
    """At most `most` faults in about `seconds` after the start, drawn by `seed`, over SQLite or over `postgres`."""
    draw = random.Random(seed)
    result = Result("SQLite" if postgres is None else "PostgreSQL", seed)
    ledger = Ledger()
    async with AsyncExitStack() as stack:
        scene = await _scene(stack, folder, postgres)
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{scene.customers.port}", timeout=20)
        )
        customers = [await Customer.open(http, ledger) for _ in SCRIPTS]
        stop, end = asyncio.Event(), time.monotonic() + seconds
        async with asyncio.TaskGroup() as chats:
            talks = [
                chats.create_task(chat(one, script, stop))
                for one, script in zip(customers, SCRIPTS, strict=True)
            ]
            while result.struck < most and time.monotonic() < end:
                fault = draw.choice(scene.possible)
                await scene.strike(fault, draw.uniform(*HELD_SECONDS))
                installation = scene.installation
                served = await fresh_customer_is_served(installation, installation.within(SERVED_WITHIN))
                result.faults[fault].served.append(served)
                await installation.until_ready(installation.within(SERVED_WITHIN))
            stop.set()
        result.messages = sum(talk.result() for talk in talks)
        await quiet(scene.installation, customers, scene.installation.within(40))
        await ledger.check(scene.database_url)
        result.acknowledged = len(ledger.acks)
    return result


async def _scene(stack: AsyncExitStack, folder: Path, postgres: PostgresServer | None) -> Scene:
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
    return Scene(installation, customers, database, direct if postgres else installation.database_url, disk)


def _disk(stack: AsyncExitStack) -> SmallDisk | None:
    try:
        return stack.enter_context(small_disk(DISK))
    except pytest.skip.Exception:
        return None  # only root may mount: without this fault


async def over_both(seed: int, most: int, seconds: float, tell: Callable[[str], None]) -> None:
    """Half of the faults and of the time for each database."""
    server = PostgresServer()
    server.start()
    try:
        for postgres in (None, server):
            with tempfile.TemporaryDirectory(prefix="anke-chaos-") as folder:
                tell((await chaos(seed, most // 2, seconds / 2, Path(folder), postgres)).table() + "\n")
    finally:
        server.stop()


def main(arguments: Sequence[str]) -> None:
    read = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    read.add_argument("--seed", type=int, default=1)
    read.add_argument("--faults", type=int, default=100, help="over both databases together")
    read.add_argument("--seconds", type=float, default=720, help="after that no new fault is struck")
    told = read.parse_args(arguments)
    asyncio.run(over_both(told.seed, told.faults, told.seconds, lambda line: print(line, flush=True)))


if __name__ == "__main__":
    main(sys.argv[1:])
