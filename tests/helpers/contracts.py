"""The schemas of contracts/, to hold every message that a test sees against them."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.helpers.processes import ROOT

CONTRACTS = ROOT / "contracts"


@cache
def _schemas() -> dict[str, Any]:
    return {
        file.name.removesuffix(".schema.json"): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(CONTRACTS.glob("*.schema.json"))
    }


@cache
def validator(name: str, part: str | None = None) -> Draft202012Validator:
    """The validator of contracts/<name>.schema.json, or of one of its $defs."""
    schemas = _schemas()
    registry: Registry[Any] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas.values() if "$id" in schema]
    )
    schema = schemas[name]
    if part is not None:
        schema = {"$ref": f"{schema['$id']}#/$defs/{part}"}
    return Draft202012Validator(schema, registry=registry)


def assert_contract(name: str, message: Any, part: str | None = None) -> None:
    """Fails with the place where `message` breaks the contract."""
    mistakes = [f"{one.json_path}: {one.message}" for one in validator(name, part).iter_errors(message)]
    assert not mistakes, f"{name}: {mistakes[:3]} in {json.dumps(message, ensure_ascii=False)[:600]}"


def examples(name: str) -> list[Any]:
    """contracts/<name>.example.json: a list of messages, or one."""
    found = json.loads((CONTRACTS / f"{name}.example.json").read_text(encoding="utf-8"))
    return found if isinstance(found, list) else [found]
