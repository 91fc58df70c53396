"""The store's page with the widget, used as a customer uses it. Every wait polls with a deadline."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

ANSWER_MS = 20_000
"""Turns may take 20 s (retries included); in practice they take a tenth of a second."""


@dataclass
class WidgetPage:
    page: Page
    url: str

    async def open(self, path: str = "/") -> "WidgetPage":
        """`path`: on the service's own demo store, or the whole address of a shop's page."""
        await self.page.goto(path if path.startswith("http") else self.url + path)
        await self.page.get_by_test_id("launcher").click()
        await expect(self.composer).to_be_visible()
        return self

    @property
    def composer(self) -> Locator:
        return self.page.get_by_test_id("composer")

    @property
    def log(self) -> Locator:
        return self.page.get_by_test_id("log")

    def said_by(self, sender: str) -> Locator:
        return self.page.get_by_test_id(f"message-{sender}")

    async def last_seq(self) -> int:
        """Of the newest message shown, 0 before the first."""
        seqs = await self.page.locator("[data-testid^=message-]").evaluate_all(
            "all => all.map(one => Number(one.dataset.seq))"
        )
        return max(seqs, default=0)

    async def write(self, text: str) -> None:
        """Type and press Enter; nothing is waited for."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def say(self, text: str) -> str:
        """Type, send, and read what the bot answers to it: the texts of its reply set."""
        before = await self.last_seq()
        await self.write(text)
        return await self.answer(before, text)

    async def answer(self, before: int, own: str) -> str:
        """The bot's words after `own`, once it is shown and the bot is done."""
        await self.page.wait_for_function(
            """([before, own]) => {
                const root = document.querySelector('anke-widget').shadowRoot;
                const rows = [...root.querySelectorAll('[data-testid^=message-]')];
                const newer = rows.filter(row => Number(row.dataset.seq) > before);
                const mine = newer.findIndex(row => row.dataset.testid === 'message-customer' && row.innerText.includes(own));
                const typing = root.querySelector('[data-testid=typing]');
                return mine >= 0 && !typing && newer.slice(mine).some(row => row.dataset.testid === 'message-bot');
            }""",
            arg=[before, own],
            timeout=ANSWER_MS,
        )
        words = await self.page.locator("[data-testid=message-bot]").evaluate_all(
            "(all, before) => all.filter(one => Number(one.dataset.seq) > before).map(one => one.innerText).join('\\n')",
            before,
        )
        return str(words)

    async def press(self, label: str) -> str:
        """Press the newest button of that label and read the answer."""
        before = await self.last_seq()
        await self.page.get_by_test_id(f"button-{label}").last.click()
        return await self.answer(before, label)

    async def add_picture(self, path: Path) -> None:
        await self.page.get_by_test_id("file-image").set_input_files(str(path))

    async def texts(self, sender: str) -> list[str]:
        """The bubbles of one sender, in order."""
        found: list[str] = await self.said_by(sender).locator(".bubble").all_inner_texts()
        return found

    async def stored(self, name: str) -> Any:
        """What the browser keeps for the widget under a key that ends so."""
        return await self.page.evaluate(
            "name => { for (const k of Object.keys(localStorage)) if (k.endsWith(name)) return localStorage[k]; return null; }",
            name,
        )
