"""Choices told in the customer's own words, by the groups of data/dialogue/choices.yml and the labels that were shown."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.coverage import part_asks, score_in_clause
from dialogue.readers.negation import asked_either_way, negated
from dialogue.readers.sentence import sentence_of
from dialogue.readers.supposed import supposed
from dialogue.readers.wanted import Wanted, wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.swaps import changed_into

SOURCE = "choices"
#: A label as it was shown, with nothing else or with more words around it; "第一个" of the choices shown.
_LABEL, _LABEL_INSIDE, _BY_PLACE = 0.98, 0.95, 0.85
#: A label of so few characters is a word like any other.
_SHORT_LABEL = 4
#: “未拆封”指什么: a label in quotes is asked about.
_QUOTES = frozenset("“\"「『'")
#: Own words that tell one value of what is asked and none else, in a small sentence that asks nothing, however long the rest.
_ONLY_ONE = 0.8
#: 退货改成换货: the new one.
_CHANGED = 0.9
_LAST = "last"
#: A group of this name stands in for the group where the words begin the flow ("我要退货" chooses nothing yet, "换货改成退款"
#: does).
_STARTING = "_start"

#: The group with what can be wrong with the goods.
_SYMPTOM = "symptom"
#: Told again, in answer to these groups, what is wrong means this value (走了两步又停了, to what came of a step).
_AS_BEFORE, _NO_SYMPTOM = {"trouble_result": "still"}, "other"

#: The value that blames the customer, by its group.
_OWN_DOING = ("condition", "misuse")

Found = tuple[str, Span]


def read(scene: Scene) -> Iterator[Reading]:
    """Every code of every choice that is wanted, each with the words that say it; `negated` where they deny it."""
    if scene.message.is_button or not scene.text:
        return
    for one in wanted(scene, "choice"):
        yield from _by_words(scene, one)
        if one.asked:
            yield from _by_place(scene, one)


def _by_words(scene: Scene, one: Wanted) -> Iterator[Reading]:
    text, words = scene.text, scene.store.words
    plain = text.strip(" ，,。.!！~～")
    exact = next((code for code, label in (one.shown or {}).items() if label == plain), None)
    if exact is not None:
        yield one.reading(exact, _LABEL, (0, len(text)), source=SOURCE)
        return
    group = one.spec.words
    if one.frame is None and words.codes(f"{group}{_STARTING}") and changed_into(text) is None:
        starting = f"{group}{_STARTING}"
        found = codes_in(scene, starting, one.shown or {})
        if not found and _tells_fault(scene):
            found = {
                code: told
                for code, places in codes_in(scene, group).items()
                if (told := _stated(scene, places))
            }
        group = starting
    else:
        found = codes_in(scene, group, one.shown or {})
    found = _now(scene, found, asked=one.asked) or _as_before(scene, one)
    new = changed_into(text) if len(found) > 1 else None
    for code, spans in found.items():
        for unsaid in (False, True):
            places = [span for span in spans if _is_old(span, new) or denied(scene, span) is unsaid]
            places = [span for span in places if _is_old(span, new) is unsaid or new is None]
            if places:
                sure = score_in_clause(text, places, words)
                if new is not None and not unsaid:
                    sure = max(sure, _CHANGED)
                if not unsaid and code != one.value and _denies_held(scene, one, found):
                    sure = max(sure, _CHANGED if _stated(scene, places) else sure)
                if one.asked and not unsaid and len(found) == 1:
                    sure = max(sure, _told_plainly(scene, one, code, places))
                at = _in_its_sentence(scene, places[0]) if one.spec.is_question else places[0]
                yield one.reading(
                    code, sure, at, negated=unsaid, source=SOURCE, when=one.spec.when, spans=places
                )


def _denies_held(scene: Scene, one: Wanted, found: dict[str, list[Span]]) -> bool:
    """不是刚拆封就坏 用了一个礼拜才坏的: is what the form holds denied in the same breath?"""
    held = found.get(str(one.value)) if one.value is not None else None
    return bool(held) and all(denied(scene, span) for span in held or ())


def _in_its_sentence(scene: Scene, span: Span) -> Span:
    """几天能换好 运费谁出: a question claims no words of the next small sentence."""
    return span[0], max(min(span[1], sentence_of(scene.text, span).end), span[0] + 1)


def _told_plainly(scene: Scene, one: Wanted, code: str, places: list[Span]) -> float:
    """刚拆封就有问题 说了刚拆开的, 才拆开看到的 两件都是: the asked value, by its button's words or by others, beside what else is
    told; 0 where the words are in a question."""
    stated = [one for one in _stated(scene, places) if scene.text[max(0, one[0] - 1) : one[0]] not in _QUOTES]
    label = (one.shown or {}).get(code, "")
    if len(label) >= _SHORT_LABEL and any(scene.text[start:end] == label for start, end in places):
        return _LABEL_INSIDE
    return _ONLY_ONE if stated else 0.0


def _now(scene: Scene, found: dict[str, list[Span]], *, asked: bool) -> dict[str, list[Span]]:
    """Without what is told for the case that something happens (来不及就退钱), unless it is asked for and nothing else is told."""
    now = {
        code: kept
        for code, places in found.items()
        if (kept := [x for x in places if not supposed(scene, x)])
    }
    return now if now or not asked else found


def _as_before(scene: Scene, one: Wanted) -> dict[str, list[Span]]:
    """What is wrong is told once more, and no result in words of its own."""
    code = _AS_BEFORE.get(one.spec.words) if one.asked else None
    if code is None:
        return {}
    told = codes_in(scene, _SYMPTOM)
    places = [
        at
        for name, spans in told.items()
        if name != _NO_SYMPTOM
        for at in _stated(scene, spans)
        if not denied(scene, at)
    ]
    return {code: sorted(places)} if places else {}


def _tells_fault(scene: Scene) -> bool:
    """打字连击 想退了: what is wrong is told in the same breath, so that the wish is a choice and not only how it begins."""
    return any(not denied(scene, spans[0]) for spans in codes_in(scene, _SYMPTOM).values())


def _stated(scene: Scene, places: list[Span]) -> list[Span]:
    """The places that are not in a question."""
    return [span for span in places if not part_asks(sentence_of(scene.text, span), scene.store.words)]


def _is_old(span: Span, new: Span | None) -> bool:
    """Does it stand before the words that say what it is changed into?"""
    return new is not None and span[1] <= new[0]


def denied(scene: Scene, span: Span) -> bool:
    """Negated from outside; words that deny by themselves ("没拆封") are not denied again by what stands before them."""
    text, words = scene.text, scene.store.words
    start, end = span
    itself = words.pattern("negation.before").match(text, start, end) is not None
    itself = (
        itself and words.pattern("negation.never").match(text, start, end) is None
    )  # 不小心 denies nothing
    if words.hit("answers.puts_aside", sentence_of(text, span).text) and words.hit(
        "answers.comes_first", text[span[1] :]
    ):
        return True  # 退货先停一停，把发票开了
    return not itself and negated(text, span, words)


def codes_in(scene: Scene, group: str, labels: dict[str, str] | object = None) -> dict[str, list[Span]]:
    """code -> where its words stand. Where words of two codes overlap the longer ones count ("没用过" is no "用过"), of
    two equally long the code that the file names first."""
    text = scene.text
    found: list[Found] = [
        (code, match.span())
        for code, pattern in scene.store.words.codes(group).items()
        for match in pattern.finditer(text)
        if match.end() > match.start() and not asked_either_way(text, match.span())
        if (group, code) != _OWN_DOING or not _done_by_others(scene, match.span())
    ]
    for code, label in labels.items() if isinstance(labels, dict) else ():
        at = text.find(label)
        if label and at >= 0:
            found.append((code, (at, at + len(label))))
    kept: list[Found] = []
    for code, span in sorted(found, key=lambda one: one[1][0] - one[1][1]):
        if not any(other != code and _meet(span, place) for other, place in kept):
            kept.append((code, span))
    codes: dict[str, list[Span]] = {}
    for code, span in sorted(kept, key=lambda one: one[1]):
        codes.setdefault(code, []).append(span)
    return codes


def _done_by_others(scene: Scene, span: Span) -> bool:
    """快递把我冰箱磕了个坑, 送货师傅碰了一下: whoever brought it did it, not the customer."""
    part = sentence_of(scene.text, span)
    before = scene.text[part.start : span[0]]
    return scene.store.words.hit("moments.done_by_others", before) is not None


def _by_place(scene: Scene, one: Wanted) -> Iterator[Reading]:
    """第二个, 最后一个, 2: of the choices as they were shown."""
    shown = list(one.shown or {})
    for code, span in places_in(scene, len(shown)):
        sure = _BY_PLACE * score_in_clause(scene.text, [span], scene.store.words)
        yield one.reading(shown[code], sure, span, source=SOURCE, by="place")


def places_in(scene: Scene, count: int) -> Iterator[tuple[int, Span]]:
    """(index, where) of every ordinal that fits a list of so many; nothing for a list of one."""
    if count < 2:
        return
    for code, spans in codes_in(scene, "place").items():
        index = count - 1 if code == _LAST else int(code) - 1
        if index < count:
            yield index, spans[0]


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
