"""What one likely candidate makes impossible for another, whatever their utilities: a table, and the words of an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dialogue.arbiter import Arbiter
from dialogue.candidates import MATTERS, PARTS, Candidate, overlap, rests
from dialogue.knowledge import OF_NUMBERS
from dialogue.readers.corrections import SOURCE as CORRECTS
from dialogue.readers.faults import SOURCE as FAULTS
from dialogue.readers.takes_back import SOURCE as TAKES_BACK
from dialogue.readers.which_meant import SOURCE as WHICH


def _says(*kinds: str) -> Callable[[Candidate], bool]:
    return lambda one: one.command.kind in kinds


def _rests_on_weights(*kinds: str) -> Callable[[Candidate], bool]:
    return lambda one: one.kind in kinds


def _is_yes_or_no(one: Candidate) -> bool:
    return one.command.kind == "set" and set(one.command.slots) == {"ok"}


def _answers_in_words(one: Candidate) -> bool:
    """直接办, to 要先试试吗: what is asked, in words of its own."""
    return one.kind == "set_asked" and not one.whole and not one.features.get("model")


def _ends_by_ear(one: Candidate) -> bool:
    """The open matter given up, as only the intent model hears it."""
    return one.command.kind == "cancel" and one.source == "answers" and bool(one.features.get("model"))


def _denies_by_words(one: Candidate) -> bool:
    return one.source == "answers" and one.command.kind == "chat" and one.command.name == "deny"


def _asks_several(one: Candidate) -> bool:
    """几升的 费电不: of several things of the goods, of which a known question would answer one."""
    return one.command.kind == "answer" and bool(one.command.more.get("topics"))


def _tells_known(one: Candidate) -> bool:
    """写错了 是立正的立, where it is written so already: it is read back as it is."""
    return one.command.kind == "repeat" and bool(one.command.slots)


def _skips_by_words(one: Candidate) -> bool:
    """不制冷拍啥 拍不出来的: that there is none, however it is put."""
    return one.command.kind == "skip" and one.source == "evidence"


def _accepts_surely(one: Candidate) -> bool:
    """按这个来, 换个好的来: what was asked, surely told, whoever else is heard in it."""
    return one.kind in {"yes", "set_asked"} and one.utility >= _SURE_ANSWER


def _is_heard_person(one: Candidate) -> bool:
    """The wish for a person that only the model hears."""
    heard = one.command.kind == "human" and one.command.name == "requested"
    return heard and bool(one.features.get("model"))


def _tells_asked(one: Candidate) -> bool:
    """What is asked, told in words or left out in words."""
    return _answers_in_words(one) or (one.kind == "skip" and not one.whole)


def _is_nod(one: Candidate) -> bool:
    """嗯, 不是, 等下 翻到了 and the like, beside a number."""
    return one.command.kind == "chat" and one.command.name in {"affirm", "deny", "contact", "later"}


def _gives_proof(one: Candidate) -> bool:
    """Who tells the end of the phone number goes on, whatever else is grumbled."""
    return one.kind == "number" and "proof" in one.command.slots


def _is_mere_others(one: Candidate) -> bool:
    """她才9岁 单号… 尾号…: that somebody else's data is wanted, heard by the model alone."""
    return one.command.name == "others_data" and bool(one.features.get("model"))


def _asks_again(one: Candidate) -> bool:
    """没看懂, 然后呢: once more what was just said, in words of an answer (改好了吗 asks of what was written)."""
    return one.command.kind == "repeat" and one.source == "answers"


def _asks_of_others(one: Candidate) -> bool:
    """前女友下单没有: somebody else's data, surely heard."""
    return one.command.name == "others_data" and one.utility >= _SURE_ANSWER


def _is_own_look_up(one: Candidate) -> bool:
    """How an order stands, heard by the model alone; the number of an order that nobody asked for."""
    heard = one.command.name in _CHECKS and one.source == "intents" and not one.named
    number = one.kind == "number" and "order_no" in one.command.slots
    return (heard or number) and not one.features.get("open")


def _grumbles(one: Candidate) -> bool:
    """Given up or asked why; where the number is that is still missing is a real question (订单号在哪看 我只知道尾号)."""
    if _asks_of_asked(one) and one.command.name == "order_no":
        return False
    return one.command.kind in {"cancel", "explain"}


def _asks_of_asked(one: Candidate) -> bool:
    """A question with words of what is asked for (能开专票吗, to the title)."""
    return one.command.kind == "explain" and one.command.more.get("why") == "about"


def _tells_part(one: Candidate) -> bool:
    """A title, an address or another part that has a form of its own, told for what is asked."""
    return one.kind == "set_asked" and not one.features.get("model") and bool(set(one.command.slots) & PARTS)


def _ends_by_words(one: Candidate) -> bool:
    """不用了, said by words of an answer: the matter is given up."""
    return one.source == "answers" and one.command.kind == "cancel"


def _is_goodbye(one: Candidate) -> bool:
    """拜拜, with nothing open."""
    return one.command.kind == "chat" and one.command.name == "bye" and not one.features.get("open")


