"""What half a sentence means right after an answer (那运费呢, 大概几天), by data/dialogue/context.yml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dialogue.context_table import KNOW, SAME, WISH
from dialogue.readers.acts import acts
from dialogue.readers.sentence import sentences
from dialogue.reading import Span
from dialogue.scene import Scene

#: So many small sentences are more than one.
_SEVERAL = 2
#: The intent of a customer who asks how his order stands.
_ORDER_STANDS = frozenset({"order_query"})
#: How an answered known question is remembered (dialogue/known_answers.py).
_KNOWN = "known"


def follow_up(scene: Scene, last: frozenset[str] = frozenset(), before: str = "") -> str | None:
    """那运费呢, 大概几天: the intent that these words have right after the last answer (`last`: after these), or None; `before`:
    what the same message says before them (找人上门修 要收钱不)."""
    last = last or frozenset({last_intent(scene), KNOW + just_answered(scene)})
    wishes = _wishes(scene, before)
    for one in scene.store.words.context.follow_ups:
        hit = one.words.search(scene.text) if one.meant != SAME and (last | wishes) & one.after else None
        if hit is not None:
            said_of = hit.span() if wishes & one.after else (0, 0)  # 收钱 is said of the repair
            return None if _names_else(scene, (one.meant, *one.after), said_of) else one.meant
    return None


def in_pieces(scene: Scene) -> list[tuple[Span, str]]:
    """我没问快递啊 我问钱为啥这么慢: what the small sentences of a longer message mean where they go on with the last answer, each
    meaning once, with the words from its first small sentence to its last."""
    parts, most = sentences(scene.text), scene.store.words.limits["short_chars"]
    if len(parts) < _SEVERAL or (len(scene.text) <= most and follow_up(scene) is not None):
        return []
    # 不取消了 留着吧 啥时候到: nothing comes of what is given up, the order is as it was
    last = _ORDER_STANDS if scene.store.words.hit("answers.cancel", scene.text) else frozenset[str]()
    found: dict[str, Span] = {}
    for one in parts:
        part = replace(scene, message=replace(scene.message, text=one.text))
        before = scene.text[: one.start]
        meant = follow_up(part, last, before) if len(one.text) <= most else None
        if meant is not None:
            found[meant] = (found.get(meant, one.span)[0], one.end)
    return [(span, meant) for meant, span in found.items()]


def _wishes(scene: Scene, before: str) -> frozenset[str]:
    """What the open forms are about, as far as they were told, and what the words before name and do not refuse."""
    found = {one.intent for one in acts(before, scene.store.words) if not one.refused}
    for frame in scene.state.frames:
        flow = scene.store.flows.get(frame.flow)
        for intent, slots in flow.start.items() if flow is not None else ():
            if slots and all(frame.slots.get(slot) == value for slot, value in slots.items()):
                found.add(intent)
    return frozenset(WISH + one for one in found)


def _names_else(scene: Scene, company: Iterable[str], said_of: Span) -> bool:
    """那保修到什么时候 after a word about returns: a matter is named outright that is none of those the row is about. `said_of`:
    the words that the row itself gives their meaning."""
    started = scene.store.flows.started_by
    own = {flow[0] for flow in map(started, company) if flow is not None}
    named = [
        flow[0]
        for one in acts(scene.text, scene.store.words)
        if (flow := started(one.intent)) is not None
        and not (said_of[0] <= one.span[0] and one.span[1] <= said_of[1])
    ]
    return bool(named) and not set(named) & own


def last_intent(scene: Scene) -> str:
    """The intent of the matter that was answered last, or empty."""
    return str((scene.state.last or {}).get("intent") or "")


def just_answered(scene: Scene) -> str:
    """The known question that was answered last, if any look-up or known question was."""
    kind, _, rest = next(iter(scene.state.asked[-1:]), "").partition(":")
    return rest.partition("@")[0] if kind == _KNOWN else ""
