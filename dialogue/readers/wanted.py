"""Which slots a message may fill: those of every open frame, of the flow answered last, of flows it could start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialogue.flows import Flow, SlotSpec
from dialogue.readers.acts import acts
from dialogue.readers.follow_up import follow_up, in_pieces
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import GOODS_STATE, RESTS, WRITTEN, Frame

#: So many of the intent model's candidates are flows that the message could start.
_CANDIDATES = 3
#: Kinds of slots that any words would fill once they are asked for: while they are only offered, words must look like one.
_ANY_WORDS = frozenset({"address", "text"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A slot that may be filled now. `frame`: the open frame that has it; None when the flow is not open. `asked`: the
    open question asks for it. `shown`: the choices as the customer saw them, in that order."""

    flow: str
    spec: SlotSpec
    frame: Frame | None = None
    asked: bool = False
    shown: Mapping[str, str] | None = None
    before: Any = None  # what this flow wrote for it last, for the order in hand

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def value(self) -> Any:
        """What the open frame has for it, the first part of something long included, else what was written for it last."""
        if self.frame is None:
            return self.before
        begun = self.frame.data.get("begun") or {}
        return self.frame.slots.get(self.name) or begun.get(self.name) or self.before

    def reading(
        self,
        value: Any,
        score: float,
        span: Span = (0, 0),
        *,
        negated: bool = False,
        source: str = "",
        **more: Any,
    ) -> Reading:
        """A reading of kind `slot` for it; `more` says which flow it is and whether that is open."""
        told = {"flow": self.flow, "open": self.frame is not None, **more}
        if self.spec.is_question:
            told["question"] = True
        return Reading("slot", self.name, value, min(score, 1.0), span, negated, source, told)


def asked_name(scene: Scene) -> str:
    """The slot that the open question asks for; empty when nothing is asked."""
    if scene.asked is not None and scene.asked.collect:
        return scene.asked.collect
    return (scene.top.step or "") if scene.top else ""


def told_now(scene: Scene, spec: SlotSpec) -> bool:
    """May words tell the slot of the top frame now? One that is only told when asked for (when: asked) waits for its question."""
    return spec.when != "asked" or spec is scene.asked_slot


def shown_choices(frame: Frame | None, slot: str) -> Mapping[str, str]:
    """The choices that were shown with the question for this slot, code -> label, in that order."""
    names = (frame.data.get("names") or {}) if frame else {}
    return {str(code): str(label) for code, label in (names.get(slot) or {}).items()}


def wanted(scene: Scene, *kinds: str) -> Iterator[Wanted]:
    """The slots of these kinds, the likeliest owner first; a flow that is open is not told again as startable."""
    asked, seen = asked_name(scene), set[str]()
    for frame in reversed(scene.state.frames):
        flow = scene.store.flows.get(frame.flow)
        if flow is None:
            continue
        seen.add(flow.id)
        for spec in flow.slots.values():
            is_asked = frame is scene.top and spec.name == asked
            if spec.unless and frame.slots.get(spec.unless) is not None:
                continue
            if spec.is_question and frame.data.get(RESTS):
                continue  # after a goodbye a question is about something else
            if spec.kind in kinds and (spec.when in (None, "open") or (spec.when == "asked" and is_asked)):
                shown = shown_choices(frame, spec.name) or spec.choices
                yield Wanted(flow.id, spec, frame, is_asked, shown, _written(scene, flow.id, spec.name))
    offered = scene.store.flows.get(str(scene.top.data.get("start") or "")) if scene.top else None
    if (
        offered is not None and offered.id not in seen
    ):  # the answer to an offered flow's first question, with its yes
        first = next((one.collect for one in offered.steps if one.collect), "")
        for spec in offered.slots.values():
            if spec.kind in kinds and spec.when is None:
                asks = spec.name == first and spec.kind not in _ANY_WORDS  # 盖子裂了一条缝 is no address
                yield Wanted(offered.id, spec, scene.top, asks, spec.choices)
    judged = refused_flow(scene)
    if judged is not None and judged.id not in seen:  # 哪来的痕迹 擦干净了跟新的一样, to a refusal
        for spec in judged.slots.values():
            if spec.kind in kinds and spec.name in GOODS_STATE:
                yield Wanted(judged.id, spec, None, False, spec.choices)
    last = scene.store.flows.get(str((scene.state.last or {}).get("flow") or ""))
    if last is not None:
        for spec in last.slots.values():
            if spec.kind in kinds and spec.when == "follow_up":
                yield Wanted(last.id, spec, None, False, spec.choices)
    for flow_id in likely_flows(scene):
        flow = scene.store.flows.get(flow_id)
        if flow is not None and flow.id not in seen:
            for spec in flow.slots.values():
                if spec.kind in kinds and spec.when in (None, "start"):
                    before = _written(scene, flow.id, spec.name)
                    yield Wanted(flow.id, spec, None, False, spec.choices, before)

    seen |= set(likely_flows(scene))
    for flow_id in sorted(_led_to(scene) - seen):  # what is told early is kept for the flow that may come
        flow = scene.store.flows.get(flow_id)
        for spec in flow.slots.values() if flow is not None else ():
            if spec.kind in kinds and spec.keeps:
                yield Wanted(flow_id, spec, None, False, spec.choices)


