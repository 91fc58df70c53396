"""Readings of watchers: what brings a person, complaints, a note for later, and matters with words of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from aftersales.asked_request import OF_GOODS, asked_about
from dialogue.commands import Command
from dialogue.knowledge import KNOWLEDGE
from dialogue.meanings.matters import SAME_WISH, told_with
from dialogue.meanings.turn import Meaning, Turn, start
from dialogue.readers.coverage import part_asks
from dialogue.readers.known import company_of
from dialogue.readers.negation import negated
from dialogue.readers.sentence import sentence_of, sentences
from dialogue.reading import Reading
from dialogue.scene import Scene
from dialogue.situation import situation_of
from dialogue.state import RECORDS, WRITTEN

#: Watchers that bring a person at once, by the reason of the contract; anything else has its own meaning.
_PEOPLE = {
    "safety": "safety",
    "threat": "threat",
    "human": "requested",
    "privacy": "privacy",
    "anger": "anger",
    "no_progress": "no_progress",
    "repeat": "repeat",
    "misunderstood": "misunderstood",
    "unsure": "unsure",
}
#: Watchers whose denial is all that the message says.
_DENIED = frozenset({"human", "complaint", "threat"})
#: What a customer wants of an order that was placed twice or is to be placed anew; a mere question is answered by the rule.
_DONE_TO_ORDERS = frozenset({"cancel_order", "return"})
#: Watchers whose words insist: said to the offer of a person they are a yes.
_INSISTING = frozenset({"insist", "still_not"})
#: The situation of an order whose goods go back.
_RETURNING = "returning"
#: The known question about an order that is not paid.
_UNPAID_RULE = "order_unpaid_close"
#: What another colour or size costs; the forms that change what was bought, and their slots that say into what.
_DIFFERENCE, _CHANGING, _TARGET = (
    "variant_difference",
    ("change_item", "return"),
    frozenset({"colour", "size"}),
)
#: What stands in the order; what changes it, and what is talked about where half a question asks for it.
_DETAILS, _CHANGES, _OWN_DETAILS = (
    "order_details",
    frozenset({"change_item"}),
    frozenset({"order_details", "order_status", "change_item"}),
)
#: What a child ordered without a word, before and after it is known which order that is.
_BY_CHILD = "bought_by_child"
_CHILD = frozenset({_BY_CHILD, "child_order"})
#: From so sure a matter is what is wanted, whatever is grumbled beside it.
_SURE = 0.5


def watched(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """What was watched for, in this situation."""
    words = turn.words_of(one)
    if one.negated:
        if one.name == "complaint" and turn.scene.state.frame("complaint") is not None:
            yield Meaning("watch", Command("cancel", "complaint", words=words))
        elif (
            one.name in _DENIED and not turn.offered and not _asks_on(turn, one)
        ):  # 人工先免了; 我不是来投诉的
            yield Meaning("chat", Command("chat", "deny", words=words), whole=True)
        return
    if one.name in _INSISTING and (
        turn.denies("human") or (turn.offered == "human" and (_refuses_person(turn) or _asks_whether(turn)))
    ):
        return
    if turn.offered == "human" and one.name != "human" and turn.needs_no_offer:
        return
    if turn.offered == "human" and turn.scene.store.words.hit("watchers.asks_of_person", turn.scene.text):
        return
    if turn.offered == "human" and one.name in {"human", *_INSISTING}:
        yield Meaning("watch", Command("set", "", {"ok": "yes"}, words))
    elif one.name in _PEOPLE:
        more = {"found": one.value or words, "evidence": list(one.more.get("evidence") or ())}
        more |= {name: True for name in ("calm", "calls") if one.more.get(name)}
        yield Meaning("watch", Command("human", _PEOPLE[one.name], words=words, more=more))
    elif one.name in _OTHERS:
        yield from _OTHERS[one.name](turn, one)
    elif turn.scene.store.flows.get(one.name) is not None:
        told = told_with(turn, replace(one, span=(0, 0)))
        told |= _told_beside(turn, one, told)
        yield Meaning("watch", start(turn.scene, one.name, told, turn.scene.text, ""))


def _told_beside(turn: Turn, one: Reading, told: Mapping[str, object]) -> dict[str, object]:
    """旧的怎么寄 要我出运费不: of what the message tells, that which stands in the small sentence that is watched for."""
    clause = sentence_of(turn.scene.text, one.span)
    inside = sorted(
        (two for two in turn.values(one.name) if clause.start <= two.span[0] and two.span[1] <= clause.end),
        key=lambda two: two.score,
    )
    return {two.name: two.value for two in inside if two.name in told and one.span != (0, 0)}


def _asks_again(turn: Turn) -> bool:
    """那到底能不能退啊, to the offer of a person: what was asked is asked again, nothing accepted."""
    text, words = turn.scene.text, turn.scene.store.words
    first = next(iter(sentences(text)), None)
    return first is not None and part_asks(first, words) and not words.hit("watchers.accepts_person", text)


def _refuses_person(turn: Turn) -> bool:
    """不想等人工 …… 必须给我退; 先不用 等我问下孙女 这种保修管不管: a no is no consent, whatever is insisted on beside it."""
    if any(two.kind == "no" and two.name == "ok" for two in turn.readings):
        return True
    return turn.scene.store.words.hit("watchers.refuses_person", turn.scene.text) is not None


def _asks_whether(turn: Turn) -> bool:
    """那到底能不能退啊 前面说不行: what was judged is asked for again, no person is agreed to."""
    return turn.scene.store.words.hit("watchers.asks_whether", turn.scene.text) is not None


def _asks_on(turn: Turn, one: Reading) -> bool:
    """不用专员 我就问短信还是这儿: something else is asked in the same breath."""
    text = turn.scene.text
    rest = text[: one.span[0]] + " " + text[one.span[1] :]
    return one.span != (0, 0) and turn.scene.store.words.hit("watchers.misfit", rest) is not None


def _complaint(turn: Turn, one: Reading) -> Iterator[Meaning]:
    scene = turn.scene
    started = scene.store.flows.started_by(scene.message.intent)
    by_model = started is not None and started[0] == "complaint"
    slots = dict(started[1]) if started is not None and by_model else {"kind": "service"}
    slots |= told_with(turn, replace(one, name="complaint", span=(0, 0)))
    intent = scene.message.intent if by_model else "complain_attitude"
    if turn.offered == "human" and one.more.get("by_model") and _asks_again(turn):
        return
    if turn.offered == "human":
        if not _asks_whether(turn):
            yield Meaning("watch", Command("set", "", {"ok": "yes"}, turn.words_of(one)))
    elif scene.store.words.hit("watchers.english", scene.text):  # English or pinyin cannot be read back
        yield Meaning("watch", Command("human", "complaint", words=scene.text))
    elif scene.state.frame("complaint") is None:
        command = Command("start", "complaint", slots, scene.text, {"intent": intent})
        yield Meaning("start", command, whole=True)


def _only_if(turn: Turn, one: Reading) -> Iterator[Meaning]:
    yield Meaning("watch", Command("chat", "only_if", words=turn.scene.text))


def _warned(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """再不退钱我就投诉: beside a matter, or while one is being worked on, it is heard and the matter goes on; after an answer a
    person is offered; with nothing else said it is a complaint to be written down."""
    matters = [
        other
        for other in turn.readings
        if other.kind in {"start", "answer"} and other.name != "complaint" and not other.negated
    ]
    about = any(other.score >= _SURE or "named" in other.more for other in matters)
    if turn.offered == "human":
        yield from _complaint(turn, one)
    elif turn.offered:  # what was offered may be meant (再不送来我就投诉, to 要催吗)
        yield Meaning("watch", Command("chat", "warned", words=turn.scene.text), whole=True)
    elif about or turn.waits or turn.scene.state.last is not None:
        kind = "warned" if about or turn.waits else "warned_alone"
        yield Meaning("watch", Command("chat", kind, words=turn.scene.text))
    else:
        yield from _complaint(turn, one)


def _against_will(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """Something was written that the customer did not want: an apology, and a person who can mend it."""
    written = str((turn.scene.state.told.get(WRITTEN) or {}).get("flow") or "")
    refused = {two.name for two in turn.readings if two.kind == "start" and two.negated}
    refused |= {two.name for two in turn.readings if two.kind == "disowned"}
    same = {written, *SAME_WISH.get(written, ())}
    if written and (
        not refused or refused & same
    ):  # 谁让你弄退货, after a courier was urged: that was not written
        more = {"found": turn.scene.text, "own_mistake": True}
        yield Meaning("watch", Command("human", "complaint", words=turn.scene.text, more=more))


def _ticket(turn: Turn, one: Reading) -> Iterator[Meaning]:
    yield Meaning("watch", Command("ticket", words=turn.words_of(one)))


def _no_more_questions(turn: Turn, one: Reading) -> Iterator[Meaning]:
    yield Meaning("watch", Command("human", "requested", words=turn.words_of(one)))


def _not_bought(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """没有订单，还没买, while the order number is asked for."""
    if turn.top is not None and turn.top.flow == "identify":
        command = Command("skip", "order_no", words=turn.words_of(one), more={"no_order": True})
        yield Meaning("watch", command)


def _of_orders(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """买重了, 取消了重拍行不: looked at for the customer's orders, where it is known whose they are; else the rule is told."""
    wished = any(
        two.kind == "start" and two.name in _DONE_TO_ORDERS and "named" in two.more for two in turn.readings
    )
    frame = turn.in_hand()
    if frame is not None and frame.flow in _DONE_TO_ORDERS and turn.confirms and turn.asks:
        return  # 取消了还能再买吗, while the cancelling is read back: a question beside it
    known = turn.scene.state.customer is not None
    if known or wished or any(two.kind in {"order", "proof"} for two in turn.readings):
        slots = told_with(turn, replace(one, span=(0, 0)))
        yield Meaning("watch", start(turn.scene, one.name, slots, turn.scene.text, "cancel_order"))


