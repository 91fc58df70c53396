"""Bytes that no honest client sends: each gets a 4xx with one sentence on both databases, and no traceback in the log."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets

from tests.handoff.gateway.test_http import IDENTITY_SECRET, sentence
from tests.handoff.uploads import sample_files as files
from tests.helpers.customer import Customer, Socket, ascii_json, msg_id
from tests.helpers.handoff_service import HandoffService
from tests.helpers.scripted_bot import ScriptedBot
from tests.helpers.sockets import JsonSocket, refusal

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEEP = "[" * 100_000
DIGITS = "9" * 5000


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def no_traceback(steady_service: HandoffService) -> AsyncIterator[None]:
    """Nobody without credentials fills the log: a traceback is a fault of ours."""
    before = len(steady_service.log())
    yield
    assert "trace" not in steady_service.log()[before:]


def token(**claims: Any) -> str:
    """Signed like the store's own, whatever the claims (a library would refuse some)."""

    def part(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    told = {"sub": "odd", "exp": int(time.time()) + 600, **claims}
    said = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(told).encode())
    return (said + b"." + part(hmac.new(IDENTITY_SECRET.encode(), said, hashlib.sha256).digest())).decode()


async def uploaded(customer: Customer) -> str:
    answer = await customer.http.post(
        f"{customer.path}/uploads", headers=customer.headers, files={"file": ("a.png", files.picture("PNG"))}
    )
    return f"/api/v1/uploads/{answer.json()['upload_id']}"


@pytest.mark.parametrize("path", ["/api/v1/conversations", "/api/v1/agent/login"])
@pytest.mark.parametrize(
    "body", [DEEP, '{"a":' * 30_000 + "1" + "}" * 30_000, f'{{"page":{DIGITS}}}', "\ufeff{}"]
)
async def test_json_that_no_parser_takes(steady_http: httpx.AsyncClient, path: str, body: str) -> None:
    answer = await steady_http.post(path, content=body.encode())
    assert answer.status_code == 422
    sentence(answer)


@pytest.mark.parametrize("wanted", [f"bytes={DIGITS}-", f"bytes=-{DIGITS}", f"bytes=0-{DIGITS}"])
async def test_a_range_of_thousands_of_digits(steady_http: httpx.AsyncClient, wanted: str) -> None:
    customer = await Customer.open(steady_http)
    path = await uploaded(customer)
    answer = await steady_http.get(path, headers={**customer.headers, "Range": wanted})
    assert answer.status_code == 416
    assert answer.headers["content-range"].startswith("bytes */")


async def test_digits_of_other_scripts_are_no_range(steady_http: httpx.AsyncClient) -> None:
    customer = await Customer.open(steady_http)
    path = await uploaded(customer)
    headers = [(b"Authorization", f"Bearer {customer.token}".encode()), (b"Range", "bytes=٣-".encode())]
    whole = await steady_http.get(path, headers=headers)
    assert (whole.status_code, len(whole.content)) == (200, int(whole.headers["content-length"]))


@pytest.mark.parametrize("signature", ["f" * 4500 + ".x", "9" * 4500 + ".x", "-1.x", "0x1.x", "٣.x", ".", ""])
async def test_a_signature_that_is_none(steady_http: httpx.AsyncClient, signature: str) -> None:
    path = await uploaded(await Customer.open(steady_http))
    answer = await steady_http.get(path, params={"s": signature})
    assert answer.status_code in {401, 404}
    sentence(answer)


@pytest.mark.parametrize("claim", ["sub", "name", "phone"])
@pytest.mark.parametrize("nasty", ["\0", "\ud800", "王\udfff小明", "1380000\x001234"])
async def test_a_token_with_what_no_database_keeps(
    steady_http: httpx.AsyncClient, claim: str, nasty: str
) -> None:
    answer = await steady_http.post("/api/v1/conversations", json={"identity": token(**{claim: nasty})})
    assert (answer.status_code, sentence(answer)) == (401, "unauthorized")


@pytest.mark.parametrize(
    "bad",
    [
        token(sub="\u202eu1"),
        token(sub="u\u200b1"),
        token(exp=float("inf")),
        token(exp=float("nan")),
        token(exp=DIGITS),
        token(exp=10**400),
        token(exp=True),
        token(iat=float("inf")),
        token(nbf=[1]),
        token(aud="elsewhere"),
        "\ud800.a.b",
        "\0",
        base64.urlsafe_b64encode(DEEP.encode()).decode() + ".e30.x",
    ],
)
async def test_a_token_that_is_none(steady_http: httpx.AsyncClient, bad: str) -> None:
    answer = await steady_http.post("/api/v1/conversations", **ascii_json({"identity": bad}))
    assert (answer.status_code, sentence(answer)) == (401, "unauthorized")


