"""What is said to the open question: yes, no, never mind, skip, back, why do you ask, once more, later. Words: answers.yml.

yes and no stand for a small sentence only when it is nothing else ("可以吗", "没事吧", "确认取消" to 提交 are neither). The
verb of the question (取消, 提交) is a yes, refused it is a no. "算了" ends something only when nothing that is wanted
follows it ("算了，给我来大一码的吧" is a correction).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dialogue.readers.acts import Act, acts
from dialogue.readers.answer_words import is_passive, only, share
from dialogue.readers.negation import negated
from dialogue.readers.sentence import Sentence, sentence_of, sentences
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import Frame
from dialogue.words import Hit, Words

SOURCE = "answers"
#: Lists whose words speak wherever they stand, and the kind of reading they make.
_ANYWHERE = {"undo": "undo", "explain": "explain", "repeat": "repeat", "resume": "resume"}


def read(scene: Scene) -> Iterator[Reading]:
    """Everything that the message could be as an answer, by its words or by the intent model."""
    if scene.message.is_button or not scene.text:
        return
    yield from _yes_or_no(scene)
    yield from _cancel(scene)
    yield from _skip(scene)
    yield from _later(scene)
    yield from _anywhere(scene)
    yield from _wrong(scene)


# -- yes and no ------------------------------------------------------------------------------------------------------
def _yes_or_no(scene: Scene) -> Iterator[Reading]:
    words, verb = scene.store.words, scene.asked.verb if scene.asked else ""
    wanted = (*_offered_words(scene), *([re.escape(verb)] if verb else []))
    agreeing = (*words.lists["answers.yes"].words, *wanted)
    either = (*agreeing, *words.lists["answers.no"].words)
    parts = [
        one
        for one in sentences(scene.text)
        if not is_passive(one.text, words) or only(one.text, either, words)
    ]
    named = acts(scene.text, words)
    stops = [] if only(scene.text, agreeing, words) else words.find("answers.cancel", scene.text)
    refused = [
        found.span()
        for found in re.finditer(re.escape(verb), scene.text)
        if verb and negated(scene.text, found.span(), words)
    ]
    own = [one for one in named if _is_open_matter(scene, one.intent)]
    refused += [one.span for one in own if one.refused]
    refused += [span for span in _offered(scene) if negated(scene.text, span, words)]
    told: set[str] = set()
    for one in parts:
        kind = "" if refused else _kind_of(scene, one, agreeing, own, stops)
        if kind and kind not in told:
            told.add(kind)
            yield _answer(scene, kind, one.span, whole=len(parts) == 1)
    if refused:
        yield _answer(scene, "no", sentence_of(scene.text, refused[0]).span, whole=len(parts) == 1)
        told.add("no")
    if verb and words.find("answers.nothing_more", scene.text):
        yield Reading("yes", "ok", "yes", words.limits["clause_answer"], (0, len(scene.text)), source=SOURCE)
    elif not told:
        yield from _by_model(scene, parts, named, stops)


def _kind_of(scene: Scene, one: Sentence, agreeing: tuple[str, ...], own: list[Act], stops: list[Hit]) -> str:
    """yes, no or nothing for a small sentence."""
    words = scene.store.words
    if one.asks or words.hit("answers.question", one.text):
        return ""
    if only(one.text, words.lists["answers.no"].words, words):
        return "no"
    own_words = [re.escape(scene.text[act.span[0] : act.span[1]]) for act in own if _as_chosen(scene, act)]
    agrees = only(one.text, (*agreeing, *own_words), words)
    return "yes" if agrees and not stops and not _other_choice(scene) else ""


def _answer(scene: Scene, kind: str, span: Span, *, whole: bool) -> Reading:
    limits = scene.store.words.limits
    score = limits["whole_answer"] if whole else limits["clause_answer"]
    return Reading(kind, "ok", kind, score, span, source=SOURCE, more={"whole": whole})


def _by_model(
    scene: Scene, parts: list[Sentence], named: Iterable[Act], stops: list[Hit]
) -> Iterator[Reading]:
    """A short yes or no that only the intent model hears; never for a question or words of a matter."""
    message, words = scene.message, scene.store.words
    kind = {"affirm": "yes", "deny": "no"}.get(message.intent)
    asks = any(one.asks or words.hit("answers.question", one.text) for one in parts)
    if kind is None or asks or len(scene.text) > words.limits["affirm_chars"]:
        return
    if kind == "yes" and (stops or any(True for _ in named) or _other_choice(scene)):
        return
    score = min(message.confidence, words.limits["model_answer"])
    yield Reading(kind, "ok", kind, score, (0, len(scene.text)), source=SOURCE)


def _is_open_matter(scene: Scene, intent: str) -> bool:
    """Does the intent name what the top frame is about, or what it offers?"""
    started = scene.store.flows.started_by(intent)
    top = scene.top
    return started is not None and top is not None and started[0] in {top.flow, _offer_of(scene)}


def _offer_of(scene: Scene) -> str:
    """What the open offer is about (offers.yml): human, or the flow that a yes starts; empty when nothing is offered."""
    data = scene.top.data if scene.top is not None else {}
    return "human" if data.get("human") else str(data.get("start") or "")


def _offered_words(scene: Scene) -> tuple[str, ...]:
    found = scene.store.words.lists.get(f"offers.{_offer_of(scene)}")
    return found.words if found is not None else ()


def _offered(scene: Scene) -> list[Span]:
    """Where the text names what is offered."""
    pattern = scene.store.words.codes("offers").get(_offer_of(scene))
    return [one.span() for one in pattern.finditer(scene.text) if one.end() > one.start()] if pattern else []


def _as_chosen(scene: Scene, act: Act) -> bool:
    """The act says nothing else than what the frame holds (退货 while an exchange is read back is no yes)."""
    started, top = scene.store.flows.started_by(act.intent), scene.top
    return (
        not act.refused
        and started is not None
        and top is not None
        and started[0] == top.flow
        and all(top.slots.get(slot, value) == value for slot, value in started[1].items())
    )


def _other_choice(scene: Scene) -> bool:
    """Do the words choose, for a filled choice of the top frame, something else than it holds?"""
    flow, top = scene.top_flow, scene.top
    if flow is None or top is None:
        return False
    for slot in flow.slots.values():
        filled = top.slots.get(slot.name)
        if slot.kind != "choice" or filled is None:
            continue
        chosen = [
            code
            for code, pattern in scene.store.words.codes(slot.words or slot.name).items()
            for found in pattern.finditer(scene.text)
            if not negated(scene.text, found.span(), scene.store.words)
        ]
        if chosen and filled not in chosen:
            return True
    return False


# -- never mind ------------------------------------------------------------------------------------------------------
def _cancel(scene: Scene) -> Iterator[Reading]:
    words, limits = scene.store.words, scene.store.words.limits
    if not scene.state.frames:
        return
    verb = scene.asked.verb if scene.asked else ""
    hits = [
        one
        for one in words.find("answers.cancel", scene.text)
        if not (verb and verb in one.text and not negated(scene.text, _verb_in(one, verb), words))
    ]
    message = scene.message
    if not hits:
        if message.intent == "stop_form" and not words.hit("answers.dont_know", scene.text):
            score = message.confidence * limits["model_answer"]
            yield Reading("cancel", _meant(scene), None, score, (0, len(scene.text)), source=SOURCE)
        return
    span = (hits[0].start, hits[-1].end)
    yield Reading("cancel", _meant(scene), None, _certainty(scene, hits), span, source=SOURCE)


def _verb_in(hit: Hit, verb: str) -> Span:
    at = hit.start + hit.text.index(verb)
    return at, at + len(verb)


def _certainty(scene: Scene, hits: list[Hit]) -> float:
    """1 for nothing else said; little when what follows is wanted instead; between them for another matter."""
    words, limits = scene.store.words, scene.store.words.limits
    left = "".join(
        " " if any(one.start <= at < one.end for one in hits) else char for at, char in enumerate(scene.text)
    )
    rest = [one for one in sentences(left) if not is_passive(one.text, words)]
    if not rest:
        return limits["whole_answer"]
    wanted = [one for one in acts(left, words) if not one.refused]
    if any(_is_open_matter(scene, one.intent) for one in wanted) or words.hit("answers.goes_on", left):
        return limits["passing_answer"]
    if _names_choice(scene, left):
        return limits["passing_answer"]
    if wanted or any(one.asks or words.hit("answers.question", one.text) for one in rest):
        return limits["other_matter"]
    return limits["clause_answer"]


def _names_choice(scene: Scene, text: str) -> bool:
    flow = scene.top_flow
    groups = [one.words or one.name for one in flow.slots.values() if one.kind == "choice"] if flow else []
    return any(
        pattern.search(text) for group in groups for pattern in scene.store.words.codes(group).values()
    )


def _meant(scene: Scene) -> str:
    """The open flow that is given up: the one that the words name, else the nearest."""
    open_flows = [one.flow for one in reversed(scene.state.frames)]
    for act in acts(scene.text, scene.store.words):
        started = scene.store.flows.started_by(act.intent)
        if act.refused and started is not None and started[0] in open_flows:
            return started[0]
    return open_flows[0]


# -- skip, later, back, why ------------------------------------------------------------------------------------------
def _skip(scene: Scene) -> Iterator[Reading]:
    """跳过, 没有: the open question stays without an answer. A yes-or-no question is not skipped."""
    words, slot = scene.store.words, scene.asked_slot
    if slot is None or slot.kind == "confirm":
        return
    parts = [one for one in sentences(scene.text) if not is_passive(one.text, words)]
    for one in parts:
        if not one.asks and only(one.text, words.lists["answers.skip"].words, words):
            score = words.limits["whole_answer" if len(parts) == 1 else "clause_answer"]
            yield Reading("skip", slot.name, None, score, one.span, source=SOURCE)
            return


def _later(scene: Scene) -> Iterator[Reading]:
    words = scene.store.words
    for one in sentences(scene.text):
        if only(one.text, words.lists["answers.later"].words, words):
            whole = is_passive(scene.text.replace(one.text, "", 1), words)
            score = words.limits["whole_answer" if whole else "clause_answer"]
            yield Reading("later", _asked(scene), None, score, one.span, source=SOURCE)
            return


def _anywhere(scene: Scene) -> Iterator[Reading]:
    words = scene.store.words
    for name, kind in _ANYWHERE.items():
        hits = [
            one
            for one in words.find(f"answers.{name}", scene.text)
            if not negated(scene.text, one.span, words)
        ]
        if hits:
            about = _about(scene) if kind == "resume" else _asked(scene)
            span = sentence_of(scene.text, hits[0].span).span if kind == "explain" else hits[0].span
            yield Reading(kind, about, None, share(scene.text, span, words), span, source=SOURCE)
    if (hits := words.find("answers.dont_know", scene.text)) and _asked(scene):
        score = share(scene.text, hits[0].span, words)
        why = {"why": "dont_know"}
        yield Reading("explain", _asked(scene), None, score, hits[0].span, source=SOURCE, more=why)


def _wrong(scene: Scene) -> Iterator[Reading]:
    """地址写错了, 抬头不对: a filled value is not right; negated readings of that slot, in any open frame."""
    words = scene.store.words
    if not words.hit("answers.wrong_data", scene.text):
        return
    for frame in reversed(scene.state.frames):
        for slot, hit in _named_slots(frame, scene.text, words):
            span = sentence_of(scene.text, hit).span
            score = share(scene.text, span, words)
            more = {"flow": frame.flow, "open": True}
            yield Reading("slot", slot, frame.slots[slot], score, span, True, SOURCE, more)


def _named_slots(frame: Frame, text: str, words: Words) -> Iterator[tuple[str, Span]]:
    for slot, pattern in words.codes("slots").items():
        if frame.slots.get(slot) is not None and (found := pattern.search(text)):
            yield slot, found.span()


def _asked(scene: Scene) -> str:
    return scene.asked.collect if scene.asked is not None else ""


def _about(scene: Scene) -> str:
    """The open flow that the words name; empty when they name none."""
    for act in acts(scene.text, scene.store.words):
        started = scene.store.flows.started_by(act.intent)
        if started is not None and scene.state.frame(started[0]) is not None:
            return started[0]
    return ""
