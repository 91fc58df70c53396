"""A new agent opens the one-time link of `anke users add`, chooses a password, and works until the account is disabled."""

import asyncio
import re
import sys

import pytest
from playwright.async_api import expect

from tests.helpers.installation import Installation
from tests.helpers.processes import ROOT
from tests.web.conftest import NewProfile

pytestmark = pytest.mark.asyncio(loop_scope="package")
WORD = "绿色的 17 只鹅 in a row"


async def users(store: Installation, *words: str) -> str:
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "launcher.anke", "users", *words),
        cwd=ROOT,
        env=store.env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await command.communicate()
    assert command.returncode == 0, said.decode()
    return said.decode()


async def test_from_the_link_to_the_desk_and_out(store: Installation, new_profile: NewProfile) -> None:
    said = await users(store, "add", "linlin", "--name", "林琳", "--groups", "online")
    link = re.search(r"http://\S+", said)
    assert link
    page = await (await new_profile()).new_page()
    await page.goto(link.group())
    form = page.get_by_test_id("invitation")
    await page.get_by_test_id("new-password").fill(WORD)
    await page.get_by_test_id("new-password-again").fill("别的")
    await page.get_by_test_id("invitation-submit").click()
    await expect(form).to_contain_text("两次输入的密码不一样")
    await page.get_by_test_id("new-password-again").fill(WORD)
    await page.get_by_test_id("invitation-submit").click()
    await expect(page.get_by_test_id("username")).to_have_value("linlin")
    assert "invitation" not in page.url
    await page.get_by_test_id("password").fill(WORD)
    await page.get_by_test_id("login-submit").click()
    await expect(page.get_by_test_id("desk")).to_be_visible()
    await users(store, "disable", "linlin")
    await expect(page.get_by_test_id("login")).to_be_visible(timeout=5_000)

    other = await (await new_profile()).new_page()
    await other.goto(link.group())
    for field in ("new-password", "new-password-again"):
        await other.get_by_test_id(field).fill(WORD)
    await other.get_by_test_id("invitation-submit").click()
    await expect(other.get_by_test_id("invitation")).to_contain_text("已经用过或过期")
