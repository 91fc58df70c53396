"""别管点卡, 没有退换, 都说了不用开, while a form is open: it is not what the customer wants, or not about these goods.

没收到货, to a form that would take the goods back: another matter, as long as its first question has no answer.
Readings `disowned` (name: the flow of the open form; more.goods: its goods are denied, not only the matter; more.other: it was
never about them; more.draft: the form; more.instead: the words begin another matter). Words:
data/dialogue/disowns.yml. A matter is not disowned where the same words want it in another way (不退 换一个).
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.acts import acts
from dialogue.readers.choices import codes_in, denied
from dialogue.readers.mentions import name_in, set_aside
from dialogue.readers.sentence import Sentence, sentence_of, sentences
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import STOPPED, Frame

SOURCE = "disowns"
_SURE = 0.95
#: The pattern that waits for the number of an order.
_IDENTIFY = "identify"


def read(scene: Scene) -> Iterator[Reading]:
    """A reading for every open form that the message says is none of the customer's."""
    if scene.message.is_button or not scene.text:
        return
    yield from _denied_again(scene)
    yield from _protests(scene)
    for frame in reversed(scene.state.frames):
        flow = scene.store.flows.get(frame.flow)
        if flow is None or flow.is_lookup or not flow.start:
            continue
        goods = _goods_denied(scene, frame)
        span = goods[0] if goods is not None else _matter_denied(scene, frame)
        if span is not None:
            more = {
                "goods": goods is not None,
                "other": goods is not None and goods[1],
                "draft": frame.draft,
                "instead": goods is None and _is_another(scene, frame) is not None,
            }
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


def _protests(scene: Scene) -> Iterator[Reading]:
    """退什么退, while no such form is open: nothing begins."""
    for flow, pattern in scene.store.words.codes("disowns.protests").items():
        hit = pattern.search(scene.text) if scene.state.frame(flow) is None else None
        if hit is not None:
            yield Reading("disowned", flow, None, _SURE, hit.span(), False, SOURCE, {"draft": ""})


def _is_another(scene: Scene, frame: Frame) -> Span | None:
    """Where a matter is named that this form cannot be about, while what it asks first is not answered."""
    flow, others = scene.store.flows.get(frame.flow), scene.store.words.codes("disowns.instead")
    pattern = others.get(frame.flow)
    if flow is None or pattern is None:
        return None
    asks = [one.collect for one in flow.steps if one.collect and flow.slots[one.collect].kind == "choice"]
    if frame.slots.get(asks[0]) is not None or _of_others(scene, frame):
        return None
    for act in acts(scene.text, scene.store.words):
        if not act.refused and pattern.fullmatch(act.intent):
            return act.span
    return None


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
    pattern, protests = (
        scene.store.words.codes(f"disowns.{name}").get(frame.flow) for name in ("matter", "protests")
    )
    if (span := _is_another(scene, frame)) is not None:
        return span
    if protests is not None and (hit := protests.search(scene.text)) is not None:
        return None if _wanted_otherwise(scene, frame, hit.span()) else hit.span()
    if (span := _value_denied(scene, frame)) is not None:
        return span
    if pattern is None or _wanted_otherwise(scene, frame):
        return None
    for part in sentences(scene.text):
        if pattern.search(part.text) and not _asks(scene, part):
            return part.span
    return None


def _value_denied(scene: Scene, frame: Frame) -> Span | None:
    """没人发错货, while the order's number is asked for a wrong parcel: where what began the form is denied, and nothing told in
    its place."""
    flow = scene.store.flows.get(frame.flow)
    if flow is None or frame.order_no is not None or scene.top is None or scene.top.flow != _IDENTIFY:
        return None
    started = {
        slot: value
        for begins in flow.start.values()
        for slot, value in begins.items()
        if frame.slots.get(slot) == value
    }
    for slot, value in started.items():
        told = codes_in(scene, flow.slots[slot].words) if frame.slots.get(slot) == value else {}
        if any(not denied(scene, span) for spans in told.values() for span in spans):
            return None
        if value in told:
            return sentence_of(scene.text, told[value][0]).span
    return None


def _asks(scene: Scene, part: Sentence) -> bool:
    return part.asks or scene.store.words.hit("answers.question", part.text) is not None


def _of_others(scene: Scene, frame: Frame) -> bool:
    """我还有一单没收到: is it said of another order than the form's?"""
    if scene.store.words.hit("disowns.of_others", scene.text):
        return True
    others = [one for one in scene.orders() if frame.order_no and one.order_no != frame.order_no]
    return any(name_in(scene.text, item.name) is not None for one in others for item in one.items)


def _wanted_otherwise(scene: Scene, frame: Frame, denied: Span = (0, 0)) -> bool:
    """不退 换一个: another act of the same flow is wanted in the same message, in other words than those that deny it."""
    for act in acts(scene.text, scene.store.words):
        started = scene.store.flows.started_by(act.intent)
        beside = act.span[1] <= denied[0] or denied[1] <= act.span[0]
        if not act.refused and beside and started is not None and started[0] == frame.flow:
            return True
    return False
