"""What only HTTP can do wrong: time, connections, strange answers, settings; and the published schema."""

import asyncio
import json
import re
from typing import Any

import jsonschema
import pytest

from aftersales.order_system import OrderSystem, open_order_system
from aftersales.order_system.http import messages
from aftersales.order_system.http.adapter import HttpOrderSystem
from aftersales.order_system.http.openapi import OPENAPI_FILE, openapi_text
from aftersales.order_system.http.routes import ROUTES
from aftersales.order_system.port import Refused, ReturnDraft, Unavailable
from aftersales.order_system.reference.serving import serving
from aftersales.order_system.settings import OrderSettingsError

REQUEST = {
    "request_no": "RT261122000001",
    "kind": "return",
    "state": "submitted",
    "order_no": "202611010003",
    "item_id": "1",
    "item": "扫地机器人",
    "created_at": "2026-11-22T06:00:00Z",
    "next": "等待审核。",
    "due": None,
}
DRAFT = ReturnDraft("202611010003", "1", "quality")


class Scripted:
    """Answers the given (status, body) in turn, the last one for ever."""

    def __init__(self, *answers: tuple[int, Any], pause: float = 0) -> None:
        self.answers = list(answers)
        self.pause = pause
        self.keys: list[str | None] = []

    async def __call__(self, request: Any) -> tuple[int, Any]:
        self.keys.append(request.headers.get("idempotency-key"))
        await asyncio.sleep(self.pause)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def returned(script: Scripted, deadline: float = 5) -> Any:
    async with serving(script) as base:
        system = HttpOrderSystem(base, deadline=deadline)
        try:
            return await system.request_return("draft-1", DRAFT)
        finally:
            await system.close()


async def test_a_passing_failure_is_tried_again_with_the_same_key() -> None:
    script = Scripted((503, {}), (502, b"<html>"), (201, {"data": REQUEST}))
    made = await returned(script)
    assert made.request_no == "RT261122000001"
    assert script.keys == ["draft-1"] * 3


async def test_it_gives_up_after_three_tries() -> None:
    script = Scripted((503, {}))
    with pytest.raises(Unavailable):
        await returned(script)
    assert len(script.keys) == 3


async def test_a_verification_is_never_repeated() -> None:
    script = Scripted((503, {}), (200, {"data": {"outcome": "ok"}}))
    async with serving(script) as base:
        system = HttpOrderSystem(base)
        with pytest.raises(Unavailable):
            await system.verify("1", "2", conversation="c", address=None)
        await system.close()
    assert len(script.keys) == 1


async def test_a_slow_system_is_unavailable_within_the_deadline() -> None:
    started = asyncio.get_running_loop().time()
    with pytest.raises(Unavailable) as error:
        await returned(Scripted((201, {"data": REQUEST}), pause=3), deadline=0.5)
    assert asyncio.get_running_loop().time() - started < 2.5
    assert error.value.code == "order_system_timeout"


async def test_nobody_there_is_unavailable() -> None:
    async with serving(Scripted((200, {}))) as base:
        pass
    system = HttpOrderSystem(base)
    with pytest.raises(Unavailable):
        await system.order("202611010003")
    with pytest.raises(Unavailable):
        await system.ready()
    await system.close()


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"not json"),
        (200, []),
        (200, {"order": 1}),
        (200, {"data": None}),
        (200, {"data": {**REQUEST, "kind": "gift"}}),
        (200, {"data": {**REQUEST, "created_at": "2026-11-22T06:00:00"}}),
        (200, {"data": {key: REQUEST[key] for key in ("kind", "state")}}),
        (401, {"error": {"code": "unauthorized", "message": "没有权限"}}),
        (500, {"error": {"code": "x", "message": "y"}}),
        (302, {}),
        (409, {"error": "text"}),
        (409, {"error": {"code": "x"}}),
    ],
)
async def test_a_strange_answer_is_unavailable_never_a_crash(answer: tuple[int, Any]) -> None:
    with pytest.raises(Unavailable):
        await returned(Scripted(answer))


@pytest.mark.parametrize("status", [400, 404, 409, 422])
async def test_a_refusal_carries_the_store_s_sentence(status: int) -> None:
    body = {"error": {"code": "not_signed", "message": "还没有签收。"}}
    with pytest.raises(Refused) as refused:
        await returned(Scripted((status, body)))
    assert (refused.value.code, refused.value.message) == ("not_signed", "还没有签收。")


def test_the_published_schema_is_the_code_s() -> None:
    assert messages.SCHEMA_FILE.read_text(encoding="utf-8") == messages.schema_text(), (
        "run: python -m aftersales.order_system.http.messages"
    )
    document = json.loads(messages.schema_text())
    jsonschema.Draft202012Validator.check_schema(document)
    check = jsonschema.Draft202012Validator({**document, "$ref": "#/$defs/answered.request"})
    check.validate(
        {**REQUEST, "reason": None, "solution": None, "tracking_no": None, "review": False, "repeated": False}
    )
    with pytest.raises(jsonschema.ValidationError):
        check.validate({**REQUEST, "state": "lost"})


def test_the_page_lists_the_routes() -> None:
    page = (messages.SCHEMA_FILE.parents[1] / "docs" / "order-system-api.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(GET|POST) (/v1/[\w/{}\-]+)", page, re.MULTILINE)
    assert sorted(told) == sorted((one.method, one.path) for one in ROUTES)


def test_every_method_of_the_port_has_a_route() -> None:
    methods = {name for name in vars(OrderSystem) if not name.startswith("_")} - {"close"}
    assert {one.name for one in ROUTES} == methods


def test_the_published_openapi_is_the_code_s() -> None:
    assert OPENAPI_FILE.read_text(encoding="utf-8") == openapi_text(), (
        "run: python -m aftersales.order_system.http.openapi"
    )
    document = json.loads(openapi_text())
    for path in document["paths"].values():
        for operation in path.values():
            for place in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(operation)):
                assert place in document["components"]["schemas"]


@pytest.mark.parametrize(
    "env",
    [
        {"ORDER_SYSTEM_URL": "orders.example.com"},
        {"ORDER_SYSTEM_URL": "ftp://orders.example.com"},
        {"ORDER_SYSTEM_URL": "https://orders.example.com", "ORDER_SYSTEM_TIMEOUT": "soon"},
        {"ORDER_SYSTEM_URL": "https://orders.example.com", "ORDER_SYSTEM_TIMEOUT": "9"},
        {"ORDERS_DATABASE_URL": "mysql://x"},
        {"ORDERS_DATABASE_URL": "nonsense"},
        {"STORE_TZ": "Asia/Nowhere"},
    ],
)
def test_a_wrong_setting_is_one_chinese_line(env: dict[str, str]) -> None:
    with pytest.raises(OrderSettingsError) as error:
        open_order_system(env)
    assert "\n" not in str(error.value)
    assert any(name in str(error.value) for name in env)
