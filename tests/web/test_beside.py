"""What stands beside a conversation in the console: the customer's earlier ones."""

import pytest
from playwright.async_api import expect

from tests.helpers.customer import Customer
from tests.helpers.identity import identity
from tests.web.conftest import NewProfile, artefact
from tests.web.floor import Floor, close, consoles

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
    await page.keyboard.press("Escape")
    await expect(beside).to_have_count(0)
    await expect(page.get_by_test_id("promised")).to_be_visible()
    await close(one)
