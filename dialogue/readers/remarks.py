"""Free words where a description is asked for: what happened, what else is to be said."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.agreement import agreeing_words
from dialogue.readers.answer_words import is_passive, only
from dialogue.readers.choices import codes_in
from dialogue.readers.coverage import asks
from dialogue.readers.sentence import sentences
from dialogue.readers.wanted import wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "remarks"
#: Told when asked; 补充一下… when something else is asked; a question, 没了, 算了.
_TOLD, _ADDED, _OTHER = 0.7, 0.6, 0.3
#: 左上角一片, where a form asks for something of the goods: no answer, but worth keeping for the record.
_DESCRIBED = frozenset({"choice", "evidence", "item"})
_DESCRIBES, _UNSURE = 0.65, 0.3
#: The group of choices.yml with what can be wrong with the goods.
SYMPTOM = "symptom"
_OTHERWISE = ("answers.nothing_more", "answers.cancel")


def _merely_asks(scene: Scene) -> bool:
    """A short question; a long story may hold one."""
    short = len(scene.text) <= scene.store.words.limits["short_chars"]
    return short and asks(scene.text, [], scene.store.words)


def _only_begins(scene: Scene) -> bool:
    """等等 我还没说完: that there is more to be said, and nothing of it yet."""
    words = scene.store.words
    units = (*words.lists["answers.adds"].words, *words.lists["answers.later"].words)
    return all(only(one.text, units, words) or is_passive(one.text, words) for one in sentences(scene.text))


def _added(scene: Scene) -> Span:
    """What is added, without the yes before it (对 转吧 对了他工号好像是018)."""
    words, text = scene.store.words, scene.text
    hit = words.find("answers.adds", text)[0]
    agrees = (*words.lists["answers.yes"].words, *agreeing_words(scene))
    before = [one for one in sentences(text) if one.end <= hit.start]
    return (hit.start if before and all(only(one.text, agrees, words) for one in before) else 0), len(text)


def read(scene: Scene) -> Iterator[Reading]:
    """The whole message for the text slot that is asked, less surely when it is a question itself; `remark description`
    while something of the goods is asked: what only describes them."""
    if scene.message.is_button or not scene.text.strip():
        return
    text, words = scene.text, scene.store.words
    for one in wanted(scene, "text"):
        empty = one.frame is not None and one.frame is scene.top and one.name not in one.frame.slots
        if one.asked:
            other = any(words.hit(name, text) for name in _OTHERWISE) or _merely_asks(scene)
            sure = _OTHER if other else _TOLD
        elif empty and words.hit("answers.adds", text) and not _only_begins(scene):
            span = _added(scene)
            yield one.reading(text[slice(*span)], _ADDED, span, source=SOURCE)
            continue
        else:
            continue
        yield one.reading(text, sure, (0, len(text)), source=SOURCE)
    spec = scene.asked_slot
    if spec is not None and spec.kind in _DESCRIBED and not asks(text, [], words):
        lists = ("remarks.describes", "moments.began", "moments.tried")
        described = any(words.hit(one, text) for one in lists) or bool(codes_in(scene, SYMPTOM))
        score = _DESCRIBES if described else _UNSURE
        yield Reading("remark", "description", text, score, (0, len(text)), source=SOURCE)
