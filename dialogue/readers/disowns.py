"""别管点卡, 没有退换, 都说了不用开, while a form is open: it is not what the customer wants, or not about these goods.

Readings `disowned` (name: the flow of the open form; more.goods: its goods are denied, not only the matter; more.other: it was
never about them; more.draft: the form). Words:
data/dialogue/disowns.yml. A matter is not disowned where the same words want it in another way (不退 换一个).
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.acts import acts
from dialogue.readers.mentions import name_in, set_aside
from dialogue.readers.sentence import Sentence, sentence_of, sentences
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import STOPPED, Frame

SOURCE = "disowns"
_SURE = 0.95


def read(scene: Scene) -> Iterator[Reading]:
    """A reading for every open form that the message says is none of the customer's."""
    if scene.message.is_button or not scene.text:
        return
    yield from _denied_again(scene)
    for frame in reversed(scene.state.frames):
        flow = scene.store.flows.get(frame.flow)
        if flow is None or flow.is_lookup or not flow.start:
            continue
        goods = _goods_denied(scene, frame)
        span = goods[0] if goods is not None else _matter_denied(scene, frame)
        if span is not None:
            more = {"goods": goods is not None, "other": goods is not None and goods[1], "draft": frame.draft}
            yield Reading("disowned", frame.flow, None, _SURE, span, False, SOURCE, more)


def _denied_again(scene: Scene) -> Iterator[Reading]:
    """都说了不开发票, right after that form was closed."""
    stopped = scene.state.told.get(STOPPED) or {}
    pattern = scene.store.words.codes("disowns.matter").get(str(stopped.get("flow") or ""))
    if scene.state.frames or pattern is None:
        return
    for part in sentences(scene.text):
        if pattern.search(part.text) and not _asks(scene, part):
            yield Reading(
                "disowned", str(stopped["flow"]), None, _SURE, part.span, False, SOURCE, {"draft": ""}
            )
            return


def _goods_denied(scene: Scene, frame: Frame) -> tuple[Span, bool] | None:
    """Where the goods that the form is about are said to be beside the point; True where it was never about them."""
    words = scene.store.words
    for name in _goods(scene, frame):
        found = name_in(scene.text, name)
        if found is None:
            continue
        aside = set_aside(scene.text, found[0], words)
        if aside:
            return sentence_of(scene.text, found[0]).span, aside == "other"
    return None


def _goods(scene: Scene, frame: Frame) -> list[str]:
    """The names of what the form is about: the chosen line, else the only one of its order."""
    order = scene.outside.order(frame.order_no) if frame.order_no else None
    if order is None:
        return []
    chosen = order.item(str(frame.item_id or frame.slots.get("item") or ""))
    lines = [chosen] if chosen is not None else list(order.items)
    return [one.name for one in lines] if len(lines) == 1 else []


def _matter_denied(scene: Scene, frame: Frame) -> Span | None:
    """Where the matter of the form is said not to be wanted, nor ever to have been."""
    pattern = scene.store.words.codes("disowns.matter").get(frame.flow)
    if pattern is None or _wanted_otherwise(scene, frame):
        return None
    for part in sentences(scene.text):
        if pattern.search(part.text) and not _asks(scene, part):
            return part.span
    return None


def _asks(scene: Scene, part: Sentence) -> bool:
    return part.asks or scene.store.words.hit("answers.question", part.text) is not None


def _wanted_otherwise(scene: Scene, frame: Frame) -> bool:
    """不退 换一个: another act of the same flow is wanted in the same message."""
    for act in acts(scene.text, scene.store.words):
        started = scene.store.flows.started_by(act.intent)
        if not act.refused and started is not None and started[0] == frame.flow:
            return True
    return False
