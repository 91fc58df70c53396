"""The widget in a shop's page on another origin (docs/embedding.md): what is loaded, what the page may do to it, and it to the page."""

import asyncio
import json
import re

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.helpers.identity import identity
from tests.helpers.installation import Installation
from tests.web.axe import violations
from tests.web.conftest import PHONE, NewProfile, artefact
from tests.web.shop import Shop
from tests.web.widget_page import WidgetPage

pytestmark = pytest.mark.asyncio(loop_scope="package")

STRICT = (
    "default-src 'self'; script-src {service}; connect-src {service} {socket}; img-src {service} blob:; media-src {service} blob:; "
    "style-src 'self'; object-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types vue"
)
"""What docs/embedding.md tells a shop to allow, and nothing else."""


async def sockets(page: Page) -> list[str]:
    """Addresses of the page's sockets from now on."""
    opened: list[str] = []
    page.on("websocket", lambda socket: opened.append(socket.url))
    return opened


@pytest.mark.timeout(60)
async def test_scripts_are_small_compressed_and_kept(store: Installation) -> None:
    async with httpx.AsyncClient(base_url=store.url) as http:
        loader = await http.get("/widget.js", headers={"Accept-Encoding": "identity"})
        assert len(loader.content) < 5_000
        assert loader.headers["Cache-Control"] == "no-cache"
        assert loader.headers["Access-Control-Allow-Origin"] == "*"
        panel = loader.text.partition("widget/assets/")[2].partition("`")[0]
        sizes = {}
        for encoding in ("br", "gzip", "identity"):
            async with http.stream(
                "GET", f"/widget/assets/{panel}", headers={"Accept-Encoding": encoding}
            ) as answer:
                sizes[encoding] = sum([len(part) async for part in answer.aiter_raw()])
                assert answer.headers.get("Content-Encoding", "identity") == encoding
                assert "immutable" in answer.headers["Cache-Control"]
                assert answer.headers["Vary"] == "Accept-Encoding"
                tag = answer.headers["ETag"]
            again = await http.get(
                f"/widget/assets/{panel}",
                headers={"Accept-Encoding": encoding, "If-None-Match": f'"x", W/{tag}'},
            )
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert sizes["br"] < sizes["gzip"] < sizes["identity"] / 2.5
        assert (await http.get("/widget.js.br")).status_code == 404
        newest = await http.get("/widget/app.js")
        assert panel in newest.text
        assert newest.headers["Cache-Control"] == "no-cache"
        page = await http.get(
            "/console", headers={"If-None-Match": (await http.get("/console")).headers["ETag"]}
        )
        assert page.status_code == 304


@pytest.mark.timeout(120)
async def test_a_strict_page_loads_the_rest_on_the_first_open(
    store: Installation, shop: Shop, new_profile: NewProfile
) -> None:
    page = await (await new_profile()).new_page()
    asked: list[str] = []
    blocked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda told: blocked.append(told.text) if told.type == "error" else None)
    await page.goto(shop.page("/strict", csp=STRICT))
    await expect(page.get_by_test_id("launcher")).to_have_text("联系客服")
    assert [url for url in asked if url.startswith(store.url)] == [f"{store.url}/widget.js"]
    widget = await WidgetPage(page, store.url).open(f"{shop.url}/strict")
    assert await widget.say("你好")
    assert sum("/widget/assets/" in url for url in asked) == 1
    assert [line for line in blocked if "favicon" not in line and "404" not in line] == []


@pytest.mark.parametrize("tag", ['type="module"', "", "defer"])
@pytest.mark.timeout(60)
async def test_every_kind_of_tag_works_twice(
    shop: Shop, store: Installation, new_profile: NewProfile, tag: str
) -> None:
    page = await (await new_profile()).new_page()
    opened = await sockets(page)
    twice = f'<script src="{store.url}/widget.js" {tag} data-store="另一个标签"></script>'
    await page.goto(shop.page("/twice", tag=tag, body=f"<h1>山茶小店</h1>{twice}"))
    await page.get_by_test_id("launcher").click()
    await WidgetPage(page, store.url).write("你好")
    await expect(page.get_by_test_id("message-bot").first).to_be_visible()
    assert await page.locator("anke-widget").count() == 1
    assert len(opened) == 1


