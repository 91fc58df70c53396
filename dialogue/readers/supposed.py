"""来不及就退钱, 修不好就换: what is wanted only if something happens is no request now; it is answered as what may come.

Words: the entries of data/knowledge marked `supposes`, which answer it.
"""

from __future__ import annotations

from dialogue.readers.known import company_of
from dialogue.readers.sentence import sentence_of
from dialogue.reading import Span
from dialogue.scene import Scene


def supposed(scene: Scene, span: Span) -> bool:
    """Does the stretch belong to a condition and what would follow from it?"""
    return any(start < span[1] and span[0] < end for start, end in _places(scene))


def beside_supposed(scene: Scene, span: Span) -> Span:
    """充不进电 修不好就退钱: the longest stretch of it that is no condition; the whole where there is none."""
    places = [one for one in _places(scene) if one[0] < span[1] and span[0] < one[1]]
    if not places:
        return span
    start, end = min(one[0] for one in places), max(one[1] for one in places)
    before, after = (span[0], max(span[0], start)), (min(span[1], end), span[1])
    longest = max(before, after, key=lambda one: len(scene.text[one[0] : one[1]].strip()))
    return longest if scene.text[longest[0] : longest[1]].strip() else span


def _places(scene: Scene) -> list[Span]:
    company, found = company_of(scene), list[Span]()
    for entry in scene.store.knowledge.entries.values():
        pattern = entry.pattern(near=bool(company & {*entry.near, *entry.only})) if entry.supposes else None
        for hit in pattern.finditer(scene.text) if pattern is not None else ():
            found.append((hit.start(), sentence_of(scene.text, (hit.end() - 1, hit.end())).end))
    return found
