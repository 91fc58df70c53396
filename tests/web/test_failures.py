"""What goes wrong in real browsers: dead servers, no network, reloads, two tabs, HTML, a session that ends."""

import json

import pytest
from playwright.async_api import Page, expect

from tests.helpers.installation import Installation
from tests.web.conftest import NewProfile, artefact
from tests.web.console_page import ConsolePage
from tests.web.test_story import whole_log
from tests.web.widget_page import ANSWER_MS, WidgetPage

pytestmark = pytest.mark.asyncio(loop_scope="package")

RUDE = '<img src=x onerror="window.pwned=1"><b>粗体</b>{{7*7}} \' OR 1=1;--'


async def customers_words(store: Installation, widget: WidgetPage) -> list[str]:
    """The customer's texts as the server has them, in order."""
    items = await whole_log(store, widget)
    return [str(i["body"]["text"]) for i in items if i["sender"] == "customer" and i["kind"] == "text"]  # type: ignore[index]


async def until_all_sent(page: Page) -> None:
    await expect(page.get_by_test_id("pending")).to_have_count(0, timeout=30_000)
    await expect(page.get_by_test_id("failed")).to_have_count(0)


@pytest.mark.timeout(120)
async def test_nothing_typed_is_lost_when_the_servers_die(
    store: Installation, new_profile: NewProfile
) -> None:
    widget = await WidgetPage(await (await new_profile()).new_page(), store.url).open()
    await widget.say("你好")
    store.kill("worker")
    store.kill("worker")
    await widget.write("第一句：扫地机器人多少钱")
    await widget.write("第二句：包邮吗")
    await expect(widget.said_by("customer").filter(has_text="第二句")).to_have_count(1, timeout=30_000)
    await until_all_sent(widget.page)
    assert await customers_words(store, widget) == ["你好", "第一句：扫地机器人多少钱", "第二句：包邮吗"]


@pytest.mark.timeout(120)
async def test_what_was_written_offline_is_sent_once_even_by_a_page_opened_later(
    store: Installation, new_profile: NewProfile
) -> None:
    profile = await new_profile()
    widget = await WidgetPage(await profile.new_page(), store.url).open()
    await widget.say("你好")
    await profile.set_offline(True)
    await widget.write("断网时写的第一句")
    await widget.write("断网时写的第二句")
    await expect(widget.page.get_by_test_id("pending")).to_have_count(2)
    await expect(widget.page.get_by_test_id("offline-banner")).to_be_visible()
    await widget.page.screenshot(path=artefact("20-offline"))
    await widget.page.close()
    await profile.set_offline(False)
    again = await WidgetPage(await profile.new_page(), store.url).open()
    await expect(again.said_by("customer").filter(has_text="断网时写的第二句")).to_have_count(
        1, timeout=30_000
    )
    await until_all_sent(again.page)
    assert await customers_words(store, again) == ["你好", "断网时写的第一句", "断网时写的第二句"]


@pytest.mark.timeout(120)
async def test_a_reload_goes_on_where_it_was_and_keeps_the_draft(
    store: Installation, new_profile: NewProfile
) -> None:
    widget = await WidgetPage(await (await new_profile()).new_page(), store.url).open()
    await widget.say("202611010009 9753")
    await widget.say("这套玻璃餐具想退货")
    before = await widget.texts("bot")
    await widget.composer.fill("不想要了，没用")
    await widget.page.reload()
    await widget.page.get_by_test_id("launcher").click()
    await expect(widget.said_by("bot").last).to_be_visible()
    await expect(widget.composer).to_have_value("不想要了，没用")
    assert await widget.texts("bot") == before
    await widget.composer.fill("")
    assert "拆封" in await widget.press("不想要了/七天无理由"), "the form goes on after the reload"


@pytest.mark.timeout(120)
async def test_two_tabs_are_one_conversation(store: Installation, new_profile: NewProfile) -> None:
    profile = await new_profile()
    one = await WidgetPage(await profile.new_page(), store.url).open()
    await one.say("你好")
    two = await WidgetPage(await profile.new_page(), store.url).open()
    await expect(two.said_by("customer").filter(has_text="你好")).to_have_count(1)
    await one.write("左边的标签页写的")
    await two.write("右边的标签页写的")
    for tab in (one, two):
        for words in ("左边的标签页写的", "右边的标签页写的"):
            await expect(tab.said_by("customer").filter(has_text=words)).to_have_count(1, timeout=ANSWER_MS)
        await until_all_sent(tab.page)
    written = await customers_words(store, one)
    assert sorted(written) == sorted(["你好", "左边的标签页写的", "右边的标签页写的"])
    assert await one.texts("customer") == await two.texts("customer") == written


@pytest.mark.timeout(120)
async def test_html_is_text_for_both_and_an_ended_session_keeps_the_draft(
    store: Installation, new_profile: NewProfile
) -> None:
    widget = await WidgetPage(await (await new_profile()).new_page(), store.url).open()
    await widget.say(RUDE)
    assert await widget.said_by("customer").last.locator(".bubble").inner_text() == RUDE
    await widget.page.get_by_test_id("ask-human").click()
    who = json.loads(await widget.stored("conversation"))

    profile = await new_profile()
    desk = await ConsolePage(await profile.new_page(), store.url).login("agent2", store.passwords()["agent2"])
    await desk.claim(who["conversation_id"])
    await expect(desk.page.get_by_test_id("transcript").get_by_text(RUDE, exact=True)).to_be_visible()
    for page in (widget.page, desk.page):
        assert await page.evaluate("() => window.pwned") is None
        assert (
            await page.locator("img[src=x]").or_(page.locator("b").get_by_text("粗体", exact=True)).count()
            == 0
        )
    await desk.page.screenshot(path=artefact("21-html-is-text"))

    # the session ends while the agent writes: the login lies over the desk, and nothing typed is lost
    await desk.page.get_by_test_id("reply").fill("稍等，我看一下这个订单")
    await profile.clear_cookies()
    await desk.page.get_by_test_id("tab-note").click()
    await desk.page.get_by_test_id("note").fill("会话过期前写的备注")
    await desk.page.get_by_test_id("save-note").click()
    await expect(desk.page.get_by_test_id("relogin")).to_be_visible()
    await desk.page.screenshot(path=artefact("22-session-ended"))
    await desk.page.get_by_test_id("password").fill(store.passwords()["agent2"])
    await desk.page.get_by_test_id("login-submit").click()
    await expect(desk.page.get_by_test_id("relogin")).to_be_hidden()
    await expect(desk.page.get_by_test_id("note")).to_have_value("会话过期前写的备注")
    await desk.page.get_by_test_id("save-note").click()
    await expect(desk.page.get_by_test_id("annotation-note")).to_have_count(1)
    await desk.page.get_by_test_id("tab-reply").click()
    await expect(desk.page.get_by_test_id("reply")).to_have_value("稍等，我看一下这个订单")
    await desk.page.get_by_test_id("reply").press("Enter")
    await expect(widget.said_by("agent").filter(has_text="稍等，我看一下这个订单")).to_have_count(1)