@pytest.mark.timeout(120)
async def test_the_page_may_hide_divs_and_swap_its_body(
    shop: Shop, store: Installation, new_profile: NewProfile
) -> None:
    """Turbo and pjax replace the body, run its scripts again, and put copies out of their cache back."""
    page = await (await new_profile()).new_page()
    opened = await sockets(page)
    rude = (
        "<style>body > div, body > * { display: none } button { all: unset; color: red !important }</style>"
    )
    widget = await WidgetPage(page, store.url).open(shop.page("/rude", head=rude))
    await widget.say("你好")
    await widget.composer.fill("还没写完")
    for how in (
        "document.body = Object.assign(document.createElement('body'), {innerHTML: '<main>第二页</main>'})",
        "document.body.innerHTML = '<main>第三页</main>'",
        "{ const copy = document.body.cloneNode(true); copy.append(document.createElement('anke-widget')); document.documentElement.replaceChild(copy, document.body) }",
    ):
        await page.evaluate(how)
        await page.evaluate(
            """src => { const tag = document.createElement('script'); tag.src = src; document.body.append(tag); }""",
            f"{store.url}/widget.js",
        )
        await expect(widget.composer).to_be_visible()
        await expect(widget.composer).to_have_value("还没写完")
        await expect(page.locator("anke-widget")).to_have_count(1)
    assert len(opened) == 1
    at_end = "e => e.scrollHeight - e.scrollTop - e.clientHeight < 60"
    assert await widget.log.evaluate(at_end)
    await page.get_by_test_id("close-panel").click()
    await expect(page.get_by_test_id("launcher")).to_be_visible()


@pytest.mark.timeout(120)
async def test_keys_stay_in_the_widget_and_escape_ends_a_composition_first(
    shop: Shop, store: Installation, new_profile: NewProfile
) -> None:
    greedy = """<script>
        window.heard = [];
        for (const type of ['keydown', 'keypress', 'keyup', 'input', 'paste', 'focusin', 'compositionstart'])
            for (const capture of [true, false])
                document.addEventListener(type, event => {
                    if (event.target.localName !== 'anke-widget') return;
                    window.heard.push(type); event.preventDefault();
                }, capture && type.startsWith('key'));
    </script>"""
    page = await (await new_profile()).new_page()
    widget = await WidgetPage(page, store.url).open(shop.page("/greedy", head=greedy))
    await widget.composer.focus()
    await page.keyboard.type("size s/?")
    await expect(widget.composer).to_have_value("size s/?")
    await page.keyboard.press("Backspace")
    await page.keyboard.press("Shift+Enter")
    await expect(widget.composer).to_have_value("size s/\n")
    assert await page.evaluate("window.heard") == []

    browser = await page.context.new_cdp_session(page)
    await widget.composer.fill("")
    await browser.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("panel")).to_be_visible()
    await expect(widget.said_by("customer")).to_have_count(0)
    await browser.send("Input.insertText", {"text": "你好"})
    await page.wait_for_timeout(120)
    await page.keyboard.press("Enter")
    await expect(widget.said_by("customer")).to_have_text([ends_with("你好")])
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("panel")).to_be_hidden()
    await expect(page.get_by_test_id("launcher")).to_be_focused()


def ends_with(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text) + "$")


