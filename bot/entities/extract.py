"""All entities of a message, with spans in the original text. Pure."""

from __future__ import annotations

from typing import Any

from bot.entities.lookups import Lookups
from bot.entities.patterns import Found, shaped
from bot.entities.phrases import phrased
from bot.text.normalise import Normalised

EXTRACTOR = "StoreEntityExtractor"


def entities(normal: Normalised, lookups: Lookups) -> list[dict[str, Any]]:
    """Rasa's entity dictionaries in the order of the text: entity, value, start, end (original, end exclusive)."""
    found: list[Found] = list(shaped(normal.text))
    taken = [(f.start, f.end) for f in found]
    phrases = list(phrased(normal.text, taken))
    found += phrases
    found += lookups.found(normal.text, [*taken, *((f.start, f.end) for f in phrases)])
    found.sort(key=lambda f: (f.start, f.end, f.entity))
    return [_told(normal, f) for f in found]


def _told(normal: Normalised, found: Found) -> dict[str, Any]:
    start, end = normal.span(found.start, found.end)
    return {"entity": found.entity, "value": found.value, "start": start, "end": end, "extractor": EXTRACTOR}
