"""Entities from word lists: products, colours, carriers, defects, demands, channels of threat.

The lists are data (data/nlu/lookups/<entity>.yml) and travel with the model. One pass over the text takes the longest
listed word at each place, over all lists, so that 手机壳 is never a 手机; `ignore` words take their place in silence
(包邮 is no bag). Words too short for a list are `patterns` with their neighbours. Pure.

Why a table by first character and not one alternation: over ~1800 words the alternation took 0.6 ms a text, this 0.02.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.entities.patterns import EntityMatch

PARTS = ("words", "ignore", "patterns")
Lists = dict[str, dict[str, dict[str, str]]]
"""Entity -> {"words": {way of saying: value}, "ignore": {way: ""}, "patterns": {pattern: value}}."""


def read_lists(folder: Path) -> Lists:
    """The lists of all *.yml; the file name is the entity.

    Keys: `words` (value = word), `synonyms` (value: [ways]), `endings` (each way also with it), `ignore`, `patterns`
    (value: [regular expressions]). ValueError with one Chinese line for anything else.
    """
    return {file.stem: _read_list(file) for file in sorted(folder.glob("*.yml"))}


def _read_list(file: Path) -> dict[str, dict[str, str]]:
    read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    unknown = set(read) - {"words", "synonyms", "endings", "ignore", "patterns"}
    if unknown:
        raise ValueError(f"{file}: 不认识的键 {'、'.join(sorted(unknown))}")
    words = {str(w).lower(): str(w) for w in read.get("words") or ()}
    for value, ways in (read.get("synonyms") or {}).items():
        words.update({str(w).lower(): str(value) for w in [value, *(ways or ())]})
    for ending in read.get("endings") or ():
        words.update({f"{w}{ending}": v for w, v in list(words.items()) if not w.endswith(ending)})
    patterns: dict[str, str] = {}
    for value, listed in (read.get("patterns") or {}).items():
        for pattern in listed:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{file}: 写错的模式 {pattern}（{error}）") from None
            patterns[str(pattern)] = str(value)
    ignored = {str(w).lower(): "" for w in read.get("ignore") or ()}
    return {"words": words, "ignore": ignored, "patterns": patterns}


class Lookups:
    """Finds listed words in normalised text."""

    def __init__(self, lists: Mapping[str, Mapping[str, Any]]) -> None:
        self.lists: Lists = {entity: _of_any_model(parts) for entity, parts in lists.items()}
        self._meaning: dict[str, list[tuple[str, str]]] = {}
        self._patterns: list[tuple[str, str, re.Pattern[str]]] = []
        for entity, parts in self.lists.items():
            for way, value in parts["words"].items():
                self._meaning.setdefault(way, []).append((entity, value))
            for way in parts["ignore"]:
                self._meaning[way] = []
            self._patterns += [(entity, v, re.compile(p)) for p, v in parts["patterns"].items()]
        for parts in self.lists.values():
            for way in parts["ignore"]:
                self._meaning[way] = []
        self._by_first: dict[str, list[str]] = {}
        for way in sorted(self._meaning, key=lambda w: (-len(w), w)):
            self._by_first.setdefault(way[0], []).append(way)

    def found(self, text: str, taken: Iterable[tuple[int, int]]) -> list[EntityMatch]:
        """Listed words outside the taken spans; the longest word at a place wins, a pattern takes what is left."""
        blocked = list(taken)
        result: list[EntityMatch] = []
        for start, way in self._words_in(text):
            span = (start, start + len(way))
            if not _free(span, blocked):
                continue
            result += [EntityMatch(entity, value, *span) for entity, value in self._meaning[way]]
            blocked.append(span)
        for entity, value, pattern in self._patterns:
            for match in pattern.finditer(text):
                if match.end() > match.start() and _free(match.span(), blocked):
                    result.append(EntityMatch(entity, value, *match.span()))
                    blocked.append(match.span())
        return result

    def _words_in(self, text: str) -> Iterator[tuple[int, str]]:
        at = 0
        while at < len(text):
            for way in self._by_first.get(text[at], ()):
                if text.startswith(way, at) and _whole(text, at, at + len(way)):
                    yield at, way
                    at += len(way)
                    break
            else:
                at += 1


def _of_any_model(parts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Models of before have {way: value} only; a roll-back must still read them."""
    if not isinstance(parts.get("words"), Mapping):
        return {"words": dict(parts), "ignore": {}, "patterns": {}}
    return {part: dict(parts.get(part) or {}) for part in PARTS}


def _free(span: tuple[int, int], blocked: list[tuple[int, int]]) -> bool:
    return not any(span[0] < end and start < span[1] for start, end in blocked)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _whole(text: str, start: int, end: int) -> bool:
    """Latin words and numbers only as whole ones: "ems" is not in "items", 315 not in 12315."""
    if start > 0 and _latin(text[start]) and _latin(text[start - 1]):
        return False
    return not (end < len(text) and _latin(text[end - 1]) and _latin(text[end]))
