"""What the customer came for: the intent model's judgement of the message and its stretches, and outright names of matters.

Readings `start` (name: the flow; more: intent, slots; named: where the words name it outright) for every intent that starts a flow. An intent whose words stand
negated is a negated reading; the matter named instead ("不是要退货，是要维修") is one of its own. A condition, a story about
somebody else or a search for a button lowers the score (data/dialogue/wishes.yml).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialogue.message import Stretch
from dialogue.readers.acts import Act, acts
from dialogue.readers.choices import codes_in
from dialogue.readers.negation import asked_either_way, negated
from dialogue.readers.sentence import sentence_of
from dialogue.readers.supposed import beside_supposed, supposed
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

SOURCE = "intents"
#: Intents that carry no matter of their own.
_NO_MATTER = "intents.answers"
#: The stage of questions before buying (data/categories.yml).
_SHOPPING = "presale"
#: Intents that mean the check of who asks while that is open, and that pattern.
_IDENTIFYING, _IDENTIFY = "wishes.identifying", "identify"
#: Lists of wishes.yml that make a matter a mere mention; `asking` only where the matter is a write.
_STANDS = "order_query"
_MENTIONS = ("hypothetical", "button", "mistake", "others", "before")


@dataclass(frozen=True, slots=True)
class _Judged:
    """An intent for a stretch of the message, with the model's certainty."""

    intent: str
    score: float
    span: Span


def read(scene: Scene) -> Iterator[Reading]:
    """Every matter that the message could be about, wanted or refused."""
    message = scene.message
    if message.is_button:
        yield from _start(scene, message.intent, 1.0, (0, 0))
        return
    named = [one for one in _named(scene) if not _is_check(scene, one.intent)]
    if asked := scene.store.words.find("wishes.done_yet", scene.text):
        yield from _done_yet(scene, asked[0].span)
        named = [one for one in named if not _within(one.span, asked[0].span)]
        if not named:
            return
    told: dict[tuple[str, str], float] = {}
    for judged in _judged(scene):
        for one in _read(scene, judged, named):
            told[_key(one)] = max(one.score, told.get(_key(one), 0.0))
            yield one
    yield from _by_value(scene)
    for act in named:
        for one in _by_words(scene, act, named):
            if one.score > told.get(_key(one), 0.0):
                told[_key(one)] = one.score
                yield one


def _done_yet(scene: Scene, span: Span) -> Iterator[Reading]:
    """没取消吧: how the order stands is asked; nothing is to be done."""
    yield from _start(scene, _STANDS, scene.store.words.limits["context_meaning"], span, named=[span])


def _within(one: Span, other: Span) -> bool:
    return other[0] <= one[0] and one[1] <= other[1]


def _key(one: Reading) -> tuple[str, str]:
    """Readings with the same key begin the same flow with the same values."""
    return one.name, str(one.more.get("slots"))


def _is_check(scene: Scene, intent: str) -> bool:
    """Is it no matter of its own, because we are just finding the order?"""
    open_check = scene.top is not None and scene.top.flow == _IDENTIFY
    return open_check and intent in scene.store.words.listed(_IDENTIFYING)


def _by_value(scene: Scene) -> Iterator[Reading]:
    """机器人不动了, with nothing open: words of a value that an intent of a flow fills, whatever the model hears
    (wishes.begins)."""
    words, limits = scene.store.words, scene.store.words.limits
    for flow in scene.store.flows.by_id.values():
        if scene.state.frames:
            return
        for intent, slots in flow.start.items():
            for slot, value in slots.items():
                if slot not in words.listed("wishes.begins"):
                    continue
                pattern = words.codes(flow.slots[slot].words).get(str(value))
                found = pattern.search(scene.text) if pattern is not None else None
                if found is None or _named_else(scene, found.span(), flow.id):
                    continue
                if any(_within(found.span(), place) for place in _means_other(scene, intent)):
                    continue
                if not negated(scene.text, found.span(), words) and not asked_either_way(
                    scene.text, found.span()
                ):
                    score = limits["value_words"] * _weight(scene, intent, [])
                    yield from _start(scene, intent, score, sentence_of(scene.text, found.span()).span)


def _named_else(scene: Scene, span: Span, flow: str) -> bool:
    """Does the same small sentence name another matter outright (坏了找谁)?"""
    sentence = sentence_of(scene.text, span)
    return any(
        sentence.start <= one.span[0] < sentence.end and _flow(scene, one.intent) != flow
        for one in acts(scene.text, scene.store.words)
    )


