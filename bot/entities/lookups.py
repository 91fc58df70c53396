"""Entities from word lists: products, colours, carriers, defects, demands, channels of threat, parts of an address.

The lists are data (data/nlu/lookups/<entity>.yml) and travel with the model. One pass over the text finds the longest
words; a list may map a way of saying to one value ("黑猫", "黑猫投诉" -> 黑猫投诉). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.entities.patterns import Found

Lists = dict[str, dict[str, str]]


def read_lists(folder: Path) -> Lists:
    """Entity -> {way of saying: value}. A file is `words:` (value = word) and `synonyms:` (value: [ways])."""
    lists: Lists = {}
    for file in sorted(folder.glob("*.yml")):
        read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        words = {str(w).lower(): str(w) for w in read.get("words") or ()}
        for value, ways in (read.get("synonyms") or {}).items():
            words.update({str(w).lower(): str(value) for w in [value, *(ways or ())]})
        lists[file.stem] = words
    return lists


class Lookups:
    """Finds listed words in normalised text."""

    def __init__(self, lists: Mapping[str, Mapping[str, str]]) -> None:
        self.lists: Lists = {entity: dict(words) for entity, words in lists.items()}
        self._meaning: dict[str, list[tuple[str, str]]] = {}
        for entity, words in self.lists.items():
            for way, value in words.items():
                self._meaning.setdefault(way, []).append((entity, value))
        ways = sorted(self._meaning, key=lambda w: (-len(w), w))
        self._pattern = re.compile("|".join(_guarded(w) for w in ways)) if ways else None

    def found(self, text: str, taken: Iterable[tuple[int, int]]) -> list[Found]:
        """Listed words outside the taken spans; the longest word at a place wins."""
        if self._pattern is None:
            return []
        blocked = list(taken)
        result: list[Found] = []
        for match in self._pattern.finditer(text):
            start, end = match.span()
            if any(start < e and s < end for s, e in blocked):
                continue
            result += [Found(entity, value, start, end) for entity, value in self._meaning[match.group()]]
        return result


def _guarded(word: str) -> str:
    """Latin words only as whole words: "ems" is not in "items"."""
    escaped = re.escape(word)
    if word[0].isascii() and word[0].isalnum():
        escaped = rf"(?<![0-9a-z]){escaped}"
    if word[-1].isascii() and word[-1].isalnum():
        escaped = rf"{escaped}(?![0-9a-z])"
    return escaped
