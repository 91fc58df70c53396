"""Readings of what the customer came for: a flow that begins, goes on, is taken back, or is what was offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dialogue.commands import Command
from dialogue.flows import Flow
from dialogue.knowledge import KNOWLEDGE
from dialogue.meanings.turn import Meaning, Turn, start
from dialogue.order_choice import named_orders
from dialogue.readers.coverage import part_asks
from dialogue.readers.sentence import sentence_of, sentences
from dialogue.readers.which_order import BY_STATE
from dialogue.readers.written import asks_whether_done
from dialogue.reading import Reading
from dialogue.situation import situation_of, under_way
from dialogue.state import NOT_BOUGHT, RECORDS, STOPPED, Frame
from dialogue.swaps import meant

#: Small talk about a matter that was never begun.
NOT_BEGUN = "not_begun"
#: The group with what can be asked of goods.
_TOPICS = "questions.spec_topic"
#: Kinds of slots that are never read from the words that begin a flow.
_NOT_WITH_START = frozenset({"confirm", "text", "evidence"})
#: The look-up that tells how an order stands.
_STANDS = "order_status"
#: The look-up that tells where we deliver, and the flow that changes where to.
_DELIVERS, _NEW_ADDRESS = "shipping", "change_address"
#: The look-ups of goods in general, of their sizes and of what is left of them.
_SPEC, _SIZES, _STOCK = "product_spec", "product_size", "product_stock"
#: Values that say what is wanted instead of a matter that is taken back.
_INSTEAD = ("solution",)
#: A rule that was told and waits for the order -> what the model hears beside the numbers and is still that matter.
_STILL_THAT = {
    "bought_by_child": frozenset(
        {*("return", "return_policy", "logistics", "order_status", "urge", "lost_parcel", "cancel_order")}
    )
}
#: A matter -> others that wish for the same, where it is open for the order or led to the offer of a person: the money back.
SAME_WISH = {
    "cancel_order": frozenset({"return"}),
    "refund_progress": frozenset({"return"}),
    "return": frozenset({"cancel_order", "refund_progress"}),
}
#: Matters that are told, not wished for: told again (碗没到我手里) they are no yes to what is read back.
_TOLD = frozenset({"lost_parcel"})
#: The slot that says what is urged.
_SAYS_WHAT = frozenset({"what"})
#: What is wanted of an order that is given up.
_GIVING_UP = frozenset({"cancel_order", "return"})
#: The form that gives the money back and nothing else.
_CANCELS = frozenset({"cancel_order"})
#: Kinds of slots that tell which of the goods is wanted, or whom to ring up, in whatever words of the message.
_OF_GOODS = frozenset({"colour", "size", "phone"})
#: The known question about freight that was laid out; what is said of goods that went back already beside it.
_FREIGHT, _FREIGHT_CLAIM = "return_freight_advance", "freight_claim"
#: What becomes of the money, the look-ups of a parcel that the model hears instead, and the situations in which money is waited for.
_REFUND = "refund_progress"
_OF_PARCEL = frozenset({"urge", "logistics"})
_MONEY_BACK = frozenset({"refunding", "refunded"})
_OF_REQUEST = frozenset({"return", "refund_progress", "return_policy", "shipping", "order_status"})
#: What is wished for instead of the money.
_NO_MONEY = frozenset({"exchange", "repair"})
#: The situation of an order that waits for its dispatch.
_PAID = "paid"
#: Below this a look-up that nobody but the model hears is doubtful; what would be written is, where it is only asked about.
_DOUBTFUL_BELOW = 0.6
#: From so sure a matter is one, whatever the message sets right.
_SURE_BESIDE = 0.8
#: What a reading tells the engine besides the flow and its slots.
_MORE = frozenset({"response", "order_no", "of_order"})


def matter(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """Something the customer came for. A negated one takes back what is open for it."""
    if one.negated:
        yield from _taken_back(turn, one)
    elif turn.top is not None and turn.top.flow == "clarify" and (code := _of_two(turn.top, turn, one)):
        yield Meaning("set_asked", Command("set", "", {"chosen": code}, turn.words_of(one)))
    elif one.name == "complaint" and turn.scene.state.frame("complaint") is None:
        yield from _sigh(turn, one)
    elif _takes_offer(turn, one):
        told = told_with(turn, one) if turn.offered == one.name else {}
        told = {slot: value for slot, value in told.items() if slot in _SAYS_WHAT}  # 催派送 不是催发货
        yield Meaning(
            "yes", Command("set", "", {"ok": "yes", **told}, turn.words_of(one)), turn.is_whole(one)
        )
    elif turn.offered and turn.offered == one.name:
        if (
            turn.asks and not turn.asks_of_offer and not turn.accepts
        ):  # 不用催 到底几号发, 那到底哪天发: how it stands is asked
            yield from _how_it_stands(turn, one)
    elif (frame := _wishes_same(turn, one)) is not None:
        yield from _again(turn, replace(one, name=frame.flow, value=None, more=_named(one)), frame)
    else:
        frame = turn.scene.state.frame(one.name)
        if frame is not None and not _other_order(turn, frame):
            yield from _again(turn, one, frame)
        else:
            yield from _begins(turn, one)


def _of_the_money(turn: Turn, one: Reading) -> Reading | None:
    """还要等3号啊 东西你们都收到好几天了, 12块啥时候到: of an order whose money goes back the model hears a parcel; what is waited
    for is the money, unless the message names a parcel, a carrier or other goods."""
    scene = turn.scene
    order = scene.own_order(scene.state.order_no)
    if one.source != "intents" or one.name not in _OF_PARCEL or order is None:
        return None
    if situation_of(scene, order) not in _MONEY_BACK or scene.store.words.hit("wishes.of_parcel", scene.text):
        return None
    other = any(
        two.kind in {"order", "item"}
        and not two.negated
        and order.order_no not in (two.value, two.more.get("order_no"))
        for two in turn.readings
    )
    more = {"intent": _REFUND, "slots": {"about": "refund"}}
    return None if other else replace(one, name=_REFUND, value=None, more=more)


def _freight_waited_for(turn: Turn) -> bool:
    """12块啥时候到, where the freight that was laid out was written to the request in this conversation; 259 is the refund."""
    scene, words = turn.scene, turn.scene.store.words
    claimed = any(
        record["flow"] == _FREIGHT_CLAIM and record["order_no"] == scene.state.order_no
        for record in scene.state.told.get(RECORDS) or ()
    )
    return claimed and words.hit("wishes.of_freight", scene.text) is not None


def _begins(turn: Turn, one: Reading) -> Iterator[Meaning]:
    if (money := _of_the_money(turn, one)) is not None:
        one = money
    if one.name == _REFUND and one.source == "intents" and _freight_waited_for(turn):
        command = Command("answer", KNOWLEDGE, {"entry": _FREIGHT}, turn.scene.text)
        yield Meaning("known", command, turn.is_whole(one))
        if not turn.scene.store.words.hit("wishes.of_refund", turn.scene.text):
            return
    if (one.source == "intents" and _means_else(turn, one)) or (
        one.source == "context" and _is_refused(turn, one)
    ):
        return
    if one.source == "intents" and (_changes_a_slot(turn, one) or _tells_where_to(turn, one)):
        return
    scene = turn.scene
    last = scene.state.last or {}
    waits = last.get("words") and any(two.kind in {"order", "proof"} for two in turn.readings)
    if waits and one.name in _STILL_THAT.get(str(last.get("flow")), ()):
        return  # 单号… 他好像充掉了: what was asked before is answered for that order
    if "named" not in one.more and (_refuses_the_same(turn, one) or _led_to_refused(turn, one)):
        return
    if one.name in _OF_REQUEST and _claims_freight(turn):
        return  # 左耳没声音退的 那这12你们得给我: what was laid out, not the goods once more
    flow = scene.store.flows.get(one.name)
    if flow is not None and "named" not in one.more and _takes_an_order(turn, flow):
        return
    if flow is not None and flow.is_write and _only_asks_beside(turn, one):
        return
    if _asks_the_same_size(turn, one) or (flow is not None and _is_only_told(turn, one, flow)):
        return
    asks = flow is not None and flow.is_write and scene.state.customer is not None and not turn.waits
    if asks and one.source != "takes_back" and asks_whether_done(scene, one.name):
        intent = str(
            one.more.get("intent") or ""
        )  # 退款取消了没, where nothing was written: how it stands, no wish
        yield Meaning(
            "answer", start(scene, _STANDS, {}, turn.words_of(one) or scene.text, intent), turn.is_whole(one)
        )
        return
    own = _tells_of_own(turn)
    if flow is not None and not own and _protests_at_answer(turn, one, flow):
        return
    if (instead := _before_dispatch(turn, one)) is not None:
        yield instead
        return
    if flow is not None and not own and _asks_the_rule(turn, one, flow):
        yield from _rule(turn, one, flow.rule({**_given(turn, one), **told_with(turn, one)}))
        return
    words = str(one.more.get("words") or turn.words_of(one) or scene.text)
    if meant(scene.text) is not None:  # 不是耳机要换，是运动鞋: the whole of it says what is meant
        words = scene.text
    intent = str(one.more.get("intent") or scene.message.intent)
    told, given = told_with(turn, one), _given(turn, one)
    slots = (
        {**told, **given} if one.source == "context" else {**given, **told}
    )  # what the situation means is surer
    intent = _of_value(flow, intent, slots)
    command = start(scene, one.name, slots, words, intent)
    wishes = _wishes(turn, flow, told)
    told = {name: value for name, value in one.more.items() if name in _MORE}
    unsure = "named" not in one.more and one.score < _DOUBTFUL_BELOW
    if flow is not None and not own and _asks_in(turn, one) and (flow.is_write or unsure):
        told["doubtful"] = True
    if any(two.kind == "fault" and not two.negated for two in turn.readings):
        told["fault"] = True
    if wishes:
        told["wishes"] = wishes
    if begun := begun_with(turn, one.name):
        told["begun"] = begun
    if _tells_of_goods(one, command) and (topics := _topics(turn)) > 1:
        told["topics"] = topics
    if (order_no := _by_other_name(turn, one)) is not None:
        told.setdefault("of_order", order_no)
    command = replace(command, more={**command.more, **told})
    yield Meaning("context" if one.source == "context" else command.kind, command, turn.is_whole(one))


def _only_asks_beside(turn: Turn, one: Reading) -> bool:
    """填错了还能再改不, while another form is read back: a question that names nothing begins nothing."""
    heard = one.source in {"intents", "context"} and "named" not in one.more
    beside = turn.confirms and not turn.offered and turn.in_hand() is not None
    told = any(two.kind in {"item", "order", "fault"} and not two.negated for two in turn.readings)
    told = told or any(True for _ in turn.values(one.name))  # 忘了写备注怎么办
    parts = sentences(turn.scene.text)
    return heard and beside and not told and all(part_asks(two, turn.scene.store.words) for two in parts)


def _claims_freight(turn: Turn) -> bool:
    """Is the freight that the customer laid out claimed, of goods that went back already?"""
    scene = turn.scene
    said = any(
        two.kind == "known" and two.name == _FREIGHT and not two.more.get("by_model") for two in turn.readings
    )
    order = scene.own_order(scene.state.order_no) if scene.state.order_no and said else None
    return order is not None and under_way(scene, order) != (None, None)


def _asks_in(turn: Turn, one: Reading) -> bool:
    """Are all the small sentences that the matter rests on questions?"""
    text, words = turn.scene.text, turn.scene.store.words
    places = [tuple(span) for span in one.more.get("named") or ()] or [one.span]
    places = [span if span != (0, 0) else (0, len(text)) for span in places]
    parts = [
        part
        for part in sentences(text)
        if any(part.start < end and start < part.end for start, end in places)
    ]
    return any(part_asks(part, words) for part in parts) and (
        len(places) > 1 or all(part_asks(part, words) or turn.is_whole(one) for part in parts)
    )


def _tells_of_own(turn: Turn) -> bool:
    """Is something of the customer's own spoken of: what they have, what is wrong with it, that it shall be done, a number?"""
    text, words = turn.scene.text, turn.scene.store.words
    if words.hit("wishes.own", text) or words.hit("wishes.wants", text):
        return True
    told = {"fault", "order", "proof", "digits"}
    return any(one.kind in told and not one.negated for one in turn.readings)


