"""The order in which a turn is handled, the same for every topic.

1 identity from the store's login · 2 what must bring a person at once (guard) · 3 the cancel word · 4 is it the answer to
what we asked? · 5 the topic itself · 6 back to what was left open (question, form, second issue).
docs/decisions/0004-forms-in-slots.md says why this is not a Rasa form.
"""

import re

from actions import guard, questions
from actions.follow_ups import answered_part
from actions.forms import continue_form, stop_form
from actions.identity import recognise_login
from actions.in_context import answer_in_context, follow_up, meant_in_context, remember_question
from actions.memory import (
    come_back_to_issue,
    forget_with,
    is_answered_now,
    keep_product,
    main_words,
    note_other_issues,
    shown,
    waiting_issues,
)
from actions.repeats import is_no_progress
from actions.ticket import leave_ticket, wants_ticket
from actions.topic import Topic, topic_of
from actions.topics.given_back import tell_resolution
from actions.topics.misunderstood import missed
from actions.topics.people import offer_person
from actions.topics.sent_back import take_tracking_no
from actions.turn import Turn


async def conduct(turn: Turn, topic: Topic) -> None:
    """Handle one turn whole; `topic` is where the rules led the intent."""
    recognise_login(turn)
    begin_episode(turn)
    if turn.intent == "given_back":
        await topic.answer(turn)
        return
    remember_media(turn)
    note_other_issues(turn)
    if wants_ticket(turn) and not guard.is_grave(turn):
        leave_ticket(turn)
        return
    if await guard.brings_person(turn):
        return
    if wants_to_stop(turn):
        await stop_form(turn)
        forget_with(turn, str(turn.facts.get("category")))
        turn.asked = not waiting_issues(turn)
        await come_back(turn)
        return
    if asks_about_before(turn):
        return
    was_asked = turn.question is not None
    if turn.intent in SENT_BACK_INTENTS and not turn.is_button and await take_tracking_no(turn):
        await come_back(turn)
        return
    if is_only_marks(turn):
        if not (was_asked and await questions.read_answer(turn)):
            turn.say("utter_only_marks")
        await come_back(turn)
        return
    if was_asked and await questions.read_answer(turn):
        turn.set("misses", 0)
    elif was_asked and questions.expects_answer(turn) and meant_as_answer(turn) and not follow_up(turn):
        await questions.not_an_answer(turn)
    else:
        await by_topic(turn, topic)
    await come_back(turn)
    if (
        turn.asked
        and not turn.ended
        and (kept := [one for one in waiting_issues(turn) if one["text"] == turn.noted])
    ):
        turn.say_first("utter_other_noted", words=shown(kept[0]))


#: 算了换货吧 changes the form, it does not end it.
_OTHER_WAYS = frozenset({"exchange_request", "repair_request", "return_request", "refund_request"})
_NOT = re.compile("不|别")
_PARCEL_WORDS = re.compile("货|件|快递|物流|包裹|发|送|单号")
_MEANING = re.compile(r"[^\W_]")
#: Below this an intent found in an answer to our question is rather a misread answer.
_DOUBTFUL = 0.5
#: A remark rather than a sentence, in characters.
_SHORT = 10
_FEW = 4
_SHORT_REMARK = 16
#: "不记得了" looks like stopping to the model, but only a little.
_SURE_OF_STOP = 0.85
#: Categories that are a trouble by themselves; who asks for a return has none with us yet.
_TROUBLES = ("logistics.", "product.", "refund.")
#: Intents under which the model may find a message with a carrier's number.
SENT_BACK_INTENTS = frozenset(
    {
        "give_order_no",
        "give_contact",
        "fragment",
        "return_howto",
        "return_progress",
        "nlu_fallback",
        "out_of_scope",
    }
)
MISSES = frozenset({"nlu_fallback"})


