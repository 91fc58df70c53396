"""What is watched for in every message: danger, threats, the wish for a person, privacy, complaints, anger (H12, H36, H43).

Readings `watch` (name: what was seen, value: the words). Meaning decides: the encoder's heads (data/watchers), with the words
of data/dialogue/watchers.yml as evidence, weighted by arbiter.yml. Words do not count inside names of goods (goods.yml), in
numbers, places and company names (watchers.not_meant), and are negated where negation.yml says so. Without the encoder words
decide alone; what only the intent model hears must then be sure, and never makes a threat out of a calm sentence.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator

from dialogue.readers.acts import acts
from dialogue.readers.answer_words import is_passive
from dialogue.readers.choices import codes_in
from dialogue.readers.coverage import part_asks
from dialogue.readers.negation import negated
from dialogue.readers.sentence import sentence_of, sentences
from dialogue.reading import Reading, Span, without
from dialogue.scene import Scene
from dialogue.state import LEFT_QUEUE
from dialogue.words import Hit

SOURCE = "watch"
#: Watchers that are words and nothing else: name of the reading -> list.
_BY_WORDS = {
    "masked_data": "watchers.masked_data",
    "not_bought": "watchers.not_bought",
    "how_to_buy": "watchers.how_to_buy",
    "duplicate_order": "watchers.duplicate_order",
    "reorder": "watchers.reorder",
    "loss_wish": "watchers.loss_wish",
    "visit_prepare": "watchers.visit_prepare",
    "health_worry": "watchers.health_worry",
    "request_handling": "watchers.request_handling",
    "order_details": "watchers.order_details",
    "details_half": "watchers.details_half",
    "variant_difference": "watchers.variant_difference",
    "difference_half": "watchers.difference_half",
    "bought_by_child": "watchers.bought_by_child",
    "child_half": "watchers.child_half",
    "delivery_address": "watchers.delivery_address",
    "pay_still": "watchers.pay_still",
    "invoice_rule": "watchers.invoice_rule",
    "repeated_contact": "watchers.again",
    "no_more_questions": "watchers.no_more_questions",
    "insist": "watchers.insist",
    "against_will": "watchers.against_will",
    "unusable": "watchers.unusable",
}
#: Intents that ask before buying or how to use something: danger is then asked about, not reported.
_ASKING_STAGE = "presale"
_ASKING_INTENTS = frozenset({"usage_howto", "usage_install"})
#: Kinds of slots whose answers are names of people, companies and places.
_NAMES = frozenset({"title", "address", "receiver"})
_SWEARS = frozenset({"angry"})
#: Watchers whose words show temper.
_TEMPERS = ("impatient", "rude", "anger", "complains", "no_more_questions")
_POLITE = frozenset({"greet", "thanks", "bye", "affirm", "deny"})
_CALM = frozenset({"calm"})
#: What can be wrong with goods (choices.yml, symptom) without a danger to anybody.
_HARMLESS = frozenset(
    {"lost_way", "no_connect", "slow", "no_sound", "weak", "keys", "wheel", "no_picture", "smell"}
)
#: Watchers that 不是来告状的, 没想投诉 denies as well.
_GRIEVANCES = frozenset({"threat", "complaint", "repeat"})
#: Flows of who waits for a parcel.
_OF_PARCELS = frozenset({"urge", "logistics"})
_EVEN = 0.5
_GOODS = "product"
#: A small sentence that is nothing but a call for a person.
_CALLS = "watchers.calls_person"
_SMALLEST = 1e-4


def read(scene: Scene) -> Iterator[Reading]:
    """Everything in the message that must not be overlooked."""
    if scene.message.is_button or not scene.text:
        return
    grave = [*_safety(scene), *_threat(scene), *_human(scene), *_complaint(scene), *_repeat(scene)]
    grave += _personal_data(scene)
    leaves = _merely_leaves(scene)
    grave = [one for one in grave if not (leaves and one.name in _GRIEVANCES and one.more.get("by_model"))]
    yield from grave
    yield from _ticket(scene)
    for name, listed in _BY_WORDS.items():
        yield from _seen(scene, name, listed)
    yield from _still_not(scene)
    yield from _anger(scene)
    refuses_person = any(one.name == "human" and one.negated for one in grave)
    waits = LEFT_QUEUE in scene.state.told or leaves
    if not refuses_person and not waits:  # gets none for no progress either
        yield from _verdict(scene)
    if not any(one.score >= _EVEN and not one.negated for one in grave):
        yield from _form(scene)


#: Beside the watchers: how dangerous the most dangerous piece of the message sounds (bot/watchers).
_IN_PIECE = "safety_in_piece"


# -- danger, threat, person ------------------------------------------------------------------------------------------
def _safety(scene: Scene) -> Iterator[Reading]:
    """冒烟, 漏电; weaker where danger is asked about (会不会漏电), and by the model's intent alone."""
    words, limits, message = scene.store.words, scene.store.words.limits, scene.message
    asked = _stage(scene) == _ASKING_STAGE or message.intent in _ASKING_INTENTS
    supposed = words.find("watchers.hypothetical", scene.text)
    despair = words.codes("hazards")["self_harm"].search(scene.text)
    if despair is not None:  # no model may doubt that
        yield Reading(
            "watch", "safety", despair.group(), limits["watch_words"], despair.span(), source=SOURCE
        )
        return
    hits = _meant(scene, "safety")
    if scene.message.watched:
        if asked:  # 怕漏电 能不能加个罩
            hits = [hit for hit in hits if not any(_holds(one, hit) for one in supposed)]
        broken = words.hit("watchers.not_meant.safety", scene.text)  # 灯罩裂了一道口子: the goods, nobody
        worn = not hits and words.hit("watchers.wear", scene.text) and not _hurts(scene)  # 内胆掉皮了
        mere = not hits and (_is_mere_trouble(scene) or _asks_what_to_do(scene) or _only_names(scene))
        words_deny = bool(hits) and all(_is_refused(scene, one) for one in hits) and not _hurts(scene)
        # 没冒烟没味道
        weak = bool(supposed or broken or worn or words_deny) or asked or mere
        yield from _judged(scene, "safety", "safety", hits, weak=weak, intent=_hears(scene, "safety"))
        return
    for hit in hits:
        weak = asked or any(one.start <= hit.end and hit.start <= one.end for one in supposed)
        yield _reading(scene, "safety", hit, limits["watch_weak" if weak else "watch_words"])
    by_model = _hears(scene, "safety") and message.confidence >= limits["watch_by_model"]
    by_model = by_model and not _covered(scene, "safety")
    if by_model and not hits and not supposed and len(scene.text) >= limits["report_chars"]:
        yield _by_model(scene, "safety", message.confidence, negated_by="watchers.safety")


