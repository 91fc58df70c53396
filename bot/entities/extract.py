"""All entities of a message, with spans in the original text. Pure."""

from __future__ import annotations

from typing import Any

from bot.entities.lookups import Lookups
from bot.entities.patterns import EntityMatch, pattern_matches
from bot.entities.phrases import phrase_matches
from bot.text.normalise import Normalised

EXTRACTOR = "StoreEntityExtractor"

SURE = frozenset({"email", "tax_no", "phone", "tracking_no", "order_no"})


def entities(normal: Normalised, lookups: Lookups) -> list[dict[str, Any]]:
    """Rasa's entity dictionaries in the order of the text: entity, value, start, end (original, end exclusive)."""
    shapes = list(pattern_matches(normal.text))
    sure = [f for f in shapes if f.entity in SURE]
    phrases = list(phrase_matches(normal.text, [(f.start, f.end) for f in sure]))
    # "中山路100号" is a place, not a size or a day: inside a phrase only the unmistakable shapes stay.
    found = phrases + [f for f in shapes if f in sure or not _inside(f, phrases)]
    found += [
        f
        for f in lookups.found(normal.text, [(f.start, f.end) for f in found])
        if not _label_of_number(f, normal.text, sure)
    ]
    found.sort(key=lambda f: (f.start, f.end, f.entity))
    return [_told(normal, f) for f in found]


def _told(normal: Normalised, found: EntityMatch) -> dict[str, Any]:
    start, end = normal.span(found.start, found.end)
    return {"entity": found.entity, "value": found.value, "start": start, "end": end, "extractor": EXTRACTOR}


def _label_of_number(found: EntityMatch, text: str, sure: list[EntityMatch]) -> bool:
    """手机 138…: the word says what the number is, it names no product."""
    if found.value != "手机":
        return False
    numbers = [f for f in sure if f.entity == "phone" and f.start >= found.end]
    return any(not text[found.end : f.start].strip(" :是为,+86-") for f in numbers)


def _inside(found: EntityMatch, phrases: list[EntityMatch]) -> bool:
    return any(found.start < p.end and p.start < found.end for p in phrases)
