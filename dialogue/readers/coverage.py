"""How surely words mean a value, by how much of the message they are: the whole answer, or a word in a long sentence."""

from __future__ import annotations

from collections.abc import Iterable

from dialogue.readers.sentence import Sentence, sentences
from dialogue.reading import Span
from dialogue.words import Words

#: A message that is nothing else; a word somewhere in a sentence; what the rest of the way is for.
_WHOLE, _SOMEWHERE, _BY_SHARE = 0.96, 0.55, 0.35
#: An answer that is a small sentence beside others counts nearly like one that is the whole message.
_BESIDE = 0.93
#: The same words in a question ask rather than tell.
_IN_QUESTION = 0.72


def share(text: str, spans: Iterable[Span], words: Words) -> float:
    """The share of the message's meaningful characters (no marks, no filler words) that the spans are."""
    inside = {place for start, end in spans for place in range(start, end)}
    filler = {
        place
        for hit in words.find("reading.filler", text)
        for place in range(hit.start, hit.end)
        if not inside & set(range(hit.start, hit.end))
    }
    meaningful = {place for place, one in enumerate(text) if one.isalnum() and place not in filler} | inside
    return len(inside) / len(meaningful) if meaningful else 0.0


def score(text: str, spans: Iterable[Span], words: Words) -> float:
    """0..1 for words at these places: .96 for the whole answer, .55 to .9 inside a sentence, less in a question."""
    places = list(spans)
    part = share(text, places, words)
    found = _WHOLE if part >= 1 else _SOMEWHERE + _BY_SHARE * part
    return found * _IN_QUESTION if asks(text, places, words) else found


def asks(text: str, spans: Iterable[Span], words: Words) -> bool:
    """Is the message a question, by words outside these places?"""
    places = list(spans)
    return any(
        all(hit.end <= start or end <= hit.start for start, end in places)
        for hit in words.find("reading.question", text)
    )


def part_asks(part: Sentence, words: Words) -> bool:
    """Is this small sentence a question, by its mark or its words?"""
    return part.asks or words.asks(part.text)


def score_in_clause(text: str, spans: Iterable[Span], words: Words) -> float:
    """As `score`, but words that are a small sentence beside others count nearly as much."""
    places = list(spans)
    best = score(text, places, words)
    for one in sentences(text):
        inside = [
            (max(start, one.start) - one.start, min(end, one.end) - one.start)
            for start, end in places
            if start < one.end and one.start < end
        ]
        if inside and one.text != text:
            marked = _IN_QUESTION if one.asks and not asks(one.text, inside, words) else 1.0
            best = max(best, _BESIDE * marked * score(one.text, inside, words))
    return best
