"""Does anything read it? Every leaf of data/policy/*.yml against the source of the product (a rule that nobody reads is a lie)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aftersales.lined_yaml import Lined, LinedList, read_lined
from designer.program import Instance, Many, Program, Types
from designer.reads import Reads, Scope, reads_of

PACKAGES = ("aftersales", "dialogue", "actions", "handoff")
_POLICY = Instance("aftersales.policy.model", "Policy")
#: Modules that only check the policy or make demo data: what they read does not count.
_NO_USE = (
    "aftersales.policy.load",
    "aftersales.policy.checks",
    "aftersales.policy.durations",
    "aftersales.order_system.sql.demo",
)


@dataclass(frozen=True)
class Leaf:
    """A value of the policy: its place (`*` for the entries of a table or list) and the field that holds it."""

    place: tuple[str, ...]
    field: tuple[Instance, str]

    def __str__(self) -> str:
        return ".".join(self.place)


def leaves(program: Program) -> list[Leaf]:
    """Every value that data/policy may hold, by its place."""
    return list(_leaves(program, _POLICY, ()))


def unread(root: Path) -> list[Leaf]:
    """The leaves that no line of the product reads."""
    program = Program(root, PACKAGES)
    used = used_fields(program)
    return [one for one in leaves(program) if one.field not in used]


def check_policy_use(root: Path, programs: Path | None = None) -> Iterator[str]:
    """One line for each value that stands in data/policy and that nothing of `programs` (our packages; default: there
    too) reads."""
    for leaf in unread(programs or root):
        file = root / "data" / "policy" / f"{leaf.place[0]}.yml"
        tree, _ = read_lined(file)
        line = _first_line(tree, leaf.place[1:])
        if line is not None:
            yield f"data/policy/{leaf.place[0]}.yml:{line} {'.'.join(leaf.place[1:])} 没有程序读它，改了也不会有任何变化"


def used_fields(program: Program) -> set[tuple[Instance, str]]:
    """Fields that a living scope reads. A function nobody mentions is dead, and so is a policy's own method until a
    living scope uses it."""
    reads = reads_of(program)
    used: set[tuple[Instance, str]] = set()
    while True:
        now = {
            one
            for one, scopes in reads.fields.items()
            if any(_alive(program, reads, scope, used) for scope in scopes)
        }
        if now == used:
            return used
        used = now


def _alive(program: Program, reads: Reads, scope: Scope, used: set[tuple[Instance, str]]) -> bool:
    if scope.module.startswith(_NO_USE):
        return False
    class_name, _, name = scope.name.rpartition(".")
    if class_name and scope.module.startswith("aftersales.policy."):
        return (Instance(scope.module, class_name), name) in used
    if not scope.name or class_name or scope in reads.decorated:
        return True
    return any(name in names for other, names in reads.names.items() if other != scope)


def _leaves(program: Program, of: Instance, place: tuple[str, ...]) -> Iterator[Leaf]:
    for name, types in program.fields_of(of).items():
        inner = list(_sections(types, (*place, name)))
        if not inner:
            yield Leaf((*place, name), (of, name))
        for section, at in inner:
            yield from _leaves(program, section, at)


def _sections(types: Types, place: tuple[str, ...]) -> Iterator[tuple[Instance, tuple[str, ...]]]:
    """The classes that a field holds, itself or in tables and lists."""
    for one in types:
        if isinstance(one, Instance):
            yield one, place
        elif isinstance(one, Many):
            yield from _sections(one.item, (*place, "*"))


def _first_line(tree: Lined, place: tuple[str, ...]) -> int | None:
    """The first line that holds a value at this place; None when the file has none."""
    here: list[tuple[object, int]] = [(tree, tree.line)]
    for name in place:
        inside: list[tuple[object, int]] = []
        for value, _ in here:
            if isinstance(value, Lined):
                keys = value if name == "*" else [name] if name in value else []
                inside += [(value[key], value.lines[key]) for key in keys]
            elif isinstance(value, LinedList) and name == "*":
                inside += list(zip(value, value.lines, strict=True))
        here = inside
    return here[0][1] if here else None
