"""A process that hangs is worse than one that ends: nobody starts it again, and the kernel still gives it customers.

SIGSTOP is the purest hang: the process lives, its ports accept, nothing answers."""

import asyncio
import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.helpers.customer import Customer
from tests.helpers.installation import Installation, running_installation

#: Seconds within which a new process must have taken the place of one that hangs (docs/operators.md).
REPLACED_WITHIN = {"worker": 20, "actions": 20, "valkey": 20, "bot": 40}


async def replaced(installation: Installation, part: str) -> float:
    """Stop one process of that part; the seconds until it is gone and another serves in its place."""
    many = len(installation.processes(part))
    pid = installation.processes(part)[0].pid
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    while True:
        alive = [one.pid for one in installation.processes(part)]
        if pid not in alive and len(alive) == many:
            return time.monotonic() - began
        assert time.monotonic() - began < REPLACED_WITHIN[part] + 10, installation.logs()
        await asyncio.sleep(0.1)


@pytest.mark.timeout(300)
async def test_what_hangs_is_replaced_and_what_works_is_left_alone(tmp_path: Path) -> None:
    async with running_installation(tmp_path / "data") as installation:
        workers = [one.pid for one in installation.processes("worker")]
        took = dict(
            zip(
                REPLACED_WITHIN,
                await asyncio.gather(*(replaced(installation, part) for part in REPLACED_WITHIN)),
                strict=True,
            )
        )
        print({part: f"{seconds:.1f} s" for part, seconds in took.items()})
        for part, seconds in took.items():
            assert seconds < REPLACED_WITHIN[part], f"{part} was replaced after {seconds:.0f} s"
        await installation.until_ready(30)
        assert workers[1] in [one.pid for one in installation.processes("worker")], (
            "the other worker answered"
        )
        async with httpx.AsyncClient(base_url=installation.url, timeout=20) as http:
            customer = await Customer.open(http)
            await customer.answer_to(await customer.say("你好"), seconds=20)
        assert installation.launcher is not None
        for part in ("worker-1", "actions", "bot-1", "valkey"):
            assert f"{part} has not answered for" in installation.launcher.log()
