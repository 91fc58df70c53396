"""Any `OrderSystem` behind docs/order-system-api.md: requests and answers checked against the published schema.

Tests run the adapter suite through it; an integrator can read it as an example.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema
from pydantic import TypeAdapter, ValidationError

from aftersales.order_system import OrderSystem
from aftersales.order_system.http import messages
from aftersales.order_system.http.routes import ROUTES, Route
from aftersales.order_system.port import OrderSystemError, Refused, Unavailable

Answer = tuple[int, Any]
_SCHEMA = messages.schema()
_STATUS = {"not_found": 404, "invalid": 422}


@cache
def _validator(name: str) -> Any:
    return jsonschema.Draft202012Validator({**_SCHEMA, "$ref": f"#/$defs/{name}"})


class Request:
    """One HTTP request as a handler sees it."""

    def __init__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        parts = urlsplit(target)
        self.method, self.path = method, unquote(parts.path)
        self.query = dict(parse_qsl(parts.query))
        self.headers = headers
        self.body = body

    @property
    def key(self) -> str:
        """The Idempotency-Key of a write."""
        return self.headers.get("idempotency-key", "")


#: `numbers` are those in the path, as many as the route has.
Run = Callable[[Request, Any, Any], Awaitable[Any]]


class ReferenceServer:
    """Answers requests of the routes of http/routes.py from an order system. `token`: what callers must bring."""

    def __init__(self, system: OrderSystem, token: str) -> None:
        self._system = system
        self._token = token
        self._run = _runs(system)

    async def handle(self, request: Request) -> Answer:
        """Status and JSON body; an error is one of the API's errors, never an exception."""
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return _problem(401, "unauthorized", "没有权限。")
        for route in ROUTES:
            found = route.pattern.fullmatch(request.path)
            if found and route.method == request.method:
                return await self._answer(route, request, found.groups())
        return _problem(404, "not_found", "没有这个地址。")

    async def _answer(self, route: Route, request: Request, numbers: tuple[str, ...]) -> Answer:
        try:
            body = _received(route.received, request.body) if route.received else None
            value = await self._run[route.name](request, numbers, body)
        except (jsonschema.ValidationError, ValidationError, ValueError):
            return _problem(422, "invalid", "请求内容不完整或格式不对。")
        except Refused as refused:
            return _problem(_STATUS.get(refused.code, 409), refused.code, refused.message)
        except Unavailable as away:
            return _problem(503, away.code, away.message)
        except OrderSystemError as other:
            return _problem(500, other.code, other.message)
        if route.answered is None:
            return 200, {"data": {"ready": True}}
        if value is None:
            return _problem(404, "not_found", "没有找到。")
        data = _FORMS[route.answered, route.listed].dump_python(value, mode="json")
        for one in data if route.listed else [data]:
            _validator(f"answered.{route.answered}").validate(one)
        return 201 if route.write and not value.repeated else 200, {"data": data}


def _received(name: str, body: bytes) -> Any:
    """The body, checked against the published schema and then by its type."""
    told = json.loads(body or b"{}")
    _validator(f"received.{name}").validate(told)
    return messages.RECEIVED[name].validate_python(told)


def _runs(system: OrderSystem) -> dict[str, Run]:
    """How each route asks the order system: by the request, the numbers in its path and its body."""
    return {
        "ready": lambda request, numbers, body: system.ready(),
        "verify": lambda request, numbers, body: system.verify(
            body.order_no, body.proof, conversation=body.conversation, address=body.address, key=body.key
        ),
        "orders_of": lambda request, numbers, body: system.orders_of(body.phone, limit=body.limit),
        "order": lambda request, numbers, body: system.order(numbers[0]),
        "parcel": lambda request, numbers, body: system.parcel(numbers[0]),
        "parcel_by_tracking_no": lambda request, numbers, body: system.parcel_by_tracking_no(numbers[0]),
        "refund_progress": lambda request, numbers, body: system.refund_progress(numbers[0]),
        "requests_of": lambda request, numbers, body: system.requests_of(numbers[0]),
        "open_request": lambda request, numbers, body: system.open_request(
            numbers[0],
            request.query.get("item_id"),
            kind=request.query.get("kind"),  # type: ignore[arg-type]
        ),
        "visit_slots": lambda request, numbers, body: system.visit_slots(
            numbers[0], request.query.get("item_id", "")
        ),
        "request": lambda request, numbers, body: system.request(numbers[0]),
        "products": lambda request, numbers, body: system.products(
            request.query.get("search", ""), limit=int(request.query.get("limit", "5"))
        ),
        "product": lambda request, numbers, body: system.product(numbers[0]),
        "promotions": lambda request, numbers, body: system.promotions(),
        "urge": lambda request, numbers, body: system.urge(request.key, numbers[0], body.what, body.note),
        "cancel": lambda request, numbers, body: system.cancel(request.key, numbers[0], body.reason),
        "change_address": lambda request, numbers, body: system.change_address(
            request.key, numbers[0], body.address, name=body.name, phone=body.phone
        ),
        "change_item": lambda request, numbers, body: system.change_item(
            request.key, numbers[0], numbers[1], quantity=body.quantity, colour=body.colour, size=body.size
        ),
        "change_note": lambda request, numbers, body: system.change_note(request.key, numbers[0], body.note),
        "intercept": lambda request, numbers, body: system.intercept(request.key, numbers[0], body.reason),
        "claim": lambda request, numbers, body: system.claim(
            request.key, numbers[0], body.wish, description=body.description
        ),
        "compensate": lambda request, numbers, body: system.compensate(
            request.key, numbers[0], body.amount, body.kind, by=body.by
        ),
        "request_invoice": lambda request, numbers, body: system.request_invoice(request.key, body),
        "reissue_invoice": lambda request, numbers, body: system.reissue_invoice(request.key, body),
        "request_return": lambda request, numbers, body: system.request_return(request.key, body),
        "leave_ticket": lambda request, numbers, body: system.leave_ticket(request.key, **body.model_dump()),
        "attach_note": lambda request, numbers, body: system.attach_note(
            request.key, numbers[0], body.kind, body.text
        ),
        "withdraw": lambda request, numbers, body: system.withdraw(request.key, numbers[0], body.reason),
        "change_request": lambda request, numbers, body: system.change_request(request.key, numbers[0], body),
        "book_visit": lambda request, numbers, body: system.book_visit(request.key, numbers[0], body.slot_id),
    }


def _form(route: Route) -> TypeAdapter[Any]:
    one = messages.ANSWERED[str(route.answered)]
    return TypeAdapter(list[one._type]) if route.listed else one  # type: ignore[name-defined]


_FORMS = {(one.answered, one.listed): _form(one) for one in ROUTES if one.answered}


def _problem(status: int, code: str, message: str) -> Answer:
    body = {"error": {"code": code, "message": message}}
    _validator("answered.error").validate(body)
    return status, body
