"""Pictures and videos on their way from a customer's browser: whatever they are called, however large, through reloads."""

import struct
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.helpers.installation import Installation
from tests.web.conftest import NewProfile
from tests.web.widget_page import ANSWER_MS, WidgetPage

pytestmark = pytest.mark.asyncio(loop_scope="package")


def box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data


@pytest.mark.timeout(200)
async def test_large_pictures_are_made_smaller_and_files_are_known_by_their_bytes(
    store: Installation, new_profile: NewProfile, tmp_path: Path
) -> None:
    widget = await WidgetPage(await (await new_profile()).new_page(), store.url).open()
    page = widget.page
    huge = tmp_path / "冰箱.png"
    Image.effect_noise((6200, 4400), 90).save(huge)  # 27 megapixels, more than 10 MB
    assert huge.stat().st_size > 10 * 1024 * 1024
    await widget.add_picture(huge)
    shown = widget.said_by("customer").locator("img")
    await expect(shown).to_have_count(1, timeout=60_000)
    width, height = await shown.last.evaluate(
        "async i => { await i.decode(); return [i.naturalWidth, i.naturalHeight] }"
    )
    assert 7_000_000 < width * height <= 8_000_000
    assert abs(width / height - 6200 / 4400) < 0.01

    film = box(b"ftyp", b"iso8\0\0\0\0iso8") + box(b"moov", b"\0" * 200) + box(b"mdat", b"\1" * 900)
    await page.get_by_test_id("file-video").set_input_files(
        {"name": "wx_camera_17", "mimeType": "", "buffer": film + box(b"sefd", b"Samsung")}
    )
    # behind the picture in the outbox, which a machine without a free core shrinks for half a minute
    await expect(widget.said_by("customer").locator("video")).to_have_count(1, timeout=60_000)

    await page.get_by_test_id("file-image").set_input_files(
        {"name": "IMG_0001.HEIC", "mimeType": "", "buffer": box(b"ftyp", b"heic\0\0\0\0mif1heic")}
    )
    await expect(page.get_by_test_id("notice")).to_contain_text("HEIC")
    await page.get_by_test_id("file-image").set_input_files(
        {"name": "发票.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7 ..."}
    )
    await expect(page.get_by_test_id("notice")).to_contain_text("只能发送图片或视频")


@pytest.mark.timeout(120)
async def test_a_picture_picked_without_a_line_is_sent_after_a_reload(
    store: Installation, new_profile: NewProfile, tmp_path: Path
) -> None:
    profile = await new_profile()
    widget = await WidgetPage(await profile.new_page(), store.url).open()
    await widget.say("你好")
    picture = tmp_path / "碎碗.png"
    Image.new("RGB", (640, 480), (190, 120, 60)).save(picture)
    await profile.route("**/uploads", lambda route: route.abort())
    await widget.add_picture(picture)
    await expect(widget.page.get_by_test_id("upload")).to_be_visible()
    await widget.write("碗碎了")
    await expect(widget.said_by("customer").filter(has_text="碗碎了")).to_have_count(1, timeout=ANSWER_MS)
    await widget.page.reload()
    await widget.page.get_by_test_id("launcher").click()
    await expect(widget.page.get_by_test_id("upload").locator("img")).to_be_visible()
    await profile.unroute("**/uploads")
    await expect(widget.said_by("customer").locator("img")).to_have_count(1, timeout=40_000)
    await expect(widget.page.get_by_test_id("pending")).to_have_count(0)
    left = await widget.page.evaluate(
        """() => new Promise(done => { const open = indexedDB.open('anke'); open.onsuccess = () => {
            const all = open.result.transaction('files').objectStore('files').getAllKeys(); all.onsuccess = () => done(all.result) } })"""
    )
    assert left == []


@pytest.mark.timeout(60)
async def test_a_cell_of_a_spreadsheet_is_pasted_as_its_text(
    store: Installation, new_profile: NewProfile
) -> None:
    widget = await WidgetPage(await (await new_profile()).new_page(), store.url).open()
    paste = """(field, text) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.of(0x89, 80, 78, 71)], 'image.png', {type: 'image/png'}));
        if (text) { data.setData('text/plain', text); data.setData('text/html', `<table><td>${text}</td></table>`); }
        return !field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    }"""
    assert not await widget.composer.evaluate(paste, "202611010003\t5678"), "the browser pastes the text"
    assert await widget.composer.evaluate(paste, ""), "a screenshot is sent as a picture"
    await expect(
        widget.page.get_by_test_id("failed")
    ).to_be_visible()  # this one is broken, and the server says so