def _is_more(one: Candidate) -> bool:
    """Anything but small talk, a mere description and what is talked about."""
    return one.kind not in {
        "chat",
        "later",
        "remark",
        "focus",
        "number",
        "asks_back",
    } and one.command.kind not in {
        "unclear",
        "chat",
    }


def _is_said_answer(one: Candidate) -> bool:
    """An answer to our question by words, not only by the intent model; a question that the open form answers itself."""
    answers = one.kind == "set_asked" or bool(one.command.more.get("question"))
    return answers and not one.features.get("model")


def _postpones(one: Candidate) -> bool:
    """我跟我妈商量下, 专票就不问了, 晚上再来找你: nothing is wanted now."""
    return one.command.kind == "chat" and one.command.name == "postpones"


def _takes_leave(one: Candidate) -> bool:
    """嗯 那先等审核: all that the message says; it asks nothing, calls nobody and begins nothing."""
    return one.command.kind == "chat" and one.command.name == "takes_leave"


def _surrounds(one: Candidate, two: Candidate) -> bool:
    """Does it rest on these words and more?"""
    return one.span[0] <= two.span[0] and two.span[1] <= one.span[1] != 0


def _gives_up_beside(one: Candidate, two: Candidate) -> bool:
    """先不弄 下班再说: given up in words of its own, not only put off."""
    return _postpones(one) and two.command.kind == "cancel" and not _surrounds(two, one)


def _is_put_off(one: Candidate, two: Candidate) -> bool:
    """Who comes back later says no yes or no, asks nothing in these words and wants nothing that only a model hears."""
    if not _postpones(two) or _postpones(one):
        return False
    talk = one.command.kind in {"chat", "explain", "repeat", "unclear", "skip", "resume"}
    talk = talk or (one.command.kind == "cancel" and _surrounds(one, two))
    judged = one.command.kind == "human" and one.command.name in _JUDGED
    inside = one.span != (0, 0) and not one.whole and overlap(one.span, two.span) > 0
    asks = bool(one.features.get("question")) and not inside
    heard = (one.command.kind in MATTERS or one.kind == "known") and not (asks or one.named)
    return talk or judged or _is_yes_or_no(one) or inside or heard


def _is_only_waited_for(one: Candidate, two: Candidate) -> bool:
    """税号等财务给我: what is asked is told later; no matter and no question that only a model hears in these words."""
    if two.kind != "later" or not (two.command.more.get("waits") and two.features.get("open")):
        return False
    heard = (one.command.kind in MATTERS and not one.named) or one.command.kind in {"explain", "unclear"}
    return heard and (bool(one.features.get("model")) or one.whole) and not one.features.get("question")


#: Readers that tell a number of another kind from the order's.
_OF_NUMBERS = frozenset({"numbers", "tracking"})
#: Look-ups of an order that the model hears in words about its number.
_CHECKS = frozenset({"logistics", "order_status"})
#: An answer that is so likely is no call for a person that only a model hears.
_SURE_ANSWER = 0.8
#: Kinds of candidates that words may mean whatever is asked.
_READ_OPENLY = frozenset({"set_open", "set_below", "correct", "skip", "cancel", "later"})
#: Reasons that bring a person whatever else is asked.
_GRAVE = frozenset({"safety", "threat"})
#: Reasons that only the model's judgement of the whole session gives.
_JUDGED = frozenset({"no_progress", "misunderstood", "repeat", "unsure"})
#: The one of them that says of no message what it is about.
_NO_PROGRESS = "no_progress"
#: Kinds of candidates that answer what is open.
_ANSWERING = frozenset(
    {
        "set_asked",
        "set_text",
        "set_open",
        "set_below",
        "correct",
        "number",
        "yes",
        "no",
        "cancel",
        "skip",
        "undo",
        "resume",
    }
)


def _is_judgement(one: Candidate) -> bool:
    """No progress, by the judgement of the session."""
    return one.command.kind == "human" and one.command.name in _JUDGED


def _is_understood(one: Candidate) -> bool:
    """An answer, the wish for a person or a complaint in words of its own, in this very message."""
    complains = (
        one.command.kind == "start" and one.command.name == "complaint" and not one.features.get("model")
    )
    return one.kind in _ANSWERING or complains or (one.command.kind == "human" and not _is_judgement(one))


def _is_answered(one: Candidate, limits: Mapping[str, float], *, calm: bool) -> bool:
    """A known question, what a colleague promised, or a look-up that is surely meant; for who is calm any matter that is likely
    enough to be taken."""
    answers = one.command.kind == "answer"
    sure = answers and (one.utility >= limits["sure_look_up"] or one.kind == "watch")
    return one.kind in {"known", "note"} or sure or (calm and one.command.kind in MATTERS)


def _works_on_it(one: Candidate) -> bool:
    """Something is done with what is open or was just written."""
    return one.kind in (_ANSWERING | {"repeat"}) - {"number", "set_text"}


def _is_situations(one: Candidate) -> bool:
    """What a request means for an order in this state (换个颜色 before dispatch: the order is changed)."""
    told = one.source == "context" or bool(one.command.more.get("situation"))
    return told and one.command.kind == "start"


