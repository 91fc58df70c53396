"""The customers' HTTP rows of the contract, one by one (H1)."""

import json
import time
from typing import Any

import httpx
import jwt
import pytest

from tests.helpers.customer import Customer, msg_id
from tests.helpers.handoff_service import HandoffService
from tests.helpers.identity import IDENTITY_SECRET, identity
from tests.helpers.scripted_bot import ScriptedBot, say

pytestmark = pytest.mark.asyncio(loop_scope="session")


def sentence(answer: httpx.Response) -> str:
    """The one sentence for a person, checked to be one."""
    error = answer.json()["error"]
    assert set(error) == {"code", "message"}
    assert error["message"].endswith("。")
    assert "Traceback" not in answer.text
    return str(error["code"])


async def test_a_message_is_answered_and_the_answer_refers_to_it(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    card = {"card": "order", "order_no": "202611010001"}
    plain_bot.when("订单", say("查到了", cards=[card], buttons=[("是", "/affirm")], expects="confirm"))
    customer = await Customer.open(plain_http, page={"url": "https://shop.example/p/1", "evil": {"a": 1}})
    seq = await customer.say("  订单 ")
    assert seq == 1
    await customer.answer_to(seq)
    page = await customer.log()
    _, reply, shown = page["items"]
    assert page["state"] == "bot"
    assert page["last_seq"] == 3
    assert reply["body"]["text"] == "查到了"
    assert reply["body"]["expects"] == "confirm"
    assert [button["label"] for button in reply["body"]["buttons"]] == ["是"]
    assert "payload" not in str(page)
    assert (shown["kind"], shown["body"], shown["in_reply_to"]) == ("card", card, 1)
    turn = plain_bot.turns[0]
    assert turn["input"] == {"kind": "text", "text": "订单"}
    assert turn["context"]["address"] == "127.0.0.1"
    assert turn["context"]["identity"] is None


async def test_a_button_of_the_latest_reply_carries_its_payload_an_older_one_its_label(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    plain_bot.when("退货", say("确认吗？", buttons=[("是", "/affirm"), ("否", "/deny")]))
    plain_bot.when("/affirm", say("好的"))
    customer = await Customer.open(plain_http)
    reply = await customer.answer_to(await customer.say("退货"))
    button = reply["body"]["buttons"][0]
    for expected in ({"kind": "button", "label": "是", "payload": "/affirm"}, {"kind": "text", "text": "是"}):
        pressed = await customer.post("button", {"button_id": button["id"]})
        assert pressed.status_code == 201
        await customer.answer_to(pressed.json()["seq"])
        assert plain_bot.turns[-1]["input"] == expected
    log = (await customer.log())["items"]
    assert next(one for one in log if one["kind"] == "button")["body"]["label"] == "是"
    unknown = await customer.post("button", {"button_id": "/affirm"})
    assert (unknown.status_code, sentence(unknown)) == (422, "invalid")
    typed = await customer.post("button", {"button_id": "b_unknown", "label": "/affirm"})
    await customer.answer_to(typed.json()["seq"])
    assert plain_bot.turns[-1]["input"] == {"kind": "text", "text": "/affirm"}


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"kind": "text", "body": {"text": ""}}, 422),
        ({"kind": "text", "body": {"text": " \n\t "}}, 422),
        ({"kind": "text", "body": {"text": "\x00\x07\x1b"}}, 422),
        ({"kind": "text", "body": {"text": "a" * 4001}}, 413),
        ({"kind": "text", "body": {"text": "长" * 10_000}}, 413),
        ({"kind": "text", "body": {"text": 7}}, 422),
        ({"kind": "text", "body": "hello"}, 422),
        ({"kind": "text", "body": {"text": "a", "quote": 0}}, 422),
        ({"kind": "text", "body": {"text": "a", "quote": True}}, 422),
        ({"kind": "text", "body": {"text": "a", "quote": "1"}}, 422),
        ({"kind": "text", "body": {"text": "a", "quote": 2**31}}, 422),
        ({"kind": "card", "body": {"card": "order"}}, 422),
        ({"kind": "event", "body": {"event": "given_back"}}, 422),
        ({"kind": "image", "body": {"upload_id": "u_none"}}, 422),
        ({"kind": "image", "body": {}}, 422),
        ({"kind": "button", "body": {}}, 422),
        ({"client_msg_id": "", "kind": "text", "body": {"text": "a"}}, 422),
        ({"client_msg_id": "x" * 101, "kind": "text", "body": {"text": "a"}}, 422),
        ({"client_msg_id": 5, "kind": "text", "body": {"text": "a"}}, 422),
        ([], 422),
    ],
)
async def test_what_cannot_be_a_message_is_refused_with_a_sentence(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, message: Any, status: int
) -> None:
    customer = await Customer.open(plain_http)
    if isinstance(message, dict):
        message = {"client_msg_id": msg_id(), **message}
    answer = await plain_http.post(f"{customer.path}/messages", headers=customer.headers, json=message)
    assert answer.status_code == status
    sentence(answer)
    assert (await customer.log())["last_seq"] == 0