def meant_as_answer(turn: Turn) -> bool:
    """It carries no issue of its own, or the model hardly believes that it does."""
    if turn.is_button or turn.intent in MISSES:
        return False
    sure = turn.confidence >= questions.SURE_OF_OTHER
    doubtful = turn.confidence < _DOUBTFUL and turn.emotion == "calm"
    # in the middle of a form a few characters, or a question as before buying, are rather a misread answer
    unlikely = guard.stage_of(turn) == "presale" or turn.intent in {"praise", "chitchat"}
    misread = turn.form is not None and (len(turn.text) <= _FEW or unlikely)
    return turn.intent in questions.PASSIVE or doubtful or (misread and not sure)


def begin_episode(turn: Turn) -> None:
    """The customer came back after the conversation was closed: what was open then is over."""
    episode = turn.context.get("episode") or 1
    before = turn.get("episode")
    if before == episode:
        return
    turn.set("episode", episode)
    if before is not None:
        turn.forget_case()
        for slot in (
            "question",
            "form",
            "asked",
            "misses",
            "pending_issues",
            "soothed",
            "product",
            "talk_of",
        ):
            turn.set(slot, None)


async def by_topic(turn: Turn, topic: Topic) -> None:
    """The message is about something of its own."""
    if (own := main_words(turn)) != turn.text:
        numbers = turn.heard
        turn.describe(turn.text)
        turn.text = own
        turn.hear_again(numbers)
    if is_undo(turn):
        await topic.answer(turn)
        return
    said = turn.intent
    meaning = await meant_in_context(turn)
    turn.intent = meaning.intent
    topic = topic_of(turn.intent) or topic
    is_answered_now(turn)
    if in_english(turn):
        missed(turn)
        return
    if asks_about_the_bot(turn):
        turn.set("misses", 0)
        turn.say("utter_talk_robot")
        return
    if is_still_not_solved(turn):
        offer_person(turn, "unsure", "utter_still_not")
        return
    if not turn.taken_up and await answered_part(turn):
        turn.set("misses", 0)
        return
    if topic.action != "action_misunderstood":
        turn.set("misses", 0)
    if is_sigh(turn):
        turn.describe(turn.text)
    elif turn.form is None or topic.action == "action_return":
        turn.learn_issue()
    if not turn.taken_up and is_about_refund(turn) and (refund := topic_of("refund_progress")):
        turn.intent, topic = "refund_progress", refund
    soothe(turn)
    if meaning.response is not None:
        await answer_in_context(turn, meaning)
    elif meaning.again or not (
        topic.watches_repeats and is_no_progress(turn, part=said if said != meaning.intent else "")
    ):
        await topic.answer(turn)
    remember_question(turn, turn.intent)


def is_about_refund(turn: Turn) -> bool:
    """啥时候到 / 到哪张卡啊 right after a refund was told: the money, not the parcel (H31)."""
    last = str((list(turn.get("asked") or []) or [""])[-1])
    return (
        turn.intent in {"track_parcel", "track_eta"}
        and last.startswith("refund_progress@")
        and len(turn.text) <= _SHORT
        and turn.heard.order_no is None
        and _PARCEL_WORDS.search(turn.text) is None
    )


def is_still_not_solved(turn: Turn) -> bool:
    """还是不会 / 没动静, said shortly about the matter in hand."""
    short = not turn.is_button and len(turn.text) <= _SHORT and turn.confidence < questions.SURE_OF_OTHER
    return (
        short
        and bool(turn.facts.get("category"))
        and turn.store.dialogue.hit("still_not", turn.text) is not None
    )


def is_undo(turn: Turn) -> bool:
    """点错了 不取消了: about the cancelling itself, whatever state the order is in by now."""
    undoes = turn.store.dialogue.hit("undo", turn.text) is not None
    return undoes and turn.intent == "cancel_order" and not turn.is_button


def in_english(turn: Turn) -> bool:
    """English with a matter of its own; hi and thanks are understood in any language."""
    if turn.is_button or turn.heard.proof or turn.heard.order_no:
        return False
    polite = turn.intent in {"greet", "thanks", "bye", "affirm", "deny"} and turn.confidence >= _SURE_OF_STOP
    return turn.store.dialogue.hit("english", turn.text) is not None and not polite


