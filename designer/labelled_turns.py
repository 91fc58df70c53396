"""The labelled turns of data/commands and tests/commands as rows (docs/dialogue.md)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dialogue.commands import Command, CommandError, read_commands

#: Slots that the labels do not name: the specification gives them no values, or they repeat the words.
NOT_LABELLED = frozenset(
    {"product", "aspect", "colour", "size", "hurry", "bargain", "undo", "freight", "title_kind", "wrong_part"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled turn."""

    file: str
    line: int
    sentence: str
    asked: str
    frames: str
    situation: str
    last: str
    wanted: tuple[Command, ...]


def read_rows(folder: Path) -> tuple[list[Row], list[str]]:
    """Every row, and one Chinese line with file and line number for each that cannot be read."""
    rows: list[Row] = []
    problems: list[str] = []
    for file in sorted(folder.glob("*.tsv")):
        name = f"{folder.name}/{file.name}"
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            columns = line.split("\t")
            if len(columns) != 6:
                problems.append(f"{name}:{number} 要有 6 列（现在 {len(columns)} 列），用 Tab 隔开")
                continue
            try:
                wanted = tuple(read_commands(columns[5]))
            except CommandError as error:
                problems.append(f"{name}:{number} {error}")
                continue
            sentence, asked, frames, situation, last = (one.strip() for one in columns[:5])
            rows.append(Row(file.stem, number, sentence, asked, frames, situation, last, wanted))
    return rows, problems