async def test_a_quote_stays_with_the_words_and_the_bot_reads_the_words_alone(
    plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    customer = await Customer.open(plain_http)
    await customer.answer_to(await customer.say("你好"))
    asked = await customer.post("text", {"text": "这个号码打不通", "quote": 2})
    assert asked.status_code == 201
    await customer.answer_to(asked.json()["seq"])
    told = [item for item in (await customer.log())["items"] if item["seq"] == asked.json()["seq"]]
    assert told[0]["body"] == {"text": "这个号码打不通", "quote": 2}
    assert plain_bot.turns[-1]["input"] == {"kind": "text", "text": "这个号码打不通"}


async def test_strange_texts_are_kept_as_they_are(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    customer = await Customer.open(plain_http)
    for text in (
        "😀🎉",
        "１２３４５６",
        "這個訂單",
        "/intent{}",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "'; DROP TABLE items;--",
        "a" * 4000,
        "第一行\n第二行",
        "hello, where is my order?",
    ):
        seq = await customer.say(text)
        await customer.answer_to(seq)
        assert (await customer.log(seq - 1))["items"][0]["body"] == {"text": text}
        assert plain_bot.turns[-1]["input"] == {"kind": "text", "text": text}
    seq = await customer.say("a\x00b\r\nc\x07")
    assert (await customer.log(seq - 1))["items"][0]["body"] == {"text": "ab\nc"}


async def test_broken_json_and_unknown_addresses_are_answered_in_chinese(
    plain_service: HandoffService, plain_http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(plain_http)
    broken = await plain_http.post(
        f"{customer.path}/messages", headers=customer.headers, content=b"{nonsense"
    )
    assert (broken.status_code, sentence(broken)) == (422, "invalid")
    assert (await plain_http.get("/api/v1/nothing")).status_code == 404
    assert sentence(await plain_http.get("/nothing")) == "not_found"
    assert (await plain_http.put("/api/v1/conversations")).status_code == 405
    large = await plain_http.post("/api/v1/conversations", content=b" " * 300_000)
    assert (large.status_code, sentence(large)) == (413, "too_large")


async def test_tokens_open_their_own_conversation_only(
    plain_service: HandoffService, plain_http: httpx.AsyncClient
) -> None:
    mine, other = await Customer.open(plain_http), await Customer.open(plain_http)
    for headers, status in (
        ({}, 401),
        ({"Authorization": "Bearer nonsense"}, 401),
        ({"Authorization": f"Bearer {mine.id}.forged"}, 401),
        ({"Authorization": f"Bearer {mine.token}x"}, 401),
        ({"Authorization": f"Basic {mine.token}"}, 401),
        (other.headers, 404),
    ):
        answer = await plain_http.get(f"{mine.path}/log", headers=headers)
        assert answer.status_code == status
        sentence(answer)
    missing = await plain_http.get("/api/v1/conversations/c_none/log", headers=other.headers)
    foreign = await plain_http.get(f"{mine.path}/log", headers=other.headers)
    assert missing.json() == foreign.json()


async def test_a_signed_in_customer_continues_the_open_conversation(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    signed = identity(name="王小明", phone="13800001234")
    first = await Customer.open(plain_http, identity=signed)
    again = await Customer.open(plain_http, identity=identity())
    stranger = await Customer.open(plain_http, identity=identity(sub="u2"))
    assert first.id == again.id != stranger.id
    await first.answer_to(await first.say("你好"))
    told = plain_bot.turns[-1]["context"]["identity"]
    assert told["sub"] == "u1"
    plain_bot.when("再见", say("再见", commands=[{"command": "close"}]))
    await first.answer_to(await first.say("再见"))
    assert (await first.log())["state"] == "closed"
    assert (await Customer.open(plain_http, identity=signed)).id != first.id


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "",
        7,
        identity(secret="another-secret-that-is-long-enough-0"),
        identity(exp=int(time.time()) - 120),
        identity(exp=int(time.time()) + 7200),
        identity(sub=""),
        jwt.encode({"exp": int(time.time()) + 600}, IDENTITY_SECRET, algorithm="HS256"),
        jwt.encode({"sub": "u1"}, IDENTITY_SECRET, algorithm="HS256"),
        jwt.encode({"sub": "u1", "exp": int(time.time()) + 600}, None, algorithm="none"),
        jwt.encode({"sub": "u1", "exp": int(time.time()) + 600}, IDENTITY_SECRET, algorithm="HS512"),
    ],
)
async def test_an_invalid_identity_never_becomes_an_anonymous_conversation(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, token: Any
) -> None:
    answer = await plain_http.post("/api/v1/conversations", json={"identity": token})
    assert answer.status_code == 401
    assert sentence(answer) == "unauthorized"


async def test_the_human_entry_works_without_a_bot_and_only_once(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    await plain_bot.stop()
    customer = await Customer.open(plain_http)
    first, again = await customer.call("human"), await customer.call("human")
    assert (first.status_code, first.json()) == (200, {"state": "waiting"})
    assert again.json() == {"state": "waiting"}
    page = await customer.log()
    events = [item["body"] for item in page["items"] if item["kind"] == "event"]
    assert events == [{"event": "handoff", "from": "bot", "to": "waiting", "reason": "requested"}]
    assert page["queue"]["position"] >= 1
    await customer.say("有人吗")
    assert plain_bot.turns == []
    assert (await customer.call("leave-queue")).json() == {"state": "bot"}
    assert (await customer.call("leave-queue")).json() == {"state": "bot"}
    said = [item["body"]["text"] for item in (await customer.log())["items"] if item["kind"] == "text"]
    assert [one for one in said if "先不转人工" in one] == said[-1:], "said once, as the last thing"


async def test_a_rating_counts_once_per_episode_and_a_repeat_replaces_it(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    customer = await Customer.open(plain_http)
    first = await customer.call("rating", {"score": 2, "reasons": ["慢"], "text": "等太久"})
    assert (first.status_code, first.json()) == (201, {"seq": 1})
    assert (await customer.call("rating", {"score": 2, "reasons": ["慢"], "text": "等太久"})).json() == {
        "seq": 1
    }
    assert (await customer.call("rating", {"score": 5})).json() == {"seq": 2}
    rating = (await customer.log(1))["items"][0]
    assert (rating["kind"], rating["body"]["score"], rating["body"]["replaces"]) == ("rating", 5, 1)
    for wrong in (
        {"score": 0},
        {"score": 6},
        {"score": "5"},
        {"score": True},
        {"score": 3, "reasons": "慢"},
        {},
    ):
        answer = await customer.call("rating", wrong)
        assert (answer.status_code, sentence(answer)) == (422, "invalid")
    assert plain_bot.turns == []


async def test_the_long_poll_returns_with_the_first_item_or_after_its_time(
    plain_service: HandoffService, plain_http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(plain_http)
    began = time.monotonic()
    assert (await customer.log(0, wait=0.5))["items"] == []
    assert 0.4 < time.monotonic() - began < 5
    for bad in ({"after": "x"}, {"after": "-1"}, {"wait": "-1"}, {"wait": "nan"}):
        answer = await plain_http.get(f"{customer.path}/log", headers=customer.headers, params=bad)
        assert answer.status_code == 422, bad


async def test_security_headers_and_cross_origin_rules(
    plain_service: HandoffService, plain_http: httpx.AsyncClient
) -> None:
    page = await plain_http.get("/")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe-eval" not in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["x-frame-options"] == "DENY"
    stranger = {"Origin": "https://evil.example"}
    answer = await plain_http.post("/api/v1/conversations", json={}, headers=stranger)
    assert "access-control-allow-origin" not in answer.headers
    own = await plain_http.post("/api/v1/conversations", json={}, headers={"Origin": plain_service.url})
    assert own.headers["access-control-allow-origin"] == plain_service.url
    assert own.headers["cache-control"] == "no-store"


async def test_readyz_names_the_part_that_fails(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    fine = await plain_http.get("/readyz")
    assert (fine.status_code, fine.json()["ready"]) == (200, True)
    plain_bot.ready = False
    broken = await plain_http.get("/readyz")
    assert (broken.status_code, broken.json()["ready"], broken.json()["failing"]) == (503, False, ["bot"])
    assert (await plain_http.get("/healthz")).status_code == 200


async def test_metrics_are_for_this_machine_only(
    plain_service: HandoffService, plain_http: httpx.AsyncClient
) -> None:
    customer = await Customer.open(plain_http)
    await customer.answer_to(await customer.say("你好"))
    here = await plain_http.get("/metrics")
    assert "anke_queue_waiting{" in here.text
    assert 'anke_turns_total{outcome="committed"}' in here.text
    proxied = await plain_http.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert proxied.status_code == 404


async def test_logs_are_json_carry_the_turn_and_never_a_customers_words(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot
) -> None:
    customer = await Customer.open(plain_http)
    await customer.answer_to(await customer.say("我的电话 13812345678 请回电"))
    turn_id = plain_bot.turns[0]["turn_id"]
    lines = [json.loads(line) for line in plain_service.log().splitlines() if line.startswith("{")]
    assert any(line.get("turn_id") == turn_id for line in lines)
    assert "13812345678" not in plain_service.log()
    assert "请回电" not in plain_service.log()


@pytest.mark.parametrize("nasty", ["\ud800", "\x00", "\udfff\x00\x1b"])
async def test_characters_no_database_keeps_are_left_out_or_refused_in_a_sentence(
    plain_service: HandoffService, plain_http: httpx.AsyncClient, plain_bot: ScriptedBot, nasty: str
) -> None:
    """JSON can carry NUL and half a surrogate pair; PostgreSQL and UTF-8 cannot."""
    customer = await Customer.open(plain_http, page={"url": nasty, "title": f"好{nasty}"})
    for body in (
        {"client_msg_id": nasty, "kind": "text", "body": {"text": "在吗"}},
        {"client_msg_id": msg_id(), "kind": "text", "body": {"text": nasty}},
        {"client_msg_id": msg_id(), "kind": "button", "body": {"button_id": nasty}},
        {"client_msg_id": msg_id(), "kind": "image", "body": {"upload_id": nasty}},
    ):
        refused = await customer.call("messages", body)
        assert refused.status_code == 422, body
        assert sentence(refused) == "invalid"
    await customer.answer_to(await customer.say(f"到{nasty}哪了"))
    assert plain_bot.turns[0]["input"]["text"] == "到哪了"
    rated = await customer.call("rating", {"score": 5, "reasons": [nasty], "text": nasty})
    assert rated.status_code == 201, rated.text