def _is_heard(one: Candidate) -> bool:
    """A matter, or the wish for a person. A danger, and a threat in words, are never set aside for a question."""
    if one.command.kind == "human":
        return one.command.name not in _GRAVE or (
            one.command.name == "threat" and bool(one.features.get("model"))
        )
    return one.command.kind in MATTERS and one.kind != "known"


def _is_choice_of_two(one: Candidate) -> bool:
    """Which of two known questions is meant would be asked."""
    return one.kind == "either"


def _tells_address(one: Candidate) -> bool:
    """是1302不是1201 还能再改吗: to where it is to go, beside the question."""
    return one.command.kind == "start" and "address" in one.command.slots


def _is_remark_of_kind(one: Candidate) -> bool:
    """Sounds like a known question and asks nothing."""
    return one.kind == "known" and not one.features.get("question")


def _is_heard_question(one: Candidate) -> bool:
    """A known question that only the model hears, by no words of the entry's own."""
    return one.kind == "known" and bool(one.features.get("model"))


def _was_found(one: Candidate, two: Candidate) -> bool:
    """找到了202611010009: the number was, not what is missing."""
    number = two.kind == "number" and "order_no" in two.command.slots
    found = one.command.kind == "correct" or one.kind in {"set_below", "set_open"}
    return number and found and 0 <= two.span[0] - one.span[1] <= 1


def _is_of_wrong_number(one: Candidate, two: Candidate, likely: Sequence[Candidate]) -> bool:
    """输错了 2468才对: it is the number that was wrong, no parcel and no address, as only the model hears."""
    again = any(
        three.command.kind in {"undo", "correct"} and not three.features.get("model") for three in likely
    )
    heard = bool(one.features.get("model")) and not one.named
    return (
        two.kind == "number" and again and heard and (one.command.kind in MATTERS or one.kind == "set_below")
    )


def _is_of_other_number(one: Candidate, two: Candidate) -> bool:
    """微信的交易号行吗 4200…, to the order's number: what that is, is explained; no question about paying, no other number."""
    if two.command.kind != "explain" or two.source not in _OF_NUMBERS:
        return False
    heard = one.command.kind in MATTERS and not one.named and bool(one.features.get("model"))
    return heard or (one.kind in {"set_open", "set_below"} and overlap(one.span, two.span) > 0)


def _is_of_answer(one: Candidate, two: Candidate) -> bool:
    """换个新的来就算了, to what is demanded: no exchange begins beside it. 没声音的让我怎么拍: no look-up beside that there is no
    picture. 买重了, to why it goes back: no second order. 算了: no complaint that only the model hears."""
    matter = one.command.kind in MATTERS
    if matter and _denies_by_words(two):
        return one.source == "watch" and bool(one.features.get("model")) and one.utility < two.utility
    if not matter or overlap(one.span, two.span) == 0:
        return False
    if _skips_by_words(two):
        return bool(one.features.get("model")) and one.kind != "known" and not one.named
    same = set(map(str, one.command.slots.values())) & set(map(str, two.command.slots.values()))
    if not _answers_in_words(two) or any(overlap(two.span, span) == 0 for span in one.named):
        return False
    return bool(same) or (one.source == "watch" and not one.features.get("question"))


def _goes_on(one: Candidate) -> bool:
    """另外一单呢: what was just answered, asked of something else."""
    return one.command.kind == "answer" and one.source == "context"


def _asks_sure(one: Candidate) -> bool:
    """A known question, asked as one (不是现在换 我先问问 试过了能换伐)."""
    return one.kind == "known" and bool(one.features.get("question"))


def _puts_off(one: Candidate) -> bool:
    """好的 我再想想."""
    return one.kind == "later"


def _is_mere_nod(one: Candidate) -> bool:
    return one.command.kind == "chat" and one.command.name == "affirm"


def _is_mere_later(one: Candidate) -> bool:
    """先问问, beside a question; who goes and looks for what we ask (订单号我去翻一下 这种一般咋办) is not asked for it again."""
    return one.kind == "later" and not (one.command.more.get("waits") and one.features.get("open"))


def _tells_value(one: Candidate) -> bool:
    """等等 改成XL: what the form is changed to."""
    told = one.command.kind in {"set", "correct"} and "ok" not in one.command.slots
    return told and one.kind in {"set_asked", "set_open", "correct"}


def _pauses(one: Candidate) -> bool:
    """先别开 我问问财务, to what is read back."""
    return one.kind == "later" and bool(one.command.more.get("paused"))


def _rewrites(one: Candidate) -> bool:
    """问题写得不对 是头发吸不起来: the words for what is wrong are others."""
    return one.command.kind == "repeat" and one.source == FAULTS


def _adds_words(one: Candidate) -> bool:
    """尺码也写上 我穿着像L的: one thing more is wrong."""
    return _rewrites(one) and bool(one.command.more.get("added"))


