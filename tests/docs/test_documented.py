"""Every setting, command and route is documented; nothing that is committed names a registry or leaks a path."""

from __future__ import annotations

import re
import subprocess

import pytest

from launcher.settings import ROOT, SETTINGS

OPERATORS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_is_documented_with_its_default(setting: object) -> None:
    name, default = setting.name, setting.default  # type: ignore[attr-defined]
    row = re.search(rf"^\| `{name}` \|(.*)$", OPERATORS, re.M)
    assert row, f"{name} has no row in docs/operators.md"
    assert not default or f"`{default}`" in row.group(1)


def test_every_make_target_is_documented() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M)) - {"lint", "fmt"}
    missing = {t for t in targets if f"`make {t}" not in OPERATORS}
    assert not missing


def test_every_environment_variable_that_code_reads_is_documented() -> None:
    known = {s.name for s in SETTINGS}
    docs = OPERATORS + (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    read = re.compile(r"""environ(?:\.get\(|\[)\s*["']([A-Z][A-Z0-9_]+)["']""")
    unknown = {}
    for folder in ("launcher", "handoff", "actions", "aftersales", "bot"):
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
