"""Which of the handbook's 26 categories an intent belongs to: data/categories.yml, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.data_root import data_root

OTHER = "service.other"


@lru_cache(maxsize=4)
def intents_to_categories(file: Path | None = None) -> dict[str, str]:
    """Every registered intent with its category code."""
    read = _read(file)
    return {
        intent: code for code, entry in read["categories"].items() for intent in entry.get("intents") or ()
    }


@lru_cache(maxsize=4)
def categories_to_stages(file: Path | None = None) -> dict[str, str]:
    """Every category code with its stage (H9)."""
    read = _read(file)
    return {code: str(entry["stage"]) for code, entry in read["categories"].items()}


def _read(file: Path | None) -> Any:
    return yaml.safe_load((file or data_root() / "data" / "categories.yml").read_text(encoding="utf-8"))


def category_of(intent: str) -> str:
    """The category of an intent; internal ones (a button, a returned conversation) are `service.other`."""
    return intents_to_categories().get(intent, OTHER)


def stage_of(category: str) -> str:
    """The stage of a category: presale, insale, aftersale, complaint or service."""
    return categories_to_stages()[category]