def _is_of_other_order(one: Candidate, two: Candidate, likely: Sequence[Candidate]) -> bool:
    """显示器也坏了, while the dishes are read: what begins for the other order changes nothing of the open form."""
    same = two.command.kind == "start" and one.command.slots.items() <= two.command.slots.items()
    return one.command.kind == "correct" and same and any(three.command.kind == "focus" for three in likely)


def _is_other_reason(one: Candidate) -> bool:
    """Another reason for what is open, or a matter of its own."""
    return one.command.kind == "start" or (one.command.kind == "correct" and "reason" in one.command.slots)


def _is_wrong_by_ear(one: Candidate) -> bool:
    """Something is not right, and no other value is told in words for it."""
    return one.command.kind == "correct" and (not one.command.slots or bool(one.features.get("model")))


def _looks_up(one: Candidate) -> bool:
    """A question that is answered at once (就先问问 运费多少), where nothing of ours waits for an answer."""
    asks = bool(one.features.get("question")) and not one.features.get("open")
    return one.command.kind == "answer" and asks


def _asks_rule_or_state(one: Candidate) -> bool:
    """等下 换XL的话不合适还能退吧, to what is read back: a question that is looked up at once."""
    return one.command.kind == "answer" and bool(one.features.get("question"))


def _is_of_the_situation(one: Candidate) -> bool:
    """那什么时候发, of an order that is not dispatched yet."""
    return one.source == "context" and one.command.kind in MATTERS


def _is_resolution(one: Candidate) -> bool:
    """What a person settled would be told again."""
    return one.command.kind == "chat" and one.command.name == "resolution"


def _asks_in_words(one: Candidate) -> bool:
    """A known question in words of its own (顺丰电话多少, 你们几点下班)."""
    return one.kind == "known" and not one.features.get("model") and bool(one.features.get("question"))


def _is_note(one: Candidate) -> bool:
    """What a person noted would be told, whatever ties the words to it."""
    return one.kind == "note"


def _asks_of_note(one: Candidate) -> bool:
    """What the note says is asked, not something beside it (修好了保修多久)."""
    return one.kind == "note" and not one.command.more.get("beside")


def _is_answer_of_ours(one: Candidate) -> bool:
    """What nothing but a model hears in the whole of it: a matter without words of its own, a known question, a sigh, a wish for
    a person (电话还没打来呢)."""
    heard = one.command.kind in MATTERS and not one.named
    wished = (
        one.command.kind == "human" and one.command.name not in _GRAVE and bool(one.features.get("model"))
    )
    return _is_heard_question(one) or heard or wished or one.command.kind in {"unclear", "explain"}


#: Flows with words of their own -> the flows that they are about as well: 买重了 is no wrong amount, 取消了重拍 no mere cancelling.
_ABOUT_AS_WELL: Mapping[str, frozenset[str]] = {
    "invoice_change": frozenset(
        {
            *(
                "change_address",
                "change_item",
                "invoice",
                "invoice_progress",
                "invoice_reissue",
                "invoice_rule",
            ),
            *("order_status", "logistics", "return", "urge", "delivery_address", "withdraw"),
        }
    ),
    "request_note": frozenset(
        {
            *("return_howto", "logistics", "shipping", "urge", "change_address", "return", "order_status"),
            *("request_handling", "home_visit", "visit_prepare"),
        }
    ),
    "pay_still": frozenset({"order_status", "shipping", "payment", "product_spec", "return_policy"}),
    "delivery_address": frozenset({"return_howto", "change_address", "order_status", "logistics"}),
    "bought_by_child": frozenset(
        {
            *("return", "return_policy", "return_howto", "refund_progress", "cancel_order", "payment"),
            *("price_wrong", "order_status", "logistics", "lost_parcel", "urge", "shipping", "fake"),
            *("complaint", "product_spec", "warranty", "usage"),
        }
    ),
    "invoice_rule": frozenset({"invoice", "invoice_progress"}),
    "request_handling": frozenset(
        {
            *("return", "return_howto", "return_policy", "refund_progress", "warranty", "logistics", "urge"),
            *("shipping", "order_status", "delivery_address", "usage", "home_visit", "visit_prepare"),
            *("cancel_order", "lost_parcel", "invoice_progress"),
        }
    ),
    "order_details": frozenset(
        {
            *("order_status", "logistics", "product_spec", "product_size", "product_price", "price_query"),
            *("payment", "change_item", "product_stock", "recommend", "urge", "shipping", "usage"),
        }
    ),
    "variant_difference": frozenset(
        {"price_protection", "price_query", "product_price", "product_stock", "price_wrong", "order_status"}
    ),
    "health_worry": frozenset({"product_spec", "usage", "fake", "warranty", "return_policy", "complaint"}),
    "duplicate_order": frozenset({"cancel_order", "return", "price_wrong", "change_item", "order_status"}),
    "loss_wish": frozenset(
        {"return", "lost_parcel", "cancel_order", "change_item", "refund_progress", "urge"}
    ),
    "reorder": frozenset(
        {
            *(
                "cancel_order",
                "return",
                "return_policy",
                "return_howto",
                "change_item",
                "change_address",
                "order_status",
            ),
            *("how_to_buy", "coupons", "price_protection", "price_wrong", "recommend", "product_stock"),
        }
    ),
}


