"""How many, which colour, which size, how much money: what is wanted, not what was bought. Words: quantity.yml, colour_name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogue.number_words import number_of
from dialogue.readers.choices import codes_in
from dialogue.readers.coverage import score_in_clause
from dialogue.readers.negation import negated
from dialogue.readers.parts import part_in
from dialogue.readers.sentence import sentence_of
from dialogue.readers.wanted import Wanted, wanted
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.words import Hit

SOURCE = "quantity"
#: 两件里退一件, 换成蓝的: said in so many words.
_SURE = 0.92
#: Words that say what a value is for stand so close before it, in characters.
_BEFORE = 6
#: The value that stands for the whole quantity.
ALL = "all"
_AMOUNT = re.compile(r"(?:[¥￥]\s*)?(\d{1,6}(?:\.\d{1,2})?)\s*(?:元|块钱?|rmb)?")


def read(scene: Scene) -> Iterator[Reading]:
    """Values for slots of kind quantity, colour, size and amount."""
    if scene.message.is_button or not scene.text:
        return
    for one in wanted(scene, "quantity"):
        yield from _quantity(scene, one)
    for one in wanted(scene, "colour"):
        spans = {code: places[0] for code, places in codes_in(scene, "colour_name").items()}
        yield from _targets(scene, one, list(spans.items()))
    for one in wanted(scene, "size"):
        hits = scene.store.words.find("quantity.size", scene.text)
        hits = hits or scene.store.words.find("quantity.size_beside", scene.text)
        if one.asked and not hits:
            hits = scene.store.words.find("quantity.size_alone", scene.text)
        yield from _targets(scene, one, [(_size(hit), hit.span) for hit in hits])
    for one in wanted(scene, "amount"):
        if one.asked and (found := _AMOUNT.search(scene.text)):
            sure = score_in_clause(scene.text, [found.span()], scene.store.words)
            yield one.reading(found.group(1), sure, found.span(), source=SOURCE)


def _quantity(scene: Scene, one: Wanted) -> Iterator[Reading]:
    """两件里退一件: 1 of 2. 全退: all. 换一个 is no number unless we asked for one."""
    text, words = scene.text, scene.store.words
    hits = [hit for hit in words.find("quantity.amount", text) if number_of(hit.text)]
    part = part_in(scene)  # 补两个碗: two of the parts, not two of what was bought
    hits = [hit for hit in hits if part is None or not part[1][0] <= hit.start < part[1][1]]
    total = next((hit for hit in hits if words.pattern("quantity.out_of").match(text[hit.end :])), None)
    for hit in hits:
        if hit is total:
            continue
        before = text[max(0, hit.start - _BEFORE) : hit.start]
        sure = score_in_clause(text, [hit.span], words)
        told = sentence_of(text, hit.span).text
        acted = words.hit("quantity.acted", told) is not None
        every = words.pattern("quantity.every").match(text, hit.start) is not None  # 两件都是歪的
        if words.hit("quantity.the_rest", before) or words.hit("quantity.of_answers", told):
            continue  # 另一件没事; 前头两个都选错了
        alone = one.asked and words.hit("quantity.just", before)
        if (total is not None and acted) or words.hit("quantity.only", before) or every or alone:
            sure = max(sure, _SURE)
        elif not one.asked and words.hit("quantity.wished", told) is None:
            continue  # 漏了一个配件 says what is wrong, not how many go back
        elif number_of(hit.text) == 1 and words.hit("quantity.article", before) and not one.asked:
            continue
        more = {"of": number_of(total.text)} if total else {}
        unsaid = negated(text, hit.span, words)
        yield one.reading(number_of(hit.text), sure, hit.span, negated=unsaid, source=SOURCE, **more)
    if not hits:
        for hit in words.find("quantity.all", text)[:1]:
            yield one.reading(ALL, score_in_clause(text, [hit.span], words), hit.span, source=SOURCE)


def _targets(scene: Scene, one: Wanted, found: list[tuple[str, Span]]) -> Iterator[Reading]:
    """红的换成蓝的: blue is wanted, red is what there is now. 买的是L，要M: M is wanted. L码不变: no change of it."""
    text, words = scene.text, scene.store.words
    for value, span in found:
        before, after = text[max(0, span[0] - _BEFORE) : span[0]], text[span[1] :]
        wished = words.hit("quantity.target", before) is not None
        present = words.pattern("quantity.stays").match(after) is not None or (
            not wished
            and (
                words.pattern("quantity.from").match(after) is not None
                or words.hit("quantity.having", before) is not None
            )
        )
        sure = score_in_clause(text, [span], words)
        if not wished and words.hit("quantity.worried", sentence_of(text, span).text):
            continue
        yield one.reading(
            value,
            max(sure, _SURE) if wished else sure,
            span,
            negated=present or negated(text, span, words),
            source=SOURCE,
        )


def _size(hit: Hit) -> str:
    return re.sub(r"\s", "", hit.text).upper()
