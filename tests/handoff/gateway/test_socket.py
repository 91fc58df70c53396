"""The customers' socket: the frames of docs/protocol.md."""

import asyncio
from datetime import datetime

import httpx
import pytest

from tests.helpers.customer import Customer, Socket
from tests.helpers.handoff_service import HandoffService
from tests.helpers.scripted_bot import ScriptedBot
from tests.helpers.sockets import refusal

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_message_is_acked_typing_is_shown_and_the_answer_arrives(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    release = plain_bot.hold("你好")
    customer = await Customer.open(plain_http)
    async with Socket.connect(plain_service.ws_url, customer) as socket:
        welcome = await socket.next("welcome")
        assert (
            datetime.fromisoformat(welcome.pop("now")).tzinfo is not None
        )  # by which a wrong PC clock is corrected
        assert welcome == {
            "type": "welcome",
            "conversation_id": customer.id,
            "state": "bot",
            "last_seq": 0,
            "episode": 1,
            "time_zone": "Asia/Shanghai",
        }
        client_msg_id = await socket.say("你好")
        async with asyncio.timeout(
            2
        ):  # the widget shows it within 300 ms of the ack; slow machines are allowed more
            await socket.next(lambda frame: frame == {"type": "typing", "who": "bot", "on": True})
        release.set()
        await socket.next(lambda frame: frame == {"type": "typing", "who": "bot", "on": False})
        await socket.items_until(lambda items: any(item["sender"] == "bot" for item in items))
        acks = [frame for frame in socket.frames if frame["type"] == "ack"]
        assert acks == [{"type": "ack", "client_msg_id": client_msg_id, "seq": 1}]
        assert socket.items == (await customer.log())["items"]


async def test_refusals_are_nacks_with_the_reason(
    plain_service: HandoffService, plain_http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(plain_http)
    async with Socket.connect(plain_service.ws_url, customer) as socket:
        await socket.say("   ", "m1")
        nack = await socket.next("nack")
        assert (nack["client_msg_id"], nack["code"]) == ("m1", "invalid")
        assert nack["message"].endswith("。")
        await socket.say("一", "m2")
        assert (await socket.next("ack"))["client_msg_id"] == "m2"
        await socket.say("二", "m2")
        assert (await socket.next("nack"))["code"] == "conflict"
        await socket.send({"type": "ping"})
        await socket.next("pong")


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ({"type": "hello", "token": "nonsense", "after": 0}, "unauthorized"),
        ({"type": "hello", "after": 0}, "unauthorized"),
        ({"type": "ping"}, "invalid"),
        ([1], "invalid"),
        ("nonsense", "invalid"),
    ],
)
async def test_a_wrong_hello_is_answered_and_closed(
    plain_service: HandoffService, hello: object, code: str
) -> None:
    refused = await refusal(plain_service.ws_url, hello)
    assert (refused.error, refused.code) == (code, 1000)


async def test_a_page_that_is_not_allowed_gets_no_socket(
    plain_service: HandoffService, plain_http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(plain_http)
    hello = {"type": "hello", "token": customer.token, "after": 0}
    refused = await refusal(plain_service.ws_url, hello, origin="https://evil.example")
    assert (refused.error, refused.code) == ("unauthorized", 1000)


async def test_two_tabs_see_the_same_and_a_message_sent_by_both_is_one(
    plain_service: HandoffService, plain_http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(plain_http)
    async with (
        Socket.connect(plain_service.ws_url, customer) as one,
        Socket.connect(plain_service.ws_url, customer) as two,
    ):
        await asyncio.gather(one.say("一样的", "same"), two.say("一样的", "same"))
        both_done = lambda items: len(items) >= 2  # noqa: E731
        assert await one.items_until(both_done) == await two.items_until(both_done)
    log = (await customer.log())["items"]
    assert [item["sender"] for item in log] == ["customer", "bot"]


async def test_while_waiting_the_socket_tells_the_place(
    plain_service: HandoffService, plain_http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(plain_http)
    async with Socket.connect(plain_service.ws_url, customer) as socket:
        await socket.next("welcome")
        await customer.call("human")
        queue = await socket.next("queue")
        assert queue["position"] >= 1
        assert queue["online"] is False
