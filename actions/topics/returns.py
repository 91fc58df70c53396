"""Return and refund requests, and faults, wrong or missing goods, damage: all start the same form (H23)."""

import re

from actions import cards, forms, questions
from actions.choose_order import names_item
from actions.identity import need_order
from actions.memory import put_off
from actions.return_form import CATEGORY_OF_REASON, REASON_OF_INTENT, begin, do_submit, learn_reason, proceed
from actions.topic import Topic
from actions.turn import Turn

#: These talk about the reason's words without giving a reason ("七天无理由能退吗").
_NOT_ANSWERS = frozenset(
    {
        "return_policy",
        "return_howto",
        "warranty_policy",
        "refund_progress",
        "return_progress",
        "track_parcel",
        "track_eta",
        "urge_delivery",
        "urge_dispatch",
        "order_query",
        "invoice_request",
        "invoice_progress",
        "cancel_order",
        "greet",
        "thanks",
        "ship_fee",
        "promo_coupon",
        "promo_price",
    }
)
_CLAUSES = re.compile(r"[，,。；;！!？?\s]+|顺便|另外|还有")
#: An answer to our question rather than a new matter, in characters.
_SHORT_ANSWER = 14
_ASKS = re.compile(r"[吗么呢]$|能不能|可不可以|怎么|谁")


class Return(Topic):
    """我要退货 / 坏了 / 发错了 …"""

    action = "action_return"
    intents = ("return_request", "refund_request", *REASON_OF_INTENT)
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        reason = REASON_OF_INTENT.get(turn.intent) or turn.store.dialogue.code_for("reason", turn.text)
        if (turn.form or {}).get("name") == "return" and not _other_order(turn):
            if reason and reason != (turn.form or {}).get("reason"):
                learn_reason(turn, reason)
                turn.say("utter_corrected_reason", reason=turn.store.policy.returns.reasons[reason].name)
            if turn.intent in {"return_request", "refund_request"}:
                _back_to_return(turn)
            await proceed(turn)
            return
        order = await need_order(turn, prefer=("signed",))
        if order is None:
            return
        named = [one for one in order.items if names_item(turn.text, one.name)]
        item = order.items[0] if len(order.items) == 1 else named[0] if len(named) == 1 else None
        if item is not None and await already_asked(turn, order.order_no, item.item_id):
            return
        begin(turn, order, item, _wanted(turn))
        if reason and order.state == "signed":
            learn_reason(turn, reason)
            if REASON_OF_INTENT.get(turn.intent) and item and not turn.soothed:
                trouble = turn.store.dialogue.name("trouble_reason", reason)
                turn.say("utter_sorry_reason", item=item.name, reason=trouble)
        await proceed(turn)


class ReturnChoice(Topic):
    """Choices of the form that arrive without being asked (an older button): taken when the form is open."""

    action = "action_return_choice"
    intents = ("inform_reason", "inform_condition", "inform_solution", "skip_evidence", "pick_item")
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        if (turn.form or {}).get("name") != "return":
            turn.say("utter_affirm_nothing")
            return
        take_choices(turn)
        await proceed(turn)


def _other_order(turn: Turn) -> bool:
    named = turn.heard.order_no
    return named is not None and named != (turn.form or {}).get("order_no")


def _back_to_return(turn: Turn) -> None:
    """还是退吧, after an exchange or a repair was wanted."""
    form = turn.form or {}
    turn.learn(category=CATEGORY_OF_REASON.get(str(form.get("reason"))))
    if form.get("solution") in {"exchange", "repair"}:
        forms.keep(turn, solution="return")
        turn.learn(demand=turn.store.dialogue.name("request_kind", "return"))
        turn.say("utter_corrected_solution", solution=turn.store.dialogue.name("request_kind", "return"))


def _wanted(turn: Turn) -> str | None:
    """The solution a first sentence already asks for, only when it is explicit."""
    if turn.intent == "refund_request" and "仅退款" in turn.text:
        return "refund_only"
    return None