@pytest.mark.timeout(120)
async def test_the_page_talks_to_the_widget(shop: Shop, store: Installation, new_profile: NewProfile) -> None:
    """`window.anke`: calls before it is loaded, open, setContext (product, orders), on, close."""
    early = "<script>window.anke = [['setContext', {product: {name: '扫地机器人', price: 1499, url: '/p/9'}}], ['on', 'open', () => (window.opened = (window.opened ?? 0) + 1)]];</script>"
    page = await (await new_profile()).new_page()
    await page.goto(shop.page("/talks", head=early, body='<a href="#" data-anke-open>问客服</a>'))
    await page.get_by_text("问客服").click()
    widget = WidgetPage(page, store.url)
    await page.evaluate(
        "() => { window.told = []; for (const name of ['message', 'state', 'close', 'unread']) anke.on(name, detail => told.push([name, detail])) }"
    )
    await expect(page.get_by_test_id("product")).to_contain_text("¥1499")
    await page.get_by_test_id("send-product").click()
    await expect(widget.said_by("customer").last).to_contain_text(
        f"我想问一下扫地机器人（¥1499）\n{shop.url}/p/9"
    )
    await expect(page.get_by_test_id("product")).to_have_count(0)
    await expect(widget.said_by("bot").last).to_contain_text("扫地机器人")

    await page.evaluate(
        "anke.setContext({orders: [{order_no: '202611010003', title: '扫地机器人 白色', state: '已签收'}]})"
    )
    await page.get_by_test_id("pick-order").click()
    await expect(page.get_by_test_id("orders")).to_contain_text("已签收")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("orders")).to_have_count(0)
    await expect(page.get_by_test_id("panel")).to_be_visible()
    await page.get_by_test_id("pick-order").click()
    await page.get_by_test_id("order-202611010003").click()
    await expect(widget.said_by("customer").last).to_contain_text("202611010003")
    await expect(page.get_by_test_id("quick").get_by_role("button")).to_have_count(4)

    await page.evaluate("anke.open({text: '写好的一句'})")
    await expect(widget.composer).to_have_value("写好的一句")
    await page.evaluate("anke.close()")
    await expect(page.get_by_test_id("panel")).to_have_count(0)
    told = await page.evaluate("window.told")
    assert {name for name, _ in told} >= {"message", "close"}
    assert any(name == "message" and detail["sender"] == "bot" for name, detail in told)
    assert await page.evaluate("window.opened") == 1


@pytest.mark.timeout(120)
async def test_back_closes_the_panel_on_a_phone_and_the_page_behind_stands_still(
    shop: Shop, store: Installation, new_profile: NewProfile
) -> None:
    page = await (await new_profile(**PHONE)).new_page()
    long = "<h1>山茶小店</h1><p style='height:3000px'>很长</p><script>window.pops=0;addEventListener('popstate',()=>pops++)</script>"
    address = shop.page("/long", body=long)
    await page.goto(shop.page("/before"))
    widget = await WidgetPage(page, store.url).open(address)
    box = await page.get_by_test_id("panel").bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, 390)
    await page.mouse.move(200, 300)
    await page.mouse.wheel(0, 900)
    await page.evaluate("window.scrollTo(0, 600)")
    await page.wait_for_timeout(150)
    assert await page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    await page.go_back()
    await expect(page.get_by_test_id("panel")).to_have_count(0)
    assert page.url == address
    assert await page.evaluate("[document.documentElement.style.overflow, document.body.style.overflow]") == [
        "",
        "",
    ]
    await page.get_by_test_id("launcher").click()
    await expect(widget.composer).to_be_visible()
    await page.get_by_test_id("close-panel").click()
    await expect(page.get_by_test_id("panel")).to_have_count(0)
    await page.wait_for_function("!history.state?.anke")
    await page.go_back()
    assert page.url.endswith("/before"), "one entry, taken back when the panel was closed by hand"


@pytest.mark.timeout(120)
async def test_a_landscape_phone_shows_the_composer_above_the_keyboard(
    shop: Shop, store: Installation, new_profile: NewProfile
) -> None:
    page = await (await new_profile(**PHONE | {"viewport": {"width": 844, "height": 390}})).new_page()
    await WidgetPage(page, store.url).open(shop.page("/wide"))
    await page.set_viewport_size({"width": 844, "height": 200})  # what the keyboard leaves
    await page.wait_for_timeout(200)
    for part in ("composer", "send", "log"):
        box = await page.get_by_test_id(part).bounding_box()
        assert box
        assert 0 <= box["y"] <= 200 - box["height"], part
        assert box["height"] >= 36, part


@pytest.mark.timeout(120)
async def test_two_tabs_that_start_together_are_one_conversation(
    shop: Shop, store: Installation, new_profile: NewProfile
) -> None:
    profile = await new_profile()
    address = shop.page("/tabs")
    tabs = [await WidgetPage(await profile.new_page(), store.url).open(address) for _ in range(3)]
    made: list[str] = []
    profile.on("response", lambda answer: made.append(answer.url) if answer.status == 201 else None)
    await tabs[0].page.evaluate("1")
    for n, tab in enumerate(tabs):
        await tab.composer.fill(f"第{n}个标签")
    await asyncio.gather(*(tab.composer.press("Enter") for tab in tabs))
    for tab in tabs:
        for n in range(3):
            await expect(tab.said_by("customer").filter(has_text=f"第{n}个标签")).to_have_count(1)
    assert sum(url.endswith("/conversations") for url in made) == 1
    ids = {json.loads(await tab.stored("conversation"))["conversation_id"] for tab in tabs}
    assert len(ids) == 1


