"""Open questions: who reads the answer to what we asked, and who asks again after a digression.

A topic registers a reader for each kind of question it asks. A reader returns True when the message answered it. A
question without `again` is dropped when the customer talks about something else.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from actions.turn import Turn

Reader = Callable[[Turn], Awaitable[bool]]
Asker = Callable[[Turn], Awaitable[None]]

#: Intents that carry no issue of their own: such a message is an attempt to answer what we asked.
PASSIVE = frozenset(
    {"affirm", "deny", "fragment", "give_order_no", "give_contact", "send_media", "stop_form", "nlu_fallback"}
)


@dataclass(frozen=True, slots=True)
class Question:
    read: Reader
    again: Asker | None
    help: str | None  # response that explains the question after an answer that did not fit


_QUESTIONS: dict[str, Question] = {}


def register(what: str, read: Reader, *, again: Asker | None = None, help: str | None = None) -> None:
    """Tell how the answer to `what` is read; called once at import by the topic that asks it."""
    _QUESTIONS[what] = Question(read, again, help)


async def read_answer(turn: Turn) -> bool:
    """Offer the message to the reader of the open question. False: it was about something else."""
    question = _QUESTIONS.get((turn.question or {}).get("what", ""))
    if question is None:
        return False
    before = turn.question
    if not await question.read(turn):
        return False
    if turn.question == before and not turn.asked:
        turn.close_question()
    return True


async def not_an_answer(turn: Turn) -> None:
    """A message that meant to answer but does not fit: explain, ask again; the third time a person (H43)."""
    before = dict(turn.question or {})
    question = _QUESTIONS[before["what"]]
    if turn.uploads:
        turn.say("utter_media_added")  # kept as evidence; no wrong answer
        if question.again:
            await question.again(turn)
        turn.asked = True
        return
    fails = int(before.get("fails", 0)) + 1
    if fails >= turn.store.dialogue.counts.failed_answers_before_person:
        turn.hand_off("no_progress", [turn.text])
        return
    turn.set("question", {**before, "fails": fails})
    if question.help:
        turn.say(question.help)
    if question.again:
        await question.again(turn)
    turn.asked = True


def help_of(turn: Turn) -> str | None:
    """The response that explains the open question, where there is one."""
    question = _QUESTIONS.get((turn.question or {}).get("what", ""))
    return question.help if question else None


def expects_answer(turn: Turn) -> bool:
    """Is a question open that is worth coming back to?"""
    question = _QUESTIONS.get((turn.question or {}).get("what", ""))
    return question is not None and question.again is not None


async def ask_again(turn: Turn) -> None:
    """After a digression: back to the open question, or forget it when it was only an offer."""
    question = _QUESTIONS.get((turn.question or {}).get("what", ""))
    if question is None or question.again is None:
        turn.close_question()
        return
    turn.say("utter_back_to_it")
    await question.again(turn)


#: Above this the model is sure that a sentence is about something else than our question.
SURE_OF_OTHER = 0.8
#: "个人" as an invoice title is no request for a person.
_SHORTEST_ISSUE = 4


def is_digression(turn: Turn) -> bool:
    """Is the message, by the model's clear judgement, about another issue than the open question?"""
    issue = turn.store.categories.of_intent(turn.intent).is_issue or turn.intent in {
        "ask_human",
        "greet",
        "thanks",
    }
    return (
        not turn.is_button
        and issue
        and len(turn.text) >= _SHORTEST_ISSUE
        and turn.confidence >= SURE_OF_OTHER
    )


def said_yes(turn: Turn) -> bool:
    """Does the message agree to what was asked?"""
    if turn.is_button:
        return turn.intent == "affirm"
    return turn.store.dialogue.hit("agree", turn.text) is not None or (
        turn.intent == "affirm" and len(turn.text) <= 8
    )


def said_no(turn: Turn) -> bool:
    """Does the message decline what was asked?"""
    if turn.is_button:
        return turn.intent in {"deny", "stop_form"}
    return turn.store.dialogue.hit("decline", turn.text) is not None or (
        turn.intent in {"deny", "stop_form"} and len(turn.text) <= 10
    )
