"""docs/promises.md names tests that exist, and every promise has one."""

import re

from tests.helpers.processes import ROOT


def test_every_promise_names_a_test_that_exists() -> None:
    rows = [
        line
        for line in (ROOT / "docs/promises.md").read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 11))
    code = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "tests/handoff").glob("test_promises*.py")
    )
    for number, row in enumerate(rows, 1):
        named = re.findall(rf"test_promise_{number}_\w+", row)
        assert named, f"promise {number} names no test"
        for name in named:
            assert f"def {name}(" in code, f"{name} does not exist"


def test_every_promise_test_is_listed() -> None:
    listed = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
    for file in (ROOT / "tests/handoff").glob("test_promises*.py"):
        for name in re.findall(r"def (test_promise_\w+)\(", file.read_text(encoding="utf-8")):
            assert name in listed, f"{name} is not in docs/promises.md"
