"""The smallest server that keeps docs/order-system-api.md: the SQL adapter behind real sockets.

Tests run the adapter suite through it; an integrator can read it as an example.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import h11
import jsonschema
from pydantic import TypeAdapter, ValidationError

from aftersales.order_system import OrderSystem
from aftersales.order_system.http import messages
from aftersales.order_system.port import AfterSalesRequest, Refused, Unavailable

TOKEN = "a-shared-secret"
Answer = tuple[int, Any]
_SCHEMA = messages.schema()


@cache
def _validator(name: str) -> Any:
    return jsonschema.Draft202012Validator({**_SCHEMA, "$ref": f"#/$defs/{name}"})


def _check(name: str, told: Any) -> None:
    _validator(name).validate(told)


class _Request:
    def __init__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        parts = urlsplit(target)
        self.method, self.path = method, unquote(parts.path)
        self.query = dict(parse_qsl(parts.query))
        self.headers = headers
        self.body = body

    @property
    def key(self) -> str:
        return self.headers.get("idempotency-key", "")

    def read(self, name: str, form: Any) -> Any:
        """The body, checked against the published schema and then by the type."""
        told = json.loads(self.body or b"{}")
        _check(f"received.{name}", told)
        return TypeAdapter(form).validate_python(told)


class ReferenceServer:
    def __init__(self, system: OrderSystem) -> None:
        self.system = system
        self.seen: list[str] = []  # "METHOD path" of every request
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Awaitable[Answer]]]] = [
            ("GET", re.compile(r"/v1/ready"), self._ready),
            ("POST", re.compile(r"/v1/verify"), self._verify),
            ("POST", re.compile(r"/v1/orders/search"), self._orders),
            ("GET", re.compile(r"/v1/orders/([^/]+)"), self._get("order", messages.ORDER, self.system.order)),
            (
                "GET",
                re.compile(r"/v1/orders/([^/]+)/parcel"),
                self._get("parcel", messages.PARCEL, self.system.parcel),
            ),
            (
                "GET",
                re.compile(r"/v1/parcels/([^/]+)"),
                self._get("parcel", messages.PARCEL, self.system.parcel_by_tracking_no),
            ),
            (
                "GET",
                re.compile(r"/v1/orders/([^/]+)/refunds"),
                self._get("refund", messages.REFUNDS, self.system.refund_progress),
            ),
            (
                "GET",
                re.compile(r"/v1/orders/([^/]+)/requests"),
                self._get("request", messages.REQUESTS, self.system.requests_of),
            ),
            ("GET", re.compile(r"/v1/orders/([^/]+)/open-request"), self._open_request),
            (
                "GET",
                re.compile(r"/v1/requests/([^/]+)"),
                self._get("request", messages.REQUEST, self.system.request),
            ),
            ("GET", re.compile(r"/v1/products"), self._products),
            (
                "GET",
                re.compile(r"/v1/products/([^/]+)"),
                self._get("product", messages.PRODUCT, self.system.product),
            ),
            ("GET", re.compile(r"/v1/promotions"), self._promotions),
            ("POST", re.compile(r"/v1/orders/([^/]+)/urge"), self._urge),
            ("POST", re.compile(r"/v1/orders/([^/]+)/cancel"), self._cancel),
            ("POST", re.compile(r"/v1/orders/([^/]+)/address"), self._address),
            ("POST", re.compile(r"/v1/invoices"), self._invoice),
            ("POST", re.compile(r"/v1/returns"), self._return),
            ("POST", re.compile(r"/v1/tickets"), self._ticket),
            ("POST", re.compile(r"/v1/requests/([^/]+)/notes"), self._note),
        ]

    async def handle(self, request: _Request) -> Answer:
        self.seen.append(f"{request.method} {request.path}")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _problem(401, "unauthorized", "没有权限。")
        for method, pattern, answer in self._routes:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                try:
                    return await answer(request, *found.groups())
                except (jsonschema.ValidationError, ValidationError, json.JSONDecodeError):
                    return _problem(422, "invalid", "请求内容不完整或格式不对。")
                except Refused as refused:
                    status = 404 if refused.code == "not_found" else 409
                    return _problem(status, refused.code, refused.message)
                except Unavailable as away:
                    return _problem(503, away.code, away.message)
        return _problem(404, "not_found", "没有这个地址。")

    async def _ready(self, request: _Request) -> Answer:
        await self.system.ready()
        return 200, {"data": {"ready": True}}

    async def _verify(self, request: _Request) -> Answer:
        asked = request.read("verify", messages.VerifyBody)
        result = await self.system.verify(
            asked.order_no,
            asked.proof,
            conversation=asked.conversation,
            address=asked.address,
            key=asked.key,
        )
        return _data("verify-result", messages.VERIFY_RESULT, result)

    async def _orders(self, request: _Request) -> Answer:
        asked = request.read("orders", messages.OrdersBody)
        return _data("order", messages.ORDERS, await self.system.orders_of(asked.phone, limit=asked.limit))

    def _get(
        self, name: str, form: TypeAdapter[Any], read: Callable[[str], Awaitable[Any]]
    ) -> Callable[..., Awaitable[Answer]]:
        async def answer(request: _Request, number: str) -> Answer:
            return _data(name, form, await read(number))

        return answer

    async def _open_request(self, request: _Request, number: str) -> Answer:
        kind: Any = request.query.get("kind")
        found = await self.system.open_request(number, request.query.get("item_id"), kind=kind)
        return _data("request", messages.REQUEST, found)

    async def _products(self, request: _Request) -> Answer:
        limit = int(request.query.get("limit", "5"))
        return _data(
            "product",
            messages.PRODUCTS,
            await self.system.products(request.query.get("search", ""), limit=limit),
        )

    async def _promotions(self, request: _Request) -> Answer:
        return _data("promotion", messages.PROMOTIONS, await self.system.promotions())

    async def _urge(self, request: _Request, number: str) -> Answer:
        asked = request.read("urge", messages.UrgeBody)
        return _made(await self.system.urge(request.key, number, asked.what, asked.note))

    async def _cancel(self, request: _Request, number: str) -> Answer:
        asked = request.read("cancel", messages.CancelBody)
        return _made(await self.system.cancel(request.key, number, asked.reason))

    async def _address(self, request: _Request, number: str) -> Answer:
        asked = request.read("address", messages.AddressBody)
        return _made(
            await self.system.change_address(
                request.key, number, asked.address, name=asked.name, phone=asked.phone
            )
        )

    async def _invoice(self, request: _Request) -> Answer:
        draft = request.read("invoice", messages.INVOICE_DRAFT._type)
        return _made(await self.system.request_invoice(request.key, draft))

    async def _return(self, request: _Request) -> Answer:
        draft = request.read("return", messages.RETURN_DRAFT._type)
        return _made(await self.system.request_return(request.key, draft))

    async def _ticket(self, request: _Request) -> Answer:
        asked = request.read("ticket", messages.TicketBody)
        return _made(
            await self.system.leave_ticket(
                request.key,
                order_no=asked.order_no,
                category=asked.category,
                description=asked.description,
                contact=asked.contact,
            )
        )

    async def _note(self, request: _Request, number: str) -> Answer:
        asked = request.read("note", messages.NoteBody)
        return _made(await self.system.attach_note(request.key, number, asked.kind, asked.text))


def _data(name: str, form: TypeAdapter[Any], value: Any) -> Answer:
    if value is None:
        return _problem(404, "not_found", "没有找到。")
    data = form.dump_python(value, mode="json")
    for one in data if isinstance(data, list) else [data]:
        _check(f"answered.{name}", one)
    return 200, {"data": data}


def _made(request: AfterSalesRequest) -> Answer:
    status, body = _data("request", messages.REQUEST, request)
    return (200 if request.repeated else 201) if status == 200 else status, body


def _problem(status: int, code: str, message: str) -> Answer:
    body = {"error": {"code": code, "message": message}}
    _check("answered.error", body)
    return status, body


@asynccontextmanager
async def serving(handle: Callable[[_Request], Awaitable[Answer]]) -> Any:
    """Serve `handle` on a free loopback port; gives the base URL."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            while True:
                request, body = None, b""
                while True:
                    event = connection.next_event()
                    if event is h11.NEED_DATA:
                        connection.receive_data(await reader.read(65536))
                    elif isinstance(event, h11.Request):
                        request = event
                    elif isinstance(event, h11.Data):
                        body += event.data
                    elif isinstance(event, h11.EndOfMessage):
                        break
                    else:
                        return
                headers = {name.decode(): value.decode() for name, value in request.headers}
                status, answer = await handle(
                    _Request(request.method.decode(), request.target.decode(), headers, body)
                )
                payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                head = h11.Response(
                    status_code=status,
                    headers=[("content-type", "application/json"), ("content-length", str(len(payload)))],
                )
                for part in (head, h11.Data(data=payload), h11.EndOfMessage()):
                    writer.write(connection.send(part) or b"")
                await writer.drain()
                if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                    return
                connection.start_next_cycle()
        except (ConnectionError, h11.RemoteProtocolError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