def _judged(scene: Scene) -> Iterator[_Judged]:
    """The model's intents: of the main stretch, of its next candidates, of the other stretches."""
    message, limits = scene.message, scene.store.words.limits
    matterless = set(scene.store.words.listed(_NO_MATTER))
    if scene.top is not None and scene.top.flow == _IDENTIFY:
        matterless |= set(scene.store.words.listed(_IDENTIFYING))
    whole = _place(scene.text, message.own) if message.own else (0, len(scene.text))
    if message.intent not in matterless:
        yield _Judged(message.intent, message.confidence, _place_of_main(scene, whole))
    elsewhere = {one.intent for one in message.also}  # read below, at its own place
    for intent, probability in message.candidates:
        if intent in elsewhere:
            continue
        if intent != message.intent and intent not in matterless and probability >= limits["candidate_least"]:
            yield _Judged(intent, probability, whole)
    for stretch in message.also:
        if (
            stretch.intent not in matterless
            and not _is_scrap(scene, stretch.text)
            and not _is_half(scene, stretch)
        ):
            yield _Judged(stretch.intent, limits["stretch"], _place(scene.text, stretch.text))


def _place_of_main(scene: Scene, own: Span) -> Span:
    """改成雾蓝 地址也要改, heard as an address: where it stands, when its own words name nothing but another matter."""
    message = scene.message
    again = next((one for one in message.also if one.intent == message.intent), None)
    named = [one.intent for one in acts(scene.text, scene.store.words) if _within(one.span, own)]
    if again is None or not named or message.intent in named:
        return own
    return _place(scene.text, again.text)


def _is_scrap(scene: Scene, text: str) -> bool:
    """也是329吗, 几天能到 beside something else: it has nothing of its own to be about."""
    return scene.store.words.hit("wishes.scrap", text.strip(" ，,。.！!？?~～")) is not None


def _is_half(scene: Scene, stretch: Stretch) -> bool:
    """找人上门修修 要收钱不: half a question that names nothing, heard as one from before buying, beside a matter of the
    customer's own that is named: it is asked of that."""
    words, stage = scene.store.words, scene.store.categories.of_intent(stretch.intent).stage
    half = len(stretch.text) <= words.limits["half_sentence_chars"] and words.asks(stretch.text)
    if stage != _SHOPPING or not half or acts(stretch.text, words):
        return False
    place = _place(scene.text, stretch.text)
    beside = [one for one in acts(scene.text, words) if not one.refused and not _within(one.span, place)]
    return any(scene.store.categories.of_intent(one.intent).stage != _SHOPPING for one in beside)


def _place(text: str, part: str) -> Span:
    at = text.find(part) if part else -1
    return (at, at + len(part)) if at >= 0 else (0, len(text))


def _read(scene: Scene, judged: _Judged, named: Sequence[Act]) -> Iterator[Reading]:
    """The reading of a judged intent: negated when its own words, or those of its flow, are all refused."""
    inside = [one for one in named if judged.span[0] <= one.span[0] < judged.span[1]]
    flow = scene.store.flows.started_by(judged.intent)
    own = [one for one in inside if _same(scene, one.intent, judged.intent)]
    own = own or [one for one in inside if flow is not None and _flow(scene, one.intent) == flow[0]]
    if not own and (_means_other(scene, judged.intent) or _is_of_own(scene, judged.intent)):
        return
    if own and flow is not None and _names_another(scene, judged, own):
        return
    if flow is not None and flow[1] and not own and _tells_no_fault(scene, judged.span):
        return  # 质量倒没啥问题 就是小
    if flow is not None and flow[1]:  # 充不进电 修不好就退: the fault is told, the money only supposed
        own = [one for one in own if not supposed(scene, one.span)]
    if own and all(one.refused for one in own):
        if _changes_mind(scene, judged.intent, named):
            return
        yield from _start(scene, judged.intent, judged.score, own[0].span, negated=True)
    elif flow is not None:
        places = [one.span for one in own]
        score = judged.score * _weight(scene, judged.intent, own)
        outright = score >= judged.score  # a mere mention names nothing that is wanted
        span = beside_supposed(scene, judged.span) if flow[1] and not own else judged.span
        yield from _start(scene, judged.intent, score, span, named=places if outright else ())


def _means_other(scene: Scene, intent: str) -> Sequence[Span]:
    """蓝牙怎么取消配对, 我姓退: the words of the intent that are words of something else (not_acts.yml)."""
    pattern = scene.store.words.codes("not_acts").get(intent)
    return [one.span() for one in pattern.finditer(scene.text)] if pattern is not None else []