def _is_question_for_which(one: Candidate, two: Candidate) -> bool:
    """取消哪个, 手机不会也取消吧, to what is read back: no yes, no no, no other matter or order."""
    if two.source != WHICH or one.source == WHICH:
        return False
    return (
        one.command.kind not in {"human", "ticket", "set", "correct"}
        or _is_yes_or_no(one)
        or one.kind == "focus"
    )


def _is_part_of_it(one: Candidate, two: Candidate) -> bool:
    """What is done about an order that was placed twice is said by that flow; a known question about it as well."""
    if two.command.kind not in MATTERS or two.command.name not in _ABOUT_AS_WELL:
        return False
    talk = one.command.kind in {"chat", "cancel", "human"} and one.source != "watch"
    if two.source == "context" and _asks_in_words(one):
        return False  # 户口本要拍不: a question of its own, not only more of what was answered
    return (
        (one.kind == "known" and overlap(one.span, two.span) > 0)
        or talk
        or (one.command.kind in MATTERS and one.command.name in _ABOUT_AS_WELL[two.command.name])
    )


def _is_its_wish(one: Candidate, two: Candidate) -> bool:
    """没收到货 退钱给我, where the claim asks whether money or goods are wanted: no return beside it."""
    wishes = two.command.more.get("wishes") or ()
    if one.command.kind != "start" or one.command.name == two.command.name or not wishes:
        return False
    if one.source in {CORRECTS, "watch"}:  # 邮箱能换一个不: the invoice's; 丢了就给我补发: no exchange now
        return False
    return all(any(overlap(span, tuple(wish)) > 0 for wish in wishes) for span in rests(one))


#: What a message that takes something back never asks for as well.
_NOT_BESIDE_TAKING_BACK = frozenset({"cancel_order", "lost_parcel", "withdraw"})


#: What another likely candidate makes impossible: (the better one, the worse one, why), whatever their utilities.
PRECEDENCE: tuple[tuple[Callable[[Candidate], bool], Callable[[Candidate], bool], str], ...] = (
    (_says("correct"), _is_yes_or_no, "改了要确认的东西"),
    (_says("correct"), _says("resume"), "改的就是那件事"),
    (_tells_known, _is_yes_or_no, "说的就是现在这样"),
    (_asks_several, _rests_on_weights("known"), "一句问了好几样"),
    (_is_more, _rests_on_weights("chat", "remark"), "不只是随口说"),
    (_ends_by_words, _rests_on_weights("set_open", "set_below"), "是在说不办了"),
    (_answers_in_words, _ends_by_ear, "说的是正问的那一样"),
    (_denies_by_words, _is_goodbye, "话里只说不用了"),
    (_rests_on_weights("number"), _says("skip", "undo"), "说了号码"),
    (_rests_on_weights("number"), _rests_on_weights("asks_back"), "说了号码"),
    (_rests_on_weights("number"), _is_nod, "说了号码"),
    (_gives_proof, _grumbles, "说了核对用的号码"),
    (_gives_proof, _is_mere_others, "说了核对用的号码"),
    (_tells_part, _asks_of_asked, "这句问话里有回答"),
    (_is_said_answer, _rests_on_weights("asks_back"), "这句问话里有回答"),
    (_skips_by_words, _says("explain"), "说了没有"),
    (_goes_on, _asks_again, "说的是刚答的那件"),
    (_goes_on, _is_heard_person, "说的是刚答的那件"),
    (_asks_of_others, _is_own_look_up, "打听的是别人"),
    (_accepts_surely, _is_heard_person, "答的是正问的那一样"),
    (_tells_asked, _says("resume"), "答的是正问的那一样"),
    (_is_understood, _is_judgement, "这句话听得懂"),
    (_asks_sure, _is_mere_later, "还问了别的"),
    (_looks_up, _is_mere_later, "还问了别的"),
    (_asks_rule_or_state, _pauses, "还问了别的"),
    (_tells_value, _is_mere_later, "说了要改的"),
    (_pauses, _is_yes_or_no, "先等等"),
    (_rewrites, _is_wrong_by_ear, "改的是毛病的写法"),
    (_adds_words, _is_other_reason, "是再写上一样"),
    (_is_resolution, _is_of_the_situation, "问的是同事办的事"),
    (_asks_in_words, _is_note, "店里有固定说法"),
    (_asks_of_note, _is_answer_of_ours, "问的是同事答应的事"),
    (_works_on_it, _is_remark_of_kind, "说的是手上的事"),
    (_puts_off, _is_mere_nod, "说的是再想想"),
    (_says("start"), _is_remark_of_kind, "没有问，是要办事"),
    (_tells_address, _is_heard_question, "说了新地址"),
    (_is_situations, _is_heard_question, "这一单的情况下就是要办"),
    (_is_more, _is_choice_of_two, "有更肯定的意思"),
)


def outranked(one: Candidate, likely: Sequence[Candidate], arbiter: Arbiter) -> str:
    """What another one, of those likely enough to be taken, makes impossible, however likely this one is by itself. Of two that
    would make each other impossible the likelier stays."""
    for two in likely:
        why = "" if two is one else _beaten(one, two, likely, arbiter)
        if why and not (one.utility > two.utility and _beaten(two, one, likely, arbiter)):
            return why
    return ""


