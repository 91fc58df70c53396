"""Supervisor, designer and administrator in browsers, beside agents and customers (H49-H52)."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.handoff.notifications.receiver import Receiver
from tests.helpers.agent_client import PASSWORD, AgentClient, running_desk
from tests.helpers.customer import Customer
from tests.helpers.scripted_bot import ScriptedBot
from tests.web.axe import violations
from tests.web.conftest import NewProfile, artefact
from tests.web.console_page import ConsolePage

pytestmark = pytest.mark.asyncio(loop_scope="package")
SOON_MS = 15_000


@dataclass
class Store:
    url: str
    http: httpx.AsyncClient
    receiver: Receiver

    async def waiting(self, text: str) -> Customer:
        customer = await Customer.open(self.http)
        await customer.answer_to(await customer.say(text))
        assert (await customer.call("human")).status_code == 200
        return customer


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Store]:
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(ScriptedBot())
        receiver = Receiver()
        await receiver.start()
        stack.push_async_callback(receiver.stop)
        told = {"NOTIFY_URLS": f"crm={receiver.url}", "NOTIFY_SECRET": "a-secret-of-16-letters"}
        service = await stack.enter_async_context(
            running_desk(tmp_path_factory.mktemp("office") / "var", bot, **told)
        )
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=service.url, timeout=30))
        yield Store(service.url, http, receiver)


async def signed_in(store: Store, new_profile: NewProfile, name: str, **options: str) -> Page:
    page = await (await new_profile(**options)).new_page()
    await ConsolePage(page, store.url).login(name, PASSWORD)
    return page


def tile(page: Page, name: str) -> Locator:
    return page.get_by_test_id(f"tile-{name}").locator("b")


async def test_the_wall_follows_the_floor_and_leads_to_the_conversations(
    office: Store, new_profile: NewProfile
) -> None:
    """H50: a customer who comes, is claimed and is not answered is on the wall within seconds; each figure is a way in."""
    page = await signed_in(office, new_profile, "boss")
    await page.get_by_test_id("page-wall").click()
    await expect(tile(page, "waiting")).to_have_text("0")
    customer = await office.waiting("杯子裂了")
    await expect(tile(page, "waiting")).to_have_text("1", timeout=5_000)
    row = page.locator("[data-group=online]")
    await expect(row).to_contain_text("无人")
    async with AgentClient.logged_in(office.url, "agent1") as agent:
        await agent.claim(customer.id)
        await expect(tile(page, "serving")).to_have_text("1", timeout=5_000)
        await expect(tile(page, "unanswered")).to_have_text("1", timeout=8_000)
        await expect(tile(page, "waiting")).to_have_text("0")
        await page.screenshot(path=artefact("wall"))
        await page.get_by_test_id("tile-unanswered").click()
        await expect(page.get_by_test_id("found-total")).to_have_text("共 1 个会话")
        assert "#/wall/unanswered" in page.url
        await page.go_back()
        await expect(page.get_by_test_id("dialog")).to_be_hidden()
        await page.get_by_test_id("tile-serving").focus()
        await page.keyboard.press("Enter")
        await page.locator(f'[data-testid=found-item][data-conversation="{customer.id}"]').click()
        await expect(page.get_by_test_id("transcript")).to_contain_text("杯子裂了")
        assert f"#/talks/{customer.id}" in page.url


async def test_history_is_read_in_charts_tables_and_a_file(office: Store, new_profile: NewProfile) -> None:
    customer = await office.waiting("快递没动")
    page = await signed_in(office, new_profile, "boss")
    charts: list[str] = []
    page.on("request", lambda one: charts.append(one.url) if "ChartView" in one.url else None)
    await page.get_by_test_id("page-history").click()
    await expect(page.locator("canvas").first).to_be_visible()
    assert charts, "the library comes with the page that needs it"
    assert await page.locator("canvas").first.get_attribute("aria-label")
    await page.get_by_test_id("by-group").click()
    await expect(page.get_by_test_id("parts")).to_contain_text("在线客服")
    await page.get_by_test_id("range-1").click()
    await expect(page.locator("canvas")).to_have_count(0)
    await page.get_by_test_id("figure-handoffs").click()
    await expect(page.locator(f'[data-testid=found-item][data-conversation="{customer.id}"]')).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("dialog")).to_be_hidden()
    async with page.expect_download() as download:
        await page.get_by_test_id("csv-parts").click()
    assert (await download.value).suggested_filename.endswith("-group.csv")
    await page.screenshot(path=artefact("history"))
    await page.get_by_test_id("range-7").click()
    await page.get_by_test_id("part").select_option("online")
    address = page.url
    assert "range=" in address
    await page.reload()
    await expect(page.get_by_test_id("by-group")).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_test_id("part")).to_have_value("online")
    await expect(page.get_by_test_id("range-7")).to_have_attribute("aria-pressed", "true")
    assert page.url == address
    await page.go_back()
    await expect(page.get_by_test_id("part")).to_have_value("")


async def test_an_administrator_makes_and_disables_an_account(office: Store, new_profile: NewProfile) -> None:
    """H49: from the page of accounts to the newcomer's desk; disabling closes it within five seconds."""
    page = await signed_in(office, new_profile, "admin")
    await expect(page.get_by_test_id("accounts")).to_be_visible()
    assert "#/accounts" in page.url
    await page.get_by_test_id("account-new").click()
    await page.get_by_test_id("account-username").fill("newone")
    await page.get_by_test_id("account-name").fill("新来的")
    await page.get_by_test_id("account-group-online").uncheck()
    await page.get_by_test_id("account-save").click()
    await expect(page.get_by_test_id("account-error")).to_contain_text("至少要在一个技能组")
    await page.get_by_test_id("account-group-logistics").check()
    await page.get_by_test_id("account-capacity").fill("6")
    await page.get_by_test_id("account-save").click()
    link = await page.get_by_test_id("account-link").inner_text()
    await page.screenshot(path=artefact("account-link"))
    await page.keyboard.press("Escape")
    row = page.locator("[data-account=newone]")
    await expect(row).to_contain_text("等本人设密码")
    await expect(row).to_contain_text("6")

    theirs = await (await new_profile()).new_page()
    await theirs.goto(office.url + "/console" + link[link.index("#") :])
    for field in ("new-password", "new-password-again"):
        await theirs.get_by_test_id(field).fill("绿色的 17 只鹅 in a row")
    await theirs.get_by_test_id("invitation-submit").click()
    await theirs.get_by_test_id("password").fill("绿色的 17 只鹅 in a row")
    await theirs.get_by_test_id("login-submit").click()
    await expect(theirs.get_by_test_id("desk")).to_be_visible()

    await row.get_by_test_id("account-disable").click()
    await page.get_by_test_id("account-confirm").click()
    await expect(theirs.get_by_test_id("login")).to_be_visible(timeout=5_000)
    await expect(row).to_be_hidden()
    await page.get_by_test_id("accounts-closed").check()
    await expect(row).to_contain_text("已停用")
    await page.get_by_test_id("page-audit").click()
    await expect(page.get_by_test_id("audit")).to_contain_text("停用账号")
    await page.get_by_test_id("audit-action").select_option("account_added")
    await expect(page.get_by_test_id("audit")).not_to_contain_text("停用账号")
    await expect(page.get_by_test_id("audit")).to_contain_text("新来的")


