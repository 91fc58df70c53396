"""When it began and what the customer tried (H45): `fact` readings for the record; dates for slots that ask for one."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.coverage import score_in_clause
from dialogue.readers.negation import negated
from dialogue.readers.sentence import sentence_of
from dialogue.readers.wanted import wanted
from dialogue.reading import Reading
from dialogue.scene import Scene
from dialogue.words import Hit

SOURCE = "moments"
_SURE_FACT = 0.8


def read(scene: Scene) -> Iterator[Reading]:
    """`fact began_at` (the words of time), `fact tried` (each way tried, in the customer's words), slots of kind date."""
    if scene.message.is_button:
        return
    text, words = scene.text, scene.store.words
    for hit in words.find("moments.began", text)[:1]:
        yield Reading("fact", "began_at", _time_in(scene, hit), _SURE_FACT, hit.span, source=SOURCE)
    for hit in words.find("moments.tried", text):
        asked = words.hit("moments.not_tried", sentence_of(text, hit.span).text) is not None
        if not asked and not negated(text[: hit.end], hit.span, words):  # 换了插座也不行 was tried
            yield Reading("fact", "tried", hit.text, _SURE_FACT, hit.span, source=SOURCE)
    times = words.find("moments.when", text)
    for one in wanted(scene, "date"):
        for hit in times[:1]:
            yield one.reading(hit.text, score_in_clause(text, [hit.span], words), hit.span, source=SOURCE)


def _time_in(scene: Scene, hit: Hit) -> str:
    """The date or length of time that the bot found, else the time words inside, else the words themselves."""
    message = scene.message
    inside = scene.store.words.hit("moments.when", hit.text) or ""
    found = message.entity("date") or message.entity("duration") or ""
    return (inside if found in inside else found) or hit.text