async def already_asked(turn: Turn, order_no: str, item_id: str) -> bool:
    """The same item again answers with the open request (H28)."""
    made = await turn.store.orders.open_request(order_no, item_id)
    if made is None or made.kind == "cancel":
        return False
    name = turn.store.dialogue.name
    turn.card(cards.request_card(made, turn.store))
    turn.say(
        "utter_request_open",
        item=made.item,
        solution=name("request_kind", made.kind),
        request_no=made.request_no,
        state=name("request_state", made.state),
        next=made.next,
    )
    return True


def take_choices(turn: Turn, *, only: str | None = None) -> bool:
    """Take reason, condition or solution out of a button or the customer's words. True when something was taken."""
    rules = turn.store.policy.returns
    taken = False
    if only in {None, "reason"}:
        code = turn.entity("reason") if turn.is_button else None
        if code is None and not turn.is_button:
            code = turn.store.dialogue.code_for("reason", turn.text) or REASON_OF_INTENT.get(turn.intent)
        if code in rules.reasons:
            learn_reason(turn, str(code))
            turn.describe(turn.text)
            taken = True
    if only in {None, "condition"}:
        code = (
            turn.entity("condition")
            if turn.is_button
            else turn.store.dialogue.code_for("condition", turn.text)
        )
        if code in rules.conditions:
            forms.keep(turn, condition=code)
            taken = True
    if only in {None, "solution"}:
        code = (
            turn.entity("solution") if turn.is_button else turn.store.dialogue.code_for("solution", turn.text)
        )
        if code in rules.solutions:
            forms.keep(turn, solution=code)
            taken = True
    if turn.is_button and turn.intent == "skip_evidence":
        forms.keep(turn, no_evidence=True)
        taken = True
    if turn.is_button and turn.intent == "pick_item" and turn.entity("item"):
        forms.keep(turn, item_id=turn.entity("item"))
        taken = True
    return taken


def corrected(turn: Turn) -> bool:
    """不对是质量问题 / 原因选错了，是发错货: a later step corrects an earlier one."""
    if turn.is_button or not turn.store.dialogue.hit("wrong_data", turn.text):
        return False
    before = dict(turn.form or {})
    if not take_choices(turn):
        return False
    after = turn.form or {}
    if after.get("reason") != before.get("reason"):
        turn.say("utter_corrected_reason", reason=turn.store.policy.returns.reasons[after["reason"]].name)
    return True


async def read_item(turn: Turn) -> bool:
    order = await turn.store.orders.order(str((turn.form or {}).get("order_no")))
    if order is None:
        return False
    picked = turn.entity("item") if turn.is_button else None
    places = "一二三四五"
    for place, one in enumerate(order.items):
        by_place = (
            len(turn.text) <= 5 and place < 5 and (places[place] in turn.text or str(place + 1) in turn.text)
        )
        if one.item_id == picked or (picked is None and (names_item(turn.text, one.name) or by_place)):
            if await already_asked(turn, order.order_no, one.item_id):
                forms.close_form(turn)
                return True
            forms.keep(turn, item_id=one.item_id, item=one.name)
            turn.learn(item=one.name)
            await proceed(turn)
            return True
    return False


async def read_part(turn: Turn, part: str) -> bool:
    if turn.uploads:
        known = [str(one) for one in (turn.form or {}).get("evidence") or []]
        forms.keep(turn, evidence=known + [one for one in turn.uploads if one not in known])
        take_choices(turn, only=part)
        turn.say("utter_evidence_thanks")
        await proceed(turn)
        return True
    if turn.intent in _NOT_ANSWERS and questions.is_digression(turn):
        if not _answers_first(turn, part):
            return False
        if turn.store.categories.of_intent(turn.intent).is_issue:
            put_off(turn)
    if corrected(turn) or take_choices(turn, only=part) or (turn.is_button and take_choices(turn)):
        await proceed(turn)
        return True
    return await _take_beside(turn)


async def _take_beside(turn: Turn) -> bool:
    """Not what was asked, but something the form needs as well: when it began, another part, that there is no photo."""
    if turn.is_button or len(turn.text) > _SHORT_ANSWER or questions.is_digression(turn):
        return False
    taken = False
    before = dict(turn.form or {})
    began = turn.store.dialogue.hit("began", turn.text)
    if began:
        turn.learn(
            began_at=turn.facts.get("began_at") or turn.entity("date") or turn.entity("duration") or began
        )
        turn.describe(turn.text)
        turn.say("utter_began_noted", began=turn.text.rstrip("的了。.，, "))
        if before.get("reason") == "quality" and not before.get("condition"):
            forms.keep(turn, condition="used")  # it worked until then
        taken = True
    for part in ("condition", "solution"):
        taken = (not before.get(part) and take_choices(turn, only=part)) or taken
    if not before.get("no_evidence") and turn.store.dialogue.hit("no_evidence_said", turn.text):
        forms.keep(turn, no_evidence=True)
        taken = True
    if taken:
        await proceed(turn)
    return taken


