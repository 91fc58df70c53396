"""Which fields of which classes does a program read? Found from its source alone: types are followed from annotations.

Followed: annotated parameters and fields, assignments, loops and comprehensions, results of annotated functions, the
entries of dicts and sequences, `getattr` by name. Not followed: untyped values, which read nothing here; so a field may
be missed (then annotate the value), but none is taken for read that is not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
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
#: Builtins and library calls that give back what they got.
_SAME = frozenset(
    {"list", "tuple", "sorted", "reversed", "set", "frozenset", "iter", "dict", "replace", "cast"}
)


@dataclass
class _Class:
    fields: dict[str, ast.expr] = field(default_factory=dict)
    methods: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    bases: list[ast.expr] = field(default_factory=list)
    attributes: dict[str, Types] = field(default_factory=dict)


@dataclass
class _Module:
    name: str
    tree: ast.Module
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    classes: dict[str, _Class] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    annotated: dict[str, ast.expr] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scope:
    """A function or method (`name` is Class.method), or a module's own lines (empty name)."""

    module: str
    name: str


@dataclass
class Reads:
    """(class, field) -> where it is read; `names`: every name that a scope mentions; `scopes`: all scopes there are."""

    fields: dict[tuple[Instance, str], set[Scope]] = field(default_factory=dict)
    names: dict[Scope, set[str]] = field(default_factory=dict)
    decorated: set[Scope] = field(default_factory=set)


class Program:
    """The modules of some packages below `root`, by source."""

    def __init__(self, root: Path, packages: Sequence[str]) -> None:
        self.modules: dict[str, _Module] = {}
        for package in packages:
            for file in sorted((root / package).rglob("*.py")):
                parts = file.relative_to(root).with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                self.modules[name] = _module(name, file.read_text(encoding="utf-8"))

    def fields_of(self, of: Instance) -> Mapping[str, Types]:
        """The annotated fields of a class with their types."""
        found = self.modules[of.module].classes[of.name]
        return {name: self.annotation(of.module, one) for name, one in found.fields.items()}

    def reads(self) -> Reads:
        """Every field read, by the scope that reads it."""
        found = Reads()
        for _ in range(2):  # the first round learns what methods put into self
            found = Reads()
            for module in self.modules.values():
                for scope, body, env in self._scopes(module):
                    _Reader(self, module, scope, env, found).read(body)
        return found

    def _scopes(self, module: _Module) -> Iterator[tuple[Scope, list[ast.stmt], dict[str, Types]]]:
        own = [
            one
            for one in module.tree.body
            if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        ]
        yield Scope(module.name, ""), own, {}
        for name, function in module.functions.items():
            yield Scope(module.name, name), [function], {}
        for class_name, one in module.classes.items():
            for name, function in one.methods.items():
                itself: Types = frozenset({Instance(module.name, class_name)})
                first = function.args.args[0].arg if function.args.args else "self"
                yield Scope(module.name, f"{class_name}.{name}"), [function], {first: itself}

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