def _holds(words: Hit, one: Hit) -> bool:
    return words.start <= one.start and one.end <= words.end


def _is_mere_trouble(scene: Scene) -> bool:
    """扫地机老往桌子腿上撞: a trouble that can hurt nobody, and nothing else told."""
    return bool(_HARMLESS & codes_in(scene, "symptom").keys()) and not _hurts(scene)


def _only_names(scene: Scene) -> bool:
    """榨汁机盖子, to what is stuck: goods, or a part of them, and nothing said of them."""
    words, text = scene.store.words, scene.text
    goods = [(one.start, one.end) for one in scene.message.entities if one.name == _GOODS and one.end]
    spans = [*goods, *(hit.span for hit in words.find("watchers.part_names", text))]
    return bool(goods) and is_passive(without(text, spans), words)


def _asks_what_to_do(scene: Scene) -> bool:
    """那我现在要不要把插头拔了: nothing but a question, and nothing told that hurts, burns or shocks."""
    words = scene.store.words
    return not _hurts(scene) and all(part_asks(one, words) for one in sentences(scene.text))


def _hurts(scene: Scene) -> bool:
    """Is a body, a shock, a fire spoken of (hazards.yml)?"""
    return any(one.search(scene.text) for one in scene.store.words.codes("hazards").values())


