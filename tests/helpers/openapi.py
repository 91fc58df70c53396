"""Holds requests and answers of the running service against its own OpenAPI document."""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx
import jsonschema_rs

from handoff.edge.text import clean_text
from handoff.openapi.document import openapi

JSON = "application/json"


class NotAsDescribed(AssertionError):
    """The service did what its document does not say."""


@cache
def document() -> dict[str, Any]:
    return openapi()


@cache
def _operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    """(method, pattern of the path, operation), the most specific path first."""
    found = []
    for path, item in document()["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
        whole = path.endswith("/{path}")  # the files of the built pages: any path
        if whole:
            pattern = pattern.replace("[^/]+", ".+")
        for method, operation in item.items():
            found.append(
                ((whole, path.count("{")), method.upper(), re.compile(pattern, re.DOTALL), operation)
            )
    return [one[1:] for one in sorted(found, key=lambda one: one[0])]


def operation_at(method: str, path: str) -> dict[str, Any] | None:
    return next((one for m, pattern, one in _operations() if m == method and pattern.fullmatch(path)), None)


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    components = {"components": {"schemas": document()["components"]["schemas"]}}
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), **components}, validate_formats=True)


def mistakes(schema: dict[str, Any], value: Any) -> list[str]:
    """Where `value` breaks the schema; nothing when it does not."""
    found = _validator(json.dumps(schema)).iter_errors(value)
    return [f"{'/'.join(map(str, one.instance_path))}: {one.message[:200]}" for one in found]


def cleaned(value: Any) -> Any:
    """The same JSON with its texts as the service reads them: their length counts without control characters and outer blanks."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {key: cleaned(one) for key, one in value.items()}
    return [cleaned(one) for one in value] if isinstance(value, list) else value


def check_exchange(
    method: str,
    path: str,
    query: str,
    sent: bytes | None,
    status: int,
    content_type: str,
    body: bytes,
    *,
    strangers: bool = False,
) -> None:
    """NotAsDescribed: an address, status, content type or body that the document does not have, or a request that it would not
    have let through and that the service took. `strangers`: parameters that it does not have are no mistake."""
    where = f"{method} {path} → {status}"
    operation = operation_at(method, unquote(path))
    if operation is None:
        if status < 400:
            raise NotAsDescribed(f"{where}: the document has no such address")
        _check_error(where, status, body)
        return
    answer = operation["responses"].get(str(status))
    if answer is None:
        raise NotAsDescribed(f"{where}: this status is not described; only {sorted(operation['responses'])}")
    if "$ref" in answer:
        answer = document()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    content = answer.get("content")
    _check_body(where, content, content_type.partition(";")[0], body)
    if status < 300:
        known = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        schemes = {name for one in operation.get("security", ()) for name in one}
        strange = set(parse_qs(query)) - known - ({"s"} if "address" in schemes else set())
        if strange and not strangers and path.startswith("/api/"):
            raise NotAsDescribed(f"{where}: parameters that are not described: {sorted(strange)}")
        _check_sent(where, operation, sent)


def _check_body(where: str, content: dict[str, Any] | None, content_type: str, body: bytes) -> None:
    if content is None:
        if body:
            raise NotAsDescribed(f"{where}: a body that is not described: {body[:200]!r}")
        return
    media = content.get(content_type) or content.get("*/*")
    if media is None:
        raise NotAsDescribed(f"{where}: {content_type} instead of {sorted(content)}")
    if content_type == JSON and "schema" in media and (found := mistakes(media["schema"], json.loads(body))):
        raise NotAsDescribed(f"{where}: {found[:3]} in {body[:600].decode()}")


def _check_sent(where: str, operation: dict[str, Any], sent: bytes | None) -> None:
    described = operation.get("requestBody", {}).get("content", {}).get(JSON)
    if described is None or not sent:
        return
    try:
        value = json.loads(sent)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError:
        return  # half a surrogate pair, which the validator cannot be given
    if found := mistakes(described["schema"], value) and mistakes(described["schema"], cleaned(value)):
        raise NotAsDescribed(f"{where} although the document forbids it: {found[:3]} in {sent[:400]!r}")


def _check_error(where: str, status: int, body: bytes) -> None:
    if found := mistakes({"$ref": "#/components/schemas/customer-http.error"}, json.loads(body)):
        raise NotAsDescribed(f"{where}: {found[:3]} in {body[:400]!r}")


async def check_response(response: httpx.Response) -> None:
    """An event hook of httpx: every answer of a service to a test. Not those of a proxy before it, nor a browser's preflight."""
    request = response.request
    if request.method == "OPTIONS" or (
        response.headers.get("server", "").startswith("nginx") and response.status_code >= 400
    ):
        return
    await response.aread()
    sent = request.content if hasattr(request, "_content") else None
    check_exchange(
        request.method,
        request.url.raw_path.partition(b"?")[0].decode(),
        request.url.query.decode(),
        sent,
        response.status_code,
        response.headers.get("content-type", ""),
        response.content,
    )
