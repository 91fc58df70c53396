"""docs/handbook-coverage.md: made from what names the rows, so it can be stale but not wrong about that."""

from pathlib import Path

from designer.handbook_coverage import NO_TEST, PAGE, named, named_by_tests, page, rows
from tests.helpers.processes import ROOT


def test_the_page_is_what_the_command_writes() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "run python -m designer.handbook_coverage"


def test_every_row_of_the_handbook_is_on_it() -> None:
    assert list(rows()) == [f"H{number}" for number in range(1, 54)]


def test_a_range_names_all_its_rows() -> None:
    assert named("forms (H9-H11, H20); H2O and CH3 are none") == {"H9", "H10", "H11", "H20"}


def test_docstrings_of_modules_and_functions_and_comments_of_tables_name_rows(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests/talk").mkdir(parents=True)
    (tmp_path / "docs/handbook.yml").write_text(
        "H1: chat\nH2: tickets\nH3: calls\nH4: mail\n", encoding="utf-8"
    )
    (tmp_path / "tests/talk/test_a.py").write_text(
        '"""Chat (H1)."""\n\ndef test_b():\n    """H2."""\n    assert "H4"\n', encoding="utf-8"
    )
    (tmp_path / "tests/talk/c.yml").write_text("# calls (H3)\n- a: H4\n", encoding="utf-8")
    assert named_by_tests(tmp_path) == {
        "H1": ["talk/test_a.py"],
        "H2": ["talk/test_a.py::test_b"],
        "H3": ["talk/c.yml"],
    }
    assert f"| H4 | mail | nowhere named | {NO_TEST} |" in page(tmp_path)
