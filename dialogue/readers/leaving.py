"""What a customer says about waiting for a person, while he waits: 不排队了, 我没受伤, 确定 (data/dialogue/queue.yml).

Readings `queue`, name: `leaves`, `unharmed`, `no_danger`, `sure`; value: what else was said, empty when that is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.sentence import sentences
from dialogue.reading import Reading
from dialogue.scene import Scene

SOURCE = "leaving"
QUEUE = "queue"
LEAVES, UNHARMED, NO_DANGER, SURE = "leaves", "unharmed", "no_danger", "sure"
_SURE = 0.9


def read(scene: Scene) -> Iterator[Reading]:
    """Only of who waits for a person: the bot listens."""
    words, text = scene.store.words, scene.text
    if not scene.message.listen or not text:
        return
    stays = words.hit("queue.leaves_not_meant", text) is not None
    for name in (LEAVES, UNHARMED, NO_DANGER, SURE):
        hits = words.find(f"queue.{name}", text.strip())
        if hits and not (name == LEAVES and stays):
            yield Reading(QUEUE, name, _rest(scene), _SURE, hits[0].span, source=SOURCE)


def _rest(scene: Scene) -> str:
    """What was said besides that he does not wait, or is not hurt."""
    words, kept = scene.store.words, []
    least = words.limits["leave_rest_chars"]
    for one in sentences(scene.text):
        told = one.text
        for name in (LEAVES, UNHARMED, NO_DANGER, SURE):
            if found := words.find(f"queue.{name}", told):
                told = told[found[-1].end :]
                told = told if len(told) >= least else ""
        if told and not words.hit("queue.filler", told):
            kept.append(told + ("？" if one.asks else ""))
    rest = " ".join(kept)
    return rest if len(rest) >= least else ""
