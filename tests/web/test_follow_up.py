"""What was promised for later: asked for at the end, listed for its owner, told at its time, done by one press, seen in the case."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from tests.helpers.agent_client import PASSWORD, AgentClient
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
    await page.get_by_test_id("search").fill("问仓库滤网")
    await page.get_by_test_id("search-submit").click()
    await expect(page.get_by_test_id("found-item")).to_contain_text("服务小结")
    case = page.get_by_test_id("found-case")
    name = f"访客 {customer.id[-4:]}"
    await expect(case.locator(".item-name")).to_have_text(name)
    await expect(page.get_by_test_id("found-item").locator(".item-name")).to_have_text(name)
    await page.screenshot(path=artefact("65-found-talk-and-case-dark"))
    assert await violations(page) == []
    await page.get_by_test_id("search-clear").click()
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
    line = page.locator(f'[data-testid=case-item]:has-text("{name}")')
    await expect(line).to_have_count(1)
    await page.get_by_test_id("filter-words").fill("从没写过的字")
    await page.get_by_test_id("filter-words").press("Enter")
    await expect(page.get_by_test_id("cases-empty")).to_contain_text("没有符合条件")
    await page.get_by_test_id("filter-words").fill("问仓库滤网")
    await page.get_by_test_id("filter-words").press("Enter")
    await expect(line).to_have_count(1)
    await page.screenshot(path=artefact("63-follow-up-in-case"))
    assert await violations(page) == []
    await page.set_viewport_size({"width": 720, "height": 800})
    await page.screenshot(path=artefact("64-follow-up-in-case-narrow"))


@pytest.mark.timeout(120)
async def test_many_alerts_are_one_line_and_cover_nothing(floor: Floor, new_profile: NewProfile) -> None:
    (desk,) = await consoles(floor, new_profile, "agent1")
    page, customer = desk.page, await floor.waiting("杯子裂了")
    await desk.claim(customer.id)
    async with AgentClient.logged_in(floor.url, "agent1") as me:
        one, name = me.agent["id"], me.agent["name"]
    async with AgentClient.logged_in(floor.url, "boss") as boss:
        for n in range(4):
            note = {"text": f"@{name} 第 {n} 件，请看一下", "mentions": [one]}
            assert (await boss.post(f"conversations/{customer.id}/notes", note)).status_code == 201
    told = page.get_by_test_id("alert-mention")
    await expect(page.get_by_test_id("alerts-more")).to_contain_text("还有 3 条")
    await expect(told).to_have_count(1)
    strip, record = page.locator(".strip"), page.locator(".record")
    top, bottom = await strip.bounding_box(), await record.bounding_box()
    assert top is not None
    assert bottom is not None
    assert bottom["y"] + bottom["height"] <= top["y"], "the record ends above them"
    await page.screenshot(path=artefact("66-alerts-folded"))
    await page.get_by_test_id("alerts-unfold").click()
    await expect(told).to_have_count(4)
    await page.screenshot(path=artefact("67-alerts-unfolded"))
    assert await violations(page) == []
    await page.get_by_test_id("alerts-all-seen").click()
    await expect(told).to_have_count(0)


@pytest.mark.timeout(120)
async def test_a_person_changes_their_own_password(floor: Floor, new_profile: NewProfile) -> None:
    here, there = await consoles(floor, new_profile, "agent2", "agent2", color_scheme="dark")
    page, fresh = here.page, "一个很长的新密码 2026"
    await page.get_by_test_id("me").click()
    await page.get_by_test_id("old-password").fill("不是这个密码 123")
    await page.get_by_test_id("new-password").fill(fresh)
    await page.get_by_test_id("new-password-again").fill("别的 12345678")
    await page.get_by_test_id("password-submit").click()
    await expect(page.get_by_test_id("password-error")).to_contain_text("不一样")
    await page.get_by_test_id("new-password-again").fill(fresh)
    await page.get_by_test_id("password-submit").click()
    await expect(page.get_by_test_id("password-error")).to_contain_text("现在的密码不对")
    await page.screenshot(path=artefact("68-own-password-dark"))
    assert await violations(page) == []
    await page.get_by_test_id("old-password").fill(PASSWORD)
    await page.get_by_test_id("password-submit").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("密码已修改")
    await expect(there.page.get_by_test_id("relogin")).to_be_visible()
    await page.reload()
    await expect(page.get_by_test_id("me")).to_be_visible()
