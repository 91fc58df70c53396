"""Code that carries out or judges holds no dialogue logic: no pattern, no sentence, no threshold. They live in data/."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.settings import ROOT

CHINESE = re.compile(r"[一-鿿]")
#: Numbers that count, point or test for emptiness; any other number in a comparison is a threshold.
PLAIN = {-1, 0, 1}
FILES = sorted(
    file.relative_to(ROOT)
    for folder in ("actions", "aftersales/decisions")
    for file in (ROOT / folder).rglob("*.py")
)


def logic_in(source: str) -> Iterator[str]:
    """What a file holds that belongs into data/, with the line."""
    tree = ast.parse(source)
    described = set(docstrings_of(tree))  # an example in a customer's words is welcome there
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            named = [node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            if {"re", "regex"} & set(named):
                yield f"{line}: imports re"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
            if node not in described:
                yield f"{line}: Chinese text {node.value[:20]!r}"
        elif isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                value = side.value if isinstance(side, ast.Constant) else None
                if isinstance(value, (int, float)) and not isinstance(value, bool) and value not in PLAIN:
                    yield f"{line}: threshold {value}"


def docstrings_of(tree: ast.AST) -> Iterator[ast.expr]:
    """The nodes that are docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


@pytest.mark.parametrize("file", FILES, ids=str)
def test_no_pattern_no_sentence_no_threshold(file: Path) -> None:
    assert list(logic_in((ROOT / file).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    ["import re", "from re import match", "x = '不能退'", "if hours > 48: pass", "if .5 <= score: pass"],
)
def test_each_kind_would_be_found(source: str) -> None:
    assert len(list(logic_in(source))) == 1


def test_what_is_allowed() -> None:
    assert not list(logic_in('def f(x):\n    """Such as 不能退."""\n    return len(x) > 1 and x[:40]'))