def _loss_wish(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """要是丢了我要退钱不要补发 先记上: what is wanted if it comes to that, written beside what is open. Asked, it is a question; to
    the question what is wanted it is the answer."""
    scene, words = turn.scene, turn.words_of(one)
    wished = [
        code
        for code, pattern in scene.store.words.codes("choices.claim_wish").items()
        if any(not negated(words, hit.span(), scene.store.words) for hit in pattern.finditer(words))
    ]
    claims = scene.state.frame("lost_parcel") is not None
    if scene.state.customer is None or turn.asks or claims or len(wished) != 1:
        return
    yield Meaning("watch", start(scene, "loss_wish", {"wish": wished[0]}, scene.text, ""))


def _own_address(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """14那单寄哪的, of a verified customer: where that order goes; not where goods are sent back to, nor a change of it."""
    scene = turn.scene
    clause = sentence_of(scene.text, one.span).text
    back = scene.store.words.hit("watchers.own_address_not", clause) is not None
    if scene.state.customer is None or back or scene.state.frame("change_address") is not None:
        return
    begun = scene.state.frame("return") is not None or _under_way_back(scene)
    if begun and not scene.store.words.hit("watchers.own_address", clause):
        return
    command = start(scene, one.name, {}, scene.text, "")
    order_no = _pointed_order(turn)
    more = {**command.more, **({"of_order": order_no} if order_no else {})}
    yield Meaning("watch", replace(command, more=more))


def _under_way_back(scene: Scene) -> bool:
    """Do the goods of the order in hand go back already? Then 寄到哪 is most likely where to."""
    order = scene.own_order(scene.state.order_no)
    return order is not None and situation_of(scene, order) == _RETURNING


def _pointed_order(turn: Turn) -> str | None:
    """The order that the message points at or whose goods it names, where it is only one."""
    told = {
        str(one.value if one.kind == "order" else one.more.get("order_no"))
        for one in turn.readings
        if not one.negated and (one.kind == "order" or (one.kind == "item" and one.more.get("order_no")))
    }
    return next(iter(told)) if len(told) == 1 else None


def _pay_still(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """现在付还来得及吗: of the customer's unpaid order; the rule where it is not known who asks."""
    known = turn.scene.state.customer is not None
    slots = {} if known else {"entry": _UNPAID_RULE}
    name = one.name if known else KNOWLEDGE
    if known and not any(order.state == "unpaid" for order in turn.scene.orders()):
        name, slots = KNOWLEDGE, {"entry": _UNPAID_RULE}
    yield Meaning("watch", Command("answer", name, slots, turn.scene.text, {"intent": ""}))


def _handling(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """有没有人上门来拿, 审核要多久, 会通知我不, once a request is made: of that request. While a form is filled it answers itself;
    beside the yes to it (可以 那运费要我出不) the question is about the request that this yes makes."""
    scene, form = turn.scene, turn.scene.state.frame("return")
    if scene.state.customer is None:
        return
    told = told_with(turn, replace(one, span=(0, 0)))
    command = start(scene, one.name, {**told, **_told_beside(turn, one, told)}, scene.text, "")
    if form is not None:
        agreed = any(two.kind == "yes" and not two.negated for two in turn.readings)
        if form is turn.top and turn.confirms and agreed and form.order_no:
            yield Meaning("watch", replace(command, more={**command.more, "of_order": form.order_no}))
        return
    part = command.slots.get("part")
    order_no = _pointed_order(turn) or scene.state.order_no
    own = [order for order in scene.orders() if order.order_no == order_no]
    open_ones = [
        order
        for order in own or scene.orders()
        if asked_about(scene.outside.requests(order.order_no), part) is not None
        and (part not in OF_GOODS | {None} or situation_of(scene, order) == _RETURNING)
    ]
    if len(open_ones) == 1:
        more = {**command.more, "of_order": open_ones[0].order_no}
        yield Meaning("watch", replace(command, more=more))


def _worry(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """吃了对身体有没有害啊, of goods that the customer has; before buying it is a question about the product."""
    order = turn.scene.own_order(turn.scene.state.order_no)
    if order is not None and order.signed_at is not None:
        yield Meaning("watch", start(turn.scene, one.name, {}, turn.words_of(one), ""))


def _difference(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """要补多少: what another colour or size costs; of the one that the open change or exchange is for, unless another is named.
    Half a question means that only while one of them is open."""
    scene = turn.scene
    forms = [form for name in _CHANGING if (form := scene.state.frame(name)) is not None]
    if not forms and one.name != _DIFFERENCE:
        return
    meant = replace(one, name=_DIFFERENCE, span=(0, 0))
    of_form = {
        slot: value for form in forms for slot, value in form.slots.items() if slot in _TARGET and value
    }
    command = start(scene, _DIFFERENCE, {**of_form, **told_with(turn, meant)}, scene.text, "")
    yield Meaning("watch", command)


def _details_half(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """哎 尺码呢, 还是L还是M: what stands in the own order, after it was changed in this conversation or while it is talked about."""
    scene, told = turn.scene, turn.scene.state.told
    changed = any(
        record["order_no"] == scene.state.order_no and record["flow"] in _CHANGES
        for record in told.get(RECORDS) or ()
    )
    about = str((scene.state.last or {}).get("flow") or "") in _OWN_DETAILS
    if scene.state.customer is None or not (changed or about) or scene.state.frames:
        return
    slots = {} if "还是" in turn.words_of(one) else told_with(turn, replace(one, name=_DETAILS, span=(0, 0)))
    yield Meaning("watch", start(scene, _DETAILS, slots, scene.text, ""))


def _by_child(turn: Turn, one: Reading) -> Iterator[Meaning]:
    """孩子偷偷买的: money back is wanted, once it is known which order it was. Half of it (孩子买的, 要什么材料) means that while it is
    talked about; said to the offer of a specialist it is a yes, a question is answered."""
    talked = bool(company_of(turn.scene) & _CHILD)
    if one.name not in _CHILD and not talked:
        return
    if (talked or turn.confirms) and any(two.kind == "yes" and not two.negated for two in turn.readings):
        return  # 嗯好 拦吧 钱退到我支付宝吗 孩子用我的付的: a yes to what is offered, and a reason told again
    if one.name not in _CHILD and any(
        two.kind == "known" and not two.more.get("by_model") for two in turn.readings
    ):
        return  # 小孩买的那个 要准备啥: what is asked of it has an answer of its own
    if turn.scene.state.frame(_BY_CHILD) is not None and any(
        two.kind in {"order", "proof"} for two in turn.readings
    ):
        return  # the number that it waits for
    if turn.offered == "human" and talked and not turn.asks:
        yield Meaning("watch", Command("set", "", {"ok": "yes"}, turn.words_of(one)))
        return
    yield Meaning("watch", start(turn.scene, _BY_CHILD, {}, turn.scene.text, "refund_request"))


def _still_not(turn: Turn, one: Reading) -> Iterator[Meaning]:
    if not turn.waits and turn.scene.state.facts.get("category"):
        yield Meaning("watch", Command("start", "still_not", {}, turn.scene.text), whole=True)


def _unreadable(kind: str) -> Callable[[Turn, Reading], Iterator[Meaning]]:
    def meaning(turn: Turn, one: Reading) -> Iterator[Meaning]:
        yield Meaning("watch", Command("unclear", kind), whole=True)

    return meaning


_OTHERS: Mapping[str, Callable[[Turn, Reading], Iterator[Meaning]]] = {
    "complaint": _complaint,
    "only_if": _only_if,
    "warned": _warned,
    "against_will": _against_will,
    "ticket": _ticket,
    "no_more_questions": _no_more_questions,
    "still_not": _still_not,
    "not_bought": _not_bought,
    "duplicate_order": _of_orders,
    "reorder": _of_orders,
    "loss_wish": _loss_wish,
    "bought_by_child": _by_child,
    "child_half": _by_child,
    "delivery_address": _own_address,
    "pay_still": _pay_still,
    "request_handling": _handling,
    "health_worry": _worry,
    "variant_difference": _difference,
    "difference_half": _difference,
    "details_half": _details_half,
    "english": _unreadable("english"),
    "only_marks": _unreadable("marks"),
}
