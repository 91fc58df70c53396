"""The console's socket: live queue, watched conversations, messages, and an end that loses nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.handoff.shared_desk import SharedDesk
from tests.helpers.agent_client import AgentClient
from tests.helpers.customer import Socket, msg_id
from tests.helpers.sockets import JsonSocket, refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "contracts/agent-frames.schema.json").read_text())


def validator(part: str) -> Draft202012Validator:
    return Draft202012Validator({**SCHEMA, "oneOf": [{"$ref": f"#/$defs/{part}"}]})


def check_frames(socket: JsonSocket) -> None:
    for frame in socket.frames:
        validator("to_console").validate(frame)


async def test_every_example_frame_is_by_the_schema() -> None:
    for frame in json.loads((ROOT / "contracts/agent-frames.example.json").read_text()):
        Draft202012Validator(SCHEMA).validate(frame)


async def test_the_queue_and_a_watched_conversation_are_live(desk: SharedDesk) -> None:
    agent = desk.people["agent1"]
    async with agent.socket(desk.service) as socket:
        welcome = await socket.next("welcome")
        assert welcome["agent"]["username"] == "agent1"
        await socket.next("queue")
        customer = await desk.waiting("在吗")

        def shows(frame: dict[str, Any]) -> bool:
            return frame["type"] == "queue" and customer.id in [
                one["conversation_id"] for one in frame["items"]
            ]

        await socket.next(shows)
        epoch = await agent.claim(customer.id)
        await socket.next(lambda frame: frame["type"] == "queue" and customer.id in str(frame["mine"]))
        await socket.send({"type": "watch", "conversation_id": customer.id, "after": 0})
        first = await socket.next("items")
        assert [one["seq"] for one in first["items"]] == list(range(1, first["last_seq"] + 1))
        assert (first["state"], first["epoch"], first["owner"]) == ("human", epoch, agent.agent["id"])

        seq = await customer.say("我的电话是 13812345678")
        pushed = await socket.next(lambda frame: frame["type"] == "items" and frame["last_seq"] >= seq)
        assert "138****5678" in str(pushed["items"])
        sent = msg_id()
        frame = {"type": "send", "conversation_id": customer.id, "epoch": epoch, "client_msg_id": sent}
        frame |= {"kind": "text", "body": {"text": "收到"}}
        validator("from_console").validate(frame)
        await socket.send(frame)
        ack = await socket.next("ack")
        assert ack["client_msg_id"] == sent
        await socket.send(frame)
        assert (await socket.next("ack"))["seq"] == ack["seq"], "the same message again is the same message"
        items = await customer.wait_for(lambda items: any(one["seq"] == ack["seq"] for one in items))
        assert next(one for one in items if one["seq"] == ack["seq"])["body"] == {"text": "收到"}

        await agent.post(f"conversations/{customer.id}/notes", {"text": "老客户"})
        noted = await socket.next(lambda frame: frame["type"] == "items" and bool(frame["annotations"]))
        assert noted["annotations"][-1]["body"] == {"text": "老客户"}
        await socket.send({**frame, "client_msg_id": msg_id(), "epoch": epoch + 7})
        assert (await socket.next("nack"))["code"] == "stale"
        await agent.end(customer.id, "give-back", epoch)
        await socket.next(lambda frame: frame["type"] == "items" and frame["state"] == "bot")
        await socket.send({"type": "ping"})
        await socket.next("pong")
        check_frames(socket)


async def test_a_foreign_conversation_cannot_be_watched(desk: SharedDesk) -> None:
    customer = await desk.waiting("在吗")
    async with desk.people["tech1"].socket(desk.service) as socket:
        await socket.send({"type": "watch", "conversation_id": customer.id, "after": 0})
        error = await socket.next("error")
        assert (error["code"], error["conversation_id"]) == ("not_found", customer.id)
        await socket.send({"type": "typing", "conversation_id": customer.id})
        await socket.send({"type": "dance"})
        await socket.next(lambda frame: frame["type"] == "error" and frame["code"] == "invalid")
        await socket.send({"type": "ping"})
        await socket.next("pong")
        check_frames(socket)


async def test_typing_is_passed_on_both_ways(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    agent = desk.people["agent2"]
    await agent.claim(customer.id)
    async with (
        agent.socket(desk.service) as socket,
        Socket.connect(desk.service.ws_url, customer) as widget,
    ):
        await widget.next("welcome")
        await socket.send({"type": "watch", "conversation_id": customer.id})
        await socket.next("items")
        await widget.send({"type": "typing"})
        assert (await socket.next("typing"))["conversation_id"] == customer.id
        await socket.send({"type": "typing", "conversation_id": customer.id})
        assert (await widget.next("typing"))["who"] == "agent"


async def test_without_a_session_or_from_a_foreign_page_nothing_is_shown(desk: SharedDesk) -> None:
    cookie = desk.people["agent1"].cookie
    for headers, origin in (
        ({}, None),
        ({"Cookie": "anke_desk=guess"}, None),
        ({"Cookie": cookie}, "https://evil.example"),
    ):
        refused = await refusal(
            desk.service.agent_ws_url, {"type": "hello"}, additional_headers=headers, origin=origin
        )
        assert (refused.error, refused.code) == ("unauthorized", 1000)


async def test_a_session_that_ends_is_told_before_anything_is_written(desk: SharedDesk) -> None:
    customer = await desk.waiting()
    async with AgentClient.logged_in(desk.service.url, "agent1") as agent:
        epoch = await agent.claim(customer.id)
        async with agent.socket(desk.service) as socket:
            await socket.next("welcome")
            assert (await agent.post("logout")).status_code == 200
            frame = {
                "type": "send",
                "conversation_id": customer.id,
                "epoch": epoch,
                "client_msg_id": msg_id(),
            }
            await socket.send({**frame, "kind": "text", "body": {"text": "还在吗"}})
            nack = await socket.next("nack")
            assert nack["code"] == "unauthorized"
        assert (await agent.get("me")).status_code == 401
    assert "还在吗" not in str(await customer.log())
