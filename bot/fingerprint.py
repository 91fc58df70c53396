"""A print of data files outside Rasa's own formats, so that its training cache notices when they change."""

from __future__ import annotations

import hashlib
from pathlib import Path


def print_of(*paths: str | Path) -> str:
    """Hash over the names and contents of files and of all files below folders; absent ones count as absent."""
    digest = hashlib.sha256()
    for path in map(Path, paths):
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(str(file).encode())
            digest.update(file.read_bytes() if file.exists() else b"-")
    return digest.hexdigest()


def print_of_code_and(*paths: str | Path) -> str:
    """As `print_of`, with the bot's own code: Rasa's cache looks at a component's class, not at the modules behind it."""
    code = sorted(Path(__file__).parent.rglob("*.py"))
    return print_of(*code, *paths)
