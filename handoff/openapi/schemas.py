"""The schemas of contracts/ as components of an OpenAPI document: the parts that are named, and what they refer to."""

import json
from functools import cache
from pathlib import Path
from typing import Any

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
_ID = "anke:"
_WORDS_OF_A_FILE = ("$schema", "$id", "$defs")


class UnknownSchema(Exception):
    """A name without a file or without a part in contracts/."""


class Components:
    """Collects what is referred to; `found` is components.schemas in the end."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def reference(self, name: str) -> dict[str, Any]:
        """`{"$ref": …}` for `file#part` or `file`."""
        file, _, part = name.partition("#")
        key = f"{file}.{part}" if part else file
        if key not in self.found:
            self.found[key] = {}  # a schema may refer to itself
            self.found[key] = self._moved(_part(file, part), file)
        return {"$ref": f"#/components/schemas/{key}"}

    def _moved(self, schema: Any, file: str) -> Any:
        """The same schema with its references where OpenAPI keeps them."""
        if isinstance(schema, list):
            return [self._moved(one, file) for one in schema]
        if not isinstance(schema, dict):
            return schema
        moved = {name: self._moved(value, file) for name, value in schema.items() if name != "$ref"}
        if "$ref" in schema:
            moved |= self.reference(_name(schema["$ref"], file))
        return moved


def _name(reference: str, file: str) -> str:
    """`file#part` of a reference as contracts/ write it."""
    where, _, part = reference.partition("#/$defs/")
    target = where.removeprefix(_ID) or file
    return f"{target}#{part}" if part else target


def _part(file: str, part: str) -> dict[str, Any]:
    schema = _read(file)
    found = schema.get("$defs", {}).get(part) if part else schema
    if found is None:
        raise UnknownSchema(f"contracts/{file}.schema.json has no part {part!r}")
    return {name: value for name, value in found.items() if name not in _WORDS_OF_A_FILE}


@cache
def _read(file: str) -> dict[str, Any]:
    try:
        schema: dict[str, Any] = json.loads((CONTRACTS / f"{file}.schema.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnknownSchema(f"contracts/{file}.schema.json does not exist") from error
    return schema
