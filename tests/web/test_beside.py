"""What stands beside a conversation in the console: the customer's earlier ones."""

import pytest
from playwright.async_api import expect

from tests.helpers.customer import Customer
from tests.helpers.identity import identity
from tests.web.axe import violations
from tests.web.conftest import NewProfile, artefact
from tests.web.floor import Floor, close, consoles
from tests.web.widget_page import WidgetPage

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def known(floor: Floor, text: str, sub: str) -> Customer:
    """A customer whom the store has signed in, waiting."""
    customer = await Customer.open(floor.http, identity=identity(sub=sub, phone="13900112233", name="王小明"))
    await customer.answer_to(await customer.say(text))
    assert (await customer.call("human")).status_code == 200
    return customer


@pytest.mark.timeout(180)
async def test_an_earlier_conversation_is_read_beside_the_present_one(
    floor: Floor, new_profile: NewProfile
) -> None:
    (one,) = await consoles(floor, new_profile, "agent1")
    page = one.page
    first = await known(floor, "净水器漏水，说了三遍了", "web-earlier")
    await one.claim(first.id)
    await expect(page.get_by_test_id("earlier")).to_have_count(0)
    await one.reply("周五前师傅上门，电话 13900112233 保持畅通")
    await page.get_by_test_id("close").click()
    await page.get_by_test_id("resolution-follow_up").check()
    await page.get_by_test_id("summary-follow_up").fill("周五前师傅上门")
    await page.get_by_test_id("end-submit").click()
    await expect(page.get_by_test_id("dialog")).to_be_hidden()
    await first.call("rating", {"score": 2, "reasons": [], "text": "又要我等"})
    second = await known(floor, "师傅没来", "web-earlier")
    await one.claim(second.id)
    await expect(page.get_by_test_id("promised")).to_contain_text("周五前师傅上门")
    row = page.get_by_test_id("earlier-open")
    await expect(row).to_contain_text("待跟进")
    await expect(row).to_contain_text("2 星")
    await expect(row).to_contain_text("净水器漏水")
    await page.screenshot(path=artefact("35-earlier"))
    await row.click()
    beside = page.get_by_test_id("earlier-talk")
    await expect(beside).to_contain_text("说了三遍了")
    await expect(beside).to_contain_text("139****2233")
    await expect(page.get_by_test_id("transcript")).to_contain_text("师傅没来")
    await page.screenshot(path=artefact("36-earlier-beside"))
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(beside).to_have_count(0)
    await expect(page.get_by_test_id("promised")).to_be_visible()
    await close(one)


@pytest.mark.timeout(120)
async def test_what_is_quoted_is_shown_and_leads_there(floor: Floor, new_profile: NewProfile) -> None:
    """The customer's quote in the console, and the agent's own on the way to the customer."""
    (one,) = await consoles(floor, new_profile, "agent1")
    page = one.page
    customer = await floor.waiting("两件都要退")
    await one.claim(customer.id)
    await one.reply("好的，退回地址发您短信")
    await expect(page.get_by_test_id("message-agent")).to_have_count(1)
    said = next(item for item in (await customer.log())["items"] if item["sender"] == "agent")
    await customer.post("text", {"text": "这个没收到", "quote": said["seq"]})
    quoted = page.get_by_test_id("message-customer").last.get_by_test_id("quoted")
    await expect(quoted).to_contain_text("退回地址发您短信")
    await quoted.click()
    await expect(page.locator(".msg.found")).to_contain_text("退回地址发您短信")
    last = page.get_by_test_id("message-customer").last
    await last.hover()
    await last.get_by_test_id("quote").click()
    await expect(page.get_by_test_id("quoting")).to_contain_text("这个没收到")
    await page.screenshot(path=artefact("37-quoting"))
    assert await violations(page) == []
    await page.get_by_test_id("reply").press("Escape")
    await expect(page.get_by_test_id("quoting")).to_have_count(0)
    await last.hover()
    await last.get_by_test_id("quote").click()
    await one.reply("我重新发一次")
    await expect(page.get_by_test_id("quoting")).to_have_count(0)
    await expect(page.get_by_test_id("message-agent").last.get_by_test_id("quoted")).to_contain_text(
        "这个没收到"
    )
    answer = (await customer.log())["items"][-1]
    assert answer["body"] == {"text": "我重新发一次", "quote": answer["seq"] - 1}
    await close(one)