def _threat(scene: Scene) -> Iterator[Reading]:
    """12315, 起诉; by the model alone only from somebody who is not calm and names no mere "third time"."""
    words, limits, message = scene.store.words, scene.store.words.limits, scene.message
    names = scene.asked_slot is not None and scene.asked_slot.kind in _NAMES
    asks = _stage(scene) == _ASKING_STAGE
    weak = (
        bool(_warns(scene))
        or _only_if(scene)
        or (names and not words.hit("watchers.threat_verbs", scene.text))
    )
    hits = _meant(scene, "threat")
    if outright := words.find("watchers.threat_sure", scene.text):  # 小红书两万粉 你说我发不发
        yield _reading(scene, "threat", outright[0], limits["watch_words"])
        return
    if scene.message.watched:
        weak = weak or _only_announces(scene) or (scene.asked_slot is not None and not hits)
        asks = asks or (not hits and _only_asks(scene))
        heard = _hears(scene, "threat")
        yield from _judged(scene, "threat", "threat", hits, weak=weak, asks=asks, intent=heard)
        return
    weak = weak or asks
    for hit in hits:
        yield _reading(scene, "threat", hit, limits["watch_weak" if weak else "watch_words"])
    sure = _hears(scene, "threat") and message.confidence >= limits["watch_by_model"]
    heated = message.emotion in _SWEARS
    excused = words.hit("watchers.again", scene.text) or words.hit("watchers.complaint_announced", scene.text)
    if sure and heated and not hits and not excused and not _covered(scene, "threat"):
        yield _by_model(scene, "threat", message.confidence, negated_by="watchers.grievance")


def _human(scene: Scene) -> Iterator[Reading]:
    """转人工; not the robot that sweeps, nor 人工缝的; 别叫真人 and 人工先免了 are negated."""
    limits, message = scene.store.words.limits, scene.message
    hits = _meant(scene, "human")
    refused = scene.store.words.find("watchers.refuses_person", scene.text)
    if refused:
        yield Reading("watch", "human", refused[0].text, limits["watch_words"], refused[0].span, True, SOURCE)
        return
    called = next((one for one in sentences(scene.text) if scene.store.words.hit(_CALLS, one.text)), None)
    if called is not None:  # 我不会截图 你叫个人帮我看看行不
        more = {"calls": True}
        yield Reading(
            "watch", "human", called.text, limits["watch_words"], called.span, source=SOURCE, more=more
        )
        return
    asks_what_it_is = scene.store.words.hit("talk.robot", scene.text)
    if scene.message.watched:
        complains = _stage(scene) == "complaint" and not hits
        answers = scene.asked_slot is not None and not hits
        follows = (
            bool(scene.state.resolution) and not hits and scene.store.words.asks(scene.text)
        )  # 谁给我打啊, of what was promised
        alone = next((one for one in hits if _is_all_said(scene, one)), None)
        if alone is not None:
            yield _reading(scene, "human", alone, limits["watch_words"])
            return
        foreign = not hits and bool(
            scene.store.words.hit("watchers.english", scene.text)
        )  # can i get a refund
        weak = bool(asks_what_it_is) or _only_announces(scene) or answers or follows or foreign
        heard = _hears(scene, "human")
        yield from _judged(scene, "human", "human", hits, weak=weak, asks=complains, intent=heard)
        return
    for hit in hits:
        yield _reading(scene, "human", hit, limits["watch_words"])
    sure = _hears(scene, "human") and message.confidence >= limits["watch_by_model"]
    if sure and not hits and not asks_what_it_is and not _covered(scene, "human"):
        yield _by_model(scene, "human", message.confidence, negated_by="watchers.human")


def _is_all_said(scene: Scene, hit: Hit) -> bool:
    """转人工！订单… 电饭煲不加热: a small sentence that says nothing else is a call, however long the rest of the message."""
    one = sentence_of(scene.text, hit.span)
    rest = one.text[: hit.start - one.start] + "\n" + one.text[max(0, hit.end - one.start) :]
    return not one.asks and not "".join(scene.store.words.pattern("reading.filler").split(rest) or []).strip()


