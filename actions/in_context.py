"""The same words mean something else before and after dispatch, and after another answer (data/dialogue/context.yml).

什么时候发货 asked with a paid order in hand is about that order, not about the store's promise before buying; 那运费呢 after a
word about returns is the freight of the return; 另外一单呢 is the last question again.
"""

import re
from dataclasses import dataclass
from typing import Any

from actions import cards, chinese
from actions.choose_order import choose, names_item
from dialogue.context_table import RESPONSE, SAME
from actions.turn import Turn
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest, Order, Refund

#: A longer sentence names its own matter; context is for short ones, in characters.
_SHORT = 12
_GOING_BACK = frozenset({"return", "exchange", "repair", "refund_only"})
_WHAT_ABOUT = re.compile(r"^那?我?(?:的|那个|买的)?(\S{1,8}?)(?:那一?单|那个)?呢$")
#: Intents that carry no matter, and those the model gives when it is unsure.
_EMPTY = frozenset({"fragment", "nlu_fallback", "out_of_scope", "affirm", "deny", "chitchat"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is meant: an intent, or a response of the domain that answers at once (about `order`)."""

    intent: str
    response: str | None = None
    order: Order | None = None
    again: bool = False  # the last question for another order: no repeat of it
    situation: str = ""


async def meant_in_context(turn: Turn) -> Meaning:
    """The message as the last answer and the order in hand make it; its own intent when nothing speaks for another (H30)."""
    if turn.is_button or len(turn.text) > _SHORT or turn.heard.order_no:
        return Meaning(turn.intent)
    same = await same_for_another(turn)
    if same is not None:
        return Meaning(same, again=True)
    intent = follow_up(turn) or turn.intent
    table = turn.store.dialogue.context
    intents = frozenset({intent, *(_likeliest(turn) if intent == "nlu_fallback" else ())})
    rows = [row for row in table.rows if row.fits(intents, turn.text)]
    if not rows or turn.customer is None:
        return Meaning(intent)
    order = await _order_meant(turn)
    if order is None:
        return Meaning(intent)
    situation = await situation_of(turn, order)
    meant = next((row.means[situation] for row in rows if situation in row.means), intent)
    if order.state == "cancelled" and situation in {"refunding", "refunded"}:
        situation = f"cancelled_{situation}"  # how it is named to the customer
    return (
        Meaning(intent, meant, order, situation=situation) if meant.startswith(RESPONSE) else Meaning(meant)
    )


def follow_up(turn: Turn) -> str | None:
    """那运费呢, 大概几天: the intent that these words have right after the last answer, or None."""
    last = last_question(turn)
    if last is None or turn.taken_up or turn.is_button or len(turn.text) > _SHORT:
        return None
    for one in turn.store.dialogue.context.follow_ups:
        if last in one.after and one.words.search(turn.text):
            return None if one.meant == SAME else one.meant
    return None


async def same_for_another(turn: Turn) -> str | None:
    """另外一单呢, 那手机呢: the last question again, for another order, which is then the order in hand."""
    last = last_question(turn)
    if last is None or turn.customer is None:
        return None
    orders = await turn.store.orders.orders_of(turn.customer["phone"])
    named = _WHAT_ABOUT.match(turn.text) if turn.intent in _EMPTY else None
    meant = [one for one in orders if named and any(names_item(named.group(1), i.name) for i in one.items)]
    table = turn.store.dialogue.context
    if not meant and not any(
        one.meant == SAME and last in one.after and one.words.search(turn.text) for one in table.follow_ups
    ):
        return None
    others = meant or [one for one in orders if one.order_no != turn.get("order_no")]
    if len(others) == 1:
        turn.set("order_no", others[0].order_no)
        turn.order_named = True
    elif others:
        turn.set("order_no", None)
    return last


def last_question(turn: Turn) -> str | None:
    """The intent of the issue that was talked about last, or None."""
    talk = turn.get("talk_of")
    return str(talk["intent"]) if isinstance(talk, dict) and talk.get("intent") else None


def remember_question(turn: Turn, intent: str) -> None:
    """Note what was just talked about; small talk in between changes nothing."""
    if turn.store.categories.of_intent(intent).is_issue and last_question(turn) != intent:
        turn.set("talk_of", {"intent": intent})


def _likeliest(turn: Turn) -> list[str]:
    listed = turn.understanding.get("candidates") or []
    return [str(one["intent"]) for one in listed[:2] if isinstance(one, dict) and one.get("intent")]


async def _order_meant(turn: Turn) -> Order | None:
    """The order in hand, or the one whose product the sentence names."""
    if turn.customer is None:
        return None
    orders = await turn.store.orders.orders_of(turn.customer["phone"])
    if turn.get("order_no"):
        return choose(turn, orders, ())
    named = [one for one in orders if any(names_item(turn.text, item.name) for item in one.items)]
    return named[0] if len(named) == 1 else None


async def situation_of(turn: Turn, order: Order) -> str:
    """How the order stands as a shop assistant sees it: its state, or what is under way with it (SITUATIONS)."""
    request, refund = await under_way(turn, order)
    if refund is not None and refund.state != "arrived":
        return "refunding"
    if request is not None:
        return "refunding" if request.state == "refunding" else "returning"
    if refund is not None and (len(order.items) == 1 or order.state in {"cancelled", "refunded"}):
        return "refunded"
    if order.state == "cancelled" and order.paid_at is None:
        return "closed"
    return str(order.state)


async def under_way(turn: Turn, order: Order) -> tuple[AfterSalesRequest | None, Refund | None]:
    """The open request to send something back, and the newest refund."""
    requests = await turn.store.orders.requests_of(order.order_no)
    back = (one for one in requests if one.kind in _GOING_BACK and one.state not in CLOSED_REQUEST_STATES)
    refunds = await turn.store.orders.refund_progress(order.order_no)
    return next(back, None), refunds[0] if refunds else None


async def answer_in_context(turn: Turn, meaning: Meaning) -> None:
    """Say the response that the table names, with what is known of the order."""
    order = meaning.order
    assert order is not None
    assert meaning.response is not None
    turn.set("order_no", order.order_no)
    turn.learn(order_no=order.order_no)
    request, _ = await under_way(turn, order)
    if request is not None:
        turn.card(cards.request_card(request, turn.store))
    tz, name = turn.store.tz, turn.store.dialogue.name
    way = turn.store.policy.store.refunds[order.payment_method]
    told: dict[str, Any] = {
        "item": "、".join(one.name for one in order.items),
        "order_no": order.order_no,
        "state": name("situation", meaning.situation),
        "signed": chinese.day(order.signed_at, tz) if order.signed_at else "",
        "shipped": chinese.day(order.shipped_at, tz) if order.shipped_at else "",
        "ship_by": chinese.moment(order.ship_by, tz) if order.ship_by else "",
        "method": way.name,
        "min_days": way.min_days,
        "max_days": way.max_days,
        "request_no": request.request_no if request else "",
        "kind": name("request_kind", request.kind) if request else "",
        "next": request.next if request else "",
    }
    turn.say(meaning.response, **told)