@pytest.mark.timeout(180)
async def test_a_matter_is_tagged_filtered_and_found(floor: Floor, new_profile: NewProfile) -> None:
    one, two = await consoles(floor, new_profile, "agent1", "agent2")
    first, second = await floor.waiting("杯子裂了"), await floor.waiting("还有货吗")
    await one.claim(first.id)
    await two.waiting(second.id).locator(".item-open").click()
    page = one.page
    await page.get_by_test_id("tag-open").click()
    await page.get_by_test_id("tag-input").fill("批次问题")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("tag")).to_have_text(["批次问题"])
    await page.get_by_test_id("tag-input").fill("#釉裂")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("tag")).to_have_text(["批次问题", "釉裂"])
    await page.screenshot(path=artefact("38-tags"))
    assert await violations(page) == []
    await page.get_by_test_id("tag-input").fill("这个标签实在是写得太长太长了")
    await page.get_by_test_id("tag-submit").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("12 个字")
    await expect(page.get_by_test_id("tag-input")).to_have_value("这个标签实在是写得太长太长了")
    await page.keyboard.press("Escape")
    row = page.locator(f'[data-testid=mine-item][data-conversation="{first.id}"]')
    await expect(row.get_by_test_id("row-tag")).to_contain_text("批次问题 +1")
    await two.page.get_by_test_id("tag-open").click()
    await two.page.get_by_test_id("tag-input").fill("釉裂")
    await two.page.keyboard.press("Enter")
    await page.get_by_test_id("arrange-queue").click()
    await page.get_by_test_id("tag-queue-釉裂").check()
    await expect(page.get_by_test_id("queue-item")).to_have_count(1)
    await expect(page.get_by_test_id("only-tag-queue")).to_contain_text("釉裂")
    await page.get_by_test_id("only-tag-queue").get_by_role("button").click()
    await page.get_by_test_id("tag").filter(has_text="釉裂").click()
    await expect(page.get_by_test_id("found-item")).to_have_count(2)
    await expect(page.get_by_test_id("search")).to_have_value("#釉裂")
    await page.screenshot(path=artefact("39-tag-found"))
    await page.get_by_test_id("open-case").click()
    await expect(page.get_by_test_id("case-page").get_by_test_id("tag")).to_have_count(2)
    await expect(page.get_by_test_id("entry-tagged").first).to_contain_text("贴标签 批次问题")
    await page.get_by_test_id("filter-tag").select_option("釉裂")
    await expect(page.get_by_test_id("case-item")).to_have_count(2)
    await page.get_by_test_id("case-page").get_by_role("button", name="去掉标签 釉裂").click()
    await expect(page.get_by_test_id("case-page").get_by_test_id("tag")).to_have_text(["批次问题"])
    await page.screenshot(path=artefact("40-case-tags"))
    assert await violations(page) == []
    await page.get_by_test_id("page-talks").click()
    await close(one)
    await two.claim(second.id)
    await close(two)