def _personal_data(scene: Scene) -> Iterator[Reading]:
    """His own data (H53), or somebody else's, which nobody gets."""
    for name, head in (("privacy", "privacy"), ("others_data", "others")):
        if scene.message.watched:
            hits = scene.store.words.find(f"watchers.{name}", scene.text)
            given = name == "others_data" and scene.store.words.hit("watchers.bought_for", scene.text)
            weak = scene.asked_slot is not None or (bool(given) and not hits)  # 给老伴买了个手机 昨天便宜了
            yield from _judged(scene, name, head, hits, weak=weak)
        else:
            yield from _seen(scene, name, f"watchers.{name}")


def _repeat(scene: Scene) -> Iterator[Reading]:
    """The same unsolved matter with us again: how often, how long, what was promised. Only by meaning."""
    if scene.message.watched:
        hits = scene.store.words.find("watchers.again", scene.text)
        own = scene.store.words.hit("watchers.changes_mind", scene.text)  # 又后悔了 还是换吧: his own doing
        answers = scene.asked_slot is not None  # what answers us is nothing again
        elsewhere = scene.store.words.hit("watchers.not_bought", scene.text)  # 还没买呢 之前在别家丢过一回
        calm = answers or _only_if(scene) or bool(own) or bool(elsewhere) or _tells_trouble(scene)
        calm = calm or _only_reacts(scene) or _only_waits(scene)
        weak = _is_sigh(scene) or (not hits and calm)
        asks = not hits and (
            _only_asks(scene, calm=False)
            or _asks_known(scene)
            or (_is_first(scene) and (_looks_up(scene) or _weighs(scene)))
        )
        heard = _stage(scene) == "complaint"
        yield from _judged(scene, "repeat", "repeat", hits, weak=weak, asks=asks, intent=heard)


def _hears(scene: Scene, name: str) -> bool:
    """Is the model's intent one of those that are watched for (intents.yml)?"""
    return scene.message.intent in scene.store.words.listed(f"intents.watched.{name}")


def _judged(
    scene: Scene,
    name: str,
    head: str,
    hits: list[Hit],
    *,
    weak: bool = False,
    asks: bool = False,
    intent: bool = False,
) -> Iterator[Reading]:
    """A watcher by meaning: the encoder's log odds, with the words that were found as evidence for and against.

    `weak`: the situation says that it is something else; `asks`: it is a question, or a matter, that has an answer of its own.
    Weights: arbiter.yml, `watchers`. A wish that is negated in words is told as negated, unless the meaning outweighs it.
    """
    denied = scene.store.words.find("watchers.grievance", scene.text) if name in _GRIEVANCES else []
    refused = [one for one in [*hits, *denied] if _is_refused(scene, one)]
    plain = [one for one in hits if one not in refused]
    sure = scene.message.confidence >= scene.store.words.limits["watch_by_model"]
    answered = not hits and _answers_asked(scene)
    chance = scene.message.watched.get(head, 0.0)
    if name == "safety":
        chance = max(chance, _in_piece(scene))
    evidence = {
        "model": _log_odds(chance),
        "words": float(bool(plain)),
        "refused": float(bool(refused) and not plain),
        "harmless": float(not plain and _covered(scene, name)),
        "weak": float(weak or answered),
        "asks": float(asks),
        "intent": float(intent and sure),
        "elsewhere": float(
            answered
            or (not intent and sure and scene.store.categories.of_intent(scene.message.intent).is_issue)
        ),
    }
    score = scene.store.arbiter.watched(head, evidence)
    if score >= scene.store.words.limits["watch_least"] and not (refused and not plain and score < _EVEN):
        more = {} if plain else {"by_model": True}
        span = plain[0].span if plain else (0, len(scene.text))
        value = plain[0].text if plain else None
        yield Reading("watch", name, value, round(score, 3), span, source=SOURCE, more=more)
    elif refused:
        yield _reading(scene, name, refused[0], scene.store.words.limits["watch_words"])


