"""A fingerprint of data files outside Rasa's own formats, so that its training cache notices when they change."""

from __future__ import annotations

import hashlib
from pathlib import Path


def files_fingerprint(*paths: str | Path) -> str:
    """Hash over the names and contents of files and of all files below folders; absent ones count as absent."""
    digest = hashlib.sha256()
    for path in map(Path, paths):
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(str(file).encode())
            digest.update(file.read_bytes() if file.exists() else b"-")
    return digest.hexdigest()


def code_fingerprint(*paths: str | Path) -> str:
    """As `files_fingerprint`, with the bot's own code: Rasa's cache looks at a component's class, not at what it imports."""
    code = sorted(Path(__file__).parent.rglob("*.py"))
    return files_fingerprint(*code, *paths)