def refused_flow(scene: Scene) -> Flow | None:
    """The flow whose refusal offers the person that is on top; None where no other person is offered."""
    top = scene.top
    refused = top is not None and top.flow == "offer" and top.data.get("human") == "out_of_policy"
    return scene.store.flows.get(str(top.data.get("from") or "")) if top is not None and refused else None


def _led_to(scene: Scene) -> frozenset[str]:
    """The flows that the open ones and the likeliest ones lead to."""
    return scene.outside.once("led_to", scene.message, lambda: _leads(scene))


def _leads(scene: Scene) -> frozenset[str]:
    named = [*(one.flow for one in scene.state.frames), *likely_flows(scene)]
    flows = [scene.store.flows.get(one) for one in named]
    return frozenset[str]().union(*(one.leads_to for one in flows if one is not None))


def _written(scene: Scene, flow: str, slot: str) -> Any:
    """What this flow wrote for the slot, while the same order is talked about."""
    written = scene.state.told.get(WRITTEN) or {}
    same = written.get("flow") == flow and written.get("order_no") == scene.state.order_no
    return (written.get("known") or {}).get(slot) if same else None


def likely_flows(scene: Scene) -> Sequence[str]:
    """The flows that the message could start, by its intent, the model's next candidates, its other matters and those
    that the words name."""
    return scene.outside.once("likely_flows", scene.message, lambda: _likely_flows(scene))


def _likely_flows(scene: Scene) -> tuple[str, ...]:
    message = scene.message
    intents = [message.intent, *(one for one, _ in message.candidates[:_CANDIDATES])]
    intents += [one.intent for one in message.also]
    intents += [one.intent for one in acts(scene.text, scene.store.words) if not one.refused]
    intents += [meant] if (meant := follow_up(scene)) is not None else []
    intents += [meant for _, meant in in_pieces(scene)]
    asked = frozenset({message.intent})
    for row in scene.store.words.context.rows:  # what the order in hand may make of it
        if row.fits(asked, scene.text):
            intents += row.means.values()
    found: dict[str, None] = {}
    for intent in intents:
        started = scene.store.flows.started_by(intent)
        if started is not None:
            found[started[0]] = None
    lists = scene.store.words.lists
    for flow in scene.store.flows.by_id:  # one with words of its own (watchers.yml, corrections.yml)
        for name in (f"watchers.{flow}", f"corrections.{flow}"):
            if name in lists and scene.store.words.hit(name, scene.text):
                found[flow] = None
    return tuple(found)