async def test_from_a_sample_to_the_designer_s_answer(office: Store, new_profile: NewProfile) -> None:
    """H51: drawn, scored, a sentence picked as a finding; the designer's first page has it, masked, and answers."""
    customer = await office.waiting("我电话 13812345678，改一下地址")
    async with AgentClient.logged_in(office.url, "agent1") as agent:
        epoch = await agent.claim(customer.id)
        await agent.say(customer.id, epoch, "好的，改好了")
        await agent.end(customer.id, "close", epoch)
    page = await signed_in(office, new_profile, "boss")
    await page.get_by_test_id("page-quality").click()
    await page.get_by_test_id("draw").click()
    await page.get_by_test_id("draw-count").fill("50")
    await page.get_by_test_id("draw-submit").click()
    await page.get_by_test_id("pick").first.click()
    talk = page.get_by_test_id("quality-talk")
    await expect(talk).to_contain_text("138****5678")
    await expect(page.get_by_test_id("score-save")).to_be_disabled()
    for code, points in (
        ("understanding", 20),
        ("policy", 25),
        ("solution", 20),
        ("manner", 20),
        ("record", 5),
    ):
        await page.get_by_test_id(f"score-{code}").fill(str(points))
    await expect(page.get_by_test_id("score-total")).to_have_text("90 分")
    await talk.get_by_role("button", name=re.compile("这句作为发现")).first.click()
    await page.get_by_test_id("finding-text").fill("“改一下地址”没有当成改地址")
    await page.get_by_test_id("finding-add").click()
    await expect(page.get_by_test_id("finding-form")).to_contain_text("待办")
    await page.screenshot(path=artefact("quality"))
    await page.get_by_test_id("score-save").click()
    await expect(page.get_by_test_id("pick").filter(has_text="90")).to_be_visible()

    theirs = await signed_in(office, new_profile, "designer1")
    found = theirs.get_by_test_id("findings")
    await expect(found).to_contain_text("138****5678")
    await theirs.screenshot(path=artefact("findings"))
    await found.get_by_test_id("finding-done").click()
    await expect(theirs.get_by_test_id("page-empty")).to_have_text("没有待办的发现。")
    await theirs.get_by_test_id("tab-misses").click()
    await expect(theirs.get_by_test_id("misses-file")).to_be_visible()
    await theirs.get_by_test_id("page-rules").click()
    await expect(theirs.get_by_test_id("calendar")).to_be_visible()
    await theirs.get_by_test_id("rules-routing.yml").click()
    await expect(theirs.get_by_test_id("rules-text")).to_contain_text("capacity: 10")


