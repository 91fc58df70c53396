"""Where a name stands in the files of data/: a problem is told with the line that has to be changed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_COMMENT = re.compile(r"(^|\s)#.*$")


class Places:
    """The lines of the files below `root`, comments left out; files are named as in messages (`data/flows/x.yml`)."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, list[str]] = {}

    def line(self, file: str, name: str, at: int = 1) -> int:
        """The first line from `at` on that names `name` as a word of its own; `at` when there is none."""
        word = _word(name)
        for number, text in enumerate(self.lines(file)[at - 1 :], at):
            if word.search(text):
                return number
        return at

    def lines(self, file: str) -> list[str]:
        """All lines of a file without comments; empty for one that cannot be read."""
        if file not in self._known:
            try:
                text = (self._root / file).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                text = ""
            self._known[file] = [_COMMENT.sub("", one) for one in text.splitlines()]
        return self._known[file]

    def comment(self, file: str, line: int) -> str:
        """What the comment of a line says; empty without one."""
        lines = (self._root / file).read_text(encoding="utf-8").splitlines()
        found = _COMMENT.search(lines[line - 1])
        return found.group().strip("# \t") if found else ""


@cache
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
