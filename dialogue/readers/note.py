"""Whether the message is about what a person noted when giving the conversation back (H47, data/dialogue/note.yml).

Reading `note` (value: how: words, topic, follows, done, beside; more.about: the words that are about it). `beside`: what is asked
names something that the note says nothing of (修好了保修多久): an answer of its own goes first. As long as nothing else was talked about since, half a question (几时, 单号发我) means the note; later only its own words do.
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.notes import Shared, promises, shared
from dialogue.reading import Reading
from dialogue.scene import Scene
from dialogue.state import WRITTEN

SOURCE = "note"
_BESIDE = "beside"
#: Frames that are passed over.
_PASSED = frozenset({"offer", "clarify"})
_SURE = {"words": 0.95, "topic": 0.85, "follows": 0.6, "done": 0.7, "beside": 0.2}


def read(scene: Scene) -> Iterator[Reading]:
    """At most one reading."""
    note = str((scene.state.resolution or {}).get("note") or "")
    if not note or scene.message.is_button or any(one.flow not in _PASSED for one in scene.state.frames):
        return
    common = shared(scene.text, note, scene.store.words, _goods(scene))
    how = _how(scene, note, common)
    if how:
        places = common.spans or ((0, len(scene.text)),)
        span = (min(one[0] for one in places), max(one[1] for one in places))
        more = {"about": common.spans, "beside": how == _BESIDE}
        yield Reading("note", "note", how, _SURE[how], span, source=SOURCE, more=more)


def _how(scene: Scene, note: str, common: Shared) -> str:
    """What ties the message to the note; empty when nothing does."""
    words, text = scene.store.words, scene.text
    newest, near = _is_newest(scene), _is_near(scene)
    if words.hit("answers.another_order", text):
        return ""
    refers = words.hit("note.refers", text) is not None
    asks = refers or bool(common.points) or words.hit("note.overdue", text) is not None
    asks = asks or words.asks(text)
    elsewhere = bool(common.foreign) and not common.topics
    if not asks:
        done = newest and common.topics and not elsewhere and promises(note, words)
        return "done" if done and _demands(scene) else ""
    if common.foreign and not refers and (common.words or common.topics):
        return _BESIDE
    if common.words or (common.numbers and not elsewhere):
        return "words"
    if common.topics and (near or refers):
        return "topic"
    half = bool(common.points) or words.hit("note.overdue", text) is not None or refers
    short = len(text) <= words.limits["note_half_chars"]
    return "follows" if newest and half and short and not elsewhere else ""


def _goods(scene: Scene) -> Iterator[str]:
    """What the customer's goods are called."""
    yield from (item.name for order in scene.orders() for item in order.items)
    if item := scene.state.facts.get("item"):
        yield str(item)


def _is_newest(scene: Scene) -> bool:
    """Has nothing else been looked up or written since?"""
    return scene.state.last is None and _written(scene) == _known_then(scene, "request_no")


def _is_near(scene: Scene) -> bool:
    """Has nothing been written since, and no other order been talked about?"""
    last = (scene.state.last or {}).get("order_no")
    return _written(scene) == _known_then(scene, "request_no") and last in (
        None,
        _known_then(scene, "order_no"),
    )


def _written(scene: Scene) -> str:
    return str((scene.state.told.get(WRITTEN) or {}).get("request_no") or "")


def _known_then(scene: Scene, name: str) -> str:
    return str((scene.state.resolution or {}).get(name) or "")


def _demands(scene: Scene) -> bool:
    """Is it surely something to do, which the note may have promised already (给我换新的)?"""
    category = scene.store.categories.of_intent(scene.message.intent)
    return category.is_issue and category.stage != "complaint"