@pytest.mark.timeout(120)
async def test_a_wrong_clock_of_the_computer_does_no_harm(
    shop: Shop, store: Installation, new_profile: NewProfile
) -> None:
    for days in (-2, 1):
        page = await (await new_profile()).new_page()
        await page.add_init_script(
            f"const real = Date.now; Date.now = () => real() + {days} * 86400000; "
            f"Date = class extends Date {{ constructor(...a) {{ a.length ? super(...a) : super(real() + {days} * 86400000) }} }};"
        )
        widget = await WidgetPage(page, store.url).open(shop.page("/clock"))
        await widget.say("你好")
        await expect(widget.log.locator(".day")).to_have_text("今天")


@pytest.mark.timeout(60)
async def test_another_customer_sees_nothing_of_the_first(
    shop: Shop, store: Installation, new_profile: NewProfile
) -> None:
    page = await (await new_profile()).new_page()
    widget = await WidgetPage(page, store.url).open(shop.page("/sign-in"))
    await widget.say("你好")
    await page.evaluate("anke.identify('h.eyJzdWIiOiJ1MSJ9.s')")
    await expect(widget.said_by("customer")).to_have_count(0)
    await expect(page.get_by_test_id("offline-banner")).to_contain_text("登录信息已失效")
    await page.evaluate("anke.identify(null)")
    await expect(widget.said_by("customer")).to_have_count(1)


@pytest.mark.timeout(60)
async def test_directions_and_addresses_in_words(
    shop: Shop, store: Installation, new_profile: NewProfile
) -> None:
    page = await (await new_profile()).new_page()
    widget = await WidgetPage(page, store.url).open(shop.page("/words"))
    await widget.write("看https://shop.example/p/9，发票\u202egpj.exe\n مرحبا 202611010003")
    bubble = widget.said_by("customer").locator(".bubble")
    assert "\u202e" not in await bubble.inner_text()
    link = bubble.locator("a")
    assert await link.get_attribute("href") == "https://shop.example/p/9"
    assert await link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert await bubble.locator(".words").evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"


@pytest.mark.timeout(60)
async def test_a_panel_that_cannot_be_fetched_is_told_and_tried_again(
    shop: Shop, store: Installation, new_profile: NewProfile
) -> None:
    profile = await new_profile()
    page = await profile.new_page()
    await page.goto(shop.page("/broken"))
    await profile.route("**/widget/**", lambda route: route.abort())
    await page.get_by_test_id("launcher").click()
    await expect(page.get_by_test_id("launcher")).to_have_text("没打开，点此重试")
    await profile.unroute("**/widget/**")
    await page.get_by_test_id("launcher").click()
    await expect(page.get_by_test_id("composer")).to_be_visible()
    await page.get_by_test_id("close-panel").click()
    await expect(page.get_by_test_id("launcher")).to_have_text("联系客服")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_who_signed_in_picks_from_their_own_orders_though_the_page_names_none(
    shop: Shop, store: Installation, new_profile: NewProfile, scheme: str
) -> None:
    page = await (await new_profile(color_scheme=scheme)).new_page()
    signed = identity(sub=f"web-orders-{scheme}", phone="13900005678", name="陈晨")
    await page.goto(shop.page("/orders", data=f'data-identity="{signed}" data-theme="auto" data-open'))
    await page.get_by_test_id("pick-order").click()
    sheet = page.get_by_test_id("orders")
    await expect(sheet.get_by_role("button").nth(1)).to_be_visible()
    await page.screenshot(path=artefact(f"15-own-orders-{scheme}"), animations="disabled")
    assert await violations(page) == []
    number = await sheet.locator(".order-no").first.inner_text()
    await sheet.locator(".order").first.click()
    await expect(WidgetPage(page, store.url).said_by("customer").last).to_contain_text(number)