def _answers_asked(scene: Scene) -> bool:
    """顶脚 脚趾疼 to why it goes back, 按这个来 to what is read back: words of what was asked, and none of a body, a shock or a
    fire. What only a model hears beside that must be much surer."""
    slot = scene.asked_slot
    if slot is None or _hurts(scene):
        return False
    if slot.kind == "choice":
        return any(pattern.search(scene.text) for pattern in scene.store.words.codes(slot.words).values())
    message = scene.message
    nods = (
        message.intent in {"affirm", "deny"}
        and message.confidence >= scene.store.words.limits["watch_by_model"]
    )
    return slot.kind == "confirm" and nods


def _in_piece(scene: Scene) -> float:
    """How dangerous the worst piece sounds; surer is asked for where no body, shock or fire is named (掌柜的 靴子底掉了)."""
    odds = _log_odds(scene.message.watched.get(_IN_PIECE, 0.0))
    if not _hurts(scene):
        odds -= scene.store.words.limits["watch_piece"]
    return 1 / (1 + math.exp(-odds))


def _log_odds(chance: float) -> float:
    chance = min(1 - _SMALLEST, max(_SMALLEST, chance))
    return math.log(chance / (1 - chance))


# -- complaint, note -------------------------------------------------------------------------------------------------
def _complaint(scene: Scene) -> Iterator[Reading]:
    """A complaint about our service or its result, by its words or by the model's clear judgement; no mere sigh (H36)."""
    words, limits, message = scene.store.words, scene.store.words.limits, scene.message
    by_stage = _stage(scene) == "complaint"
    announced = words.find("watchers.complaint_announced", scene.text)
    if _only_if(scene):
        hit = words.find("watchers.only_if", scene.text)[0]
        yield _reading(scene, "only_if", hit, limits["watch_words"])
        return
    if warned := _warns(scene):
        yield _reading(scene, "warned", warned[0], limits["watch_words"])
        return
    if announced:
        yield _reading(scene, "complaint", announced[0], limits["complaint_announced"])
        return
    if mistreated := words.find("watchers.mistreats", scene.text):
        yield _reading(scene, "complaint", mistreated[0], limits["complaint_announced"])
        return
    hits = words.find("watchers.complains", scene.text)
    if scene.message.watched:
        answers = scene.asked_slot is not None and not by_stage and not hits
        own = words.hit("watchers.changes_mind", scene.text) or words.hit("watchers.not_bought", scene.text)
        own_matter = bool(own) or _weighs(scene) or _tells_trouble(scene)
        weak = _is_sigh(scene) or answers or (not hits and own_matter)
        asks = not hits and _only_asks(scene)
        yield from _judged(scene, "complaint", "complaint", hits, weak=weak, asks=asks, intent=by_stage)
        return
    if hits:
        score = limits["watch_words" if by_stage else "watch_weak"]
        refused = [one for one in hits if _is_refused(scene, one)]
        yield _reading(scene, "complaint", (refused or hits)[0], score)
        return
    sure = by_stage and message.confidence >= limits["complaint_by_model"]
    if sure and len(scene.text) >= limits["complaint_chars"] and not _swears(scene):
        yield _by_model(scene, "complaint", message.confidence, negated_by="watchers.grievance")


def _only_announces(scene: Scene) -> bool:
    """我要投诉你们: what about is asked first, in the complaint; it is neither a threat nor a wish for a person yet."""
    return scene.store.words.hit("watchers.complaint_announced", scene.text) is not None


def _only_if(scene: Scene) -> bool:
    """24小时没信我可投诉了啊: what may come later, calmly said; neither a threat nor a complaint yet."""
    words = scene.store.words
    return bool(words.hit("watchers.only_if", scene.text)) and not words.hit("watchers.rude", scene.text)


def _warns(scene: Scene) -> list[Hit]:
    """再不退钱我要投诉你们了, with nowhere to go but us: what it is about is done first, or the complaint written down (H12, H37)."""
    words = scene.store.words
    grave = words.hit("watchers.threat", scene.text) or words.hit("watchers.rude", scene.text)
    return [] if grave else words.find("watchers.warns", scene.text)


