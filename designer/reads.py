"""Which fields of which classes does a program read? Found from its source alone: types are followed from annotations.

Followed: annotated parameters and fields, assignments, loops and comprehensions, results of annotated functions, the
entries of dicts and sequences, `getattr` by name. Not followed: untyped values, which read nothing here; so a field may
be missed (then annotate the value), but none is taken for read that is not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from designer.program import NOTHING, Callable, Instance, Many, Module, Program, Row, Types

#: Builtins and library calls that give back what they got.
_SAME = frozenset(
    {"list", "tuple", "sorted", "reversed", "set", "frozenset", "iter", "dict", "replace", "cast"}
)


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


def reads_of(program: Program) -> Reads:
    """Every field read, by the scope that reads it."""
    found = Reads()
    for _ in range(2):  # the first round learns what methods put into self
        found = Reads()
        for module in program.modules.values():
            for scope, body, env in _scopes(module):
                _Reader(program, module, scope, env, found).read(body)
    return found


def _scopes(module: Module) -> Iterator[tuple[Scope, list[ast.stmt], dict[str, Types]]]:
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


class _Reader(ast.NodeVisitor):
    """Follows the types through one scope."""

    def __init__(
        self, program: Program, module: Module, scope: Scope, env: dict[str, Types], found: Reads
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
        for statement in node.body:
            self.visit(statement)

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
            for of in self.type_of(target.value):
                if isinstance(of, Instance) and of.module in self.program.modules:
                    known = self.program.modules[of.module].classes[of.name].attributes
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
