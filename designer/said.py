"""What dialogue/ says by itself: the responses named in its code and the values given with them, read from the code.

So a placeholder in such a response that nobody fills is found by the check and not by a customer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dialogue.values import ALWAYS

#: Function -> (place of the response among the arguments, place of the values; None: it gives none).
_SAYS = {"say": (0, 1), "offer": (1, 2), "hand_off": (3, 4), "leave_ticket": (1, None)}
#: Functions that make values, and what they give.
_FILLERS = {"frame_values": ALWAYS, "order_values": ALWAYS}
ANY = "*"


@dataclass(frozen=True, slots=True)
class Said:
    """One place. `name` may hold `*` for a part that is only known at run time; `values` with `*`: anything."""

    file: str
    line: int
    name: str
    values: frozenset[str]
    offers: bool = False

    def fits(self, response: str) -> bool:
        """Can this place say that response?"""
        start, free, end = self.name.partition(ANY)
        return response == self.name or (
            bool(free)
            and len(response) > len(start + end)
            and response.startswith(start)
            and response.endswith(end)
        )

    def fills(self, placeholder: str) -> bool:
        """Is the placeholder given?"""
        return ANY in self.values or placeholder in self.values


@cache
def said_by(code: Path) -> tuple[Said, ...]:
    """Every place below `code` (a package's folder) that says a response by name."""
    found: list[Said] = []
    for file in sorted(code.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        shown = str(file.relative_to(code.parent))
        for function in ast.walk(tree):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found += _Function(function, shown).said()
    return tuple(found)


@cache
def constants_of(code: Path, package: str = "") -> dict[str, frozenset[str]]:
    """module -> the texts that it names, for all modules below `code`."""
    found: dict[str, frozenset[str]] = {}
    for file in sorted(code.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        module = ".".join([package or code.name, *file.relative_to(code).with_suffix("").parts])
        found[module] = frozenset(
            one.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        )
    return found


@cache
def limits_in(code: Path) -> frozenset[str]:
    """Limits that the code reads: `limits["…"]`."""
    found: set[str] = set()
    for file in code.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                of = (
                    node.value.attr
                    if isinstance(node.value, ast.Attribute)
                    else getattr(node.value, "id", "")
                )
                if of == "limits":
                    found.add(str(node.slice.value))
    return frozenset(found)


class _Function:
    """The calls of one function, with its simple assignments."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef, file: str) -> None:
        self.function, self.file = function, file
        self.assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Assign)
                and len(node.targets) == 1
                and isinstance(node.targets[0], ast.Name)
            ):
                self.assigned.setdefault(node.targets[0].id, []).append(node.value)
        arguments = function.args
        named = [*arguments.posonlyargs, *arguments.args]
        for argument, default in zip(reversed(named), reversed(arguments.defaults), strict=False):
            self.assigned.setdefault(argument.arg, []).append(default)

    def said(self) -> Iterator[Said]:
        for node in ast.walk(self.function):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called not in _SAYS:
                continue
            at, values_at = _SAYS[called]
            if len(node.args) <= at:
                continue
            given = node.args[values_at] if values_at is not None and len(node.args) > values_at else None
            values = self._values(given) if given is not None else frozenset()
            for name in self._names(node.args[at]):
                if name.startswith("utter_"):
                    yield Said(self.file, node.lineno, name, values, called == "offer")

    def _names(self, node: ast.expr, depth: int = 0) -> Iterator[str]:
        """The responses that an expression can be."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else ANY for one in node.values)
        elif isinstance(node, ast.IfExp):
            yield from (one for part in (node.body, node.orelse) for one in self._names(part, depth))
        elif isinstance(node, ast.BoolOp):
            yield from (one for part in node.values for one in self._names(part, depth))
        elif isinstance(node, ast.Name) and depth < 3:
            for one in self.assigned.get(node.id, []):
                yield from self._names(one, depth + 1)

    def _values(self, node: ast.expr, depth: int = 0) -> frozenset[str]:
        if isinstance(node, ast.Dict):
            found: set[str] = set()
            for key, value in zip(node.keys, node.values, strict=True):
                if key is None:
                    found |= self._values(value, depth)
                elif isinstance(key, ast.Constant):
                    found.add(str(key.value))
                else:
                    found.add(ANY)
            return frozenset(found)
        if isinstance(node, ast.Constant) and node.value is None:
            return frozenset()
        if isinstance(node, ast.Call):
            return frozenset(_FILLERS.get(getattr(node.func, "id", ""), {ANY}))
        if isinstance(node, ast.BoolOp):
            return frozenset().union(*(self._values(one, depth) for one in node.values))
        if isinstance(node, ast.Name) and depth < 3 and node.id in self.assigned:
            return frozenset().union(*(self._values(one, depth + 1) for one in self.assigned[node.id]))
        return frozenset({ANY})