def _answers_first(turn: Turn, part: str) -> bool:
    """不想要了，顺便问下运费谁出: the first clause answers, the rest is another matter (kept by actions/memory.py)."""
    clauses = [one for one in _CLAUSES.split(turn.text) if one]
    if turn.is_button or len(clauses) < 2 or _ASKS.search(clauses[0]):
        return False
    return turn.store.dialogue.code_for(part, clauses[0]) is not None


async def read_reason(turn: Turn) -> bool:
    return await read_part(turn, "reason")


async def read_condition(turn: Turn) -> bool:
    return await read_part(turn, "condition")


async def read_solution(turn: Turn) -> bool:
    return await read_part(turn, "solution")


async def read_evidence(turn: Turn) -> bool:
    """A picture or video, or 没有 / 先跳过."""
    if turn.uploads:
        known = [str(one) for one in (turn.form or {}).get("evidence") or []]
        forms.keep(turn, evidence=known + [one for one in turn.uploads if one not in known])
        turn.describe(turn.text if turn.intent != "send_media" else "")
        turn.say("utter_evidence_thanks")
        await proceed(turn)
        return True
    if corrected(turn):
        await proceed(turn)
        return True
    if turn.intent in _NOT_ANSWERS and questions.is_digression(turn):
        return False
    skip = (
        turn.intent == "skip_evidence"
        if turn.is_button
        else turn.store.dialogue.hit("no_evidence", turn.text) is not None
    )
    if skip or questions.said_no(turn):
        forms.keep(turn, no_evidence=True)
        turn.say("utter_evidence_skipped")
        await proceed(turn)
        return True
    return await _take_beside(turn)


async def read_confirmation(turn: Turn) -> bool:
    """确认提交吗？ Yes writes; a correction changes that part; no asks which part is wrong."""
    if turn.uploads:
        return await read_evidence(turn)
    if not turn.is_button and corrected(turn):
        await proceed(turn)
        return True
    if questions.said_yes(turn):
        await do_submit(turn)
        return True
    if questions.said_no(turn) or turn.store.dialogue.hit("wrong_data", turn.text):
        rules = turn.store.policy.returns
        from actions.return_form import choice

        choices = [
            choice(f"原因：{one.name}", "inform_reason", reason=code) for code, one in rules.reasons.items()
        ]
        turn.ask("which_part", "utter_which_part_wrong", buttons=choices)
        return True
    return False


async def read_which_part(turn: Turn) -> bool:
    """哪里不对？ One of the choices, or the name of the part."""
    for part, words in {
        "reason": ("原因",),
        "condition": ("状态", "拆"),
        "solution": ("处理", "方式"),
    }.items():
        if (
            not turn.is_button
            and any(one in turn.text for one in words)
            and not take_choices(turn, only=part)
        ):
            forms.keep(turn, **{part: None})
            await proceed(turn)
            return True
    if turn.intent not in _NOT_ANSWERS and take_choices(turn):
        await proceed(turn)
        return True
    if not turn.is_button and ("照片" in turn.text or "凭证" in turn.text or "图" in turn.text):
        forms.keep(turn, no_evidence=None, evidence=None)
        turn.ask("evidence", "utter_ask_evidence")
        return True
    return False


questions.register("item", read_item, again=proceed)
questions.register("reason", read_reason, again=proceed, help="utter_help_reason")
questions.register("condition", read_condition, again=proceed, help="utter_help_condition")
questions.register("evidence", read_evidence, again=proceed, help="utter_help_evidence")
questions.register("solution", read_solution, again=proceed, help="utter_help_solution")
questions.register("confirm_return", read_confirmation, again=proceed)
questions.register("which_part", read_which_part, again=proceed)
