"""What half a sentence means right after an answer (那运费呢, 大概几天), by data/dialogue/context.yml."""

from __future__ import annotations

from dialogue.context_table import SAME
from dialogue.scene import Scene


def follow_up(scene: Scene) -> str | None:
    """那运费呢, 大概几天: the intent that these words have right after the last answer, or None."""
    last = last_intent(scene)
    for one in scene.store.words.context.follow_ups:
        if last in one.after and one.meant != SAME and one.words.search(scene.text):
            return one.meant
    return None


def last_intent(scene: Scene) -> str:
    """The intent of the matter that was answered last, or empty."""
    return str((scene.state.last or {}).get("intent") or "")
