"""Free words where a description is asked for: what happened, what else is to be said."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.coverage import asks
from dialogue.readers.wanted import wanted
from dialogue.reading import Reading
from dialogue.scene import Scene

SOURCE = "remarks"
_TOLD, _ASKED_BACK = 0.7, 0.3


def read(scene: Scene) -> Iterator[Reading]:
    """The whole message for the text slot that is asked; less surely when it is a question itself."""
    if scene.message.is_button or not scene.text.strip():
        return
    for one in wanted(scene, "text"):
        if one.asked:
            sure = _ASKED_BACK if asks(scene.text, [], scene.store.words) else _TOLD
            yield one.reading(scene.text, sure, (0, len(scene.text)), source=SOURCE)
