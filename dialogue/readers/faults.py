"""What the customer says is wrong with the goods, in their own words: `fault` readings (饭煮不熟, 平安两个字歪到一边), value the
words cut to what tells it; more: `codes` of the symptoms in them, `instead`: it takes the place of what was told before. Words: data/dialogue/faults.yml, the groups reason and symptom of choices.yml.

No command comes of them: turn.py keeps them, the read-back and the request of the return name them (H23).
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.choices import codes_in, denied
from dialogue.readers.coverage import part_asks
from dialogue.readers.remarks import SYMPTOM
from dialogue.readers.sentence import Sentence, sentence_of, sentences
from dialogue.readers.supposed import supposed
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "faults"
_SURE = 0.8
_REASON, _NO_SYMPTOM = "reason", "other"
#: A small sentence of more characters is cut around the words that tell the fault: so many before them, so many after.
_LONGEST, _BEFORE, _AFTER = 18, 8, 8


def read(scene: Scene) -> Iterator[Reading]:
    """One for every small sentence that tells a fault, in the order of the message."""
    if scene.message.is_button or not scene.text:
        return
    words = scene.store.words
    places = sorted(_places(scene))
    wrong, beside = _rewritten(scene), _added(scene)
    parts = sentences(scene.text)
    for part in parts:
        if beside and len(parts) > 1 and words.hit("faults.added", part.text):
            continue  # 尺码也写上: what it is follows, or stands before
        inside = [one for one in places if part.start <= one[0] < part.end]
        instead = wrong is not None and part.start >= wrong
        if not (inside or instead or beside) or words.hit("wishes.hypothetical", part.text):
            continue
        if words.hit("faults.no_picture", part.text):  # 吸力小拍不出来, to the wish for a photo
            continue
        told = _cut(scene, part, inside or [part.span])
        told = words.pattern("faults.added").sub("", told) if beside else told
        if told and words.pattern("faults.empty").fullmatch(told) is None:
            codes = [code for code, at in _symptoms(scene) if part.start <= at[0] < part.end]
            more = {"codes": codes, **({"instead": True} if instead else {})}
            yield Reading("fault", "fault", told, _SURE, part.span, source=SOURCE, more=more)
    if (wrong is not None or beside) and scene.asked is not None:
        more = {"added": True} if beside else {}
        yield Reading("repeat", scene.asked.name, None, _SURE, (0, len(scene.text)), source=SOURCE, more=more)


def _added(scene: Scene) -> bool:
    """尺码也写上 我穿着像L的, where it is read back: one thing more is wrong, what was told stays."""
    held = scene.top.slots.get(_REASON) if scene.top is not None else None
    if held is None or scene.asked is None or not scene.asked.verb:
        return False
    return scene.store.words.hit("faults.added", scene.text) is not None


def _rewritten(scene: Scene) -> int | None:
    """问题写得不太对 是头发吸不起来, where it is read back: from where on the message tells what is wrong instead; None: no such
    thing is said, or nothing follows."""
    hit = next(iter(scene.store.words.find("faults.rewritten", scene.text)), None)
    if hit is None or scene.asked is None or not scene.asked.verb:
        return None
    if _REASON not in (scene.top_flow.slots if scene.top_flow is not None else {}):
        return None  # 你记的情况不对, to a complaint: that is told of no goods
    end = sentence_of(scene.text, hit.span).end
    held = scene.top.slots.get(_REASON) if scene.top is not None else None
    if any(
        code != held and any(at[0] >= end for at in spans) for code, spans in codes_in(scene, _REASON).items()
    ):
        return None  # 原因不对 是发错货了: another reason, no other words
    return end if scene.text[end:].strip(" ，,。.!！") else None


def _places(scene: Scene) -> Iterator[Span]:
    """Where words stand that blame the goods, the parcel or us, and are neither denied nor a mere condition."""
    reasons = scene.store.policy.returns.reasons
    found = [
        span
        for code, spans in codes_in(scene, _REASON).items()
        if code in reasons and reasons[code].fault != "none"
        for span in spans
    ]
    found += [span for _, span in _symptoms(scene)]
    found += [hit.span for hit in scene.store.words.find("faults.told", scene.text)]
    yield from (one for one in found if not denied(scene, one) and not supposed(scene, one))


def _symptoms(scene: Scene) -> list[tuple[str, Span]]:
    """What can be wrong with goods of the kind, and where it is said."""
    found = codes_in(scene, SYMPTOM)
    return [(code, span) for code, spans in found.items() if code != _NO_SYMPTOM for span in spans]


def _cut(scene: Scene, part: Sentence, inside: list[Span]) -> str:
    """The small sentence without what leads to the fault and trails behind it; of a question, or of a long one, what stands
    around the words."""
    words = scene.store.words
    start, end = inside[0][0], min(inside[-1][1], part.end)
    if not part_asks(part, words):
        whole = len(part.text) <= _LONGEST
        start = part.start if whole else max(part.start, start - _BEFORE)
        end = part.end if whole else min(part.end, end + _AFTER)
    told, before = scene.text[start:end].strip(), ""
    while told != before:
        before = told
        told = words.pattern("faults.lead").sub("", told, count=1).strip()
        told = words.pattern("faults.tail").sub("", told, count=1).strip()
    return told
