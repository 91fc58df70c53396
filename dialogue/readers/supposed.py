"""来不及就退钱, 修不好就换: what is wanted only if something happens is no request now; it is answered as what may come. 换XL的话
不合适还能退吗: what stands in a condition that is asked about is neither an answer nor a correction, whatever it names.

Words: the entries of data/knowledge marked `supposes`, which answer it; `condition` and `condition_asks` of wishes.yml.
"""

from __future__ import annotations

from dialogue.readers.coverage import part_asks
from dialogue.readers.known import company_of
from dialogue.readers.sentence import Sentence, sentence_of, sentences
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


def only_asked_about(scene: Scene, span: Span) -> bool:
    """Does the stretch belong to a condition and the question that follows from it (要是换黑色的话要补钱吗)?"""
    return any(start < span[1] and span[0] < end for start, end in _conditions(scene))


def _conditions(scene: Scene) -> list[Span]:
    """The small sentences that set a condition and ask what follows, or are followed by the one that asks; not where a wish is
    only put politely (方便的话帮我改成XL行吗)."""
    words, found = scene.store.words, list[Span]()
    parts = sentences(scene.text)
    for at, part in enumerate(parts):
        if not words.hit("wishes.condition", part.text):
            continue
        asking = next((one for one in parts[at : at + 2] if _asks(scene, one)), None)
        if asking is not None and not words.hit("wishes.wants", scene.text[part.start : asking.end]):
            found.append((part.start, asking.end))
    return found


def _asks(scene: Scene, part: Sentence) -> bool:
    words = scene.store.words
    return part_asks(part, words) or words.hit("wishes.condition_asks", part.text) is not None


def _places(scene: Scene) -> list[Span]:
    company, found = company_of(scene), list[Span]()
    for entry in scene.store.knowledge.entries.values():
        pattern = entry.pattern(near=bool(company & {*entry.near, *entry.only})) if entry.supposes else None
        for hit in pattern.finditer(scene.text) if pattern is not None else ():
            found.append((hit.start(), sentence_of(scene.text, (hit.end() - 1, hit.end())).end))
    return found