def _beaten(one: Candidate, two: Candidate, likely: Sequence[Candidate], arbiter: Arbiter) -> str:
    """Why `two` makes `one` impossible."""
    if _only_the_other(one, two):
        return ""
    for better, worse, why in PRECEDENCE:
        if better is _ends_by_words and one.command.more.get("wish") and two.utility < one.utility:
            continue  # 不想搞了 换一个
        if worse(one) and better(two) and not (worse(two) and better(one)):
            return f"{why}：{two.command.written()}"
    if (
        one.command.kind == "human"
        and one.command.name == _NO_PROGRESS
        and _is_answered(two, arbiter.limits, calm=bool(one.command.more.get("calm")))
    ):
        return f"这一句答得上：{two.command.written()}"
    if _is_of_other_order(one, two, likely):
        return f"说的是另一单：{two.command.written()}"
    if _is_of_wrong_number(one, two, likely):
        return f"改的是号码：{two.command.written()}"
    if _is_of_other_number(one, two):
        return f"是另一种号码：{two.command.written()}"
    if _is_of_answer(one, two):
        return f"说的是正问的那一样：{two.command.written()}"
    if _was_found(one, two):
        return f"说的是订单号：{two.command.written()}"
    if _is_heard_question(one) and two.command.kind == "focus" and any(_goes_on(three) for three in likely):
        return f"问的是另一单：{two.command.written()}"
    if _takes_leave(two) and not _takes_leave(one):
        return "只是告别"
    if _is_of_what_stays(one, two):
        return "说的是照旧"
    if _asks_of_form(two, one) and not _of_given_up(two, likely):
        return f"问的是手上的事：{two.command.written()}"
    if _is_mere_check(one) and (two.kind == "number" or _lacks_number(two)):
        return f"说的是订单号：{two.command.written()}"
    unsure = _is_heard_question(one) and one.features.get("sure", 0.0) < arbiter.limits["sure_told"]
    if unsure and _wishes_for_fault(two) and overlap(one.span, two.span) > 0:
        return f"说了哪里坏、要怎么办：{two.command.written()}"
    if one.kind == "known" and any(
        overlap(one.span, tuple(span)) > 0 for span in two.command.more.get("told") or ()
    ):
        return f"这些词说的是：{two.command.written()}"
    if _is_question_for_which(one, two):
        return f"问的是哪一单：{two.command.written()}"
    if _is_its_wish(one, two) and not (_is_its_wish(two, one) and one.utility > two.utility):
        return f"是这件事里要的：{two.command.written()}"
    if _is_part_of_it(one, two):
        return f"说的是：{two.command.written()}"
    if one.command.kind in MATTERS and _tells_time(two) and _in_its_words(one, two):
        return f"说的是时间：{two.command.written()}"
    if _gives_up_beside(one, two):
        return f"说的是不办了：{two.command.written()}"
    if _asks_of_asked(one) and two.kind == "set_asked" and not two.features.get("question"):
        return f"旁边有回答：{two.command.written()}"  # 咋是未拆封呢 用了半年多了
    if _is_only_waited_for(one, two):
        return f"说的是等一下：{two.command.written()}"
    if _is_put_off(one, two):
        return f"说的是以后再说：{two.command.written()}"
    if _is_of_disowned(one, two):
        return f"这张表不办了：{two.command.written()}"
    if _is_said_of_others(one, two):
        return f"说的是别的东西：{two.command.written()}"
    if _is_what_is_taken_back(one, two):
        return f"说的是撤掉：{two.command.written()}"
    if _is_of_the_wrong_order(one, two):
        return f"说的是另一单：{two.command.written()}"
    if _of_given_up(two, likely):
        return ""
    if one.command.kind in MATTERS and _answers_with(two, one, arbiter.limits):
        return f"这些词是在回答：{two.command.written()}"
    if one.command.kind in MATTERS and two.command.kind == "correct" and _names_same(one, two):
        return f"这些词改的是：{two.command.written()}"
    if one.command.kind in MATTERS and _asks_of_written(two, one):
        return f"问的是刚办好的：{two.command.written()}"
    if _asks_of_note(two) and not _asks_in_words(one) and one.command.kind in MATTERS and _names_of(one, two):
        return f"问的是同事答应的事：{two.command.written()}"
    if _asks_outright(two, one, arbiter.limits) or _only_asks_of_it(two, one):
        return f"问的就是：{two.command.written()}"
    if _gives_way(one, two):
        return f"这些词是在回答：{two.command.written()}"
    if one.kind == "correct" and _is_said_answer(two) and overlap(one.span, two.span) > 0:
        return f"这些词是在回答：{two.command.written()}"
    return ""


