"""Complaints: soothe, ask what happened and what is wanted, read it back, then a person (H36, H37).

At most two questions. Anger, a threat, a danger or the wish for a person ends it at once (actions/guard.py); everything
told until then is already in the record, because it is learnt as facts turn by turn.
"""

import re

from actions import forms, questions
from actions.identity import need_order
from actions.reply import Button, button
from actions.turn import Turn

FORM = "complaint"
_KINDS = {"complain_result": "result", "complain_repeat": "repeat"}
#: These only look something up: answered in between, not taken as part of the complaint.
_LOOK_UPS = frozenset(
    {
        "track_parcel",
        "track_eta",
        "order_query",
        "refund_progress",
        "return_progress",
        "return_policy",
        "return_howto",
        "warranty_policy",
        "invoice_request",
        "greet",
        "thanks",
    }
)
_QUESTION = re.compile(r"[吗么呢?？]$|多少|多久|什么时候|到哪|几天|怎么(退|换|弄|办理)")
_NUMBERS = re.compile(r"[\w.]+@[\w.]+|\d{4,24}")
#: 我补充一下 without the supplement; a demand alone (补偿): in characters.
_ONLY_ADDS, _ONLY_DEMAND = 6, 6
#: The choices shown when asked what is wanted; the words of the others are understood too.
_SHOWN = ("refund", "exchange", "compensation", "apology")
#: What is read back of the customer's own words, in characters.
_READ_BACK = 160


def kind_of_complaint(turn: Turn) -> str:
    """The kind of H13 that this message complains about."""
    return _KINDS.get(turn.intent, "service")


def learn_demand(turn: Turn) -> None:
    """What the customer wants, as the record names it (退款, 补偿, 道歉 …), each once."""
    code = turn.store.dialogue.code_for("demand", turn.text) if not turn.is_button else None
    told = turn.store.dialogue.name("demand", code) if code else turn.entity("demand")
    known = str(turn.facts.get("demand") or "")
    if told and told not in known:
        turn.learn(demand=f"{known}、{told}" if known and (turn.form or {}).get("name") == FORM else told)


async def take_complaint(turn: Turn) -> None:
    """Begin to write a complaint down; the guard has learnt this message's facts."""
    heard = turn.heard
    if turn.customer is None and heard.order_no and heard.proof and await need_order(turn) is None:
        return
    if turn.store.dialogue.hit("no_more_questions", turn.text):
        hand_over(turn)
        return
    only_announced = turn.store.dialogue.hit("complaint_announced", turn.text) is not None
    earlier = turn.facts.get("description") not in {None, "", turn.text}
    forms.open_form(turn, FORM, cause=bool(earlier or not only_announced), asked=0)
    await proceed(turn)


async def proceed(turn: Turn) -> None:
    """One question for what is missing, then the read-back."""
    form = turn.form or {}
    asked = int(form.get("asked") or 0)
    if asked == 0 and not form.get("cause"):
        forms.keep(turn, asked=1)
        turn.ask("complaint_told", "utter_complaint_what", buttons=[_person()])
    elif asked == 0 and not turn.facts.get("demand"):
        forms.keep(turn, asked=1)
        wanted = turn.store.dialogue.labels["demand"]
        choices = [button(wanted[code], f'/inform_solution{{"solution":"{code}"}}') for code in _SHOWN]
        turn.ask(
            "complaint_told", "utter_complaint_want", buttons=[*choices, _person()], matter=turn.trouble()
        )
    else:
        read_back(turn)


def read_back(turn: Turn) -> None:
    """Who, order, cause, demand, what was tried: confirmed before it is handed on (H37)."""
    facts = turn.facts
    customer = turn.customer or {}
    who = str(customer.get("name") or "") or ("已核实" if customer else "还没核对身份，专员会再确认")
    order = "　".join(str(facts[one]) for one in ("order_no", "item") if facts.get(one)) or "没有提到订单"
    told = [
        one
        for one in str(facts.get("description") or "").split("；")
        if not turn.store.dialogue.hit("complaint_announced", one)
    ]
    cause = _NUMBERS.sub("", "；".join(told)).strip(" ,，；;。") or "专员来了再细说"
    tried = "、".join(str(one) for one in facts.get("tried") or [])
    turn.ask(
        "confirm_complaint",
        "utter_complaint_confirm",
        who=who,
        order=order,
        cause=cause[-_READ_BACK:],
        demand=facts.get("demand") or "由专员跟您商量",
        tried=f"\n试过：{tried}" if tried else "",
    )


