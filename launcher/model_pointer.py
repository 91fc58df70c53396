"""models/current: which model is in use."""

from __future__ import annotations

from pathlib import Path


def point(pointer: Path, name: str) -> None:
    """Lead `pointer` to its neighbour `name` in one step: a reader sees the old model or the new one."""
    fresh = pointer.with_name(f".{pointer.name}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name)
    fresh.replace(pointer)
