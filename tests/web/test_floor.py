"""The floor in browsers: two agents and a supervisor at their consoles, customers who wait, and everything that is done with a
conversation but answer it (H43-H47)."""

import re

import pytest
from playwright.async_api import expect

from tests.helpers.agent_client import PASSWORD
from tests.web.conftest import NewProfile, artefact
from tests.web.console_page import ConsolePage
from tests.web.floor import Floor, close, consoles, my

pytestmark = pytest.mark.asyncio(loop_scope="package")

SOON_MS = 15_000


async def choose(desk: ConsolePage, status: str) -> None:
    """Picks the status, and waits until the service has it."""
    async with desk.page.expect_response(lambda answer: answer.url.endswith("/agent/presence")):
        await desk.page.get_by_test_id("status").select_option(status)


async def transfer(desk: ConsolePage, to: str, note: str) -> None:
    await desk.page.get_by_test_id("transfer").click()
    await desk.page.get_by_test_id(f"to-{to}").check()
    await desk.page.get_by_test_id("transfer-note").fill(note)
    await desk.page.get_by_test_id("transfer-submit").click()
    await expect(desk.page.get_by_test_id("dialog")).to_be_hidden()


@pytest.mark.timeout(180)
async def test_offer_decline_offer_again_accept(floor: Floor, new_profile: NewProfile) -> None:
    one, two, boss = await consoles(floor, new_profile, "agent1", "agent2", "boss")
    customer = await floor.waiting("我要退差价")
    await one.claim(customer.id)
    await one.reply("您好，我看一下")
    await one.page.get_by_test_id("transfer").click()
    await expect(one.page.get_by_test_id("transfer-note")).to_be_visible()
    await expect(one.page.get_by_test_id("to-technical")).to_be_visible()
    await one.page.screenshot(path=artefact("20-transfer-dialog"))
    await one.page.keyboard.press("Escape")
    name = (await two.page.get_by_test_id("me").locator("bdi").inner_text()).strip()
    await transfer(one, name, "客户要退差价，凭证都看过了")
    await expect(one.page.get_by_test_id("standing-offered")).to_contain_text(f"等{name}应答")
    await one.page.screenshot(path=artefact("21-transfer-asked"))
    await expect(two.page.get_by_test_id("offer")).to_contain_text("凭证都看过了")
    await two.page.screenshot(path=artefact("22-transfer-offered"))
    await two.page.get_by_test_id("offer-look").click()
    await expect(two.page.get_by_test_id("transcript")).to_contain_text("我要退差价")
    await two.page.get_by_test_id("offer-decline").click()
    await two.page.get_by_test_id("offer-why").fill("手上三个急的")
    await two.page.get_by_test_id("offer-decline").click()
    await expect(two.page.get_by_test_id("offer")).to_have_count(0)
    told = one.page.get_by_test_id("alert-transfer_declined")
    await expect(told).to_contain_text("手上三个急的")
    await one.page.screenshot(path=artefact("23-transfer-declined"))
    await told.get_by_test_id("alert-seen").click()
    await expect(told).to_have_count(0)
    await one.page.reload()
    await expect(my(one, customer)).to_be_visible()
    await expect(one.page.get_by_test_id("alert-transfer_declined")).to_have_count(0)
    await my(one, customer).click()
    await transfer(one, name, "现在呢")
    await two.page.get_by_test_id("offer-accept").click()
    await expect(two.page.get_by_test_id("state")).to_have_text("我在处理")
    await expect(one.page.get_by_test_id("alert-transfer_accepted")).to_be_visible()
    await expect(my(one, customer)).to_have_count(0)
    await two.reply("您好，我接着给您办")
    await expect(two.page.get_by_test_id("message-agent").last).to_contain_text("我接着给您办")
    await expect(two.page.get_by_test_id("pending")).to_have_count(0)
    said = [item["body"].get("text") for item in (await customer.log())["items"]]
    assert "您好，我接着给您办" in said
    assert f"{name}已接手，之前说过的都看得到，您不用重说。" in said
    await expect(boss.page.get_by_test_id("offer")).to_have_count(0)
    await close(two)