def _named(scene: Scene) -> list[Act]:
    """The matters that the text names outright, without those whose words are words of something else."""
    return [
        one
        for one in acts(scene.text, scene.store.words)
        if not any(_within(one.span, place) for place in _means_other(scene, one.intent))
    ]


def _is_of_own(scene: Scene, intent: str) -> bool:
    """新款冰箱不制冷怎么回事 我家那台: nothing is asked before buying where the goods are the customer's own and do not work."""
    shopping = scene.store.categories.of_intent(intent).stage == _SHOPPING
    return (
        shopping
        and bool(scene.store.words.hit("wishes.own", scene.text))
        and bool(codes_in(scene, "symptom"))
    )


def _tells_no_fault(scene: Scene, span: Span) -> bool:
    """质量倒没啥问题: do the words say that nothing is wrong, whatever the model hears in them?"""
    return scene.store.words.hit("wishes.no_fault", scene.text[span[0] : span[1]]) is not None


def _names_another(scene: Scene, judged: _Judged, own: Sequence[Act]) -> bool:
    """发义乌行吗, heard as a question for the carrier: the words ask the same look-up for something else."""
    started = scene.store.flows.started_by(judged.intent)
    flow = scene.store.flows.get(started[0]) if started is not None else None
    plain = [one for one in own if not one.refused]
    return (
        flow is not None
        and flow.is_lookup
        and bool(plain)
        and not any(_same(scene, one.intent, judged.intent) for one in own)
    )


def _same(scene: Scene, one: str, other: str) -> bool:
    """Intents of the same matter: equal, or they begin the same flow with the same values."""
    started = scene.store.flows.started_by(one)
    return one == other or (started is not None and started == scene.store.flows.started_by(other))


def _flow(scene: Scene, intent: str) -> str:
    started = scene.store.flows.started_by(intent)
    return started[0] if started is not None else ""


def _changes_mind(scene: Scene, intent: str, named: Sequence[Act]) -> bool:
    """不退了，换吧 while it is open: another value of the same flow is wanted, the flow itself is not refused."""
    flow = _flow(scene, intent)
    wanted = any(not one.refused and _flow(scene, one.intent) == flow for one in named)
    return wanted and scene.state.frame(flow) is not None


def _by_words(scene: Scene, act: Act, named: Sequence[Act]) -> Iterator[Reading]:
    """A matter that the words name and the model did not: surer after another was refused, or in a stretch of its own."""
    limits = scene.store.words.limits
    sentence = sentence_of(scene.text, act.span)
    if act.refused:
        if _changes_mind(scene, act.intent, named):
            return
        yield from _start(scene, act.intent, limits["act_instead"], act.span, negated=True)
        return
    if any(one.refused for one in named):
        score = limits["act_instead"]
    elif scene.store.words.hit("wishes.beside", scene.text[: act.span[0]]):
        score = limits["act_in_stretch"]
    else:
        score = limits["act_words"]
    weight = _weight(scene, act.intent, [act])
    yield from _start(
        scene, act.intent, score * weight, sentence.span, named=[act.span] if weight >= 1 else ()
    )


def _weight(scene: Scene, intent: str, own: Sequence[Act]) -> float:
    """Less than 1 when the matter is only mentioned; only matters that acts.yml names are weighed."""
    words = scene.store.words
    if not own and words.hit("wishes.asks_rule", scene.text):
        return words.limits["hypothetical"]  # 刷子磨没了也免费换吗
    if intent not in words.codes("acts"):
        return 1.0
    if own and all(supposed(scene, one.span) for one in own):
        return words.limits["hypothetical"]
    told = sentence_of(scene.text, own[0].span).text if own else scene.text
    mentioned = any(words.hit(f"wishes.{one}", told) for one in _MENTIONS)
    return words.limits["hypothetical"] if mentioned else 1.0


def _start(
    scene: Scene, intent: str, score: float, span: Span, *, negated: bool = False, named: Sequence[Span] = ()
) -> Iterator[Reading]:
    started = scene.store.flows.started_by(intent)
    if started is None:
        return
    flow, slots = started
    more: Mapping[str, Any] = {
        "intent": intent,
        "slots": dict(slots),
        **({"named": list(named)} if named else {}),
    }
    yield Reading("start", flow, None, min(score, 1.0), span, negated, SOURCE, more)
