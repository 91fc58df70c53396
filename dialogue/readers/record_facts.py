"""What only the record needs (H45): marks printed on the goods, and what the customer wants done.

Readings `fact model`, `fact serial`, `fact batch` (data/dialogue/marks.yml) and `fact demand` (value: its Chinese name; the
group `demand` of choices.yml), at most one of each.
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.negation import negated
from dialogue.readers.supposed import supposed
from dialogue.reading import Reading
from dialogue.scene import Scene

SOURCE = "record_facts"
_SURE = 0.8
_MARKS = ("model", "serial", "batch")


def read(scene: Scene) -> Iterator[Reading]:
    """`value` names the mark itself in its pattern; a demand that the words deny is none (不是要退货 是要换)."""
    if scene.message.is_button:
        return
    text, words = scene.text, scene.store.words
    for name in _MARKS:
        mark = words.pattern(f"marks.{name}").search(text)
        if mark is not None:
            yield Reading("fact", name, mark["value"], _SURE, mark.span("value"), source=SOURCE)
    for code, pattern in words.codes("demand").items():
        meant = [
            one
            for one in pattern.finditer(text)
            if not negated(text, one.span(), words) and not supposed(scene, one.span())
        ]
        if meant:
            label = words.label("demand", code)
            yield Reading("fact", "demand", label, _SURE, meant[0].span(), source=SOURCE)
            return