def hand_over(turn: Turn, response: str = "utter_complaint_handed") -> None:
    """Everything is told: the complaint group takes over."""
    words = str(turn.facts.get("description") or turn.text)
    while (turn.form or {}).get("name") == FORM:
        forms.close_form(turn)
    turn.hand_off("complaint", [words[-200:]], response)


async def continue_complaint(turn: Turn) -> None:
    """After a digression: the same step again."""
    asked = int((turn.form or {}).get("asked") or 0)
    forms.keep(turn, asked=max(0, asked - 1))
    await proceed(turn)


async def read_told(turn: Turn) -> bool:
    """What happened, or what is wanted: any words of the customer, a choice, a picture."""
    if _wants_person(turn):
        hand_over(turn)
        return True
    if turn.is_button:
        code = turn.entity("solution")
        if code is None:
            return False
        known = str(turn.facts.get("demand") or "")
        told = turn.store.dialogue.name("demand", code)
        turn.learn(demand=told if not known or told in known else f"{known}、{told}")
    elif _is_other(turn):
        return False
    else:
        _take_words(turn)
    await proceed(turn)
    return True


async def read_confirmation(turn: Turn) -> bool:
    """对吗？ Yes hands over; 补充 asks for the words; other words are the supplement."""
    adds = not turn.is_button and turn.store.dialogue.hit("adds", turn.text) is not None
    nothing = not turn.is_button and turn.store.dialogue.hit("nothing_more", turn.text) is not None
    if _wants_person(turn) or nothing or (questions.said_yes(turn) and not adds):
        hand_over(turn)
    elif questions.said_no(turn) or (adds and len(turn.text) <= _ONLY_ADDS):
        turn.ask("complaint_more", "utter_complaint_more")
    elif turn.is_button or _is_other(turn):
        return False
    else:
        _take_words(turn)
        hand_over(turn, "utter_complaint_added")
    return True


async def read_more(turn: Turn) -> bool:
    """The supplement: written down and handed on, no third question."""
    if turn.is_button and turn.intent != "ask_human":
        return False
    if turn.is_button or turn.store.dialogue.hit("nothing_more", turn.text):
        hand_over(turn)
        return True
    _take_words(turn)
    hand_over(turn, "utter_complaint_added")
    return True


def _take_words(turn: Turn) -> None:
    """The customer's words into the record; a complaint told in them stays one, whatever the model makes of it."""
    wants = turn.store.dialogue.code_for("demand", turn.text) is not None
    if not (wants and len(turn.text) <= _ONLY_DEMAND):
        turn.describe(turn.text)
    learn_demand(turn)
    turn.learn(began_at=turn.facts.get("began_at") or turn.entity("date") or turn.entity("duration"))
    if turn.heard.order_no and not turn.facts.get("order_no"):
        turn.learn(order_no=turn.heard.order_no)
    if turn.intent in _KINDS:
        turn.learn(complaint_kind=kind_of_complaint(turn))


def _wants_person(turn: Turn) -> bool:
    if turn.is_button:
        return turn.intent == "ask_human"
    return turn.store.dialogue.hit("no_more_questions", turn.text) is not None


def _is_other(turn: Turn) -> bool:
    """A question that only looks something up, or a greeting: no part of the complaint."""
    looks_up = turn.intent in _LOOK_UPS and questions.is_digression(turn) and _QUESTION.search(turn.text)
    return bool(looks_up) or turn.intent == "greet"


def _person() -> Button:
    return button("直接转专员", "/ask_human")


forms.register(FORM, "投诉", proceed)
questions.register("complaint_told", read_told, again=continue_complaint)
questions.register("confirm_complaint", read_confirmation, again=proceed)
questions.register("complaint_more", read_more, again=proceed)