def _asks_the_rule(turn: Turn, one: Reading, flow: Flow) -> bool:
    """是不是什么都能退, 你们家一般几天能退: goods in general are asked about, and there is a look-up that tells the rule."""
    if not flow.rules or not _asks_in(turn, one):
        return False
    unknown = turn.scene.state.customer is None
    if unknown and turn.scene.store.words.hit("wishes.before_dispatch", turn.scene.text) is not None:
        return True  # 没发货之前换颜色 差价咋算
    return turn.scene.store.words.hit("wishes.in_general", turn.words_of(one) or turn.scene.text) is not None


def _protests_at_answer(turn: Turn, one: Reading, flow: Flow) -> bool:
    """我问的耳机 不是鞋: what was answered is set right; no matter of an order that nobody but the model hears in it."""
    needs = bool(flow.needs.order) or flow.needs.customer
    unknown = turn.scene.state.customer is None and "named" not in one.more
    return needs and unknown and turn.objects and one.source == "intents" and one.score < _SURE_BESIDE


def _before_dispatch(turn: Turn, one: Reading) -> Meaning | None:
    """能换个颜色不 还没发货吧, of an order that is not known yet: what the table says of one that waits for its dispatch."""
    scene, words = turn.scene, turn.scene.store.words
    told = scene.state.customer is None and words.hit("wishes.undispatched", scene.text)
    intent = str(one.more.get("intent") or "")
    if not told or one.source != "intents":
        return None
    row = next((row for row in words.context.rows if row.fits(frozenset({intent}), scene.text)), None)
    started = scene.store.flows.started_by(row.means.get(_PAID, "")) if row is not None else None
    if row is None or started is None or started[0] == one.name:
        return None
    slots = {**told_with(turn, replace(one, name=started[0], span=(0, 0))), **started[1]}
    command = start(scene, started[0], slots, scene.text, row.means[_PAID])
    return Meaning("context", replace(command, more={**command.more, "situation": _PAID}), turn.is_whole(one))


