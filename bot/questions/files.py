"""The ways of asking of data/knowledge, as far as the bot needs them: entry and sentence. The answers are the dialogue's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # both are safe; the first is ten times faster


def read_questions(folder: Path) -> list[tuple[str, str]]:
    """(entry, a way of asking it) in the order of the files; nothing where there is no folder. `python -m designer.check`
    tells what is wrong with a file; here only what can be read counts."""
    return list(_read(folder))


def _read(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*.yml")):
        entries = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            asks = entry.get("asks") if isinstance(entry, dict) else None
            yield from ((str(name), str(one)) for one in asks or ())