@pytest.mark.timeout(240)
async def test_colleagues_see_each_other_and_what_was_taken_back(
    floor: Floor, new_profile: NewProfile
) -> None:
    """Two agents at one conversation, and the customer in the widget: looking, writing, read and recalled."""
    one, two = await consoles(floor, new_profile, "agent1", "agent2")
    shop = await (await new_profile()).new_page()
    widget = await WidgetPage(shop, floor.url).open()
    await widget.say("我的快递呢")
    await shop.get_by_test_id("ask-human").click()
    row = one.page.get_by_test_id("queue-item").first
    customer = await row.get_attribute("data-conversation")
    assert customer is not None
    await one.claim(customer)
    recent = two.page.get_by_test_id("recent")
    await recent.click()
    await two.page.locator(f'[data-testid=mine-item][data-conversation="{customer}"]').click()
    await expect(one.page.get_by_test_id("others")).to_have_text("小陈 正在看")
    await expect(two.page.get_by_test_id("others")).to_have_text("小林 正在看")
    await two.page.get_by_test_id("note").press_sequentially("他上")
    await expect(one.page.get_by_test_id("others")).to_have_text("小陈 正在输入")
    await one.page.screenshot(path=artefact("41-others"))
    await two.page.get_by_test_id("page-cases").click()
    await expect(one.page.get_by_test_id("others")).to_have_text("")
    await one.reply("在派送了，今天到")
    await expect(one.page.get_by_test_id("read-mark")).to_have_text("已读")
    await shop.get_by_test_id("close-panel").click()
    await one.reply("运单尾号 8899")
    await expect(one.page.get_by_test_id("read-mark")).to_have_text(["已读", "未读"])
    await one.page.screenshot(path=artefact("42-read"))
    last = one.page.get_by_test_id("message-agent").last
    await last.hover()
    await last.get_by_test_id("recall").click()
    await expect(last.get_by_test_id("recalled")).to_be_visible()
    await expect(one.page.get_by_test_id("reply")).to_have_value("运单尾号 8899")
    await one.page.screenshot(path=artefact("43-recalled"))
    assert await violations(one.page) == []
    await shop.get_by_test_id("launcher").click()
    await expect(shop.get_by_test_id("recalled")).to_have_text("客服撤回了一条消息")
    assert "8899" not in await shop.get_by_test_id("log").inner_text()
    await one.page.get_by_test_id("reply").fill("")
    await close(one)


