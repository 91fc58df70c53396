"""Pictures and videos, and words that there are none (H23). Words: data/dialogue/evidence.yml."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.coverage import score_in_clause
from dialogue.readers.wanted import wanted
from dialogue.reading import Reading
from dialogue.scene import Scene

SOURCE = "evidence"
_SLOT = "evidence"
#: A picture that came, in this message or before.
_SENT = 0.98


def read(scene: Scene) -> Iterator[Reading]:
    """`slot evidence` with the upload ids; `skip evidence` for 没有照片. While we ask for it 没有 and 拍不了 are enough,
    otherwise the words must name the picture."""
    message, words = scene.message, scene.store.words
    places = list(wanted(scene, "evidence"))
    if message.uploads:
        uploads = list(message.uploads)
        flow = places[0].flow if places else ""
        more = {"flow": flow, "open": bool(places and places[0].frame)}
        yield Reading("slot", _SLOT, uploads, _SENT, source=SOURCE, more=more)
        return
    if message.is_button or not places:
        return
    sent = [str(one) for one in scene.state.facts.get("evidence") or ()]
    for one in places if sent else ():
        for said in words.find("evidence.sent", scene.text) if one.asked else ():
            yield one.reading(sent, _SENT, said.span, source=SOURCE)  # 刚才不是发过照片了吗
            return
    coming = words.find("evidence.later", scene.text)
    for one in places:
        hits = words.find("evidence.none_said", scene.text)
        if one.asked:
            hits += words.find("evidence.none_asked", scene.text)
        hits = [
            hit
            for hit in hits
            if not any(hit.start < other.end and other.start < hit.end for other in coming)
        ]
        if hits and not coming:
            spans = [hit.span for hit in hits]
            sure = score_in_clause(scene.text, spans, words)
            yield Reading("skip", one.name, None, sure, spans[0], source=SOURCE, more={"flow": one.flow})