def is_sigh(turn: Turn) -> bool:
    """又来了: the model hears a complaint, the guard found none to write down. The case keeps its issue."""
    return guard.stage_of(turn) == "complaint" and not turn.is_button and not guard.complains(turn)


def asks_about_the_bot(turn: Turn) -> bool:
    """你是真人吗: answered plainly, wherever we are."""
    short = not turn.is_button and len(turn.text) <= _SHORT_REMARK
    return short and turn.store.dialogue.code_for("talk", turn.text) == "robot"


def soothe(turn: Turn) -> None:
    """One short sentence that names the problem, for an impatient customer with a matter, not turn after turn (H36)."""
    displeased = turn.emotion == "displeased"
    category = turn.store.categories.of_intent(turn.intent)
    troubled = displeased and len(turn.text) >= _FEW and category.is_issue and category.stage != "complaint"
    if troubled and not turn.get("soothed"):
        if category.code.startswith(_TROUBLES):
            turn.say("utter_soothe_trouble", trouble=turn.trouble(category.code))
        else:
            turn.say("utter_soothe")
        turn.soothed = True
    if bool(turn.get("soothed")) != displeased:
        turn.set("soothed", displeased)


async def come_back(turn: Turn) -> None:
    """After an answer: back to what is still open, unless this turn already asked something."""
    if turn.ended or turn.asked:
        return
    if questions.expects_answer(turn) and not asks_before_buying(turn):
        await questions.ask_again(turn)
        return
    turn.close_question()
    if turn.form is not None:
        await continue_form(turn)
        return
    await keep_product(turn)
    while not (turn.asked or turn.ended) and (waiting := come_back_to_issue(turn)):
        if topic := topic_of(waiting["intent"]):
            turn.say("utter_other_issue", words=shown(waiting))
            await by_topic(turn, topic)


def asks_before_buying(turn: Turn) -> bool:
    """Who goes on about postage and stock is looking around: the order number is not asked for again and again."""
    asked = (turn.question or {}).get("what")
    return asked == "order_no" and turn.customer is None and guard.stage_of(turn) == "presale"


def is_only_marks(turn: Turn) -> bool:
    """Punctuation or emoji alone: no misunderstanding, no issue."""
    return not (turn.is_button or turn.uploads or _MEANING.search(turn.text))


def wants_to_stop(turn: Turn) -> bool:
    """The cancel word, while something is open that can be cancelled."""
    if turn.form is None and turn.question is None:
        return False
    if turn.is_button:
        return turn.intent == "stop_form"
    if turn.store.dialogue.hit("dont_know", turn.text):
        return False
    if turn.intent == "stop_form" and turn.confidence >= _SURE_OF_STOP:
        return True
    if (
        turn.intent in _OTHER_WAYS
        and turn.confidence >= questions.SURE_OF_OTHER
        and not _NOT.search(turn.text)
    ):
        return False
    return bool(turn.store.dialogue.hit("stop", turn.text) is not None and len(turn.text) <= 12)


def asks_about_before(turn: Turn) -> bool:
    """刚才说的怎么样了, after a person gave the conversation back (H47)."""
    if not turn.get("last_resolution") or turn.is_button:
        return False
    unsure = turn.intent in {"fragment", "nlu_fallback"} or guard.stage_of(turn) == "presale"
    half = unsure and turn.question is None and turn.form is None
    when = half and turn.store.dialogue.hit("when_done", turn.text)
    if not (when or turn.store.dialogue.hit("about_before", turn.text)):
        return False
    tell_resolution(turn)
    return True


def remember_media(turn: Turn) -> None:
    """A picture or video is evidence from the moment it arrives, whatever was being talked about."""
    if turn.uploads:
        known = [str(one) for one in turn.facts.get("evidence") or []]
        turn.learn(evidence=known + [one for one in turn.uploads if one not in known])
