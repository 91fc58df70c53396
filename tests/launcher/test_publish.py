"""What is in use while an installation runs: changed data a few seconds later in every process, the last good one otherwise."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from tests.helpers.agent_client import PASSWORD, AgentClient
from tests.helpers.customer import Customer
from tests.helpers.installation import Installation, running_installation
from tests.helpers.processes import ROOT

GREETING = "responses:\n  utter_greet:\n    - text: {0}一号，您请说。\n    - text: {0}二号，请讲。\n"


def write(file: Path, text: str) -> None:
    """Whole, as an editor saves it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


async def until(holds: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.3)


async def asked(installation: Installation, text: str) -> str:
    """What a new customer hears."""
    async with httpx.AsyncClient(base_url=installation.url, timeout=30) as http:
        customer = await Customer.open(http)
        answer = await customer.answer_to(await customer.say(text), 30)
    return str(answer["body"].get("text"))


@pytest.mark.timeout(400)
async def test_a_store_changes_its_data_while_customers_write(tmp_path: Path) -> None:
    store = tmp_path / "store"
    rules, texts = store / "policy" / "returns.yml", store / "domain" / "ours.yml"
    write(rules, "no_reason:\n  window_days: 9\n")
    settings = {
        "STORE_DIR": str(store),
        "DEMO_PASSWORD": PASSWORD,
        "ANKE_MODELS_DIR": os.environ.get("ANKE_MODELS_DIR", "models"),
    }
    async with running_installation(tmp_path / "data", settings) as installation:
        assert installation.launcher is not None
        launcher = installation.launcher

        async def version() -> str:
            async with httpx.AsyncClient(base_url=installation.url, timeout=30) as http:
                return str((await http.get("/readyz")).json()["data"])

        async def changed(before: str) -> str:
            async def other() -> bool:
                return await version() != before

            await until(other, installation.within(20), launcher.log())
            await asyncio.sleep(1.2)  # every process has looked since
            return await version()

        async def told(line: str) -> None:
            async def there() -> bool:
                return line in launcher.log()

            await until(there, installation.within(20), f"{line} in\n{launcher.log()}")

        first = await version()
        assert (installation.data_dir / "in-use" / "current").resolve().name == first
        assert "9 天" in await asked(installation, "七天无理由退货可以退几天")

        # a rule, a wording and a name: no training, no restart
        write(rules, "no_reason:\n  window_days: 12\n")
        write(texts, GREETING.format("本店小安"))
        write(store / "policy" / "groups.yml", "groups:\n  online: {name: 云上客服}\n")
        second = await changed(first)
        assert "12 天" in await asked(installation, "七天无理由退货可以退几天")
        assert "本店小安" in await asked(installation, "你好")
        async with AgentClient.logged_in(installation.url, "boss") as boss:
            entry = (await boss.http.get("/api/v1/agent/me")).json()
        assert entry["names"]["group"]["online"] == "云上客服"

        # a broken one, and a folder that is gone: told once, the last good one stays, also for who is started again
        write(rules, "no_reason:\n  window_days: 七\n")
        await told(f"{rules}:2 no_reason.window_days 必须是正整数")
        store.rename(tmp_path / "gone")
        await told(f"STORE_DIR={store} 不在")
        for part in ("actions", "bot"):
            installation.kill(part)
            await installation.until_running(part, 1)
            await installation.until_ready(installation.within(30))
        assert await version() == second
        assert "12 天" in await asked(installation, "七天无理由退货可以退几天")
        assert "本店小安" in await asked(installation, "你好")
        assert launcher.log().count("no_reason.window_days") == 1

        # back and right again
        write(tmp_path / "gone" / "policy" / "returns.yml", "no_reason:\n  window_days: 13\n")
        (tmp_path / "gone").rename(store)
        third = await changed(second)
        assert "13 天" in await asked(installation, "七天无理由退货可以退几天")

        texts.unlink()
        await changed(third)
        assert "本店小安" not in await asked(installation, "你好")
    assert not list((ROOT / "data").rglob("*.store.yml")), "the checkout is never written to"
