"""What the bot did not understand: say so once with a way on, the second time in a row bring a person (H43)."""

import json

from actions import questions
from actions.repeats import is_no_progress
from actions.reply import button
from actions.return_form import REASON_OF_INTENT
from actions.topic import Topic, topic_of
from actions.topics.people import answer_sigh
from actions.turn import Turn

#: These open the same form; what is really wanted is asked there.
_SAME_FORM = frozenset(
    {*REASON_OF_INTENT, "return_request", "refund_request", "exchange_request", "repair_request"}
)


class Misunderstood(Topic):
    """Not understood, out of scope, half sentences, two close intents."""

    action = "action_misunderstood"
    intents = ("nlu_fallback", "out_of_scope", "fragment", "choose_intent")
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        if turn.intent == "choose_intent":
            await _answer_as(turn, str(turn.entity("chosen") or ""), str(turn.entity("words") or ""))
        elif (before := same_matter(turn)) is not None:
            await _answer_as(turn, before, turn.text)
        elif turn.understanding.get("fallback") == "ambiguous" and len(candidates(turn)) == 2:
            if questions.help_of(turn):
                missed(turn)  # two readings of a misread answer are none
            elif (bought := bought_matter(turn)) is not None:
                await _answer_as(turn, bought, turn.text)
            else:
                ask_which_meant(turn)
        elif turn.intent == "fragment":
            await _fragment(turn)
        else:
            missed(turn)


def missed(turn: Turn, response: str = "utter_not_understood") -> None:
    """Count it; the second time in a row a person comes."""
    misses = int(turn.get("misses") or 0) + 1
    turn.set("misses", misses)
    if misses >= turn.store.dialogue.counts.misses_before_person:
        turn.set("misses", 0)
        turn.hand_off("misunderstood", [turn.text])
    elif turn.store.dialogue.hit("english", turn.text):
        turn.say("utter_english")
    elif turn.intent == "out_of_scope":
        turn.say("utter_out_of_scope")
    elif turn.emotion == "displeased" and not questions.help_of(turn):
        answer_sigh(turn)
    else:
        turn.say(questions.help_of(turn) or response)


def bought_matter(turn: Turn) -> str | None:
    """One of two close readings, where asking would be silly: both lead to the same form, or an order number in the
    message says that only one is about something bought."""
    if all(one in _SAME_FORM for one in candidates(turn)):
        return next((one for one in candidates(turn) if one in REASON_OF_INTENT), candidates(turn)[0])
    waiting = {str(one.get("category")) for one in turn.get("pending_issues") or []}
    of_intent = turn.store.categories.of_intent
    left = [one for one in candidates(turn) if of_intent(one).code not in waiting]
    if len(left) == 1:
        return left[0]  # the other reading is already kept as a matter of its own
    bought = [one for one in candidates(turn) if of_intent(one).stage in {"insale", "aftersale"}]
    return bought[0] if turn.heard.order_no and len(bought) == 1 else None


async def _fragment(turn: Turn) -> None:
    """A half sentence: read it with what was talked about last, otherwise ask what it is about."""
    if turn.get("product") and turn.store.dialogue.hit("colour", turn.text):
        turn.intent = "presale_spec"
        topic = topic_of(turn.intent)
        assert topic is not None
        await topic.answer(turn)
        return
    if turn.customer is None and turn.store.dialogue.hit("bought", turn.text):
        turn.ask("order_no", "utter_ask_order_no_plain")
        return
    products = await turn.store.orders.products(turn.text, limit=1)
    if products:
        turn.set("product", products[0].sku)
        turn.say(
            "utter_fragment_product",
            product=products[0].name,
            buttons=[
                button("商品咨询", "/presale_spec"),
                button("查物流", "/track_parcel"),
                button("退换货", "/return_request"),
            ],
        )
        return
    missed(turn, "utter_fragment")


def same_matter(turn: Turn) -> str | None:
    """Unsure between issues, one of which was just talked about: it is that one again."""
    asked = list(turn.get("asked") or [])
    if turn.intent != "nlu_fallback" or not asked:
        return None
    last = str(asked[-1]).split("@", 1)[0]
    return last if last in candidates(turn) else None


def candidates(turn: Turn) -> list[str]:
    """The two close intents the model hesitates between."""
    listed = turn.understanding.get("candidates") or []
    names = [str(one.get("intent") if isinstance(one, dict) else one) for one in listed]
    return [one for one in names if topic_of(one) is not None][:2]


def ask_which_meant(turn: Turn) -> None:
    """您是想 A 还是 B？都不是"""
    one, other = candidates(turn)
    name = turn.store.dialogue.name
    words = turn.text[:100]
    choices = [
        button(
            name("intent", each),
            f"/choose_intent{json.dumps({'chosen': each, 'words': words}, ensure_ascii=False)}",
        )
        for each in (one, other)
    ]
    turn.ask(
        "clarify",
        "utter_clarify",
        buttons=[*choices, button("都不是", "/deny")],
        keep={"candidates": [one, other], "text": words},
        one=name("intent", one),
        other=name("intent", other),
    )


async def _answer_as(turn: Turn, intent: str, words: str) -> None:
    topic = topic_of(intent)
    if topic is None or isinstance(topic, Misunderstood):
        missed(turn)
        return
    numbers = turn.heard if words == turn.text else None
    turn.replay({"intent": intent, "text": words})
    if numbers is not None:
        turn.hear_again(numbers)
    turn.learn_issue()
    if topic.watches_repeats and is_no_progress(turn):
        return
    await topic.answer(turn)


async def read_clarified(turn: Turn) -> bool:
    """The answer to "A 还是 B": a button, 第一个, or the words of one of them."""
    asked = turn.question or {}
    if turn.is_button and turn.intent == "choose_intent":
        return False
    listed = [str(one) for one in asked.get("candidates") or []]
    if questions.said_no(turn) or "都不是" in turn.text:
        turn.close_question()
        turn.say("utter_clarify_neither")
        turn.asked = True
        return True
    meant = None
    for place, marks in enumerate((("第一", "前", "1"), ("第二", "后", "2"))):
        if place < len(listed) and (
            (len(turn.text) <= 5 and any(one in turn.text for one in marks))
            or turn.store.dialogue.name("intent", listed[place]) == turn.text
        ):
            meant = listed[place]
    if meant is None:
        return False
    turn.close_question()
    await _answer_as(turn, meant, str(asked.get("text") or ""))
    return True


questions.register("clarify", read_clarified)