def _is_sigh(scene: Scene) -> bool:
    """每次都这样, 又来了: too short to tell what happened; what it is about is asked first."""
    return len(scene.text) < scene.store.words.limits["complaint_chars"]


def _only_asks(scene: Scene, *, calm: bool = True) -> bool:
    """我就问…, 我问的是…, 我没说…, 行吧 那…, a mere 再见, or a plain question about a matter: no grievance without words of one."""
    words, message = scene.store.words, scene.message
    if words.hit("watchers.just_asks", scene.text) or words.hit("watchers.refuses_person", scene.text):
        return True
    if message.intent in _POLITE and message.confidence >= words.limits["watch_by_model"]:
        return True  # 再见, which ends many a threat
    if message.emotion in _SWEARS or "!" in scene.text:
        return False
    issue = scene.store.categories.of_intent(message.intent)
    return (
        scene.store.words.asks(scene.text)
        and issue.is_issue
        and issue.stage != "complaint"
        and not (calm and words.hit("watchers.impatient", scene.text))
    )


def _looks_up(scene: Scene) -> bool:
    """Is it surely a question that a look-up answers (耳机退了好多天了钱呢)? The answer is tried before a person."""
    started = scene.store.flows.started_by(scene.message.intent)
    flow = scene.store.flows.get(started[0]) if started else None
    sure = scene.message.confidence >= scene.store.words.limits["watch_by_model"]
    return flow is not None and flow.is_lookup and sure


def _weighs(scene: Scene) -> bool:
    """到底退还是换我也没想好: who cannot make up his mind was not left alone by us."""
    words = scene.store.words
    return bool(codes_in(scene, "questions.weighs")) and not words.hit("watchers.contacted", scene.text)


def _asks_known(scene: Scene) -> bool:
    """Is it a question that the store has an answer to (那到12月1号还没动静 给不给赔)? It is answered before a person comes."""
    sure = scene.store.words.limits["asks_known"]
    return scene.store.words.asks(scene.text) and any(one.score >= sure for one in scene.message.questions)


def _is_first(scene: Scene) -> bool:
    """Is nothing known of an earlier matter? Then it is no repetition unless the words say so."""
    state = scene.state
    return not (state.frames or state.last or state.asked or state.facts.get("category") or state.resolution)


def _only_reacts(scene: Scene) -> bool:
    """货早收到了咋今天才开始退, said to the first answer of a conversation, without a word of an earlier contact: no repetition."""
    state, words = scene.state, scene.store.words
    answered = bool(state.last) and len(state.asked) <= 1 and not state.resolution and not scene.at.has_ticket
    told = words.hit("watchers.contacted", scene.text) or words.hit("watchers.complains", scene.text)
    return answered and not state.facts.get("promises") and not told


def _only_waits(scene: Scene) -> bool:
    """三天了还在已揽收: who waits for a parcel, without a word of an earlier contact or promise, is no repetition yet."""
    started = scene.store.flows.started_by(scene.message.intent)
    sure = scene.message.confidence >= scene.store.words.limits["waits_sure"]
    waits = sure and started is not None and started[0] in _OF_PARCELS
    return waits and not scene.store.words.hit("watchers.contacted", scene.text)


def _tells_trouble(scene: Scene) -> bool:
    """冰箱又结冰又不冷, at the beginning: what is wrong with the goods is told, and nobody was asked before."""
    return _is_first(scene) and bool(codes_in(scene, "symptom"))


def _ticket(scene: Scene) -> Iterator[Reading]:
    words = scene.store.words
    other = [one.span for one in words.find("watchers.ticket_not_meant", scene.text)]
    for hit in words.find("watchers.ticket", scene.text):
        if not _inside(hit, other):
            yield _reading(scene, "ticket", hit, words.limits["watch_words"])


