"""`OrderSystem` over HTTP (docs/order-system-api.md)."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import TypeAdapter, ValidationError

from aftersales.order_system import port
from aftersales.order_system.http import messages
from aftersales.order_system.http.breaker import CircuitBreaker
from aftersales.order_system.http.call import Caller
from aftersales.order_system.proof import plain
from aftersales.order_system.settings import DEFAULT_PATIENCE, OrderSettingsError, patience

_Answer = TypeVar("_Answer")
#: What may stand in a path. Anything else a customer types cannot be a number of ours.
_PATH_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,63}")
_NOT_FOUND = "没有找到这笔订单或申请，麻烦您再核对一下编号。"


class HttpOrderSystem:
    """A store's own order system. Errors and idempotency as in `port.OrderSystem`."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        deadline: float = DEFAULT_PATIENCE,
        transport: httpx.AsyncBaseTransport | None = None,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._caller = Caller(base_url, token, deadline, transport=transport, breaker=breaker)

    @property
    def breaker(self) -> CircuitBreaker:
        return self._caller.breaker

    async def ready(self) -> None:
        if await self._caller.ask("GET", "v1/ready") is None:
            raise port.Unavailable("order_system_bad_answer", "订单系统地址不对：没有 /v1/ready。")

    async def close(self) -> None:
        await self._caller.close()

    async def verify(
        self, order_no: str, proof: str, *, conversation: str, address: str | None, key: str | None = None
    ) -> port.VerifyResult:
        body = {
            "order_no": plain(order_no)[:200],
            "proof": proof[:300],
            "conversation": conversation,
            "address": address,
            "key": key,
        }
        found = await self._caller.ask("POST", "v1/verify", body=body, repeatable=False)
        return _parse(messages.VERIFY_RESULT, found)

    # -- reads ---------------------------------------------------------------------------------------------------
    async def order(self, order_no: str) -> port.Order | None:
        return await self._one(messages.ORDER, "v1/orders/{}", order_no)

    async def orders_of(self, phone: str, *, limit: int = 20) -> list[port.Order]:
        body = {"phone": plain(phone), "limit": limit}
        return _parse(messages.ORDERS, await self._caller.ask("POST", "v1/orders/search", body=body))

    async def parcel(self, order_no: str) -> port.Parcel | None:
        return await self._one(messages.PARCEL, "v1/orders/{}/parcel", order_no)

    async def parcel_by_tracking_no(self, tracking_no: str) -> port.Parcel | None:
        return await self._one(messages.PARCEL, "v1/parcels/{}", plain(tracking_no).upper())

    async def refund_progress(self, order_no: str) -> list[port.Refund]:
        return await self._one(messages.REFUNDS, "v1/orders/{}/refunds", order_no) or []

    async def open_request(
        self, order_no: str, item_id: str | None = None, *, kind: port.RequestKind | None = None
    ) -> port.AfterSalesRequest | None:
        query = {name: value for name, value in (("item_id", item_id), ("kind", kind)) if value is not None}
        return await self._one(messages.REQUEST, "v1/orders/{}/open-request", order_no, query)

    async def request(self, request_no: str) -> port.AfterSalesRequest | None:
        return await self._one(messages.REQUEST, "v1/requests/{}", plain(request_no).upper())

    async def requests_of(self, order_no: str) -> list[port.AfterSalesRequest]:
        return await self._one(messages.REQUESTS, "v1/orders/{}/requests", order_no) or []

    async def products(self, search: str, *, limit: int = 5) -> list[port.Product]:
        query = {"search": search[:200], "limit": str(limit)}
        return _parse(messages.PRODUCTS, await self._caller.ask("GET", "v1/products", query=query))

    async def product(self, sku: str) -> port.Product | None:
        return await self._one(messages.PRODUCT, "v1/products/{}", sku)

    async def promotions(self) -> list[port.Promotion]:
        return _parse(messages.PROMOTIONS, await self._caller.ask("GET", "v1/promotions"))

    async def visit_slots(self, order_no: str, item_id: str) -> list[port.VisitSlot]:
        query = {"item_id": item_id}
        return await self._one(messages.VISIT_SLOTS, "v1/orders/{}/visit-slots", order_no, query) or []

    # -- writes --------------------------------------------------------------------------------------------------
    async def urge(self, key: str, order_no: str, what: port.Urge, note: str = "") -> port.AfterSalesRequest:
        return await self._write(key, _path("v1/orders/{}/urge", order_no), {"what": what, "note": note})

    async def cancel(self, key: str, order_no: str, reason: str = "") -> port.AfterSalesRequest:
        return await self._write(key, _path("v1/orders/{}/cancel", order_no), {"reason": reason})

    async def change_address(
        self, key: str, order_no: str, address: str, *, name: str | None = None, phone: str | None = None
    ) -> port.AfterSalesRequest:
        body = {"address": address, "name": name, "phone": phone}
        return await self._write(key, _path("v1/orders/{}/address", order_no), body)

    async def request_invoice(self, key: str, draft: port.InvoiceDraft) -> port.AfterSalesRequest:
        return await self._write(key, "v1/invoices", messages.INVOICE_DRAFT.dump_python(draft, mode="json"))

    async def request_return(self, key: str, draft: port.ReturnDraft) -> port.AfterSalesRequest:
        return await self._write(key, "v1/returns", messages.RETURN_DRAFT.dump_python(draft, mode="json"))

    async def leave_ticket(
        self, key: str, *, order_no: str | None, category: str, description: str, contact: str | None = None
    ) -> port.AfterSalesRequest:
        body = {"order_no": order_no, "category": category, "description": description, "contact": contact}
        return await self._write(key, "v1/tickets", body)

    async def attach_note(
        self, key: str, request_no: str, kind: port.NoteKind, text: str
    ) -> port.AfterSalesRequest:
        path = _path("v1/requests/{}/notes", plain(request_no).upper())
        return await self._write(key, path, {"kind": kind, "text": text})

    async def withdraw(self, key: str, request_no: str, reason: str = "") -> port.AfterSalesRequest:
        path = _path("v1/requests/{}/withdraw", plain(request_no).upper())
        return await self._write(key, path, {"reason": reason})

    async def change_request(
        self, key: str, request_no: str, change: port.RequestChange
    ) -> port.AfterSalesRequest:
        path = _path("v1/requests/{}/change", plain(request_no).upper())
        return await self._write(key, path, messages.REQUEST_CHANGE.dump_python(change, mode="json"))

    async def book_visit(self, key: str, request_no: str, slot_id: str) -> port.AfterSalesRequest:
        path = _path("v1/requests/{}/visit", plain(request_no).upper())
        return await self._write(key, path, {"slot_id": slot_id[:64]})

    async def intercept(self, key: str, order_no: str, reason: str = "") -> port.AfterSalesRequest:
        return await self._write(key, _path("v1/orders/{}/intercept", order_no), {"reason": reason})

    async def claim(
        self, key: str, order_no: str, wish: port.ClaimWish, *, description: str = ""
    ) -> port.AfterSalesRequest:
        body = {"wish": wish, "description": description}
        return await self._write(key, _path("v1/orders/{}/claim", order_no), body)

    async def change_item(
        self,
        key: str,
        order_no: str,
        item_id: str,
        *,
        quantity: int | None = None,
        colour: str | None = None,
        size: str | None = None,
    ) -> port.AfterSalesRequest:
        path = f"{_path('v1/orders/{}', order_no)}/{_path('items/{}', item_id)}"
        return await self._write(key, path, {"quantity": quantity, "colour": colour, "size": size})

    async def change_note(self, key: str, order_no: str, note: str) -> port.AfterSalesRequest:
        return await self._write(key, _path("v1/orders/{}/note", order_no), {"note": note})

    async def reissue_invoice(self, key: str, draft: port.InvoiceDraft) -> port.AfterSalesRequest:
        return await self._write(
            key, "v1/invoices/reissue", messages.INVOICE_DRAFT.dump_python(draft, mode="json")
        )

    async def compensate(
        self, key: str, order_no: str, amount: Decimal, kind: port.CompensationKind, *, by: str
    ) -> port.AfterSalesRequest:
        body = {"amount": str(amount), "kind": kind, "by": by}
        return await self._write(key, _path("v1/orders/{}/compensation", order_no), body)

    async def _write(self, key: str, path: str, body: Mapping[str, Any]) -> port.AfterSalesRequest:
        if not key or not key.isascii() or not key.isprintable() or len(key) > 200:
            raise port.Refused("invalid", "这个请求缺少有效的编号，请重新提交一次。")
        return _parse(messages.REQUEST, await self._caller.ask("POST", path, body=body, key=key))

    async def _one(
        self, adapter: TypeAdapter[_Answer], path: str, number: str, query: dict[str, str] | None = None
    ) -> _Answer | None:
        """One thing by its number; None when there is none, also for what cannot be a number."""
        try:
            where = _path(path, number)
        except port.Refused:
            return None
        found = await self._caller.ask("GET", where, query=query)
        return None if found is None else _parse(adapter, found)