def _is_of_what_stays(one: Candidate, two: Candidate) -> bool:
    """确认 尺码还是M吧: no question about the size and no other change in the words that leave it as it is."""
    stays = two.command.more.get("stays")
    if not stays or one.command.more.get("stays"):
        return False
    if one.command.kind not in {*MATTERS, "set", "correct"} or "ok" in one.command.slots:
        return False
    return bool(two.command.more.get("alone")) or any(
        span[0] <= one.span[0] and one.span[1] <= span[1] for span in stays
    )


def _tells_time(one: Candidate) -> bool:
    """A wish about time for the open form, not only heard by a model."""
    return one.command.kind in {"set", "correct", "repeat"} and "wished_time" in one.command.slots


def _in_its_words(matter: Candidate, value: Candidate) -> bool:
    """改成周五下午来, to a repair: is all that the matter rests on in the words that tell the value?"""
    if matter.named:
        return all(overlap(value.span, span) > 0 for span in matter.named)
    return bool(matter.features.get("model")) and overlap(matter.span, value.span) > 0


def _is_of_disowned(one: Candidate, two: Candidate) -> bool:
    """都说了不开发票, 别管点卡: no value of that form, no yes or no to it, no question about it."""
    if not two.command.more.get("disowned") or one.command.more.get("disowned"):
        return False
    if _asks_in_words(one):
        return False  # 谁让你换货了 那7天是哪天到: what is asked beside it is answered
    flow = two.command.name
    fills = one.command.kind in {"set", "correct"} and one.kind != "number"
    talk = one.command.kind in {"explain", "chat", "skip", "undo", "repeat", "resume", "cancel", "unclear"}
    if two.command.kind == "chat" and one.kind == "known" and overlap(one.span, two.span) == 0:
        return False  # 谁让你换货了 那7天是哪天到期: asked in other words
    if two.command.kind == "chat" or overlap(one.span, two.span) > 0:
        # it is closed already, or the same words close it: no matter that only the model hears in them
        return talk or (one.command.kind in MATTERS and not one.named)
    return (fills and one.command.more.get("flow") in (None, flow)) or talk


def _is_said_of_others(one: Candidate, two: Candidate) -> bool:
    """杯子不退的, while the lamp goes back: nothing in these words gives the form up, or fills it."""
    if not two.command.more.get("others") or one.command.more.get("others"):
        return False
    talk = one.command.kind in {"cancel", "chat", "skip", "undo", "explain", "repeat", "resume", "unclear"}
    refuses = one.command.kind == "set" and one.command.slots == {"ok": "no"}
    fills = one.command.kind in {"set", "correct"} and one.kind != "number" and one.source != "answers"
    heard = one.kind == "focus" or (one.command.kind in MATTERS and not one.named)
    return (talk or refuses or fills or heard) and overlap(one.span, two.span) > 0


def _asks_of_form(question: Candidate, matter: Candidate) -> bool:
    """冰箱我怎么寄啊, while a repair at home is read back: what the open form answers for the case in hand is no general
    question and no look-up, as far as these words go."""
    if matter.command.kind not in {"start", "answer"} or not question.command.more.get("question"):
        return False
    return not question.features.get("model") and overlap(matter.span, question.span) > 0


def _is_what_is_taken_back(one: Candidate, two: Candidate) -> bool:
    """东西找到了 不用查了: no claim, no cancelled order and no rule about withdrawing; what other words ask for stays."""
    if two.source != TAKES_BACK or one.source == TAKES_BACK:
        return False
    if one.command.kind in MATTERS and one.command.name == two.command.name:
        return True
    beside = bool(one.named) and all(overlap(two.span, span) == 0 for span in one.named)
    if one.command.kind in MATTERS and one.kind != "known":
        return not beside or one.command.name in _NOT_BESIDE_TAKING_BACK
    return one.kind == "known" or one.command.kind in {"cancel", "undo", "chat", "skip", "repeat", "resume"}


def _is_of_the_wrong_order(one: Candidate, two: Candidate) -> bool:
    """错了 是15不是14: no mere no to what was read back for 14, and nothing that begins anew: the form moves to 15."""
    flow = two.command.more.get("instead") if two.command.kind == "focus" else None
    if not flow:
        return False
    begins = one.command.kind in {"start", "cancel", "resume"} and one.command.name in {"", flow}
    return begins or _is_yes_or_no(one) or one.command.kind in {"undo", "chat", "explain"}


def _gives_way(one: Candidate, answer: Candidate) -> bool:
    """没用, 还是充不进 to a question whose slot is only told when asked for: the words are that answer, no other slot, and
    no matter that only the model hears in the message."""
    if not (_is_said_answer(answer) and answer.command.more.get("only_asked")):
        return False
    if one.kind == "correct" and not one.features.get("marked"):  # 字太小我看不清, 年纪大了 不会弄
        return True
    merely_heard = one.command.kind in MATTERS and one.whole and bool(one.features.get("model"))
    return (merely_heard or one.kind in _READ_OPENLY) and overlap(one.span, answer.span) > 0


def _only_the_other(one: Candidate, number: Candidate) -> bool:
    """订单号找不到 手机号13600001357: the phone is told, the order's number is not there."""
    lacks = one.command.kind == "skip" and one.command.name == "order_no"
    return lacks and set(number.command.slots) == {"proof"} and overlap(one.span, number.span) == 0