@pytest.mark.timeout(180)
async def test_a_colleague_is_mentioned_and_comes_to_look(floor: Floor, new_profile: NewProfile) -> None:
    one, tech = await consoles(floor, new_profile, "agent1", "tech1")
    customer = await floor.waiting("充电时很烫")
    await one.claim(customer.id)
    await one.page.get_by_test_id("tab-note").click()
    box = one.page.get_by_test_id("note")
    await box.press_sequentially("麻烦 @")
    await expect(one.page.get_by_test_id("mention")).not_to_have_count(0)
    await box.press_sequentially("周")
    await expect(one.page.get_by_test_id("mention")).to_have_count(1)
    await one.page.screenshot(path=artefact("44-mention"))
    assert await violations(one.page) == []
    await box.press("Enter")
    await expect(box).to_have_value("麻烦 @周工 ")
    await box.press_sequentially("看一下温度")
    await box.press("Enter")
    await expect(one.page.get_by_test_id("annotation-note")).to_contain_text("@周工 看一下温度")
    told = tech.page.get_by_test_id("alert-mention")
    await expect(told).to_contain_text("看一下温度")
    await told.get_by_test_id("alert-look").click()
    await expect(tech.page.get_by_test_id("annotation-note")).to_contain_text("看一下温度")
    await expect(told).to_have_count(0)
    await one.page.get_by_test_id("tab-reply").click()
    await close(one)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_two_conversations_of_one_customer_are_one_line_with_both_logs(
    floor: Floor, new_profile: NewProfile, scheme: str
) -> None:
    (one,) = await consoles(floor, new_profile, "agent1", color_scheme=scheme)
    page = one.page
    first = await known(floor, "烤箱门关不严", f"web-joined-{scheme}")
    second = await known(
        floor, "换手机登录了，还是烤箱的事", f"web-joined-too-{scheme}"
    )  # another account, the same phone
    await expect(one.waiting(first.id).get_by_test_id("talks")).to_contain_text("2")
    await expect(one.waiting(second.id)).to_have_count(0)
    await one.claim(first.id)
    tabs = page.get_by_test_id("talk-tab")
    await expect(tabs).to_have_count(2)
    await expect(page.get_by_test_id("transcript")).to_contain_text("烤箱门关不严")
    await one.reply("您好，先看一下门封条")
    await second.say("封条没坏，是铰链歪了")
    await expect(tabs.nth(1)).to_contain_text("未读")
    await page.screenshot(path=artefact(f"38-joined-{scheme}"))
    await tabs.nth(1).click()
    await expect(page.get_by_test_id("transcript")).to_contain_text("铰链歪了")
    await expect(page.get_by_test_id("mine-item")).to_have_count(1)
    await one.reply("明白，安排上门")
    assert await violations(page) == []
    await page.get_by_test_id("take-apart").click()
    await expect(page.get_by_test_id("mine-item")).to_have_count(2)
    await expect(page.get_by_test_id("parted")).to_be_visible()
    await page.screenshot(path=artefact(f"39-parted-{scheme}"))
    await page.get_by_test_id("put-together").click()
    await expect(page.get_by_test_id("mine-item")).to_have_count(1)
    await page.get_by_test_id("close").click()
    await page.get_by_test_id("resolution-solved").check()
    await page.get_by_test_id("end-submit").click()
    await expect(page.get_by_test_id("mine-item")).to_have_count(0)
    for customer, words in ((first, "门封条"), (second, "安排上门")):
        said = (await customer.log())["items"]
        assert any(words in str(item["body"].get("text")) for item in said)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_suggested_reply_is_put_into_the_box_and_not_sent(
    floor: Floor, new_profile: NewProfile, scheme: str
) -> None:
    (one,) = await consoles(floor, new_profile, "agent1", color_scheme=scheme)
    page = one.page
    customer = await floor.waiting("在吗")
    await one.claim(customer.id)
    await page.get_by_test_id("canned").click()
    await page.get_by_test_id("canned-new").click()
    await page.get_by_test_id("canned-title").fill(f"滤网清洗{scheme}")
    await page.get_by_test_id("canned-text").fill("滤网用清水冲洗，晾干再装，{客户}不要用洗衣机洗。")
    await page.get_by_test_id("canned-save").click()
    await expect(page.get_by_test_id("canned-item").filter(has_text=f"滤网清洗{scheme}")).to_be_visible()
    await page.get_by_test_id("dialog").get_by_role("button", name="关闭").click()
    await expect(page.get_by_test_id("dialog")).to_have_count(0)
    await one.reply("您好，请讲")
    await customer.wait_for(lambda items: any(item["sender"] == "agent" for item in items))
    await customer.say("滤网怎么清洗")
    chips = page.get_by_test_id("suggestion")
    await expect(chips.first).to_be_visible()
    assert await chips.count() <= 3
    await expect(page.locator('[data-source="canned"]').first).to_contain_text("您不要用洗衣机洗")
    await page.screenshot(path=artefact(f"40-suggested-{scheme}"))
    assert await violations(page) == []
    said = await page.get_by_test_id("message-agent").count()
    await page.get_by_test_id("reply").press("Alt+Digit1")
    await expect(page.get_by_test_id("reply")).not_to_have_value("")
    assert await page.get_by_test_id("message-agent").count() == said, "nothing was sent"
    await page.get_by_test_id("reply").press("Shift+Tab")
    await expect(page.get_by_test_id("suggest-off")).to_be_focused()
    await page.get_by_test_id("suggest-off").press("Enter")
    await expect(chips).to_have_count(0)
    await page.reload()
    await expect(page.get_by_test_id("suggest-on")).to_be_visible()
    await expect(chips).to_have_count(0)
    await page.get_by_test_id("suggest-on").click()
    await expect(chips.first).to_be_visible()
    await page.get_by_test_id("reply").press("Enter")
    await expect(chips).to_have_count(0)
    await close(one)


@pytest.mark.timeout(150)
async def test_a_colleague_who_is_mentioned_in_a_case_is_told_and_led_there(
    floor: Floor, new_profile: NewProfile
) -> None:
    one, two = await consoles(floor, new_profile, "agent1", "tech1")
    customer = await floor.waiting("电饭煲跳闸，要技术看一下")
    await one.claim(customer.id)
    await one.page.get_by_test_id("open-case").click()
    box = one.page.get_by_test_id("move-reason")
    await box.press_sequentially("@")
    await expect(one.page.get_by_test_id("mention").first).to_be_visible()
    await one.page.get_by_test_id("mention").filter(has_text="技术").first.click()
    await box.press_sequentially("帮看一下是不是功率的问题")
    await one.page.screenshot(path=artefact("41-case-mention"))
    assert await violations(one.page) == []
    await one.page.get_by_test_id("move-submit").click()
    alert = two.page.get_by_test_id("alert-look").last
    await expect(alert).to_be_visible()
    await alert.click()
    await expect(two.page.get_by_test_id("case-page")).to_contain_text("是不是功率的问题")
    await one.page.go_back()
    await close(one)
