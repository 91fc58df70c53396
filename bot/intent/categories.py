"""Which of the handbook's 26 categories an intent belongs to: data/categories.yml, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

OTHER = "service.other"
FILE = Path(__file__).parents[2] / "data" / "categories.yml"


@lru_cache(maxsize=4)
def intents_to_categories(file: Path = FILE) -> dict[str, str]:
    """Every registered intent with its category code."""
    read = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {
        intent: code for code, entry in read["categories"].items() for intent in entry.get("intents") or ()
    }


@lru_cache(maxsize=4)
def categories_to_stages(file: Path = FILE) -> dict[str, str]:
    """Every category code with its stage (H9)."""
    read = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {code: str(entry["stage"]) for code, entry in read["categories"].items()}


def category_of(intent: str) -> str:
    """The category of an intent; internal ones (a button, a returned conversation) are `service.other`."""
    return intents_to_categories().get(intent, OTHER)


def stage_of(category: str) -> str:
    """The stage of a category: presale, insale, aftersale, complaint or service."""
    return categories_to_stages()[category]