async def test_names_lose_what_turns_or_hides_their_neighbours(
    steady_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    told = {
        "a": ("\u202e明小王\u202c", "明小王"),
        "b": ("王\x1b[31m小\n明\u2066\u200f", "王[31m小 明"),
        "c": ("علی\u200cرضا", "علی\u200cرضا"),
        "d": ("\u200d\u200b\u2069\u061c", None),
        "e": ("\u200e138\u00ad00001234", "13800001234"),
    }
    for sub, (name, shown) in told.items():
        signed = token(sub=f"bidi-{sub}", name=name, phone=name)
        customer = await Customer.open(steady_http, identity=signed)
        await customer.answer_to(await customer.say("你好"))
        identity = plain_bot.turns[-1]["context"]["identity"]
        assert (identity.get("name"), identity.get("phone")) == (shown, shown)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/uploads/%00",
        "/api/v1/uploads/%ed%a0%80",
        "/api/v1/uploads/" + "u" * 5000,
        "/api/v1/conversations/%00/log",
        "/" + "a" * 3000,
        "/%00",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/api/v1/ws?x=%ff",
    ],
)
async def test_addresses_that_lead_nowhere(steady_http: httpx.AsyncClient, path: str) -> None:
    customer = await Customer.open(steady_http)
    answer = await steady_http.get(path, headers=customer.headers)
    assert 400 <= answer.status_code < 500
    assert sentence(answer) != "internal"


@pytest.mark.parametrize("origin", [b"http://[", b"http://[::1", b"\xff", b"null", b"http://"])
async def test_an_origin_that_is_none_gets_no_permission(
    steady_http: httpx.AsyncClient, origin: bytes
) -> None:
    desk = await steady_http.post("/api/v1/agent/login", content=b"{}", headers=[(b"Origin", origin)])
    assert (desk.status_code, sentence(desk)) == (403, "forbidden")
    shop = await steady_http.post("/api/v1/conversations", content=b"{}", headers=[(b"Origin", origin)])
    assert "access-control-allow-origin" not in shop.headers


@pytest.mark.parametrize("frame", [DEEP, f'{{"type":{DIGITS}}}', '"' + "x" * 1000, "\0"])
async def test_frames_that_no_parser_takes(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, frame: str
) -> None:
    assert (await refusal(steady_service.ws_url, frame)).error == "invalid"
    customer = await Customer.open(steady_http)
    async with Socket.connect(steady_service.ws_url, customer) as connected:
        await connected.next("welcome")
        await connected.connection.send(frame)
        assert (await connected.ended()).frames[-1]["code"] == "invalid"


@pytest.mark.parametrize("after", [10**30, int("9" * 300), -1, 1.5, True, None, "\ud800"])
async def test_a_cursor_that_is_none(
    steady_service: HandoffService, steady_http: httpx.AsyncClient, after: Any
) -> None:
    customer = await Customer.open(steady_http)
    hello = {"type": "hello", "token": customer.token, "after": after}
    assert (await refusal(steady_service.ws_url, hello)).error in {"invalid", "reload"}
    over_http = await steady_http.get(
        f"{customer.path}/log", headers=customer.headers, params={"after": DIGITS}
    )
    assert over_http.status_code == 422


async def test_half_a_surrogate_pair_over_the_socket_is_refused_and_the_socket_stays(
    steady_service: HandoffService, steady_http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(steady_http)
    async with websockets.connect(steady_service.ws_url) as connection:
        line = JsonSocket(connection)
        await line.send({"type": "hello", "token": customer.token, "after": 0})
        await line.next("welcome")
        for nasty in ("\ud800", "\0"):
            body = {"kind": "text", "body": {"text": "在吗"}}
            await line.send({"type": "send", "client_msg_id": nasty, **body})
            assert (await line.next("nack"))["code"] == "invalid"
        await line.send({"type": "send", "client_msg_id": msg_id(), "kind": "text", "body": {"text": "在吗"}})
        assert (await line.next("ack"))["seq"] == 1
