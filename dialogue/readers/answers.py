"""What is said to the open question: yes, no, never mind, skip, back, why do you ask, once more, later. Words: answers.yml.

"算了" ends something only when nothing that is wanted follows it ("算了，给我来大一码的吧" is a correction).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dialogue.readers import agreement
from dialogue.readers.acts import Act, acts
from dialogue.readers.answer_words import is_passive, only, share
from dialogue.readers.choices import codes_in
from dialogue.readers.coverage import part_asks
from dialogue.readers.negation import negated
from dialogue.readers.sentence import Sentence, sentence_of, sentences
from dialogue.readers.wanted import told_now
from dialogue.reading import Reading, Span, without
from dialogue.scene import Scene
from dialogue.state import Frame
from dialogue.words import Hit, Words

SOURCE = "answers"
#: 没有 stands so close behind what is not there, and ends the small sentence but for these.
_NEAR, _ENDS = 4, "的了啊呀呢哦"
#: The pattern whose question is declined, not given up.
OFFER = "offer"
#: Questions of the engine that stand above the matter that they are asked for.
_PATTERNS = frozenset({"identify", "which_order", "which_item", "which_product", "offer", "clarify"})
#: Slots that a customer may not know and that nobody else can tell.
_KNOWN_BY_CUSTOMER = frozenset({"order_no", "proof"})
#: Lists that leave the question without an answer wherever they stand, and the kinds of slots that they do it for.
_LEFT_OUT: dict[str, frozenset[str] | None] = {
    "leave_out": frozenset({"tax_no", "email", "evidence", "tracking_no", "phone", "receiver"}),
    "unchanged": frozenset({"phone", "receiver"}),
}
#: Kinds of readings that take the whole small sentence around the words.
_WHOLE_SENTENCE = frozenset({"explain", "resume"})
#: Lists whose words speak wherever they stand, and the kind of reading they make.
_ANYWHERE = {"undo": "undo", "explain": "explain", "repeat": "repeat", "resume": "resume"}


def read(scene: Scene) -> Iterator[Reading]:
    """Everything that the message could be as an answer, by its words or by the intent model."""
    if scene.message.is_button or not scene.text:
        return
    if not _whatever(scene):
        yield from agreement.read(scene)
    yield from _cancel(scene)
    yield from _skip(scene)
    yield from _later(scene)
    yield from _anywhere(scene)
    yield from _wrong(scene)


# -- never mind ------------------------------------------------------------------------------------------------------
def _cancel(scene: Scene) -> Iterator[Reading]:
    words, limits, message = scene.store.words, scene.store.words.limits, scene.message
    if not scene.state.frames or scene.state.frames[-1].flow == OFFER:
        return
    hits = list(agreement.stops_in(scene, agreement.agreeing_words(scene)))
    if hits and (_refuses_value(scene, hits) or _only_not_yet(scene, hits)):
        return
    if hits:
        span = (hits[0].start, hits[-1].end)
        named_acts = acts(scene.text, words)
        ends = _ends(named_acts, hits)
        named = _named(scene, named_acts, ends)
        meant = _meant(scene, named)
        if words.hit("answers.all_of_them", scene.text):
            meant = [one.flow for one in scene.state.frames if one.flow not in _PATTERNS] or meant
        for flow in meant:
            yield Reading(
                "cancel", flow, None, _certainty(scene, hits, named_acts, ends, named), span, source=SOURCE
            )
    elif (
        message.intent == "stop_form"
        and not words.hit("answers.dont_know", scene.text)
        and not agreement.pauses(scene)
    ):
        score = message.confidence * limits["model_answer"]
        for flow in _meant(scene, []):
            more = {"by_model": True}
            yield Reading("cancel", flow, None, score, (0, len(scene.text)), source=SOURCE, more=more)


def _refuses_value(scene: Scene, hits: list[Hit]) -> bool:
    """不想换, where no exchange was chosen: only that value of the open flow is refused, not the flow (不换了撤掉)."""
    if any(scene.store.words.hit("answers.outright", one.text) for one in hits):
        return False
    for act in acts(scene.text, scene.store.words):
        started = scene.store.flows.started_by(act.intent)
        if act.refused and started is not None and any(one.start <= act.span[0] < one.end for one in hits):
            frame = scene.state.frame(started[0])
            if frame is not None and any(
                frame.slots.get(slot) != value for slot, value in started[1].items()
            ):
                return True
    return False


def _only_not_yet(scene: Scene, hits: list[Hit]) -> bool:
    """先不提交 时间没写, to what is read back: the words of the button that says no, with what is not right yet beside them."""
    verb = scene.asked.verb if scene.asked is not None else ""
    words = scene.store.words
    if not verb or not all(words.pattern("answers.not_yet").search(f"{one.text}{verb}") for one in hits):
        return False
    left = without(scene.text, [one.span for one in hits]).replace(verb, " ")
    return not is_passive(left, words) and not any(one.refused for one in acts(left, words))


def _certainty(
    scene: Scene, hits: list[Hit], named_acts: Sequence[Act], ends: Sequence[Hit], named: list[str]
) -> float:
    """1 for nothing else said; little when what follows is wanted instead; between them for another matter. `named`: the
    matters that the words end; what is said beside them is about something else, unless it wants them again."""
    words, limits = scene.store.words, scene.store.words.limits
    spans = [one.span for one in hits]
    spans += [one.span for one in named_acts if _given_up(scene, one.span, ends)]
    left = without(scene.text, spans)
    rest = [one for one in sentences(left) if not is_passive(one.text, words)]
    if not rest:
        return limits["whole_answer"]
    wanted = [one for one in acts(left, words) if not one.refused and not _given_up(scene, one.span, ends)]
    started = [scene.store.flows.started_by(one.intent) for one in wanted]
    if named and not any(one is not None and one[0] in named for one in started):
        return limits["clause_answer"]
    if (
        any(agreement.is_open_matter(scene, one.intent) for one in wanted)
        or words.hit("answers.goes_on", left)
        or words.hit("answers.settles_for", scene.text[hits[-1].end :])
    ):
        return limits["passing_answer"]
    if wanted or any(one.asks or words.hit("answers.question", one.text) for one in rest):
        return limits["other_matter"]
    if _names_choice(scene, left):
        return limits["passing_answer"]
    return limits["clause_answer"]


def _ends(named_acts: Sequence[Act], hits: list[Hit]) -> list[Hit]:
    """The words that end a matter named before them; 不退了 names its matter itself."""
    return [one for one in hits if not any(one.start <= act.span[0] < one.end for act in named_acts)]


def _given_up(scene: Scene, span: Span, ends: Sequence[Hit]) -> bool:
    """退货的事算了: the matter that stands before the words in the same small sentence is what is given up."""
    sentence = sentence_of(scene.text, span)
    return any(span[1] <= one.start < sentence.end for one in ends)


def _names_choice(scene: Scene, text: str) -> bool:
    """Is something else chosen (算了 给我来大一码的吧)? What is refused (算了 不补了) is no choice."""
    flow, words = scene.top_flow, scene.store.words
    slots = [one for one in flow.slots.values() if told_now(scene, one)] if flow else []
    groups = [one.words or one.name for one in slots if one.kind == "choice"]
    return any(
        not negated(text, found.span(), words)
        for group in groups
        for pattern in words.codes(group).values()
        for found in pattern.finditer(text)
    )


def _named(scene: Scene, named_acts: Sequence[Act], ends: Sequence[Hit]) -> list[str]:
    """The open flows whose matter stands in the words that give it up: 发票取消, 投诉撤了吧."""
    found: list[str] = []
    for act in named_acts:
        started = scene.store.flows.started_by(act.intent)
        if started is None or scene.state.frame(started[0]) is None:
            continue
        if act.refused or _given_up(scene, act.span, ends):
            found.append(started[0])
    return list(dict.fromkeys(found))


def _meant(scene: Scene, named: list[str]) -> list[str]:
    """The open flows that are given up: those named, else the nearest."""
    if named:
        return named
    frames = [one.flow for one in reversed(scene.state.frames)]
    return [one for one in frames if one not in _PATTERNS][:1] or frames[:1]


# -- skip, later, back, why ------------------------------------------------------------------------------------------
def _skip(scene: Scene) -> Iterator[Reading]:
    """跳过, 没有, 没有税号, 不记得订单号: the open question stays without an answer. A yes-or-no question is not skipped."""
    words, slot = scene.store.words, scene.asked_slot
    if slot is None or slot.kind == "confirm":
        return
    units = words.lists["answers.skip"].words
    parts = [one for one in sentences(scene.text) if not is_passive(one.text, words)]
    for one in parts:
        asks = one.asks or words.hit("answers.question", one.text)
        if not asks and (only(one.text, units, words) or _lacks(scene, one, slot.name)):
            whole = len(parts) == 1 or slot.kind in _KNOWN_BY_CUSTOMER
            score = words.limits["whole_answer" if whole else "clause_answer"]
            yield Reading("skip", slot.name, None, score, one.span, source=SOURCE)
            return
    if slot.kind == "text" and _nothing_more(parts, words):
        yield Reading(
            "skip", slot.name, None, words.limits["whole_answer"], (0, len(scene.text)), source=SOURCE
        )
        return
    for name, kinds in _LEFT_OUT.items():
        if (kinds is None or slot.kind in kinds) and (hits := words.find(f"answers.{name}", scene.text)):
            span = sentence_of(scene.text, hits[0].span).span
            yield Reading("skip", slot.name, None, words.limits["clause_answer"], span, source=SOURCE)
            return
    hits = [hit for name in ("dont_know", "no_way") for hit in words.find(f"answers.{name}", scene.text)]
    if slot.kind in _KNOWN_BY_CUSTOMER and hits:
        span = sentence_of(scene.text, hits[0].span).span
        yield Reading("skip", slot.name, None, words.limits["clause_answer"], span, source=SOURCE)


def _nothing_more(parts: Sequence[Sentence], words: Words) -> bool:
    """没了就这些 转吧: there is nothing to add, and no more than a yes beside it."""
    done = [one for one in parts if words.pattern("answers.nothing_more").match(one.text)]
    units = words.lists["answers.yes"].words
    return bool(done) and all(one in done or only(one.text, units, words) for one in parts)


def _lacks(scene: Scene, one: Sentence, slot: str) -> bool:
    """没有税号, 单号我没有: says that the very thing asked for is not there."""
    words = scene.store.words
    named = words.codes("slots").get(slot)
    found = named.search(one.text) if named is not None else None
    return found is not None and any(
        hit.end <= found.start()
        or (0 <= hit.start - found.end() <= _NEAR and not one.text[hit.end :].strip(_ENDS))
        for hit in words.find("answers.lacking", one.text)
    )


def _later(scene: Scene) -> Iterator[Reading]:
    words = scene.store.words
    waits = words.find("answers.waits", scene.text) if _asked(scene) else []
    for one in sentences(scene.text):
        if only(one.text, words.lists["answers.later"].words, words):
            whole = is_passive(scene.text.replace(one.text, "", 1), words)
            score = words.limits["whole_answer" if whole else "clause_answer"]
            more = (
                {"waits": True} if any(hit.end <= one.start or one.end <= hit.start for hit in waits) else {}
            )
            yield Reading("later", _asked(scene), None, score, one.span, source=SOURCE, more=more)
            return
    if waits:
        score = words.limits["clause_answer"]
        more = {"waits": True}
        yield Reading("later", _asked(scene), None, score, waits[0].span, source=SOURCE, more=more)


def _anywhere(scene: Scene) -> Iterator[Reading]:
    words, asked = scene.store.words, _asked(scene)
    told: set[str] = set()
    for name, kind in _ANYWHERE.items():
        hits = [
            one
            for one in words.find(f"answers.{name}", scene.text)
            if not negated(scene.text, one.span, words)
        ]
        if hits and (asked or kind != "explain"):
            told.add(kind)
            about = _about(scene) if kind == "resume" else asked
            span = sentence_of(scene.text, hits[0].span).span if kind in _WHOLE_SENTENCE else hits[0].span
            yield Reading(kind, about, None, _sure(scene, span), span, source=SOURCE)
    if asked and not told & {"explain", "repeat"} and not _whatever(scene):
        yield from _asks_back(scene, asked)


#: A question that is none: 在吗, 你好吗.
_SMALL_TALK = frozenset({"greet", "thanks", "bye", "praise"})


def _questions(scene: Scene) -> list[Sentence]:
    """The small sentences that ask."""
    return [one for one in sentences(scene.text) if part_asks(one, scene.store.words)]


def _whatever(scene: Scene) -> bool:
    """都行, 你看着办, where something has to be chosen or told: neither a yes nor a question."""
    slot = scene.asked_slot
    if (
        slot is None
        or slot.kind == "confirm"
        or scene.store.words.hit("answers.whatever", scene.text) is None
    ):
        return False
    words = scene.store.words
    rest = without(scene.text, [hit.span for hit in words.find("answers.whatever", scene.text)])
    return not any(one.asks or words.hit("reading.question", one.text) for one in sentences(rest))


def _asks_back(scene: Scene, asked: str) -> Iterator[Reading]:
    """不知道, or any question without a matter of its own: most likely about what we asked."""
    words, slot = scene.store.words, scene.asked_slot
    whole = (0, len(scene.text))
    hits = words.find("answers.dont_know", scene.text)
    if hits and (slot is None or slot.kind not in _KNOWN_BY_CUSTOMER):
        score = _sure(scene, hits[0].span)
        yield Reading("explain", asked, None, score, hits[0].span, source=SOURCE, more={"why": "dont_know"})
        return
    asks = any(one.asks or words.hit("answers.question", one.text) for one in sentences(scene.text))
    others = [one for one in acts(scene.text, words) if not agreement.is_open_matter(scene, one.intent)]
    about = words.codes("questions.about").get(asked)
    about_it = [one for one in _questions(scene) if about is not None and about.search(one.text)]
    if about_it:
        score = words.limits["question_about_asked"]
        told = any(
            char.isdigit() for char in scene.text
        )  # 订单号在哪看 尾号5678: the number stands for itself
        span = about_it[0].span if told else whole
        yield Reading("explain", asked, None, score, span, source=SOURCE, more={"why": "about"})
    elif asks and not others and scene.message.intent not in _SMALL_TALK and not _goes_on_telling(scene):
        score = words.limits["question_while_asked"]
        yield Reading("explain", asked, None, score, whole, source=SOURCE, more={"why": "question"})


def _goes_on_telling(scene: Scene) -> bool:
    """他说爱买不买 这叫啥服务, to what happened: asked to complain, in the words of the open matter."""
    slot, message = scene.asked_slot, scene.message
    started = scene.store.flows.started_by(message.intent)
    if slot is None or slot.kind != "text" or started is None or scene.top is None:
        return False
    sure = message.confidence >= scene.store.words.limits["watch_by_model"]
    return sure and started[0] == scene.top.flow


def _sure(scene: Scene, span: Span) -> float:
    """Whole, or a small sentence of its own; little for a word in the middle of something else."""
    words, limits = scene.store.words, scene.store.words.limits
    sure = share(scene.text, span, words)
    sentence = sentence_of(scene.text, span)
    alone = is_passive(f"{scene.text[sentence.start : span[0]]} {scene.text[span[1] : sentence.end]}", words)
    return sure if alone else min(sure, limits["watch_weak"] + (sure - limits["other_matter"]))


def _wrong(scene: Scene) -> Iterator[Reading]:
    """地址写错了, 抬头不对: a filled value is not right; negated readings of that slot, in any open frame."""
    words = scene.store.words
    left_off = words.hit("answers.leave_off", scene.text) is not None
    wrong = [
        one
        for one in words.find("answers.wrong_data", scene.text)
        if not negated(scene.text, one.span, words)
    ]
    if not left_off and not wrong:
        return
    for frame in reversed(scene.state.frames):
        for slot, hit in _named_slots(frame, scene.text, words):
            sentence = sentence_of(scene.text, hit)
            if words.hit("answers.kept", sentence.text):  # 税号不对 邮箱没错
                continue
            if _is_value(scene, frame, slot, sentence, wrong):
                continue
            span = sentence.span
            score = max(_sure(scene, span), words.limits["watch_words"] if left_off else 0.0)
            # 咋写个11月30 asks nothing
            more = {"flow": frame.flow, "open": True, **({"question": True} if left_off else {})}
            yield Reading("slot", slot, frame.slots[slot], score, span, True, SOURCE, more)


def _is_value(scene: Scene, frame: Frame, named: str, sentence: Sentence, wrong: Sequence[Hit]) -> bool:
    """不对 是尺码不合适, 改成尺码不合适吧: the word that names a slot is part of another value of a choice; 尺码不对 is not."""
    inside = [one.end for one in wrong if sentence.start <= one.start < sentence.end]
    start = max(inside, default=sentence.start)
    flow = scene.store.flows.get(frame.flow)
    for slot in flow.slots.values() if flow is not None else ():
        held = frame.slots.get(slot.name)
        if slot.kind == "choice" and held is not None and slot.name != named:
            told = codes_in(scene, slot.words or slot.name)
            if any(
                code != held and span[0] >= start and span[1] <= sentence.end
                for code, at in told.items()
                for span in at
            ):
                return True
    return False


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
        if not act.refused and started is not None and scene.state.frame(started[0]) is not None:
            return started[0]
    return ""
