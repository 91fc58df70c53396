"""Small talk, questions to the bot itself, and "what became of it" after a person gave the conversation back (H47)."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.answer_words import is_passive, only, share
from dialogue.readers.negation import negated
from dialogue.readers.sentence import sentence_of, sentences
from dialogue.reading import Reading
from dialogue.scene import Scene

SOURCE = "chat"
#: Small talk of who comes back later.
POSTPONES = "postpones"
#: Small talk of who goes, or waits for what will come.
TAKES_LEAVE = "takes_leave"
_KINDS = "intents.talk"
_NOT_PRAISE = "not_praise"
_NO_SUBJECTS = frozenset({"robot", _NOT_PRAISE, "not_scolding", "not_grumbling"})
_ROBOT = "robot"


def read(scene: Scene) -> Iterator[Reading]:
    """chat (name: the kind; value: what the small talk is about). 不满意 heard as praise is a negated reading."""
    message = scene.message
    whole = (0, len(scene.text))
    if message.is_button:
        return
    about_the_bot = list(_about_the_bot(scene))
    if about_the_bot and message.intent == "chitchat":
        pass  # 你是机器人还是真人: no talk of anything else
    elif message.intent in scene.store.words.listed(_KINDS):
        wrong = message.intent == "praise" and scene.store.words.hit(f"talk.{_NOT_PRAISE}", scene.text)
        about = _about(scene) if message.intent == "chitchat" else None
        yield Reading("chat", message.intent, about, message.confidence, whole, bool(wrong), SOURCE)
        if wrong:
            yield Reading("chat", "dissatisfied", None, message.confidence, whole, source=SOURCE)
    elif hits := scene.store.words.find("talk.not_grumbling", scene.text):
        place, sure = sentence_of(scene.text, hits[0].span).span, scene.store.words.limits["watch_words"]
        yield Reading("chat", "praise", None, sure, place, source=SOURCE, more={"by_words": True})
    elif hits := scene.store.words.find("talk.not_scolding", scene.text):
        score = share(scene.text, hits[0].span, scene.store.words)
        yield Reading("chat", "deny", None, score, hits[0].span, source=SOURCE)
    yield from _postpones(scene)
    yield from _takes_leave(scene)
    yield from _relieved(scene)
    yield from about_the_bot
    yield from _small_talk(scene)
    yield from _about_before(scene)


def _postpones(scene: Scene) -> Iterator[Reading]:
    """我跟我妈商量下, 晚上再来找你, 专票就不问了: nothing is wanted now (answers.postpones)."""
    words = scene.store.words
    for hit in words.find("answers.postpones", scene.text):
        part = sentence_of(scene.text, (hit.end - 1, hit.end))
        inside = (max(hit.start - part.start, 0), hit.end - part.start)
        if not negated(part.text, inside, words):  # 都不用 等你们客服回我就行: the waiting is not denied
            yield Reading("chat", POSTPONES, None, words.limits["watch_words"], part.span, source=SOURCE)
            return


def _takes_leave(scene: Scene) -> Iterator[Reading]:
    """嗯 知道了 那先等审核, 好嘞 我去下单 谢谢, with nothing open: what is done next, by the customer, and nothing else
    (answers.takes_leave)."""
    words, found = scene.store.words, False
    if scene.top is not None:
        return
    for part in sentences(scene.text):
        leaves = not part.asks and words.hit("answers.takes_leave", part.text) is not None
        nods = is_passive(part.text, words) or only(part.text, words.lists["answers.yes"].words, words)
        if not (leaves or nods or words.hit("answers.heard", part.text)):
            return
        found = found or leaves
    if found:
        yield Reading(
            "chat", TAKES_LEAVE, None, words.limits["watch_words"], (0, len(scene.text)), source=SOURCE
        )


def _relieved(scene: Scene) -> Iterator[Reading]:
    """那没发就好, to an offer or an answer: a nod, nothing is accepted (answers.relief)."""
    words = scene.store.words
    open_form = scene.top is not None and scene.top.flow != "offer"
    hits = words.find("answers.relief", scene.text)
    if hits and not open_form and len(sentences(scene.text)) == 1:
        yield Reading("chat", "affirm", None, words.limits["watch_words"], hits[0].span, source=SOURCE)


def _about_the_bot(scene: Scene) -> Iterator[Reading]:
    """你是真人吗; not 我要退的是擦窗机器人."""
    words = scene.store.words
    goods = [one.span() for one in words.codes("goods")["human"].finditer(scene.text)]
    for hit in words.find(f"talk.{_ROBOT}", scene.text):
        if not any(start < hit.end and hit.start < end for start, end in goods):
            score = share(scene.text, hit.span, words)
            yield Reading("chat", _ROBOT, hit.text, score, hit.span, source=SOURCE)
            return


def _small_talk(scene: Scene) -> Iterator[Reading]:
    """讲个笑话, whatever the model takes it for."""
    about = _about(scene)
    if about is None or scene.message.intent == "chitchat":
        return
    hit = scene.store.words.find(f"talk.{about}", scene.text)[0]
    score = share(scene.text, hit.span, scene.store.words)
    yield Reading("chat", "chitchat", about, score, hit.span, source=SOURCE)


def _about(scene: Scene) -> str | None:
    for kind, pattern in scene.store.words.codes("talk").items():
        if kind not in _NO_SUBJECTS and pattern.search(scene.text):
            return kind
    return None


def _about_before(scene: Scene) -> Iterator[Reading]:
    """刚才说的怎么样了, 那我现在怎么做: what a person agreed."""
    words = scene.store.words
    if not scene.state.resolution:
        return
    hits = words.find("watchers.about_before", scene.text)
    if hits:
        score = words.limits["context_meaning"]
        yield Reading("chat", "resolution", None, score, hits[0].span, source=SOURCE)