class _Reader(ast.NodeVisitor):
    """Follows the types through one scope."""

    def __init__(
        self, program: Program, module: _Module, scope: Scope, env: dict[str, Types], found: Reads
    ) -> None:
        self.program, self.module, self.scope, self.env, self.found = program, module, scope, env, found
        self.mentioned = found.names.setdefault(scope, set())

    def read(self, body: list[ast.stmt]) -> None:
        for _ in range(2):  # a name may be used above the line that gives it its type (loops, comprehensions)
            for one in body:
                self.visit(one)

    # -- statements -----------------------------------------------------------------------------------------------
    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if node.decorator_list:
            self.found.decorated.add(self.scope)
        for one in node.decorator_list:
            self.visit(one)
        arguments = node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.annotation is not None:
                self._bind(argument.arg, self.program.annotation(self.module.name, argument.annotation))
        for one in node.body:
            self.visit(one)

    visit_FunctionDef = _function
    visit_AsyncFunctionDef = _function

    def visit_Assign(self, node: ast.Assign) -> None:
        given = self.type_of(node.value)
        for target in node.targets:
            self._unpack(target, given)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        given = self.program.annotation(self.module.name, node.annotation)
        if node.value is not None:
            given |= self.type_of(node.value)
        self._unpack(node.target, given)

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        self._unpack(node.target, _items(self.type_of(node.iter)))
        for one in (*node.body, *node.orelse):
            self.visit(one)

    visit_For = _loop
    visit_AsyncFor = _loop

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for one in node.items:
            given = self.type_of(one.context_expr)
            if one.optional_vars is not None:
                self._unpack(one.optional_vars, given)
        for statement in node.body:
            self.visit(statement)

    visit_With = _with
    visit_AsyncWith = _with

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            self.type_of(node)
        else:
            super().generic_visit(node)

    def _bind(self, name: str, given: Types) -> None:
        self.env[name] = self.env.get(name, NOTHING) | given

    def _unpack(self, target: ast.expr, given: Types) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, given)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for at, one in enumerate(target.elts):
                part = frozenset(
                    t for row in given if isinstance(row, Row) and at < len(row.items) for t in row.items[at]
                )
                inner = one.value if isinstance(one, ast.Starred) else one
                self._unpack(inner, part | frozenset(t for m in given if isinstance(m, Many) for t in m.item))
        elif isinstance(target, ast.Attribute):
            for one in self.type_of(target.value):
                if isinstance(one, Instance) and one.module in self.program.modules:
                    known = self.program.modules[one.module].classes[one.name].attributes
                    known[target.attr] = known.get(target.attr, NOTHING) | given
        else:
            self.type_of(target)

    # -- expressions ----------------------------------------------------------------------------------------------
    def type_of(self, node: ast.expr) -> Types:
        """The types that an expression may have; reads on the way are noted."""
        handler = getattr(self, f"_{type(node).__name__}", None)
        if handler is not None:
            given: Types = handler(node)
            return given
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.type_of(child)
        return NOTHING

    def _Name(self, node: ast.Name) -> Types:
        if isinstance(node.ctx, ast.Load):
            self.mentioned.add(node.id)
        return self.env.get(node.id) or self.program.named(self.module.name, node.id)

    def _Attribute(self, node: ast.Attribute) -> Types:
        self.mentioned.add(node.attr)
        given: Types = NOTHING
        for one in self.type_of(node.value):
            if isinstance(one, Instance):
                given |= self._member(one, node.attr)
        return given

    def _member(self, of: Instance, name: str) -> Types:
        found = self.program.member(of, name)
        if found is None:
            return NOTHING
        owner, given = found
        self.found.fields.setdefault((owner, name), set()).add(self.scope)
        return given

    def _Call(self, node: ast.Call) -> Types:
        arguments = [self.type_of(one) for one in (*node.args, *(word.value for word in node.keywords))]
        function = node.func
        if isinstance(function, ast.Attribute):
            of = self.type_of(function.value)
            many = [one for one in of if isinstance(one, Many)]
            if many:
                self.mentioned.add(function.attr)
                return _of_many(function.attr, many)
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name == "getattr" and len(node.args) > 1:
            return self._getattr(arguments[0], node.args[1])
        if name in _SAME and arguments:
            return frozenset().union(*arguments)
        if name == "enumerate" and arguments:
            return frozenset({Many(frozenset({Row((NOTHING, _items(arguments[0])))}))})
        if name in {"next", "max", "min"} and arguments:
            return frozenset(t for one in arguments for t in (_items(one) | _single(one)))
        called = self.type_of(function)
        return frozenset(t for one in called if isinstance(one, Callable) for t in one.result)

    def _getattr(self, of: Types, name: ast.expr) -> Types:
        """`getattr(x, name)`: the named field; with a name from elsewhere, the fields that the modules beside this one spell."""
        given: Types = NOTHING
        for one in of:
            if not isinstance(one, Instance) or one.module not in self.program.modules:
                continue
            fields = self.program.modules[one.module].classes[one.name].fields
            spelt = {str(name.value)} if isinstance(name, ast.Constant) else self._texts_near()
            for each in spelt & set(fields):
                given |= self._member(one, each)
        return given

    def _texts_near(self) -> frozenset[str]:
        """Every text constant of this module's folder."""
        folder = self.module.name.rpartition(".")[0]
        near = (one for name, one in self.program.modules.items() if name.rpartition(".")[0] == folder)
        return frozenset().union(*(one.texts for one in near))

    def _Subscript(self, node: ast.Subscript) -> Types:
        self.type_of(node.slice)
        of = self.type_of(node.value)
        return _items(of) | frozenset(
            t for row in of if isinstance(row, Row) for place in row.items for t in place
        )

    def _BoolOp(self, node: ast.BoolOp) -> Types:
        return frozenset().union(*(self.type_of(one) for one in node.values))

    def _IfExp(self, node: ast.IfExp) -> Types:
        self.type_of(node.test)
        return self.type_of(node.body) | self.type_of(node.orelse)

    def _NamedExpr(self, node: ast.NamedExpr) -> Types:
        given = self.type_of(node.value)
        self._unpack(node.target, given)
        return given

    def _Await(self, node: ast.Await) -> Types:
        return self.type_of(node.value)

    def _Starred(self, node: ast.Starred) -> Types:
        return self.type_of(node.value)

    def _BinOp(self, node: ast.BinOp) -> Types:
        return self.type_of(node.left) | self.type_of(node.right)

    def _Tuple(self, node: ast.Tuple) -> Types:
        return frozenset({Row(tuple(self.type_of(one) for one in node.elts))})

    def _List(self, node: ast.List | ast.Set) -> Types:
        return frozenset(
            {Many(frozenset(t for one in node.elts for t in _unstarred(one, self.type_of(one))))}
        )

    _Set = _List

    def _Dict(self, node: ast.Dict) -> Types:
        for key in node.keys:
            if key is not None:
                self.type_of(key)
        return frozenset({Many(frozenset(t for one in node.values for t in self.type_of(one)), is_dict=True)})

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Types:
        self._generators(node.generators)
        return frozenset({Many(self.type_of(node.elt))})

    _ListComp = _SetComp = _GeneratorExp = _comprehension

    def _DictComp(self, node: ast.DictComp) -> Types:
        self._generators(node.generators)
        self.type_of(node.key)
        return frozenset({Many(self.type_of(node.value), is_dict=True)})

    def _generators(self, generators: list[ast.comprehension]) -> None:
        for one in generators:
            self._unpack(one.target, _items(self.type_of(one.iter)))
            for condition in one.ifs:
                self.type_of(condition)

    def _Lambda(self, node: ast.Lambda) -> Types:
        return frozenset({Callable(self.type_of(node.body))})


def _items(of: Types) -> Types:
    """What iterating or indexing gives."""
    return frozenset(t for one in of if isinstance(one, Many) for t in one.item)


def _single(of: Types) -> Types:
    return frozenset(one for one in of if not isinstance(one, Many))


def _unstarred(node: ast.expr, given: Types) -> Types:
    return _items(given) if isinstance(node, ast.Starred) else given


def _of_many(method: str, many: list[Many]) -> Types:
    """What a dict's or sequence's own method gives."""
    item: Types = frozenset(t for one in many for t in one.item)
    if method == "values":
        return frozenset({Many(item)})
    if method == "items":
        return frozenset({Many(frozenset({Row((NOTHING, item))}))})
    if method in {"get", "pop", "setdefault"}:
        return item
    return frozenset(many) if method == "copy" else NOTHING


def _module(name: str, source: str) -> _Module:
    tree = ast.parse(source)
    found = _Module(name, tree)
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


def _class(node: ast.ClassDef) -> _Class:
    found = _Class(bases=list(node.bases))
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            found.fields[one.target.id] = one.annotation
        elif isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.methods[one.name] = one
    return found