def _rule(turn: Turn, one: Reading, general: str) -> Iterator[Meaning]:
    """The rule instead of the matter."""
    told = told_with(turn, replace(one, name=general))
    command = start(turn.scene, general, told, turn.words_of(one) or turn.scene.text, "")
    intent = str(one.more.get("intent") or turn.scene.message.intent)
    yield Meaning("answer", replace(command, more={**command.more, "intent": intent}), turn.is_whole(one))


def _of_value(flow: Flow | None, intent: str, slots: Mapping[str, Any]) -> str:
    """冰箱不制冷 冻的肉都化了, heard as a damaged parcel: the intent whose value the words tell names the matter."""
    given = flow.start.get(intent) if flow is not None else None
    if flow is None or not given or all(slots.get(slot) == value for slot, value in given.items()):
        return intent
    for other, begins in flow.start.items():
        if begins.keys() == given.keys() and all(slots.get(slot) == at for slot, at in begins.items()):
            return other
    return intent


def _tells_of_goods(one: Reading, command: Command) -> bool:
    """Is it the look-up that tells several things of the goods in one answer, or one that leads there (几升的有货没)?"""
    return one.name == _SPEC or (one.name == _STOCK and command.slots.get("aspect") == "size")


def _topics(turn: Turn) -> int:
    """Of how many things of the goods the message asks (多大容量 多重)."""
    asked = turn.scene.store.words.codes(_TOPICS)
    return sum(one.search(turn.scene.text) is not None for one in asked.values())


