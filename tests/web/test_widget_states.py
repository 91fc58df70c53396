"""Every state of the widget: axe finds nothing, in the light and in the dark, wide and narrow; a picture of each is kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.helpers.installation import Installation
from tests.helpers.processes import ROOT
from tests.web.conftest import PHONE, NewProfile, artefact
from tests.web.console_page import ConsolePage
from tests.web.shop import Shop
from tests.web.widget_page import ANSWER_MS, WidgetPage

pytestmark = pytest.mark.asyncio(loop_scope="package")

KINDS = {
    "desk": ({"viewport": {"width": 1280, "height": 860}}, ""),
    "phone": (PHONE, ""),
    "dark": ({"viewport": {"width": 1280, "height": 860}}, 'data-theme="dark" data-accent="#ff5000"'),
}


AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"


async def violations(page: Page) -> list[str]:
    """What axe finds in the widget, best practices too: one line for each rule and place."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(
        "async () => (await axe.run('anke-widget', {resultTypes: ['violations']})).violations"
    )
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


class Looks:
    """Takes a picture of a state and lets axe look at it."""

    def __init__(self, page: Page, kind: str) -> None:
        self.page = page
        self.kind = kind
        self.found: dict[str, list[str]] = {}

    async def at(self, state: str) -> None:
        await self.page.wait_for_timeout(350)  # animations
        await self.page.screenshot(path=artefact(f"widget-{self.kind}-{state}"))
        if found := await violations(self.page):
            self.found[state] = found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.timeout(240)
async def test_every_state_is_accessible(
    store: Installation, shop: Shop, new_profile: NewProfile, tmp_path: Path, kind: str
) -> None:
    options, data = KINDS[kind]
    profile = await new_profile(**options)
    page = await profile.new_page()
    looks = Looks(page, kind)
    await page.goto(shop.page(f"/states-{kind}", data=data))
    await expect(page.get_by_test_id("launcher")).to_be_visible()
    await looks.at("00-launcher")
    widget = await WidgetPage(page, store.url).open(f"{shop.url}/states-{kind}")
    await looks.at("01-first-look")
    await page.get_by_test_id("consent").get_by_role("button").click()
    await looks.at("02-consent")
    await page.get_by_test_id("consent").get_by_role("button").click()
    await widget.say("帮我查一下订单202611010007")
    await widget.say("1357")
    await widget.say("物流到哪了")
    await looks.at("03-cards")
    await page.evaluate(
        "anke.setContext({product: {name: '运动鞋 缓震跑鞋 春季新款', price: 369}, orders: [{order_no: '202611010007', title: '运动鞋 42 码', state: '运输中'}, {order_no: '202611010008', title: '蓝牙耳机', state: '退款中'}]})"
    )
    await looks.at("04-product")
    await page.get_by_test_id("pick-order").click()
    await looks.at("05-orders")
    await page.get_by_test_id("order-202611010008").click()
    await widget.say("我要投诉，看https://shop.example/p/9")
    await widget.composer.fill("字" * 3_900)
    await looks.at("06-long-text")
    await widget.composer.fill("")
    picture = tmp_path / "鞋.png"
    Image.new("RGB", (640, 480), (190, 120, 60)).save(picture)
    await profile.route("**/uploads", lambda route: route.abort())
    await widget.add_picture(picture)
    await expect(page.get_by_test_id("upload")).to_be_visible()
    await looks.at("07-upload-waits")
    await page.get_by_test_id("discard").click()
    await page.get_by_test_id("file-image").set_input_files(
        {"name": "a.pdf", "mimeType": "", "buffer": b"%PDF-1.7"}
    )
    await expect(page.get_by_test_id("notice")).to_be_visible()
    await looks.at("08-notice")
    await profile.set_offline(True)
    await widget.write("断网时写的")
    await expect(page.get_by_test_id("offline-banner")).to_be_visible()
    await looks.at("09-offline")
    await profile.set_offline(False)
    await expect(page.get_by_test_id("pending")).to_have_count(0, timeout=ANSWER_MS)
    await page.get_by_test_id("ask-human").click()
    await expect(page.get_by_test_id("queue")).to_be_visible(timeout=ANSWER_MS)
    await looks.at("10-waiting")

    who = json.loads(await widget.stored("conversation"))
    desk = await ConsolePage(await (await new_profile()).new_page(), store.url).login(
        "agent1", store.passwords()["agent1"]
    )
    await desk.claim(who["conversation_id"])
    await desk.reply("您好，我是小林。请打 400-800-1234，或者看 https://shop.example/help")
    await expect(widget.said_by("agent").last).to_contain_text("小林")
    await desk.page.get_by_test_id("reply").press_sequentially("我看一下单", delay=900)
    await expect(page.get_by_test_id("typing")).to_be_visible(timeout=ANSWER_MS)
    await looks.at("11-agent-types")
    await desk.page.get_by_test_id("reply").fill("")
    await widget.said_by("agent").last.hover()
    await widget.said_by("agent").last.get_by_test_id("quote").click()
    await expect(page.get_by_test_id("quoting")).to_contain_text("我是小林")
    await looks.at("11-quoting")
    await widget.write("这个号码打不通")
    await expect(page.get_by_test_id("quoted")).to_contain_text("我是小林")
    await expect(page.get_by_test_id("quoting")).to_have_count(0)
    await page.mouse.move(1, 1)
    await desk.end("close", "solved")
    await expect(page.get_by_test_id("rating")).to_be_visible(timeout=ANSWER_MS)
    await looks.at("12-rating")
    await page.get_by_test_id("star-2").click()
    await looks.at("13-rating-low")
    await page.get_by_test_id("rating-send").click()
    await expect(page.get_by_test_id("rated")).to_be_visible()
    await looks.at("14-rated")
    assert not looks.found, looks.found