@pytest.mark.timeout(120)
async def test_reload_back_and_forward_come_to_the_same_place(floor: Floor, new_profile: NewProfile) -> None:
    (desk,) = await consoles(floor, new_profile, "agent1")
    page = desk.page
    first, second = await floor.waiting("我要退滤网"), await floor.waiting("我要换杯盖")
    await desk.claim(first.id)
    await expect(page.get_by_test_id("transcript")).to_contain_text("我要退滤网")
    await desk.claim(second.id)
    await expect(page).to_have_url(re.compile(rf"#/talks/{second.id}$"))
    await first.say("滤网还在吗")
    unread = my(desk, first).locator(".unread")
    await expect(unread).to_have_text("1")
    await page.reload()
    await expect(page.get_by_test_id("transcript")).to_contain_text("我要换杯盖")
    await expect(unread).to_have_text("1")
    await expect(my(desk, second).locator(".unread")).to_have_count(0)

    await page.go_back()
    await expect(page.get_by_test_id("transcript")).to_contain_text("滤网还在吗")
    await expect(unread).to_have_count(0)
    await page.go_forward()
    await expect(page.get_by_test_id("transcript")).to_contain_text("我要换杯盖")
    await page.reload()
    await expect(my(desk, first)).to_be_visible()
    await expect(unread).to_have_count(0)

    await page.get_by_test_id("recent").click()
    await expect(page).to_have_url(re.compile(r"list=recent$"))
    await page.reload()
    await expect(page.get_by_test_id("recent")).to_have_attribute("aria-selected", "true")
    await page.get_by_test_id("search").fill("杯盖")
    await page.get_by_test_id("search").press("Enter")
    await expect(page.get_by_test_id("found-item")).to_have_count(1)
    assert "%" not in page.url
    await page.reload()
    await expect(page.get_by_test_id("found-item")).to_have_count(1)
    await expect(page.get_by_test_id("search")).to_have_value("杯盖")
    await page.screenshot(path=artefact("40-search-after-reload"))
    await page.go_back()
    await expect(page.get_by_test_id("found")).to_have_count(0)
    await expect(page.get_by_test_id("recent")).to_have_attribute("aria-selected", "true")
    await page.go_back()
    await expect(page.get_by_test_id("recent")).to_have_attribute("aria-selected", "false")

    # what was begun as a reply stays one, also when the conversation is over and the page was loaded again
    await page.get_by_test_id("reply").fill("杯盖明天")
    await close(desk)
    await expect(page.get_by_test_id("reply")).to_have_value("杯盖明天")
    await page.reload()
    await expect(page.get_by_test_id("state")).to_have_text("已结束")
    await expect(page.get_by_test_id("reply")).to_have_value("杯盖明天")
    await expect(page.get_by_test_id("reply")).to_be_disabled()
    await my(desk, first).click()
    await close(desk)


@pytest.mark.timeout(180)
async def test_a_silent_agent_loses_the_customer_and_everybody_learns_of_it(
    floor: Floor, new_profile: NewProfile
) -> None:
    one, two, boss = await consoles(floor, new_profile, "agent1", "agent2", "boss")
    floor.routing(first_warn=3, first_return=9)
    try:
        customer = await floor.waiting("有人吗，急")
        await one.claim(customer.id)
        await one.page.get_by_test_id("reply").fill("您好，正在查")
        await expect(one.page.get_by_test_id("standing-silent")).to_be_visible(timeout=SOON_MS)
        await expect(boss.page.get_by_test_id("alert-unanswered_team")).to_be_visible(timeout=SOON_MS)
        await one.page.screenshot(path=artefact("24-silence-warned"))
        await expect(boss.page.get_by_test_id("alert-taken_back_team")).to_be_visible(timeout=SOON_MS)
        await expect(two.waiting(customer.id)).to_be_visible(timeout=SOON_MS)
        await expect(one.page.get_by_test_id("gone")).to_contain_text("太久没有回复")
        await expect(one.page.get_by_test_id("reply")).to_have_value("您好，正在查")
        await one.page.screenshot(path=artefact("25-silence-taken-back"))
        await boss.page.screenshot(path=artefact("26-silence-supervisor"))
        await one.page.get_by_test_id("gone-note").click()
        await expect(one.page.get_by_test_id("note")).to_have_value("您好，正在查")
        await one.page.get_by_test_id("gone-seen").click()
        await expect(one.page.get_by_test_id("why")).to_contain_text("接入后才能回复")
    finally:
        floor.routing(first_warn=90, first_return=240)
    await two.claim(customer.id)
    await two.reply("您好，我来了")
    await expect(two.page.get_by_test_id("annotation-routing")).to_contain_text("没有回复客户")
    await close(two)