# -- mood ------------------------------------------------------------------------------------------------------------
def _anger(scene: Scene) -> Iterator[Reading]:
    """Open anger at us; swearing at the carrier only stays `displeased`."""
    words, limits, message = scene.store.words, scene.store.words.limits, scene.message
    if words.hit("watchers.not_angry", scene.text) or _merely_leaves(scene):
        return
    whole = (0, len(scene.text))
    marks = words.find("watchers.anger", scene.text)
    if marks:
        yield Reading("watch", "anger", marks[0].text, limits["open_anger"], marks[0].span, source=SOURCE)
    elif _swears(scene) and not (
        _at_carrier(scene)
        or _merely_asks(scene)
        or _merely_complains(scene)
        or _merely_answers(scene)
        or _merely_demands(scene)
    ):
        score = min(message.emotion_score, limits["anger_most"])
        yield Reading("watch", "anger", None, score, whole, source=SOURCE)
    elif message.emotion not in _CALM:
        yield Reading("watch", "displeased", None, message.emotion_score, whole, source=SOURCE)


def _merely_asks(scene: Scene) -> bool:
    """你们门店搁哪条街: a question without a word of impatience is no anger, whatever the mood model hears; a long one (补发要多久
    来不及就退钱), where it does not hear much."""
    words, message = scene.store.words, scene.message
    long = len(scene.text) >= words.limits["short_chars"]
    if (long and message.emotion_score >= words.limits["open_anger"]) or "!" in scene.text:
        return False
    heated = any(words.hit(f"watchers.{one}", scene.text) for one in ("impatient", "rude"))
    return not heated and words.asks(scene.text)


def _merely_answers(scene: Scene) -> bool:
    """王建国!! to the question for the title: a short answer with no word of temper in it, however it is marked."""
    words = scene.store.words
    if scene.asked_slot is None or len(scene.text) > words.limits["short_chars"]:
        return False
    return not _tempers(scene)


def _merely_leaves(scene: Scene) -> bool:
    """都不用 等你们客服回我就行: who is content to wait, with no word of temper, is not angry."""
    words = scene.store.words
    leaves = any(
        words.hit("answers.takes_leave", one.text) or words.hit("answers.postpones", one.text)
        for one in sentences(scene.text)
    )
    return leaves and not _tempers(scene)


def _merely_demands(scene: Scene) -> bool:
    """我就想退钱: a short message that names what is wanted, with no word or mark of temper, however hot the model hears it."""
    words = scene.store.words
    if len(scene.text) > words.limits["short_chars"] or "!" in scene.text or _tempers(scene):
        return False
    return any(not one.refused for one in acts(scene.text, words))


def _tempers(scene: Scene) -> bool:
    """Does a word of temper stand in it?"""
    return any(scene.store.words.hit(f"watchers.{one}", scene.text) for one in _TEMPERS)


def _merely_complains(scene: Scene) -> bool:
    """你们客服什么态度啊 我要投诉: who says so is asked first and read back what is handed on (H37), unless furious."""
    words, message = scene.store.words, scene.message
    complains = any(words.hit(f"watchers.{one}", scene.text) for one in ("complaint_announced", "complains"))
    return complains and message.emotion_score < words.limits["anger_most"]


def _swears(scene: Scene) -> bool:
    message = scene.message
    return message.emotion in _SWEARS and message.emotion_score >= scene.store.words.limits["open_anger"]


def _at_carrier(scene: Scene) -> bool:
    words = scene.store.words
    return bool(words.hit("watchers.carrier", scene.text)) and not words.hit("watchers.us", scene.text)


