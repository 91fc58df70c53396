"""Readings of answers and of talk: yes, no, never mind, skip, back, why, once more, later, small talk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dialogue.commands import Command
from dialogue.meanings.matters import NOT_BEGUN
from dialogue.meanings.turn import Meaning, Turn
from dialogue.order_choice import names_item
from dialogue.readers.coverage import part_asks
from dialogue.readers.sentence import sentence_of, sentences
from dialogue.reading import Reading
from dialogue.state import OFFERS, STOPPED

#: Kinds that need nothing open.
_ALWAYS = frozenset({"repeat", "resume", "undo"})
#: Kinds whose command names the slot or flow of the reading.
_NAMED = frozenset({"cancel", "skip", "resume"})
#: Questions for what a matter is about: declined, they leave nothing to do.
_WHICH = frozenset({"which_order", "which_item", "which_product"})
#: Readings that point at an order or its goods.
_POINTING = frozenset({"item", "order"})
#: Small talk that words of its own tell surely.
_SURE_TALK = frozenset({"robot", "resolution", "postpones", "takes_leave"})


def yes_or_no(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """To a confirmation or an offer; 都不是 to a choice of two readings; else it answers nothing."""
    if one.kind == "no" and _gives_up(turn, one):
        return  # 我不退了 ends it; a mere no would only ask what is wrong
    words = turn.words_of(one)
    if turn.top is not None and turn.confirms:
        if not one.negated:
            beside = _beside_no(turn) if one.kind == "no" and turn.offered else {}
            if one.kind == "yes" and not turn.offered and _depends(turn):
                beside = {"depends": True}
            yield Meaning(one.kind, Command("set", "", {"ok": one.kind}, words, beside))
    elif turn.top is not None and turn.top.flow == "clarify" and one.kind == "no":
        yield Meaning("no", Command("set", "", {"chosen": "none"}, words))
    elif (
        turn.top is not None
        and turn.top.flow in _WHICH
        and one.kind == "no"
        and not one.negated
        and not _tells_more_of_it(turn, one)
    ):
        yield Meaning(
            "cancel", Command("cancel", words=words)
        )  # 不用了, to "which order?": the matter is given up
    elif not _says_more(turn, one):
        yield Meaning("chat", Command("chat", "affirm" if one.kind == "yes" else "deny"), whole=True)


def earlier_offer(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """提交吧 菜的事也叫专员看看: what was offered a few turns ago and is taken by its name."""
    offer = (turn.scene.state.told.get(OFFERS) or ())[one.more["offer"]]
    words, more = turn.words_of(one), {"taken": one.more["offer"]}
    if offer.get("human"):
        yield Meaning("watch", Command("human", "requested", words=words, more=more))
    else:
        more |= {"intent": offer.get("intent") or "", "of_order": offer.get("order_no")}
        slots = dict(offer.get("slots") or {})
        yield Meaning(
            "watch", Command("start", str(offer["start"]), slots, str(offer.get("words") or words), more)
        )


def _tells_more_of_it(turn: Turn, no: Reading) -> bool:
    """别整套换 补一根勺子, while the order is asked for: a value for the matter itself, in other words, which is not given up."""
    told = (two for two in turn.readings if two.kind == "slot" and not two.negated and two.more.get("open"))
    return any(two.name != "order_no" and not two.overlaps(no) for two in told)


def _depends(turn: Turn) -> bool:
    """嗯 开 是专票吗 我们财务要能抵扣的: is the yes said under a condition?"""
    words = turn.scene.store.words
    return any(words.hit("answers.depends", one.text) for one in sentences(turn.scene.text))


def _beside_no(turn: Turn) -> dict[str, bool]:
    """What a refused offer is told with: a goodbye, or a question in words of its own."""
    words, text = turn.scene.store.words, turn.scene.text
    if words.hit("answers.leaves", text):
        return {"leaves": True}
    parts = [part_asks(part, words) for part in sentences(text)]
    return {"asks": True} if any(parts) and not all(parts) else {}


def _says_more(turn: Turn, one: Reading) -> bool:
    """行吧 有消息短信通知我还是你这儿说: is the yes or no only how a long message begins?"""
    limits = turn.scene.store.words.limits
    length, said = len(turn.scene.text), one.span[1] - one.span[0]
    return length >= limits["short_chars"] and 0 < said < length * limits["mere_opening"]


def _gives_up(turn: Turn, one: Reading) -> bool:
    """Do the same words say that the whole matter is given up?"""
    return any(
        other.kind == "cancel" and not other.negated and other.overlaps(one) for other in turn.readings
    )


def act(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """cancel, skip, undo, explain, repeat, resume: what is done with what is open."""
    scene = turn.scene
    partial = bool(one.more.get("partial"))  # 订单尾号0002: told whether or not the number is asked for
    if one.negated or not (scene.state.frames or partial or one.kind in _ALWAYS):
        return
    refused = any(
        other.kind == "watch" and other.name == "human" and other.negated and other.overlaps(one)
        for other in turn.readings
    )
    words, part = scene.store.words, sentence_of(scene.text, one.span)
    refused = refused or (not one.name and words.hit("watchers.refuses_person", part.text) is not None)
    if one.kind == "cancel" and refused:
        return  # 真人就算了: the person, not the matter
    if one.more.get("why") == "question" and turn.passes_over:
        return
    frame = scene.state.frame(one.name) if one.kind == "cancel" and one.name else None
    if frame is not None and _only_a_value(turn, one) and turn.wishes_else(frame, one):
        return  # 给我补一个 不想退
    name = one.name if one.kind in _NAMED else ""
    if one.kind == "explain":
        name = scene.asked.name if scene.asked is not None else name
    kind = "asks_back" if one.more.get("why") == "question" else one.kind
    more = {"why": one.more["why"]} if one.more.get("why") else {}
    more |= {"partial": True} if partial else {}
    yield Meaning(
        kind, Command(one.kind, name, words=turn.words_of(one), more=more), whole=kind == "asks_back"
    )


def disowned(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """别管点卡, 都说了不用开: the form is closed. 什么点卡 我说的行李箱: it goes on for those goods, which are read elsewhere."""
    if not one.more["draft"]:
        stopped = turn.scene.state.told.get(STOPPED) is not None
        command = Command("chat", "deny" if stopped else NOT_BEGUN, words=turn.words_of(one))
        yield Meaning("cancel", replace(command, more={"disowned": one.name}))
    elif not turn.moves(one):
        yield Meaning(
            "cancel",
            Command(
                "cancel",
                one.name,
                words=turn.words_of(one),
                more={"disowned": one.more["draft"], "instead": one.more["instead"]},
            ),
        )


def _only_a_value(turn: Turn, one: Reading) -> bool:
    """Do the same words refuse a value (不想退) and not only the matter?"""
    return any(two.kind == "slot" and two.negated and two.overlaps(one) for two in turn.readings)


def kept(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """我没改抬头: back to what it was where we changed it; beside a yes (确认 颜色别动) only that yes; else what is open is said
    again."""
    words = turn.words_of(one)
    agreed = [two for two in turn.readings if two.kind == "yes" and not two.negated and not two.overlaps(one)]
    if not one.value and agreed and turn.confirms:
        parts = sentences(turn.scene.text)
        told = [two.span for two in (*agreed, *(two for two in turn.readings if two.kind == "kept"))]
        alone = all(any(a <= part.start and part.end <= b for a, b in told) for part in parts)
        more = {"stays": [one.span], "alone": alone}
        yield Meaning("yes", Command("set", "", {"ok": "yes"}, words, more))
    elif one.value:
        yield Meaning("undo", Command("undo", one.name, words=words))
    else:
        yield Meaning("repeat", Command("repeat", words=words), whole=True)


def written(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """改好了吗: what was written is told; 14没取消吧, where 15 was: that too, and how 14 stands."""
    pointed = [
        two
        for two in turn.readings
        if two.kind == "order" and two.more.get("by") not in (None, "state", "rest")
    ]
    pointed += [two for two in turn.readings if two.kind == "order" and not two.more.get("by")]
    named = [
        two for two in turn.readings if two.kind == "item" and not two.negated and two.more.get("order_no")
    ]
    about = next((str(two.value) for two in pointed if not two.negated), None)
    about = about or next((str(two.value) for two in pointed), None)
    about = about or next((str(two.more["order_no"]) for two in named), None) or turn.scene.state.order_no
    records = list(one.more["records"])
    of_order = [record for record in records if record["order_no"] == about]
    meant = of_order or records
    if not one.more.get("all"):
        meant = meant[:1]
    more = {**one.more, "records": meant, "about": about}
    yield Meaning("repeat", Command("repeat", one.name, words=turn.words_of(one), more=more))


def which(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """取消哪个, to what is read back: the order again, and that nothing else is touched."""
    yield Meaning("repeat", Command("repeat", "which", words=turn.words_of(one), more={"flow": one.name}))


def later(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """等一下: nothing is done, the question stays."""
    if not one.negated and not (turn.confirms and turn.offered):  # to an offer it is a no
        more = {"waits": True} if one.more.get("waits") else {}
        more |= {"paused": True} if turn.confirms else {}
        yield Meaning("later", Command("chat", "later", words=turn.words_of(one), more=more), whole=not more)


def note(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """What a person promised outranks what we would answer ourselves, unless another order or other goods are named."""
    promised = str((turn.scene.state.resolution or {}).get("note") or "")
    for other in turn.readings:
        if other.negated or other.kind not in _POINTING:
            continue
        if other.kind == "item" and not _of_the_note(turn, str(other.more.get("name") or ""), promised):
            return
        if other.kind == "order" and other.value != turn.scene.state.order_no:
            return
    more = {"beside": bool(one.more.get("beside"))}
    yield Meaning("note", Command("chat", "note", words=turn.scene.text, more=more), whole=True)


def _of_the_note(turn: Turn, name: str, promised: str) -> bool:
    """Does the note name these goods, or was it about them?"""
    return not name or names_item(promised, name) or turn.scene.state.facts.get("item") == name


def chat(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """Small talk, questions to the bot itself."""
    if one.negated:
        return
    if one.name == "dissatisfied":  # 不满意, heard as praise
        yield Meaning("chat", Command("unclear", "sigh", words=turn.scene.text), whole=True)
        return
    kind = str(one.value) if one.name == "chitchat" and one.value else one.name
    sure = one.name in _SURE_TALK or "by_words" in one.more  # words of their own, surer than the model
    yield Meaning(
        "watch" if sure else "chat", Command("chat", kind, words=turn.words_of(one)), whole=not sure
    )