@pytest.mark.timeout(180)
async def test_returned_and_held(floor: Floor, new_profile: NewProfile) -> None:
    one, two = await consoles(floor, new_profile, "agent1", "agent2")
    first, second = await floor.waiting("第一位"), await floor.waiting("第二位")
    await one.claim(first.id)
    await one.page.get_by_test_id("requeue").click()
    await one.page.get_by_test_id("requeue-note").fill("要会英文的同事")
    await one.page.screenshot(path=artefact("27-requeue-dialog"))
    await one.page.get_by_test_id("requeue-submit").click()
    await expect(two.page.get_by_test_id("queue-item").first).to_have_attribute("data-conversation", first.id)
    await two.claim(first.id)
    await expect(two.page.get_by_test_id("annotation-routing")).to_contain_text("要会英文的同事")
    await two.reply("Hello")
    await two.page.get_by_test_id("hold").click()
    await two.page.get_by_test_id("hold-120").check()
    await two.page.get_by_test_id("hold-note").fill("等仓库回话")
    await two.page.screenshot(path=artefact("28-hold-dialog"))
    await two.page.get_by_test_id("hold-submit").click()
    await expect(two.page.get_by_test_id("standing-held")).to_contain_text("等仓库回话")
    await expect(my(two, first).get_by_test_id("aside")).to_contain_text("搁置到")
    await two.page.screenshot(path=artefact("29-held"))
    await first.say("不用等了，找到了")
    await expect(two.page.get_by_test_id("standing-held")).to_have_count(0, timeout=SOON_MS)
    await expect(two.page.get_by_test_id("alert-hold_over")).to_contain_text("又说话了")
    await expect(my(two, first).get_by_test_id("silent")).to_be_visible()
    await close(two)
    await one.claim(second.id)
    await close(one)


@pytest.mark.timeout(180)
async def test_status_is_chosen_and_nobody_leaves_with_customers_in_hand(
    floor: Floor, new_profile: NewProfile
) -> None:
    one, two = await consoles(floor, new_profile, "agent1", "agent2")
    customer = await floor.waiting("在吗")
    await choose(two, "away")
    await two.page.get_by_test_id("claim-next").click()
    await expect(two.page.get_by_test_id("toast")).to_contain_text("“离开”")
    await one.claim(customer.id)
    await one.page.get_by_test_id("transfer").click()
    await expect(one.page.get_by_test_id("dialog")).to_contain_text("不在：")
    await one.page.keyboard.press("Escape")
    await one.page.get_by_test_id("status").select_option("offline")
    await expect(one.page.get_by_test_id("dialog")).to_contain_text("1 位客户")
    await one.page.screenshot(path=artefact("30-leaving"))
    await one.page.get_by_test_id("give-up").click()
    await expect(one.waiting(customer.id)).to_be_visible()
    await expect(one.page.get_by_test_id("status")).to_have_value("offline")
    await choose(two, "online")
    await two.claim(customer.id)
    await close(two)


@pytest.mark.timeout(120)
async def test_a_note_in_hand_never_becomes_a_reply(floor: Floor, new_profile: NewProfile) -> None:
    """Another tab of the same agent claims while a note is being written."""
    profile = await new_profile()
    first = await ConsolePage(await profile.new_page(), floor.url).login("agent1", PASSWORD)
    customer = await floor.waiting("在吗")
    await first.waiting(customer.id).locator(".item-open").click()
    await first.page.get_by_test_id("note").fill("这客户很难缠")
    other = ConsolePage(await profile.new_page(), floor.url)
    await other.page.goto(floor.url + "/console")
    await other.claim(customer.id)
    await expect(first.page.get_by_test_id("state")).to_have_text("我在处理")
    await expect(first.page.get_by_test_id("note")).to_have_value("这客户很难缠")
    await first.page.get_by_test_id("note").press("Enter")
    await expect(first.page.get_by_test_id("annotation-note")).to_contain_text("难缠")
    assert "难缠" not in str(await customer.log())
    await close(other)


