"""The floor for browser tests: the service with a scripted bot, whose policy a test may change, and the people at their consoles."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.async_api import BrowserContext, Locator

from tests.helpers.agent_client import PASSWORD, running_desk
from tests.helpers.customer import Customer
from tests.helpers.own_data import own_data
from tests.helpers.scripted_bot import ScriptedBot
from tests.web.console_page import ConsolePage

NewProfile = Callable[..., Awaitable[BrowserContext]]


@dataclass
class Floor:
    """The service with a scripted bot, and its policy, which tests may change while it runs."""

    url: str
    http: httpx.AsyncClient
    policy: Path

    async def waiting(self, text: str) -> Customer:
        customer = await Customer.open(self.http)
        await customer.answer_to(await customer.say(text))
        assert (await customer.call("human")).status_code == 200
        return customer

    def routing(self, **seconds: int) -> None:
        """Rewrites these times of data/policy/routing.yml; the service takes them up within a second or two."""
        file = self.policy / "routing.yml"
        text = file.read_text(encoding="utf-8")
        for name, value in seconds.items():
            text, found = re.subn(rf"(?m)^(  {name}: )\d+", rf"\g<1>{value}", text)
            assert found == 1, name
        file.write_text(text, encoding="utf-8")


@asynccontextmanager
async def running_floor(folder: Path) -> AsyncIterator[Floor]:
    policy = own_data(folder) / "data" / "policy"
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(ScriptedBot())
        service = await stack.enter_async_context(
            running_desk(folder / "var", bot, ANKE_DATA_ROOT=str(folder))
        )
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=service.url, timeout=30))
        yield Floor(service.url, http, policy)


async def consoles(
    floor: Floor, new_profile: NewProfile, *names: str, **options: object
) -> list[ConsolePage]:
    """`options`: of the browser's profiles (color_scheme …)."""
    return [
        await ConsolePage(await (await new_profile(**options)).new_page(), floor.url).login(name, PASSWORD)
        for name in names
    ]


def my(desk: ConsolePage, customer: Customer) -> Locator:
    return desk.page.locator(f'[data-testid=mine-item][data-conversation="{customer.id}"]')


async def close(desk: ConsolePage) -> None:
    await desk.end("close", "solved")
