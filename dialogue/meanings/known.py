"""A known question that is asked in passing: it is answered, and what was open goes on."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.commands import Command
from dialogue.knowledge import KNOWLEDGE, OF_NUMBERS, PERSON
from dialogue.meanings.turn import Meaning, Turn, start
from dialogue.readers.coverage import part_asks
from dialogue.readers.known import company_of
from dialogue.readers.sentence import sentence_of
from dialogue.readers.which_order import pointed_order
from dialogue.reading import Reading
from dialogue.state import NOT_BOUGHT

_NUMBERS = frozenset({"order", "proof"})
#: The reader of orders that are meant by their goods.
_BY_NAME = "mentions"


def either(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """Which of two known questions it is: asked, where the message asks something."""
    if turn.asks and not any(_tells_number(other) for other in turn.readings):
        command = Command("clarify", ", ".join(one.value), words=turn.words_of(one) or turn.scene.text)
        yield Meaning("either", command, whole=True)


def known(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """The answer of the entry, unless it is only heard in words that refuse a matter (不是要退货) or ask why we ask."""
    verified = turn.scene.state.customer is not None
    numbers = (other for other in turn.readings if _tells_number(other))
    if any(other.kind != "proof" or not verified for other in numbers) and not _asks_of_numbers(turn, one):
        return  # who tells the number asks for their own order
    if any(other.kind == "chat" and other.name == "robot" and other.overlaps(one) for other in turn.readings):
        return  # 你是真人还是电脑: that is told itself, with the way to a person
    spec = turn.scene.asked_slot
    answers = spec is not None and any(two.kind == "skip" and two.overlaps(one) for two in turn.readings)
    if answers and not part_asks(sentence_of(turn.scene.text, one.span), turn.scene.store.words):
        return  # 我不会拍照, to the question for a picture: that is answered
    asked = one.more.get("asks") or turn.scene.store.words.asks(turn.words_of(one))  # 没修也要钱吗
    for other in turn.readings:
        refuses = other.kind == "start" and other.negated and not asked
        asks_why = other.kind == "explain" and not other.negated and other.more.get("why") != "question"
        if (refuses or asks_why) and other.overlaps(one) and one.more.get("by_model"):
            return
    asks = turn.scene.store.words.asks(turn.words_of(one) or turn.scene.text)
    refused = (two.span for two in turn.readings if two.kind == "no" and not two.negated)
    if not asks and turn.declines and any(a <= one.span[0] and one.span[1] <= b for a, b in refused):
        return  # 不用催了 直接取消, to the offer to urge
    entry = turn.scene.store.knowledge.entries.get(one.name)
    if _says_nothing_bought(turn, one):
        return
    told = any(other.kind == "chat" and other.name == "resolution" for other in turn.readings)
    if entry is not None and PERSON in entry.only and told:
        return  # 那我现在怎么做: what a person settled is told itself
    person = turn.offered == "human" or PERSON in company_of(turn.scene)
    supposes = entry is not None and PERSON in entry.near and one.more.get("by_model")
    if supposes and not person and not turn.asks:
        return  # 不咋转了, of the goods: nobody spoke of a person
    if entry is not None and PERSON in entry.near and turn.denies("human"):
        return  # 先不转人工: said, not asked
    if entry is not None and "complaint" in entry.near and turn.grumbles:
        return  # 再不发货我就投诉了; 打了三个电话没人管
    last = str((turn.scene.state.last or {}).get("flow") or "")
    if entry is not None and turn.grumbles and last in {entry.starts or "-"}:
        return  # 说好的给我补差价 现在又不认了, right after that answer
    words = turn.words_of(one) or turn.scene.text
    top = turn.top
    if (
        top is not None
        and top.flow == "clarify"
        and one.name in ((top.data.get("names") or {}).get("chosen") or {})
    ):
        yield Meaning("known", Command("set", "", {"chosen": one.name}, words), turn.is_whole(one))
        return
    if entry is not None and entry.starts and not _has_bought_nothing(turn):
        yield from _wished(turn, one, entry.starts, words)
        return
    order = pointed_order(turn.scene)
    more = {"of_order": order.order_no} if order is not None else {}
    command = Command("answer", KNOWLEDGE, {"entry": one.name}, words, more)
    yield Meaning("known", command, turn.is_whole(one))


def _has_bought_nothing(turn: Turn) -> bool:
    now = turn.scene.store.words.hit("watchers.bought_nothing", turn.scene.text) is not None
    return turn.scene.state.customer is None and (now or bool(turn.scene.state.told.get(NOT_BOUGHT)))


def _wished(turn: Turn, one: Reading, flow: str, words: str) -> Iterator[Meaning]:
    """能不能拦下来: the question is a wish, what answers it is done. Said to that offer, or to the form that is open for it, it is a yes."""
    frame = turn.scene.state.frame(flow)
    led = turn.top is not None and turn.offered == "human" and turn.top.data.get("from") == flow
    if (
        turn.offered == flow
        or (led and turn.accepts)
        or (frame is not None and frame is turn.top and turn.confirms)
    ):
        yield Meaning("yes", Command("set", "", {"ok": "yes"}, words), turn.is_whole(one))
    elif frame is None:
        intent = next(iter(turn.scene.store.flows.by_id[flow].start), "")
        command = start(turn.scene, flow, {}, words, intent)
        yield Meaning("known", command, turn.is_whole(one))


def _says_nothing_bought(turn: Turn, one: Reading) -> bool:
    """哪来的订单号: said, and nothing is asked in the rest of these words."""
    words, asked = turn.scene.store.words, turn.words_of(one) or turn.scene.text
    hits = words.find("watchers.bought_nothing", asked)
    rest = "".join(
        char for at, char in enumerate(asked) if not any(a <= at < b for a, b in (h.span for h in hits))
    )
    return bool(hits) and not words.asks(rest)


def _asks_of_numbers(turn: Turn, one: Reading) -> bool:
    """用手机号查不行吗 136…: what the number asked for is needed for, with only the half of it told."""
    orders = any(other.kind == "order" and _tells_number(other) for other in turn.readings)
    return one.name in OF_NUMBERS and not orders and turn.asks


def _tells_number(one: Reading) -> bool:
    """An order's or a phone's number is told; naming the goods (手机能放门口吗) tells none."""
    return one.kind in _NUMBERS and not one.negated and one.source != _BY_NAME
