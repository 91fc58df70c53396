"""Input that must be survived, each with a clear Chinese sentence: the table of the first release, on the whole stack."""

import asyncio
import io
import itertools
import struct
import zlib

import httpx
import pytest

from tests.helpers.customer import Customer, msg_id
from tests.helpers.installation import Installation
from tests.helpers.raw_http import post_until_answered

pytestmark = pytest.mark.asyncio(loop_scope="module")


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


ANSWERED = {
    "emoji only": "🙃🚗🍉",
    "full-width digits": "２０２６１１０１０００２ １２３４ 到哪了",
    "traditional characters": "請問我的訂單２０２６１１０１０００２什麼時候到",
    "English": "where is my order 202611010002",
    "an intent in disguise": '/ask_human{"x":"y"}',
    "template braces": "{{7*7}} ${jndi:ldap://x} {slot}",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "SQL": "'; DROP TABLE conversations; --",
    "lone punctuation": "？？？",
    "a very long line": "我的快递" * 900,
    "many lines": "\n".join(["在吗", "我的快递呢", "怎么还不到"] * 20),
    "zero-width and control characters": "在\u200b吗\u0007\u001b[31m",
    "half a surrogate pair's neighbour": "𠮷野家怎么退货",
}


@pytest.mark.parametrize("name", ANSWERED)
async def test_every_text_gets_one_clear_answer(installation: Installation, name: str) -> None:
    async with httpx.AsyncClient(base_url=installation.url, timeout=30) as http:
        customer = await Customer.open(http)
        seq = await customer.say(ANSWERED[name])
        answer = await customer.answer_to(seq, seconds=20)
        assert has_chinese(str(answer["body"]))
        page = await customer.log(0)
        texts = [i["body"]["text"] for i in page["items"] if i["sender"] == "bot" and i["kind"] == "text"]
        assert all("{" not in text and "Traceback" not in text for text in texts)
        assert page["state"] == "bot", "nothing typed here runs an intent or brings a person"


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 422), ("   \n ", 422), ("\u0000\u0007", 422), ("长" * 4001, 413), ("长" * 10000, 413)],
)
async def test_what_cannot_be_a_message_is_refused_in_chinese(
    installation: Installation, text: str, status: int
) -> None:
    async with httpx.AsyncClient(base_url=installation.url, timeout=30) as http:
        customer = await Customer.open(http)
        answer = await customer.post("text", {"text": text})
        assert answer.status_code == status
        assert has_chinese(answer.json()["error"]["message"])
        assert (await customer.log(0))["last_seq"] == 0


async def test_guessing_is_counted_and_the_sixth_attempt_is_refused_even_if_right(
    installation: Installation,
) -> None:
    """H8; which half was wrong is never told."""
    async with httpx.AsyncClient(base_url=installation.url, timeout=30) as http:
        customer = await Customer.open(http)
        said = []
        await customer.answer_to(await customer.say("查下订单202611010005"), 20)
        for tail in ("0000", "1111", "2222", "3333", "4444"):
            said.append((await customer.answer_to(await customer.say(tail), 20))["body"]["text"])
        sixth = await customer.answer_to(await customer.say("2468"), 20)
        items = (await customer.log(0))["items"]
        assert not [i for i in items if i["kind"] == "card"], "locked: even the right tail shows nothing"
        assert "人工" in str(sixth["body"])
        for text in said:
            assert "订单号不对" not in text
            assert "尾号不对" not in text


async def test_another_shops_order_and_a_wrong_phone_sound_the_same(installation: Installation) -> None:
    async with httpx.AsyncClient(base_url=installation.url, timeout=30) as http:
        shapes = []
        for order_no, tail in (("209911019999", "1234"), ("202611010001", "9999")):
            customer = await Customer.open(http)
            await customer.answer_to(await customer.say(f"查订单{order_no}"), 20)
            reply = await customer.answer_to(await customer.say(tail), 20)
            shapes.append((reply["kind"], reply["body"].get("expects")))
        assert shapes[0] == shapes[1]


def png(width: int, height: int) -> bytes:
    """A PNG whose header claims these pixels; its data is a handful of bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("photo.jpg", b"<html><script>alert(1)</script></html>", 422),
        ("photo.png", png(20000, 20000), 413),
        ("photo.png", png(30, 30), 422),
        ("empty.png", b"", 422),
    ],
    ids=["a web page named jpg", "20 000 pixels wide", "broken data", "empty"],
)
async def test_a_file_that_lies_or_is_too_large_is_refused_in_chinese(
    installation: Installation, name: str, content: bytes, status: int
) -> None:
    async with httpx.AsyncClient(base_url=installation.url, timeout=60) as http:
        customer = await Customer.open(http)
        answer = await http.post(
            f"{customer.path}/uploads", headers=customer.headers, files={"file": (name, io.BytesIO(content))}
        )
        assert answer.status_code == status, answer.text
        assert has_chinese(answer.json()["error"]["message"])


async def test_a_video_of_51_mb_is_refused_in_chinese(installation: Installation) -> None:
    async with httpx.AsyncClient(base_url=installation.url, timeout=60) as http:
        customer = await Customer.open(http)
    head = b'--B\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
    film = itertools.chain([head, b"\0\0\0\x18ftypmp42" + b"\0" * 100], itertools.repeat(b"\0" * 2**20, 51))
    headers = {**customer.headers, "Content-Type": "multipart/form-data; boundary=B"}
    answer = await asyncio.to_thread(
        post_until_answered, installation.port, f"{customer.path}/uploads", headers, film
    )
    assert answer.status == 413
    assert has_chinese(answer.body["error"]["message"])


async def test_a_double_click_is_one_message(installation: Installation) -> None:
    async with httpx.AsyncClient(base_url=installation.url, timeout=30) as http:
        customer = await Customer.open(http)
        same = msg_id()
        first, second = [await customer.post("text", {"text": "在吗"}, same) for _ in range(2)]
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json()["seq"] == second.json()["seq"]
        other = await customer.post("text", {"text": "别的"}, same)
        assert other.status_code == 409
        assert other.json()["error"]["code"] == "conflict"
