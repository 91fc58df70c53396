"""The agents' console in a browser, used as an agent uses it."""

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect


@dataclass
class ConsolePage:
    page: Page
    url: str

    async def login(self, username: str, password: str) -> "ConsolePage":
        await self.page.goto(self.url + "/console")
        await self.page.get_by_test_id("username").fill(username)
        await self.page.get_by_test_id("password").fill(password)
        await self.page.get_by_test_id("login-submit").click()
        await expect(self.page.get_by_test_id("desk")).to_be_visible()
        return self

    def waiting(self, conversation_id: str) -> Locator:
        return self.page.locator(f'[data-testid=queue-item][data-conversation="{conversation_id}"]')

    async def claim(self, conversation_id: str) -> None:
        button = self.waiting(conversation_id).get_by_test_id("claim")
        box, column = await button.bounding_box(), await self.page.get_by_test_id("queue").bounding_box()
        assert box is not None
        assert column is not None
        assert box["x"] + box["width"] <= column["x"] + column["width"], (
            "the claim button sticks out of the queue"
        )
        await button.click()
        await expect(self.page.get_by_test_id("give-back")).to_be_visible()

    async def reply(self, text: str) -> None:
        await self.page.get_by_test_id("reply").fill(text)
        await self.page.get_by_test_id("reply").press("Enter")

    async def note(self, text: str) -> None:
        await self.page.get_by_test_id("tab-note").click()
        await self.page.get_by_test_id("note").fill(text)
        await self.page.get_by_test_id("save-note").click()
        await expect(self.page.get_by_test_id("annotation-note").filter(has_text=text)).to_be_visible()

    async def end(self, how: str, resolution: str, note: str = "") -> None:
        """`give-back` or `close`, with a resolution code."""
        await self.page.get_by_test_id(how).click()
        await self.page.get_by_test_id(f"resolution-{resolution}").check()
        if note:
            await self.page.get_by_test_id("end-note").fill(note)
        await self.page.get_by_test_id("end-submit").click()
        await expect(self.page.get_by_test_id("dialog")).to_be_hidden()

    async def transcript(self) -> str:
        return await self.page.get_by_test_id("transcript").inner_text()
