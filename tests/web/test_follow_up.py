"""What was promised for later: asked for at the end, listed for its owner, told at its time, done by one press, seen in the case."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from tests.web.axe import violations
from tests.web.conftest import NewProfile, artefact
from tests.web.floor import Floor, consoles

pytestmark = pytest.mark.asyncio(loop_scope="package")

WORDS = "问仓库滤网有没有寄出，回电"


@pytest.mark.timeout(180)
async def test_a_promise_is_asked_for_listed_and_done(floor: Floor, new_profile: NewProfile) -> None:
    (desk,) = await consoles(floor, new_profile, "agent1", color_scheme="dark")
    page = desk.page
    customer = await floor.waiting("滤网坏了，什么时候补发")
    await page.get_by_test_id("follow").click()
    await expect(page.get_by_test_id("reminders-empty")).to_contain_text("没有要跟进的")
    await page.get_by_role("tab", name="待跟进").press("ArrowLeft")
    await expect(page.get_by_role("tab", name="我的会话")).to_be_focused()
    await desk.claim(customer.id)
    await desk.reply("我去问仓库，给您回电")
    await page.get_by_test_id("close").click()
    await expect(page.get_by_test_id("follow-up")).to_have_count(0)
    await page.get_by_test_id("resolution-follow_up").check()
    await page.get_by_test_id("summary-follow_up").fill(WORDS)
    await page.get_by_test_id("follow-up-own").check()
    local = ZoneInfo("Asia/Shanghai")
    await page.get_by_test_id("follow-up-at").fill("2020-01-01T10:00")
    await expect(page.get_by_test_id("follow-up-wrong")).to_contain_text("已经过了")
    await expect(page.get_by_test_id("end-submit")).to_be_disabled()
    soon = datetime.now(local) + timedelta(minutes=1)
    await page.get_by_test_id("follow-up-at").fill(f"{soon:%Y-%m-%dT%H:%M}")
    await expect(page.get_by_test_id("follow-up-wrong")).to_have_count(0)
    await page.screenshot(path=artefact("60-follow-up-asked-dark"))
    assert await violations(page) == []
    await page.get_by_test_id("end-submit").click()
    await page.get_by_test_id("follow").click()
    line = page.get_by_test_id("reminder")
    await expect(line).to_contain_text(WORDS)
    await page.screenshot(path=artefact("61-follow-up-listed-dark"))
    told = page.get_by_test_id("alert-follow_up")
    await expect(told).to_contain_text(f"跟进的时间到了：{WORDS}", timeout=75_000)
    await expect(line).to_contain_text("超 ")
    await page.reload()
    await expect(line).to_contain_text("超 ")  # the address keeps the list
    await told.get_by_test_id("alert-look").click()
    await expect(page.get_by_test_id("transcript")).to_contain_text("滤网坏了")
    await page.emulate_media(color_scheme="light")
    await page.screenshot(path=artefact("62-follow-up-due"))
    await line.hover()
    await line.get_by_test_id("reminder-done").click()
    await expect(line).to_have_count(0)
    await page.get_by_test_id("open-case").click()
    await expect(page.get_by_test_id("case-reminders")).to_contain_text("办好了")
    await expect(page.get_by_test_id("entry-followed_up")).to_contain_text(WORDS)
    await page.screenshot(path=artefact("63-follow-up-in-case"))
    assert await violations(page) == []
    await page.set_viewport_size({"width": 720, "height": 800})
    await page.screenshot(path=artefact("64-follow-up-in-case-narrow"))
