"""What half a sentence means right after an answer (那运费呢, 大概几天), by data/dialogue/context.yml."""

from __future__ import annotations

from dialogue.context_table import SAME
from dialogue.readers.acts import acts
from dialogue.scene import Scene


def follow_up(scene: Scene) -> str | None:
    """那运费呢, 大概几天: the intent that these words have right after the last answer, or None."""
    last = last_intent(scene)
    for one in scene.store.words.context.follow_ups:
        if last in one.after and one.meant != SAME and one.words.search(scene.text):
            return None if _names_else(scene, one.meant, last) else one.meant
    return None


def _names_else(scene: Scene, meant: str, last: str) -> bool:
    """那保修到什么时候: another matter is named outright."""
    started = scene.store.flows.started_by
    own = {flow[0] for flow in map(started, (meant, last)) if flow is not None}
    named = [
        flow[0] for one in acts(scene.text, scene.store.words) if (flow := started(one.intent)) is not None
    ]
    return bool(named) and not set(named) & own


def last_intent(scene: Scene) -> str:
    """The intent of the matter that was answered last, or empty."""
    return str((scene.state.last or {}).get("intent") or "")
