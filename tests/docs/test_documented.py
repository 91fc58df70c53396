"""Every setting, command, route, key of a flow and file of words is documented; nothing generated is committed, and no lock
file names a registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from dialogue import commands, flows
from handoff.auth.commands import parser
from handoff.routes import ROUTES
from launcher.anke import COMMANDS, USAGE
from launcher.settings import ROOT, SETTINGS

OPERATORS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
DIALOGUE = (ROOT / "docs" / "dialogue.md").read_text(encoding="utf-8")
DESIGNERS = (ROOT / "docs" / "designers.zh-CN.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = sorted(set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.M)))
#: What may stand in data/flows, as the reader of the files knows it.
FLOW_KEYS = sorted(
    {
        *(*flows._FLOW_KEYS, *flows._SLOT_KEYS, *flows._NEEDS_KEYS, *flows._COLLECT_KEYS, *flows._BLOCK_KEYS),
        *(*flows._STEP_KINDS, *flows.SLOT_KINDS, *flows.CARDS),
    }
)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_is_documented_with_its_default(setting: object) -> None:
    name, default = setting.name, setting.default  # type: ignore[attr-defined]
    row = re.search(rf"^\| `{name}` \|(.*)$", OPERATORS, re.M)
    assert row, f"{name} has no row in docs/operators.md"
    assert not default or f"`{default}`" in row.group(1)


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_is_documented_and_in_make_help(target: str) -> None:
    assert re.search(rf"`make {target}[` ]", OPERATORS), f"`make {target}` is not in docs/operators.md"
    assert re.search(rf"^{target}:.* ## \S", MAKEFILE, re.M), (
        f"{target} has no ## comment, so `make help` lacks it"
    )


def test_every_word_of_the_anke_command_is_documented() -> None:
    users = next(one for one in parser()._actions if one.dest == "verb").choices
    assert users
    told = {f"users {verb}" for verb in users if verb != "first-admin"}  # that one is the launcher's own
    words = told | {"demo reset", "demo remove"} | set(COMMANDS) - {"users", "demo"}
    missing = {one for one in words if not re.search(rf"`anke {one}[` ]", OPERATORS)}
    assert not missing
    assert all(re.search(rf"^ +anke {one} ", USAGE, re.M) for one in COMMANDS)


def test_every_address_is_documented() -> None:
    told, missing = PROTOCOL + OPERATORS, set()
    for route in ROUTES:
        fixed = [one for one in route.path.split("/") if one and not one.startswith("<")]
        if fixed and not re.search(rf"(?<![\w-]){re.escape(fixed[-1])}(?![\w-])", told):
            missing.add(f"{route.method} {route.path}")
    assert not missing


@pytest.mark.parametrize("key", FLOW_KEYS)
def test_every_key_of_a_flow_is_documented(key: str) -> None:
    assert re.search(rf"(?<![\w-]){key}(?![\w-])", DIALOGUE), f"docs/dialogue.md does not tell of {key}"


@pytest.mark.parametrize("kind", commands.KINDS)
def test_every_command_of_the_dialogue_is_documented(kind: str) -> None:
    assert re.search(rf"`{kind}[(`]", DIALOGUE)


def test_every_flow_stands_in_the_table_with_its_slots() -> None:
    table = DIALOGUE[DIALOGUE.index("### The flows and their slots") :]
    missing = []
    for flow in flows.load_flows(ROOT / "data" / "flows").by_id.values():
        row = next((line for line in table.splitlines() if re.search(rf"^\|[^|]*\b{flow.id}\b", line)), None)
        names = flow.slots if row else [flow.id]
        missing += [f"{flow.id}: {one}" for one in names if not re.search(rf"\b{one}\b", row or "")]
    assert not missing


@pytest.mark.parametrize("file", sorted((ROOT / "data" / "dialogue").glob("*.yml")), ids=lambda one: one.name)
def test_designers_know_every_file_of_words(file: Path) -> None:
    assert f"`{file.name}`" in DESIGNERS
    assert re.match(r"#.*[一-鿿]", file.read_text(encoding="utf-8")), (
        "what the file is for stands in its first line"
    )


@pytest.mark.parametrize(
    "folder", sorted(one.name for one in (ROOT / "data").iterdir() if one.is_dir() and one.name != "stories")
)
def test_designers_know_every_folder_of_data(folder: str) -> None:
    assert f"data/{folder}/" in DESIGNERS


@pytest.mark.parametrize("file", sorted((ROOT / "data" / "policy").glob("*.yml")), ids=lambda one: one.name)
def test_rules_say_what_they_are_for(file: Path) -> None:
    """That each of them is read is tests/aftersales/policy/test_every_leaf_is_read.py."""
    assert re.match(r"#.*[一-鿿]", file.read_text(encoding="utf-8"))


def test_every_environment_variable_that_code_reads_is_documented() -> None:
    known = {s.name for s in SETTINGS}
    docs = OPERATORS + (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    read = re.compile(r"""environ(?:\.get\(|\[)\s*["']([A-Z][A-Z0-9_]+)["']""")
    unknown = {}
    for folder in ("launcher", "handoff", "actions", "dialogue", "aftersales", "bot"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in read.findall(path.read_text(encoding="utf-8")):
                if name not in known and f"`{name}" not in docs and name not in docs:
                    unknown[name] = str(path.relative_to(ROOT))
    assert not unknown


def tracked_files() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_nothing_generated_is_committed() -> None:
    generated = re.compile(
        r"(^|/)(node_modules|__pycache__|\.venv|models|handoff/static|var)/|\.(db|pyc|tar\.gz)$"
    )
    assert not [path for path in tracked_files() if generated.search(path)]


def test_lock_files_name_no_registry() -> None:
    lock = (ROOT / "web" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    for path in (ROOT / "requirements").glob("*.txt"):
        assert "index-url" not in path.read_text()
