"""Which responses data/domain has and which placeholders their wordings name; the wording itself is Rasa's business."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

#: The safe loader in C, where there is one: the folder is read again whenever it changed.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def load_placeholders(folder: Path) -> dict[str, frozenset[str]]:
    """response -> placeholders. Raises ValueError (one Chinese line) for a file that cannot be read."""
    found: dict[str, frozenset[str]] = {}
    for file in sorted(folder.glob("*.yml")):
        try:
            raw = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  (a safe loader)
        except yaml.YAMLError:
            raise ValueError(f"data/domain/{file.name}：不是正确的 YAML") from None
        for name, ways in ((raw or {}).get("responses") or {}).items():
            found[str(name)] = frozenset(
                one for way in ways or () for one in _PLACEHOLDER.findall(_text(way))
            )
    return found


def _text(way: Any) -> str:
    return str(way.get("text") or "") if isinstance(way, dict) else ""
