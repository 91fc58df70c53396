"""One whole installation and one Chromium for the browser tests; every customer and agent has a profile of their own."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from launcher.preflight import free_port
from tests.helpers.identity import IDENTITY_SECRET
from tests.helpers.installation import Installation, running_installation
from tests.helpers.processes import ROOT
from tests.web.floor import Floor, NewProfile, running_floor
from tests.web.shop import Shop, running_shop

ARTEFACTS = ROOT / "tests" / "artefacts"
WIDE = {"width": 1280, "height": 860}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
expect.set_options(timeout=15_000)  # two cores, shared


def chromium() -> str | None:
    """The Chromium of this machine: CHROMIUM, or whichever name it has on PATH."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="package")
def shop_port() -> int:
    return free_port()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def store(tmp_path_factory: pytest.TempPathFactory, shop_port: int) -> AsyncIterator[Installation]:
    """Launcher, Valkey, bot, actions and two workers, as `make run` starts them; the shop beside it may embed the widget."""
    folder = tmp_path_factory.mktemp("store")
    env = {
        "LIMIT_MESSAGES_PER_MINUTE": "10000",
        "ALLOWED_ORIGINS": f"http://127.0.0.1:{shop_port}",
        "IDENTITY_SECRET": IDENTITY_SECRET,
    }
    async with running_installation(folder / "data", env) as installation:
        yield installation


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def floor(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Floor]:
    async with running_floor(tmp_path_factory.mktemp("floor")) as floor:
        yield floor


@pytest.fixture(scope="package")
def shop(store: Installation, shop_port: int) -> Iterator[Shop]:
    """A shop's own pages, on another origin than the service."""
    with running_shop(shop_port) as shop:
        shop.service = store.url
        yield shop


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium, or set CHROMIUM)")
    ARTEFACTS.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def new_profile(browser: Browser) -> AsyncIterator[NewProfile]:
    """Makes browser profiles (cookies and storage of their own); an error on any page fails the test."""
    profiles: list[BrowserContext] = []
    errors: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: errors.append(str(error)))

    async def make(**options: Any) -> BrowserContext:
        profile = await browser.new_context(
            **{"viewport": WIDE, "locale": "zh-CN", "timezone_id": "UTC"} | options
        )
        profile.set_default_timeout(20_000)
        profile.on("page", watch)
        profiles.append(profile)
        return profile

    yield make
    for profile in profiles:
        await profile.close()
    assert not errors, errors


def artefact(name: str) -> Path:
    return ARTEFACTS / f"{name}.png"
