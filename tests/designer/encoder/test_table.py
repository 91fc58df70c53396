"""Encoders side by side: a row of the table, and dashes for heads that were not taught."""

from __future__ import annotations

from typing import Any

from designer.encoder.table import HEADINGS, NONE, line

FOUND: dict[str, Any] = {
    "alone": [0.7, 0.8],
    "mix": [0.75, 0.9],
    "mood": {"auc_calm": 0.91, "auc_angry": 0.93},
    "question": {"first": 0.5},
    "watch": 0.95,
    "watch_tests": 0.96,
}


def test_a_row_has_a_cell_for_each_heading() -> None:
    cells = line("l3", {"layers": 3, "plan": {"part": 1 / 6}, "cpu_s": 53}, FOUND)
    assert len(cells) == len(HEADINGS)
    assert cells[:5] == ["l3", "3", "0.17", NONE, "0.700 / 0.750"]


def test_what_was_not_taught_is_not_measured() -> None:
    cells = line("x", {"layers": 6, "plan": {"part": 1.0, "without": ["watch", "question"]}}, FOUND)
    assert cells[3] == "watch, question"
    assert cells[-4:] == [NONE, NONE, NONE, NONE]
    assert cells[6] == "0.910 / 0.930"
