"""OpenAPI 3.1 of every address: `ROUTES` says method, path and permission, the handler the rest (described.py), contracts/ the
schemas. `python -m handoff.openapi.document` prints it; a worker answers with it at /api/v1/openapi.json.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from handoff.auth.sessions import COOKIE
from handoff.channels.http import program_of_channel
from handoff.gateway.http import customer_of_conversation
from handoff.notifications import EVENTS
from handoff.openapi.described import Media, Operation, Parameter, operation_of
from handoff.openapi.schemas import Components
from handoff.routes import ROUTES, Route, everybody

JSON = "application/json"
SOCKET = "SOCKET"
_ABOUT = """\
What customers' widgets, agents' consoles and other programs use; docs/protocol.md says what it means.
Times are RFC 3339 UTC. What is sent may have further keys, which are ignored. Every refusal is `{"error":{"code","message"}}`: a \
stable code for programs, one Chinese sentence for a person. Another method than the listed ones is 405; `OPTIONS` is answered for \
ALLOWED_ORIGINS. The two sockets are told by `x-frames`.
"""
_SECURITY: dict[str, dict[str, Any]] = {
    "conversation": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token that opened this conversation.",
    },
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Set by the login."},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "`csrf` of the login: whatever a session writes.",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Anke-Signature",
        "description": 't=<unix>,v1=<hex HMAC-SHA256 of "t.body"> with the secret of the channel.',
    },
    "address": {
        "type": "apiKey",
        "in": "query",
        "name": "s",
        "description": "The signature of an address that was given out.",
    },
    "metrics": {"type": "http", "scheme": "bearer", "description": "METRICS_TOKEN; not needed on loopback."},
}
_REFUSALS = {
    400: "invalid: no proper HTTP request",
    401: "unauthorized (wrong_login): credentials missing, wrong or over",
    403: "forbidden, not_verified: not with this role, from this page, or without the CSRF token",
    404: "not_found: missing, or not the caller's",
    408: "timeout: head or body did not arrive in time",
    409: "conflict, stale, reload, not_here, has_chats: true no more; read again",
    413: "too_large",
    416: "range",
    422: "invalid (of uploads also unsupported_file, broken_file, empty_file, no_file, interrupted)",
    426: "invalid: the address of a socket, asked without an upgrade",
    429: "too_many: see Retry-After",
    503: "busy, storage_full: nothing was kept; see Retry-After",
}
_ANY_REQUEST = (400, 408, 413, 503)
"""By what any address can refuse a request: its form, its time, its size; and when nothing can be read or kept just now."""
_PATH_PARAMETER = re.compile(r"<(\w+):\w+>")
_PERMISSIONS: dict[Callable[..., Any], tuple[str, tuple[int, ...]]] = {
    customer_of_conversation: ("conversation", (401, 404)),
    program_of_channel: ("signature", (401, 404)),
}
"""What a permission asks for and how it refuses. Every other one but `everybody` asks for the session of a person at the desk."""
_TAGS = (
    ("/api/v1/agent/cases", "cases"),
    ("/api/v1/agent", "desk"),
    ("/api/v1/channels", "channels"),
    ("/api/v1/", "customers"),
)


class Undescribed(Exception):
    """A route whose handler does not say what it takes and answers."""


def openapi(routes: Iterable[Route] = ROUTES) -> dict[str, Any]:
    """The document; Undescribed names a route without @described, UnknownSchema a schema that contracts/ do not have."""
    components = Components()
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(path_of(route), {})[method_of(route)] = _operation(route, components)
    webhooks = {event: {"post": _webhook(event, components)} for event in EVENTS}
    error = _content(components.reference("customer-http#error"))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Anke 安客", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "securitySchemes": _SECURITY,
            "responses": {
                str(status): {"description": about, **error, **_retry(status)}
                for status, about in _REFUSALS.items()
            },
            "schemas": dict(sorted(components.found.items())),
        },
    }


def openapi_bytes() -> bytes:
    return json.dumps(openapi(), ensure_ascii=False, separators=(",", ":")).encode()


def path_of(route: Route) -> str:
    """The path as OpenAPI writes it."""
    return _PATH_PARAMETER.sub(r"{\1}", route.path)


def method_of(route: Route) -> str:
    """In lower case; a socket is opened by GET."""
    return "get" if route.method == SOCKET else route.method.lower()


def _operation(route: Route, components: Components) -> dict[str, Any]:
    said = operation_of(route.handler)
    if said is None:
        raise Undescribed(
            f"{route.method} {route.path}: put @described(…) on {route.handler.__module__}.{route.handler.__name__}"
        )
    in_path = _PATH_PARAMETER.findall(route.path)
    parameters = [
        {"name": one, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for one in in_path
    ]
    told: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": said.summary,
        "tags": [next((tag for start, tag in _TAGS if route.path.startswith(start)), "operators and pages")],
        "responses": _responses(route, said, bool(in_path), components),
    }
    if route.handler.__doc__:
        told["description"] = " ".join(route.handler.__doc__.split())
    if parameters or said.parameters:
        told["parameters"] = parameters + [_parameter(one) for one in said.parameters]
    if said.takes is not None:
        told["requestBody"] = {"required": not said.takes_may_miss, **_body(said.takes, components)}
    if security := _security(route, said):
        told["security"] = security
    if said.frames is not None:
        told["x-frames"] = components.reference(said.frames)
    return told


def _responses(route: Route, said: Operation, in_path: bool, components: Components) -> dict[str, Any]:
    found: dict[str, Any] = {
        str(status): {"description": _good(status), **_body(answer, components)}
        for status, answer in said.answers.items()
    }
    refused = set(said.refuses) | set(_permission(route)[1])
    if route.path.startswith("/api/"):
        refused |= {*_ANY_REQUEST, *([404] if in_path else [])}
    if said.takes is not None or said.parameters:
        refused.add(422)
    for status in sorted(refused):
        found.setdefault(str(status), {"$ref": f"#/components/responses/{status}"})
    return found


def _permission(route: Route) -> tuple[str | None, tuple[int, ...]]:
    """Which credentials the permission of the route asks for, and its refusals."""
    if route.permission is everybody:
        return None, ()
    return _PERMISSIONS.get(route.permission, ("session", (401, 403)))


def _security(route: Route, said: Operation) -> list[dict[str, list[str]]]:
    scheme, _ = _permission(route)
    schemes = said.security if scheme is None else (scheme,)
    writes: dict[str, list[str]] = {"csrf": []} if route.method == "POST" else {}
    return [{one: [], **(writes if one == "session" else {})} for one in schemes]


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": one.where,
        "required": one.needed,
        "schema": dict(one.schema),
        "description": one.about,
    }


def _body(body: str | Media | None, components: Components) -> dict[str, Any]:
    if body is None:
        return {}
    if isinstance(body, Media):
        return {"content": {body.type: {"schema": dict(body.schema)} if body.schema else {}}}
    return _content(components.reference(body))


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {JSON: {"schema": schema}}}


def _retry(status: int) -> dict[str, Any]:
    if status not in (429, 503):
        return {}
    return {"headers": {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}}


def _good(status: int) -> str:
    return {
        101: "the socket is open",
        200: "done; of a repeat: it was done before",
        201: "made",
        202: "taken",
        206: "a part of it",
        302: "elsewhere",
    }.get(status, "told in the body")


def _operation_id(route: Route) -> str:
    words = re.findall(r"[a-z0-9]+", _PATH_PARAMETER.sub(r"by \1", route.path.removeprefix("/api/v1")))
    return "_".join([route.method.lower(), *words]) if words else f"{route.method.lower()}_root"


def _webhook(event: str, components: Components) -> dict[str, Any]:
    return {
        "operationId": f"told_{event.replace('.', '_')}",
        "summary": f"{event}, to each address of NOTIFY_URLS (docs/notifications.md)",
        "tags": ["notifications"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
            for name in ("X-Anke-Event", "X-Anke-Event-Id", "X-Anke-Signature")
        ],
        "requestBody": {"required": True, **_content(components.reference(f"notification#{event}"))},
        "responses": {"2XX": {"description": "taken; everything else is tried again, 410 is not"}},
    }


if __name__ == "__main__":
    print(json.dumps(openapi(), ensure_ascii=False, indent=1))
