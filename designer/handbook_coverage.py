"""Writes docs/handbook-coverage.md: each row of the handbook (docs/handbook.yml), where it lives, the tests that name it.

The head of a file of code or data names the rows that it is about (H36, H9-H15); a test names it in the docstring of its module, class or
function, a file of conversations or labelled turns in a comment. A row that no test names reads "no test yet".

python -m designer.handbook_coverage            write the page
python -m designer.handbook_coverage --check    exit code 1 when it is stale
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from designer.inputs import ROOT

PAGE, ROWS = Path("docs/handbook-coverage.md"), Path("docs/handbook.yml")
#: Where rules live; what is built or trained is left out.
_CODE = ("aftersales", "dialogue", "actions", "bot", "handoff", "launcher", "designer", "data", "web")
_LEFT_OUT = frozenset({"node_modules", "dist", "encoder", "nlu", "commands", "watchers", "static"})
_SUFFIXES = frozenset({".py", ".yml", ".ts", ".tsx"})
_NAMED = re.compile(r"\bH(\d{1,2})(?:\s*-\s*H(\d{1,2}))?\b")
#: So many lines of a file are its head.
_HEAD = 12
#: So many places of a row are listed; the rest is counted.
_SHOWN = 6
NO_TEST = "no test yet"

Places = Mapping[str, list[str]]


def named(text: str) -> set[str]:
    """The rows that a text names; H9-H15 names seven."""
    found: set[str] = set()
    for first, last in _NAMED.findall(text):
        found |= {f"H{row}" for row in range(int(first), int(last or first) + 1)}
    return found


def rows(root: Path = ROOT) -> dict[str, str]:
    """Row -> short name, in order."""
    told: dict[str, str] = yaml.safe_load((root / ROWS).read_text(encoding="utf-8"))
    return told


def homes(root: Path = ROOT) -> Places:
    """Row -> the files of code and data whose head says that they are about it; without any those that name it at all."""
    about: dict[str, list[str]] = defaultdict(list)
    anywhere: dict[str, list[str]] = defaultdict(list)
    for file in _files(root, _CODE, _SUFFIXES):
        if file == Path(__file__):
            continue
        place, text = file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")
        for row in named("\n".join(text.splitlines()[:_HEAD])):
            about[row].append(place)
        for row in named(text):
            anywhere[row].append(place)
    return {row: about.get(row) or places for row, places in anywhere.items()}


def named_by_tests(root: Path = ROOT) -> Places:
    """Row -> what names it in tests/: `file.py` for a module's docstring, `file.py::name` for a function's or class's,
    `file.yml` for a comment."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in _files(root, ("tests",), {".py", ".yml", ".tsv"}):
        place = file.relative_to(root / "tests").as_posix()
        text = file.read_text(encoding="utf-8")
        told = _docstrings(text) if file.suffix == ".py" else _comments(text)
        if file.suffix == ".py" and not file.name.startswith("test_"):
            continue
        for name, words in told:
            for row in named(words):
                found[row].append(f"{place}::{name}" if name else place)
    return {row: sorted(set(places)) for row, places in found.items()}


def page(root: Path = ROOT) -> str:
    """The whole page."""
    lives, tested, names = homes(root), named_by_tests(root), rows(root)
    lines = [
        "# The handbook, row by row",
        "",
        "Made by `python -m designer.handbook_coverage` from docs/handbook.yml and from what names a row (H…) in docstrings and",
        "comments; not edited by hand. A test listed here names the row; it need not check all of it.",
        "",
        f"{len(names)} rows, {sum(one in tested for one in names)} named by a test.",
        "",
        "| row | rule | where it lives | tests that name it |",
        "| --- | --- | --- | --- |",
    ]
    for row, name in names.items():
        cells = (
            row,
            name,
            _listed(lives.get(row, ())) or "nowhere named",
            _listed(tested.get(row, ())) or NO_TEST,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _listed(places: Iterable[str]) -> str:
    told = list(places)
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more


def _files(root: Path, folders: Iterable[str], suffixes: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        for file in sorted((root / folder).rglob("*")):
            inside = file.relative_to(root).parts
            if folder != "tests" and _LEFT_OUT & {*inside[1:-1]}:
                continue
            if file.suffix in suffixes and file.is_file() and "node_modules" not in inside:
                yield file


def _docstrings(text: str) -> Iterator[tuple[str, str]]:
    """(name, docstring) of the module ("") and of its test functions and classes."""
    tree = ast.parse(text)
    yield "", ast.get_docstring(tree) or ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, ast.get_docstring(node) or ""


def _comments(text: str) -> Iterator[tuple[str, str]]:
    yield "", "\n".join(line for line in text.splitlines() if line.lstrip().startswith("#"))


def main() -> int:
    """Command line."""
    made = page()
    if "--check" in sys.argv[1:]:
        stale = (ROOT / PAGE).read_text(encoding="utf-8") != made
        print("过时了，运行 python -m designer.handbook_coverage" if stale else "是新的")
        return int(stale)
    (ROOT / PAGE).write_text(made, encoding="utf-8")
    print(f"写好了 {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
