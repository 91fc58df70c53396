"""The classes, fields and annotations of some packages, from their source alone: nothing is imported or run."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Instance:
    """An object of a class of the program."""

    module: str
    name: str


@dataclass(frozen=True)
class Many:
    """A dict (its values) or a sequence of `item`."""

    item: Types
    is_dict: bool = False


@dataclass(frozen=True)
class Row:
    """A tuple with a type for each place."""

    items: tuple[Types, ...]


@dataclass(frozen=True)
class Callable:
    """Something that gives `result` when called: a function, a method, a class."""

    result: Types


Types = frozenset["Instance | Many | Row | Callable"]
NOTHING: Types = frozenset()
_DICTS = frozenset({"dict", "Mapping", "MutableMapping", "defaultdict"})
_SEQUENCES = frozenset(
    {"tuple", "list", "set", "frozenset", "Sequence", "Iterable", "Iterator", "Collection", "deque"}
)
_WRAPPERS = frozenset({"Optional", "Annotated", "Final", "ClassVar", "Awaitable", "type"})


@dataclass
class Class:
    fields: dict[str, ast.expr] = field(default_factory=dict)
    methods: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    bases: list[ast.expr] = field(default_factory=list)
    attributes: dict[str, Types] = field(default_factory=dict)


@dataclass
class Module:
    name: str
    tree: ast.Module
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    annotated: dict[str, ast.expr] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()


class Program:
    """The modules of some packages below `root`, by source."""

    def __init__(self, root: Path, packages: Sequence[str]) -> None:
        self.modules: dict[str, Module] = {}
        for package in packages:
            for file in sorted((root / package).rglob("*.py")):
                parts = file.relative_to(root).with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                self.modules[name] = _module(name, file.read_text(encoding="utf-8"))

    def fields_of(self, of: Instance) -> Mapping[str, Types]:
        """The annotated fields of a class with their types."""
        found = self.modules[of.module].classes[of.name]
        return {name: self.annotation(of.module, one) for name, one in found.fields.items()}

    # -- names ----------------------------------------------------------------------------------------------------
    def named(self, module: str, name: str, depth: int = 0) -> Types:
        """What a name of a module stands for, as a value: a class or function as something to call."""
        here = self.modules.get(module)
        if here is None or depth > 8:
            return NOTHING
        if name in here.classes:
            return frozenset({Callable(frozenset({Instance(module, name)}))})
        if name in here.functions:
            return frozenset({Callable(self.result(module, here.functions[name]))})
        if name in here.annotated:
            return self.annotation(module, here.annotated[name])
        if name in here.imports:
            origin, original = here.imports[name]
            return self.named(origin, original, depth + 1)
        return NOTHING

    def annotation(self, module: str, node: ast.expr | None, depth: int = 0) -> Types:
        """The types that an annotation names."""
        if node is None or depth > 12:
            return NOTHING
        again = depth + 1
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.annotation(module, ast.parse(node.value, mode="eval").body, again)
        if isinstance(node, ast.BinOp):
            return self.annotation(module, node.left, again) | self.annotation(module, node.right, again)
        if isinstance(node, ast.Name):
            return self._named_type(module, node.id, again)
        if not isinstance(node, ast.Subscript):
            return NOTHING
        base = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if base in _DICTS:
            return frozenset({Many(self.annotation(module, inner[-1], again), is_dict=True)})
        if base in _SEQUENCES:
            last = inner[-1]
            fixed = base == "tuple" and not (isinstance(last, ast.Constant) and last.value is ...)
            if fixed and len(inner) > 1:
                return frozenset({Row(tuple(self.annotation(module, one, again) for one in inner))})
            return frozenset({Many(self.annotation(module, inner[0], again))})
        if base == "Callable":
            return frozenset({Callable(self.annotation(module, inner[-1], again))})
        if base in _WRAPPERS:
            return self.annotation(module, inner[0], again)
        if base == "Coroutine":
            return self.annotation(module, inner[-1], again)
        return self._named_type(module, base, again)  # a generic class of ours

    def _named_type(self, module: str, name: str, depth: int) -> Types:
        here = self.modules.get(module)
        if here is None or depth > 12:
            return NOTHING
        if name in here.classes:
            return frozenset({Instance(module, name)})
        if name in here.values:
            return self.annotation(module, here.values[name], depth + 1)
        if name in here.imports:
            origin, original = here.imports[name]
            return self._named_type(origin, original, depth + 1)
        return NOTHING

    def result(self, module: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Types:
        """What a function gives by its annotation."""
        return self.annotation(module, function.returns)

    def member(self, of: Instance, name: str, depth: int = 0) -> tuple[Instance, Types] | None:
        """The class that has this field, property or method, and its type; None when there is none."""
        here = self.modules.get(of.module)
        if here is None or of.name not in here.classes or depth > 5:
            return None
        found = here.classes[of.name]
        if name in found.fields:
            return of, self.annotation(of.module, found.fields[name])
        if name in found.methods:
            method = found.methods[name]
            result = self.result(of.module, method)
            decorators = {getattr(one, "id", getattr(one, "attr", "")) for one in method.decorator_list}
            return of, result if decorators & {"property", "cached_property"} else frozenset(
                {Callable(result)}
            )
        if name in found.attributes:
            return of, found.attributes[name]
        for base in found.bases:
            for one in self.annotation(of.module, base):
                if isinstance(one, Instance) and (inherited := self.member(one, name, depth + 1)):
                    return inherited
        return None


def _module(name: str, source: str) -> Module:
    tree = ast.parse(source)
    found = Module(name, tree)
    found.texts = frozenset(
        one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )
    for one in ast.walk(tree):
        if isinstance(one, ast.ImportFrom) and one.module and not one.level:
            for alias in one.names:
                found.imports[alias.asname or alias.name] = (one.module, alias.name)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found.classes[node.name] = _class(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.functions[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.values[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.annotated[node.target.id] = node.annotation
    return found


def _class(node: ast.ClassDef) -> Class:
    found = Class(bases=list(node.bases))
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            found.fields[one.target.id] = one.annotation
        elif isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.methods[one.name] = one
    return found