async def test_shared_replies_are_kept_by_who_may_and_reach_the_agents(
    office: Store, new_profile: NewProfile
) -> None:
    page = await signed_in(office, new_profile, "admin")
    await page.get_by_test_id("page-replies").click()
    await page.get_by_test_id("reply-new").click()
    await page.get_by_test_id("reply-title").fill("开场")
    await page.get_by_test_id("reply-text").fill("您好，我是{坐席}。")
    await page.get_by_test_id("reply-save").click()
    await expect(page.get_by_test_id("replies")).to_contain_text("开场")
    async with AgentClient.logged_in(office.url, "agent1") as agent:
        assert "开场" in {one["title"] for one in (await agent.get("canned")).json()["items"]}


async def test_a_page_that_is_not_one_s_own_is_not_opened(office: Store, new_profile: NewProfile) -> None:
    """H49: an address pasted by somebody else shows one's own desk, and says so itself."""
    page = await signed_in(office, new_profile, "agent1")
    await expect(page.get_by_test_id("page-wall")).to_have_count(0)
    await page.evaluate("location.hash = '#/accounts'")
    await expect(page.get_by_test_id("queue")).to_be_visible()
    await page.wait_for_function("location.hash.startsWith('#/talks')")


async def test_a_page_that_cannot_be_read_says_so_and_is_tried_again(
    office: Store, new_profile: NewProfile
) -> None:
    page = await signed_in(office, new_profile, "admin")
    await page.route("**/api/v1/agent/rules", lambda route: route.abort())
    await page.get_by_test_id("page-rules").click()
    await expect(page.get_by_test_id("page-error")).to_contain_text("连不上服务器")
    await page.unroute("**/api/v1/agent/rules")
    await page.get_by_test_id("page-error").get_by_role("button").click()
    await expect(page.get_by_test_id("rules-version")).to_be_visible()


async def test_a_supervisor_whispers_and_takes_over(office: Store, new_profile: NewProfile) -> None:
    """H49: the whisper reaches the colleague alone; the customer taken over leaves the colleague's hands, whose words stay."""
    customer = await office.waiting("给我便宜点")
    theirs = await signed_in(office, new_profile, "agent2")
    desk = ConsolePage(theirs, office.url)
    await desk.claim(customer.id)
    await theirs.get_by_test_id("reply").fill("写了一半的话")
    page = await signed_in(office, new_profile, "boss")
    await page.goto(f"{office.url}/console#/talks/{customer.id}")
    await page.get_by_test_id("whisper").click()
    await expect(page.get_by_test_id("step-in-submit")).to_be_disabled()
    await page.get_by_test_id("step-in-words").fill("可以给 20 元券")
    await page.get_by_test_id("step-in-submit").click()
    await expect(theirs.get_by_test_id("alert-whisper")).to_contain_text("可以给 20 元券", timeout=SOON_MS)
    await expect(theirs.get_by_test_id("annotation-whisper")).to_contain_text(
        "可以给 20 元券", timeout=SOON_MS
    )
    await theirs.screenshot(path=artefact("whisper"))
    other = await signed_in(office, new_profile, "agent1")
    await other.goto(f"{office.url}/console#/talks/{customer.id}")
    await expect(other.get_by_test_id("transcript")).to_contain_text("给我便宜点")
    await expect(other.get_by_test_id("annotation-whisper")).to_have_count(0)
    await expect(other.get_by_test_id("take-over")).to_have_count(0)

    await page.get_by_test_id("take-over").click()
    await page.get_by_test_id("step-in-words").fill("大客户")
    await page.get_by_test_id("step-in-submit").click()
    await expect(page.get_by_test_id("give-back")).to_be_visible()
    await expect(theirs.get_by_test_id("alert-taken_over")).to_contain_text("大客户", timeout=SOON_MS)
    await expect(theirs.get_by_test_id("give-back")).to_have_count(0)
    await ConsolePage(page, office.url).reply("您好，我是主管")
    assert "大客户" not in str((await customer.log())["items"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_a_system_did_not_take_is_sent_again(
    office: Store, new_profile: NewProfile, scheme: str
) -> None:
    page = await signed_in(office, new_profile, "boss", color_scheme=scheme)
    office.receiver.status = 410  # it wants no more: dead at once
    await office.waiting("没告诉成的")
    await page.get_by_role("button", name="通知").click()
    row = page.get_by_test_id("outbox").get_by_role("row").filter(has_text="转人工")
    await expect(row.first).to_contain_text("对方回 410", timeout=SOON_MS)
    await row.first.get_by_test_id("outbox-body").click()
    await expect(page.get_by_test_id("outbox")).to_contain_text("handoff_id")
    await page.screenshot(path=artefact(f"60-outbox-{scheme}"))
    assert await violations(page) == []
    office.receiver.status = 200
    await page.get_by_test_id("replay-all").click()
    await expect(page.get_by_test_id("page-empty")).to_have_text("没有死信。", timeout=SOON_MS)
    await page.get_by_test_id("outbox-state").select_option("delivered")
    await expect(row.first).to_contain_text("重发过", timeout=SOON_MS)
    async with AgentClient.logged_in(office.url, "admin") as admin:
        lines = (await admin.get("audit", action="notification_replay")).json()["items"]
        assert lines[0]["detail"]["destination"] == "crm"
    async with AgentClient.logged_in(office.url, "agent1") as agent:
        assert (await agent.get("notifications")).status_code == 403