def _verdict(scene: Scene) -> Iterator[Reading]:
    """The handoff model's judgement of the session, named by its reason; a calm greeting is no lack of progress."""
    given, message = scene.message.verdict, scene.message
    reason = str(given.get("reason") or "")
    if not reason:
        return
    words = scene.store.words
    calm = words.hit("watchers.not_angry", scene.text) or _at_carrier(scene)
    calm = (
        calm
        or _merely_asks(scene)
        or _merely_answers(scene)
        or _merely_demands(scene)
        or (_merely_complains(scene) and not words.hit("watchers.anger", scene.text))
    )
    if reason == "anger" and calm:
        return
    if message.emotion in _CALM and message.intent in _POLITE | {"chitchat", "praise"} and reason != "anger":
        return
    unknown = message.fallback == "unsure" or message.intent in words.listed("intents.beyond")
    if reason == "no_progress" and scene.state.misses and unknown:
        reason = "misunderstood"
    score = float(given.get("score") or 0.0)
    if reason == "anger":
        score = min(max(score, message.emotion_score), words.limits["anger_most"])
    evidence = [str(one) for one in given.get("evidence") or []]
    more = {"evidence": evidence, "verdict": True, "calm": message.emotion in _CALM}
    yield Reading("watch", reason, None, score, (0, len(scene.text)), source=SOURCE, more=more)


# -- the rest --------------------------------------------------------------------------------------------------------
def _still_not(scene: Scene) -> Iterator[Reading]:
    """还是不会, 没解决: half a sentence about the matter in hand."""
    words = scene.store.words
    if len(scene.text) <= words.limits["half_sentence_chars"]:
        yield from _seen(scene, "still_not", "watchers.still_not")


def _form(scene: Scene) -> Iterator[Reading]:
    """Messages that are only marks, or English with a matter of its own."""
    words, limits, message = scene.store.words, scene.store.words.limits, scene.message
    whole = (0, len(scene.text))
    if not any(char.isalnum() for char in scene.text):
        talks = message.intent in words.listed("intents.talk") and any(map(_is_picture, scene.text))
        if not message.uploads and not talks:
            yield Reading("watch", "only_marks", None, limits["watch_words"], whole, source=SOURCE)
        return
    polite = message.intent in _POLITE and message.confidence >= limits["watch_by_model"]
    if words.hit("watchers.english", scene.text) and not polite:
        enough = len(words.find("watchers.english_word", scene.text)) >= limits["english_words"]
        score = limits["watch_words" if enough else "watch_weak"]
        yield Reading("watch", "english", None, score, whole, source=SOURCE)


def _is_picture(char: str) -> bool:
    """🙏, 😂: a mark that says something."""
    return unicodedata.category(char) == "So"


def _seen(scene: Scene, name: str, listed: str) -> Iterator[Reading]:
    words = scene.store.words
    hits = words.find(listed, scene.text)
    if hits:
        yield _reading(scene, name, hits[0], words.limits["watch_words"])


def _meant(scene: Scene, name: str) -> list[Hit]:
    """The watcher's words, without those that are part of a name of goods, a number, a place or a company."""
    other = _others(scene, name)
    return [one for one in scene.store.words.find(f"watchers.{name}", scene.text) if not _inside(one, other)]


def _others(scene: Scene, name: str) -> list[Span]:
    words = scene.store.words
    spans: list[Span] = []
    for group in ("goods", "watchers.not_meant"):
        if (pattern := words.codes(group).get(name)) is not None:
            spans += [one.span() for one in pattern.finditer(scene.text) if one.end() > one.start()]
    return spans


def _covered(scene: Scene, name: str) -> bool:
    """Do harmless names explain what the model found? Then its word alone is not enough."""
    return bool(_others(scene, name))


def _inside(hit: Hit, spans: list[Span]) -> bool:
    return any(start < hit.end and hit.start < end for start, end in spans)


def _is_refused(scene: Scene, hit: Hit) -> bool:
    return negated(scene.text, hit.span, scene.store.words)


def _reading(scene: Scene, name: str, hit: Hit, score: float) -> Reading:
    return Reading("watch", name, hit.text, score, hit.span, _is_refused(scene, hit), SOURCE)


def _by_model(scene: Scene, name: str, score: float, *, negated_by: str) -> Reading:
    """What only the model found: negated when the words of such a thing stand negated in the message."""
    refused = any(_is_refused(scene, one) for one in scene.store.words.find(negated_by, scene.text))
    more = {"by_model": True}
    return Reading("watch", name, None, score, (0, len(scene.text)), refused, SOURCE, more)


def _stage(scene: Scene) -> str:
    return scene.store.categories.of_intent(scene.message.intent).stage
