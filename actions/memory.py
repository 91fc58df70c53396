"""Other issues of the same message: kept in the customer's words until the main one is done, then taken up (slot
`pending_issues`). Until then they stand among the facts (`other_issues`), so a person who takes over sees them too.
"""

import re
from typing import Any

from actions.choose_order import names_item
from actions.heard import plain
from actions.turn import Turn

#: What joins two issues in one message.
_AND = re.compile(r"还有|另外|顺便|对了|以及|同时|再帮|\n")
#: More than this are forgotten, the first ones stay.
MOST_PENDING = 4
#: Longest words of an issue that are repeated to the customer, in characters.
_LONGEST_SHOWN = 40
#: Two questions of these are two matters (有货吗 / 什么码).
_MANY_ANSWERS = ("presale.product", "presale.promo", "presale.shipping", "order.modify")

#: Forms that can wait for a word about something else, and what is told at once.
_FORMS = frozenset({"invoice_request", "modify_address"})
_LOOK_UPS = frozenset(
    {
        *("track_parcel", "track_eta", "urge_dispatch", "urge_delivery", "order_query", "refund_progress"),
        *("return_progress", "return_policy", "warranty_policy", "usage_howto", "usage_install", "ship_fee"),
        *(
            "ship_time",
            "ship_carrier",
            "ship_area",
            "promo_coupon",
            "promo_gift",
            "presale_stock",
            "presale_size",
        ),
    }
)

Pending = dict[str, Any]


def note_other_issues(turn: Turn) -> None:
    """Keep issues that the model saw beside the main one (`understanding.also`: [{"intent","text"}])."""
    if turn.is_button:
        return
    pending = waiting_issues(turn)
    before = len(pending)
    main = turn.store.categories.of_intent(turn.intent).code
    for intent, words in _seen(turn):
        category = turn.store.categories.of_intent(intent)
        known = {main, *(one["category"] for one in pending)}
        asked = {turn.intent, *(one["intent"] for one in pending)}
        new = intent not in asked and (category.code not in known or category.code in _MANY_ANSWERS)
        if category.is_issue and new and len(pending) < MOST_PENDING:
            pending.append(
                {"intent": intent, "text": words, "category": category.code, "name": category.name}
            )
    if len(pending) != before:
        if turn.intent in _FORMS and (own := main_words(turn)) != turn.text:
            _look_up_first(turn, pending, before, own)
        _keep(turn, pending)
        turn.noted = pending[before]["text"]


def _look_up_first(turn: Turn, pending: list[Pending], first: int, own: str) -> None:
    """发票能开吗 什么时候发货: what only needs to be told is told before a form is begun."""
    for place in range(first, len(pending)):
        other = pending[place]
        if other["intent"] in _LOOK_UPS and other["text"] in turn.text:
            category = turn.store.categories.of_intent(turn.intent)
            main = {"intent": turn.intent, "text": own, "category": category.code, "name": category.name}
            pending[place] = main
            turn.intent = other["intent"]
            turn.understanding["own"] = other["text"]
            return


def _seen(turn: Turn) -> list[tuple[str, str]]:
    """What the model noticed; where it saw one matter only, what the words after 还有 / 顺便 name."""
    told = [one for one in turn.understanding.get("also") or [] if isinstance(one, dict)]
    if told:
        return [(str(one.get("intent") or ""), str(one.get("text") or "")) for one in told]
    parts = _AND.split(turn.text)[1:]
    return [(turn.store.dialogue.code_for("also", part) or "", part.strip(" ，,。")) for part in parts]


def main_words(turn: Turn) -> str:
    """The words of the main issue alone, when the message has others beside it; else the whole message."""
    own = plain(str(turn.understanding.get("own") or "")).strip()
    return own if own and not turn.is_button and own in turn.text else turn.text


def waiting_issues(turn: Turn) -> list[Pending]:
    """The issues that wait, oldest first."""
    return [dict(one) for one in turn.get("pending_issues") or []]


def _keep(turn: Turn, pending: list[Pending]) -> None:
    turn.set("pending_issues", pending or None)
    words = [str(one["text"] or one["name"]) for one in pending]
    if words or turn.facts.get("other_issues"):
        turn.learn(other_issues=words)


def forget_issues(turn: Turn) -> None:
    """A person settled everything, or the case is over."""
    _keep(turn, [])


def is_answered_now(turn: Turn) -> None:
    """The customer asks himself for what was waiting: it is not taken up again."""
    category = turn.store.categories.of_intent(turn.intent).code
    pending = waiting_issues(turn)
    left = [
        one
        for one in pending
        if one["intent"] != turn.intent and (one["category"] != category or category in _MANY_ANSWERS)
    ]
    if len(left) != len(pending):
        _keep(turn, left)


def forget_with(turn: Turn, category: str) -> None:
    """What was to be asked about the matter that was just given up needs no answer."""
    pending = waiting_issues(turn)
    left = [one for one in pending if one["category"] != category]
    if len(left) != len(pending):
        _keep(turn, left)


def put_off(turn: Turn) -> None:
    """The message answered our question and has an issue of its own as well: that one waits until the form is done.
    What the form itself is about waits no longer."""
    category = turn.store.categories.of_intent(turn.intent)
    done = {"return.request", str(turn.facts.get("category") or ""), category.code}
    pending = [one for one in waiting_issues(turn) if one["category"] not in done]
    own = {"intent": turn.intent, "text": turn.text, "category": category.code, "name": category.name}
    _keep(turn, [own, *pending][:MOST_PENDING])


async def keep_product(turn: Turn) -> None:
    """扫地机器人怎么用 保修多久: the product named once is meant in every part of the message."""
    if turn.customer is None or turn.get("order_no") or not waiting_issues(turn):
        return
    orders = await turn.store.orders.orders_of(turn.customer["phone"])
    named = [one for one in orders if any(names_item(turn.text, item.name) for item in one.items)]
    if len(named) == 1:
        turn.set("order_no", named[0].order_no)


def come_back_to_issue(turn: Turn) -> Pending | None:
    """Take the oldest other issue to answer now, or None. The message is then its words; a number that came with the
    whole message still counts while nobody is verified."""
    pending = waiting_issues(turn)
    if not pending:
        return None
    _keep(turn, pending[1:])
    first = pending[0]
    numbers = turn.heard
    turn.replay({"intent": first["intent"], "text": first["text"]})
    turn.order_named, turn.taken_up = False, True
    if turn.customer is None and not (turn.heard.order_no or turn.heard.proof):
        turn.hear_again(numbers)
    return first


def shown(issue: Pending) -> str:
    """How an issue is named to the customer: by the customer's own words."""
    words = str(issue["text"] or issue["name"]).replace("\n", " ").strip(" ，,。.!！")
    return words if len(words) <= _LONGEST_SHOWN else words[:_LONGEST_SHOWN] + "…"
