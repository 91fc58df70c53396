"""The console as an agent lives in it: long lists, reading while people write, small screens, darkness, a broken line, the keyboard
alone; and every state of it without an accessibility violation."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, Route, WebSocketRoute, expect

from tests.helpers.agent_client import PASSWORD
from tests.web.axe import violations
from tests.web.conftest import NewProfile, artefact
from tests.web.console_page import ConsolePage
from tests.web.floor import Floor, close, consoles, my

pytestmark = pytest.mark.asyncio(loop_scope="package")

LONG = 500


def queue_of(count: int) -> dict[str, Any]:
    """A queue as the service tells it, with people who differ."""
    items = [
        {
            "conversation_id": f"c_made_up_{i:04d}",
            "group": ("online", "technical", "ticket")[i % 3],
            "priority": 1,
            "level": ("I", "II", "I", "III")[i % 4],
            "category": "return.request",
            "state": "ticket" if i % 3 == 2 else "waiting",
            "waiting_since": f"2026-11-22T{i // 60 % 24:02d}:{i % 60:02d}:00Z",
            "deadlines": {"first_response": "2036-01-01T00:00:00Z"},
            "preview": f"第 {i} 位说的最后一句话",
            "customer": "访客",
        }
        for i in range(count)
    ]
    return {
        "items": items,
        "waiting": count,
        "next": None,
        "mine": [],
        "offers": [],
        "alerts": [],
        "status": "online",
    }


async def no_sideways_scroll(page: Page) -> None:
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} px stick out"


@pytest.mark.timeout(120)
async def test_five_hundred_waiting_are_few_rows_in_the_page(floor: Floor, new_profile: NewProfile) -> None:
    """Sorted, grouped and walked by keys; the chosen one comes into sight."""
    page = await (await new_profile()).new_page()

    async def told(route: Route) -> None:
        await route.fulfill(content_type="application/json", body=json.dumps(queue_of(LONG)))

    async def cut(socket: WebSocketRoute) -> None:
        await socket.close()

    await page.route("**/api/v1/agent/queue", told)
    await page.route_web_socket("**/api/v1/agent/ws", cut)
    await ConsolePage(page, floor.url).login("agent1", PASSWORD)
    rows = page.get_by_test_id("queue-item")
    await expect(rows.first).to_be_visible()
    assert await rows.count() < 60
    assert (await rows.first.bounding_box() or {}).get("height") == 52
    await expect(page.get_by_test_id("queue").locator(".count").first).to_have_text(str(LONG))
    assert await page.locator("[data-testid=queue] .rows-in").evaluate("e => e.offsetHeight") == 52 * LONG

    await page.keyboard.press("k")
    last = page.locator(f'[data-conversation="c_made_up_{LONG - 1:04d}"]')
    await expect(last).to_be_in_viewport()
    await page.get_by_test_id("arrange-queue").click()
    await page.get_by_test_id("by-queue-kind").check()
    await page.get_by_test_id("sort-queue-waits").check()
    await page.keyboard.press("Escape")
    heads = page.get_by_test_id("group-head")
    await page.locator("[data-testid=queue] .scroll").evaluate("e => e.scrollTo(0, 0)")
    await expect(heads.first).to_contain_text("在线等待")
    await page.screenshot(path=artefact("50-long-queue"))
    await heads.first.click()
    await expect(heads.nth(1)).to_contain_text("留言")
    await expect(rows.first.locator(".ticket")).to_be_visible()
    await page.reload()
    await expect(last).to_be_in_viewport()
    await expect(heads.first).to_be_visible()


@pytest.mark.timeout(120)
async def test_nothing_moves_while_reading_above(floor: Floor, new_profile: NewProfile) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    page = one.page
    customer = await floor.waiting("第 0 句")
    await one.claim(customer.id)
    for n in range(1, 31):
        await customer.say(f"第 {n} 句，" + "说得长一点，好让记录有几屏。" * 3)
    transcript = page.get_by_test_id("transcript")
    await expect(page.get_by_test_id("message-customer").last).to_contain_text("第 30 句")
    end = "e => Math.round(e.scrollHeight - e.scrollTop - e.clientHeight)"
    assert await transcript.evaluate(end) <= 1
    await transcript.hover()
    await page.mouse.wheel(0, -600)
    await expect(page.get_by_test_id("to-end")).to_be_visible()
    at = await transcript.evaluate("e => e.scrollTop")
    await customer.say("新的一句")
    await customer.say("又一句 https://example.com/a 订单 202611010003")
    pill = page.get_by_test_id("new-pill")
    await expect(pill).to_have_text("2 条新消息")
    assert await transcript.evaluate("e => e.scrollTop") == at
    await page.screenshot(path=artefact("51-new-pill"))
    await pill.click()
    await expect(pill).to_have_count(0)
    assert await transcript.evaluate(end) <= 1

    # one speaker's messages stand together; what an agent writes stands on the right
    heads = page.locator(".msg.customer .msg-head:not(.sr)")
    assert await heads.count() < 5
    await one.reply("您好")
    mine = page.locator(".msg.own").last
    await expect(mine).to_contain_text("您好")
    await expect(page.get_by_test_id("pending")).to_have_count(
        0
    )  # what was written gives way to what the log holds
    box, pane = await mine.locator(".words").bounding_box(), await transcript.bounding_box()
    assert box
    assert pane
    assert box["x"] > pane["x"] + pane["width"] / 2
    # a link says where it leads and takes nothing along; a number is copied
    link = page.get_by_test_id("message-customer").last.get_by_role("link")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    await expect(link).to_have_attribute("title", "打开 example.com")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_test_id("message-customer").last.get_by_role("button", name="复制 202611010003").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("已复制 202611010003")
    assert await page.evaluate("navigator.clipboard.readText()") == "202611010003"
    await close(one)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("width", "height"), [(720, 860), (640, 400)])
async def test_small_screens_have_drawers(
    floor: Floor, new_profile: NewProfile, width: int, height: int
) -> None:
    """720 px wide, and a laptop of 1280 x 800 at 200 %."""
    (one,) = await consoles(floor, new_profile, "agent1")
    page = one.page
    await page.set_viewport_size({"width": width, "height": height})
    customer = await floor.waiting("小屏幕")
    await expect(page.get_by_test_id("queue")).to_be_hidden()
    await page.get_by_test_id("open-lists").click()
    await one.waiting(customer.id).locator(".item-open").click()
    await expect(page.get_by_test_id("queue")).to_be_hidden()
    await page.get_by_test_id("claim-current").click()
    await one.reply("您好")
    await expect(page.get_by_test_id("message-agent")).to_contain_text("您好")
    await no_sideways_scroll(page)
    assert await violations(page) == []
    await page.screenshot(path=artefact(f"52-narrow-{width}"))
    await page.get_by_test_id("open-record").click()
    await expect(page.get_by_test_id("record")).to_be_visible()
    await page.screenshot(path=artefact(f"53-record-drawer-{width}"))
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("record")).to_be_hidden()
    await page.get_by_test_id("page-cases").click()
    await page.get_by_test_id("case-item").first.locator(".item-open").click()
    await expect(page.get_by_test_id("timeline")).to_be_visible()
    await no_sideways_scroll(page)
    await page.get_by_test_id("back-to-cases").click()
    await expect(page.get_by_test_id("case-item").first).to_be_visible()
    await page.get_by_test_id("page-talks").click()
    await close(one)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_violation_in_any_state(floor: Floor, new_profile: NewProfile, scheme: str) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    page = one.page
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    waits, held = await floor.waiting("我要退货，订单 202611010003"), await floor.waiting("还没有人吗")
    wrong: list[str] = []

    async def look(state: str) -> None:
        wrong.extend(f"{state}: {each}" for each in await violations(page))
        await page.screenshot(path=artefact(f"54-{scheme}-{state}"))

    await expect(one.waiting(held.id)).to_be_visible()
    await look("queue")
    await page.get_by_test_id("arrange-queue").click()
    await look("arrange")
    await page.keyboard.press("Escape")
    await one.waiting(waits.id).locator(".item-open").click()
    await expect(page.get_by_test_id("why")).to_be_visible()
    await look("waiting")
    await one.claim(waits.id)
    await one.reply("您好，我看一下")
    await one.note("客户急用")
    await look("note")
    await page.locator("details.events summary").first.click()
    await page.get_by_test_id("tab-reply").click()
    await look("mine")
    for name in (
        "transfer",
        "hold",
        "requeue",
        "give-back",
        "close",
        "canned",
        "alert-settings",
        "help",
        "open-palette",
    ):
        await page.get_by_test_id(name).click()
        await expect(page.locator("dialog[open]")).to_be_visible()
        await look(name)
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog[open]")).to_have_count(0)
    await page.get_by_test_id("recent").click()
    await page.get_by_test_id("search").fill("退货")
    await page.get_by_test_id("search").press("Enter")
    await expect(page.get_by_test_id("found-item").first).to_be_visible()
    await look("found")
    await page.get_by_test_id("search-clear").click()
    await page.get_by_test_id("page-cases").click()
    await page.get_by_test_id("case-item").first.locator(".item-open").click()
    await expect(page.get_by_test_id("timeline")).to_be_visible()
    await look("case")
    await page.get_by_test_id("page-talks").click()
    await close(one)
    await expect(page.get_by_test_id("why")).to_contain_text("已结束")
    await look("closed")
    await one.claim(held.id)
    await close(one)
    assert wrong == []


@pytest.mark.timeout(120)
async def test_dark_is_chosen_and_kept(floor: Floor, new_profile: NewProfile) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    html = one.page.locator("html")
    await expect(html).to_have_attribute("data-theme", "light")
    await one.page.get_by_test_id("theme").click()
    await one.page.get_by_test_id("theme").click()
    await expect(html).to_have_attribute("data-theme", "dark")
    await one.page.reload()
    await expect(html).to_have_attribute("data-theme", "dark")


@pytest.mark.timeout(120)
async def test_a_broken_line_is_told_at_once_over_the_whole_width(
    floor: Floor, new_profile: NewProfile
) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    page = one.page
    customer = await floor.waiting("网断了怎么办")
    await one.claim(customer.id)
    await page.context.set_offline(True)
    bar = page.get_by_test_id("link-lost")
    await expect(bar).to_contain_text("已断开", timeout=3_000)
    await expect(bar).to_contain_text("您手上的 1 位客户会回到队列")
    box = await bar.bounding_box()
    assert box
    assert box["width"] == 1280
    await one.reply("断网时写的")
    await expect(page.get_by_test_id("pending")).to_contain_text("连上后自动发送")
    assert await violations(page) == []
    await page.screenshot(path=artefact("55-link-lost"))
    await page.context.set_offline(False)
    await expect(bar).to_have_count(0)
    await expect(page.get_by_test_id("message-agent")).to_contain_text("断网时写的")
    await close(one)


@pytest.mark.timeout(120)
async def test_the_palette_and_the_switch_for_keys(floor: Floor, new_profile: NewProfile) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    page = one.page
    customer = await floor.waiting("壶盖裂了")
    await expect(one.waiting(customer.id)).to_be_visible()
    query, hits = page.get_by_test_id("palette-query"), page.get_by_test_id("palette-hit")
    await page.keyboard.press("Control+k")
    await query.fill("壶盖")
    await expect(hits).to_have_count(1)
    await query.press("Enter")
    await expect(page.get_by_test_id("transcript")).to_contain_text("壶盖裂了")
    await page.keyboard.press("Control+k")
    await query.fill("jrdq")  # 接入当前查看的会话
    await expect(hits.first).to_contain_text("接入当前查看的会话")
    await query.press("Enter")
    await expect(page.get_by_test_id("state")).to_have_text("我在处理")
    await page.get_by_test_id("reply").press("Control+k")
    await query.fill("没有这样的东西")
    await expect(page.get_by_test_id("palette-none")).to_be_visible()
    await page.keyboard.press("Escape")

    await page.get_by_test_id("help").click()
    await page.get_by_test_id("keys-on").uncheck()
    await page.keyboard.press("Escape")
    await page.get_by_test_id("transcript").focus()
    await page.keyboard.press("x")
    await page.keyboard.press("Alt+x")
    await expect(page.get_by_test_id("dialog")).to_have_count(0)
    await page.reload()
    await my(one, customer).locator(".item-open").click()
    await page.get_by_test_id("transcript").focus()
    await page.keyboard.press("x")
    await expect(page.get_by_test_id("dialog")).to_have_count(0)
    await page.keyboard.press("Control+k")
    await query.fill("结束会话")
    await query.press("Enter")
    await page.get_by_test_id("resolution-solved").check()
    await page.get_by_test_id("end-submit").click()
    await expect(page.get_by_test_id("dialog")).to_be_hidden()


@pytest.mark.timeout(120)
async def test_who_may_not_write_is_told_why(floor: Floor, new_profile: NewProfile) -> None:
    one, two = await consoles(floor, new_profile, "agent1", "agent2")
    customer = await floor.waiting("谁来回我")
    await two.waiting(customer.id).locator(".item-open").click()
    await expect(two.page.get_by_test_id("why")).to_contain_text("接入后才能回复")
    async with two.page.expect_response(lambda answer: answer.url.endswith("/agent/presence")):
        await two.page.get_by_test_id("status").select_option("away")
    await expect(two.page.get_by_test_id("why")).to_contain_text("“离开”")
    await two.page.get_by_test_id("go-online").click()
    await expect(two.page.get_by_test_id("why")).to_contain_text("接入后才能回复")
    await one.claim(customer.id)
    await expect(two.page.get_by_test_id("why")).to_contain_text("正在接待")
    await close(one)
    await expect(two.page.get_by_test_id("why")).to_contain_text("已结束")


@pytest.mark.timeout(120)
async def test_a_talk_ends_with_a_summary(floor: Floor, new_profile: NewProfile) -> None:
    """Not lost when the dialog is closed; colleagues read it in the talk and in its case, which takes the category."""
    (one,) = await consoles(floor, new_profile, "agent1")
    page = one.page
    customer = await floor.waiting("换个新的吧")
    await one.claim(customer.id)
    await page.get_by_test_id("close").click()
    await page.get_by_test_id("summary-category").select_option("exchange.request")
    await page.get_by_test_id("summary-solution").fill("同意换新，已登记")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("esc-again")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("dialog")).to_be_hidden()
    await page.get_by_test_id("close").click()
    await expect(page.get_by_test_id("summary-solution")).to_have_value("同意换新，已登记")
    await page.get_by_test_id("resolution-solved").check()
    await page.screenshot(path=artefact("56-summary"))
    await page.get_by_test_id("end-submit").click()
    note = page.get_by_test_id("annotation-resolution")
    await expect(note).to_contain_text("处理方案：同意换新，已登记")
    await page.screenshot(path=artefact("57-summary-kept"))
    assert "同意换新" not in str(await customer.log())
    await page.get_by_test_id("open-case").click()
    await expect(page.get_by_test_id("entry-classified")).to_contain_text("类别改为")
    await expect(page.get_by_test_id("timeline")).to_contain_text("同意换新，已登记")
    await page.get_by_test_id("classify").click()
    await page.get_by_test_id("classify-II").check()
    await page.get_by_test_id("classify-reason").fill("同一件换过两次")
    assert await violations(page) == []
    await page.screenshot(path=artefact("58-classify"))
    await page.get_by_test_id("classify-submit").click()
    await expect(page.get_by_test_id("entry-classified").last).to_contain_text(
        "等级改为 Ⅱ 严重（原来是 Ⅰ 一般）"
    )
    await expect(page.get_by_test_id("entry-classified").last).to_contain_text("同一件换过两次")
