"""No module of ours imports itself by way of others; imports inside functions count, they only hide a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

import pytest

from launcher.settings import ROOT

PACKAGES = ("aftersales", "dialogue", "actions", "bot", "handoff", "launcher", "designer")


def modules_of(package: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in (ROOT / package).rglob("*.py"):
        parts = list(file.relative_to(ROOT).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imports_of(module: str, file: Path, known: Set[str]) -> Iterator[str]:
    """The modules among `known` that a module imports, anywhere in its code."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".")[: None if file.name == "__init__.py" else -1]
                package = package[: len(package) - node.level + 1]
                base = ".".join([*package, *([node.module] if node.module else [])])
            for one in node.names:
                named = f"{base}.{one.name}"
                if named in known:
                    yield named
                elif base in known:
                    yield base


def circle_in(graph: Mapping[str, Set[str]]) -> list[str]:
    """The modules of one circle, in the order in which they import each other; empty when there is none."""
    finished: set[str] = set()

    def visit(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in finished:
            return []
        for imported in sorted(graph[module]):
            if found := visit(imported, [*path, module]):
                return found
        finished.add(module)
        return []

    return next((found for module in sorted(graph) if (found := visit(module, []))), [])


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_imports_itself_by_way_of_others(package: str) -> None:
    files = modules_of(package)
    graph = {module: set(imports_of(module, file, files.keys())) - {module} for module, file in files.items()}
    assert len(graph) > 1
    assert circle_in(graph) == []


def test_a_circle_would_be_found() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["b", "c", "b"]
    assert circle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