def _wishes(turn: Turn, flow: Flow | None, told: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Where the message says what shall be done in the matter (没收到货 退钱给我): these words begin no other matter."""
    wished = {name for name in told if flow is not None and flow.slots[name].fact == "demand"}
    return [span for name in wished if flow for span in _places(turn, flow.id, {name: told[name]})]


def _wishes_same(turn: Turn, one: Reading) -> Frame | None:
    """退钱吧, while the cancelling of an order is read back: no return besides, the money comes with that."""
    frame = turn.top
    if frame is None or frame is not turn.in_hand() or not turn.confirms or frame.flow not in _CANCELS:
        return None
    same = one.name in SAME_WISH.get(frame.flow, ()) and _given(turn, one).get("solution") not in _NO_MONEY
    return frame if same and not _other_order(turn, frame) else None


def _refuses_the_same(turn: Turn, one: Reading) -> bool:
    """老是说退款: a matter that only the model hears, where the words refuse another with the same wish."""
    return any(
        two.kind == "start" and two.negated and one.name in SAME_WISH.get(two.name, ())
        for two in turn.readings
    )


def _led_to_refused(turn: Turn, one: Reading) -> bool:
    """不撤 就让它走着, 重新拍吧 不恢复了, to an offer: with the offer that is refused what led to it is given up as well, whatever only
    the model hears in these words."""
    led = str(turn.top.data.get("from") or "") if turn.top is not None else ""
    as_asked = turn.scene.store.flows.started_by(str(one.more.get("asked_as") or ""))
    names = {one.name, *(as_asked[:1] if as_asked is not None else ())}
    return bool(led) and turn.declines and led in names and not turn.asks


def _named(one: Reading) -> Mapping[str, Any]:
    return {name: value for name, value in one.more.items() if name == "named"}


def _by_other_name(turn: Turn, one: Reading) -> str | None:
    """箱子 for 行李箱, inside the words that begin the matter: the only order that is named there, by a name that the order
    itself does not have; 我没买点卡 是箱子: the other one is denied. (What the order's own goods are called is found in the words
    again when the flow looks for it, and what stands beside them is read there.) 14那单不要了: the order that is pointed at there."""
    inside = [
        two
        for two in turn.readings
        if two.kind == "item" or (two.kind == "order" and two.more.get("by") not in BY_STATE)
        if turn.is_whole(one) or (one.span[0] <= two.span[0] and two.span[1] <= one.span[1])
    ]
    gone = [two for two in inside if _gives_up(turn, two)]
    if one.name in _GIVING_UP and len({_number(two) for two in gone}) == 1:
        return _number(gone[0])  # 14发绍兴 15不要了
    denied = {_number(two) for two in inside if two.negated}
    denied |= {str(frame.order_no) for frame in turn.scene.state.frames if frame.draft in turn.closed}
    if turn.is_whole(one) and not denied:
        return None
    named = {str(two.more["order_no"]) for two in inside if not two.negated and two.more.get("order_no")}
    words = turn.words_of(one) or turn.scene.text
    own = {two.order_no for two in named_orders(words, turn.scene.orders())} - denied
    named |= {str(two.value) for two in inside if two.kind == "order" and not two.negated}
    named -= denied
    return next(iter(named)) if len(named) == 1 and not own else None


def _number(one: Reading) -> str:
    return str(one.more.get("order_no") or one.value)


def _gives_up(turn: Turn, one: Reading) -> bool:
    """15不要了: is just this one given up, in the words right behind it?"""
    rest = turn.scene.text[one.span[1] : sentence_of(turn.scene.text, one.span).end]
    return turn.scene.store.words.pattern("wishes.gives_up").match(rest) is not None


def _changes_a_slot(turn: Turn, one: Reading) -> bool:
    """邮箱换一个吧 发 sunlq@qq.com, while that e-mail is read back: what is exchanged is the value, not the goods."""
    frame, named = turn.in_hand(), turn.scene.store.words.codes("slots")
    if frame is None or frame.flow == one.name or not turn.waits:
        return False
    begins, ends = one.span if one.span != (0, 0) else (0, len(turn.scene.text))
    for other in turn.readings:
        told = other.kind == "slot" and not other.negated and other.more.get("flow") == frame.flow
        changed = frame.slots.get(other.name) not in (None, other.value)
        pattern = named.get(other.name) if told and changed else None
        if pattern is not None and pattern.search(turn.scene.text[begins:ends]):
            return True
    return False


def _tells_where_to(turn: Turn, one: Reading) -> bool:
    """寄到我妈那里行不 杭州市…9号, of a customer who has orders: not whether we deliver there, the address is to be changed."""
    told = any(two.more.get("complete", True) for two in turn.values(_NEW_ADDRESS) if two.name == "address")
    return one.name == _DELIVERS and turn.scene.state.customer is not None and told


def _takes_an_order(turn: Turn, flow: Flow) -> bool:
    """没下单呢哪来的订单号: nothing that only an order can answer is looked up."""
    says = turn.scene.store.words.hit("watchers.bought_nothing", turn.scene.text) is not None
    only = bool(flow.needs.order) and not flow.before_buying and not flow.rules
    return says and only and flow.is_lookup and turn.scene.state.customer is None


def _asks_the_same_size(turn: Turn, one: Reading) -> bool:
    """我165选M 会不会紧: whether it is tight is what the size was asked for."""
    sizes = any(two.kind == "start" and two.name == _SIZES and not two.negated for two in turn.readings)
    return one.name == _SPEC and sizes and told_with(turn, one).get("aspect") == "size"


def _is_only_told(turn: Turn, one: Reading, flow: Flow) -> bool:
    """那我用普票也行 运费险是送的吗, before buying: what is only told beside a question begins nothing."""
    words = turn.words_of(one)
    told = turn.scene.state.told.get(NOT_BOUGHT) and turn.scene.state.customer is None
    asks = turn.asks and not turn.scene.store.words.asks(words)
    return bool(told and flow.is_write and flow.rules and words) and not turn.is_whole(one) and asks


def _how_it_stands(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """What was offered is refused and asked about in the same breath: the state of the order answers."""
    for intent in turn.scene.store.words.listed("intents.stands"):
        if (started := turn.scene.store.flows.started_by(intent)) is not None:
            command = start(turn.scene, started[0], dict(started[1]), turn.words_of(one), intent)
            yield Meaning("answer", command, turn.is_whole(one))


def _given(turn: Turn, one: Reading) -> dict[str, Any]:
    """Values that come with the intent, without those that the message makes pointless."""
    value = one.value if isinstance(one.value, Mapping) else {}
    told, flow = {**value, **(one.more.get("slots") or {})}, turn.scene.store.flows.get(one.name)
    return {slot: at for slot, at in told.items() if flow is None or not turn.pointless(flow, slot)}


def _taken_back(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """不退了, while it is open; 不取消了, where it was just done."""
    scene = turn.scene
    frame = scene.state.frame(one.name)
    if frame is not None and turn.wishes_else(frame, one):
        return  # 给我补一个 不想退: the other wish stands for itself
    if frame is not None and any(frame.slots.get(slot) != value for slot, value in _given(turn, one).items()):
        return  # 不想换, where no exchange was chosen: only that value is refused
    if frame is not None and turn.objects and _given(turn, one):  # 我没要换货啊: only that is taken out again
        for slot in _given(turn, one):
            yield Meaning("correct", Command("correct", slot, more={"flow": frame.flow}))
    elif frame is not None and turn.top is frame and turn.confirms:
        yield Meaning("no", Command("set", "", {"ok": "no"}, turn.words_of(one)))
    elif frame is not None:
        yield Meaning("cancel", Command("cancel", one.name, words=turn.words_of(one)))
    elif (
        frame is None
        and not scene.state.frames
        and (stopped := scene.state.told.get(STOPPED))
        and stopped["flow"] != one.name  # 都说了不开发票: stopped already
    ):
        flow, intent = str(stopped["flow"]), str(stopped["intent"])  # 哎你别取消呀: what was stopped goes on
        yield Meaning("start", start(scene, flow, {}, scene.text, intent), whole=True)
    elif (
        frame is None
        and (open_one := turn.in_hand()) is not None
        and turn.waits
        and not any(
            two.kind == "start" and two.negated and two.name == open_one.flow for two in turn.readings
        )
    ):  # 取消取消 别给我办退货, while that is open: nothing goes on
        yield Meaning("resume", Command("resume", open_one.flow, words=turn.words_of(one)), whole=True)
    elif turn.offered == one.name:
        return  # 别取消, where we offered to cancel: a no
    elif (undo := (told := told_with(turn, replace(one, span=(0, 0)))).get("undo")) is not None:
        refused = str(one.more.get("intent") or "")
        intent = scene.message.intent if scene.message.intent != refused else ""  # 不退了: no money is wanted
        instead = {slot: told[slot] for slot in _INSTEAD if slot in told}  # 不想退了 换一把新的
        command = start(scene, one.name, {"undo": undo, **instead}, scene.text, intent)
        yield Meaning(
            "start",
            replace(command, more={**command.more, "told": _places(turn, one.name, instead)}),
            whole=True,
        )
    elif (denied := scene.store.flows.get(one.name)) is not None and denied.is_lookup:
        return  # 不是查快递: nothing would have been done
    elif turn.in_hand() is None and not any(
        record["flow"] == one.name for record in scene.state.told.get(RECORDS) or ()
    ):  # 没叫你退货, where nothing is open nor written
        yield Meaning("cancel", Command("chat", NOT_BEGUN, words=turn.words_of(one)), whole=True)


def _places(turn: Turn, flow: str, slots: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Where the message tells these values."""
    return [one.span for one in turn.values(flow) if slots.get(one.name) == one.value]


def _sigh(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """又来了: the model hears a complaint; without words of one it is a sigh (the watchers know real ones)."""
    if turn.offered == "human" and not turn.needs_no_offer:
        yield Meaning("yes", Command("set", "", {"ok": "yes"}, turn.words_of(one)), whole=True)
    elif not turn.waits and not turn.denies(one.name):
        yield Meaning("chat", Command("unclear", "sigh", words=turn.scene.text), whole=True)


def _of_two(frame: Frame, turn: Turn, one: Reading) -> str:
    """The one of the two readings that were offered which this matter is; empty when it is neither."""
    codes = [str(code) for code in (frame.data.get("names") or {}).get("chosen") or {}]
    by_intent = [code for code in codes if code == one.more.get("intent")]
    flows = turn.scene.store.flows
    by_flow = [code for code in codes if code == one.name or (flows.started_by(code) or ("",))[0] == one.name]
    return next(iter([*by_intent, *by_flow]), "")


def _takes_offer(turn: Turn, one: Reading) -> bool:
    """The offered matter itself, or insisting on what led to the offer of a person, is a yes to the offer (H22); a question
    about it is none."""
    top = turn.top
    if top is None or not turn.offered or (turn.asks and not turn.accepts) or turn.objects:
        return False
    if turn.needs_no_offer and not turn.accepts:
        return False
    if turn.offered == "human":
        if turn.declines or turn.scene.store.words.hit("answers.settles_for", turn.scene.text):
            return False  # 那不用了 普票也行: no insisting, what can be had is wanted
        known = top.data.get("known") or {}
        tells = any(slot in known and known[slot] != value for slot, value in _given(turn, one).items())
        led = str(top.data.get("from") or "")
        same = one.name == led or one.name in SAME_WISH.get(led, ())
        return same and not tells  # another fault is no insisting
    return one.name == turn.offered


def _is_refused(turn: Turn, one: Reading) -> bool:
    """Is the intent that the context would read differently refused in these words (点错了 不取消了)?"""
    asked_as = one.more.get("asked_as")
    return any(other.negated and other.more.get("intent") == asked_as for other in turn.readings)


def _means_else(turn: Turn, one: Reading) -> bool:
    """Do the same words mean something else for the order in hand (data/dialogue/context.yml)?"""
    intent = str(one.more.get("intent") or turn.scene.message.intent)
    return any(
        other.source == "context"
        and (other.more.get("asked_as") == intent or intent in other.more.get("asked_among", ()))
        for other in turn.readings
    )


def _again(turn: Turn, one: Reading, frame: Frame) -> Iterator[Meaning]:
    """The matter of an open frame again: what it tells goes into the frame; said to its confirmation it is a yes; one that
    was left is taken up again."""
    words, whole = turn.words_of(one) or turn.scene.text, turn.is_whole(one)
    given = {
        slot: value for slot, value in _given(turn, one).items() if not _denied(turn, one.name, slot, value)
    }
    new = {slot: value for slot, value in given.items() if frame.slots.get(slot) != value}
    if given != _given(turn, one):
        return
    if new:
        kind = "correct" if any(slot in frame.slots for slot in new) else "set"
        asked = turn.scene.asked is not None and turn.scene.asked.name in new
        beside = "set_open" if frame is turn.top else "set_below"
        weights = "set_asked" if asked else "correct" if kind == "correct" else beside
        yield Meaning(weights, Command(kind, "", new, words, {"flow": frame.flow}), whole)
    elif frame is turn.top and turn.confirms:
        if frame.flow in _TOLD:
            yield Meaning("resume", Command("resume", frame.flow, words=words), whole)
        elif not turn.asks and not _corrects(turn, frame) and turn.says_just(one.more.get("named") or ()):
            yield Meaning("yes", Command("set", "", {"ok": "yes"}, words), whole)
    elif frame is not turn.in_hand():
        yield Meaning("resume", Command("resume", frame.flow, words=words), whole)


def _denied(turn: Turn, flow: str, slot: str, value: Any) -> bool:
    """Do the words deny just this value (不是发错), whatever the model hears?"""
    values = [
        one
        for one in turn.readings
        if one.kind == "slot" and str(one.more.get("flow")) == flow and (one.name, one.value) == (slot, value)
    ]
    return bool(values) and all(one.negated for one in values)


def _corrects(turn: Turn, frame: Frame) -> bool:
    """Does the message tell another value for something that the frame knows, or that it was not to be changed?"""
    return any(one.kind == "kept" for one in turn.readings) or any(
        one.kind == "slot"
        and str(one.more.get("flow")) == frame.flow
        and frame.slots.get(one.name) is not None
        and (frame.slots.get(one.name) == one.value) == one.negated
        for one in turn.readings
    )


def _other_order(turn: Turn, frame: Frame) -> bool:
    """Does the message name another order than the frame's?"""
    for other in turn.readings:
        if other.negated:
            continue
        named = other.value if other.kind == "order" and other.more.get("by") != "state" else None
        named = other.more.get("order_no") if other.kind == "item" else named
        if named and frame.order_no and str(named) != frame.order_no:
            return True
    return False


def told_with(turn: Turn, one: Reading) -> dict[str, Any]:
    """Values of the flow's own slots: the best reading of each slot, in the same words where the message has other matters."""
    flow = turn.scene.store.flows.get(one.name)
    parted = any(
        two.kind == "start" and two.name != one.name and not turn.is_whole(two) for two in turn.readings
    )
    best: dict[str, Reading] = {}
    for other in turn.values(one.name):
        spec = flow.slots.get(other.name) if flow else None
        if flow is None or spec is None or spec.kind in _NOT_WITH_START or turn.pointless(flow, other.name):
            continue
        if other.more.get("complete") is False:
            continue  # 改到瑞金路: only how it begins (begun_with)
        if spec.when == "follow_up" and one.source != "context" and not _follows(turn, one.name):
            continue
        inside = (
            not parted
            or one.span == (0, 0)
            or (other.span[0] >= one.span[0] and other.span[1] <= one.span[1])
            or (spec.fact == "demand" and other.name not in best and _is_only_wished(turn, other))
            or (spec.kind in _OF_GOODS and _in_words_of_none(turn, other))
        )
        if inside and (other.name not in best or other.score > best[other.name].score):
            best[other.name] = other
    return {name: reading.more.get("merged") or reading.value for name, reading in best.items()}


def _in_words_of_none(turn: Turn, one: Reading) -> bool:
    """那就雾蓝 L码不变 对了地址也不对: the small sentence of the value belongs to no matter of its own."""
    clause = sentence_of(turn.scene.text, one.span)
    starts = (two for two in turn.readings if two.kind == "start" and not turn.is_whole(two))
    return not any(two.span[0] < clause.end and clause.start < two.span[1] for two in starts)


def begun_with(turn: Turn, flow: str) -> dict[str, str]:
    """The first part of something long that is told with the matter (改地址 南京市秦淮区): kept, the rest is asked for."""
    return {
        one.name: str(one.more.get("merged") or one.value)
        for one in turn.values(flow)
        if one.more.get("complete") is False
    }


def _is_only_wished(turn: Turn, one: Reading) -> bool:
    """Is there hardly anything else in its clause (碗没收到 物业也没有 退款)?"""
    clause = sentence_of(turn.scene.text, one.span)
    rest = len(clause.text.strip()) - (one.span[1] - one.span[0])
    return rest <= turn.scene.store.arbiter.limits["rest_chars"]


def _follows(turn: Turn, flow: str) -> bool:
    last = turn.scene.state.last
    return last is not None and last.get("flow") == flow
