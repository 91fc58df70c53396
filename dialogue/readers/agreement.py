"""Yes and no to the open question. Words: data/dialogue/answers.yml and offers.yml.

They stand for a small sentence only when it is nothing else ("可以吗", "没事吧", "确认取消" to 提交 are neither). The verb
of the question (取消, 提交) is a yes, refused it is a no; words that choose something else than what is read back are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dialogue.readers.acts import Act, acts, may_be
from dialogue.readers.answer_words import is_passive, only
from dialogue.readers.kept import stays
from dialogue.readers.negation import negated
from dialogue.readers.sentence import Sentence, sentence_of, sentences
from dialogue.readers.wanted import told_now
from dialogue.reading import Reading, Span
from dialogue.scene import Scene
from dialogue.state import OFFERS
from dialogue.words import Hit

SOURCE = "answers"
#: How surely a message is no answer but wants to hear again what is read back.
_ANEW = 0.8


@dataclass(frozen=True, slots=True)
class _Said:
    """The message as an answer. `agreeing`: words that say yes here; `own`: names of what the question is about."""

    agreeing: tuple[str, ...]
    parts: tuple[Sentence, ...]
    own: tuple[Act, ...]
    others: bool  # names a matter that the question is not about
    stops: tuple[Hit, ...]  # words that give it up
    asks: bool


def read(scene: Scene) -> Iterator[Reading]:
    """yes and no, by words, or for a short message by the intent model."""
    yield from _takes_earlier(scene)
    said = _said(scene)
    refused = _refused(scene, said)
    if not refused and (waits := list(_put_off(scene, said))):
        yield from waits
        return
    if pauses(scene) and (not refused or scene.store.words.hit("answers.not_yet", scene.text)):
        return
    if nothing_more := list(_nothing_more(scene, said)):
        yield from nothing_more
        return
    told: set[str] = set()
    if not refused and (over := settled(scene)):
        yield _answer(scene, "no", over, whole=len(said.parts) == 1)
        return
    kinds = {one: "" if refused else _kind_of(scene, one, said) for one in said.parts}
    if _ends_with_no(scene, kinds):  # 好吧 认了: how it ends counts
        kinds = {one: "" if kind == "yes" else kind for one, kind in kinds.items()}
    if _agrees_by_name(scene, kinds):  # 不是 说鞋 催啊: what is not so was something else
        kinds = {one: kind for one, kind in kinds.items() if kind != "no"}
    if not refused and _insists_on_it(scene, said, kinds):
        yield Reading("repeat", "ok", None, _ANEW, (0, len(scene.text)), source=SOURCE)
        return
    for one, kind in kinds.items():
        if kind == "yes" and _opens_a_question(scene, one, said):
            continue
        if kind and kind not in told:
            told.add(kind)
            yield _answer(scene, kind, one.span, whole=len(said.parts) == 1)
    if refused:
        yield _answer(scene, "no", sentence_of(scene.text, refused[0]).span, whole=len(said.parts) == 1)
    elif not told:
        yield from _by_model(scene, said)


def _agrees_by_name(scene: Scene, kinds: Mapping[Sentence, str]) -> bool:
    """Is the offer accepted in its own words (赶紧催), whatever else was not so?"""
    named = agreeing_words(scene)
    said = [one for one, kind in kinds.items() if kind == "yes"]
    top = scene.top
    offered = top is not None and top.flow == "offer"
    return offered and any(re.search(unit, one.text) for one in said for unit in named)


def settled(scene: Scene) -> Span | None:
    """刚来短信说派送了, to the offer to urge: what was offered is needed no more; not where it is wanted all the same."""
    top = scene.top
    if top is None or top.flow != "offer":
        return None
    hits = scene.store.words.find("answers.settled", scene.text)
    agrees = any(only(one.text, agreeing_words(scene), scene.store.words) for one in sentences(scene.text))
    return None if not hits or agrees else hits[0].span


def was_done_before(scene: Scene) -> bool:
    """我自己催过了 没用, 之前转过: what is offered was done before; said so, it is not agreed to."""
    text, before = scene.text, scene.store.words.pattern("answers.done_before")
    return any(
        before.search(text[found.end() :])
        for unit in agreeing_words(scene)
        for found in re.finditer(unit, text)
        if found.end() > found.start()
    )


def _ends_with_no(scene: Scene, kinds: Mapping[Sentence, str]) -> bool:
    """好吧 认了, 行 那不用了: a mere 好 before a no only leads up to it."""
    said = [(one, kind) for one, kind in kinds.items() if kind]
    if len(said) < 2 or said[-1][1] != "no":
        return False
    mere, words = scene.store.words.lists["answers.yes"].words, scene.store.words
    return all(kind == "no" or only(one.text, mere, words) for one, kind in said)


def _insists_on_it(scene: Scene, said: _Said, kinds: Mapping[Sentence, str]) -> bool:
    """不是 主要是印歪了！换一件, where that is what is read back: a no beside the same wish agrees to nothing, it is read back anew."""
    words = scene.store.words
    denies = any(only(one.text, words.lists["answers.no"].words, words) for one in said.parts)
    agrees = [one for one, kind in kinds.items() if kind == "yes"]
    reads_back = scene.asked is not None and bool(scene.asked.verb) and _reads_back(scene)
    if not denies or not agrees or not reads_back:
        return False
    return not any(only(one.text, said.agreeing, words) for one in agrees)


def _takes_earlier(scene: Scene) -> Iterator[Reading]:
    """提交吧 菜的事也叫专员看看: an offer of the last few turns is taken by its name, beside whatever else is answered; a bare 要的
    takes what was offered just now in passing, where no yes is awaited."""
    words, taken = scene.store.words, set[str]()
    confirms = scene.asked_slot is not None and scene.asked_slot.kind == "confirm"
    for at, offer in reversed([*enumerate(scene.state.told.get(OFFERS) or ())]):
        brings = "human" if offer.get("human") else str(offer.get("start") or "")
        if brings in {*taken, offer_of(scene), *(one.flow for one in scene.state.frames)}:
            continue
        now = bool(offer.get("passing")) and not offer["turns"] and not confirms
        for part in sentences(scene.text):
            if part.asks or _asks(scene, part) or negated(scene.text, part.span, words):
                continue
            if _names_offer(scene, brings, part, now=now):
                taken.add(brings)
                score = words.limits["watch_words"]
                yield Reading("offer", brings, part.text, score, part.span, source=SOURCE, more={"offer": at})
                break


def _names_offer(scene: Scene, brings: str, part: Sentence, *, now: bool) -> bool:
    """Does the small sentence name what was offered? `now`: just offered, so that a bare 要的 is enough."""
    words = scene.store.words
    if brings != "human":
        listed, agrees = words.lists.get(f"offers.{brings}"), words.lists["answers.yes"].words
        units = listed.words if listed is not None else ()
        return (
            bool(units) and only(part.text, (*agrees, *units), words) and not only(part.text, agrees, words)
        )
    if words.hit("watchers.refuses_person", part.text):
        return False
    named = words.hit("watchers.takes_person", part.text)
    return bool(named or (now and words.hit("watchers.accepts_person", part.text)))


def stops_in(scene: Scene, agreeing: tuple[str, ...]) -> tuple[Hit, ...]:
    """Words that give up what is open, without those that say the verb of the question (取消 to "确认取消吗")."""
    words = scene.store.words
    return tuple(
        one
        for one in words.find("answers.cancel", scene.text)
        if not only(one.text, agreeing, words)
        and not may_be(scene.text, one.span, words)
        and not words.hit("answers.in_that_case", scene.text[: one.end])
    )


def agreeing_words(scene: Scene) -> tuple[str, ...]:
    """Words that name what the question would do: its verb, what is offered, what the open flow is about."""
    verb = scene.asked.verb if scene.asked is not None else ""
    listed = scene.store.words.lists.get(f"offers.{offer_of(scene)}")
    return (*([re.escape(verb)] if verb else []), *(listed.words if listed is not None else ()))


def offer_of(scene: Scene) -> str:
    """What a yes brings (offers.yml): `human`, the flow that is offered, the open flow that waits for its confirmation."""
    top, slot = scene.top, scene.asked_slot
    if top is None or slot is None or slot.kind != "confirm":
        return ""
    return "human" if top.data.get("human") else str(top.data.get("start") or top.flow)


def is_open_matter(scene: Scene, intent: str) -> bool:
    """Does the intent name what the top frame is about, or what it offers?"""
    started = scene.store.flows.started_by(intent)
    top = scene.top
    return started is not None and top is not None and started[0] in {top.flow, offer_of(scene)}


def _said(scene: Scene) -> _Said:
    words = scene.store.words
    agreeing = agreeing_words(scene)
    either = (*words.lists["answers.yes"].words, *words.lists["answers.no"].words, *agreeing)
    parts = tuple(
        one
        for one in sentences(scene.text)
        if not is_passive(one.text, words) or only(one.text, either, words)
    )
    named = acts(scene.text, words)
    return _Said(
        (*words.lists["answers.yes"].words, *agreeing),
        parts,
        tuple(one for one in named if is_open_matter(scene, one.intent)),
        any(not is_open_matter(scene, one.intent) for one in named),
        _unless_it_goes_on(
            scene, stops_in(scene, agreeing) if agreeing else tuple(words.find("answers.cancel", scene.text))
        ),
        any(_asks(scene, one) for one in parts),
    )


def _unless_it_goes_on(scene: Scene, stops: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """那算了 普票也行 开吧: what comes after is agreed to instead, nothing is given up. 专员就不用找了: only the person is not wanted."""
    if offer_of(scene) != "human":
        words = scene.store.words
        parts = {one: sentence_of(scene.text, (one.start, one.end)) for one in stops}
        stops = tuple(one for one in stops if not words.hit("watchers.refuses_person", parts[one].text))
    if stops and scene.store.words.hit("answers.settles_for", scene.text[stops[-1].end :]):
        return ()
    return stops


def _asks(scene: Scene, one: Sentence) -> bool:
    if not one.asks and only(one.text, scene.store.words.lists["answers.softly"].words, scene.store.words):
        return False  # 要得嘛 转嘛
    return one.asks or scene.store.words.hit("answers.question", one.text) is not None


def _refused(scene: Scene, said: _Said) -> list[Span]:
    """Where what the question is about is refused; nowhere when something else of it is wanted (不退了，换吧)."""
    words = scene.store.words
    told = [one for one in said.own if not _asked_about(scene, one.span)]
    if any(not one.refused for one in told) or words.hit("wishes.hypothetical", scene.text):
        return []
    if any(
        only(one.text, agreeing_words(scene), words) and not negated(scene.text, one.span, words)
        for one in said.parts
        if not _asks(scene, one)
    ):  # 没催过 你催吧, 转吧 之前那次没转过去
        return []
    if offer_of(scene) == "human":  # 不想等人工
        hits = words.find("watchers.refuses_person", scene.text)
        if told_no := [hit.span for hit in hits if not _asks(scene, sentence_of(scene.text, hit.span))]:
            return told_no
    spans = [one.span for one in said.own]
    if afterwards := _only_afterwards(scene):
        return afterwards
    for unit in agreeing_words(scene):
        spans += [found.span() for found in re.finditer(unit, scene.text) if found.end() > found.start()]
    others = [one.span for one in acts(scene.text, words) if not is_open_matter(scene, one.intent)]
    spans = [
        span for span in spans if not any(a <= span[0] and span[1] <= b for a, b in others)
    ]  # 没要改地址
    refused = [span for span in spans if negated(scene.text, span, words)]
    # 运费我出的话就不退了: only for that case
    refused = [one for one in refused if not words.hit("answers.in_that_case", scene.text[: one[1]])]
    return [] if refused and _asks(scene, sentence_of(scene.text, refused[0])) else refused


def _only_afterwards(scene: Scene) -> list[Span]:
    """不是不让你转 是先查清楚再转, to the offer: something else comes first."""
    if scene.top is None or scene.top.flow != "offer":
        return []
    text, first = scene.text, scene.store.words.pattern("answers.not_first")
    return [
        found.span()
        for unit in agreeing_words(scene)
        for found in re.finditer(unit, text)
        if found.end() > found.start() and first.search(text[: found.start()])
    ]


def _asked_about(scene: Scene, span: Span) -> bool:
    """我就问取消没取消: only asked about, beside what is told."""
    one = sentence_of(scene.text, span)
    return _asks(scene, one) or scene.store.words.hit("watchers.just_asks", one.text) is not None


def _kind_of(scene: Scene, one: Sentence, said: _Said) -> str:
    """yes, no or nothing for a small sentence."""
    words = scene.store.words
    if _asks(scene, one):
        return ""
    if words.hit("watchers.misfit", one.text):  # 不是问这个
        return ""
    own = [re.escape(scene.text[act.span[0] : act.span[1]]) for act in said.own if _as_chosen(scene, act)]
    agrees = only(one.text, (*said.agreeing, *own), words)
    if not agrees and only(one.text, words.lists["answers.no"].words, words):
        changes_mind = any(not act.refused for act in said.own)
        return "" if changes_mind or _insists(scene) else "no"
    return "yes" if agrees and not said.stops and not _other_choice(scene) else ""


def _opens_a_question(scene: Scene, yes: Sentence, said: _Said) -> bool:
    """好嘞 那万一不合身能退吧, to the offer of a person: a mere 好 before a question about something else is no consent."""
    words = scene.store.words
    if offer_of(scene) != "human" or not only(yes.text, words.lists["answers.yes"].words, words):
        return False
    rest = [one for one in said.parts if one is not yes]
    asks = ("reading.question", "about_offer.asks")
    asked = [one for one in rest if _asks(scene, one) or any(words.hit(name, one.text) for name in asks)]
    agreed = any(only(one.text, agreeing_words(scene), words) for one in rest)
    about = any(words.hit("about_offer.person_comes", one.text) for one in asked)
    return bool(asked) and not agreed and not about


def _insists(scene: Scene) -> bool:
    """不行，必须给我退 to the offer of a person: that is no refusal of it."""
    return offer_of(scene) == "human" and len(scene.store.words.find("watchers.insist", scene.text)) > 1


def _answer(scene: Scene, kind: str, span: Span, *, whole: bool) -> Reading:
    limits = scene.store.words.limits
    score = limits["whole_answer"] if whole else limits["clause_answer"]
    return Reading(kind, "ok", kind, score, span, source=SOURCE, more={"whole": whole})


def _put_off(scene: Scene, said: _Said) -> Iterator[Reading]:
    """等等, 我考虑考虑, 算了 to an offer: not now."""
    words, slot = scene.store.words, scene.asked_slot
    if slot is None or slot.kind != "confirm" or said.asks or _reads_back(scene):
        return
    for one in sentences(scene.text):
        if only(one.text, words.lists["answers.later"].words, words):
            yield _answer(scene, "no", one.span, whole=len(said.parts) <= 1)
            return
    if said.stops and (scene.top is None or scene.top.flow == "offer"):
        span = (said.stops[0].start, said.stops[-1].end)
        yield _answer(scene, "no", span, whole=len(said.parts) == 1)


def _reads_back(scene: Scene) -> bool:
    """Does the open question read something back, and offers nothing?"""
    return scene.top is not None and scene.top.flow != "offer"


def pauses(scene: Scene) -> bool:
    """等等, 我考虑考虑 to what is read back: it only waits (answers.later), that is neither a yes nor a no."""
    words, slot = scene.store.words, scene.asked_slot
    later = words.lists["answers.later"].words
    return (
        slot is not None
        and slot.kind == "confirm"
        and _reads_back(scene)
        and not has_more_to_say(scene)
        and any(only(one.text, later, words) for one in sentences(scene.text))
    )


def has_more_to_say(scene: Scene) -> bool:
    """等等 我还没说完, to what is read back: more comes, it is not only put off."""
    units = scene.store.words.lists["answers.adds"].words
    return any(only(one.text, units, scene.store.words) for one in sentences(scene.text))


def _nothing_more(scene: Scene, said: _Said) -> Iterator[Reading]:
    """没有别的了, where something is read back: go on; 我补充一下: not yet."""
    words = scene.store.words
    if scene.asked is not None and scene.asked.verb:
        for one in said.parts:
            if words.pattern("answers.nothing_more").match(one.text):
                yield _answer(scene, "yes", one.span, whole=False)
                return
            if only(one.text, words.lists["answers.adds"].words, words):
                yield _answer(scene, "no", one.span, whole=len(said.parts) == 1)
                return


def _by_model(scene: Scene, said: _Said) -> Iterator[Reading]:
    """A short yes or no that only the intent model hears; never for a question or words of a matter."""
    message, limits = scene.message, scene.store.words.limits
    kind = {"affirm": "yes", "deny": "no"}.get(message.intent)
    too_long = len(scene.text) > limits["affirm_chars"]
    misfit = scene.store.words.hit("watchers.misfit", scene.text)  # 不是问这个
    if kind is None or misfit or said.asks or too_long or any(char.isdigit() for char in scene.text):
        return
    if kind == "yes" and any(
        scene.store.words.hit(name, scene.text) for name in ("answers.relief", "answers.indifferent")
    ):
        return  # 那没发就好; 随你
    if kind == "yes" and (said.stops or said.own or said.others or _other_choice(scene)):
        return
    score = min(message.confidence, limits["model_answer"])
    yield Reading(kind, "ok", kind, score, (0, len(scene.text)), source=SOURCE)


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
    """Do the words choose, for a filled choice of the top frame, something else than it holds? What is asked beside the
    answer (提交吧 坏的寄哪去) chooses nothing."""
    flow, top, words = scene.top_flow, scene.top, scene.store.words
    told = "".join(
        "\n" * len(one.text) if _asks(scene, one) or stays(scene, one) else one.text + "\n"
        for one in sentences(scene.text)
    )
    for slot in flow.slots.values() if flow is not None and top is not None else ():
        filled = top.slots.get(slot.name) if top is not None else None
        if slot.kind != "choice" or filled is None or not told_now(scene, slot):
            continue
        chosen = {
            code
            for code, pattern in words.codes(slot.words or slot.name).items()
            for found in pattern.finditer(told)
            if not negated(told, found.span(), words)
        }
        if chosen and filled not in chosen:
            return True
    return False
