"""The training sentences as the designers wrote them: file, line, intent, text. Pure; needs no Rasa."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from designer.inputs import DATA_ROOT, ROOT

NLU = DATA_ROOT / "data" / "nlu"
TEST = ROOT / "tests" / "nlu"
NOT_SENTENCES = ("lookups", "jieba")
_INTENT = re.compile(r"^\s*-?\s*intent:\s*(\S+)\s*$")
_SENTENCE = re.compile(r"^\s+-\s(.*\S)\s*$")


@dataclass(frozen=True)
class Example:
    """One training sentence and where it stands."""

    file: Path
    line: int
    intent: str
    text: str

    @property
    def where(self) -> str:
        """file:line, relative to the project."""
        return f"{shown(self.file)}:{self.line}"


def shown(file: Path) -> Path:
    """The file as messages name it: from the folder in which data/ or tests/ stands."""
    return next((file.relative_to(one) for one in (DATA_ROOT, ROOT) if file.is_relative_to(one)), file)


def nlu_files(folder: Path = NLU) -> list[Path]:
    """The files with sentences, in a fixed order."""
    return [p for p in sorted(folder.rglob("*.yml")) if not set(NOT_SENTENCES).intersection(p.parts)]


def read_file(file: Path) -> Iterator[Example]:
    """The sentences of one file. Read by lines, not as YAML, because a message to a designer needs line numbers."""
    intent = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        named = _INTENT.match(line)
        if named:
            intent = named.group(1)
            continue
        sentence = _SENTENCE.match(line)
        if sentence and intent:
            yield Example(file, number, intent, sentence.group(1))


def read_examples(folder: Path = NLU) -> list[Example]:
    """All training sentences."""
    return [example for file in nlu_files(folder) for example in read_file(file)]


def read_tsv(file: Path) -> list[tuple[int, list[str]]]:
    """Lines of a TSV with their numbers; blank lines left out, and comments: `#` lines without a TAB.

    A customer's line may itself begin with "#" (`#E-s[数字x]` is an emoji in de-identified logs), so a line with a
    second column is never a comment.
    """
    lines = file.read_text(encoding="utf-8").split("\n")
    return [
        (number, line.rstrip("\r").split("\t"))
        for number, line in enumerate(lines, 1)
        if line.strip() and not (line.startswith("#") and "\t" not in line)
    ]