def _of_given_up(answer: Candidate, likely: Sequence[Candidate]) -> bool:
    """不是投诉 修一下就行: an answer to a matter that the same words give up is none."""
    flow = answer.command.more.get("flow")
    return answer.kind != "cancel" and any(
        one.command.kind == "cancel" and one.command.name == flow for one in likely if flow
    )


def _asks_of_written(two: Candidate, matter: Candidate) -> bool:
    """电话也改了吗 after the change: neither the same again, nor a matter that only the model hears or that stands there."""
    if two.command.kind != "repeat" or not two.command.more.get("flow"):
        return False
    same = matter.command.name == two.command.more["flow"]
    return same or not matter.named or all(overlap(two.span, span) > 0 for span in matter.named)


def _names_of(matter: Candidate, note: Candidate) -> bool:
    """Is all that names the matter what the note is about as well?"""
    return all(any(overlap(mine, its) > 0 for its in note.named) for mine in matter.named)


def _asks_outright(question: Candidate, other: Candidate, limits: Mapping[str, float]) -> bool:
    """人工几点下班, 手机里照片会不会没了: a known question that is surely asked is not also the matter or the wish for a person
    that is heard in the same words."""
    sure, look_up = question.features.get("sure", 0.0), other.command.kind == "answer"
    asks = bool(question.features.get("question")) or (look_up and sure >= limits["sure_told"])
    if question.kind != "known" or not asks or not _is_heard(other) or _is_situations(other):
        return False
    if other.source == TAKES_BACK:  # 不用催了 撤了吧: done, not told how
        return False
    if (
        look_up
        and question.features.get("model")
        and other.utility > question.utility + (0.0 if other.source == "context" else limits["look_up_ahead"])
    ):
        return False  # 有黑色的吗 170穿多大码: looked up, colour and all
    if _asks_several(other):
        return False
    if _is_part_of_it(question, other):  # 退了重新拍行吗: that matter has words of its own
        return False
    if sure < limits["sure_question"] or (sure < limits["sure_told"] and _wishes_for_fault(other)):
        return False
    if other.command.more.get("calls"):
        return False  # 我不会截图 你叫个人帮我看看行不
    if other.command.kind == "human" and not (other.features.get("model") or other.features.get("question")):
        return False  # 有人吗 叫你们领导来: what calls the person asks nothing
    if other.named:
        return all(overlap(question.span, span) > 0 for span in other.named)
    if look_up:
        return overlap(question.span, other.span) > 0
    shared = min(question.span[1], other.span[1]) - max(question.span[0], other.span[0])
    return shared >= limits["question_cover"] * (other.span[1] - other.span[0]) > 0


def _is_mere_check(one: Candidate) -> bool:
    """找到了 2026…, 用手机号查不行吗, while the number is asked for: how the order stands, heard by the model alone."""
    heard = one.command.name in _CHECKS and one.source == "intents" and not one.named
    return heard and bool(one.features.get("open"))


def _lacks_number(one: Candidate) -> bool:
    about = one.kind == "known" and one.command.slots.get("entry") in OF_NUMBERS
    return about or (one.command.kind == "skip" and one.command.name in {"order_no", "proof"})


def _wishes_for_fault(one: Candidate) -> bool:
    """煮饭老是夹生 换一个行不: what is wrong is told, and what shall be done about it."""
    told = one.command.more.get("fault")
    return one.command.kind == "start" and bool(told) and bool(one.named)


def _only_asks_of_it(question: Candidate, told: Candidate) -> bool:
    """催了没有啊, to the offer to urge: a known question in words of its own tells and accepts nothing; 那个催的能撤了不, while
    something else is asked, gives that up no more."""
    if told.source == "watch":  # 找人工帮我拦一下, to the offer of a person: that is the person
        return False
    if told.command.kind == "cancel" and told.source == "answers":
        return _asks_in_words(question) and overlap(question.span, told.span) > 0
    tells = told.command.kind == "set" and told.kind not in {"number", "known"} and not told.whole
    # 能不能加急, to the invoice: that form's own answer; 能不能光寄个内胆, to the exchange: that is changed
    tells = tells and not (told.command.more.get("question") or told.command.more.get("told"))
    return tells and _asks_in_words(question) and overlap(question.span, told.span) > 0


def _names_same(matter: Candidate, other: Candidate) -> bool:
    """Do all the words that name the matter belong to the other one?"""
    return bool(matter.named) and all(overlap(other.span, span) > 0 for span in matter.named)


def _answers_with(answer: Candidate, matter: Candidate, limits: Mapping[str, float]) -> bool:
    """Is the matter only a meaning of the words that answer our question (换个新的 to 您希望怎么处理)?"""
    if not _is_said_answer(answer):
        return False
    if matter.named:
        return all(overlap(answer.span, span) > 0 for span in matter.named)
    in_these = (
        overlap(answer.span, matter.span) > 0
    )  # 还是不行，我要投诉: the other matter has words of its own
    return matter.whole and in_these and answer.features.get("cover", 0.0) >= limits["whole_answer"]
