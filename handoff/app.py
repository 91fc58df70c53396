"""One worker's Sanic application: routes, headers and errors around the parts that handoff/bootstrap.py made."""

import logging
from collections.abc import Callable, Coroutine
from functools import partial
from json import dumps as to_json
from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import BaseHTTPResponse, empty, json

from handoff.addresses import is_own_origin
from handoff.bootstrap import Bootstrap
from handoff.errors import ApiError
from handoff.openapi.document import openapi_bytes
from handoff.routes import ROUTES, Permission, Route
from handoff.service import service_of
from handoff.telemetry.metrics import REFUSED
from handoff.transport.limiter import (
    THIS_MACHINE,
    ConnectionLimiter,
    most_connections,
    raise_open_files_limit,
)

log = logging.getLogger("handoff.app")

LARGEST_UPLOAD = 52 * 1024 * 1024
"""A video of 50 MB and its multipart envelope: so much of a refused upload is drained, so that its sender reads why.
Every other body is held to transport.http1.LARGEST_BODY."""

PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


_dumps = partial(to_json, ensure_ascii=False, separators=(",", ":"))


def build_app(bootstrap: Bootstrap, name: str = "anke") -> Sanic[Any, Any]:
    """The application; the worker's parts live from its start to its stop, in its own event loop."""
    settings = bootstrap.settings
    app: Sanic[Any, Any] = Sanic(name, configure_logging=False, dumps=_dumps)
    app.config.update(
        REQUEST_MAX_SIZE=LARGEST_UPLOAD,
        REQUEST_TIMEOUT=settings.head_seconds,
        RESPONSE_TIMEOUT=90,
        KEEP_ALIVE_TIMEOUT=75,
        GRACEFUL_SHUTDOWN_TIMEOUT=3.0,
        WEBSOCKET_MAX_SIZE=256 * 1024,
        WEBSOCKET_PING_INTERVAL=20,
        WEBSOCKET_PING_TIMEOUT=20,
        FALLBACK_ERROR_FORMAT="json",
        ACCESS_LOG=False,
    )
    app.ctx.limiter = ConnectionLimiter(
        most_connections(raise_open_files_limit()),
        settings.connections_per_address,
        (*THIS_MACHINE, *settings.trusted_proxies),
    )
    app.ctx.head_seconds, app.ctx.body_seconds = settings.head_seconds, settings.body_seconds
    app.ctx.openapi = openapi_bytes()
    for route in ROUTES:
        _add(app, route)

    async def start(app: Sanic[Any, Any]) -> None:
        app.ctx.service = await bootstrap.start()

    async def stop(app: Sanic[Any, Any]) -> None:
        await bootstrap.stop(app.ctx.service)

    app.register_listener(start, "before_server_start")
    app.register_listener(stop, "before_server_stop")
    app.middleware("request")(_preflight)
    app.middleware("response")(_secure)
    app.exception(ApiError)(_api_error)
    app.exception(SanicException)(_sanic_error)
    app.exception(Exception)(_unexpected)
    return app


def _add(app: Sanic[Any, Any], route: Route) -> None:
    name = (
        f"{route.method}_{route.path}".replace("/", "_").replace("<", "").replace(">", "").replace(":", "_")
    )
    if route.method == "SOCKET":
        app.add_websocket_route(route.handler, route.path, name=name)
    else:
        handler = _guarded(route.permission, route.handler)
        app.add_route(handler, route.path, methods=[route.method], name=name, stream=route.stream)


def _guarded(permission: Permission, handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler behind its permission."""

    async def guarded(request: Request, **path: Any) -> HTTPResponse:
        await permission(request)
        answer: Coroutine[Any, Any, HTTPResponse] = handler(request, **path)
        return await answer

    return guarded


async def _preflight(request: Request) -> HTTPResponse | None:
    """A browser asks whether a store's page may call us (ALLOWED_ORIGINS); agents' addresses are never shared."""
    if request.method == "OPTIONS" and request.path.startswith("/api/"):
        return empty(status=204)
    return None


async def _secure(request: Request, response: BaseHTTPResponse) -> HTTPResponse | None:
    """Headers of every answer; one that a handler has set is kept (uploads are sandboxed)."""
    log.debug("%s %s %d", request.method, request.uri_template or "?", response.status)
    headers = response.headers
    api = request.path.startswith("/api/")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Content-Security-Policy", API_POLICY if api else PAGE_POLICY)
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault(
        "Cross-Origin-Resource-Policy", "cross-origin" if _shared(request.path) else "same-origin"
    )
    if api:
        headers.setdefault("Cache-Control", "no-store")
    if _is_script(request.path):  # nothing private in it, and a browser asks for a module only so
        headers["Access-Control-Allow-Origin"] = "*"
        return None
    origin = request.headers.get("origin")
    if origin is None or not _shared(request.path):
        return None
    headers["Vary"] = "Origin"
    allowed = service_of(request).settings.allowed_origins
    if origin.lower() in allowed or is_own_origin(request, origin):
        headers["Access-Control-Allow-Origin"] = origin
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = "GET, POST"
            headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            headers["Access-Control-Max-Age"] = "600"
        headers["Access-Control-Expose-Headers"] = "Retry-After"
    return None


def _shared(path: str) -> bool:
    """What a store's own page may use: the widget and the customers' API."""
    return _is_script(path) or path.startswith(("/api/v1/conversations", "/api/v1/uploads"))


def _is_script(path: str) -> bool:
    """The loader and what it loads on the first open."""
    return path == "/widget.js" or path.startswith("/widget/")


async def _api_error(_request: Request, error: ApiError) -> HTTPResponse:
    REFUSED.labels(error.code).inc()
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return json(error.body(), status=error.status, headers=headers)


_SANIC_WORDS = {
    400: ("invalid", "请求格式不正确。"),
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "不支持这种请求方法。"),
    408: ("timeout", "请求超时，请重试。"),
    413: ("too_large", "内容太大了。"),
    416: ("range", "请求的范围无效。"),
}


async def _sanic_error(_request: Request, error: SanicException) -> HTTPResponse:
    status = error.status_code or 500
    other = _SANIC_WORDS[400] if status < 500 else ("internal", "服务器开小差了，请稍后再试。")
    code, message = _SANIC_WORDS.get(status, other)
    if status >= 500:
        log.error("a request failed: %s", type(error).__name__, exc_info=error)
    REFUSED.labels(code).inc()
    headers = {key: str(value) for key, value in (error.headers or {}).items()}
    return json({"error": {"code": code, "message": message}}, status=status, headers=headers)


async def _unexpected(request: Request, error: Exception) -> HTTPResponse:
    log.error("%s %s failed", request.method, request.uri_template or "?", exc_info=error)
    REFUSED.labels("internal").inc()
    return json({"error": {"code": "internal", "message": "服务器开小差了，请稍后再试。"}}, status=500)