@pytest.mark.timeout(120)
async def test_alerts_are_chosen_per_kind_and_kept(floor: Floor, new_profile: NewProfile) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    await one.page.get_by_test_id("alert-settings").click()
    await one.page.get_by_test_id("sound-newcomer").uncheck()
    await one.page.screenshot(path=artefact("31-alert-settings"))
    await one.page.keyboard.press("Escape")
    await one.page.reload()
    await one.page.get_by_test_id("alert-settings").click()
    await expect(one.page.get_by_test_id("sound-newcomer")).not_to_be_checked()
    await expect(one.page.get_by_test_id("sound-message")).to_be_checked()


@pytest.mark.timeout(120)
async def test_words_survive_another_computer_a_click_outside_and_esc(
    floor: Floor, new_profile: NewProfile
) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    customer = await floor.waiting("在吗")
    await one.claim(customer.id)
    async with one.page.expect_response(
        lambda answer: answer.url.endswith("/drafts") and answer.request.method == "POST"
    ):
        await one.page.get_by_test_id("reply").fill("您好，我查了一下仓库")
    await one.page.get_by_test_id("close").click()
    async with one.page.expect_response(
        lambda answer: answer.url.endswith("/drafts") and answer.request.method == "POST"
    ):
        await one.page.get_by_test_id("end-note").fill("已补发")
    await one.page.mouse.click(5, 400)
    await expect(one.page.get_by_test_id("end-note")).to_have_value("已补发")
    await one.page.keyboard.press("Escape")
    await expect(one.page.get_by_test_id("esc-again")).to_be_visible()
    await one.page.keyboard.press("Escape")
    await expect(one.page.get_by_test_id("dialog")).to_be_hidden()
    await customer.say("人呢，快点")
    await expect(one.page.get_by_test_id("draft-stale")).to_contain_text("又说了 1 句")
    await one.page.screenshot(path=artefact("32-draft-stale"))
    (again,) = await consoles(floor, new_profile, "agent1")
    await my(again, customer).click()
    await expect(again.page.get_by_test_id("reply")).to_have_value("您好，我查了一下仓库")
    await again.page.get_by_test_id("close").click()
    await expect(again.page.get_by_test_id("end-note")).to_have_value("已补发")
    await again.page.get_by_test_id("resolution-solved").check()
    await again.page.get_by_test_id("end-submit").click()
    await expect(again.page.get_by_test_id("dialog")).to_be_hidden()


@pytest.mark.timeout(120)
async def test_a_conversation_is_found_and_opened_at_the_sentence(
    floor: Floor, new_profile: NewProfile
) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    customer = await floor.waiting("我买的紫砂壶盖子碎了")
    await one.claim(customer.id)
    await close(one)
    await one.page.get_by_test_id("search").fill("紫砂壶盖")
    await one.page.get_by_test_id("search").press("Enter")
    hit = one.page.get_by_test_id("found-item")
    await expect(hit).to_have_count(1)
    await hit.click()
    await expect(one.page.locator(".msg.found")).to_contain_text("紫砂壶盖子碎了")
    await one.page.screenshot(path=artefact("33-found"))
    await one.page.get_by_test_id("search").fill("从来没人说过")
    await one.page.get_by_test_id("search-submit").click()
    await expect(one.page.get_by_test_id("found-nothing")).to_be_visible()
    await one.page.get_by_test_id("search-clear").click()
    await expect(one.page.get_by_test_id("queue")).to_be_visible()


@pytest.mark.timeout(120)
async def test_a_canned_reply_is_kept_found_filled_and_used(floor: Floor, new_profile: NewProfile) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    customer = await floor.waiting("运费谁出")
    await one.claim(customer.id)
    await one.page.get_by_test_id("reply").fill("{客户}好，我是{坐席}，运费险退回后 72 小时内理赔")
    await one.page.get_by_test_id("canned").click()
    await one.page.get_by_test_id("canned-new").click()
    await one.page.get_by_test_id("canned-title").fill("运费险")
    await one.page.get_by_test_id("canned-save").click()
    await expect(one.page.get_by_test_id("canned-item")).to_have_count(1)
    await one.page.screenshot(path=artefact("34-canned"))
    await one.page.keyboard.press("Escape")
    await one.page.get_by_test_id("reply").fill("")
    await one.page.get_by_test_id("reply").press("/")
    await one.page.get_by_test_id("canned-query").fill("运费")
    await one.page.get_by_test_id("canned-query").press("Enter")
    await expect(one.page.get_by_test_id("reply")).to_have_value("您好，我是小林，运费险退回后 72 小时内理赔")
    await close(one)
