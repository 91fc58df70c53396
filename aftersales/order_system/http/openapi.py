"""`python -m aftersales.order_system.http.openapi` writes contracts/order-system.openapi.json from the routes and the schema
of the messages, so that neither can say anything else (a test compares)."""

import json
from pathlib import Path
from typing import Any

from aftersales.order_system.http import messages
from aftersales.order_system.http.routes import ROUTES, Route

OPENAPI_FILE = messages.SCHEMA_FILE.with_name("order-system.openapi.json")
_ABOUT = (
    "What a store's own order system serves so that Anke can use it; the rules are docs/order-system-api.md."
)


def openapi() -> dict[str, Any]:
    """One OpenAPI 3.1 document."""
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Order system API", "version": "1", "description": _ABOUT},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _moved(messages.schema()["$defs"]),
        },
    }


def openapi_text() -> str:
    return json.dumps(openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _operation(route: Route) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": one, "in": "path", "required": True, "schema": {"type": "string"}} for one in route.numbers
    ]
    parameters += [{"name": one, "in": "query", "schema": {"type": "string"}} for one in route.query]
    if route.write:
        key = {"type": "string", "minLength": 1, "maxLength": 200}
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": key})
    told: dict[str, Any] = {"operationId": route.name, "summary": route.about, "responses": _responses(route)}
    if parameters:
        told["parameters"] = parameters
    if route.received:
        told["requestBody"] = {"required": True, "content": _json(_named(f"received.{route.received}"))}
    return told


def _responses(route: Route) -> dict[str, Any]:
    one = _named(f"answered.{route.answered}") if route.answered else {"type": "object"}
    data = {"type": "array", "items": one} if route.listed else one
    content = _json({"type": "object", "required": ["data"], "properties": {"data": data}})
    error = {"description": "error", "content": _json(_named("answered.error"))}
    found = {"200": {"description": "the answer; of a write: it exists already", "content": content}}
    if route.write:
        found |= {"201": {"description": "made", "content": content}, "409": error, "422": error}
    return found | {"401": error, "404": error, "503": error}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _moved(schema: Any) -> Any:
    """The same schema with its references where OpenAPI keeps them."""
    if isinstance(schema, dict):
        return {
            name: value.replace("#/$defs/", "#/components/schemas/") if name == "$ref" else _moved(value)
            for name, value in schema.items()
        }
    return [_moved(one) for one in schema] if isinstance(schema, list) else schema


def main(file: Path = OPENAPI_FILE) -> None:
    file.write_text(openapi_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