def _path(pattern: str, number: str) -> str:
    value = plain(number)
    if not _PATH_SAFE.fullmatch(value):
        raise port.Refused("not_found", _NOT_FOUND)
    return pattern.format(value)


def _parse(adapter: TypeAdapter[_Answer], data: Any) -> _Answer:
    try:
        parsed = adapter.validate_python(data)
        _check_moments(parsed)
        return parsed
    except (ValidationError, ValueError) as error:
        raise port.Unavailable("order_system_bad_answer", "订单系统返回异常，请稍后再试。") from error


def _check_moments(value: Any) -> None:
    """A time without a zone could be off by eight hours: refuse it."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
    elif isinstance(value, list | tuple):
        for one in value:
            _check_moments(one)
    elif is_dataclass(value):
        for field in fields(value):
            _check_moments(getattr(value, field.name))


def open_http(env: Mapping[str, str]) -> HttpOrderSystem:
    """`HttpOrderSystem` on ORDER_SYSTEM_URL with ORDER_SYSTEM_TOKEN and ORDER_SYSTEM_TIMEOUT (seconds for a whole call)."""
    url = env.get("ORDER_SYSTEM_URL", "").strip()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OrderSettingsError(f"ORDER_SYSTEM_URL 必须是 http(s):// 开头的完整地址（现在是 {url!r}）")
    return HttpOrderSystem(url, token=env.get("ORDER_SYSTEM_TOKEN") or None, deadline=patience(env))
