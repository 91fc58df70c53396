"""The whole story in a real browser on real parts: a customer is helped, a person takes over and gives back (H6, H23, H47)."""

import json
import re
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.async_api import expect

from tests.helpers.installation import Installation
from tests.web.conftest import NewProfile, artefact
from tests.web.console_page import ConsolePage
from tests.web.widget_page import ANSWER_MS, WidgetPage

pytestmark = pytest.mark.asyncio(loop_scope="package")

AGREED = "补发一个新的滤网，48 小时内寄出"


async def whole_log(store: Installation, widget: WidgetPage) -> list[dict[str, object]]:
    """The conversation as the server has it, read with the widget's own token."""
    who = json.loads(await widget.stored("conversation"))
    async with httpx.AsyncClient(base_url=store.url) as http:
        answer = await http.get(
            f"/api/v1/conversations/{who['conversation_id']}/log?after=0",
            headers={"Authorization": f"Bearer {who['token']}"},
        )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


@pytest.mark.timeout(180)
async def test_a_customer_is_helped_and_a_person_takes_over(
    store: Installation, new_profile: NewProfile, tmp_path: Path
) -> None:
    # the customer asks for order and parcel
    widget = await WidgetPage(await (await new_profile()).new_page(), store.url).open()
    page = widget.page
    await page.screenshot(path=artefact("01-widget-open"))
    assert "202611010003" in await widget.say("帮我查一下订单202611010003")
    assert "扫地机器人" in await widget.say("5678")
    await expect(page.get_by_test_id("card-order")).to_contain_text("202611010003")
    await widget.say("物流到哪了")
    await expect(page.get_by_test_id("card-logistics")).to_contain_text("已签收")
    await the_day_in_card_and_words_agree(widget)
    await page.screenshot(path=artefact("02-order-and-logistics"))

    # files a return, by buttons, until the request number
    await widget.say("我想退货")
    await widget.press("不想要了/七天无理由")
    assert "确认提交" in await widget.press("未拆封")
    await page.screenshot(path=artefact("03-return-read-back"))
    await widget.press("确认提交")
    await expect(page.get_by_test_id("request-no")).to_have_text(re.compile(r"^RT\d{12}$"))
    request_no = await page.get_by_test_id("request-no").inner_text()
    await page.screenshot(path=artefact("04-return-filed"))

    # gets angry: a person is called
    await widget.write("气死我了，你们什么破店，半天没人管，我要投诉！！")
    await expect(page.get_by_test_id("queue")).to_be_visible(timeout=ANSWER_MS)
    await expect(page.get_by_test_id("human-state")).to_have_text("排队中")
    await page.screenshot(path=artefact("05-waiting"))

    # an agent logs in, looks, claims
    who = json.loads(await widget.stored("conversation"))
    desk = await ConsolePage(await (await new_profile()).new_page(), store.url).login(
        "agent1", store.passwords()["agent1"]
    )
    await expect(desk.waiting(who["conversation_id"])).to_be_visible()
    await desk.page.screenshot(path=artefact("06-console-queue"))
    for button in await page.get_by_test_id("buttons").get_by_role("button").all():
        await expect(button).to_be_disabled()
    await desk.claim(who["conversation_id"])
    await expect(page.get_by_test_id("who")).to_contain_text("人工客服")
    record = desk.page.get_by_test_id("record")
    await expect(record).to_contain_text("202611010003")
    await expect(record).to_contain_text(request_no)
    await expect(desk.page.get_by_test_id("contact")).to_have_text("139****5678")
    assert "13900005678" not in await desk.page.locator("body").inner_text()
    await desk.page.screenshot(path=artefact("07-console-record"))

    # both talk; the bot is silent, whatever it could answer
    await widget.write("物流到哪了")
    await expect(desk.page.get_by_test_id("transcript").get_by_text("物流到哪了").last).to_be_visible()
    await desk.reply("您好，我是小林，滤网的事我来处理。")
    await expect(widget.said_by("agent").last).to_contain_text("滤网的事我来处理")
    picture = tmp_path / "滤网.png"
    Image.new("RGB", (640, 480), (190, 120, 60)).save(picture)
    await widget.add_picture(picture)
    shown = desk.page.get_by_test_id("message-customer").locator("img").last
    await expect(shown).to_be_visible(timeout=ANSWER_MS)
    await desk.page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=message-customer] img')].some(i => i.complete && i.naturalWidth === 640)"
    )
    await desk.note("客户急用，已联系仓库")
    await page.screenshot(path=artefact("08-customer-and-agent"))
    await desk.page.screenshot(path=artefact("09-console-chat"))

    # gives back: the bot names what was agreed, and only that
    await desk.end("give-back", "solved", AGREED)
    await expect(widget.said_by("bot").last).to_contain_text(AGREED, timeout=ANSWER_MS)
    told = await widget.say("刚才说的怎么样了")
    assert AGREED in told
    assert "已联系仓库" not in await widget.log.inner_text()
    await page.screenshot(path=artefact("10-given-back"))

    # a person again, who closes; the customer rates
    await page.get_by_test_id("ask-human").click()
    await desk.waiting(who["conversation_id"]).wait_for()
    await desk.claim(who["conversation_id"])
    await desk.reply("滤网已经寄出，单号稍后发您。")
    await expect(widget.said_by("agent").last).to_contain_text("滤网已经寄出")
    await desk.end("close", "solved")
    await expect(page.get_by_test_id("rating")).to_be_visible()
    await page.get_by_test_id("star-5").click()
    await page.screenshot(path=artefact("11-rating"))
    await page.get_by_test_id("rating-send").click()
    await expect(page.get_by_test_id("rated")).to_contain_text("★★★★★")
    await page.screenshot(path=artefact("12-rated"))

    items = await whole_log(store, widget)
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    assert_bot_silent_while_human(items)


async def the_day_in_card_and_words_agree(widget: WidgetPage) -> None:
    """The profile's clock is UTC, the store's is not: the card and the sentence still name the same moment (H30)."""
    said = (await widget.texts("bot"))[-1]
    found = re.search(r"\d+月\d+日 \d\d:\d\d", said)
    assert found, said
    await expect(widget.page.get_by_test_id("card-logistics")).to_contain_text(found.group())


def assert_bot_silent_while_human(items: list[dict[str, object]]) -> None:
    """No item of the bot between a handoff and the end of the person's part."""
    with_people = False
    handoffs = 0
    for item in items:
        if item["kind"] == "event":
            body = item["body"]
            assert isinstance(body, dict)
            with_people = body["to"] in {"waiting", "human"}
            handoffs += body["to"] == "human"
        elif with_people:
            assert item["sender"] != "bot", item
    assert handoffs == 2
